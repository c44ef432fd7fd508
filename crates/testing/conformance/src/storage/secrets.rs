//! Secrets of a realm.

use vestibule_events::EventFilter;
use vestibule_kernel::{PageRequest, Sealed};
use vestibule_realms::{RealmEvent, RealmSecret, SecretName};

use super::fixture::{Fixture, TestStore, at};

/// A name.
pub(super) fn secret_name(text: &str) -> SecretName {
    SecretName::parse(text).unwrap()
}

/// A secret to be stored.
pub(super) fn secret(name: &str, bytes: &[u8]) -> vestibule_kernel::Changed<RealmSecret> {
    RealmSecret::set(secret_name(name), Sealed::from_bytes(bytes.to_vec()), at(1))
}

pub async fn a_secret_comes_back_and_is_replaced(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    tx.secrets().save_secret(secret("smtp", &[0, 1, 255])).await.unwrap();
    tx.secrets().save_secret(secret("idp", &[7])).await.unwrap();
    tx.secrets().save_secret(secret("smtp", &[2])).await.unwrap();
    let sealed = |bytes: &[u8]| Sealed::from_bytes(bytes.to_vec());
    let name = secret_name("smtp");
    assert!(!tx.secrets().reseal_secret(&name, &sealed(&[9]), &sealed(&[3])).await.unwrap(), "changed since");
    assert!(tx.secrets().reseal_secret(&name, &sealed(&[2]), &sealed(&[3])).await.unwrap());
    assert!(tx.secrets().reseal_secret(&name, &sealed(&[3]), &sealed(&[2])).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let found = tx.secrets().find_secret(&secret_name("smtp")).await.unwrap().unwrap();
    assert_eq!((found.sealed.as_bytes(), found.updated_at), (&[2_u8][..], at(1)));
    assert!(tx.secrets().find_secret(&secret_name("other")).await.unwrap().is_none());
    let names: Vec<_> = tx.secrets().list_secrets().await.unwrap();
    assert_eq!(names.iter().map(|info| info.name.as_str()).collect::<Vec<_>>(), ["idp", "smtp"]);
    assert_eq!(tx.realm().get_realm().await.unwrap().config_version, 6, "five changes");
    tx.commit().await.unwrap();
}

pub async fn a_removed_secret_is_gone(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let name = secret_name("smtp");
    let removed = || RealmEvent::SecretRemoved { name: secret_name("smtp") }.into();
    let mut tx = fixture.write().await;
    tx.secrets().save_secret(secret("smtp", &[1])).await.unwrap();
    assert!(tx.secrets().delete_secret(&name, removed()).await.unwrap());
    assert!(!tx.secrets().delete_secret(&name, removed()).await.unwrap());
    assert!(tx.secrets().find_secret(&name).await.unwrap().is_none());
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let events =
        tx.events().list_events(&EventFilter::default(), &PageRequest::default()).await.unwrap().items;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["realm.secret_removed", "realm.secret_set", "realm.created"]);
    tx.commit().await.unwrap();
}
