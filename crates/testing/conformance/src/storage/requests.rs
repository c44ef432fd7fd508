//! Stored authorization requests.

use vestibule_kernel::{RequestId, StoreError};

use super::fixture::{Fixture, TestStore, all_at_once, at, digest, ended, id, stored_request};

pub async fn a_request_is_found_by_id_and_reference(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let client = fixture.client("shop").await;
    let reference = digest();
    let pushed = stored_request(&client, Some(reference));
    let parked = stored_request(&client, None);
    let mut tx = fixture.write().await;
    tx.requests().insert_request(&pushed).await.unwrap();
    tx.requests().insert_request(&parked).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let found = tx.requests().find_request_by_reference(&reference).await.unwrap().unwrap();
    assert_eq!((found.id, found.request), (pushed.id, pushed.request));
    let found = tx.requests().find_request(parked.id).await.unwrap().unwrap();
    assert!(found.reference.is_none() && found.used_at.is_none());
    assert_eq!((found.created_at, found.expires_at), (parked.created_at, parked.expires_at));
    assert!(tx.requests().find_request(RequestId::from_uuid(id())).await.unwrap().is_none());
    assert!(tx.requests().find_request_by_reference(&digest()).await.unwrap().is_none());
    tx.commit().await.unwrap();
}

pub async fn a_request_is_answered_once(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let client = fixture.client("shop").await;
    let (request, over) = (stored_request(&client, None), stored_request(&client, None));
    let mut tx = fixture.write().await;
    tx.requests().insert_request(&request).await.unwrap();
    tx.requests().insert_request(&over).await.unwrap();
    tx.requests().consume_request(request.id, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let unknown = RequestId::from_uuid(id());
    for (request, now, why) in [(request.id, 2, "answered"), (over.id, 600, "over"), (unknown, 1, "unknown")]
    {
        let mut tx = fixture.write().await;
        let claimed = tx.requests().consume_request(request, at(now)).await;
        assert_eq!(ended(tx, claimed).await, Err(StoreError::Stale), "{why}");
    }
    let mut tx = fixture.read().await;
    assert_eq!(tx.requests().find_request(request.id).await.unwrap().unwrap().used_at, Some(at(1)));
    tx.commit().await.unwrap();
}

pub async fn parallel_answers_of_a_request_have_one_winner(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let request = stored_request(&fixture.client("shop").await, None);
    let mut tx = fixture.write().await;
    tx.requests().insert_request(&request).await.unwrap();
    tx.commit().await.unwrap();
    let id = request.id;
    let won = all_at_once(50, |_| {
        let fixture = fixture.clone();
        async move {
            let mut tx = fixture.write().await;
            let claimed = tx.requests().consume_request(id, at(1)).await;
            match ended(tx, claimed).await {
                Ok(()) => true,
                Err(StoreError::Stale) => false,
                Err(error) => panic!("{error}"),
            }
        }
    })
    .await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
}
