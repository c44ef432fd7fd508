//! Realms and their directory.

use std::time::Duration;

use vestibule_kernel::{PageRequest, RealmId, StoreError};
use vestibule_realms::{RealmSettings, Slug};

use super::fixture::{Fixture, TestStore, at, id, realm, system_cx};

pub async fn a_realm_is_found_by_slug_id_and_host(store: TestStore) {
    let change = realm(RealmId::from_uuid(id()), "acme", &["login.acme.test", "alt.acme.test"]);
    let stored = change.value.clone();
    let mut tx = store.system(&system_cx()).await.unwrap();
    tx.directory().create_realm(change).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.system(&system_cx()).await.unwrap();
    let directory = tx.directory();
    assert_eq!(directory.find_realm_by_slug(&stored.slug).await.unwrap().as_ref(), Some(&stored));
    assert_eq!(directory.find_realm(stored.id).await.unwrap().as_ref(), Some(&stored));
    for host in &stored.hosts {
        assert_eq!(directory.find_realm_by_host(host).await.unwrap().as_ref(), Some(&stored));
    }
    assert_eq!(directory.find_realm_by_host("login.other.test").await.unwrap(), None);
    assert_eq!(directory.find_realm_by_slug(&Slug::parse("other").unwrap()).await.unwrap(), None);
    assert_eq!(directory.list_config_versions().await.unwrap(), [(stored.id, 1)]);
    tx.commit().await.unwrap();
}

pub async fn a_taken_slug_or_host_is_a_conflict(store: TestStore) {
    let create = async |slug: &str, hosts: &[&str]| {
        let mut tx = store.system(&system_cx()).await.unwrap();
        let result = tx.directory().create_realm(realm(RealmId::from_uuid(id()), slug, hosts)).await;
        if result.is_ok() {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
        result
    };
    create("acme", &["login.acme.test"]).await.unwrap();
    assert_eq!(create("acme", &[]).await, Err(StoreError::Conflict("realms_slug".to_owned())));
    assert_eq!(
        create("other", &["login.acme.test"]).await,
        Err(StoreError::Conflict("realm_hosts_host".to_owned()))
    );
    create("other", &[]).await.unwrap();
}

pub async fn saving_raises_the_config_version_and_guards_the_version(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    let old = tx.realm().get_realm().await.unwrap();
    let settings = RealmSettings { display_name: "Acme".to_owned(), ..RealmSettings::default() };
    let change = |realm: vestibule_realms::Realm, host: &str| {
        realm.reconfigure(vec![host.to_owned()], settings.clone(), at(5)).unwrap()
    };
    tx.realm().save_realm(change(old.clone(), "a.acme.test")).await.unwrap();
    assert_eq!(tx.realm().touch_config().await.unwrap(), 3);
    tx.commit().await.unwrap();

    let mut tx = fixture.write().await;
    let stale = tx.realm().save_realm(change(old, "b.acme.test")).await;
    assert_eq!(stale, Err(StoreError::Stale));
    let stored = tx.realm().get_realm().await.unwrap();
    assert_eq!(stored.settings, settings);
    assert_eq!(stored.hosts, ["a.acme.test"]);
    assert_eq!((stored.config_version, stored.updated_at), (3, at(5)));
    tx.rollback().await.unwrap();
    assert_eq!(fixture.event_kinds().await, ["realm.created", "realm.reconfigured"]);
}

pub async fn a_deleted_realm_leaves_nothing(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let other = Fixture::new(fixture.store.clone(), "other").await;
    let (_, user, ..) = fixture.signed_in().await;
    let kept = other.signed_in().await.1;
    let mut tx = fixture.system().await;
    tx.directory().delete_realm(fixture.cx.realm).await.unwrap();
    tx.commit().await.unwrap();
    assert!(fixture.event_kinds().await.is_empty());
    let mut tx = fixture.read().await;
    assert_eq!(tx.users().find_user(user.id).await.unwrap(), None);
    assert_eq!(tx.realm().get_realm().await, Err(StoreError::NotFound("realm")));
    tx.commit().await.unwrap();
    let mut tx = other.read().await;
    assert_eq!(tx.users().find_user(kept.id).await.unwrap(), Some(kept));
    tx.commit().await.unwrap();
    let mut tx = fixture.system().await;
    let again = tx.directory().delete_realm(fixture.cx.realm).await;
    assert_eq!(again, Err(StoreError::NotFound("realm")));
    tx.rollback().await.unwrap();
}

pub async fn realms_are_listed_by_slug_in_pages(store: TestStore) {
    for slug in ["bravo", "alpha", "charlie", "a-b", "ab"] {
        Fixture::new(store.clone(), slug).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let mut tx = store.system(&system_cx()).await.unwrap();
        let page = tx.directory().list_realms(&PageRequest::new(2, after)).await.unwrap();
        tx.commit().await.unwrap();
        seen.extend(page.items.into_iter().map(|realm| realm.slug.to_string()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["a-b", "ab", "alpha", "bravo", "charlie"]);
}

pub async fn a_configuration_change_wakes_the_feed(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let store = fixture.store.clone();
    // Wake-ups of the past are spent first.
    while tokio::time::timeout(Duration::from_millis(300), store.feed().changed(Duration::from_secs(60)))
        .await
        .is_ok()
    {}
    let waiting = tokio::spawn(async move {
        tokio::time::timeout(Duration::from_secs(20), store.feed().changed(Duration::from_secs(60))).await
    });
    fixture.client("shop").await;
    assert!(waiting.await.unwrap().is_ok(), "nobody was told");
}
