//! When a failed job runs again, and when it is given up.

use chrono::Duration;
use vestibule_kernel::Timestamp;
use vestibule_storage::JobOutcome;

use super::Attempt;

/// Attempts before a job is parked: with the delays below the last comes about an hour and a half after the first.
pub const MAX_ATTEMPTS: u32 = 8;

/// The first delay; each further one is three times as long.
const FIRST_SECONDS: i64 = 5;

/// The delay after `failures` failures, at least one: 5 s, 15 s, 45 s, … and up to a quarter more or less, so that
/// jobs that failed together do not come back together.
fn delay(failures: u32, random: u8) -> Duration {
    let exponent = failures.saturating_sub(1).min(MAX_ATTEMPTS);
    let full = FIRST_SECONDS * 1_000 * 3_i64.pow(exponent);
    // 75 % to 125 %, in steps of about 0.2 %.
    Duration::milliseconds(full * 3 / 4 + full * i64::from(random) / 510)
}

/// What is stored after an attempt; `before` counts the attempts before it.
pub(super) fn outcome(attempt: Attempt, before: u32, random: u8, now: Timestamp) -> JobOutcome {
    let failures = before.saturating_add(1);
    match attempt {
        Attempt::Done | Attempt::Refused(_) => JobOutcome::Done,
        Attempt::Never(error) => JobOutcome::Park { error },
        Attempt::Again(error) if failures >= MAX_ATTEMPTS => JobOutcome::Park { error },
        Attempt::Again(error) => JobOutcome::Retry { run_at: now + delay(failures, random), error },
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn delays_triple_and_stay_within_a_quarter() {
        let seconds = |failures, random| delay(failures, random).num_milliseconds();
        assert_eq!((seconds(1, 0), seconds(1, 255)), (3_750, 6_250));
        assert_eq!((seconds(2, 0), seconds(2, 255)), (11_250, 18_750));
        assert_eq!((seconds(7, 0), seconds(7, 255)), (2_733_750, 4_556_250));
        assert!(seconds(u32::MAX, 255) < 86_400_000);
        let all: i64 = (1..MAX_ATTEMPTS).map(|failures| delay(failures, 128).num_minutes()).sum();
        assert!((85..100).contains(&all), "{all} minutes");
    }

    #[test]
    fn the_last_failure_parks_and_success_never_does() {
        let now = DateTime::UNIX_EPOCH;
        let again = || Attempt::Again("away".to_owned());
        let parked = JobOutcome::Park { error: "away".to_owned() };
        assert!(matches!(outcome(again(), 0, 0, now), JobOutcome::Retry { run_at, .. } if run_at > now));
        assert!(matches!(outcome(again(), MAX_ATTEMPTS - 2, 0, now), JobOutcome::Retry { .. }));
        assert_eq!(outcome(again(), MAX_ATTEMPTS - 1, 0, now), parked);
        assert_eq!(outcome(Attempt::Never("away".to_owned()), 0, 0, now), parked);
        assert_eq!(outcome(Attempt::Refused("no such mailbox".to_owned()), 0, 0, now), JobOutcome::Done);
        assert_eq!(outcome(Attempt::Done, MAX_ATTEMPTS - 1, 0, now), JobOutcome::Done);
    }
}
