//! Signing keys of a realm: making those it cannot do without, rotation by schedule and by command, sealing anew. Keys are made
//! outside any transaction; what is stored is decided again under the realm's row.

mod initial;
mod reseal;
mod rotate;

use chrono::Duration;
use vestibule_kernel::{StoreError, ports::SealError};
use vestibule_oauth::{TokenError, rotation::RotationPolicy};
use vestibule_realms::RealmSettings;

pub use initial::{generate_missing, save_missing};
pub use reseal::{Resealed, reseal};
pub use rotate::{rotate_due, rotate_now};

/// How long a published document may lie in somebody's cache after the last token it verifies has expired.
const MARGIN_SECONDS: u64 = 3_600;

/// Why keys were not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The realm has no keys of this algorithm.
    #[error("the realm does not use the algorithm {0}")]
    NotUsed(&'static str),
    /// The library failed.
    #[error(transparent)]
    Signing(#[from] TokenError),
    /// A task was cut off: the process is shutting down.
    #[error("the server is shutting down")]
    Cancelled,
    /// A value was sealed under a master key that is not configured, or is damaged.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the settings of a realm ask for.
fn policy_of(settings: &RealmSettings) -> RotationPolicy {
    let days = |days: u64| Duration::days(i64::try_from(days).unwrap_or(3_650));
    let tokens = &settings.tokens;
    let longest = tokens.access_seconds.max(tokens.id_seconds).saturating_add(MARGIN_SECONDS);
    RotationPolicy {
        algorithms: settings.keys.algorithms.iter().map(|alg| alg.as_str()).collect(),
        rotate_after: (settings.keys.rotate_after_days > 0).then(|| days(settings.keys.rotate_after_days)),
        publish_before: Duration::hours(i64::try_from(settings.keys.publish_before_hours).unwrap_or(720)),
        keep_retired: Duration::seconds(i64::try_from(longest).unwrap_or(i64::from(u32::MAX))),
    }
}
