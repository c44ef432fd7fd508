//! Every page: well formed, accessible in its bones, true to the state table, light, and safe from what it shows.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

mod fixtures;

use std::collections::BTreeSet;

use scraper::{ElementRef, Html, Selector};
use serde_json::json;
use vestibule_authn::StateName;
use vestibule_templates::{
    Message, Pages,
    assets::gzip,
    pages::realm_stylesheet,
    views::{ConfirmLinkPage, Form, FormPostPage, PasskeyPage, Provider, Ways},
};
use vestibule_usecases::language::SPOKEN;

fn pages() -> Vec<(&'static str, String)> {
    fixtures::all(&Pages::new(&fixtures::public_url()), &fixtures::realm())
}

fn page(name: &str) -> Html {
    let found = pages().into_iter().find(|(page, _)| *page == name);
    Html::parse_document(&found.unwrap_or_else(|| panic!("no page {name}")).1)
}

fn all<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_page_has_one_heading_a_title_that_names_it_a_language_and_a_skip_link() {
    for (name, source) in pages() {
        let html = Html::parse_document(&source);
        assert!(html.errors.is_empty(), "{name}: {:?}", html.errors);
        let heading = all(&html, "h1");
        assert_eq!(heading.len(), 1, "{name}");
        let title = text(all(&html, "title")[0]);
        let wrong = !all(&html, "#error-summary").is_empty();
        let task = title.strip_prefix("Error: ").unwrap_or(&title).to_owned();
        assert_eq!(title.starts_with("Error: "), wrong, "{name}: {title}");
        let (task, site) = task.rsplit_once(" – ").unwrap();
        assert!(!task.is_empty() && !site.is_empty(), "{name}: {title}");
        let root = all(&html, "html")[0].value();
        assert_eq!((root.attr("lang"), root.attr("dir")), (Some("en"), Some("ltr")), "{name}");
        assert_eq!(all(&html, "a.skip[href='#main']").len(), 1, "{name}");
        assert_eq!(all(&html, "main#main").len(), 1, "{name}");
        assert!(all(&html, "[style], [onclick], [onload], style, base, iframe").is_empty(), "{name}");
        assert!(all(&html, "script:not([nonce])").is_empty(), "{name}");
    }
}

#[test]
fn every_page_can_be_made_in_every_language() {
    let pages = Pages::new(&fixtures::public_url());
    for language in SPOKEN {
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        for (name, source) in fixtures::all(&pages, &fixtures::realm_in(language)) {
            let html = Html::parse_document(&source);
            let root = all(&html, "html")[0].value();
            let (written, chooser) = (root.attr("lang").unwrap(), all(&html, ".languages button"));
            if chooser.is_empty() {
                assert_eq!(written, "en", "{name}: what cannot be changed is for developers");
                continue;
            }
            assert_eq!((written, root.attr("dir")), (language, Some(direction)), "{name}");
            let names: Vec<_> = chooser.iter().map(|button| text(*button)).collect();
            assert_eq!(names.len(), SPOKEN.len(), "{name}");
            for own in ["English", "Deutsch", "Français", "Español", "العربية"] {
                assert!(names.contains(&own.to_owned()), "{name}: {names:?}");
            }
            let current = all(&html, ".languages [aria-current]");
            assert_eq!(current[0].value().attr("lang"), Some(language), "{name}");
        }
    }
}

#[test]
fn ids_are_unique_and_every_reference_has_its_target() {
    for (name, source) in pages() {
        let html = Html::parse_document(&source);
        let ids: Vec<_> = all(&html, "[id]").iter().filter_map(|one| one.value().attr("id")).collect();
        let unique: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: {ids:?}");
        for (attribute, selector) in [
            ("for", "label[for]"),
            ("aria-describedby", "[aria-describedby]"),
            ("aria-controls", "[aria-controls]"),
            ("form", "[form]"),
        ] {
            for element in all(&html, selector) {
                for target in element.value().attr(attribute).unwrap().split(' ') {
                    assert!(unique.contains(target), "{name}: {attribute}={target}");
                }
            }
        }
        for link in all(&html, "#error-summary a") {
            let target = link.value().attr("href").and_then(|href| href.strip_prefix('#')).unwrap();
            assert!(unique.contains(target), "{name}: the summary links to {target}");
        }
        for input in all(&html, "input:not([type=hidden]):not([aria-hidden]), select, textarea") {
            let id = input.value().attr("id").unwrap_or_else(|| panic!("{name}: an input without id"));
            assert_eq!(all(&html, &format!("label[for='{id}']")).len(), 1, "{name}: {id} has no label");
        }
    }
}

/// Names that people's scripts and password managers rely on; a change here breaks them.
#[test]
fn the_ids_of_the_public_contract_stay() {
    for (name, ids) in [
        ("identify", vec!["username", "submit"]),
        ("password", vec!["username", "password", "submit"]),
        ("choose-account", vec!["submit", "use-another"]),
        ("consent", vec!["consent-accept", "consent-deny", "scopes"]),
        ("slowed", vec!["submit"]),
        ("confirm-logout", vec!["logout-confirm", "logout-cancel"]),
        ("continue", vec!["continue"]),
        ("form-post", vec!["continue"]),
        ("failed", vec!["continue"]),
        ("setup", vec!["username", "name", "password", "submit"]),
        ("error", vec!["error-code", "error-reference"]),
    ] {
        let html = page(name);
        for id in ids {
            assert_eq!(all(&html, &format!("#{id}")).len(), 1, "{name} lacks #{id}");
        }
    }
}

#[test]
fn the_profile_can_be_left_only_where_nothing_is_needed() {
    for (name, wanted) in [
        ("complete-profile", &["save_profile", "skip", "restart"][..]),
        ("complete-profile-needed", &["save_profile", "restart"]),
    ] {
        let html = page(name);
        let buttons = all(&html, "button[name=action]");
        let actions: Vec<_> = buttons.iter().filter_map(|button| button.value().attr("value")).collect();
        assert_eq!(actions, wanted, "{name}");
        let table = StateName::CompleteProfile.actions();
        assert!(actions.iter().all(|action| table.iter().any(|entry| entry.name.as_str() == *action)));
        assert!(all(&html, "[name^='profile.']").len() == 3, "{name}");
    }
}

#[test]
fn the_fields_of_each_page_are_those_of_the_state_table() {
    for (state, name) in [
        (StateName::Identify, "identify"),
        (StateName::Password, "password"),
        (StateName::ChooseAccount, "choose-account"),
        (StateName::Consent, "consent"),
        (StateName::Slowed, "slowed"),
        (StateName::ConfirmLogout, "confirm-logout"),
    ] {
        let html = page(name);
        let actions: BTreeSet<_> = all(&html, "button[name=action]")
            .iter()
            .filter_map(|button| button.value().attr("value").map(str::to_owned))
            .collect();
        let table: BTreeSet<_> =
            state.actions().iter().map(|action| action.name.as_str().to_owned()).collect();
        // A page offers what the realm has switched on: never more than the table, and always its first action.
        assert!(actions.is_subset(&table), "{name}: {actions:?}");
        let first = state.actions().first().map(|action| action.name.as_str().to_owned());
        assert!(first.is_some_and(|first| actions.contains(&first)), "{name}: {actions:?}");
        let inputs = all(&html, "main form input:not([readonly])");
        let sent: BTreeSet<_> = inputs
            .iter()
            .filter_map(|input| input.value().attr("name"))
            .filter(|name| !matches!(*name, "csrf" | "step"))
            .collect();
        let shown = state.actions().iter().filter(|action| actions.contains(action.name.as_str()));
        let fields: Vec<_> = shown.flat_map(|action| action.fields).collect();
        assert_eq!(sent, fields.iter().map(|field| field.name).collect(), "{name}");
        for field in fields.iter().filter(|field| field.name != "scopes") {
            let input = inputs.iter().find(|input| input.value().attr("name") == Some(field.name)).unwrap();
            let attribute = |name: &str| input.value().attr(name);
            assert_eq!(attribute("autocomplete"), Some(field.autocomplete), "{name}.{}", field.name);
            assert_eq!(attribute("maxlength"), Some(field.max_bytes.to_string().as_str()), "{name}");
            assert_eq!(attribute("required").is_some(), field.required, "{name}.{}", field.name);
        }
        for form in all(&html, "main form") {
            assert_eq!(form.value().attr("method"), Some("post"), "{name}");
            for hidden in ["csrf", "step"] {
                let found = form.select(&Selector::parse(&format!("input[name={hidden}]")).unwrap()).count();
                assert_eq!(found, 1, "{name}: {hidden}");
            }
        }
    }
}

#[test]
fn the_identifier_page_holds_a_hidden_password_for_managers() {
    let html = page("identify");
    let hidden = all(&html, "input[name=password]")[0].value();
    assert_eq!(hidden.attr("type"), Some("password"));
    assert_eq!(hidden.attr("aria-hidden"), Some("true"));
    assert_eq!(hidden.attr("tabindex"), Some("-1"));
    let name = all(&html, "#username")[0].value();
    assert_eq!(name.attr("inputmode"), Some("email"));
    assert_eq!(name.attr("autocapitalize"), Some("none"));
    assert_eq!(name.attr("spellcheck"), Some("false"));
    assert!(name.attr("autofocus").is_some());
}

#[test]
fn a_password_is_never_in_a_page() {
    for (name, source) in pages() {
        for input in all(&Html::parse_document(&source), "input[type=password]") {
            assert_eq!(input.value().attr("value"), None, "{name}");
        }
    }
}

#[test]
fn values_cannot_break_out_of_markup() {
    let (pages, realm) = (Pages::new(&fixtures::public_url()), fixtures::realm());
    let hostile = "\"></pre></script><script>alert(1)</script>";
    let post = FormPostPage {
        app: Some(hostile.to_owned()),
        action: "https://shop.acme.test/cb".to_owned(),
        fields: vec![("state".to_owned(), hostile.to_owned())],
    };
    let passkey = PasskeyPage {
        form: Form { action: "/flow".to_owned(), csrf: "vcf_x".to_owned(), step: 1 },
        app: None,
        username: Some(hostile.to_owned()),
        options: json!({"challenge": hostile}),
        remember_days: None,
        ways: Ways {
            providers: vec![Provider { key: "p".to_owned(), name: hostile.to_owned(), last_used: false }],
            ..Ways::default()
        },
        reason: None,
        errors: vec![],
    };
    let link = ConfirmLinkPage {
        form: Form { action: "/flow".to_owned(), csrf: "vcf_x".to_owned(), step: 1 },
        app: None,
        token: hostile.to_owned(),
        account: hostile.to_owned(),
        title: Message::new("confirm-link-title"),
        submit: Message::new("confirm-link-submit"),
    };
    for source in [
        fixtures::render(&pages, &realm, &post),
        fixtures::render(&pages, &realm, &passkey),
        fixtures::render(&pages, &realm, &link),
    ] {
        assert!(!source.contains("<script>alert"), "{source}");
    }
    let html = Html::parse_document(&fixtures::render(&pages, &realm, &post));
    let state = all(&html, "input[name=state]")[0].value().attr("value").map(str::to_owned);
    assert_eq!(state.as_deref(), Some(hostile));
}

#[test]
fn the_continue_page_goes_on_by_itself_and_by_a_link() {
    let html = page("continue");
    let refresh = all(&html, "meta[http-equiv=refresh]")[0].value().attr("content").unwrap().to_owned();
    let link = all(&html, "a#continue")[0].value().attr("href").unwrap().to_owned();
    assert_eq!(refresh, format!("0;url={link}"));
}

#[test]
fn the_sign_in_page_weighs_less_than_its_budget() {
    let (pages_of, realm) = (Pages::new(&fixtures::public_url()), fixtures::realm());
    let packed = |body: &[u8]| gzip(body).map_or(body.len(), |packed| packed.len());
    let asset = |name: &str| {
        let url = pages_of.assets().url(name).unwrap();
        packed(&pages_of.assets().get(url.rsplit('/').next().unwrap()).unwrap().body)
    };
    let (_, html) = pages().into_iter().find(|(name, _)| *name == "identify").unwrap();
    let html = packed(html.as_bytes());
    let css = asset("vestibule.css") + packed(realm_stylesheet(&realm).1.as_bytes());
    let (script, icon) = (asset("form.js"), asset("mark.svg"));
    assert!(html <= 6_000, "HTML {html}");
    assert!(css <= 7_000, "CSS {css}");
    assert!(script <= 4_000, "script {script}");
    assert!(html + css + script + icon < 30_000);
}
