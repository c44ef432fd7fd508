//! The page in a copy of somebody's data: in their language, complete, and nothing but text of what people wrote.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

mod fixtures;

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};
use uuid::Uuid;
use vestibule_authn::CredentialKind;
use vestibule_federation::Subject;
use vestibule_kernel::{
    Actor, ClientId, DeviceId, SessionId, UserId,
    contact::{Email, Locale, Phone},
};
use vestibule_realms::settings::{AttributeType, ProfileAttribute};
use vestibule_templates::{Mails, Pages};
use vestibule_usecases::{
    RealmSnapshot,
    account::archive::data::{
        KeptAccount, KeptApplication, KeptAuthenticator, KeptBrowser, KeptEvent, KeptIdentity, KeptSession,
        PersonalData,
    },
    language::SPOKEN,
    ports::MessageRenderer,
};
use vestibule_users::{EmailAddress, PhoneNumber};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/17.5 Mobile/15E148 Safari/604.1";

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(20_513) + Duration::minutes(minutes)
}

fn ada() -> UserId {
    UserId::from_uuid(Uuid::from_u128(7))
}

fn realm_in(language: &str) -> RealmSnapshot {
    let mut realm = fixtures::realm_in(language);
    let attribute = |name: &str, kind, options: &[&str]| ProfileAttribute {
        name: name.to_owned(),
        kind,
        required: false,
        max_length: 200,
        options: options.iter().map(|one| (*one).to_owned()).collect(),
        scope: None,
    };
    realm.realm.settings.profile = vec![
        attribute("plan", AttributeType::Text, &["free", "pro"]),
        attribute("member_since", AttributeType::Date, &[]),
        attribute("newsletter", AttributeType::Boolean, &[]),
    ];
    realm
}

fn account(name: &str) -> KeptAccount {
    let profile = json!({
        "name": name, "birthdate": "1985-12-10", "zoneinfo": "Europe/London", "plan": "pro",
        "member_since": "2024-02-29", "newsletter": true,
        "address": {"street_address": "12 St James’s Square", "locality": "London", "country": "GB"},
    });
    let email = |text: &str, verified: bool, primary| EmailAddress {
        email: Email::parse(text).unwrap(),
        verified_at: verified.then(|| at(3)),
        primary,
    };
    KeptAccount {
        id: ada(),
        name: name.to_owned(),
        username: Some("ada".to_owned()),
        emails: vec![email("ada@acme.test", true, true), email("ada@new.test", false, false)],
        phones: vec![PhoneNumber {
            phone: Phone::parse("+491711234567").unwrap(),
            verified_at: Some(at(9)),
            primary: true,
        }],
        profile: profile.as_object().unwrap().clone(),
        locale: Locale::parse("de-AT").ok(),
        metadata: json!({"crm": {"id": 7}}).as_object().unwrap().clone(),
        created_at: at(0),
        updated_at: at(90),
    }
}

fn event(kind: &str, actor: Actor, data: Value, minutes: i64) -> KeptEvent {
    KeptEvent {
        kind: kind.to_owned(),
        occurred_at: at(minutes),
        actor,
        ip: Some("192.0.2.7".to_owned()),
        user_agent: Some(FIREFOX.to_owned()),
        data,
    }
}

fn activity() -> Vec<KeptEvent> {
    let own = Actor::User(ada());
    vec![
        event("user.export_requested", own.clone(), json!({}), 100),
        event("token.issued", own.clone(), json!({"client": "shop"}), 99),
        event("session.opened", own.clone(), json!({}), 98),
        event("user.signed_in", own.clone(), json!({"client": "shop"}), 97),
        KeptEvent {
            ip: Some("203.0.113.99".to_owned()),
            ..event("user.updated", Actor::Admin("root".to_owned()), json!({"fields": ["profile"]}), 60)
        },
        event("user.sign_in_failed", Actor::Anonymous, json!({}), 50),
        event("credential.bound", own.clone(), json!({"kind": "passkey"}), 40),
        event("user.created", own, json!({}), 0),
    ]
}

fn authenticator(kind: CredentialKind, label: Option<&str>) -> KeptAuthenticator {
    KeptAuthenticator {
        kind,
        label: label.map(str::to_owned),
        facts: BTreeMap::from([("aaguid".to_owned(), json!("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"))]),
        created_at: at(5),
        last_used_at: label.map(|_| at(95)),
    }
}

/// Somebody with a little of everything.
fn full(name: &str) -> PersonalData {
    let app = |client: &str, name: &str, scopes: &[&str]| KeptApplication {
        client: ClientId::parse(client).unwrap(),
        name: Some(name.to_owned()),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        since: at(20),
        last_used_at: Some(at(80)),
    };
    let told = json!({"email": "ada@globex.test", "email_verified": true, "name": name, "groups": ["math", "poetry"]});
    let session = |agent: &str, ip: &str| KeptSession {
        id: SessionId::from_uuid(Uuid::from_u128(8)),
        created_at: at(30),
        last_seen_at: at(96),
        signed_in_at: at(30),
        ip: Some(ip.to_owned()),
        user_agent: Some(agent.to_owned()),
    };
    PersonalData {
        made_at: at(120),
        account: account(name),
        authenticators: vec![
            authenticator(CredentialKind::Password, None),
            authenticator(CredentialKind::Passkey, Some("iCloud Keychain")),
            authenticator(CredentialKind::RecoveryCode, None),
        ],
        sessions: vec![session(FIREFOX, "192.0.2.7"), session(PHONE, "2001:db8:85a3::8a2e:370:7334")],
        trusted_browsers: vec![KeptBrowser {
            id: DeviceId::from_uuid(Uuid::from_u128(9)),
            created_at: at(30),
            last_used_at: at(31),
            expires_at: at(43_200),
            ip: None,
            user_agent: Some(FIREFOX.to_owned()),
        }],
        applications: vec![
            app("partner", "Partner Shop", &["openid", "email", "offline_access", "orders"]),
            app("shop", "Acme Shop", &[]),
        ],
        connected_sign_ins: vec![KeptIdentity {
            provider: Some("globex".to_owned()),
            provider_name: Some("Globex".to_owned()),
            subject: Subject::parse("248289761001").unwrap(),
            told_by_the_provider: told.as_object().unwrap().clone(),
            since: at(10),
            last_used_at: at(11),
        }],
        activity: activity(),
    }
}

/// Somebody who was made a minute ago, by an administrator.
fn bare() -> PersonalData {
    let full = full("ada");
    let account = KeptAccount {
        emails: vec![],
        phones: vec![],
        profile: serde_json::Map::new(),
        metadata: serde_json::Map::new(),
        locale: None,
        ..full.account
    };
    PersonalData {
        account,
        authenticators: vec![],
        sessions: vec![],
        trusted_browsers: vec![],
        applications: vec![],
        connected_sign_ins: vec![],
        activity: vec![],
        ..full
    }
}

fn rendered(realm: &RealmSnapshot, language: Option<&str>, data: &PersonalData) -> String {
    let locale = language.map(|language| Locale::parse(language).unwrap());
    Mails::new(&Pages::new(&fixtures::public_url()))
        .render_personal_data(realm, locale.as_ref(), data)
        .unwrap()
}

fn page(language: &str, data: &PersonalData) -> Html {
    Html::parse_document(&rendered(&realm_in("en"), Some(language), data))
}

fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What people read of the page, without its style.
fn read(html: &Html) -> String {
    text(html.select(&Selector::parse("body").unwrap()).next().unwrap())
}

/// A moment or a day as programs write it.
fn has_iso_time(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || c == '-')).any(|word| {
        let parts: Vec<_> = word.split('-').map(str::len).collect();
        parts == [4, 2, 2]
    })
}

#[test]
fn the_page_speaks_the_language_of_its_owner_and_of_programs_nothing() {
    for language in SPOKEN {
        let html = page(language, &full("Ada Lovelace"));
        assert!(html.errors.is_empty(), "{language}: {:?}", html.errors);
        let root = all(&html, "html")[0].value();
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        assert_eq!((root.attr("lang"), root.attr("dir")), (Some(language), Some(direction)));
        let said = read(&html);
        assert!(!said.contains("{\"") && !said.contains('['), "{language}: {said}");
        assert!(!has_iso_time(&said), "{language}: {said}");
        for raw in ["token.issued", "user.signed_in", "recovery_code", "Mozilla", "aaguid", "member_since"] {
            assert!(!said.contains(raw), "{language}: {raw}");
        }
        for known in ["Ada Lovelace", "ada@new.test", "+491711234567", "Firefox", "Linux", "Globex", "Acme"] {
            assert!(said.contains(known), "{language}: {known}");
        }
    }
    let german = read(&page("de-CH", &full("Ada")));
    for words in [
        "Ihre Daten",
        "10. Dezember 1985",
        "Firefox auf Linux",
        "Deutsch (de-AT)",
        "Sie haben sich bei shop angemeldet",
    ] {
        assert!(german.contains(words), "{words}: {german}");
    }
}

#[test]
fn a_sentence_that_begins_with_a_foreign_name_runs_the_way_of_the_page() {
    let html = page("ar", &full("آدا لوفلايس"));
    let device = all(&html, "section[aria-labelledby=sessions] tbody th bdi")[0];
    assert_eq!(device.value().attr("dir"), Some("rtl"));
    let address = all(&html, "section[aria-labelledby=account] tbody th bdi:not([dir])");
    assert!(!address.is_empty(), "what people wrote runs its own way");
}

#[test]
fn the_language_is_that_of_the_realm_where_nobody_asked_for_one_it_offers() {
    let lang = |html: &str| html.split("<html lang=\"").nth(1).unwrap()[..2].to_owned();
    assert_eq!(lang(&rendered(&realm_in("fr"), None, &bare())), "fr");
    assert_eq!(lang(&rendered(&realm_in("fr"), Some("pt"), &bare())), "fr");
    let mut english = realm_in("en");
    english.realm.settings.locales.supported.clear();
    assert_eq!(lang(&rendered(&english, Some("ar"), &bare())), "en");
}

#[test]
fn every_section_shows_what_is_kept() {
    let html = page("en", &full("Ada Lovelace"));
    let row = |section: &str, index: usize| {
        let rows = all(&html, &format!("section[aria-labelledby={section}] tbody tr"));
        text(rows[index])
    };
    assert!(row("account", 2).starts_with("Language Deutsch (de-AT)"));
    assert!(row("account", 5).starts_with("ada@acme.test Main address March 1, 2026"));
    assert_eq!(row("account", 6), "ada@new.test Not confirmed");
    assert!(row("authenticators", 0).starts_with("Password — March 1, 2026"));
    assert!(row("authenticators", 1).starts_with("Passkey iCloud Keychain March 1, 2026"));
    assert!(row("sessions", 1).starts_with("Safari on iPhone 2001:db8:85a3::8a2e:370:7334"));
    assert!(row("trusted", 0).starts_with("Firefox on Linux — March 1, 2026"));
    assert!(row("apps", 0).contains("See your e-mail address") && row("apps", 0).contains("Use “orders”"));
    assert!(row("apps", 1).starts_with("Acme Shop One of the apps of Acme, which ask nobody."));
    assert!(
        row("linked", 0).contains("Address confirmed there Yes") && row("linked", 0).contains("math, poetry")
    );
    let said = read(&html);
    for words in
        ["12 St James’s Square, London, GB", "February 29, 2024", "2 technical entries", "1 value that apps"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    // Who works for the realm, and from where, is nobody's business.
    assert!(said.contains("by an administrator") && !said.contains("203.0.113.99"));
}

#[test]
fn attributes_have_the_names_that_the_realm_gave_them() {
    let mut theme = vestibule_realms::theme::Theme::default();
    let copy = [("attribute-plan", "Tarif"), ("attribute-plan-pro", "Profi")];
    let copy = copy.map(|(key, text)| (key.to_owned(), text.to_owned()));
    theme.copy.insert("de".to_owned(), copy.into());
    let mut realm = realm_in("en");
    realm.look = vestibule_usecases::Look::new(theme);
    let said = read(&Html::parse_document(&rendered(&realm, Some("de"), &full("Ada"))));
    assert!(said.contains("Tarif Profi") && said.contains("newsletter Ja"), "{said}");
}

#[test]
fn what_people_wrote_stays_text_in_its_own_direction() {
    let hostile = "<script>alert(1)</script>\u{202e}\"&'<b>{\"a\":1}";
    let mut data = full(hostile);
    data.authenticators[1].label = Some(hostile.to_owned());
    data.sessions[0].ip = Some(hostile.to_owned());
    data.applications[0].name = Some(hostile.to_owned());
    data.connected_sign_ins[0].provider_name = Some(hostile.to_owned());
    let claims = &mut data.connected_sign_ins[0].told_by_the_provider;
    claims.insert(hostile.to_owned(), json!({hostile: [hostile]}));
    let mut realm = realm_in("en");
    realm.realm.settings.display_name = hostile.to_owned();
    let source = rendered(&realm, Some("en"), &data);
    let html = Html::parse_document(&source);
    assert!(all(&html, "script, b, img, link, iframe, a:not([href^='#']), [onclick]").is_empty(), "{source}");
    let isolated = all(&html, "bdi").into_iter().map(|bdi| bdi.text().collect::<String>());
    assert!(isolated.filter(|text| text.contains(hostile)).count() >= 9, "{source}");
    for node in html
        .root_element()
        .descendants()
        .filter(|node| node.value().as_text().is_some_and(|text| text.contains('\u{202e}')))
    {
        let inside: Vec<_> =
            node.ancestors().filter_map(|up| Some(up.value().as_element()?.name())).collect();
        assert!(inside.contains(&"bdi") || inside.contains(&"title"), "{inside:?}");
    }
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let source = rendered(&realm_in("en"), None, &full("Ada"));
    let html = Html::parse_document(&source);
    let policy = all(&html, "meta[http-equiv=Content-Security-Policy]")[0].value().attr("content").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'unsafe-inline'; img-src 'none'"));
    assert!(!source.contains("http://") && !source.contains("https://") && !source.contains("url("));
    assert!(all(&html, "[src], [style], form, link").is_empty());
    let ids: Vec<_> = all(&html, "[id]").iter().filter_map(|one| one.value().attr("id")).collect();
    for link in all(&html, "a") {
        assert!(ids.contains(&link.value().attr("href").unwrap().trim_start_matches('#')));
    }
    for table in all(&html, "table") {
        let caption = table.select(&Selector::parse("caption").unwrap()).next();
        assert!(caption.is_some_and(|caption| !text(caption).is_empty()));
    }
    assert!(all(&html, "th:not([scope])").is_empty());
}

#[test]
fn an_empty_section_says_so() {
    for (language, words) in [("en", "Nothing is kept here."), ("de", "Hier ist nichts gespeichert.")] {
        let html = page(language, &bare());
        // Addresses, numbers, profile; ways in, devices, trusted browsers, applications, accounts elsewhere, log.
        let empty: Vec<_> = all(&html, ".empty").into_iter().map(text).collect();
        assert_eq!(empty, [words; 9], "{language}");
        for section in all(&html, "section") {
            assert!(section.text().collect::<String>().trim().lines().count() > 1);
        }
        assert!(all(&html, ".note").is_empty());
    }
}

#[test]
fn a_long_history_is_shown_whole_also_where_the_realm_has_templates_of_its_own() {
    let mut theme = vestibule_realms::theme::Theme::default();
    theme.templates.insert("home.html".to_owned(), "{% extends \"card.html\" %}".to_owned());
    let mut realm = realm_in("en");
    realm.look = vestibule_usecases::Look::new(theme);
    let mut data = full("Ada");
    data.activity =
        (0..10_000).map(|n| event("user.sign_in_failed", Actor::Anonymous, json!({}), n)).collect();
    assert_eq!(rendered(&realm, None, &data).matches("A sign-in failed.").count(), 10_000);
}
