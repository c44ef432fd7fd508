//! Logout tokens ([OpenID Connect Back-Channel Logout §2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).

use serde_json::{Value, json};
use vestibule_kernel::{ClientId, SessionId, Timestamp, UserId};

/// The `typ` header.
pub const TYP: &str = "logout+jwt";
/// How long one is valid.
pub const LIFETIME_SECONDS: i64 = 120;

/// The claims of a logout token; never a `nonce`. `jti` is stable over retries of one delivery.
pub fn claims(
    issuer: &str,
    client: &ClientId,
    user: UserId,
    session: SessionId,
    jti: &str,
    now: Timestamp,
) -> Value {
    json!({
        "iss": issuer,
        "aud": client,
        "iat": now.timestamp(),
        "exp": now.timestamp() + LIFETIME_SECONDS,
        "jti": jti,
        "sub": user,
        "sid": session,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    })
}
