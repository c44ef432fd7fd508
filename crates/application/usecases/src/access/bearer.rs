//! Bearer access tokens at our own resource endpoints: one verifier, one liveness check.

use serde_json::{Map, Value};
use vestibule_kernel::{ClientId, Cx, Digest, FamilyId, StoreError, UserId};
use vestibule_oauth::TokenFamily;
use vestibule_users::User;

use crate::{App, RealmSnapshot};

/// The `typ` of JWT access tokens ([RFC 9068 §2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.1)).
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";
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

/// Verifies signature, kind, issuer and time of a token of `realm`, then that its client is enabled, its family,
/// session and user are alive. One read transaction for a user's token and one for a client's own.
///
/// # Errors
/// [`BearerError::Invalid`] for anything but a live token; the caller checks audience and scope.
pub async fn verify(
    app: &App,
    realm: &RealmSnapshot,
    cx: &Cx,
    token: &str,
) -> Result<AccessToken, BearerError> {
    let invalid = |_ignored: vestibule_oauth::TokenError| BearerError::Invalid;
    let claims = app.signer.verify(&realm.keys, ACCESS_TOKEN_TYP, token).map_err(invalid)?;
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
    let expires = claims.get("exp").and_then(Value::as_i64).ok_or(BearerError::Invalid)?;
    if text("iss") != Some(realm.issuer.as_str()) || cx.now.timestamp() >= expires || !realm.is_active() {
        return Err(BearerError::Invalid);
    }
    let client = text("client_id").and_then(|id| ClientId::parse(id).ok()).ok_or(BearerError::Invalid)?;
    if !realm.client(&client).is_some_and(vestibule_oauth::Client::is_enabled) {
        return Err(BearerError::Invalid);
    }
    let jti = text("jti").ok_or(BearerError::Invalid)?.to_owned();
    let subject = text("sub").ok_or(BearerError::Invalid)?.to_owned();
    let family = jti.split_once('.').and_then(|(family, _)| family.parse::<FamilyId>().ok());
    let mut tx = app.store.read(cx).await?;
    let live = match family {
        Some(id) => user_token(tx.as_mut(), id, &subject, cx).await?,
        None if tx.tokens().is_remembered(REVOKED_JTI, &Digest::of(jti.as_bytes())).await? => None,
        None => (subject == client.as_str()).then_some((None, None)),
    };
    tx.commit().await?;
    let (user, family) = live.ok_or(BearerError::Invalid)?;
    Ok(AccessToken { claims, client, user, family })
}

type Owner = (Option<User>, Option<TokenFamily>);

async fn user_token(
    tx: &mut dyn vestibule_storage::RealmTx,
    id: FamilyId,
    subject: &str,
    cx: &Cx,
) -> Result<Option<Owner>, StoreError> {
    let Some(liveness) = tx.tokens().token_liveness(id, cx.now).await? else { return Ok(None) };
    if !liveness.user_active || liveness.session_revoked {
        return Ok(None);
    }
    let Ok(named) = subject.parse::<UserId>() else { return Ok(None) };
    if named != liveness.family.user {
        return Ok(None);
    }
    let user = tx.users().find_user(named).await?;
    Ok(user.map(|user| (Some(user), Some(liveness.family))))
}
