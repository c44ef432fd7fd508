//! What became of messages.

use vestibule_kernel::{JobId, PageRequest, UserId};
use vestibule_storage::{Channel, Delivery, DeliveryFilter, DeliveryState};

use super::fixture::{Fixture, TestStore, at, event, id, user};

/// A message that was sent.
pub(super) fn delivery(id: JobId, user: Option<UserId>) -> Delivery {
    Delivery {
        id,
        user,
        channel: Channel::Email,
        message: "sign_in_code".to_owned(),
        recipient: "a•••@acme.test".to_owned(),
        state: DeliveryState::Sent,
        attempts: 1,
        answer: Some("250 taken".to_owned()),
        created_at: at(1),
        updated_at: at(1),
    }
}

fn only(user: Option<UserId>, state: Option<DeliveryState>) -> DeliveryFilter {
    DeliveryFilter { user, state }
}

pub async fn each_attempt_at_a_message_replaces_the_one_before(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let job = JobId::from_uuid(id());
    let first = Delivery { state: DeliveryState::Deferred, ..delivery(job, None) };
    let second =
        Delivery { attempts: 2, answer: None, created_at: at(9), updated_at: at(9), ..delivery(job, None) };
    let mut tx = fixture.write().await;
    tx.deliveries().save_delivery(&first, None).await.unwrap();
    tx.deliveries().save_delivery(&second, Some(event("message.rejected"))).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let listed = tx.deliveries().list_deliveries(only(None, None), &PageRequest::default()).await.unwrap();
    assert_eq!(listed.items, [Delivery { created_at: at(1), ..second }]);
    let events =
        tx.events().list_events(&vestibule_events::EventFilter::default(), &PageRequest::default()).await;
    assert!(events.unwrap().items.iter().any(|event| event.kind == "message.rejected"));
    tx.commit().await.unwrap();
}

pub async fn deliveries_are_listed_newest_first_by_user_and_state(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let person = user("ada@acme.test");
    let ada = person.value.id;
    let [old, middle, new] = [id(), id(), id()].map(JobId::from_uuid);
    let mut tx = fixture.write().await;
    tx.users().save_user(person).await.unwrap();
    tx.deliveries().save_delivery(&delivery(old, Some(ada)), None).await.unwrap();
    tx.deliveries().save_delivery(&delivery(middle, None), None).await.unwrap();
    let rejected = Delivery { state: DeliveryState::Rejected, ..delivery(new, Some(ada)) };
    tx.deliveries().save_delivery(&rejected, None).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = fixture.write().await;
    let page = PageRequest::default();
    for (filter, expected) in [
        (only(None, None), vec![new, middle, old]),
        (only(Some(ada), None), vec![new, old]),
        (only(None, Some(DeliveryState::Sent)), vec![middle, old]),
        (only(Some(ada), Some(DeliveryState::Rejected)), vec![new]),
        (only(Some(ada), Some(DeliveryState::Failed)), vec![]),
    ] {
        let listed = tx.deliveries().list_deliveries(filter, &page).await.unwrap().items;
        assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), expected, "{filter:?}");
    }
    let first = tx.deliveries().list_deliveries(only(None, None), &PageRequest::new(2, None)).await.unwrap();
    let rest = PageRequest::new(2, first.next.clone());
    let rest = tx.deliveries().list_deliveries(only(None, None), &rest).await.unwrap();
    assert_eq!((first.items.len(), rest.items[0].id, rest.next), (2, old, None));

    // They go with the person.
    assert!(tx.users().delete_user(ada, event("user.deleted")).await.unwrap());
    let left = tx.deliveries().list_deliveries(only(None, None), &page).await.unwrap().items;
    assert_eq!(left.iter().map(|one| one.id).collect::<Vec<_>>(), [middle]);
    tx.commit().await.unwrap();
}
