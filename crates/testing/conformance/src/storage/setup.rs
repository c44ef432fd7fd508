//! The first operator's set-up codes.

use super::fixture::{Fixture, TestStore, all_at_once, at, digest, system_cx, user};

pub async fn a_setup_code_is_used_once(store: TestStore) {
    let code = digest();
    let mut tx = store.system(&system_cx()).await.unwrap();
    tx.save_setup_code(&code, at(60)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.system(&system_cx()).await.unwrap();
    assert!(tx.is_setup_code_live(&code, at(59)).await.unwrap());
    assert!(!tx.is_setup_code_live(&code, at(60)).await.unwrap());
    assert!(!tx.is_setup_code_live(&digest(), at(1)).await.unwrap());
    assert!(!tx.consume_setup_code(&code, at(60)).await.unwrap(), "over");
    tx.commit().await.unwrap();
    let won = all_at_once(20, |_| {
        let store = store.clone();
        async move {
            let mut tx = store.system(&system_cx()).await.unwrap();
            let won = tx.consume_setup_code(&code, at(1)).await.unwrap();
            tx.commit().await.unwrap();
            won
        }
    })
    .await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
    let mut tx = store.system(&system_cx()).await.unwrap();
    assert!(!tx.is_setup_code_live(&code, at(1)).await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn a_new_setup_code_replaces_unused_ones(store: TestStore) {
    let (old, new) = (digest(), digest());
    let mut tx = store.system(&system_cx()).await.unwrap();
    tx.save_setup_code(&old, at(60)).await.unwrap();
    tx.save_setup_code(&new, at(60)).await.unwrap();
    assert!(!tx.consume_setup_code(&old, at(1)).await.unwrap());
    assert!(tx.consume_setup_code(&new, at(1)).await.unwrap());
    tx.commit().await.unwrap();
}

pub async fn the_claim_of_a_setup_code_commits_with_its_user_or_not_at_all(store: TestStore) {
    let fixture = Fixture::new(store.clone(), "operators").await;
    let other = Fixture::new(store.clone(), "acme").await;
    let foreign = other.user("grace@acme.test").await.id;
    let code = digest();
    let mut tx = fixture.system().await;
    tx.save_setup_code(&code, at(60)).await.unwrap();
    tx.commit().await.unwrap();
    for kept in [false, true] {
        let owner = user("owner@acme.test");
        let id = owner.value.id;
        let mut tx = fixture.system().await;
        assert!(tx.consume_setup_code(&code, at(1)).await.unwrap());
        let mut tx = tx.into_realm(&fixture.cx).await.unwrap();
        tx.users().save_user(owner).await.unwrap();
        assert!(tx.users().find_user(foreign).await.unwrap().is_none(), "only this realm is seen");
        if kept {
            tx.commit().await.unwrap();
        } else {
            tx.rollback().await.unwrap();
        }
        let mut tx = fixture.read().await;
        assert_eq!(tx.users().find_user(id).await.unwrap().is_some(), kept);
        tx.commit().await.unwrap();
        let mut tx = fixture.system().await;
        assert_eq!(tx.is_setup_code_live(&code, at(1)).await.unwrap(), !kept);
        tx.commit().await.unwrap();
    }
}
