//! After a flow: the parked request is decided anew from what is stored, claimed once, and answered.

use vestibule_authn::{FailureReason, Flow, FlowState};
use vestibule_consent::Grant;
use vestibule_kernel::{Cx, FlowId, OpaqueToken, RequestId, StoreError};
use vestibule_oauth::{
    AuthorizationRequest, OAuthError, StoredRequest, authorize::ResponseTarget, metadata::endpoint,
};
use vestibule_storage::RealmTx;

use crate::{
    App, RealmSnapshot,
    flow::policy::{self, Progress},
    oauth::{
        AuthorizeOutcome,
        authorize::{Opening, start},
        entry::{self, Admitted, Entry, Person},
    },
};

/// The way back of a browser whose flow is over.
pub struct ResumeCommand {
    /// The parked request.
    pub request: RequestId,
    /// The flow that worked towards it.
    pub flow: Option<FlowId>,
    /// The session cookie.
    pub session: Option<OpaqueToken>,
    /// The flow cookie.
    pub flow_cookie: Option<OpaqueToken>,
}

/// The path below the issuer to which a finished or refused flow sends the browser.
pub fn resume_path(request: RequestId, flow: FlowId) -> String {
    format!("{}?request={request}&flow={flow}", endpoint::RESUME)
}

/// Answers a parked request. Nothing that the flow page says is trusted: session, account, age of the sign-in and
/// consent are read again, and the request is claimed before the code exists.
///
/// # Errors
/// The store failed.
pub async fn resume(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    command: ResumeCommand,
) -> Result<AuthorizeOutcome, StoreError> {
    if !realm.is_active() {
        return Ok(AuthorizeOutcome::Page(OAuthError::RealmSuspended));
    }
    let mut tx = app.store.write(cx).await?;
    let session = command.session.as_ref().map(OpaqueToken::digest);
    let file = tx.sign_in().load_return(command.request, command.flow, session.as_ref()).await?;
    let parked = match parked(file.request, cx) {
        Ok(parked) => parked,
        Err(error) => {
            tx.rollback().await?;
            return Ok(AuthorizeOutcome::Page(error));
        }
    };
    let flow = bound_flow(file.flow, &command);
    if let Some(error) = flow.as_ref().and_then(failure) {
        return refuse(cx, realm, tx, parked, error).await;
    }
    let progress = Progress {
        user: flow.as_ref().and_then(|flow| flow.user),
        since: Some(parked.created_at),
        ..Progress::default()
    };
    let person = entry::person(file.signed_in, cx.now);
    answer(app, cx, realm, tx, Returned { flow_cookie: command.flow_cookie, parked, progress, person }).await
}

/// What came back from a flow.
struct Returned {
    flow_cookie: Option<OpaqueToken>,
    parked: StoredRequest,
    progress: Progress,
    person: (Option<Person>, Option<Grant>),
}

fn parked(request: Option<StoredRequest>, cx: &Cx) -> Result<StoredRequest, OAuthError> {
    match request {
        None => Err(OAuthError::RequestExpired),
        // A pushed request is answered in its slot only.
        Some(stored) if stored.reference.is_some() => Err(OAuthError::RequestExpired),
        Some(stored) if stored.used_at.is_some() => Err(OAuthError::RequestUsed),
        Some(stored) if cx.now >= stored.expires_at => Err(OAuthError::RequestExpired),
        Some(stored) => Ok(stored),
    }
}

/// The flow, if it belongs to this request and this browser.
fn bound_flow(flow: Option<Flow>, command: &ResumeCommand) -> Option<Flow> {
    let cookie = command.flow_cookie.as_ref()?;
    flow.filter(|flow| flow.request == Some(command.request) && flow.is_bound_to(&cookie.digest()))
}

/// What the client is told of a flow that failed.
fn failure(flow: &Flow) -> Option<OAuthError> {
    match &flow.state {
        FlowState::Failed { reason: FailureReason::Denied } => Some(OAuthError::Denied),
        FlowState::Failed { reason: FailureReason::AccountInactive } => Some(OAuthError::AccountInactive),
        FlowState::Failed { reason: FailureReason::Unmet } => Some(OAuthError::AcrUnmet),
        FlowState::Identify
        | FlowState::Password
        | FlowState::Challenge { .. }
        | FlowState::ChooseMethod { .. }
        | FlowState::SignUp
        | FlowState::LinkAccount
        | FlowState::Recover
        | FlowState::NewPassword
        | FlowState::ChooseEnrolment
        | FlowState::ChooseAccount
        | FlowState::CompleteProfile { .. }
        | FlowState::Consent { .. }
        | FlowState::Slowed { .. }
        | FlowState::ConfirmLogout
        | FlowState::Satisfied
        | FlowState::Continue
        | FlowState::SignedOut => None,
    }
}

async fn refuse(
    cx: &Cx,
    realm: &RealmSnapshot,
    mut tx: Box<dyn RealmTx>,
    parked: StoredRequest,
    error: OAuthError,
) -> Result<AuthorizeOutcome, StoreError> {
    let claimed = match tx.requests().consume_request(parked.id, cx.now).await {
        Ok(()) => tx.commit().await,
        Err(error) => tx.rollback().await.and(Err(error)),
    };
    match claimed {
        Err(StoreError::Stale) => Ok(AuthorizeOutcome::Page(OAuthError::RequestUsed)),
        other => other.map(|()| respond(realm, &parked.request, error)),
    }
}

fn respond(realm: &RealmSnapshot, request: &AuthorizationRequest, error: OAuthError) -> AuthorizeOutcome {
    AuthorizeOutcome::Respond(ResponseTarget::of(request).error(error, realm.issuer.as_str()))
}

async fn answer(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    mut tx: Box<dyn RealmTx>,
    returned: Returned,
) -> Result<AuthorizeOutcome, StoreError> {
    let Returned { flow_cookie, parked, progress, person: (person, grant) } = returned;
    let Some(client) = realm.client(&parked.request.client).filter(|client| client.is_enabled()) else {
        tx.rollback().await?;
        return Ok(AuthorizeOutcome::Page(OAuthError::ClientDisabled));
    };
    let request = parked.request.clone();
    let decided = entry::decide(
        client,
        &request,
        person.as_ref(),
        grant.as_ref(),
        &progress,
        (policy::Mfa::of(app, realm), cx.now),
    );
    match (decided, person) {
        (Entry::Admitted(granted), Some(person)) => {
            let target = ResponseTarget::of(&request);
            let admitted = Admitted { request, person, granted };
            let Some(code) = entry::enter(app, cx, realm, tx, Some(parked.id), admitted).await? else {
                return Ok(AuthorizeOutcome::Page(OAuthError::RequestUsed));
            };
            Ok(AuthorizeOutcome::Respond(target.code(code.expose(), realm.issuer.as_str())))
        }
        (Entry::Admitted(_) | Entry::Nothing, _) => refuse(cx, realm, tx, parked, OAuthError::Denied).await,
        (Entry::Owes(owed), person) => {
            let opening = Opening { owed, person, flow: flow_cookie, parked: Some(parked) };
            match start(app, cx, realm, tx.as_mut(), client, &request, &opening).await? {
                Some(started) => {
                    tx.commit().await?;
                    Ok(AuthorizeOutcome::Flow(started))
                }
                None => match opening.parked {
                    Some(parked) => refuse(cx, realm, tx, parked, OAuthError::AcrUnmet).await,
                    None => Ok(AuthorizeOutcome::Page(OAuthError::RequestExpired)),
                },
            }
        }
    }
}
