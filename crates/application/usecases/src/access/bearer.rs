//! Bearer access tokens at our own resource endpoints: one verifier, one liveness check.

use serde_json::{Map, Value};
use vestibule_kernel::{ClientId, Cx, Digest, StoreError};
use vestibule_oauth::{
    TokenFamily, TokenLiveness,
    token::access::{self, family_of},
};
use vestibule_storage::RealmTx;
use vestibule_users::User;

use crate::{App, RealmSnapshot};

/// The `typ` of JWT access tokens ([RFC 9068 §2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.1)).
pub const ACCESS_TOKEN_TYP: &str = access::TYP;
/// The purpose under which the `jti` of revoked access tokens without a family are remembered.
pub const REVOKED_JTI: &str = "revoked_jti";

/// A genuine, live access token.
pub struct AccessToken {
    /// Its claims.
    pub claims: Map<String, Value>,
    /// Who it was issued to.
    pub client: ClientId,
    /// Whose it is; `None` for a client's own.
    pub user: Option<User>,
    /// What it came from; `None` for a client's own.
    pub family: Option<TokenFamily>,
}

/// Why a token was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum BearerError {
    /// Not a live access token of this realm. Says no more.
    #[error("the access token is not valid")]
    Invalid,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccessToken {
    /// A textual claim.
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// Whether the scope was granted.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// The granted scopes.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.text("scope").unwrap_or_default().split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether the token is meant for this resource.
    pub fn has_audience(&self, resource: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(only)) => only == resource,
            Some(Value::Array(all)) => all.iter().any(|one| one == resource),
            _ => false,
        }
    }
}

/// What a genuine token says, before anybody asked whether it is alive.
pub(crate) struct Genuine {
    pub(crate) claims: Map<String, Value>,
    pub(crate) client: ClientId,
    pub(crate) subject: String,
    pub(crate) jti: String,
}

/// Verifies signature, kind, issuer and time of a token of `realm`, and that its client is enabled. No query.
pub(crate) fn genuine(app: &App, realm: &RealmSnapshot, cx: &Cx, token: &str) -> Option<Genuine> {
    let claims = app.signer.verify(&realm.keys, ACCESS_TOKEN_TYP, token).ok()?;
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
    let expires = claims.get("exp").and_then(Value::as_i64)?;
    if text("iss") != Some(realm.issuer.as_str()) || cx.now.timestamp() >= expires || !realm.is_active() {
        return None;
    }
    let client = text("client_id").and_then(|id| ClientId::parse(id).ok())?;
    if !realm.client(&client).is_some_and(vestibule_oauth::Client::is_enabled) {
        return None;
    }
    let (subject, jti) = (text("sub")?.to_owned(), text("jti")?.to_owned());
    Some(Genuine { claims, client, subject, jti })
}

/// Whether a genuine token is alive: family, session and user, or for a client's own token that it was not revoked. One
/// query.
pub(crate) async fn alive(
    tx: &mut dyn RealmTx,
    token: &Genuine,
    cx: &Cx,
) -> Result<Option<Option<TokenFamily>>, StoreError> {
    let Some(id) = family_of(&token.jti) else {
        let revoked = tx.tokens().is_remembered(REVOKED_JTI, &Digest::of(token.jti.as_bytes())).await?;
        return Ok((!revoked && token.subject == token.client.as_str()).then_some(None));
    };
    let liveness = tx.tokens().token_liveness(id, cx.now).await?;
    Ok(liveness.filter(|liveness| is_live(token, liveness)).map(|liveness| Some(liveness.family)))
}

fn is_live(token: &Genuine, liveness: &TokenLiveness) -> bool {
    liveness.user_active
        && !liveness.session_revoked
        && liveness.family.client == token.client
        && token.subject == liveness.family.user.to_string()
}

/// Verifies signature, kind, issuer and time of a token of `realm`, then that its client is enabled, its family,
/// session and user are alive. One query.
///
/// # Errors
/// [`BearerError::Invalid`] for anything but a live token; the caller checks audience and scope.
pub async fn verify(
    app: &App,
    realm: &RealmSnapshot,
    cx: &Cx,
    token: &str,
) -> Result<AccessToken, BearerError> {
    let token = genuine(app, realm, cx, token).ok_or(BearerError::Invalid)?;
    let mut tx = app.store.read(cx).await?;
    tx.ends_with_next();
    let owner = match family_of(&token.jti) {
        Some(id) => {
            let owner = tx.sign_in().load_token_owner(id).await?;
            let live = owner.filter(|(liveness, _)| is_live(&token, liveness));
            live.map(|(liveness, user)| (Some(user), Some(liveness.family)))
        }
        None => alive(tx.as_mut(), &token, cx).await?.map(|family| (None, family)),
    };
    tx.commit().await?;
    let (user, family) = owner.ok_or(BearerError::Invalid)?;
    Ok(AccessToken { claims: token.claims, client: token.client, user, family })
}
