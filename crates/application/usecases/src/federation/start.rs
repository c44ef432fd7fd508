//! The way to a provider: one row that ties `state` to this browser, this connection and what the trip is for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use vestibule_authn::Flow;
use vestibule_federation::{
    ActiveConnection, Attempt, AttemptSecrets, AuthorizationDetails, ConnectionKey, Purpose,
    attempt::LIFETIME_SECONDS,
};
use vestibule_kernel::{AttemptId, Cx, Digest, TokenKind, contact::Locale};
use vestibule_sessions::ActiveSession;

use super::{FederationError, SECRETS, connector, place, redirect_uri, text};
use crate::{App, RealmSnapshot};

/// Starts a trip for a flow: the address to send its browser to. The flow's own cookie binds it.
///
/// # Errors
/// There is no such connection, its provider is away, or the store failed.
pub async fn start(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    connection: &ConnectionKey,
) -> Result<String, FederationError> {
    let trip = Trip {
        purpose: Purpose::SignIn { flow: flow.id },
        binding: flow.binding,
        login_hint: flow.identifier.as_deref(),
        locale: flow.locale.as_ref(),
        fresh: flow.fresh,
    };
    depart(app, cx, realm, connection, trip).await
}

/// Starts a trip that links an identity to the account of a live session, whose cookie binds it.
///
/// # Errors
/// As [`start`].
pub async fn start_linking(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    session: &ActiveSession,
    connection: &ConnectionKey,
) -> Result<String, FederationError> {
    let session = session.get();
    let purpose = Purpose::Link { user: session.user, session: session.id };
    let trip = Trip { purpose, binding: session.secret, login_hint: None, locale: None, fresh: false };
    depart(app, cx, realm, connection, trip).await
}

struct Trip<'a> {
    purpose: Purpose,
    binding: Digest,
    login_hint: Option<&'a str>,
    /// The language of the flow; none: that of the request.
    locale: Option<&'a Locale>,
    fresh: bool,
}

async fn depart(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    key: &ConnectionKey,
    trip: Trip<'_>,
) -> Result<String, FederationError> {
    if !realm.is_active() {
        return Err(FederationError::RealmSuspended);
    }
    let connection = realm.connection(key).ok_or(FederationError::NoConnection)?;
    let active: ActiveConnection<'_> = connection.active().ok_or(FederationError::NoConnection)?;
    let state = app.entropy.token(TokenKind::FederationState);
    let random = || URL_SAFE_NO_PAD.encode(app.entropy.bytes());
    let secrets = AttemptSecrets { nonce: random(), verifier: random() };
    let challenge = URL_SAFE_NO_PAD.encode(Digest::of(secrets.verifier.as_bytes()).as_bytes());
    let details = AuthorizationDetails {
        state: state.expose(),
        nonce: &secrets.nonce,
        challenge: &challenge,
        redirect_uri: &redirect_uri(realm, key),
        login_hint: trip.login_hint,
        ui_locales: trip.locale.or(cx.origin.language.as_ref()).map(Locale::as_str),
        fresh: trip.fresh,
    };
    let provider = connection.settings.provider.as_str();
    let to = connector(app, provider)?.authorization_url(active, details).await?;
    let id = AttemptId::from_uuid(app.entropy.uuid(cx.now));
    let sealed = serde_json::to_vec(&secrets).unwrap_or_default();
    let attempt = Attempt {
        id,
        state: state.digest(),
        connection: connection.id,
        binding: trip.binding,
        purpose: trip.purpose,
        secrets: app.vault.seal(place(cx, SECRETS, &text(id)), &sealed)?,
        answer: None,
        upstream: None,
        created_at: cx.now,
        expires_at: cx.now + Duration::seconds(LIFETIME_SECONDS),
        consumed_at: None,
    };
    let mut tx = app.store.write(cx).await?;
    tx.federation().insert_attempt(&attempt).await?;
    tx.commit().await?;
    Ok(to)
}
