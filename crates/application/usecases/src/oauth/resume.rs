//! After a flow: the parked request is decided anew from what is stored, claimed once, and answered.

use vestibule_authn::{FailureReason, Flow, FlowState};
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
        entry::{self, Entry},
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
    let parked = match parked(tx.as_mut(), cx, command.request).await? {
        Ok(parked) => parked,
        Err(error) => {
            tx.rollback().await?;
            return Ok(AuthorizeOutcome::Page(error));
        }
    };
    let flow = bound_flow(tx.as_mut(), &command).await?;
    if let Some(error) = flow.as_ref().and_then(failure) {
        return refuse(cx, realm, tx, parked, error).await;
    }
    let progress = Progress {
        user: flow.as_ref().and_then(|flow| flow.user),
        since: Some(parked.created_at),
        ..Progress::default()
    };
    answer(app, cx, realm, tx, &command, parked, &progress).await
}

async fn parked(
    tx: &mut dyn RealmTx,
    cx: &Cx,
    id: RequestId,
) -> Result<Result<StoredRequest, OAuthError>, StoreError> {
    Ok(match tx.requests().find_request(id).await? {
        None => Err(OAuthError::RequestExpired),
        // A pushed request is answered in its slot only.
        Some(stored) if stored.reference.is_some() => Err(OAuthError::RequestExpired),
        Some(stored) if stored.used_at.is_some() => Err(OAuthError::RequestUsed),
        Some(stored) if cx.now >= stored.expires_at => Err(OAuthError::RequestExpired),
        Some(stored) => Ok(stored),
    })
}

/// The flow, if it belongs to this request and this browser.
async fn bound_flow(tx: &mut dyn RealmTx, command: &ResumeCommand) -> Result<Option<Flow>, StoreError> {
    let (Some(id), Some(cookie)) = (command.flow, &command.flow_cookie) else { return Ok(None) };
    let flow = tx.flows().find_flow(id).await?;
    Ok(flow.filter(|flow| flow.request == Some(command.request) && flow.is_bound_to(&cookie.digest())))
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
    if !tx.requests().consume_request(parked.id, cx.now).await? {
        tx.rollback().await?;
        return Ok(AuthorizeOutcome::Page(OAuthError::RequestUsed));
    }
    tx.commit().await?;
    Ok(respond(realm, &parked.request, error))
}

fn respond(realm: &RealmSnapshot, request: &AuthorizationRequest, error: OAuthError) -> AuthorizeOutcome {
    AuthorizeOutcome::Respond(ResponseTarget::of(request).error(error, realm.issuer.as_str()))
}

async fn answer(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    mut tx: Box<dyn RealmTx>,
    command: &ResumeCommand,
    parked: StoredRequest,
    progress: &Progress,
) -> Result<AuthorizeOutcome, StoreError> {
    let Some(client) = realm.client(&parked.request.client).filter(|client| client.is_enabled()) else {
        tx.rollback().await?;
        return Ok(AuthorizeOutcome::Page(OAuthError::ClientDisabled));
    };
    let person = entry::recognise(tx.as_mut(), command.session.as_ref(), cx.now).await?;
    let grant = entry::grant_of(tx.as_mut(), client, &parked.request, person.as_ref()).await?;
    let request = parked.request.clone();
    let decided = entry::decide(
        client,
        &request,
        person.as_ref(),
        grant.as_ref(),
        progress,
        (policy::Mfa::of(app, realm), cx.now),
    );
    match (decided, person) {
        (Entry::Admitted(granted), Some(person)) => {
            if !tx.requests().consume_request(parked.id, cx.now).await? {
                tx.rollback().await?;
                return Ok(AuthorizeOutcome::Page(OAuthError::RequestUsed));
            }
            let target = ResponseTarget::of(&request);
            let code = entry::issue_code(app, cx, realm, tx.as_mut(), request, person, &granted).await?;
            tx.commit().await?;
            Ok(AuthorizeOutcome::Respond(target.code(code.expose(), realm.issuer.as_str())))
        }
        (Entry::Admitted(_) | Entry::Nothing, _) => refuse(cx, realm, tx, parked, OAuthError::Denied).await,
        (Entry::Owes(owed), person) => {
            let flow = command.flow_cookie.clone();
            let opening = Opening { owed, person, flow, parked: Some(parked) };
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
