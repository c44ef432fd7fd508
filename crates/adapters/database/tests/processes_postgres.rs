//! Several servers on one Postgres, and a Postgres that does not answer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use vestibule_conformance::storage::fixture::{Fixture, at, refresh_token};
use vestibule_database::{DatabaseConfig, DbStore, testing::temp_postgres};
use vestibule_kernel::{Secret, StoreError, SystemCx};
use vestibule_oauth::{CodeOutcome, RefreshOutcome};
use vestibule_storage::Store;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_redeems_a_code_and_one_rotates_a_token() {
    let (config, _guard) = temp_postgres().await;
    let stores = [
        Arc::new(DbStore::open(config.clone()).await.unwrap()),
        Arc::new(DbStore::open(config).await.unwrap()),
    ];
    let fixture = Fixture::new(stores[0].clone(), "acme").await;
    let (client, user, session, _, token) = fixture.signed_in().await;
    let code = fixture.code(&client, user.id, session.id).await.digest;
    let tasks: Vec<_> = (0..50)
        .map(|index: usize| {
            let (store, cx) = (stores[index % 2].clone(), fixture.cx.clone());
            tokio::spawn(async move {
                let mut tx = store.write(&cx).await.unwrap();
                let redeemed = tx.tokens().consume_code(&code, at(1)).await.unwrap();
                let rotated = tx.tokens().consume_refresh_token(&token.digest, 0, at(1)).await.unwrap();
                if let RefreshOutcome::Rotated { family, .. } = &rotated {
                    let next = refresh_token(family.id);
                    tx.tokens().insert_refresh_token(&next, &token.digest).await.unwrap();
                }
                tx.commit().await.unwrap();
                (
                    matches!(redeemed, CodeOutcome::Consumed(_)),
                    matches!(rotated, RefreshOutcome::Rotated { .. }),
                )
            })
        })
        .collect();
    let (mut redeemed, mut rotated) = (0, 0);
    for task in tasks {
        let (code, token) = task.await.unwrap();
        redeemed += usize::from(code);
        rotated += usize::from(token);
    }
    assert_eq!((redeemed, rotated), (1, 1));
}

#[tokio::test]
async fn a_change_by_one_server_wakes_another() {
    let (config, _guard) = temp_postgres().await;
    let (one, other) = (DbStore::open(config.clone()).await.unwrap(), DbStore::open(config).await.unwrap());
    let fixture = Fixture::new(Arc::new(one), "acme").await;
    let quiet = Duration::from_millis(500);
    while tokio::time::timeout(quiet, other.feed().changed(Duration::from_secs(60))).await.is_ok() {}
    fixture.client("shop").await;
    let woken = tokio::time::timeout(Duration::from_secs(20), other.feed().changed(Duration::from_secs(60)));
    assert!(woken.await.is_ok(), "nobody was told");
}

#[tokio::test]
async fn a_pool_without_a_free_connection_is_unavailable_in_time() {
    let (DatabaseConfig::Postgres(mut config), _guard) = temp_postgres().await else {
        panic!("not Postgres")
    };
    config.max_connections = 1;
    config.acquire_timeout = Duration::from_millis(250);
    let store = Arc::new(DbStore::open(DatabaseConfig::Postgres(config)).await.unwrap());
    let fixture = loop {
        // The first connection may take longer than that on a busy machine.
        if store.ready().await.is_ok() {
            break Fixture::new(store.clone(), "acme").await;
        }
    };
    let held = fixture.write().await;
    let start = Instant::now();
    let refused = store.read(&fixture.cx).await.err();
    assert!(matches!(refused, Some(StoreError::Unavailable(_))), "{refused:?}");
    assert!(start.elapsed() >= Duration::from_millis(240) && start.elapsed() < Duration::from_secs(5));
    held.rollback().await.unwrap();
    store.read(&fixture.cx).await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let (DatabaseConfig::Postgres(mut config), _guard) = temp_postgres().await else {
        panic!("not Postgres")
    };
    config.url = Secret::new("postgres://nobody:hunter2@127.0.0.1:1/none".to_owned());
    config.acquire_timeout = Duration::from_millis(250);
    let store = DbStore::open(DatabaseConfig::Postgres(config)).await.unwrap();
    let error = store.system(&SystemCx::internal(at(0))).await.err().unwrap();
    assert!(matches!(&error, StoreError::Unavailable(why) if !why.contains("hunter2")), "{error}");
    assert!(store.ready().await.is_err());
}

#[tokio::test]
async fn a_lost_connection_is_replaced() {
    let (config, guard) = temp_postgres().await;
    let store = Arc::new(DbStore::open(config).await.unwrap());
    let fixture = Fixture::new(store.clone(), "acme").await;
    let mut tx = fixture.write().await;
    tx.realm().touch_config().await.unwrap();
    let (admin, connection) =
        tokio_postgres::connect(&guard.superuser_url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    admin
        .batch_execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    assert!(tx.commit().await.is_err(), "a commit that never arrived is not acknowledged");
    let mut tries = 0;
    let stored = loop {
        let mut tx = fixture.read().await;
        match tx.realm().get_realm().await {
            Ok(realm) => break realm,
            Err(_) if tries < 20 => tries += 1,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(stored.config_version, 1);
}
