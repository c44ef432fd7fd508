//! RP-initiated logout: at once with a genuine hint about the person signed in, else after a question. Ends the session
//! and its token families and queues the logout tokens for the other clients, in one transaction.

use vestibule_authn::{Intent, flow::LogoutReturn};
use vestibule_kernel::{ClientId, Cx, OpaqueToken, StoreError};
use vestibule_oauth::{
    OAuthError,
    authorize::Parameters,
    logout::{LogoutDecision, LogoutFacts, LogoutHint, decide},
};
use vestibule_sessions::{RevocationCause, SessionScope};

use crate::{
    App, RealmSnapshot,
    access::end::end_sessions,
    flow::start::{NewFlowRequest, StartedFlow, prepare_flow},
    oauth::{
        entry::{self, Person},
        hint::VerifiedHint,
    },
};

/// One request of a browser.
pub struct LogoutCommand {
    /// Its parameters.
    pub parameters: Parameters,
    /// The session cookie.
    pub session: Option<OpaqueToken>,
    /// The flow cookie.
    pub flow: Option<OpaqueToken>,
    /// Whether it came in a form, for which browsers withhold the cookies when another site sent it.
    pub by_form: bool,
}

/// The answer.
pub enum LogoutOutcome {
    /// Nobody is signed in in this browser any more. With a proven address the browser goes there.
    SignedOut {
        /// Where to, complete with `state`.
        return_to: Option<String>,
        /// The client that asked.
        client: Option<ClientId>,
    },
    /// The person is asked first.
    Ask(StartedFlow),
    /// A page that says what is wrong; nothing happened.
    Page(OAuthError),
    /// The same request again by GET, which brings the session cookie if there is one.
    ByGet,
}

/// Answers a logout request.
///
/// # Errors
/// The store failed.
pub async fn logout(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    command: LogoutCommand,
) -> Result<LogoutOutcome, StoreError> {
    let parameters = &command.parameters;
    if parameters.has_repeats(&[]) {
        return Ok(LogoutOutcome::Page(OAuthError::ParameterRepeated));
    }
    let hint = parameters.get("id_token_hint").map(|token| VerifiedHint::verify(app, realm, token));
    let genuine = hint.as_ref().and_then(Option::as_ref);
    let named = parameters.get("client_id").and_then(|id| ClientId::parse(id).ok());
    let hinted = genuine.and_then(VerifiedHint::client);
    let hint_of_another = matches!((&named, &hinted), (Some(named), Some(hinted)) if named != hinted);
    let client = named.or(hinted).and_then(|id| realm.client(&id)).filter(|client| client.is_enabled());
    let mut tx = app.store.write(cx).await?;
    let person = entry::recognise(tx.as_mut(), command.session.as_ref(), cx.now).await?;
    let facts = LogoutFacts {
        client,
        hint: genuine.map(|hint| LogoutHint {
            user: hint.text("sub").and_then(|sub| sub.parse().ok()),
            session: hint.text("sid").and_then(|sid| sid.parse().ok()),
        }),
        hint_invalid: hint.as_ref().is_some_and(Option::is_none),
        hint_of_another,
        return_to: parameters.get("post_logout_redirect_uri"),
        state: parameters.get("state"),
        session: person.as_ref().map(|person| (person.session.get().id, person.user.id)),
    };
    let client = client.map(|client| client.id.clone());
    match (decide(&facts), person) {
        (Err(error), _) => {
            tx.rollback().await?;
            Ok(LogoutOutcome::Page(error))
        }
        (Ok(_), None) if command.by_form && command.session.is_none() => {
            tx.rollback().await?;
            Ok(LogoutOutcome::ByGet)
        }
        (Ok(LogoutDecision::SignOut { return_to }), Some(person)) => {
            let scope = SessionScope::One(person.session.get().id);
            let cx = &cx.acting_as(vestibule_kernel::Actor::User(person.user.id));
            end_sessions(app, tx.as_mut(), scope, RevocationCause::SignedOut, cx.now).await?;
            tx.commit().await?;
            app.jobs_wake.notify_one();
            Ok(LogoutOutcome::SignedOut { return_to, client })
        }
        (Ok(LogoutDecision::SignOut { return_to }), None) => {
            tx.rollback().await?;
            Ok(LogoutOutcome::SignedOut { return_to, client })
        }
        // Nobody is signed in: there is nothing to ask, and without a hint nobody is sent on.
        (Ok(LogoutDecision::Ask { .. }), None) => {
            tx.rollback().await?;
            Ok(LogoutOutcome::SignedOut { return_to: None, client })
        }
        (Ok(LogoutDecision::Ask { return_to }), Some(person)) => {
            let new = question(&command, &person, client, return_to);
            let (flow, started) = prepare_flow(app, cx, realm, new);
            tx.flows().save_flow(flow).await?;
            tx.commit().await?;
            Ok(LogoutOutcome::Ask(started))
        }
    }
}

/// The flow that asks.
fn question(
    command: &LogoutCommand,
    person: &Person,
    client: Option<ClientId>,
    return_to: Option<String>,
) -> NewFlowRequest {
    NewFlowRequest {
        client: client.clone(),
        session: Some(person.session.get().id),
        user: Some(person.user.id),
        logout: Some(LogoutReturn { client, to: return_to }),
        cookie: command.flow.clone(),
        ..NewFlowRequest::new(Intent::LogoutConfirm)
    }
}
