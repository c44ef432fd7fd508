//! The unit of work itself.

use vestibule_events::EventFilter;
use vestibule_kernel::{FlowId, PageRequest, StoreError};
use vestibule_users::UserFilter;

use super::{
    challenges::challenge,
    fixture::{
        Fixture, TestStore, all_at_once, at, digest, event, family, flow, id, refresh_token, session,
        system_cx, user,
    },
};

async fn count_users(fixture: &Fixture) -> usize {
    let mut tx = fixture.read().await;
    let page = tx.users().list_users(&UserFilter::default(), &PageRequest::default()).await.unwrap();
    tx.commit().await.unwrap();
    page.items.len()
}

pub async fn a_read_cannot_write(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.read().await;
    assert!(tx.users().save_user(user("ada@acme.test")).await.is_err());
    tx.rollback().await.unwrap();
    let mut tx = fixture.read().await;
    tx.events().append_event(event("token.issued")).await.unwrap();
    assert!(tx.commit().await.is_err(), "an event is a write");
    assert_eq!(count_users(&fixture).await, 0);
    assert_eq!(fixture.event_kinds().await, ["realm.created"]);
}

pub async fn a_rolled_back_or_dropped_transaction_changes_nothing(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    tx.users().save_user(user("ada@acme.test")).await.unwrap();
    tx.rollback().await.unwrap();
    let mut tx = fixture.write().await;
    tx.users().save_user(user("ada@acme.test")).await.unwrap();
    drop(tx);
    fixture.user("ada@acme.test").await;
    assert_eq!(count_users(&fixture).await, 1);
}

pub async fn dropped_transactions_do_not_exhaust_the_pool(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    for _ in 0..40 {
        let mut tx = fixture.write().await;
        tx.tokens().remember_once("jti", &digest(), at(60)).await.unwrap();
        drop(tx);
        let mut tx = fixture.read().await;
        tx.users().list_users(&UserFilter::default(), &PageRequest::default()).await.unwrap();
        drop(tx);
    }
    // Work that is given up half way, at whatever point.
    let given_up = all_at_once(40, |index| {
        let fixture = fixture.clone();
        async move {
            let work = async {
                let mut tx = fixture.write().await;
                tx.users().save_user(user(&format!("u{index}@acme.test"))).await.unwrap();
                tx.commit().await.unwrap();
            };
            let patience = std::time::Duration::from_micros(u64::try_from(index).unwrap() * 300);
            tokio::time::timeout(patience, work).await.is_err()
        }
    })
    .await;
    fixture.user("last@acme.test").await;
    let finished = given_up.into_iter().filter(|given_up| !given_up).count();
    let stored = count_users(&fixture).await - 1;
    assert!(stored >= finished, "an acknowledged user was lost: {stored} < {finished}");
}

pub async fn a_failed_transaction_cannot_be_committed(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    fixture.user("ada@acme.test").await;
    let mut tx = fixture.write().await;
    tx.users().save_user(user("bob@acme.test")).await.unwrap();
    assert!(tx.users().save_user(user("ada@acme.test")).await.is_err());
    assert!(tx.commit().await.is_err());
    assert_eq!(count_users(&fixture).await, 1);
}

pub async fn a_named_lock_has_one_holder(store: TestStore) {
    let mut tx = store.system(&system_cx()).await.unwrap();
    assert!(tx.try_lock("sweep").await.unwrap());
    // Another transaction either waits its turn (a single writer) or is told no.
    let other = store.clone();
    let second = tokio::spawn(async move {
        let mut tx = other.system(&system_cx()).await.unwrap();
        let locked = tx.try_lock("sweep").await.unwrap();
        tx.commit().await.unwrap();
        locked
    });
    let told = tokio::time::timeout(std::time::Duration::from_millis(300), second).await;
    assert!(!told.is_ok_and(Result::unwrap), "two holders");
    tx.commit().await.unwrap();
    let mut tx = store.system(&system_cx()).await.unwrap();
    assert!(tx.try_lock("sweep").await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn an_empty_commit_succeeds(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    fixture.write().await.commit().await.unwrap();
    fixture.read().await.rollback().await.unwrap();
    fixture.system().await.commit().await.unwrap();
}

pub async fn the_store_is_ready(store: TestStore) {
    store.ready().await.unwrap();
}

pub async fn a_bad_page_key_is_refused(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let bad = PageRequest::new(5, Some("'; DROP TABLE users".to_owned()));
    let refused = StoreError::NotFound("page");
    let mut tx = fixture.read().await;
    let users = tx.users().list_users(&UserFilter::default(), &bad).await;
    assert_eq!(users.unwrap_err(), refused);
    assert_eq!(tx.grants().list_grants(None, &bad).await.unwrap_err(), refused);
    assert_eq!(tx.events().list_events(&EventFilter::default(), &bad).await.unwrap_err(), refused);
    tx.commit().await.unwrap();
}

/// A row with an empty field and one without are the same statement: the second is not refused because a connection
/// remembers the text of the first.
pub async fn rows_with_and_without_empty_fields_follow_each_other(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let client = fixture.client("shop").await;
    let ada = fixture.user("ada@acme.test").await.id;
    for round in 0..4 {
        let full = round % 2 == 1;
        let mut tx = fixture.write().await;
        tx.flows().save_flow(flow(full.then_some(ada))).await.unwrap();
        let mut challenge = challenge(full.then(|| FlowId::from_uuid(id())), full.then_some(ada));
        challenge.contact = challenge.contact.filter(|_| full);
        challenge.link = challenge.link.filter(|_| full);
        tx.challenges().insert_challenge(&challenge).await.unwrap();
        let opened = session(ada, at(0));
        let of = full.then_some(opened.value.get().id);
        tx.sessions().save_session(opened).await.unwrap();
        let family = family(&client, ada, of);
        tx.tokens().insert_family(&family, full.then(|| refresh_token(family.id)).as_ref()).await.unwrap();
        tx.commit().await.unwrap();
    }
}
