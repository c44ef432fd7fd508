//! Six digits that are sent to somebody: made uniformly, kept as a salted digest, compared in constant time.

use chrono::Duration;
use data_encoding::BASE64_NOPAD;
use serde::{Deserialize, Serialize};
use vestibule_kernel::{Digest, Secret, ports::Entropy};

/// NIST SP 800-63B-4 §3.1.3: at least six digits.
pub(super) const LENGTH: usize = 6;
/// Answers judged per code.
pub(super) const MAX_ATTEMPTS: u32 = 5;

/// NIST SP 800-63B-4 §3.1.3: at most ten minutes.
pub(super) const fn lifetime() -> Duration {
    Duration::minutes(10)
}

/// What is kept of a code that was sent. A salt does not make six digits hard to search: the payload is sealed as
/// well. It keeps equal codes from looking equal.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SentCode<C> {
    salt: String,
    digest: String,
    /// Where it went, in the form that is compared.
    pub(super) to: C,
}

impl<C> SentCode<C> {
    /// Makes a code and what is kept of it.
    pub(super) fn make(entropy: &dyn Entropy, to: C) -> (Secret, Self) {
        let code = Secret::new(uniform(entropy));
        let salt = BASE64_NOPAD.encode(&entropy.bytes());
        let digest = BASE64_NOPAD.encode(digest(&salt, code.expose()).as_bytes());
        (code, Self { salt, digest, to })
    }

    /// Whether this is the code.
    pub(super) fn matches(&self, typed: &str) -> bool {
        let stored = BASE64_NOPAD.decode(self.digest.as_bytes()).ok();
        let stored = stored.and_then(|bytes| Digest::from_stored(&bytes));
        stored.is_some_and(|stored| stored.matches(&digest(&self.salt, typed)))
    }
}

fn digest(salt: &str, code: &str) -> Digest {
    Digest::of(format!("{salt}.{code}").as_bytes())
}

/// Each of the million codes is equally likely: numbers above the largest multiple of a million are drawn again.
fn uniform(entropy: &dyn Entropy) -> String {
    loop {
        for chunk in entropy.bytes().chunks_exact(4) {
            let number = chunk.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
            if number < 4_294_000_000 {
                return format!("{:06}", number % 1_000_000);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use vestibule_kernel::Timestamp;

    use super::*;

    struct Scripted(Vec<u32>, AtomicU32);

    impl Entropy for Scripted {
        fn bytes(&self) -> [u8; 32] {
            let mut bytes = [0; 32];
            for chunk in bytes.chunks_exact_mut(4) {
                let at = usize::try_from(self.1.fetch_add(1, Ordering::Relaxed)).unwrap();
                chunk.copy_from_slice(&self.0[at % self.0.len()].to_be_bytes());
            }
            bytes
        }

        fn uuid(&self, _: Timestamp) -> uuid::Uuid {
            uuid::Uuid::nil()
        }
    }

    #[test]
    fn biased_numbers_are_drawn_again() {
        let drawn = |numbers: &[u32]| uniform(&Scripted(numbers.to_vec(), AtomicU32::new(0)));
        assert_eq!(drawn(&[4_293_999_999]), "999999");
        assert_eq!(drawn(&[4_294_000_000, u32::MAX, 42]), "000042");
        let nine_biased = [vec![u32::MAX; 9], vec![7]].concat();
        assert_eq!(drawn(&nine_biased), "000007");
    }

    #[test]
    fn only_the_code_matches() {
        let (code, kept) = SentCode::make(&Scripted(vec![5], AtomicU32::new(0)), ());
        assert_eq!(code.expose(), "000005");
        assert!(kept.matches("000005"));
        assert!(!kept.matches("000006") && !kept.matches("5") && !kept.matches(""));
        assert!(!serde_json::to_string(&kept).unwrap().contains("000005"));
    }
}
