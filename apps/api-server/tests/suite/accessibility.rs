//! Every page that a person can come to, held to the rules of WCAG 2.2 AA by axe-core: light and dark, wide and narrow,
//! and the ones of the way in in Arabic, from right to left.

use serde_json::json;
use vestibule_testkit::{
    AuthenticatorApp, Browser, RealmDoc, Settings, TestServer, browser::Scripts, realm::PASSWORD,
};

use crate::{
    account::at,
    browser::{code_from, enter, pictures},
    scene::{self, REALM},
};

/// A realm with every way in, five languages, and second factors for all.
async fn server(policy: &str) -> TestServer {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM).settings(json!({
        "login": {"email_code": true, "magic_link": true, "passkey": true, "recovery": true},
        "sign_up": {"mode": "open", "fields": ["name"], "accept_terms": true},
        "branding": {"terms_uri": "/terms", "policy_uri": "/privacy"},
        "locales": {"default": "en", "supported": ["en", "de", "fr", "es", "ar"]},
        "mfa": {"policy": policy, "security_key": true},
    })));
    settings.start().await
}

async fn start(browser: &Browser, server: &TestServer, language: &str) {
    browser.clear_cookies().await;
    browser.goto(&scene::request(server).with("ui_locales", language).url()).await;
    browser.find("input[name=username]").await;
}

/// Clicks, waits for the next page's element, looks.
async fn on(browser: &Browser, click: &str, wanted: &str, name: &str) {
    browser.click(click).await;
    browser.find(wanted).await;
    pictures(browser, name).await;
}

async fn ways_in(language: &str) {
    let server = server("optional").await;
    let browser = Browser::start(Scripts::On).await;
    let name = |page: &str| format!("{page}-{language}");
    start(&browser, &server, language).await;
    let direction = browser.find("html").await.attr("dir").await.unwrap();
    assert_eq!(direction.as_deref(), Some(if language == "ar" { "rtl" } else { "ltr" }));
    pictures(&browser, &name("identify-all-ways")).await;
    on(&browser, "#sign-up", "input[name=email]", &name("sign-up")).await;
    browser.fill("input[name=email]", "not an address").await;
    browser
        .driver
        .execute("document.querySelectorAll('form').forEach(form => form.noValidate = true)", vec![])
        .await
        .unwrap();
    on(&browser, "#submit", "#error-summary", &name("sign-up-refused")).await;

    start(&browser, &server, language).await;
    browser.fill("input[name=username]", "ada@example.test").await;
    on(&browser, "#submit", "input[name=password]:not([tabindex='-1'])", &name("password-all-ways")).await;
    on(&browser, "#recover", "#submit", &name("recover")).await;
    on(&browser, "#submit", "#code", &name("recover-code")).await;
    browser.fill("#code", "000000").await;
    on(&browser, "#submit", "#error-summary", &name("recover-code-wrong")).await;

    start(&browser, &server, language).await;
    browser.fill("input[name=username]", "ada@example.test").await;
    browser.click("#submit").await;
    on(&browser, "#method-email_code", "#code", &name("email-code")).await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ways_in_are_accessible() {
    ways_in("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ways_in_are_accessible_from_right_to_left() {
    ways_in("ar").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_enrolment_on_the_way_in_is_accessible() {
    let server = server("required").await;
    let browser = Browser::start(Scripts::On).await;
    start(&browser, &server, "en").await;
    enter(&browser, "ada", PASSWORD).await;
    browser.find("#method-totp").await;
    pictures(&browser, "choose-enrolment").await;
    on(&browser, "#method-totp", "svg.qr", "enrol-totp").await;
    browser.fill("#code", "000000").await;
    on(&browser, "#submit", "#error-summary", "enrol-totp-wrong").await;
    let key = browser.find("#manual-key").await.prop("textContent").await.unwrap().unwrap();
    let mut app = AuthenticatorApp::with_key(&key);
    browser.fill("#code", &app.code()).await;
    on(&browser, "#submit", "#saved", "recovery-codes").await;
    for language in ["en", "ar"] {
        start(&browser, &server, language).await;
        enter(&browser, "ada", PASSWORD).await;
        browser.find("#remember_device").await;
        pictures(&browser, &format!("totp-{language}")).await;
    }
    browser.click("#remember_device").await;
    browser.fill("#code", &app.code()).await;
    browser.click("#submit").await;
    code_from(&browser).await;
    browser.goto(&at(&server, "/sessions")).await;
    browser.find("#trusted").await;
    pictures(&browser, "sessions-trusted").await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_is_accessible() {
    let server = server("optional").await;
    let browser = Browser::start(Scripts::On).await;
    browser.goto(&at(&server, "")).await;
    enter(&browser, "ada", PASSWORD).await;
    if browser.has("#skip").await {
        browser.click("#skip").await;
    }
    browser.wait_for_url("the account", |url| url.path().ends_with("/account")).await;
    for language in ["en", "ar"] {
        browser.goto(&at(&server, "/profile")).await;
        for page in [
            "",
            "/profile",
            "/emails",
            "/security",
            "/password",
            "/passkeys",
            "/authenticators",
            "/security-keys",
            "/recovery-codes",
            "/linked",
            "/sessions",
            "/apps",
            "/activity",
            "/privacy",
        ] {
            browser.goto(&at(&server, page)).await;
            browser.find("main").await;
            pictures(&browser, &format!("account{}-{language}", page.replace('/', "-"))).await;
        }
        if language == "en" {
            browser.click(".languages summary, details summary").await;
            browser.click("#language-ar").await;
            browser.find("html[lang=ar]").await;
        }
    }
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_installation_are_accessible() {
    let server = scene::standard().await;
    let browser = Browser::start(Scripts::On).await;
    for (path, name) in [
        ("/docs/api", "reference"),
        ("/docs/errors/VST-003", "problem"),
        ("/docs/errors", "problems"),
        ("/setup/vsu_none", "setup-over"),
    ] {
        browser.goto(&server.url(path)).await;
        browser.find("h1").await;
        pictures(&browser, name).await;
    }
    browser.quit().await;
}
