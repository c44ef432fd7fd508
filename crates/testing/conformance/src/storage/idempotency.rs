//! Remembered answers.

use vestibule_kernel::{Digest, Timestamp};
use vestibule_storage::{IdempotencySlot, IdempotentResponse};

use super::fixture::{Fixture, TestStore, all_at_once, at, digest};

async fn claim(fixture: &Fixture, key: Digest, body: Digest, now: Timestamp) -> IdempotencySlot {
    let mut tx = fixture.write().await;
    let slot = tx.idempotency().claim_idempotency_key(&key, &body, now).await.unwrap();
    tx.commit().await.unwrap();
    slot
}

fn answer() -> IdempotentResponse {
    IdempotentResponse {
        status: 201,
        body: r#"{"id":"x"}"#.to_owned(),
        location: Some("/x".to_owned()),
        etag: None,
    }
}

pub async fn a_key_answers_again_with_the_first_answer(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (key, body) = (digest(), digest());
    assert_eq!(claim(&fixture, key, body, at(0)).await, IdempotencySlot::Fresh);
    assert_eq!(claim(&fixture, key, body, at(1)).await, IdempotencySlot::Running);
    assert_eq!(claim(&fixture, key, digest(), at(1)).await, IdempotencySlot::Mismatch);
    let mut tx = fixture.write().await;
    tx.idempotency().store_idempotent_response(&key, &answer()).await.unwrap();
    assert!(tx.idempotency().store_idempotent_response(&digest(), &answer()).await.is_err());
    tx.commit().await.unwrap();
    assert_eq!(claim(&fixture, key, body, at(3_600)).await, IdempotencySlot::Answered(answer()));
    assert_eq!(claim(&fixture, key, digest(), at(3_600)).await, IdempotencySlot::Mismatch);
    assert_eq!(claim(&fixture, key, digest(), at(86_400)).await, IdempotencySlot::Fresh, "a day later");
}

pub async fn a_released_or_abandoned_key_is_free(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (key, body) = (digest(), digest());
    assert_eq!(claim(&fixture, key, body, at(0)).await, IdempotencySlot::Fresh);
    let mut tx = fixture.write().await;
    tx.idempotency().release_idempotency_key(&key).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claim(&fixture, key, body, at(1)).await, IdempotencySlot::Fresh);
    assert_eq!(claim(&fixture, key, body, at(2)).await, IdempotencySlot::Running);
    assert_eq!(
        claim(&fixture, key, body, at(600)).await,
        IdempotencySlot::Running,
        "an import may take long"
    );
    assert_eq!(claim(&fixture, key, body, at(661)).await, IdempotencySlot::Fresh, "its server died");
    let mut tx = fixture.write().await;
    tx.idempotency().store_idempotent_response(&key, &answer()).await.unwrap();
    tx.idempotency().release_idempotency_key(&key).await.unwrap();
    tx.commit().await.unwrap();
    let kept = claim(&fixture, key, body, at(200)).await;
    assert_eq!(kept, IdempotencySlot::Answered(answer()), "an answered key stays");
}

pub async fn parallel_claims_have_one_winner(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (key, body) = (digest(), digest());
    let slots = all_at_once(50, |_| {
        let fixture = fixture.clone();
        async move { claim(&fixture, key, body, at(0)).await }
    })
    .await;
    assert_eq!(slots.iter().filter(|slot| **slot == IdempotencySlot::Fresh).count(), 1);
    assert_eq!(slots.iter().filter(|slot| **slot == IdempotencySlot::Running).count(), 49);
}
