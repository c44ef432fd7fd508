//! Sessions and their end.

use vestibule_kernel::{PageRequest, SessionId, StoreError};
use vestibule_sessions::{RevocationCause, SessionScope};

use super::fixture::{Fixture, TestStore, at, digest, id, lifetimes, session};

const CAUSE: RevocationCause = RevocationCause::SignedOut;

pub async fn a_session_is_found_by_secret_and_id(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let stored = fixture.session(user).await;
    let mut tx = fixture.read().await;
    let found = tx.sessions().find_session_by_secret(&stored.secret).await.unwrap().unwrap();
    assert!(tx.sessions().find_session(stored.id).await.unwrap().is_some());
    assert!(tx.sessions().find_session_by_secret(&digest()).await.unwrap().is_none());
    assert!(tx.sessions().find_session(SessionId::from_uuid(id())).await.unwrap().is_none());
    tx.commit().await.unwrap();
    assert_eq!((found.id, found.user, found.auth_time), (stored.id, user, stored.auth_time));
    assert_eq!((found.acr, &found.amr), (stored.acr, &stored.amr));
    assert_eq!((&found.ip, &found.user_agent), (&stored.ip, &stored.user_agent));
    assert_eq!((found.idle_expires_at, found.expires_at), (stored.idle_expires_at, stored.expires_at));
    assert_eq!((found.revoked_at, found.version), (None, stored.version));
}

pub async fn live_sessions_are_listed_in_pages(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await.id;
    let bob = fixture.user("bob@acme.test").await.id;
    let mut ids = Vec::new();
    for user in [ada, bob, ada, ada] {
        ids.push(fixture.session(user).await.id);
    }
    let list = async |user, now, limit| {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let mut tx = fixture.read().await;
            let page = tx.sessions().list_sessions(user, now, &PageRequest::new(limit, after)).await.unwrap();
            tx.commit().await.unwrap();
            seen.extend(page.items.into_iter().map(|session| session.id));
            after = page.next;
            if after.is_none() {
                return seen;
            }
        }
    };
    assert_eq!(list(None, at(1), 3).await, ids);
    assert_eq!(list(Some(ada), at(1), 2).await, [ids[0], ids[2], ids[3]]);
    assert_eq!(list(None, at(3_600), 3).await, [], "idle for an hour");
    let mut tx = fixture.write().await;
    tx.sessions().revoke_sessions(SessionScope::One(ids[2]), CAUSE, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(list(Some(ada), at(1), 2).await, [ids[0], ids[3]]);
}

pub async fn ending_sessions_ends_their_families_and_tells_of_it(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (client, user, ended, bound, _) = fixture.signed_in().await;
    let kept = fixture.session(user.id).await;
    let (other, _) = fixture.family(&client, user.id, Some(kept.id)).await;
    let (free, _) = fixture.family(&client, user.id, None).await;
    let mut tx = fixture.write().await;
    let scope = SessionScope::One(ended.id);
    assert_eq!(tx.sessions().revoke_sessions(scope, CAUSE, at(5)).await.unwrap(), [(ended.id, user.id)]);
    assert_eq!(tx.sessions().revoke_sessions(scope, CAUSE, at(6)).await.unwrap(), []);
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    assert_eq!(tx.sessions().find_session(ended.id).await.unwrap().unwrap().revoked_at, Some(at(5)));
    assert_eq!(tx.tokens().find_family(bound.id).await.unwrap().unwrap().revoked_at, Some(at(5)));
    for family in [other, free] {
        assert_eq!(tx.tokens().find_family(family.id).await.unwrap().unwrap().revoked_at, None);
    }
    tx.commit().await.unwrap();
    let kinds = fixture.event_kinds().await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "session.revoked").count(), 1);
}

pub async fn each_scope_ends_what_it_names(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await.id;
    let bob = fixture.user("bob@acme.test").await.id;
    let first = fixture.session(ada).await.id;
    let second = fixture.session(ada).await.id;
    let third = fixture.session(bob).await.id;
    let end = async |scope| {
        let mut tx = fixture.write().await;
        let mut ended = tx.sessions().revoke_sessions(scope, CAUSE, at(5)).await.unwrap();
        tx.rollback().await.unwrap();
        ended.sort_unstable();
        ended.into_iter().map(|(session, _)| session).collect::<Vec<_>>()
    };
    assert_eq!(end(SessionScope::One(third)).await, [third]);
    assert_eq!(end(SessionScope::User(ada)).await, [first, second]);
    assert_eq!(end(SessionScope::UserExcept(ada, second)).await, [first]);
    assert_eq!(end(SessionScope::Realm).await, [first, second, third]);
}

pub async fn a_touch_after_the_end_is_stale(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let user = fixture.user("ada@acme.test").await.id;
    let change = session(user, at(0));
    let active = change.value.clone();
    let mut tx = fixture.write().await;
    tx.sessions().save_session(change).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    tx.sessions().save_session(active.clone().touch(lifetimes(), at(120)).unwrap()).await.unwrap();
    let found = tx.sessions().find_session(active.get().id).await.unwrap().unwrap();
    assert_eq!((found.last_seen_at, found.idle_expires_at), (at(120), at(3_720)));
    tx.sessions().revoke_sessions(SessionScope::User(user), CAUSE, at(130)).await.unwrap();
    tx.commit().await.unwrap();
    let touched = found.active(at(125)).unwrap().touch(lifetimes(), at(240)).unwrap();
    let mut tx = fixture.write().await;
    assert_eq!(tx.sessions().save_session(touched).await, Err(StoreError::Stale));
    tx.rollback().await.unwrap();
}

pub async fn a_known_user_agent_is_remembered(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await.id;
    let bob = fixture.user("bob@acme.test").await.id;
    let session = fixture.session(ada).await;
    let mut tx = fixture.write().await;
    tx.sessions().revoke_sessions(SessionScope::One(session.id), CAUSE, at(1)).await.unwrap();
    assert!(tx.sessions().knows_user_agent(ada, "test agent").await.unwrap());
    assert!(!tx.sessions().knows_user_agent(ada, "another agent").await.unwrap());
    assert!(!tx.sessions().knows_user_agent(bob, "test agent").await.unwrap());
    tx.commit().await.unwrap();
}
