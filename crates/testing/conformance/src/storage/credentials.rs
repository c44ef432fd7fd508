//! Authenticators.

use vestibule_authn::{Credential, CredentialKind, PasswordHash, credential::CredentialSecret};
use vestibule_kernel::{Changed, CredentialId, PageRequest, Sealed, StoreError, Version};

use super::fixture::{Fixture, TestStore, at, event, id, password};

pub async fn a_credential_comes_back_as_stored(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let sealed = Credential {
        id: CredentialId::from_uuid(id()),
        user,
        kind: CredentialKind::Totp,
        secret: CredentialSecret::Sealed(Sealed::from_bytes(vec![0, 255])),
        external_id: Some(vec![7, 0]),
        facts: [("make".to_owned(), "test".into())].into(),
        label: Some("phone".to_owned()),
        created_at: at(1),
        updated_at: at(1),
        last_used_at: Some(at(2)),
        version: Version::FIRST,
    };
    let mut tx = fixture.write().await;
    tx.credentials().save_credential(password(user, "$argon2id$first")).await.unwrap();
    tx.credentials().save_credential(Changed::quiet(sealed, None)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let all = tx.credentials().list_credentials(user).await.unwrap();
    assert_eq!(
        all.iter().map(|one| one.kind).collect::<Vec<_>>(),
        [CredentialKind::Password, CredentialKind::Totp]
    );
    assert!(matches!(&all[1].secret, CredentialSecret::Sealed(sealed) if sealed.as_bytes() == [0, 255]));
    assert_eq!((all[1].label.as_deref(), all[1].last_used_at), (Some("phone"), Some(at(2))));
    assert_eq!(all[1].facts.len(), 1);
    let named = tx.credentials().find_credential_by_external_id(CredentialKind::Totp, &[7, 0]).await.unwrap();
    assert_eq!(named.unwrap().id, all[1].id);
    let other =
        tx.credentials().find_credential_by_external_id(CredentialKind::Passkey, &[7, 0]).await.unwrap();
    assert!(other.is_none());
    let sealed = tx.credentials().list_sealed_credentials(&PageRequest::default()).await.unwrap();
    assert_eq!(sealed.items.iter().map(|one| one.id).collect::<Vec<_>>(), [all[1].id]);
    assert!(sealed.next.is_none());
    let found = tx.credentials().find_credential(user, CredentialKind::Password).await.unwrap().unwrap();
    assert_eq!(found.hash().unwrap().expose(), "$argon2id$first");
    let lost = found.clone();
    let hash = || PasswordHash::from_stored("$argon2id$second".to_owned());
    tx.credentials().save_credential(found.replaced(hash(), at(3))).await.unwrap();
    assert_eq!(tx.credentials().save_credential(lost.rehashed(hash(), at(3))).await, Err(StoreError::Stale));
    let found = tx.credentials().find_credential(user, CredentialKind::Password).await.unwrap().unwrap();
    assert_eq!(found.hash().unwrap().expose(), "$argon2id$second");
    assert!(tx.credentials().find_credential(user, CredentialKind::Passkey).await.unwrap().is_none());
    tx.commit().await.unwrap();
}

pub async fn a_user_has_one_password(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let mut tx = fixture.write().await;
    tx.credentials().save_credential(password(user, "one")).await.unwrap();
    let second = tx.credentials().save_credential(password(user, "two")).await;
    assert_eq!(second, Err(StoreError::Conflict("credentials_one_password".to_owned())));
    tx.rollback().await.unwrap();
}

pub async fn a_deleted_credential_is_gone(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let change = password(user, "one");
    let id = change.value.id;
    let mut tx = fixture.write().await;
    tx.credentials().save_credential(change).await.unwrap();
    assert!(tx.credentials().delete_credential(id, event("credential.removed")).await.unwrap());
    assert!(!tx.credentials().delete_credential(id, event("credential.removed")).await.unwrap());
    assert!(tx.credentials().list_credentials(user).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds, ["realm.created", "user.created", "credential.bound", "credential.removed"]);
}
