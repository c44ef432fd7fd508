//! What a use case costs in round trips on Postgres, once a connection has seen its statements.
#![expect(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use std::sync::Arc;

use vestibule_authn::CredentialKind;
use vestibule_conformance::storage::fixture::{
    Fixture, at, code, digest, family, flow, password, refresh_token, session, stored_request,
};
use vestibule_database::{DatabaseConfig, DbStore, testing::temp_postgres};
use vestibule_kernel::{Changed, EventRecord, StoreError, contact::Identifier};
use vestibule_oauth::RefreshToken;
use vestibule_storage::sign_in::Sought;

async fn open() -> (Arc<DbStore>, Fixture, impl Drop) {
    let (DatabaseConfig::Postgres(mut config), guard) = temp_postgres().await else { panic!("not Postgres") };
    config.max_connections = 1;
    let store = Arc::new(DbStore::open(DatabaseConfig::Postgres(config)).await.unwrap());
    (store.clone(), Fixture::new(store, "acme").await, guard)
}

fn issued() -> EventRecord {
    EventRecord::plain("token.issued", serde_json::json!({}))
}

/// Runs the work a few times and gives the round trips of the last run.
async fn round_trips(store: &DbStore, work: impl AsyncFn()) -> u64 {
    for _ in 0..2 {
        work().await;
    }
    let before = store.round_trips();
    work().await;
    store.round_trips() - before
}

#[tokio::test]
async fn a_code_exchange_takes_three() {
    let (store, fixture, _guard) = open().await;
    let (client, user, session, ..) = fixture.signed_in().await;
    let trips = round_trips(&store, async || {
        let code = code(&client, user.id, session.id);
        let mut tx = fixture.write().await;
        tx.tokens().insert_code(&code).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = fixture.write().await;
        tx.tokens().consume_code(&code.digest, at(1)).await.unwrap();
        tx.users().find_user(user.id).await.unwrap();
        let family = family(&client, user.id, Some(session.id));
        tx.tokens().insert_family(&family, Some(&refresh_token(family.id))).await.unwrap();
        tx.events().append_event(issued()).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!(trips - 1, 3, "one more stores the code");
}

#[tokio::test]
async fn a_refresh_takes_three() {
    let (store, fixture, _guard) = open().await;
    let (.., family, first) = fixture.signed_in().await;
    let current = tokio::sync::Mutex::new(first.digest);
    let trips = round_trips(&store, async || {
        let mut current = current.lock().await;
        let mut tx = fixture.write().await;
        tx.tokens().consume_refresh_token(&current, 0, at(1)).await.unwrap();
        tx.tokens().token_liveness(family.id, at(1)).await.unwrap();
        let next = RefreshToken { digest: digest(), ..refresh_token(family.id) };
        tx.tokens().insert_refresh_token(&next, &current).await.unwrap();
        tx.events().append_event(issued()).await.unwrap();
        tx.commit().await.unwrap();
        *current = next.digest;
    })
    .await;
    assert_eq!(trips, 3);
}

#[tokio::test]
async fn a_password_post_takes_three() {
    let (store, fixture, _guard) = open().await;
    let user = fixture.user("ada@acme.test").await.id;
    let mut tx = fixture.write().await;
    tx.credentials().save_credential(password(user, "hash")).await.unwrap();
    tx.commit().await.unwrap();
    let identifier = Identifier::parse("ada@acme.test").unwrap();
    let trips = round_trips(&store, async || {
        let change = flow(Some(user));
        let id = change.value.id;
        let mut tx = fixture.write().await;
        tx.flows().save_flow(change).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = fixture.write().await;
        let sought = Sought::Identifier(&identifier);
        let file = tx.sign_in().load_sign_in(id, sought, None).await.unwrap();
        let mut flow = file.flow.unwrap();
        tx.ends_with_next();
        tx.lockouts().reserve_attempt(user, CredentialKind::Password, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        let expected = flow.version;
        flow.version = expected.next();
        let mut tx = fixture.write().await;
        tx.flows().save_flow(Changed::quiet(flow, Some(expected))).await.unwrap();
        tx.lockouts().reset_attempts(user, CredentialKind::Password).await.unwrap();
        tx.sessions().save_session(session(user, at(1))).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!(trips - 1, 3, "one more starts the flow");
}

#[tokio::test]
async fn a_return_from_a_flow_takes_two() {
    let (store, fixture, _guard) = open().await;
    let (client, user, session, ..) = fixture.signed_in().await;
    let trips = round_trips(&store, async || {
        let request = stored_request(&client, None);
        let mut tx = fixture.write().await;
        tx.requests().insert_request(&request).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = fixture.write().await;
        let file = tx.sign_in().load_return(request.id, None, Some(&session.secret)).await.unwrap();
        assert!(file.request.is_some() && file.signed_in.is_some());
        tx.requests().consume_request(request.id, at(1)).await.unwrap();
        tx.tokens().insert_code(&code(&client, user.id, session.id)).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!(trips - 1, 2, "one more parks the request");
}

#[tokio::test]
async fn a_lost_race_at_the_commit_leaves_a_usable_connection() {
    let (_store, fixture, _guard) = open().await;
    let client = fixture.client("shop").await;
    let request = stored_request(&client, None);
    let mut tx = fixture.write().await;
    tx.requests().insert_request(&request).await.unwrap();
    tx.commit().await.unwrap();
    let mut answers = Vec::new();
    for _ in 0..4 {
        let mut tx = fixture.write().await;
        tx.requests().consume_request(request.id, at(1)).await.unwrap();
        answers.push(tx.commit().await);
    }
    let stale = Err(StoreError::Stale);
    assert_eq!(answers, [Ok(()), stale.clone(), stale.clone(), stale]);
}

#[tokio::test]
async fn a_liveness_check_takes_one() {
    let (store, fixture, _guard) = open().await;
    let (.., family, _) = fixture.signed_in().await;
    let trips = round_trips(&store, async || {
        let mut tx = fixture.read().await;
        tx.ends_with_next();
        tx.tokens().token_liveness(family.id, at(1)).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    assert_eq!(trips, 1);
}
