//! The log: with its change or not at all, in order, never lost.

use serde_json::json;
use vestibule_events::{AuditEvent, EventFilter};
use vestibule_kernel::{Actor, EventRecord, PageRequest, Subject, UserId};
use vestibule_storage::system::JournalEntry;

use super::fixture::{Fixture, TestStore, at, event, id, user};

pub async fn events_appear_with_their_change_or_not_at_all(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    tx.users().save_user(user("ada@acme.test")).await.unwrap();
    tx.events().append_event(event("token.issued")).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(fixture.event_kinds().await, ["realm.created"]);
    let mut tx = fixture.write().await;
    tx.users().save_user(user("ada@acme.test")).await.unwrap();
    tx.events().append_event(event("token.issued")).await.unwrap();
    let page = PageRequest::default();
    let inside = tx.events().list_events(&EventFilter::default(), &page).await.unwrap();
    assert_eq!(inside.items.len(), 3, "a transaction sees its own events");
    tx.commit().await.unwrap();
    assert_eq!(fixture.event_kinds().await, ["realm.created", "user.created", "token.issued"]);
}

pub async fn events_carry_their_context(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let actor = Actor::User(UserId::from_uuid(id()));
    let cx = fixture.later(42).cx.acting_as(actor.clone());
    let mut tx = fixture.store.write(&cx).await.unwrap();
    let record = EventRecord::about("user.updated", "user", "usr_x", json!({"fields": ["emails"]}));
    tx.events().append_event(record).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let page = PageRequest::new(1, None);
    let found = tx.events().list_events(&EventFilter::default(), &page).await.unwrap().items.remove(0);
    tx.commit().await.unwrap();
    let expected = AuditEvent {
        id: found.id,
        kind: "user.updated".to_owned(),
        occurred_at: at(42),
        actor,
        subject: Some(Subject { kind: "user".to_owned(), id: "usr_x".to_owned() }),
        ip: Some("192.0.2.7".to_owned()),
        user_agent: Some("test agent".to_owned()),
        request_id: "r-1".to_owned(),
        data: json!({"fields": ["emails"]}),
    };
    assert_eq!(found, expected);
}

pub async fn events_are_listed_newest_first_in_pages(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    for second in 0..3 {
        let later = fixture.later(second);
        let mut tx = later.write().await;
        for position in 0..5 {
            let record = EventRecord::plain("token.issued", json!({"n": second * 5 + position}));
            tx.events().append_event(record).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let filter = EventFilter { kind: Some("token.issued".to_owned()), subject_id: None };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let mut tx = fixture.read().await;
        let page = tx.events().list_events(&filter, &PageRequest::new(4, after)).await.unwrap();
        tx.commit().await.unwrap();
        seen.extend(page.items.into_iter().map(|event| event.data["n"].as_i64().unwrap()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..15).rev().collect::<Vec<_>>());
}

pub async fn events_are_filtered_by_kind_and_subject(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await.id;
    fixture.user("bob@acme.test").await;
    let list = async |kind: Option<&str>, subject: Option<String>| {
        let filter = EventFilter { kind: kind.map(str::to_owned), subject_id: subject };
        let mut tx = fixture.read().await;
        let page = tx.events().list_events(&filter, &PageRequest::default()).await.unwrap();
        tx.commit().await.unwrap();
        page.items.len()
    };
    assert_eq!(list(None, None).await, 3);
    assert_eq!(list(Some("user.created"), None).await, 2);
    assert_eq!(list(None, Some(ada.to_string())).await, 1);
    assert_eq!(list(Some("user.deleted"), Some(ada.to_string())).await, 0);
}

pub async fn the_journal_appends_to_several_realms(store: TestStore) {
    let first = Fixture::new(store.clone(), "first").await;
    let second = Fixture::new(store, "second").await;
    let entry = |fixture: &Fixture| JournalEntry { cx: fixture.cx.clone(), event: event("token.issued") };
    let mut tx = first.system().await;
    let entries = (0..60).map(|index| entry(if index % 3 == 0 { &first } else { &second })).collect();
    tx.append_events(entries).await.unwrap();
    tx.append_events(Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(first.event_kinds().await.len(), 1 + 20);
    assert_eq!(second.event_kinds().await.len(), 1 + 40);
}
