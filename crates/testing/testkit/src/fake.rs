//! Fakes of time and randomness: a clock that moves when told, entropy that repeats.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use chrono::DateTime;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use vestibule_kernel::{
    Timestamp,
    ports::{Clock, Entropy},
};

/// A clock that stands still until moved.
#[derive(Debug)]
pub struct FakeClock {
    micros: AtomicI64,
}

impl FakeClock {
    /// A clock that shows `seconds` after the epoch.
    pub const fn at(seconds: i64) -> Self {
        Self { micros: AtomicI64::new(seconds * 1_000_000) }
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).expect("a step of a test fits");
        self.micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.micros.load(Ordering::SeqCst))
            .expect("a time of a test is in range")
    }
}

/// Entropy that gives the same values in the same order for the same seed.
#[derive(Debug)]
pub struct FakeEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl FakeEntropy {
    /// From a seed.
    pub const fn seeded(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for FakeEntropy {
    fn bytes(&self) -> [u8; 32] {
        let drawn = self.drawn.fetch_add(1, Ordering::SeqCst);
        Sha256::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(drawn.to_be_bytes())
            .finalize()
            .into()
    }

    fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        let mut random = [0_u8; 10];
        for (to, from) in random.iter_mut().zip(self.bytes()) {
            *to = from;
        }
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

/// A number that differs between runs and calls, for names of temporary things.
pub(crate) fn seed() -> u128 {
    let half = || u128::from(RandomState::new().hash_one(std::process::id()));
    (half() << 64) | half()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fakes_repeat() {
        let clock = FakeClock::at(1_000);
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.now().timestamp(), 1_005);
        let (one, two) = (FakeEntropy::seeded(1), FakeEntropy::seeded(1));
        assert_eq!(one.bytes(), two.bytes());
        assert_ne!(one.bytes(), FakeEntropy::seeded(1).bytes());
        assert_eq!(one.uuid(clock.now()).get_version_num(), 7);
    }
}
