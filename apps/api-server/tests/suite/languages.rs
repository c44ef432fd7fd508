//! The language of pages: what decides it, how a person changes it, and that neither leads out of the realm nor tells
//! who has an account.

use serde_json::json;
use url::Url;
use vestibule_testkit::{
    Answer, Browser, RealmDoc, Settings, TestServer, Visitor, browser::Scripts, realm::PASSWORD,
};

use crate::scene::{self, REALM};

/// A realm that offers every language, and one that there are no texts in.
async fn server() -> TestServer {
    let locales = json!({"default": "en", "supported": ["en", "de", "fr", "es", "ar", "pt"]});
    let document = RealmDoc::standard(REALM)
        .settings(json!({"locales": locales}))
        .user_with("grace", json!({"password": PASSWORD, "locale": "es"}));
    let settings = Settings::sqlite();
    settings.import(&document);
    settings.start().await
}

fn speaking(languages: &str) -> Visitor {
    Visitor::new().with_header("Accept-Language", languages)
}

/// Language and direction of a page.
fn language(answer: &Answer) -> (String, String) {
    let page = answer.page();
    let attribute = |name: &str| page.attribute("html", name).unwrap_or_else(|| panic!("{}", answer.body));
    (attribute("lang"), attribute("dir"))
}

fn heading(answer: &Answer) -> String {
    answer.page().text("h1").unwrap_or_else(|| panic!("{}", answer.body))
}

/// Presses a language on a page.
async fn choose(visitor: &mut Visitor, answer: &Answer, tag: &str) -> Answer {
    let forms = answer.page().forms();
    let form = forms.into_iter().find(|form| form.has_button(&format!("language-{tag}")));
    visitor.submit_only(&form.expect("a chooser").press(&format!("language-{tag}"))).await
}

#[tokio::test]
async fn a_page_has_the_language_of_the_browser_unless_the_application_wants_another() {
    let server = server().await;
    let plain = scene::request(&server).url();
    let wanting = scene::request(&server).with("ui_locales", "pt fr-CA de").url();

    let german = speaking("pt, de-AT;q=0.9, en;q=0.5").visit(&plain).await.expect(200);
    assert_eq!((language(&german).0.as_str(), heading(&german).as_str()), ("de", "Anmelden"));
    assert_eq!(heading(&Visitor::new().visit(&plain).await), "Sign in");
    let french = speaking("de").visit(&wanting).await.expect(200);
    assert_eq!((language(&french).0.as_str(), heading(&french).as_str()), ("fr", "Connexion"));

    let discovery = server.url(&format!("/realms/{REALM}/.well-known/openid-configuration"));
    let metadata = Visitor::new().get(&discovery).await.json();
    assert_eq!(metadata["ui_locales_supported"], json!(["en", "de", "fr", "es", "ar"]));
}

#[tokio::test]
async fn a_person_changes_the_language_of_a_flow_and_of_this_browser() {
    let server = server().await;
    let mut visitor = Visitor::new();
    let page = visitor.visit(&scene::request(&server).with("ui_locales", "fr").url()).await.expect(200);
    let back = choose(&mut visitor, &page, "ar").await.expect(303);
    assert_eq!(back.location().unwrap().path(), page.url.path(), "the same page comes again");
    let arabic = visitor.visit(&back.location().unwrap()).await.expect(200);
    assert_eq!(language(&arabic), ("ar".to_owned(), "rtl".to_owned()));
    assert_eq!(heading(&arabic), "تسجيل الدخول");

    // The flow still goes on, and what is wrong is told in its language.
    let wrong = arabic.page().form_with("username").set("username", "").press("submit");
    let refused = visitor.submit(&wrong).await.expect(422);
    assert_eq!(language(&refused).0, "ar");
    // Another page of this browser, without that flow.
    let home = visitor.visit(&server.url(&format!("/realms/{REALM}/"))).await.expect(200);
    assert_eq!(language(&home).0, "ar");
    // A form's page is come back to by its address.
    assert_eq!(choose(&mut visitor, &refused, "de").await.location().unwrap().path(), page.url.path());
}

#[tokio::test]
async fn the_choice_of_somebody_who_is_signed_in_follows_them() {
    let server = server().await;
    let home = server.url(&format!("/realms/{REALM}/"));
    let mut here = speaking("en");
    here.sign_in(&scene::request(&server), "ada", PASSWORD).await;
    let page = here.visit(&home).await.expect(200);
    choose(&mut here, &page, "de").await.expect(303);

    let mut elsewhere = speaking("fr");
    elsewhere.sign_in(&scene::request(&server), "ada", PASSWORD).await;
    let page = elsewhere.visit(&home).await.expect(200);
    assert_eq!((language(&page).0.as_str(), heading(&page).as_str()), ("de", "Sie sind angemeldet"));
}

#[tokio::test]
async fn the_language_of_an_account_shows_only_once_it_is_proven() {
    let server = server().await;
    let mut visitor = speaking("en");
    let page = visitor.visit(&scene::request(&server).url()).await.expect(200);
    let named = page.page().form_with("username").set("username", "grace").press("submit");
    let password = visitor.submit(&named).await.expect(200);
    assert_eq!(language(&password).0, "en", "whoever types a name learns nothing of its owner");

    let mut grace = speaking("en");
    grace.sign_in(&scene::request(&server), "grace", PASSWORD).await;
    let home = grace.visit(&server.url(&format!("/realms/{REALM}/"))).await.expect(200);
    assert_eq!(language(&home).0, "es");
    let account = grace.visit(&server.url(&format!("/realms/{REALM}/account"))).await.expect(200);
    assert_eq!((language(&account).0.as_str(), heading(&account).as_str()), ("es", "Su cuenta"));
}

#[tokio::test]
async fn the_chooser_leads_nowhere_else_and_serves_no_other_site() {
    let server = server().await;
    let address = server.url(&format!("/realms/{REALM}/language"));
    let issuer = server.issuer(REALM);
    for back in
        ["//evil.test/", "https://evil.test/", "/../other/", "/%2e%2E/x", "/\\evil.test", "\r\nX: y", ""]
    {
        let fields =
            [("language", "de"), ("back", back)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = Visitor::new().post(&address, &fields).await.expect(303);
        assert_eq!(answer.header("location"), Some(format!("{issuer}/").as_str()), "{back}");
    }
    let fields = [("language".to_owned(), "de".to_owned())];
    let mut stranger = Visitor::new().with_header("Origin", "https://evil.test");
    let refused = stranger.post(&address, &fields).await.expect(403);
    assert!(stranger.cookie_names().is_empty() && refused.body.contains("VST-053"));
    for unknown in ["pt", "xx", "", "de\r\nSet-Cookie: a=b"] {
        let fields = [("language".to_owned(), unknown.to_owned())];
        let refused = Visitor::new().post(&address, &fields).await.expect(400);
        assert!(refused.body.contains("VST-026") && refused.header("set-cookie").is_none());
    }
}

#[tokio::test]
async fn errors_are_told_in_the_language_of_the_page_and_in_english_to_programs() {
    let server = server().await;
    let gone = server.url(&format!("/realms/{REALM}/flow/flw_agnaaaaaaaaaaaaaaaaaaaaaaa"));
    let page = speaking("de").get(&gone).await;
    assert_eq!(
        (language(&page).0.as_str(), heading(&page).as_str()),
        ("de", "Diese Seite gibt es nicht mehr")
    );
    let nowhere = server.url("/realms/nowhere/");
    assert_eq!(heading(&speaking("fr").get(&nowhere).await), "Ce realm n’existe pas");
    let mistaken =
        vestibule_testkit::AuthorizeRequest::new(&server.issuer(REALM), "spa", "https://evil.test/");
    let page = speaking("es").get(&mistaken.url()).await.expect(400);
    assert_eq!(heading(&page), "La petición de la aplicación tiene un error");
    assert!(page.body.contains("La redirect_uri no es"), "what its makers need: {}", page.body);

    let document = server.url(&format!("/realms/{REALM}/admin/v1/users"));
    let problem = speaking("de").get(&document).await.expect(401).json();
    assert_eq!(problem["title"], "A valid access token is required");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_without_scripts_turns_to_arabic_and_fits() {
    let server = server().await;
    let browser = Browser::start(Scripts::Off).await;
    browser.size(320, 640).await;
    let start: Url = scene::request(&server).url();
    browser.goto(&start).await;
    browser.click(".languages summary").await;
    browser.click("#language-ar").await;
    browser.find("html[dir=rtl]").await;
    browser.screenshot("identify-ar-narrow").await;
    browser.fill("input[name=username]", "ada").await;
    browser.click("#submit").await;
    browser.find("input[name=password]:not([tabindex='-1'])").await;
    browser.screenshot("password-ar-narrow").await;
    assert!(browser.has("html[lang=ar]").await);
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_a_change_of_the_language_once_and_without_the_password() {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM).settings(json!({
        "locales": {"default": "en", "supported": ["en", "de"]},
        "sign_up": {"mode": "open", "fields": [], "accept_terms": true},
        "branding": {"terms_uri": "/terms"},
    })));
    let server = settings.start().await;
    let browser = Browser::start(Scripts::On).await;
    browser.goto(&server.url(&format!("/realms/{REALM}/sign-up"))).await;
    browser.fill("#email", "grace@new.test").await;
    browser.fill("#password", PASSWORD).await;
    // Once shown, it is a text like the others.
    browser.click("button.reveal").await;
    browser.click("#terms").await;
    browser.click(".languages summary").await;
    browser.click("#language-de").await;

    let value = async |css: &str| browser.find(css).await.prop("value").await.unwrap().unwrap_or_default();
    browser.find("html[lang=de] #terms:checked").await;
    assert_eq!((value("#email").await.as_str(), value("#password").await.as_str()), ("grace@new.test", ""));
    let left = "return JSON.stringify(Object.entries(sessionStorage))";
    let left = browser.driver.execute(left, vec![]).await.unwrap();
    assert_eq!(left.json().as_str(), Some("[]"));
    browser.goto(&browser.url().await).await;
    assert_eq!(value("#email").await, "");
    browser.quit().await;
}
