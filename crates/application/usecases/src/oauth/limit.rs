//! Request limits of the protocol endpoints, per minute, by closed keys.

use std::time::Duration;

use crate::{App, oauth::ProtocolFailure};

/// Counts one request.
///
/// # Errors
/// [`ProtocolFailure::RateLimited`].
pub(super) async fn count(app: &App, key: &str, per_minute: u32) -> Result<(), ProtocolFailure> {
    let quota = app.limiter.check(key, per_minute, Duration::from_mins(1)).await;
    if quota.allowed {
        Ok(())
    } else {
        Err(ProtocolFailure::RateLimited { retry_after_seconds: quota.reset.as_secs().max(1) })
    }
}
