//! Initial access tokens of dynamic registration (RFC 7591 §3): shown once, good for so many registrations.

use chrono::Duration;
use vestibule_kernel::{OpaqueToken, Timestamp, TokenKind};
use vestibule_oauth::OAuthEvent;

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
};

/// Most registrations with one token.
pub const MAX_USES: u32 = 1_000;
/// The longest lifetime: 90 days.
pub const MAX_LIFETIME_SECONDS: u64 = 90 * 86_400;

/// Makes a token.
///
/// # Errors
/// Needs `clients:write`; a number outside its bounds.
pub async fn create(
    app: &App,
    admin: &AdminCx,
    uses: u32,
    lifetime_seconds: u64,
) -> Result<(OpaqueToken, Timestamp), AdminFailure> {
    admin.require(AdminScope::CLIENTS_WRITE)?;
    if !(1..=MAX_USES).contains(&uses) {
        return Err(AdminFailure::invalid("/uses", format!("1 to {MAX_USES}")));
    }
    if !(60..=MAX_LIFETIME_SECONDS).contains(&lifetime_seconds) {
        return Err(AdminFailure::invalid("/lifetime_seconds", format!("60 to {MAX_LIFETIME_SECONDS}")));
    }
    let cx = admin.cx();
    let token = app.entropy.token(TokenKind::InitialAccess);
    let expires_at = cx.now + Duration::seconds(i64::try_from(lifetime_seconds).unwrap_or(60));
    let event = OAuthEvent::InitialAccessTokenCreated { uses };
    let mut tx = app.store.write(cx).await?;
    tx.clients().save_initial_access_token(&token.digest(), uses, expires_at, event.into()).await?;
    tx.commit().await?;
    Ok((token, expires_at))
}
