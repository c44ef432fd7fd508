//! Clients and initial access tokens.

use vestibule_consent::Grant;
use vestibule_kernel::{ClientId, PageRequest, StoreError};
use vestibule_oauth::{
    Client, ClientMetadata, ClientSecret, ClientStatus, CodeOutcome, OAuthEvent, RefreshOutcome, Verification,
};

use super::fixture::{Fixture, TestStore, all_at_once, at, client, digest, event};

pub async fn a_client_comes_back_as_stored(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let id = ClientId::parse("cli:Shop_1.~-").unwrap();
    let metadata =
        ClientMetadata { client_name: "Ünï".to_owned(), headless: true, ..ClientMetadata::default() };
    let secret = ClientSecret { digest: digest(), created_at: at(1), expires_at: Some(at(2)) };
    let token = digest();
    let change = Client::create(
        id.clone(),
        metadata.clone(),
        Verification::Unverified,
        vec![secret.clone()],
        Some(token),
        at(0),
    );
    let mut tx = fixture.write().await;
    tx.clients().save_client(change).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = fixture.write().await;
    let mut stored = tx.clients().find_client(&id).await.unwrap().unwrap();
    assert_eq!(stored.metadata, metadata);
    assert_eq!((stored.status, stored.verification), (ClientStatus::Enabled, Verification::Unverified));
    assert!(
        stored.secrets[0].digest.matches(&secret.digest)
            && stored.registration_token.unwrap().matches(&token)
    );
    assert_eq!((stored.secrets[0].created_at, stored.secrets[0].expires_at), (at(1), Some(at(2))));
    assert_eq!(tx.clients().count_registered_clients().await.unwrap(), 1);
    let lost = stored.clone();
    stored.status = ClientStatus::Disabled;
    stored.registration_token = None;
    let updated = |client: Client| client.updated(OAuthEvent::ClientUpdated { id: id.clone() }, at(3));
    tx.clients().save_client(updated(stored)).await.unwrap();
    assert_eq!(tx.clients().save_client(updated(lost)).await, Err(StoreError::Stale));
    let stored = tx.clients().find_client(&id).await.unwrap().unwrap();
    assert!(stored.status == ClientStatus::Disabled && stored.registration_token.is_none());
    assert_eq!(tx.realm().get_realm().await.unwrap().config_version, 3);
    tx.commit().await.unwrap();
    assert_eq!(fixture.event_kinds().await, ["realm.created", "client.created", "client.updated"]);
}

pub async fn a_taken_client_id_is_a_conflict(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    fixture.client("shop").await;
    let mut tx = fixture.write().await;
    let again = tx.clients().save_client(client("shop")).await;
    assert_eq!(again, Err(StoreError::Conflict("clients_pkey".to_owned())));
    tx.rollback().await.unwrap();
    let other = Fixture::new(fixture.store.clone(), "other").await;
    other.client("shop").await;
}

pub async fn clients_are_listed_by_id_in_pages(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    for name in ["b", "a", "B", "c", "_"] {
        fixture.client(name).await;
    }
    let mut tx = fixture.read().await;
    let first = tx.clients().list_clients(&PageRequest::new(3, None)).await.unwrap();
    let second = tx.clients().list_clients(&PageRequest::new(3, first.next.clone())).await.unwrap();
    let all = tx.clients().list_all_clients().await.unwrap();
    tx.commit().await.unwrap();
    let names =
        |clients: Vec<Client>| clients.into_iter().map(|client| client.id.to_string()).collect::<Vec<_>>();
    assert!(first.next.is_some() && second.next.is_none());
    assert_eq!(names(first.items), ["B", "_", "a"]);
    assert_eq!(names(second.items), ["b", "c"]);
    assert_eq!(names(all), ["B", "_", "a", "b", "c"]);
}

pub async fn a_deleted_client_takes_its_grants_codes_and_tokens_along(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, session, family, token) = fixture.signed_in().await;
    let code = fixture.code(&client, user.id, session.id).await;
    let mut tx = fixture.write().await;
    let scopes = ["openid".to_owned()].into();
    tx.grants().save_grant(Grant::give(user.id, client.clone(), scopes, at(0))).await.unwrap();
    assert!(tx.clients().delete_client(&client, event("client.deleted")).await.unwrap());
    assert!(!tx.clients().delete_client(&client, event("client.deleted")).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    assert!(tx.clients().find_client(&client).await.unwrap().is_none());
    assert!(tx.grants().find_grant(user.id, &client).await.unwrap().is_none());
    assert!(tx.tokens().find_family(family.id).await.unwrap().is_none());
    assert!(matches!(tx.tokens().consume_code(&code.digest, at(1)).await, Ok(CodeOutcome::Unknown)));
    let refreshed = tx.tokens().consume_refresh_token(&token.digest, 0, at(1)).await;
    assert!(matches!(refreshed, Ok(RefreshOutcome::Unknown)));
    assert!(tx.sessions().find_session(session.id).await.unwrap().is_some());
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "client.deleted").count(), 1);
}

pub async fn an_initial_access_token_is_good_for_its_uses(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (token, over) = (digest(), digest());
    let mut tx = fixture.write().await;
    let clients = tx.clients();
    clients
        .save_initial_access_token(&token, 2, at(10), event("initial_access_token.created"))
        .await
        .unwrap();
    clients.save_initial_access_token(&over, 2, at(10), event("initial_access_token.created")).await.unwrap();
    assert!(clients.consume_initial_access_token(&token, at(1)).await.unwrap());
    assert!(clients.consume_initial_access_token(&token, at(1)).await.unwrap());
    assert!(!clients.consume_initial_access_token(&token, at(1)).await.unwrap(), "spent");
    assert!(!clients.consume_initial_access_token(&over, at(10)).await.unwrap(), "over");
    assert!(!clients.consume_initial_access_token(&digest(), at(1)).await.unwrap(), "unknown");
    tx.commit().await.unwrap();
}

pub async fn parallel_registrations_do_not_share_a_use(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let token = digest();
    let mut tx = fixture.write().await;
    let created = event("initial_access_token.created");
    tx.clients().save_initial_access_token(&token, 3, at(10), created).await.unwrap();
    tx.commit().await.unwrap();
    let won = all_at_once(50, |_| {
        let fixture = fixture.clone();
        async move {
            let mut tx = fixture.write().await;
            let won = tx.clients().consume_initial_access_token(&token, at(1)).await.unwrap();
            tx.commit().await.unwrap();
            won
        }
    })
    .await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 3);
}
