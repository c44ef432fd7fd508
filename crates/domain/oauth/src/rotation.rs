//! When keys are made, begin to sign, stop and go. Decides from a realm's keys, its policy and the time; does not make
//! keys.

use chrono::Duration;
use vestibule_kernel::Timestamp;

use crate::keys::{KeyStatus, SigningKey};

/// What a realm wants of its keys.
#[derive(Debug, Clone)]
pub struct RotationPolicy {
    /// Algorithms there are keys for (JOSE names).
    pub algorithms: Vec<&'static str>,
    /// A key signs for so long; none: until it is rotated by command.
    pub rotate_after: Option<Duration>,
    /// A new key is published for so long before it signs.
    pub publish_before: Duration,
    /// A key stays published for so long after it stopped signing: the longest life of what it signed, and a margin.
    pub keep_retired: Duration,
}

/// One thing to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RotationStep {
    /// Make a key that signs from then on.
    Create {
        /// Its algorithm.
        alg: &'static str,
        /// When it begins to sign; now or before: at once.
        activate_at: Timestamp,
    },
    /// A published key begins to sign.
    Activate {
        /// Which.
        kid: String,
    },
    /// A key stops signing, or is given up before it ever did.
    Retire {
        /// Which.
        kid: String,
    },
    /// Retired keys whose time has come are removed.
    Remove,
}

/// What is due at `now`, in the order it is to be done. Nothing when the keys are as they should be, so that doing it
/// twice does no harm.
pub fn due(keys: &[SigningKey], policy: &RotationPolicy, now: Timestamp) -> Vec<RotationStep> {
    let mut steps = Vec::new();
    for alg in &policy.algorithms {
        due_of(keys, alg, policy, now, &mut steps);
    }
    // An algorithm that is no longer wanted stops signing.
    let given_up = |key: &&SigningKey| {
        key.status != KeyStatus::Retiring && !policy.algorithms.contains(&key.public.alg.as_str())
    };
    steps.extend(keys.iter().filter(given_up).map(retire));
    let over = |key: &SigningKey| {
        key.status == KeyStatus::Retiring && key.remove_at.is_some_and(|remove_at| remove_at <= now)
    };
    if keys.iter().any(over) {
        steps.push(RotationStep::Remove);
    }
    steps
}

/// A new key signs at once and every other of the algorithm retires: by command, such as after a leak.
pub fn at_once(keys: &[SigningKey], alg: &'static str, now: Timestamp) -> Vec<RotationStep> {
    let others = keys.iter().filter(|key| key.public.alg == alg && key.status != KeyStatus::Retiring);
    [RotationStep::Create { alg, activate_at: now }].into_iter().chain(others.map(retire)).collect()
}

fn retire(key: &SigningKey) -> RotationStep {
    RotationStep::Retire { kid: key.public.kid.clone() }
}

fn due_of(
    keys: &[SigningKey],
    alg: &'static str,
    policy: &RotationPolicy,
    now: Timestamp,
    steps: &mut Vec<RotationStep>,
) {
    let with = |status| keys.iter().filter(move |key| key.public.alg == alg && key.status == status);
    let next = with(KeyStatus::Next).next();
    let Some(active) = with(KeyStatus::Active).max_by_key(|key| key.activate_at) else {
        steps.push(match next {
            Some(next) => RotationStep::Activate { kid: next.public.kid.clone() },
            None => RotationStep::Create { alg, activate_at: now },
        });
        return;
    };
    let takes_over = next.filter(|next| next.activate_at <= now);
    if let Some(next) = takes_over {
        steps.push(RotationStep::Activate { kid: next.public.kid.clone() });
    }
    let outdated = |key: &&SigningKey| takes_over.is_some() || key.public.kid != active.public.kid;
    steps.extend(with(KeyStatus::Active).filter(outdated).map(retire));
    if let (None, Some(rotate_after)) = (next, policy.rotate_after) {
        let turn = active.activate_at + rotate_after;
        if now >= turn - policy.publish_before {
            // Late (the schedule did not run): published for its time all the same.
            let activate_at = turn.max(now + policy.publish_before);
            steps.push(RotationStep::Create { alg, activate_at });
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use serde_json::Map;
    use vestibule_kernel::{Sealed, Version};

    use super::*;
    use crate::keys::PublicKey;

    fn hour(hours: i64) -> Timestamp {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn key(kid: &str, alg: &str, status: KeyStatus, activate_at: i64) -> SigningKey {
        SigningKey {
            public: PublicKey { kid: kid.into(), alg: alg.into(), jwk: Map::new() },
            private: Sealed::from_bytes(Vec::new()),
            status,
            created_at: hour(0),
            activate_at: hour(activate_at),
            retired_at: None,
            remove_at: None,
            version: Version::FIRST,
        }
    }

    fn policy() -> RotationPolicy {
        RotationPolicy {
            algorithms: vec!["ES256"],
            rotate_after: Some(Duration::hours(100)),
            publish_before: Duration::hours(10),
            keep_retired: Duration::hours(2),
        }
    }

    fn create(hours: i64) -> RotationStep {
        RotationStep::Create { alg: "ES256", activate_at: hour(hours) }
    }

    #[test]
    fn a_realm_without_keys_gets_one_for_each_algorithm() {
        let policy = RotationPolicy { algorithms: vec!["ES256", "RS256"], ..policy() };
        let steps = due(&[], &policy, hour(5));
        let rsa = RotationStep::Create { alg: "RS256", activate_at: hour(5) };
        assert_eq!(steps, [create(5), rsa]);
    }

    #[test]
    fn a_key_is_published_before_it_signs() {
        let active = key("a", "ES256", KeyStatus::Active, 0);
        assert_eq!(due(std::slice::from_ref(&active), &policy(), hour(89)), []);
        assert_eq!(due(std::slice::from_ref(&active), &policy(), hour(90)), [create(100)]);
        assert_eq!(due(&[active], &policy(), hour(500)), [create(510)], "however late");
    }

    #[test]
    fn the_published_key_takes_over_at_its_time() {
        let keys = [key("a", "ES256", KeyStatus::Active, 0), key("b", "ES256", KeyStatus::Next, 100)];
        assert_eq!(due(&keys, &policy(), hour(99)), []);
        let steps = due(&keys, &policy(), hour(100));
        let expected = [RotationStep::Activate { kid: "b".into() }, RotationStep::Retire { kid: "a".into() }];
        assert_eq!(steps, expected);
    }

    #[test]
    fn the_schedule_can_be_off_while_gaps_are_still_filled() {
        let policy = RotationPolicy { rotate_after: None, ..policy() };
        assert_eq!(due(&[key("a", "ES256", KeyStatus::Active, 0)], &policy, hour(9_999)), []);
        let next = key("b", "ES256", KeyStatus::Next, 100);
        assert_eq!(due(&[next], &policy, hour(1)), [RotationStep::Activate { kid: "b".into() }]);
    }

    #[test]
    fn of_two_active_keys_the_older_retires() {
        let keys = [key("b", "ES256", KeyStatus::Active, 10), key("a", "ES256", KeyStatus::Active, 0)];
        assert_eq!(due(&keys, &policy(), hour(20)), [RotationStep::Retire { kid: "a".into() }]);
    }

    #[test]
    fn retired_keys_go_when_their_time_has_come() {
        let active = key("a", "ES256", KeyStatus::Active, 0);
        let mut retired = key("b", "ES256", KeyStatus::Retiring, 0);
        retired.remove_at = Some(hour(10));
        let keys = [active, retired];
        assert_eq!(due(&keys, &policy(), hour(9)), []);
        assert_eq!(due(&keys, &policy(), hour(10)), [RotationStep::Remove]);
    }

    #[test]
    fn keys_of_an_algorithm_that_is_not_wanted_retire() {
        let keys = [key("a", "ES256", KeyStatus::Active, 0), key("b", "EdDSA", KeyStatus::Active, 0)];
        assert_eq!(due(&keys, &policy(), hour(1)), [RotationStep::Retire { kid: "b".into() }]);
    }

    #[test]
    fn by_command_a_new_key_signs_at_once() {
        let keys = [
            key("a", "ES256", KeyStatus::Active, 0),
            key("b", "ES256", KeyStatus::Next, 100),
            key("c", "RS256", KeyStatus::Active, 0),
        ];
        let steps = at_once(&keys, "ES256", hour(1));
        let retire = |kid: &str| RotationStep::Retire { kid: kid.into() };
        assert_eq!(steps, [create(1), retire("a"), retire("b")]);
    }
}
