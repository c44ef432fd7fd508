//! A browser in which a person asked not to be asked for a second factor again. It stands in for no factor: what was
//! proven stays one factor, and whoever demands two gets them asked for.

use chrono::Duration;
use vestibule_kernel::{Changed, DeviceId, Timestamp, UserId};

use crate::events::AuthnEvent;

/// One trusted browser of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedDevice {
    /// The browser, as its sealed cookie names it.
    pub id: DeviceId,
    /// Who trusts it. Nobody else's second factor is waived there.
    pub user: UserId,
    /// The address it was trusted from.
    pub ip: Option<String>,
    /// The user agent it was trusted with.
    pub user_agent: Option<String>,
    /// When it was trusted.
    pub created_at: Timestamp,
    /// When a second factor was last waived there.
    pub last_used_at: Timestamp,
    /// From when on it is asked again.
    pub expires_at: Timestamp,
}

impl TrustedDevice {
    /// Trusts a browser from now on, after both factors were proven in it. Trusting it again begins anew.
    pub fn trust(
        id: DeviceId,
        user: UserId,
        (ip, user_agent): (Option<String>, Option<String>),
        lifetime: Duration,
        now: Timestamp,
    ) -> Changed<Self> {
        let device =
            Self { id, user, ip, user_agent, created_at: now, last_used_at: now, expires_at: now + lifetime };
        Changed::created(device, AuthnEvent::DeviceTrusted { user, id })
    }
}
