//! The way back. The trip is found by `state`, held to its connection and its browser, and claimed by one statement
//! before the code is traded; the connection is read anew, so that one that was switched off meanwhile lets nobody in.

use vestibule_authn::flow::WaitingIdentity;
use vestibule_federation::{
    Answer, Attempt, AttemptClaim, AttemptSecrets, Connection, ConnectionKey, ExchangeDetails,
    FederationEvent, Purpose,
};
use vestibule_kernel::{AttemptId, Cx, FlowId, OpaqueToken, StoreError, TokenKind, UserId};

use super::{ANSWER, FederationError, SECRETS, account, connector, place, redirect_uri, secret_of, text};
use crate::{App, RealmSnapshot, flow::Browser};

/// What the browser brought.
#[derive(Clone)]
pub enum Brought {
    /// `state` with the answer, in the address.
    Answer {
        /// `state`.
        state: OpaqueToken,
        /// The rest.
        answer: Answer,
    },
    /// The reference of an answer that came by a cross-site form.
    Reference(OpaqueToken),
}

/// One return.
#[derive(Clone)]
pub struct CallbackRequest {
    /// The connection in the address.
    pub connection: ConnectionKey,
    /// What was brought.
    pub brought: Brought,
    /// By which browser.
    pub browser: Browser,
}

/// Who came back to a flow.
#[derive(Debug, Clone)]
pub enum FederatedOutcome {
    /// A user of the realm: their identity proves them. Turn it into a proof of `Factor::Federation`.
    User {
        /// Who.
        user: UserId,
        /// Whether the account was made just now.
        created: bool,
    },
    /// An identity that no account has yet. It waits for the account with its address, which must prove itself in this
    /// flow, or for the one that the flow makes; [`super::link::adopt`] then links it.
    Waiting(Box<WaitingIdentity>),
}

/// What became of a return.
#[derive(Debug, Clone)]
pub enum Returned {
    /// On with this flow.
    SignIn {
        /// The flow.
        flow: FlowId,
        /// Who came.
        outcome: FederatedOutcome,
    },
    /// An identity was linked to the account that is signed in.
    Linked {
        /// The account.
        user: UserId,
    },
}

/// A return that led nowhere.
#[derive(Debug)]
pub struct NotReturned {
    /// The flow of this browser to go back to, where it is known.
    pub flow: Option<FlowId>,
    /// Why.
    pub error: FederationError,
}

impl<E: Into<FederationError>> From<E> for NotReturned {
    fn from(error: E) -> Self {
        Self { flow: None, error: error.into() }
    }
}

/// Keeps the answer of a cross-site form, which brings no `SameSite=Lax` cookie, and gives a one-time reference for the
/// GET that does. Nothing is claimed yet.
///
/// # Errors
/// The trip is unknown or over, or goes to another connection.
pub async fn receive_form(
    app: &App,
    cx: &Cx,
    connection: &ConnectionKey,
    state: &OpaqueToken,
    answer: &Answer,
) -> Result<OpaqueToken, FederationError> {
    let reference = app.entropy.token(TokenKind::FederationAnswer);
    let mut tx = app.store.write(cx).await?;
    let attempt = tx.federation().find_attempt_by_state(&state.digest()).await?;
    let found = tx.federation().find_connection_by_key(connection).await?;
    let outcome = match (attempt, found) {
        (Some(attempt), Some(found)) if attempt.connection == found.id => Ok(attempt),
        (Some(_), _) => Err(FederationError::Foreign),
        (None, _) => Err(FederationError::Expired),
    };
    let attempt = match outcome {
        Ok(attempt) => attempt,
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    let bytes = serde_json::to_vec(answer).unwrap_or_default();
    let sealed = app.vault.seal(place(cx, ANSWER, &text(attempt.id)), &bytes)?;
    let kept = tx.federation().keep_answer(attempt.id, &reference.digest(), &sealed, cx.now).await?;
    tx.commit().await?;
    if kept { Ok(reference) } else { Err(FederationError::Expired) }
}

/// Takes a browser back.
///
/// # Errors
/// See [`FederationError`]; what the provider or the rules refuse is in the audit log.
pub async fn callback(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    request: &CallbackRequest,
) -> Result<Returned, NotReturned> {
    if !realm.is_active() {
        return Err(FederationError::RealmSuspended.into());
    }
    let (attempt, connection) = claim(app, cx, request).await?;
    let returned = Box::pin(finish(app, cx, realm, request, &attempt, &connection)).await;
    returned.map_err(|error| {
        let (connection, cause) = (connection.id, error.cause());
        tracing::info!(connection.id = %connection, cause, %error, "a sign-in at a provider was refused");
        app.journal.record(cx, FederationEvent::SignInRefused { connection, cause });
        NotReturned { flow: flow_of(&attempt), error }
    })
}

const fn flow_of(attempt: &Attempt) -> Option<FlowId> {
    match attempt.purpose {
        Purpose::SignIn { flow } => Some(flow),
        Purpose::Link { .. } => None,
    }
}

/// Who may return: the browser that left, to the connection it left for, once.
async fn claim(app: &App, cx: &Cx, request: &CallbackRequest) -> Result<(Attempt, Connection), NotReturned> {
    let mut tx = app.store.write(cx).await?;
    let federation = tx.federation();
    let connection = federation.find_connection_by_key(&request.connection).await?;
    let attempt = match &request.brought {
        Brought::Answer { state, .. } => federation.find_attempt_by_state(&state.digest()).await?,
        Brought::Reference(reference) => federation.find_attempt_by_reference(&reference.digest()).await?,
    };
    let admitted = admit(attempt, connection, &request.browser);
    let (attempt, connection) = match admitted {
        Ok(admitted) => admitted,
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    let claim = tx.federation().claim_attempt(attempt.id, cx.now).await?;
    tx.commit().await?;
    match claim {
        AttemptClaim::Claimed(attempt) => Ok((*attempt, connection)),
        AttemptClaim::Unknown => {
            Err(NotReturned { flow: flow_of(&attempt), error: FederationError::Expired })
        }
    }
}

fn admit(
    attempt: Option<Attempt>,
    connection: Option<Connection>,
    browser: &Browser,
) -> Result<(Attempt, Connection), NotReturned> {
    let attempt = attempt.ok_or(FederationError::Expired)?;
    let cookie = match attempt.purpose {
        Purpose::SignIn { .. } => browser.flow.as_ref(),
        Purpose::Link { .. } => browser.session.as_ref(),
    };
    if !cookie.is_some_and(|cookie| attempt.is_bound_to(&cookie.digest())) {
        return Err(FederationError::Foreign.into());
    }
    // From here on it is this browser's own flow that is named.
    let flow = flow_of(&attempt);
    match connection.filter(|connection| connection.active().is_some()) {
        None => Err(NotReturned { flow, error: FederationError::NoConnection }),
        Some(connection) if attempt.connection != connection.id => {
            Err(NotReturned { flow, error: FederationError::Foreign })
        }
        Some(connection) => Ok((attempt, connection)),
    }
}

fn open<T: serde::de::DeserializeOwned>(
    app: &App,
    cx: &Cx,
    purpose: &'static str,
    attempt: AttemptId,
    sealed: &vestibule_kernel::Sealed,
) -> Result<T, FederationError> {
    let bytes = app.vault.open(place(cx, purpose, &text(attempt)), sealed)?;
    serde_json::from_slice(&bytes).map_err(|_cause: serde_json::Error| {
        FederationError::Store(StoreError::Corrupt("federation_attempts".to_owned()))
    })
}

async fn finish(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    request: &CallbackRequest,
    attempt: &Attempt,
    connection: &Connection,
) -> Result<Returned, FederationError> {
    let answer = match (&request.brought, &attempt.answer) {
        (Brought::Answer { answer, .. }, _) => answer.clone(),
        (Brought::Reference(_), Some(sealed)) => open(app, cx, ANSWER, attempt.id, sealed)?,
        (Brought::Reference(_), None) => return Err(FederationError::Expired),
    };
    let secrets: AttemptSecrets = open(app, cx, SECRETS, attempt.id, &attempt.secrets)?;
    let secret = secret_of(app, cx, connection).await?;
    let active = connection.active().ok_or(FederationError::NoConnection)?;
    let details = ExchangeDetails {
        answer: &answer,
        nonce: &secrets.nonce,
        verifier: &secrets.verifier,
        redirect_uri: &redirect_uri(realm, &connection.key),
        secret: secret.as_ref(),
        now: app.clock.now(),
    };
    let provider = connection.settings.provider.as_str();
    let upstream = connector(app, provider)?.exchange(active, details).await?;
    match attempt.purpose {
        Purpose::SignIn { flow } => {
            let outcome = account::settle(app, cx, realm, (attempt, connection), &upstream).await?;
            Ok(Returned::SignIn { flow, outcome })
        }
        Purpose::Link { user, session } => {
            account::link_signed_in(app, cx, connection, &upstream, (user, session)).await?;
            Ok(Returned::Linked { user })
        }
    }
}
