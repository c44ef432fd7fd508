//! What users allowed clients.

use std::collections::BTreeSet;

use vestibule_consent::Grant;
use vestibule_kernel::{ClientId, PageRequest, StoreError, UserId};

use super::fixture::{Fixture, TestStore, at, event};

fn scopes(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

async fn give(fixture: &Fixture, user: UserId, client: &ClientId) -> Grant {
    let change = Grant::give(user, client.clone(), scopes(&["openid"]), at(0));
    let grant = change.value.clone();
    let mut tx = fixture.write().await;
    tx.grants().save_grant(change).await.unwrap();
    tx.commit().await.unwrap();
    grant
}

pub async fn a_grant_comes_back_and_is_widened(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user) = (fixture.client("shop").await, fixture.user("ada@acme.test").await.id);
    let grant = give(&fixture, user, &client).await;
    let mut tx = fixture.write().await;
    assert_eq!(tx.grants().find_grant(user, &client).await.unwrap(), Some(grant.clone()));
    let wider = || grant.clone().widen(["email".to_owned()], at(5));
    tx.grants().save_grant(wider()).await.unwrap();
    assert_eq!(tx.grants().save_grant(wider()).await, Err(StoreError::Stale));
    assert_eq!(tx.grants().find_grant(user, &client).await.unwrap(), Some(wider().value));
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let twice = tx.grants().save_grant(Grant::give(user, client, scopes(&[]), at(0))).await;
    assert_eq!(twice, Err(StoreError::Conflict("grants_pkey".to_owned())));
    tx.rollback().await.unwrap();
}

pub async fn grants_are_listed_in_pages(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await.id;
    let bob = fixture.user("bob@acme.test").await.id;
    let clients = [fixture.client("a").await, fixture.client("b").await, fixture.client("c").await];
    for client in clients.iter().rev() {
        give(&fixture, bob, client).await;
        give(&fixture, ada, client).await;
    }
    let list = async |user, limit| {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let mut tx = fixture.read().await;
            let page = tx.grants().list_grants(user, &PageRequest::new(limit, after)).await.unwrap();
            tx.commit().await.unwrap();
            seen.extend(page.items.into_iter().map(|grant| (grant.user, grant.client.to_string())));
            after = page.next;
            if after.is_none() {
                return seen;
            }
        }
    };
    let of = |user: UserId| ["a", "b", "c"].map(|client| (user, client.to_owned()));
    assert_eq!(list(None, 4).await, [of(ada), of(bob)].concat());
    assert_eq!(list(None, 2).await, [of(ada), of(bob)].concat());
    assert_eq!(list(Some(bob), 2).await, of(bob));
}

pub async fn withdrawing_revokes_the_families(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, family, _) = fixture.signed_in().await;
    let other = fixture.client("other").await;
    let (kept, _) = fixture.family(&other, user.id, Some(session.id)).await;
    give(&fixture, user.id, &client).await;
    let mut tx = fixture.write().await;
    let withdrawn = event("consent.withdrawn");
    assert!(tx.grants().withdraw_grant(user.id, &client, withdrawn.clone(), at(5)).await.unwrap());
    assert!(!tx.grants().withdraw_grant(user.id, &client, withdrawn, at(6)).await.unwrap());
    assert_eq!(tx.tokens().find_family(family.id).await.unwrap().unwrap().revoked_at, Some(at(5)));
    assert_eq!(tx.tokens().find_family(kept.id).await.unwrap().unwrap().revoked_at, None);
    assert_eq!(tx.grants().find_grant(user.id, &client).await.unwrap(), None);
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "consent.withdrawn").count(), 1);
}
