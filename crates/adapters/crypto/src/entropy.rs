//! Randomness from the operating system's generator, and UUIDv7 made of a given time.

use aws_lc_rs::rand;
use uuid::{Builder, Uuid};
use vestibule_kernel::{Timestamp, ports::Entropy};

/// The machine's cryptographic random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

/// Fills `out` with random bytes.
#[expect(clippy::expect_used, reason = "without randomness nothing may be issued: the request must die")]
pub(crate) fn fill(out: &mut [u8]) {
    rand::fill(out).expect("the random source of the operating system does not answer");
}

impl Entropy for OsEntropy {
    fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        fill(&mut bytes);
        bytes
    }

    fn uuid(&self, now: Timestamp) -> Uuid {
        let mut random = [0; 10];
        let [first, second, rest @ ..] = &mut random;
        fill(rest);
        // RFC 9562 §6.2, method 3: the fraction of the millisecond fills rand_a, so that ids made within one
        // millisecond still sort by time.
        let fraction = now.timestamp_subsec_micros() % 1_000 * 4_096 / 1_000;
        [_, _, *first, *second] = fraction.to_be_bytes();
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn ids_sort_by_time_down_to_the_microsecond_and_never_repeat() {
        let start = DateTime::from_timestamp_micros(1_800_000_000_000_000).unwrap();
        let ids: Vec<Uuid> = (0..2_000)
            .step_by(2)
            .map(|micros| OsEntropy.uuid(start + TimeDelta::microseconds(micros)))
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[0].get_version_num(), 7);
        assert_eq!(ids[0].get_variant(), uuid::Variant::RFC4122);
        assert_ne!(OsEntropy.uuid(start), OsEntropy.uuid(start));
    }

    #[test]
    fn bytes_differ() {
        assert_ne!(OsEntropy.bytes(), OsEntropy.bytes());
    }
}
