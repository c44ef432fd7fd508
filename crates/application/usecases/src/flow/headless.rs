//! Starts a flow for a front end that is not our pages: our own origin, or a native client that an administrator
//! trusts (`headless`), with the request it pushed.

use vestibule_authn::Intent;
use vestibule_kernel::{ClientId, Cx, OpaqueToken, RequestId, StoreError, contact::Locale};
use vestibule_oauth::request::StoredRequest;
use vestibule_storage::RealmTx;

use super::{
    FlowError, NewFlowRequest, StartedFlow, challenge::offer_passkey, prepare_flow, start::lifetime,
};
use crate::{App, RealmSnapshot};

/// What is asked for.
#[derive(Clone)]
pub struct HeadlessStart {
    /// The native client; `None`: a page of our own origin.
    pub client: Option<ClientId>,
    /// The random part of a pushed request's `request_uri`.
    pub reference: Option<OpaqueToken>,
    /// Fills the identifier field.
    pub login_hint: Option<String>,
    /// The language.
    pub locale: Option<Locale>,
    /// The flow cookie this browser sent.
    pub cookie: Option<OpaqueToken>,
}

/// Why no flow was started.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// Unknown, disabled, or not trusted with people's passwords.
    #[error("the client may not sign people in without our pages")]
    Client,
    /// Unknown, over, used, or of another client.
    #[error("there is no such pushed request")]
    Request,
    /// As for every flow.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

impl From<StoreError> for HeadlessError {
    fn from(error: StoreError) -> Self {
        Self::Flow(error.into())
    }
}

/// Starts the flow and claims the pushed request.
///
/// # Errors
/// See [`HeadlessError`].
pub async fn start_headless(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    start: HeadlessStart,
) -> Result<StartedFlow, HeadlessError> {
    if !realm.is_active() {
        return Err(FlowError::RealmSuspended.into());
    }
    if let Some(id) = &start.client {
        let trusted = realm.client(id).is_some_and(|client| client.is_enabled() && client.metadata.headless);
        if !trusted {
            return Err(HeadlessError::Client);
        }
    }
    let mut tx = app.store.write(cx).await?;
    let request = match &start.reference {
        Some(reference) => {
            match claim(app, cx, realm, tx.as_mut(), reference, start.client.as_ref()).await? {
                Some(parked) => Some(parked),
                None => {
                    tx.rollback().await?;
                    return Err(HeadlessError::Request);
                }
            }
        }
        None => None,
    };
    let client = request.as_ref().map(|stored| stored.request.client.clone()).or(start.client);
    let new = NewFlowRequest {
        request: request.map(|stored| stored.id),
        client,
        identifier: start.login_hint,
        locale: start.locale,
        cookie: start.cookie,
        ..NewFlowRequest::new(Intent::SignIn)
    };
    let (flow, started) = prepare_flow(app, cx, realm, new);
    let begun = flow.value.clone();
    tx.flows().save_flow(flow).await?;
    offer_passkey(app, cx, realm, &begun, tx.as_mut()).await?;
    match tx.commit().await {
        Err(StoreError::Stale) => Err(HeadlessError::Request),
        other => Ok(other.map(|()| started)?),
    }
}

/// Spends the pushed request; the flow works towards a copy that lives as long as the flow. `None` when it is gone,
/// spent or of another client.
async fn claim(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    reference: &OpaqueToken,
    client: Option<&ClientId>,
) -> Result<Option<StoredRequest>, StoreError> {
    let found = tx.requests().find_request_by_reference(&reference.digest()).await?;
    let live = found.filter(|stored| {
        stored.used_at.is_none()
            && cx.now < stored.expires_at
            && client.is_none_or(|client| *client == stored.request.client)
    });
    let Some(stored) = live else { return Ok(None) };
    match tx.requests().consume_request(stored.id, cx.now).await {
        Err(StoreError::Stale) => return Ok(None),
        other => other?,
    }
    let parked = StoredRequest {
        id: RequestId::from_uuid(app.entropy.uuid(cx.now)),
        reference: None,
        created_at: cx.now,
        expires_at: cx.now + lifetime(realm),
        used_at: None,
        ..stored
    };
    tx.requests().insert_request(&parked).await?;
    Ok(Some(parked))
}
