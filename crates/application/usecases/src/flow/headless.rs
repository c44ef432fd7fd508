//! Starts a flow for a front end that is not our pages: our own origin, or a native client that an administrator
//! trusts (`headless`), with the request it pushed.

use vestibule_authn::Intent;
use vestibule_kernel::{ClientId, Cx, OpaqueToken, RequestId, StoreError, contact::Locale};
use vestibule_oauth::request::StoredRequest;

use super::{FlowError, NewFlowRequest, StartedFlow, prepare_flow, start::lifetime};
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
            let found = tx.requests().find_request_by_reference(&reference.digest()).await?;
            let live = found.filter(|stored| {
                stored.used_at.is_none()
                    && cx.now < stored.expires_at
                    && start.client.as_ref().is_none_or(|client| *client == stored.request.client)
            });
            let Some(stored) = live else {
                tx.rollback().await?;
                return Err(HeadlessError::Request);
            };
            // The pushed request is spent here; the flow works towards a copy that lives as long as the flow.
            match tx.requests().consume_request(stored.id, cx.now).await {
                Err(StoreError::Stale) => {
                    tx.rollback().await?;
                    return Err(HeadlessError::Request);
                }
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
            Some(parked)
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
    tx.flows().save_flow(flow).await?;
    match tx.commit().await {
        Err(StoreError::Stale) => Err(HeadlessError::Request),
        other => Ok(other.map(|()| started)?),
    }
}
