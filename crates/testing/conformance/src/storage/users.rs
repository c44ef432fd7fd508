//! Users and their identifiers.

use serde_json::json;
use vestibule_authn::{CredentialKind, Reservation};
use vestibule_kernel::{
    PageRequest, StoreError, UserId,
    contact::{Identifier, Locale, Phone, Username},
};
use vestibule_oauth::{CodeOutcome, RefreshOutcome};
use vestibule_users::{NewUser, PhoneNumber, Profile, User, UserFilter, UserPatch, UserStatus};

use super::{
    fixture::{Fixture, TestStore, address, at, event, flow, id, password},
    trusted_devices::trusted,
};

fn full_user() -> vestibule_kernel::Changed<User> {
    let object = |value: serde_json::Value| value.as_object().cloned().unwrap();
    let new = NewUser {
        username: Some(Username::parse("Ada").unwrap()),
        emails: vec![address("Ada@BÜCHER.example")],
        phones: vec![PhoneNumber {
            phone: Phone::parse("+49 30 1234567").unwrap(),
            verified_at: None,
            primary: true,
        }],
        profile: Profile::rehydrate(object(json!({"name": "Ada 🦀", "address": {"country": "UK"}}))),
        public_metadata: object(
            json!({"big": 9_007_199_254_740_993_i64, "half": 0.5, "nested": [null, true]}),
        ),
        private_metadata: object(json!({"note": "it's \"quoted\" \\ and\nmore"})),
        locale: Some(Locale::parse("de-CH").unwrap()),
        admin_scopes: vec!["users:read".to_owned()],
    };
    User::create(UserId::from_uuid(id()), new, at(0)).unwrap()
}

pub async fn a_user_comes_back_as_stored(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let change = full_user();
    let user = change.value.clone();
    let mut tx = fixture.write().await;
    tx.users().save_user(change).await.unwrap();
    assert_eq!(tx.users().find_user(user.id).await.unwrap(), Some(user.clone()));
    tx.commit().await.unwrap();
    let change = user.set_status(UserStatus::Suspended, Some("abuse"), at(5));
    let suspended = change.value.clone();
    let mut tx = fixture.write().await;
    tx.users().save_user(change).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    assert_eq!(tx.users().find_user(suspended.id).await.unwrap(), Some(suspended));
    assert_eq!(tx.users().find_user(UserId::from_uuid(id())).await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(fixture.event_kinds().await, ["realm.created", "user.created", "user.status_changed"]);
}

pub async fn every_identifier_finds_its_user(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let change = full_user();
    let user = change.value.clone();
    let mut tx = fixture.write().await;
    tx.users().save_user(change).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    for typed in ["ADA", "ada@bücher.EXAMPLE", "+49 (30) 1234567"] {
        let identifier = Identifier::parse(typed).unwrap();
        let found = tx.users().find_user_by_identifier(&identifier).await.unwrap();
        assert_eq!(found.as_ref(), Some(&user), "{typed}");
    }
    let unknown = Identifier::parse("bob").unwrap();
    assert_eq!(tx.users().find_user_by_identifier(&unknown).await.unwrap(), None);
    tx.commit().await.unwrap();
}

pub async fn an_identifier_belongs_to_one_user(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await;
    let bob = fixture.user("bob@acme.test").await;
    let taken = Err(StoreError::Conflict("user_identifiers_value".to_owned()));
    let mut tx = fixture.write().await;
    assert_eq!(tx.users().save_user(super::fixture::user("ADA@acme.test")).await, taken);
    tx.rollback().await.unwrap();
    let patch = UserPatch { emails: Some(vec![address("Ada@acme.test")]), ..UserPatch::default() };
    let mut tx = fixture.write().await;
    assert_eq!(tx.users().save_user(bob.clone().update(patch, at(1)).unwrap()).await, taken);
    tx.rollback().await.unwrap();
    let mut tx = fixture.read().await;
    assert_eq!(tx.users().find_user(bob.id).await.unwrap(), Some(bob));
    assert_eq!(tx.users().find_user(ada.id).await.unwrap(), Some(ada));
    tx.commit().await.unwrap();
    let other = Fixture::new(fixture.store.clone(), "other").await;
    other.user("ada@acme.test").await;
}

pub async fn a_given_up_identifier_is_free_again(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await;
    let patch = UserPatch {
        emails: Some(vec![address("countess@acme.test")]),
        username: Some(Some(Username::parse("ada").unwrap())),
        ..UserPatch::default()
    };
    let mut tx = fixture.write().await;
    tx.users().save_user(ada.update(patch, at(1)).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let other = fixture.user("ada@acme.test").await;
    let mut tx = fixture.read().await;
    let identifier = Identifier::parse("ada@acme.test").unwrap();
    let found = tx.users().find_user_by_identifier(&identifier).await.unwrap();
    assert_eq!(found, Some(other));
    tx.commit().await.unwrap();
}

pub async fn a_lost_update_is_stale(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await;
    let suspend = || ada.clone().set_status(UserStatus::Suspended, None, at(1));
    let mut tx = fixture.write().await;
    tx.users().save_user(suspend()).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    assert_eq!(tx.users().save_user(suspend()).await, Err(StoreError::Stale));
    tx.rollback().await.unwrap();
}

pub async fn users_are_filtered_and_listed_in_pages(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut ids = Vec::new();
    for name in ["anna", "annabel", "bob", "ann%", "ana"] {
        ids.push(fixture.user(&format!("{name}@acme.test")).await.id);
    }
    let list = async |filter: UserFilter, limit| {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let mut tx = fixture.read().await;
            let page = tx.users().list_users(&filter, &PageRequest::new(limit, after)).await.unwrap();
            tx.commit().await.unwrap();
            assert!(page.items.len() <= usize::from(limit));
            seen.extend(page.items.into_iter().map(|user| user.id));
            after = page.next;
            if after.is_none() {
                return seen;
            }
        }
    };
    assert_eq!(list(UserFilter::default(), 2).await, ids);
    assert_eq!(list(UserFilter::default(), 5).await, ids);
    let prefix = |text: &str| UserFilter { identifier_prefix: Some(text.to_owned()), status: None };
    assert_eq!(list(prefix("ann"), 2).await, [ids[0], ids[1], ids[3]]);
    assert_eq!(list(prefix("ann%"), 2).await, [ids[3]]);
    assert_eq!(list(prefix("nn"), 2).await, []);
    let suspended = UserFilter { identifier_prefix: None, status: Some(UserStatus::Suspended) };
    assert_eq!(list(suspended.clone(), 2).await, []);
    let mut tx = fixture.write().await;
    let bob = tx.users().find_user(ids[2]).await.unwrap().unwrap();
    tx.users().save_user(bob.set_status(UserStatus::Suspended, None, at(1))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(list(suspended, 2).await, [ids[2]]);
}

pub async fn a_deleted_user_takes_everything_along(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, family, token) = fixture.signed_in().await;
    let code = fixture.code(&client, user.id, session.id).await;
    let flow = flow(Some(user.id));
    let flow_id = flow.value.id;
    let mut tx = fixture.write().await;
    tx.credentials().save_credential(password(user.id, "hash")).await.unwrap();
    tx.lockouts().reserve_attempt(user.id, CredentialKind::Password, at(0)).await.unwrap();
    let device = vestibule_kernel::DeviceId::from_uuid(id());
    tx.trusted_devices().save_trusted_device(trusted(user.id, device)).await.unwrap();
    let copy = vestibule_kernel::ExportId::from_uuid(id());
    tx.exports().insert_export(super::exports::asked(user.id, copy)).await.unwrap();
    tx.flows().save_flow(flow).await.unwrap();
    assert!(tx.users().delete_user(user.id, event("user.deleted")).await.unwrap());
    assert!(!tx.users().delete_user(user.id, event("user.deleted")).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    assert!(tx.users().find_user(user.id).await.unwrap().is_none());
    let identifier = Identifier::parse(user.emails[0].email.as_str()).unwrap();
    assert!(tx.users().find_user_by_identifier(&identifier).await.unwrap().is_none());
    assert!(tx.credentials().list_credentials(user.id).await.unwrap().is_empty());
    let counted = tx.lockouts().reserve_attempt(user.id, CredentialKind::Password, at(1)).await.unwrap();
    assert!(matches!(counted, Reservation::Granted(lockout) if lockout.failures == 1));
    assert!(tx.trusted_devices().list_trusted_devices(user.id, at(1)).await.unwrap().is_empty());
    assert!(tx.exports().find_export(copy).await.unwrap().is_none());
    assert!(tx.flows().find_flow(flow_id).await.unwrap().is_none());
    assert!(tx.sessions().find_session(session.id).await.unwrap().is_none());
    assert!(tx.tokens().find_family(family.id).await.unwrap().is_none());
    assert!(matches!(tx.tokens().consume_code(&code.digest, at(1)).await, Ok(CodeOutcome::Unknown)));
    let refreshed = tx.tokens().consume_refresh_token(&token.digest, 0, at(1)).await;
    assert!(matches!(refreshed, Ok(RefreshOutcome::Unknown)));
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "user.deleted").count(), 1, "{kinds:?}");
}
