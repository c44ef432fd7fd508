//! Throttling of guesses per authenticator (NIST SP 800-63B-4 §3.2.2): an attempt is reserved in the database before
//! anything is compared, so parallel guesses cannot share one count.

use chrono::Duration;
use vestibule_kernel::Timestamp;

/// Failures before each further attempt is delayed.
pub const FREE_FAILURES: u32 = 5;
/// Failures after which the authenticator is disabled until it is bound anew.
pub const MAX_FAILURES: u32 = 100;

/// The count of consecutive failures of one authenticator of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lockout {
    /// Consecutive failures, the reserved attempt included.
    pub failures: u32,
    /// No attempt is accepted earlier.
    pub not_before: Option<Timestamp>,
}

/// The answer to reserving an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// The attempt counts as a failure until success resets the count.
    Granted(Lockout),
    /// Too early.
    Delayed {
        /// When the next attempt is accepted.
        until: Timestamp,
    },
    /// Disabled until bound anew.
    Disabled,
}

impl Lockout {
    /// How long to wait after so many failures: nothing up to five, then 1, 2, 4 … 900 seconds.
    pub fn delay_after(failures: u32) -> Duration {
        if failures < FREE_FAILURES {
            return Duration::zero();
        }
        let exponent = (failures - FREE_FAILURES).min(10);
        Duration::seconds(i64::from(1u32 << exponent).min(900))
    }

    /// Decides on an attempt given what is stored (`None`: no failure yet). A granted attempt is already counted; the
    /// caller stores the returned value under the same lock.
    pub fn reserve(stored: Option<Self>, now: Timestamp) -> Reservation {
        let current = stored.unwrap_or(Self { failures: 0, not_before: None });
        if current.failures >= MAX_FAILURES {
            return Reservation::Disabled;
        }
        if let Some(until) = current.not_before.filter(|until| *until > now) {
            return Reservation::Delayed { until };
        }
        let failures = current.failures + 1;
        // Set even without a delay: it also tells when the counter was last used.
        Reservation::Granted(Self { failures, not_before: Some(now + Self::delay_after(failures)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_from_the_fifth_failure_and_the_hundredth_disables() {
        let mut now = chrono::DateTime::UNIX_EPOCH;
        let mut stored = None;
        for attempt in 1..=MAX_FAILURES {
            if let Some(Lockout { not_before: Some(until), .. }) = stored.filter(|_| attempt > FREE_FAILURES)
            {
                assert_eq!(Lockout::reserve(stored, now), Reservation::Delayed { until });
                now = until;
            }
            let Reservation::Granted(next) = Lockout::reserve(stored, now) else { unreachable!() };
            assert_eq!(next.failures, attempt);
            stored = Some(next);
        }
        assert_eq!(Lockout::reserve(stored, now + Duration::days(365)), Reservation::Disabled);
    }
}
