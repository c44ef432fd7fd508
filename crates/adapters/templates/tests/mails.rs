//! Mails: one line of subject, two parts, links to the realm only, and no way into a header.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::too_many_lines,
    reason = "helpers of tests fail loudly"
)]

mod fixtures;

use vestibule_kernel::{UserId, contact::Email};
use vestibule_storage::jobs::MessageKind;
use vestibule_templates::{Mails, Pages};
use vestibule_usecases::ports::{MessageRenderer, RenderError};
use vestibule_users::{
    User,
    profile::Profile,
    user::{EmailAddress, NewUser},
};

const KINDS: [MessageKind; 2] = [MessageKind::NewDevice, MessageKind::PasswordChanged];

fn user(emails: Vec<EmailAddress>) -> User {
    let name = serde_json::json!({"name": "<b>Ada</b> & co"}).as_object().cloned().unwrap();
    let username = vestibule_kernel::contact::Username::parse("ada").ok();
    let new = NewUser { username, emails, profile: Profile::parse(name, &[]).unwrap(), ..NewUser::default() };
    let id = UserId::from_uuid(uuid::Uuid::nil());
    User::create(id, new, chrono::DateTime::UNIX_EPOCH).unwrap().value
}

fn address() -> EmailAddress {
    EmailAddress { email: Email::parse("ada@acme.test").unwrap(), verified_at: None, primary: true }
}

fn mails() -> Mails {
    Mails::new(&Pages::new(&fixtures::public_url()))
}

#[test]
fn a_mail_is_small_has_two_parts_and_links_to_the_realm_only() {
    let realm = fixtures::realm();
    for kind in KINDS {
        let mail = mails()
            .render(&realm, &user(vec![address()]), kind, &fixtures::mail_data(), "id@acme".to_owned())
            .unwrap();
        assert_eq!(mail.to.as_str(), "ada@acme.test");
        assert!(!mail.subject.is_empty() && !mail.subject.chars().any(char::is_control));
        assert!(mail.html.len() <= 30_000 && !mail.text.is_empty());
        assert!(!mail.html.contains("<b>Ada</b>") && !mail.html.contains("<script"));
        for part in [mail.html.replace("&#x2f;", "/"), mail.text] {
            for link in part.split("http").skip(1) {
                assert!(link.starts_with("://localhost:8080/realms/acme/"), "http{link:.40}");
            }
        }
        assert!(!mail.html.contains("src="), "no remote image");
    }
}

#[test]
fn values_cannot_add_a_header() {
    let mut realm = fixtures::realm();
    realm.realm.settings.display_name = "Acme\r\nBcc: all@victims.test".to_owned();
    for kind in KINDS {
        let mail = mails()
            .render(&realm, &user(vec![address()]), kind, &fixtures::mail_data(), "id@acme".to_owned())
            .unwrap();
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(!mail.from_name.contains(['\r', '\n']));
        assert!(!mail.text.contains("\r\nBcc:") && !mail.text.contains("\nBcc:"));
    }
}

#[test]
fn nobody_without_an_address_gets_a_mail() {
    let refused =
        mails().render(&fixtures::realm(), &user(vec![]), KINDS[0], &fixtures::mail_data(), String::new());
    assert_eq!(refused.unwrap_err(), RenderError::NoAddress);
}
