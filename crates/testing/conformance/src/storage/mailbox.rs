//! The developer inbox.

use vestibule_kernel::{
    MailId, PageRequest,
    contact::{Email, Locale, Phone},
    ports::{Mail, Sms},
};
use vestibule_storage::Channel;

use super::fixture::{Fixture, TestStore, at, id};

/// A message.
pub(super) fn mail(message_id: &str) -> Mail {
    Mail {
        message_id: message_id.to_owned(),
        from_name: "Acme".to_owned(),
        from: None,
        reply_to: None,
        to: Email::parse("ada@acme.test").unwrap(),
        subject: "Hello".to_owned(),
        text: "Hi".to_owned(),
        html: "<p>Hi</p>".to_owned(),
        locale: Locale::english(),
    }
}

/// A text message.
pub(super) fn sms(message_id: &str) -> Sms {
    Sms {
        message_id: message_id.to_owned(),
        to: Phone::parse("+491711234567").unwrap(),
        text: "123456".to_owned(),
    }
}

pub async fn a_message_is_kept_once_and_listed_newest_first(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    let (first, second) = (MailId::from_uuid(id()), MailId::from_uuid(id()));
    tx.mailbox().keep_mail(first, &mail("m1"), at(1)).await.unwrap();
    tx.mailbox().keep_mail(second, &mail("m2"), at(2)).await.unwrap();
    tx.mailbox().keep_mail(MailId::from_uuid(id()), &mail("m1"), at(3)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let page = tx.mailbox().list_mails(Channel::Email, &PageRequest::new(1, None)).await.unwrap();
    let rest =
        tx.mailbox().list_mails(Channel::Email, &PageRequest::new(1, page.next.clone())).await.unwrap();
    assert_eq!((page.items[0].id, rest.items[0].id), (second, first));
    assert!(rest.next.is_none());
    let found = tx.mailbox().find_mail(first).await.unwrap().unwrap();
    assert_eq!((found.message_id.as_str(), found.to.as_str()), ("m1", "ada@acme.test"));
    assert_eq!((found.html.as_str(), found.received_at), ("<p>Hi</p>", at(1)));
    assert!(tx.mailbox().find_mail(MailId::from_uuid(id())).await.unwrap().is_none());
    tx.commit().await.unwrap();
}

pub async fn text_messages_are_kept_apart_from_mail(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    let (letter, text) = (MailId::from_uuid(id()), MailId::from_uuid(id()));
    let sms = sms("s1");
    tx.mailbox().keep_mail(letter, &mail("m1"), at(1)).await.unwrap();
    tx.mailbox().keep_sms(text, &sms, at(2)).await.unwrap();
    tx.mailbox().keep_sms(MailId::from_uuid(id()), &sms, at(3)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    for (channel, only) in [(Channel::Email, letter), (Channel::Sms, text)] {
        let page = tx.mailbox().list_mails(channel, &PageRequest::new(9, None)).await.unwrap();
        assert_eq!(page.items.iter().map(|mail| mail.id).collect::<Vec<_>>(), [only]);
    }
    let found = tx.mailbox().find_mail(text).await.unwrap().unwrap();
    assert_eq!(
        (found.to.as_str(), found.text.as_str(), found.channel),
        ("+491711234567", "123456", Channel::Sms)
    );
    tx.commit().await.unwrap();
}
