//! The authorization endpoint: checks the request, decides, and answers with a code, a flow, an error for the client,
//! or a page.

use vestibule_authn::{Requirement, Requirements};
use vestibule_kernel::{
    Cx, Digest, OpaqueToken, RequestId, StoreError, TokenKind,
    assurance::{Acr, Amr},
};
use vestibule_oauth::{
    AuthorizationRequest, Client, OAuthError, Prompt, StoredRequest, Verification,
    authorize::{
        AuthorizationResponse, AuthorizeContext, AuthorizeRefusal, Hint, Parameters, ResponseTarget, check,
        client_id,
    },
    request::answer_slot,
};
use vestibule_storage::RealmTx;

use crate::{
    App, RealmSnapshot,
    flow::{
        Has, offer_passkey,
        policy::{self, Progress},
        second_factor_of,
        start::{NewFlowRequest, StartedFlow, prepare_flow},
    },
    language,
    oauth::{
        entry::{self, Admitted, Entry, Person, seconds},
        hint::VerifiedHint,
        push_request::REQUEST_URI_PREFIX,
        resources,
    },
};

/// One request of a browser.
pub struct AuthorizeCommand {
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
pub enum AuthorizeOutcome {
    /// Back to the client.
    Respond(AuthorizationResponse),
    /// On to a flow.
    Flow(StartedFlow),
    /// A page; nobody is redirected.
    Page(OAuthError),
    /// The same request again by GET, which brings the session cookie if there is one.
    ByGet,
}

/// A request that passed every check, and the row it waits in, if it was pushed.
pub(super) struct Checked {
    pub(super) request: AuthorizationRequest,
    pub(super) parked: Option<StoredRequest>,
}

/// Answers an authorization request.
///
/// # Errors
/// The store failed.
pub async fn authorize(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    command: AuthorizeCommand,
) -> Result<AuthorizeOutcome, StoreError> {
    if !realm.is_active() {
        return Ok(AuthorizeOutcome::Page(OAuthError::RealmSuspended));
    }
    let parameters = &command.parameters;
    let pushed = parameters.get("request_uri").filter(|uri| uri.starts_with(REQUEST_URI_PREFIX));
    let checked = match pushed {
        Some(uri) => load_pushed(app, cx, realm, parameters, uri).await?.map_err(AuthorizeRefusal::Page),
        None => check_plain(app, realm, parameters).await?.map(|request| Checked { request, parked: None }),
    };
    match checked {
        Ok(_) if command.by_form && command.session.is_none() => Ok(AuthorizeOutcome::ByGet),
        Ok(checked) => decide(app, cx, realm, command, checked).await,
        Err(AuthorizeRefusal::Page(error)) => Ok(AuthorizeOutcome::Page(error)),
        Err(AuthorizeRefusal::Redirect(target, error)) => {
            refuse(app, cx, realm, &command, target, error).await
        }
    }
}

async fn check_plain(
    app: &App,
    realm: &RealmSnapshot,
    parameters: &Parameters,
) -> Result<Result<AuthorizationRequest, AuthorizeRefusal>, StoreError> {
    let client = client_id(parameters).ok().and_then(|id| realm.client(&id));
    let own = resources::named(app, realm, &parameters.all("resource")).await?;
    let context = AuthorizeContext {
        client,
        resources: &own,
        hint: hint(app, realm, client, parameters),
        pushed: false,
    };
    Ok(check(parameters, &context))
}

/// Verifies `id_token_hint`: it must have been issued to this client.
pub(super) fn hint(
    app: &App,
    realm: &RealmSnapshot,
    client: Option<&Client>,
    parameters: &Parameters,
) -> Hint {
    let Some(token) = parameters.get("id_token_hint") else { return Hint::Absent };
    let Some(verified) = VerifiedHint::verify(app, realm, token) else { return Hint::Invalid };
    let for_client = client.is_some_and(|client| verified.client().as_ref() == Some(&client.id));
    match verified.text("sub") {
        Some(subject) if for_client => Hint::Subject(subject.to_owned()),
        _ => Hint::Invalid,
    }
}

/// Loads a pushed request and the one row in which it waits for its answer (RFC 9126 §4). Opening the address again
/// before the answer works; afterwards, or by another client, it is refused.
async fn load_pushed(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    parameters: &Parameters,
    uri: &str,
) -> Result<Result<Checked, OAuthError>, StoreError> {
    let id = match client_id(parameters) {
        Ok(id) => id,
        Err(error) => return Ok(Err(error)),
    };
    let reference = uri
        .strip_prefix(REQUEST_URI_PREFIX)
        .and_then(|random| OpaqueToken::parse(TokenKind::PushedRequest, random));
    let Some(reference) = reference else { return Ok(Err(OAuthError::RequestUriUnknown)) };
    let loaded = match slot_of(app, cx, realm, &reference.digest()).await {
        // Two tabs at once: the other one made the row, which is there now.
        Err(StoreError::Conflict(_)) => slot_of(app, cx, realm, &reference.digest()).await?,
        loaded => loaded?,
    };
    Ok(match loaded {
        Ok(slot) if slot.request.client != id => Err(OAuthError::RequestUriUnknown),
        Ok(slot) => match realm.client(&id) {
            None => Err(OAuthError::ClientUnknown),
            Some(client) if !client.is_enabled() => Err(OAuthError::ClientDisabled),
            Some(_) => Ok(Checked { request: slot.request.clone(), parked: Some(slot) }),
        },
        Err(error) => Err(error),
    })
}

async fn slot_of(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    reference: &Digest,
) -> Result<Result<StoredRequest, OAuthError>, StoreError> {
    let mut tx = app.store.write(cx).await?;
    let loaded = find_or_make_slot(realm, cx, tx.as_mut(), reference).await;
    match loaded {
        Ok(loaded) => {
            tx.commit().await?;
            Ok(loaded)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn find_or_make_slot(
    realm: &RealmSnapshot,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    reference: &Digest,
) -> Result<Result<StoredRequest, OAuthError>, StoreError> {
    let Some(pushed) = tx.requests().find_request_by_reference(reference).await? else {
        return Ok(Err(OAuthError::RequestUriUnknown));
    };
    if cx.now >= pushed.expires_at {
        return Ok(Err(OAuthError::RequestUriUnknown));
    }
    let id = answer_slot(pushed.id);
    if let Some(slot) = tx.requests().find_request(id).await? {
        return Ok(if slot.used_at.is_some() { Err(OAuthError::RequestUsed) } else { Ok(slot) });
    }
    let lives = cx.now + seconds(realm.realm.settings.sessions.flow_seconds);
    let slot = StoredRequest {
        id,
        reference: None,
        request: pushed.request,
        created_at: cx.now,
        expires_at: lives.max(pushed.expires_at),
        used_at: None,
    };
    tx.requests().insert_request(&slot).await?;
    Ok(Ok(slot))
}

/// Recognises the person, decides, and answers or starts a flow, in one transaction.
async fn decide(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    command: AuthorizeCommand,
    checked: Checked,
) -> Result<AuthorizeOutcome, StoreError> {
    let request = checked.request;
    let Some(client) = realm.client(&request.client) else {
        return Ok(AuthorizeOutcome::Page(OAuthError::ClientUnknown));
    };
    let mut tx = app.store.write(cx).await?;
    let (person, grant) = entry::recognise_for(tx.as_mut(), command.session.as_ref(), client, cx.now).await?;
    let mfa = wished(app, realm, (&request, person.as_ref()), tx.as_mut()).await?;
    let (person_of, grant_of) = (person.as_ref(), grant.as_ref());
    let progress = Progress::default();
    let decided = entry::decide(client, &request, person_of, grant_of, &progress, (mfa, cx.now));
    let target = ResponseTarget::of(&request);
    let issuer = realm.issuer.as_str();
    match (decided, person) {
        (Entry::Admitted(granted), Some(person)) => {
            let slot = checked.parked.map(|slot| slot.id);
            let admitted = Admitted { request, person, granted };
            let Some(code) = entry::enter(app, cx, realm, tx, slot, admitted).await? else {
                return Ok(AuthorizeOutcome::Page(OAuthError::RequestUsed));
            };
            Ok(AuthorizeOutcome::Respond(target.code(code.expose(), issuer)))
        }
        (Entry::Admitted(_) | Entry::Nothing, person) => {
            tx.rollback().await?;
            Ok(answer_error(client, &request, person.as_ref(), target, OAuthError::Denied, issuer))
        }
        (Entry::Owes(owed), person) => {
            if request.prompt.contains(&Prompt::None) {
                tx.rollback().await?;
                let error = entry::silent_error(&owed, &request, person.as_ref());
                return Ok(AuthorizeOutcome::Respond(target.error(error, issuer)));
            }
            let opening = Opening { owed, person, flow: command.flow, parked: checked.parked };
            let started = start(app, cx, realm, tx.as_mut(), client, &request, &opening).await?;
            match started {
                Some(started) => {
                    tx.commit().await?;
                    Ok(AuthorizeOutcome::Flow(started))
                }
                None => {
                    tx.rollback().await?;
                    let person = opening.person.as_ref();
                    Ok(answer_error(client, &request, person, target, OAuthError::AcrUnmet, issuer))
                }
            }
        }
    }
}

/// What is known of second factors. Where the client would like more than a session proved, what its person has is looked
/// up: who can step up is asked to (RFC 9470 §4), and who cannot goes on as they are. Not where no page may be shown.
async fn wished(
    app: &App,
    realm: &RealmSnapshot,
    (request, person): (&AuthorizationRequest, Option<&Person>),
    tx: &mut dyn RealmTx,
) -> Result<policy::Mfa, StoreError> {
    let mfa = policy::Mfa::of(app, realm);
    let short = person.filter(|person| person.session.get().acr != Acr::MultiFactor);
    let asks = policy::wishes_second_factor(request) && !request.prompt.contains(&Prompt::None);
    let Some(person) = short.filter(|_| asks && mfa.second == policy::Second::Unknown) else {
        return Ok(mfa);
    };
    let bound = tx.credentials().list_credentials(person.user.id).await?;
    let has = Has::of(app, realm, &person.user, &bound);
    // A second text message would prove nothing new.
    let has = Has { phone: has.phone && !person.session.get().amr.contains(&Amr::Sms), ..has };
    Ok(policy::Mfa { second: second_factor_of(app, realm, has), ..mfa })
}

/// What a flow is started from.
pub(super) struct Opening {
    pub(super) owed: Requirements,
    pub(super) person: Option<Person>,
    pub(super) flow: Option<OpaqueToken>,
    pub(super) parked: Option<StoredRequest>,
}

/// Parks the request, unless it is parked already, and starts the flow that works towards it. `None`: no flow of this
/// build can provide what is owed.
pub(super) async fn start(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    client: &Client,
    request: &AuthorizationRequest,
    opening: &Opening,
) -> Result<Option<StartedFlow>, StoreError> {
    let session = opening.person.as_ref().map(|person| &person.session);
    let Some((intent, state)) = policy::opening(&opening.owed, session) else { return Ok(None) };
    let parked = match &opening.parked {
        Some(parked) => parked.id,
        None => {
            let id = RequestId::from_uuid(app.entropy.uuid(cx.now));
            let stored = StoredRequest {
                id,
                reference: None,
                request: request.clone(),
                created_at: cx.now,
                expires_at: cx.now + seconds(realm.realm.settings.sessions.flow_seconds),
                used_at: None,
            };
            tx.requests().insert_request(&stored).await?;
            id
        }
    };
    let consent = matches!(opening.owed.first(), Some(Requirement::Consent { .. }));
    let again = matches!(opening.owed.first(), Some(Requirement::FirstFactor)) && session.is_some();
    let new = NewFlowRequest {
        state: Some(state),
        request: Some(parked),
        client: Some(client.id.clone()),
        session: session.map(|session| session.get().id),
        user: session.filter(|_| consent).map(|session| session.get().user),
        identifier: request.login_hint.clone(),
        fresh: again,
        locale: language::best(&realm.languages(), request.ui_locales.iter().map(String::as_str)),
        cookie: opening.flow.clone(),
        ..NewFlowRequest::new(intent)
    };
    let (flow, started) = prepare_flow(app, cx, realm, new);
    let begun = flow.value.clone();
    tx.flows().save_flow(flow).await?;
    offer_passkey(app, cx, realm, &begun, tx).await?;
    Ok(Some(started))
}

/// Sends an error to the client. Nobody is sent to the site of an unverified client before having signed in
/// ([RFC 9700 §4.11.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.11.2)), but for `prompt=none`.
fn answer_error(
    client: &Client,
    request: &AuthorizationRequest,
    person: Option<&Person>,
    target: ResponseTarget,
    error: OAuthError,
    issuer: &str,
) -> AuthorizeOutcome {
    let silent = request.prompt.contains(&Prompt::None);
    if client.verification == Verification::Unverified && person.is_none() && !silent {
        return AuthorizeOutcome::Page(error);
    }
    AuthorizeOutcome::Respond(target.error(error, issuer))
}

/// A refusal by the table of checks.
async fn refuse(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    command: &AuthorizeCommand,
    target: ResponseTarget,
    error: OAuthError,
) -> Result<AuthorizeOutcome, StoreError> {
    let client = client_id(&command.parameters).ok().and_then(|id| realm.client(&id));
    let unverified = client.is_some_and(|client| client.verification == Verification::Unverified);
    if unverified && command.parameters.get("prompt") != Some(Prompt::None.as_str()) {
        let mut tx = app.store.read(cx).await?;
        let person = entry::recognise(tx.as_mut(), command.session.as_ref(), cx.now).await?;
        tx.commit().await?;
        if person.is_none() {
            return Ok(AuthorizeOutcome::Page(error));
        }
    }
    Ok(AuthorizeOutcome::Respond(target.error(error, realm.issuer.as_str())))
}
