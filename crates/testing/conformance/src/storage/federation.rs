//! Connections to upstream providers, identities there, and trips of browsers.

use serde_json::{Map, json};
use vestibule_federation::{
    Attempt, AttemptClaim, Connection, ConnectionKey, ConnectionSettings, FederationEvent, Identity,
    ProviderKey, Purpose, Subject, UpstreamIdentity,
};
use vestibule_kernel::{
    AttemptId, Changed, ConnectionId, FlowId, IdentityId, PageRequest, Sealed, StoreError, UserId,
};

use super::fixture::{Fixture, TestStore, all_at_once, at, digest, event, id};

fn connection(key: &str) -> Changed<Connection> {
    let settings = ConnectionSettings::new(ProviderKey::parse("oidc").unwrap(), "us".to_owned());
    let id = ConnectionId::from_uuid(id());
    Connection::create(id, ConnectionKey::parse(key).unwrap(), settings, at(0)).unwrap()
}

fn upstream(subject: &str) -> UpstreamIdentity {
    let claims: Map<_, _> = [("name".to_owned(), json!("Ada \u{1F600}"))].into_iter().collect();
    UpstreamIdentity {
        subject: Subject::parse(subject).unwrap(),
        email: None,
        locale: None,
        profile: claims.clone(),
        claims,
    }
}

fn identity(connection: ConnectionId, subject: &str, user: UserId) -> Changed<Identity> {
    Identity::link(IdentityId::from_uuid(id()), connection, &upstream(subject), user, at(0))
}

fn attempt(connection: ConnectionId) -> Attempt {
    Attempt {
        id: AttemptId::from_uuid(id()),
        state: digest(),
        connection,
        binding: digest(),
        purpose: Purpose::SignIn { flow: FlowId::from_uuid(id()) },
        secrets: Sealed::from_bytes(vec![0, 255]),
        answer: None,
        upstream: None,
        created_at: at(1),
        expires_at: at(600),
        consumed_at: None,
    }
}

/// Stores a connection.
async fn connected(fixture: &Fixture, key: &str) -> Connection {
    let change = connection(key);
    let stored = change.value.clone();
    let mut tx = fixture.write().await;
    tx.federation().save_connection(change).await.unwrap();
    tx.commit().await.unwrap();
    stored
}

/// Stores a trip.
async fn departed(fixture: &Fixture, connection: ConnectionId) -> Attempt {
    let attempt = attempt(connection);
    let mut tx = fixture.write().await;
    tx.federation().insert_attempt(&attempt).await.unwrap();
    tx.commit().await.unwrap();
    attempt
}

pub async fn a_connection_comes_back_as_stored(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let stored = connected(&fixture, "globex").await;
    connected(&fixture, "a-first").await;
    let mut tx = fixture.write().await;
    let again = tx.federation().save_connection(connection("globex")).await;
    assert_eq!(again, Err(StoreError::Conflict("connections_key".to_owned())));
    tx.rollback().await.unwrap();
    let mut tx = fixture.write().await;
    let federation = tx.federation();
    let all = federation.list_connections().await.unwrap();
    assert_eq!(all.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), ["a-first", "globex"]);
    assert_eq!(federation.find_connection(stored.id).await.unwrap().as_ref(), Some(&stored));
    assert_eq!(federation.find_connection_by_key(&stored.key).await.unwrap().as_ref(), Some(&stored));
    let mut settings = stored.settings.clone();
    settings.enabled = false;
    let change = || stored.clone().reconfigure(settings.clone(), at(1)).unwrap();
    federation.save_connection(change()).await.unwrap();
    assert_eq!(federation.save_connection(change()).await, Err(StoreError::Stale));
    assert!(!federation.find_connection(stored.id).await.unwrap().unwrap().settings.enabled);
    assert_eq!(tx.realm().get_realm().await.unwrap().config_version, 4);
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds, ["realm.created", "connection.created", "connection.created", "connection.updated"]);
}

pub async fn an_identity_is_found_by_its_exact_subject(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (one, two) = (connected(&fixture, "one").await.id, connected(&fixture, "two").await.id);
    let user = fixture.user("ada@acme.test").await.id;
    let subjects = ["Abc", "abc", "jos\u{e9}", "jose\u{301}", "abc "];
    let mut tx = fixture.write().await;
    for subject in &subjects[..4] {
        tx.federation().save_identity(identity(one, subject, user)).await.unwrap();
    }
    tx.federation().save_identity(identity(two, "Abc", user)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let federation = tx.federation();
    for subject in &subjects[..4] {
        let found = federation.find_identity(one, &Subject::parse(subject).unwrap()).await.unwrap().unwrap();
        assert_eq!((found.subject.as_str(), found.claims), (*subject, upstream("s").claims));
    }
    assert!(federation.find_identity(two, &Subject::parse("abc").unwrap()).await.unwrap().is_none());
    assert_eq!(federation.count_identities(one).await.unwrap(), 4);
    let again = federation.save_identity(identity(one, "Abc", user)).await;
    assert_eq!(again, Err(StoreError::Conflict("identities_subject".to_owned())));
    tx.rollback().await.unwrap();
}

pub async fn identities_are_listed_used_and_removed(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let one = connected(&fixture, "one").await.id;
    let (user, other) = (fixture.user("ada@acme.test").await.id, fixture.user("bob@acme.test").await.id);
    let first = identity(one, "a", user);
    let stored = first.value.clone();
    let mut tx = fixture.write().await;
    tx.federation().save_identity(first).await.unwrap();
    tx.federation().save_identity(identity(one, "b", user)).await.unwrap();
    tx.federation().save_identity(stored.clone().used(&upstream("a"), at(5))).await.unwrap();
    assert_eq!(
        tx.federation().save_identity(stored.clone().used(&upstream("a"), at(6))).await,
        Err(StoreError::Stale)
    );
    let page = tx.federation().list_identities(user, &PageRequest::new(1, None)).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].last_used_at), (1, at(5)));
    let rest = tx.federation().list_identities(user, &PageRequest::new(1, page.next)).await.unwrap();
    assert_eq!((rest.items[0].subject.as_str(), rest.next), ("b", None));
    let gone = |user| FederationEvent::IdentityUnlinked { id: stored.id, user, connection: one };
    assert!(!tx.federation().delete_identity(other, stored.id, gone(other).into()).await.unwrap());
    assert!(tx.federation().delete_identity(user, stored.id, gone(user).into()).await.unwrap());
    assert!(!tx.federation().delete_identity(user, stored.id, gone(user).into()).await.unwrap());
    tx.users().delete_user(user, event("user.deleted")).await.unwrap();
    assert_eq!(tx.federation().count_identities(one).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "identity.unlinked").count(), 1);
}

pub async fn a_deleted_connection_takes_identities_and_trips_along(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let one = connected(&fixture, "one").await.id;
    let user = fixture.user("ada@acme.test").await.id;
    let trip = departed(&fixture, one).await;
    let mut tx = fixture.write().await;
    tx.federation().save_identity(identity(one, "a", user)).await.unwrap();
    assert!(tx.federation().delete_connection(one, event("connection.deleted")).await.unwrap());
    assert!(!tx.federation().delete_connection(one, event("connection.deleted")).await.unwrap());
    assert!(tx.federation().find_attempt_by_state(&trip.state).await.unwrap().is_none());
    assert!(tx.federation().list_identities(user, &PageRequest::default()).await.unwrap().items.is_empty());
    tx.commit().await.unwrap();
}

pub async fn a_trip_returns_once(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let one = connected(&fixture, "one").await.id;
    let (trip, late) = (departed(&fixture, one).await, departed(&fixture, one).await);
    let mut tx = fixture.write().await;
    let found = tx.federation().find_attempt_by_state(&trip.state).await.unwrap().unwrap();
    assert!(found.binding.matches(&trip.binding) && found.secrets.as_bytes() == trip.secrets.as_bytes());
    assert_eq!((found.id, found.connection, found.purpose), (trip.id, one, trip.purpose));
    assert_eq!((found.created_at, found.expires_at, found.consumed_at), (at(1), at(600), None));
    let (reference, second, sealed) = (digest(), digest(), Sealed::from_bytes(vec![7]));
    assert!(tx.federation().keep_answer(trip.id, &reference, &sealed, at(2)).await.unwrap());
    assert!(!tx.federation().keep_answer(trip.id, &second, &sealed, at(2)).await.unwrap(), "kept once");
    let kept = tx.federation().find_attempt_by_reference(&reference).await.unwrap().unwrap();
    assert_eq!(kept.answer.unwrap().as_bytes(), [7]);
    assert!(tx.federation().find_attempt_by_reference(&second).await.unwrap().is_none());
    assert!(!tx.federation().keep_answer(late.id, &second, &sealed, at(600)).await.unwrap(), "over");
    assert!(matches!(tx.federation().claim_attempt(late.id, at(600)).await, Ok(AttemptClaim::Unknown)));
    tx.commit().await.unwrap();
    let won = all_at_once(20, |_| {
        let (fixture, id) = (fixture.clone(), trip.id);
        async move {
            let mut tx = fixture.write().await;
            let claim = tx.federation().claim_attempt(id, at(3)).await.unwrap();
            tx.commit().await.unwrap();
            matches!(claim, AttemptClaim::Claimed(_))
        }
    })
    .await;
    assert_eq!(won.into_iter().filter(|won| *won).count(), 1);
}

pub async fn who_came_back_is_taken_once(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let one = connected(&fixture, "one").await.id;
    let trip = departed(&fixture, one).await;
    let mut tx = fixture.write().await;
    assert!(matches!(tx.federation().take_upstream(trip.id, at(2)).await, Ok(AttemptClaim::Unknown)));
    tx.federation().keep_upstream(trip.id, &upstream("s"), at(900)).await.unwrap();
    assert!(matches!(tx.federation().take_upstream(trip.id, at(900)).await, Ok(AttemptClaim::Unknown)));
    tx.commit().await.unwrap();
    let taken = all_at_once(20, |_| {
        let (fixture, id) = (fixture.clone(), trip.id);
        async move {
            let mut tx = fixture.write().await;
            let claim = tx.federation().take_upstream(id, at(899)).await.unwrap();
            tx.commit().await.unwrap();
            match claim {
                AttemptClaim::Claimed(attempt) => attempt.upstream,
                AttemptClaim::Unknown => None,
            }
        }
    })
    .await;
    assert_eq!(taken.into_iter().flatten().collect::<Vec<_>>(), [upstream("s")]);
}

pub async fn a_second_realm_sees_no_connection_identity_or_trip(store: TestStore) {
    let first = Fixture::new(store.clone(), "first").await;
    let second = Fixture::new(store, "second").await;
    let stored = connected(&first, "globex").await;
    let user = first.user("ada@acme.test").await.id;
    let (trip, reference, sealed) =
        (departed(&first, stored.id).await, digest(), Sealed::from_bytes(vec![7]));
    let linked = identity(stored.id, "s", user);
    let kept = linked.value.clone();
    let mut tx = first.write().await;
    tx.federation().save_identity(linked).await.unwrap();
    tx.federation().keep_answer(trip.id, &reference, &sealed, at(2)).await.unwrap();
    tx.federation().keep_upstream(trip.id, &upstream("s"), at(900)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = second.write().await;
    let federation = tx.federation();
    assert!(federation.list_connections().await.unwrap().is_empty());
    assert!(federation.find_connection(stored.id).await.unwrap().is_none());
    assert!(federation.find_connection_by_key(&stored.key).await.unwrap().is_none());
    assert_eq!(federation.count_identities(stored.id).await.unwrap(), 0);
    assert!(!federation.delete_connection(stored.id, event("connection.deleted")).await.unwrap());
    assert!(federation.find_identity(stored.id, &kept.subject).await.unwrap().is_none());
    assert!(federation.list_identities(user, &PageRequest::default()).await.unwrap().items.is_empty());
    assert!(!federation.delete_identity(user, kept.id, event("identity.unlinked")).await.unwrap());
    assert!(federation.find_attempt_by_state(&trip.state).await.unwrap().is_none());
    assert!(federation.find_attempt_by_reference(&reference).await.unwrap().is_none());
    assert!(!federation.keep_answer(trip.id, &digest(), &sealed, at(2)).await.unwrap());
    assert!(matches!(federation.claim_attempt(trip.id, at(2)).await, Ok(AttemptClaim::Unknown)));
    assert!(matches!(federation.take_upstream(trip.id, at(2)).await, Ok(AttemptClaim::Unknown)));
    let missing = federation.keep_upstream(trip.id, &upstream("x"), at(9)).await;
    assert_eq!(missing, Err(StoreError::NotFound("attempt")));
    let change = stored.clone().reconfigure(stored.settings.clone(), at(1)).unwrap();
    assert_eq!(federation.save_connection(change).await, Err(StoreError::Stale));
    assert_eq!(
        federation.save_identity(kept.clone().used(&upstream("s"), at(1))).await,
        Err(StoreError::Stale)
    );
    tx.rollback().await.unwrap();

    let mut tx = second.write().await;
    let foreign = tx.federation().save_identity(identity(stored.id, "t", user)).await;
    assert!(matches!(foreign, Err(StoreError::Conflict(_))), "a foreign connection and user");
    tx.rollback().await.unwrap();
    let mut tx = second.write().await;
    let foreign = tx.federation().insert_attempt(&attempt(stored.id)).await;
    assert!(matches!(foreign, Err(StoreError::Conflict(_))), "a foreign connection");
    tx.rollback().await.unwrap();
    connected(&second, "globex").await;

    let mut tx = first.write().await;
    assert_eq!(tx.federation().find_identity(stored.id, &kept.subject).await.unwrap(), Some(kept));
    assert!(matches!(tx.federation().take_upstream(trip.id, at(3)).await, Ok(AttemptClaim::Claimed(_))));
    tx.commit().await.unwrap();
}
