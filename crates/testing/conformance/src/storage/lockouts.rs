//! Counters of failed attempts.

use vestibule_authn::{
    CredentialKind, Lockout, Reservation,
    lockout::{FREE_FAILURES, MAX_FAILURES},
};
use vestibule_kernel::{Timestamp, UserId};

use super::fixture::{Fixture, TestStore, all_at_once, at};

const KIND: CredentialKind = CredentialKind::Password;

async fn reserve(fixture: &Fixture, user: UserId, now: Timestamp) -> Reservation {
    let mut tx = fixture.write().await;
    let reservation = tx.lockouts().reserve_attempt(user, KIND, now).await.unwrap();
    tx.commit().await.unwrap();
    reservation
}

pub async fn attempts_follow_the_rule_of_the_domain(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let (mut now, mut stored) = (at(0), None);
    for _ in 0..MAX_FAILURES {
        let expected = Lockout::reserve(stored, now);
        assert_eq!(reserve(&fixture, user, now).await, expected);
        let Reservation::Granted(next) = expected else { panic!("{expected:?}") };
        stored = Some(next);
        if let Some(until) = next.not_before.filter(|until| *until > now) {
            assert_eq!(reserve(&fixture, user, now).await, Lockout::reserve(stored, now));
            now = until;
        }
    }
    assert_eq!(reserve(&fixture, user, at(100_000_000)).await, Reservation::Disabled);
}

pub async fn success_forgets_the_failures(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    for _ in 0..FREE_FAILURES {
        reserve(&fixture, user, at(0)).await;
    }
    assert!(matches!(reserve(&fixture, user, at(0)).await, Reservation::Delayed { .. }));
    let mut tx = fixture.write().await;
    tx.lockouts().reset_attempts(user, KIND).await.unwrap();
    tx.commit().await.unwrap();
    let first = Reservation::Granted(Lockout { failures: 1, not_before: Some(at(0)) });
    assert_eq!(reserve(&fixture, user, at(0)).await, first);
}

pub async fn an_attempt_that_was_not_made_is_given_back(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    for _ in 0..FREE_FAILURES {
        reserve(&fixture, user, at(0)).await;
    }
    let mut tx = fixture.write().await;
    tx.lockouts().release_attempt(user, KIND).await.unwrap();
    tx.commit().await.unwrap();
    let Reservation::Granted(again) = reserve(&fixture, user, at(0)).await else { panic!("delayed") };
    assert_eq!(again.failures, FREE_FAILURES);
}

pub async fn parallel_attempts_do_not_share_a_count(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let reservations = all_at_once(50, |_| {
        let fixture = fixture.clone();
        async move { reserve(&fixture, user, at(0)).await }
    })
    .await;
    let mut counts: Vec<_> = reservations
        .into_iter()
        .filter_map(|reservation| match reservation {
            Reservation::Granted(lockout) => Some(lockout.failures),
            _ => None,
        })
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, (1..=FREE_FAILURES).collect::<Vec<_>>());
}
