//! Mails: one line of subject, two parts, links to the realm only, and no way into a header.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

mod fixtures;

use serde_json::json;
use vestibule_kernel::contact::{Email, Locale};
use vestibule_storage::jobs::{MessageKind, SmsKind};
use vestibule_templates::{Mails, Pages, mail::is_own_link};
use vestibule_usecases::{
    language::SPOKEN,
    ports::{MessageRenderer, Recipient, RenderError},
};

fn ada() -> Recipient {
    Recipient {
        to: Email::parse("ada@acme.test").unwrap(),
        name: Some("<b>Ada</b> & co".to_owned()),
        locale: None,
    }
}

fn mails() -> Mails {
    Mails::new(&Pages::new(&fixtures::public_url()))
}

#[test]
fn a_mail_is_small_has_two_parts_and_links_to_the_realm_only() {
    let realm = fixtures::realm();
    for kind in MessageKind::ALL {
        let mail =
            mails().render(&realm, &ada(), kind, &fixtures::mail_data(), "id@acme".to_owned()).unwrap();
        assert_eq!(mail.to.as_str(), "ada@acme.test");
        assert!(!mail.subject.is_empty() && !mail.subject.chars().any(char::is_control));
        assert!(mail.html.len() <= 30_000 && !mail.text.is_empty());
        assert!(!mail.html.contains("<b>Ada</b>") && !mail.html.contains("<script"));
        assert!(!mail.text.contains("\n\n\n"), "{kind:?}: {}", mail.text);
        assert!(mail.text.contains("mailto:help@acme.test") && mail.html.contains("mailto:help@acme.test"));
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
    for kind in MessageKind::ALL {
        let mail =
            mails().render(&realm, &ada(), kind, &fixtures::mail_data(), "id@acme".to_owned()).unwrap();
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(!mail.from_name.contains(['\r', '\n']));
        assert!(!mail.text.contains("\r\nBcc:") && !mail.text.contains("\nBcc:"));
    }
}

#[test]
fn a_link_that_leaves_the_issuer_is_refused() {
    let realm = fixtures::realm();
    for bad in [
        "https://evil.test/",
        "http://localhost:8080/realms/acme.evil.test/x",
        "http://localhost:8080/realms/other/flow",
        "http://localhost:8080@evil.test/realms/acme/",
        "http://localhost:8080/realms/acme/../other",
        "http://localhost:8080/realms/acme/x\"><a href=y",
        "javascript:alert(1)",
        "/realms/acme/flow",
    ] {
        assert!(!is_own_link(&realm.issuer, bad), "{bad}");
        let mut data = fixtures::mail_data();
        data.insert("undo_link".to_owned(), json!(bad));
        let refused = mails().render(&realm, &ada(), MessageKind::EmailAdded, &data, String::new());
        assert_eq!(refused.unwrap_err(), RenderError::ForeignLink("undo_link".to_owned()));
    }
    assert!(is_own_link(&realm.issuer, "http://localhost:8080/realms/acme/flow/confirm?token=x"));
}

#[test]
fn a_value_that_may_be_missing_is_not_needed() {
    let realm = fixtures::realm();
    for (kind, data) in [
        (MessageKind::SignInCode, json!({"code": "123456", "minutes": 10})),
        (MessageKind::EmailAdded, json!({"new": "new@acme.test"})),
        (MessageKind::EmailChanged, json!({"new": "new@acme.test"})),
        (MessageKind::EmailRemoved, json!({"old": "old@acme.test"})),
        (MessageKind::PasswordChanged, json!({})),
    ] {
        let mail = mails().render(&realm, &ada(), kind, data.as_object().unwrap(), String::new()).unwrap();
        assert!(mail.text.contains("ada@acme.test"));
    }
}

#[test]
fn a_text_message_is_short_and_ends_with_the_origin_bound_code() {
    let data = json!({"code": "012345", "minutes": "10"});
    for language in SPOKEN {
        let locale = Locale::parse(language).unwrap();
        for kind in [SmsKind::SignInCode, SmsKind::VerifyPhone] {
            let data = data.as_object().unwrap();
            let text = mails().render_sms(&fixtures::realm(), Some(&locale), kind, data).unwrap();
            assert!(text.ends_with("\n\n@localhost #012345"), "{text}");
            assert_eq!(text.matches("012345").count(), 2, "{text}");
            assert!(text.chars().count() <= 160 && !text.contains("http"), "{text}");
        }
    }
}

#[test]
fn a_mail_has_the_recipients_language_where_the_realm_offers_it() {
    let mut realm = fixtures::realm();
    let recipient = |language: &str| Recipient { locale: Some(Locale::parse(language).unwrap()), ..ada() };
    let data = fixtures::mail_data();
    let render = |realm: &_, language: &str, kind| {
        mails().render(realm, &recipient(language), kind, &data, String::new()).unwrap()
    };
    let german = render(&realm, "de-AT", MessageKind::SignInCode);
    assert_eq!(german.subject, "Anmeldung bei Acme");
    assert_eq!(german.locale.as_str(), "de");
    assert!(german.html.contains("<html lang=\"de\" dir=\"ltr\">") && german.text.contains("10 Minuten"));
    let arabic = render(&realm, "ar", MessageKind::NewDevice);
    assert!(arabic.html.contains("<html lang=\"ar\" dir=\"rtl\">"), "{}", arabic.html);
    assert!(!arabic.subject.chars().any(vestibule_kernel::contact::is_invisible));
    realm.realm.settings.locales.supported.retain(|locale| locale.as_str() == "en");
    assert_eq!(render(&realm, "de", MessageKind::SignInCode).subject, "Sign in to Acme");
}

#[test]
fn every_mail_can_be_made_in_every_language_and_says_times_in_words() {
    let realm = fixtures::realm();
    for language in SPOKEN {
        let to = Recipient { locale: Some(Locale::parse(language).unwrap()), ..ada() };
        for kind in MessageKind::ALL {
            let mail = mails().render(&realm, &to, kind, &fixtures::mail_data(), String::new()).unwrap();
            assert_eq!(mail.locale.as_str(), language);
            assert!(!mail.text.contains("T12:00:00Z") && !mail.html.contains("T12:00:00Z"), "{}", mail.text);
        }
    }
}
