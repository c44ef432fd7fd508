//! The first operator's set-up codes.

use super::fixture::{TestStore, all_at_once, at, digest, system_cx};

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
