//! Signing keys.

use serde_json::{Map, json};
use vestibule_kernel::Sealed;
use vestibule_oauth::{GeneratedKey, KeyStatus, PublicKey, SigningKey};

use super::fixture::{Fixture, TestStore, at};

fn generated(kid: &str) -> GeneratedKey {
    let mut jwk = Map::new();
    jwk.insert("kid".to_owned(), json!(kid));
    let public = PublicKey { kid: kid.to_owned(), alg: "ES256".to_owned(), jwk };
    GeneratedKey { public, private: Sealed::from_bytes(vec![0, 1, 2, 255]) }
}

pub async fn keys_come_back_as_stored_oldest_first(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    tx.keys().save_key(SigningKey::create(generated("z"), at(0), at(0))).await.unwrap();
    tx.keys().save_key(SigningKey::create(generated("a"), at(9), at(1))).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let keys = tx.keys().list_keys().await.unwrap();
    assert_eq!(tx.realm().get_realm().await.unwrap().config_version, 3);
    tx.commit().await.unwrap();
    assert_eq!(keys.iter().map(|key| key.public.kid.as_str()).collect::<Vec<_>>(), ["z", "a"]);
    assert_eq!(keys[0].status, KeyStatus::Active);
    assert_eq!((keys[1].status, keys[1].activate_at), (KeyStatus::Next, at(9)));
    assert_eq!(keys[0].public, generated("z").public);
    assert_eq!(keys[0].private.as_bytes(), [0, 1, 2, 255]);
}

pub async fn retired_keys_go_when_their_time_has_come(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let key = SigningKey::create(generated("old"), at(0), at(0));
    let retired = key.value.clone().retire(at(100), at(10));
    let lost = key.value.clone().activate(at(10));
    let mut tx = fixture.write().await;
    tx.keys().save_key(key).await.unwrap();
    tx.keys().save_key(retired).await.unwrap();
    assert_eq!(tx.keys().save_key(lost).await, Err(vestibule_kernel::StoreError::Stale));
    assert_eq!(tx.keys().remove_retired_keys(at(99)).await.unwrap(), 0);
    assert_eq!(tx.keys().list_keys().await.unwrap()[0].remove_at, Some(at(100)));
    assert_eq!(tx.keys().remove_retired_keys(at(100)).await.unwrap(), 1);
    assert!(tx.keys().list_keys().await.unwrap().is_empty());
    tx.commit().await.unwrap();
}
