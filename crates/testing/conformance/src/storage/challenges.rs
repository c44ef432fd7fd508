//! Challenges that wait for their answer.

use vestibule_authn::{AttemptReserved, ChallengePurpose, Contact, MethodId, StoredChallenge};
use vestibule_kernel::{ChallengeId, FlowId, Sealed, UserId, contact::Email};

use super::fixture::{Fixture, TestStore, at, digest, id};

/// An open challenge of three attempts until `at(60)`.
pub(super) fn challenge(flow: Option<FlowId>, user: Option<UserId>) -> StoredChallenge {
    StoredChallenge {
        id: ChallengeId::from_uuid(id()),
        method: MethodId::EMAIL_CODE,
        purpose: ChallengePurpose::Prove,
        flow,
        user,
        contact: Some(Contact::Email(Email::parse("ada@acme.test").unwrap())),
        link: Some(digest()),
        payload: Sealed::from_bytes(vec![0, 255]),
        attempts: 0,
        max_attempts: 3,
        created_at: at(1),
        expires_at: at(60),
        consumed_at: None,
    }
}

pub async fn a_challenge_comes_back_as_stored(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let flow = FlowId::from_uuid(id());
    let stored = challenge(Some(flow), Some(user));
    let mut tx = fixture.write().await;
    tx.challenges().insert_challenge(&stored).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let found = tx.challenges().find_challenge(stored.id).await.unwrap().unwrap();
    let by_link = tx.challenges().find_challenge_by_link(&stored.link.unwrap()).await.unwrap().unwrap();
    let purpose = ChallengePurpose::Prove;
    let by_flow = tx.challenges().find_flow_challenge(flow, &MethodId::EMAIL_CODE, purpose).await.unwrap();
    assert!(tx.challenges().find_flow_challenge(flow, &MethodId::TOTP, purpose).await.unwrap().is_none());
    let count = tx.challenges().count_challenges_to("ada@acme.test", at(0)).await.unwrap();
    assert_eq!(count, 1);
    let count = tx.challenges().count_challenges_to("ada@acme.test", at(1)).await.unwrap();
    assert_eq!(count, 0, "only later ones count");
    tx.commit().await.unwrap();
    for other in [found.clone(), by_link, by_flow.unwrap()] {
        assert_eq!(other.id, stored.id);
    }
    assert_eq!((&found.method, found.purpose), (&stored.method, stored.purpose));
    assert_eq!((found.flow, found.user, &found.contact), (Some(flow), Some(user), &stored.contact));
    assert_eq!(found.payload.as_bytes(), stored.payload.as_bytes());
    assert_eq!((found.attempts, found.max_attempts), (0, 3));
    assert_eq!((found.created_at, found.expires_at, found.consumed_at), (at(1), at(60), None));
}

pub async fn a_new_challenge_replaces_the_open_one_of_its_flow(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let flow = FlowId::from_uuid(id());
    let (first, second) = (challenge(Some(flow), None), challenge(Some(flow), None));
    let mut tx = fixture.write().await;
    tx.challenges().insert_challenge(&first).await.unwrap();
    tx.challenges().insert_challenge(&second).await.unwrap();
    let found =
        tx.challenges().find_flow_challenge(flow, &MethodId::EMAIL_CODE, ChallengePurpose::Prove).await;
    assert_eq!(found.unwrap().unwrap().id, second.id);
    assert!(!tx.challenges().consume_challenge(first.id, at(2)).await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn attempts_and_the_answer_are_bounded(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let stored = challenge(None, None);
    let mut tx = fixture.write().await;
    tx.challenges().insert_challenge(&stored).await.unwrap();
    let mut reserve =
        async |now| tx.challenges().reserve_challenge_attempt(stored.id, at(now)).await.unwrap();
    assert_eq!(reserve(60).await, AttemptReserved::Refused, "its time is over");
    assert_eq!(reserve(2).await, AttemptReserved::Granted { left: 2 });
    assert_eq!(reserve(2).await, AttemptReserved::Granted { left: 1 });
    assert_eq!(reserve(2).await, AttemptReserved::Granted { left: 0 });
    assert_eq!(reserve(2).await, AttemptReserved::Refused);
    tx.challenges().release_challenge_attempt(stored.id).await.unwrap();
    let again = tx.challenges().reserve_challenge_attempt(stored.id, at(2)).await.unwrap();
    assert_eq!(again, AttemptReserved::Granted { left: 0 });
    assert!(!tx.challenges().consume_challenge(stored.id, at(60)).await.unwrap());
    assert!(tx.challenges().consume_challenge(stored.id, at(3)).await.unwrap());
    assert!(!tx.challenges().consume_challenge(stored.id, at(3)).await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn parallel_answers_share_neither_an_attempt_nor_the_claim(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let stored = challenge(None, None);
    let mut tx = fixture.write().await;
    tx.challenges().insert_challenge(&stored).await.unwrap();
    tx.commit().await.unwrap();
    let tries = (0..12).map(|_| async {
        let mut tx = fixture.write().await;
        let granted = tx.challenges().reserve_challenge_attempt(stored.id, at(2)).await.unwrap();
        tx.commit().await.unwrap();
        granted != AttemptReserved::Refused
    });
    let granted = futures::future::join_all(tries).await;
    assert_eq!(granted.into_iter().filter(|granted| *granted).count(), 3);
    let claims = (0..12).map(|_| async {
        let mut tx = fixture.write().await;
        let won = tx.challenges().consume_challenge(stored.id, at(3)).await.unwrap();
        tx.commit().await.unwrap();
        won
    });
    let won = futures::future::join_all(claims).await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
}
