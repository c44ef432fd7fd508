//! Chromium walks the pages, with scripts on and off; pictures of each go to `target/screenshots`.

use vestibule_testkit::{
    AuthorizeRequest, Browser, TestServer, Visitor,
    browser::{Scheme, Scripts},
    realm::{APP, APP_SIGNED_OUT, PASSWORD},
};

use crate::scene::{self, REALM, text};

/// Pictures of the page as it is: light and dark, wide and narrow, each held to the rules of accessibility.
pub(crate) async fn pictures(browser: &Browser, name: &str) {
    for (scheme, word) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
        browser.scheme(scheme).await;
        for (width, height, size) in [(1280, 900, "wide"), (360, 740, "narrow")] {
            browser.size(width, height).await;
            browser.screenshot(&format!("{name}-{word}-{size}")).await;
            let found = browser.audit().await;
            assert!(found.is_empty(), "{name}, {word}, {size}:\n{found}");
        }
    }
    browser.scheme(Scheme::Light).await;
    browser.size(1280, 900).await;
}

/// Identifier, then password if the page asks for it on its own.
pub(crate) async fn enter(browser: &Browser, name: &str, password: &str) {
    browser.fill("input[name=username]:not([readonly]):not([type=hidden])", name).await;
    browser.click("#submit").await;
    browser.find("input[name=password]:not([tabindex='-1'])").await;
    browser.fill("input[name=password]:not([tabindex='-1'])", password).await;
    browser.click("#submit").await;
}

pub(crate) async fn code_from(browser: &Browser) -> String {
    let url = browser.wait_for_url("back at the application", |url| url.as_str().starts_with(APP)).await;
    let code = url.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned());
    code.unwrap_or_else(|| panic!("no code in {url}"))
}

async fn walk(scripts: Scripts) {
    let word = if scripts == Scripts::On { "scripts" } else { "no-scripts" };
    let server = scene::standard().await;
    let browser = Browser::start(scripts).await;

    let request = AuthorizeRequest::new(&server.issuer(REALM), "partner", APP).with("scope", "openid email");
    browser.goto(&request.url()).await;
    browser.find("input[name=username]").await;
    pictures(&browser, &format!("identify-{word}")).await;

    browser.fill("input[name=username]", "ada@example.test").await;
    browser.click("#submit").await;
    browser.find("input[name=password]:not([tabindex='-1'])").await;
    pictures(&browser, &format!("password-{word}")).await;
    browser.fill("input[name=password]:not([tabindex='-1'])", "not the password").await;
    browser.click("#submit").await;
    browser.find("[role=alert], #error-summary").await;
    pictures(&browser, &format!("wrong-password-{word}")).await;
    browser.fill("input[name=password]:not([tabindex='-1'])", PASSWORD).await;
    browser.click("#submit").await;

    browser.find("#consent-accept").await;
    pictures(&browser, &format!("consent-{word}")).await;
    browser.click("#consent-accept").await;
    let code = code_from(&browser).await;
    let fields = request.exchange_fields(&code);
    let fields: Vec<_> = fields.into_iter().filter(|(name, _)| name != "client_id").collect();
    let answer = scene::visitor_as("partner").post(&scene::endpoint(&server, "token"), &fields).await;
    let tokens = answer.expect(200).json();
    log_out(&browser, &server, &text(&tokens, "id_token"), word).await;
    browser.quit().await;
}

async fn log_out(browser: &Browser, server: &TestServer, id_token: &str, word: &str) {
    let mut logout = scene::endpoint(server, "logout");
    logout
        .query_pairs_mut()
        .append_pair("id_token_hint", id_token)
        .append_pair("post_logout_redirect_uri", APP_SIGNED_OUT);
    browser.goto(&logout).await;
    if browser.has("#logout-confirm").await {
        pictures(browser, &format!("logout-{word}")).await;
        browser.click("#logout-confirm").await;
    }
    browser.wait_for_url("signed out", |url| url.as_str().starts_with(APP_SIGNED_OUT)).await;
    browser.goto(&scene::request(server).url()).await;
    browser.find("input[name=username]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_agrees_and_signs_out_with_scripts() {
    walk(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_agrees_and_signs_out_without_scripts() {
    walk(Scripts::Off).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_an_application_are_a_page_with_a_reference() {
    let server = scene::standard().await;
    let browser = Browser::start(Scripts::On).await;
    let request = AuthorizeRequest::new(&server.issuer(REALM), "spa", "https://evil.example/");
    browser.goto(&request.url()).await;
    let reference = browser.find("#error-reference").await.text().await.unwrap();
    assert!(!reference.trim().is_empty());
    pictures(&browser, "error").await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_fit_a_narrow_screen() {
    let server = scene::standard().await;
    let browser = Browser::start(Scripts::On).await;
    browser.size(320, 640).await;
    browser.goto(&scene::request(&server).url()).await;
    browser.find("input[name=username]").await;
    let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    let overflow = browser.driver.execute(script, vec![]).await.unwrap();
    assert_eq!(overflow.json().as_i64(), Some(0), "the page scrolls sideways at 320 px");
    enter(&browser, "ada", PASSWORD).await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test]
async fn login_pages_send_the_headers_that_protect_them() {
    let server = scene::standard().await;
    let answer = Visitor::new().visit(&scene::request(&server).url()).await.expect(200);
    let policy = answer.header("content-security-policy").expect("a content security policy").to_owned();
    for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
        assert!(policy.contains(part), "{part} is missing in {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{policy}");
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
}
