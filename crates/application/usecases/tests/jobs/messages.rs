//! Messages to users.

use serde_json::{Map, json};
use vestibule_crypto::OsEntropy;
use vestibule_kernel::{
    UserId,
    contact::Locale,
    ports::{Clock, Entropy, MailOutcome},
};
use vestibule_storage::{DeliveryState, Job, JobState, jobs::MessageKind};

use crate::harness::World;

fn message(user: UserId) -> Job {
    let data = Map::from_iter([("browser".to_owned(), json!("Firefox"))]);
    Job::SendMessage { user, to: None, message: MessageKind::NewDevice, data, locale: None }
}

#[tokio::test]
async fn a_message_goes_to_the_stored_address_with_the_same_id_each_time() {
    let world = World::new().await;
    world.postbox.answers.lock().unwrap().push_back(MailOutcome::TryLater("greylisted".to_owned()));
    let id = world.enqueue(message(world.user)).await;
    assert_eq!(world.work().await, 1);
    assert_eq!(world.queue().await[0].last_error.as_deref(), Some("greylisted"));
    world.clock.advance(60);
    assert_eq!(world.work().await, 1);
    assert!(world.queue().await.is_empty());
    let got = world.postbox.got.lock().unwrap();
    assert_eq!(got.len(), 2);
    for (realm, mail) in got.iter() {
        assert_eq!(*realm, world.realm);
        assert_eq!(mail.to.as_str(), "ada@acme.test");
        assert_eq!(mail.message_id, format!("{id}@id.test"));
        assert!(mail.text.contains("Firefox"));
    }
}

#[tokio::test]
async fn a_message_for_somebody_without_a_language_has_that_of_the_page_it_was_caused_at() {
    let world = World::new().await;
    let (user, data) = (world.user, Map::from_iter([("browser".to_owned(), json!("Firefox"))]));
    let locale = Some(Locale::parse("fr").unwrap());
    world.enqueue(Job::SendMessage { user, to: None, message: MessageKind::NewDevice, data, locale }).await;
    world.enqueue(message(world.user)).await;
    assert_eq!(world.work().await, 2);
    let got = world.postbox.got.lock().unwrap();
    let mut languages: Vec<_> = got.iter().map(|(_, mail)| mail.locale.as_str()).collect();
    languages.sort_unstable();
    assert_eq!(languages, ["en", "fr"]);
}

#[tokio::test]
async fn a_message_nobody_will_take_is_parked() {
    let world = World::new().await;
    world.postbox.answers.lock().unwrap().push_back(MailOutcome::Never("no such mailbox".to_owned()));
    world.enqueue(message(world.user)).await;
    assert_eq!(world.work().await, 1);
    let queue = world.queue().await;
    assert_eq!(queue[0].state, JobState::Parked);
    assert_eq!(queue[0].last_error.as_deref(), Some("no such mailbox"));
}

#[tokio::test]
async fn what_became_of_a_message_is_kept_without_its_address() {
    let world = World::new().await;
    let answers = [
        MailOutcome::TryLater("451 greylisted".to_owned()),
        MailOutcome::Rejected("550 no such mailbox".to_owned()),
    ];
    world.postbox.answers.lock().unwrap().extend(answers);
    let id = world.enqueue(message(world.user)).await;
    for (state, attempts, answer) in
        [(DeliveryState::Deferred, 1, "451 greylisted"), (DeliveryState::Rejected, 2, "550 no such mailbox")]
    {
        assert_eq!(world.work().await, 1);
        world.clock.advance(60);
        let kept = world.deliveries().await;
        assert_eq!(kept.len(), 1, "one for each message, not for each attempt");
        assert_eq!((kept[0].id, kept[0].user), (id, Some(world.user)));
        assert_eq!((kept[0].state, kept[0].attempts), (state, attempts));
        assert_eq!(kept[0].answer.as_deref(), Some(answer));
        assert_eq!((kept[0].recipient.as_str(), kept[0].message.as_str()), ("a•••@acme.test", "new_device"));
    }
    assert!(world.queue().await.is_empty(), "a rejection is the end of it");

    world.postbox.answers.lock().unwrap().push_back(MailOutcome::Never("not configured".to_owned()));
    world.enqueue(message(world.user)).await;
    assert_eq!(world.work().await, 1);
    assert_eq!(world.deliveries().await[0].state, DeliveryState::Failed);
}

#[tokio::test]
async fn whoever_is_gone_or_has_no_address_gets_none() {
    let world = World::new().await;
    let nobody = UserId::from_uuid(OsEntropy.uuid(world.clock.now()));
    world.enqueue(message(nobody)).await;
    let without = UserId::from_uuid(OsEntropy.uuid(world.clock.now()));
    world.save_user(without, vec![]).await;
    world.enqueue(message(without)).await;
    assert_eq!(world.work().await, 2);
    assert!(world.queue().await.is_empty());
    assert!(world.postbox.got.lock().unwrap().is_empty());
}
