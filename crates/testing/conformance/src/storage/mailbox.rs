//! The developer inbox.

use vestibule_kernel::{
    MailId, PageRequest,
    contact::{Email, Locale},
    ports::Mail,
};

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

pub async fn a_message_is_kept_once_and_listed_newest_first(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    let (first, second) = (MailId::from_uuid(id()), MailId::from_uuid(id()));
    tx.mailbox().keep_mail(first, &mail("m1"), at(1)).await.unwrap();
    tx.mailbox().keep_mail(second, &mail("m2"), at(2)).await.unwrap();
    tx.mailbox().keep_mail(MailId::from_uuid(id()), &mail("m1"), at(3)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let page = tx.mailbox().list_mails(&PageRequest::new(1, None)).await.unwrap();
    let rest = tx.mailbox().list_mails(&PageRequest::new(1, page.next.clone())).await.unwrap();
    assert_eq!((page.items[0].id, rest.items[0].id), (second, first));
    assert!(rest.next.is_none());
    let found = tx.mailbox().find_mail(first).await.unwrap().unwrap();
    assert_eq!((found.message_id.as_str(), found.to.as_str()), ("m1", "ada@acme.test"));
    assert_eq!((found.html.as_str(), found.received_at), ("<p>Hi</p>", at(1)));
    assert!(tx.mailbox().find_mail(MailId::from_uuid(id())).await.unwrap().is_none());
    tx.commit().await.unwrap();
}
