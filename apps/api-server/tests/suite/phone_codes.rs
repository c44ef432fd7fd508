//! Codes by text message end to end: the text in the developer inbox, the pages on which it is asked for and typed, a
//! number that is added on the way in.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use vestibule_testkit::{
    Browser, RealmDoc, Settings, TestServer, Visitor, browser::Scripts, realm::PASSWORD, wait,
};

use crate::{
    account::{at, call, signed_in},
    browser::{code_from, enter, pictures},
    scene::{self, REALM},
};

const NUMBER: &str = "+491711234567";
const SOON: Duration = Duration::from_secs(20);

/// A realm with a developer inbox in which codes by text message sign in, or are the second factor that is needed.
async fn server(phone_code: bool, second: bool) -> TestServer {
    let settings = Settings::sqlite().with("DEV__ENABLED", "true");
    settings.import(&document(phone_code, second));
    settings.start().await
}

fn document(phone_code: bool, second: bool) -> RealmDoc {
    RealmDoc::standard(REALM)
        .user_with(
            "carol",
            json!({
                "password": PASSWORD, "phones": [{"phone": NUMBER, "verified": true, "primary": true}],
            }),
        )
        .settings(json!({
            "login": {"phone_identifier": true, "phone_code": phone_code, "email_code": phone_code},
            "mfa": {"phone_code": second, "policy": if second { "required" } else { "optional" }},
            "sms": {"countries": ["DE"], "region": "DE"},
            "locales": {"default": "en", "supported": ["en", "de", "fr", "es", "ar"]},
        }))
}

/// The newest text to a number in the inbox, once it came: what the inbox shows, and the code.
async fn texted(server: &TestServer, number: &str) -> (String, String) {
    let url = server.url(&format!("/dev/mail/{REALM}/sms"));
    let shown = wait::until(SOON, "a text message", || {
        let url = url.clone();
        async move {
            let body = Visitor::new().get(&url).await.expect(200).body;
            body.contains(number).then_some(body)
        }
    })
    .await;
    let about = shown.split(number).nth(1).unwrap();
    let code = about.split("@localhost #").nth(1).unwrap().chars().take(6).collect();
    (shown, code)
}

async fn start(browser: &Browser, server: &TestServer, language: &str) {
    browser.clear_cookies().await;
    browser.goto(&scene::request(server).with("ui_locales", language).url()).await;
    browser.find("input[name=username]").await;
}

async fn by_text(language: &str) {
    let server = server(true, false).await;
    let browser = Browser::start(Scripts::On).await;
    let name = |page: &str| format!("{page}-{language}");
    start(&browser, &server, language).await;
    browser.fill("input[name=username]", "0171 1234567").await;
    browser.click("#submit").await;
    browser.find("#method-phone_code").await;
    pictures(&browser, &name("password-or-text")).await;
    browser.click("#method-phone_code").await;
    browser.find("#code").await;
    pictures(&browser, &name("phone-code")).await;
    assert!(browser.has("#method-email_code").await, "another way is on the same page");
    let (shown, code) = texted(&server, NUMBER).await;
    assert!(shown.contains(&format!("@localhost #{code}")), "{shown}");
    browser.fill("#code", &code).await;
    browser.click("#submit").await;
    code_from(&browser).await;

    // A country that gets no codes: said of the number, whoever has it.
    start(&browser, &server, language).await;
    browser.fill("input[name=username]", "+33 6 12 34 56 78").await;
    browser.click("#submit").await;
    browser.click("#method-phone_code").await;
    browser.find("#error-summary").await;
    pictures(&browser, &name("phone-code-country")).await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_a_texted_code() {
    by_text("en").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_by_a_texted_code_from_right_to_left() {
    by_text("ar").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_added_on_the_way_in() {
    let server = server(false, true).await;
    let browser = Browser::start(Scripts::Off).await;
    for language in ["ar", "en"] {
        start(&browser, &server, language).await;
        enter(&browser, "ada", PASSWORD).await;
        browser.find("input[name=phone]").await;
        pictures(&browser, &format!("choose-enrolment-phone-{language}")).await;
    }
    browser.fill("input[name=phone]", "+33 6 12 34 56 78").await;
    browser.click("#method-phone_code").await;
    browser.find("#error-summary").await;
    pictures(&browser, "enrol-phone-country").await;
    browser.fill("input[name=phone]", "0171 7654321").await;
    browser.click("#method-phone_code").await;
    browser.find("#code").await;
    pictures(&browser, "enrol-phone").await;
    let (_, code) = texted(&server, "+491717654321").await;
    browser.fill("#code", &code).await;
    browser.click("#submit").await;
    browser.find("#codes").await;
    browser.quit().await;
}

/// A number goes through page and JSON, on both databases; what waits for one person is unknown to another.
#[tokio::test]
async fn a_number_is_added_to_the_account_by_page_and_by_json() {
    for settings in scene::both(&document(true, false)).await {
        let server = settings.with("DEV__ENABLED", "true").start().await;
        let (mut ada, mut bob) = (signed_in(&server, "ada").await, signed_in(&server, "bob").await);
        let page = ada.get(&at(&server, "/phones")).await.expect(200).page();
        let form = page.form_with("phone");
        let refused =
            ada.submit(&form.clone().set("phone", "+33612345678").press("submit")).await.expect(422);
        assert!(refused.page().has("#phone-error"), "{}", refused.body);
        let asked = ada.submit(&form.set("phone", "0171 7654321").press("submit")).await.expect(200);
        assert!(asked.page().has("#code"), "{}", asked.body);
        assert_eq!(bob.get(&asked.url).await.status, 404);
        let (_, code) = texted(&server, "+491717654321").await;
        let done = ada.submit(&asked.page().form_with("code").set("code", &code).press("submit")).await;
        assert!(done.expect(200).page().has("#done"));
        let list = call(&server, &ada, (Method::GET, "/v1/phones"), None).await.expect(200).json();
        let own = json!([{"phone": "+491717654321", "verified": true, "primary": true}]);
        assert_eq!(list["items"], own);
        let none = call(&server, &bob, (Method::GET, "/v1/phones"), None).await.expect(200).json();
        assert_eq!(none["items"], json!([]));

        // Somebody else's number: the same answer, and no code is right.
        let body = json!({"phone": "0171 7654321"});
        let waits = call(&server, &bob, (Method::POST, "/v1/phones"), Some(body)).await.expect(200).json();
        let guess = json!({"challenge": waits["challenge"], "code": code});
        call(&server, &bob, (Method::POST, "/v1/phones:confirm"), Some(guess.clone())).await.expect(422);
        call(&server, &ada, (Method::POST, "/v1/phones:confirm"), Some(guess)).await.expect(404);

        let body = json!({"phone": "0160 1234567"});
        let waits = call(&server, &ada, (Method::POST, "/v1/phones"), Some(body)).await.expect(200).json();
        let (_, code) = texted(&server, "+491601234567").await;
        let answer = json!({"challenge": waits["challenge"], "code": code});
        call(&server, &ada, (Method::POST, "/v1/phones:confirm"), Some(answer)).await.expect(204);
        let other = json!({"phone": "+491601234567"});
        call(&server, &bob, (Method::POST, "/v1/phones:make-primary"), Some(other.clone())).await.expect(404);
        call(&server, &bob, (Method::POST, "/v1/phones:remove"), Some(other.clone())).await.expect(404);
        call(&server, &ada, (Method::POST, "/v1/phones:make-primary"), Some(other.clone())).await.expect(204);
        call(&server, &ada, (Method::POST, "/v1/phones:remove"), Some(other)).await.expect(422);
        let first = json!({"phone": "+491717654321"});
        call(&server, &ada, (Method::POST, "/v1/phones:remove"), Some(first)).await.expect(204);
        let list = call(&server, &ada, (Method::GET, "/v1/phones"), None).await.expect(200).json();
        assert_eq!(list["items"][0]["phone"], "+491601234567");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_an_account_are_accessible() {
    let server = server(true, true).await;
    let browser = Browser::start(Scripts::Off).await;
    browser.goto(&at(&server, "")).await;
    enter(&browser, "carol", PASSWORD).await;
    browser.find("#code").await;
    let (_, code) = texted(&server, NUMBER).await;
    browser.fill("#code", &code).await;
    browser.click("#submit").await;
    browser.wait_for_url("the account", |url| url.path().ends_with("/account")).await;
    for language in ["en", "ar"] {
        browser.goto(&at(&server, "/phones")).await;
        browser.find("input[name=phone]").await;
        pictures(&browser, &format!("account-phones-{language}")).await;
        browser.fill("input[name=phone]:not([type=hidden])", "0160 1234567").await;
        browser.click("#submit").await;
        browser.find("#code").await;
        pictures(&browser, &format!("account-phones-code-{language}")).await;
        if language == "en" {
            browser.click(".languages summary, details summary").await;
            browser.click("#language-ar").await;
            browser.find("html[lang=ar]").await;
        }
    }
    browser.quit().await;
}

#[tokio::test]
async fn an_account_is_made_by_a_phone_number_and_a_known_one_is_told() {
    let settings = Settings::sqlite().with("DEV__ENABLED", "true");
    settings.import(&document(true, false).settings(json!({
        "login": {"phone_identifier": true, "phone_code": true, "email_code": true},
        "sms": {"countries": ["DE"], "region": "DE"},
        "sign_up": {"mode": "open", "contact": "either", "password": "none", "fields": []},
    })));
    let server = settings.start().await;
    let mut grace = Visitor::new();
    let form = grace.visit(&server.url(&format!("/realms/{REALM}/sign-up"))).await.expect(200).page();
    let both = form.form_with("phone").set("email", "grace@new.test").set("phone", "0160 7654321");
    let refused = grace.submit(&both.press("submit")).await.expect(422).page();
    assert!(refused.has("#email-error"), "{}", refused.html);
    let one = refused.form_with("phone").set("email", "").set("phone", "0160 7654321").press("submit");
    let asked = grace.submit(&one).await.expect(200).page();
    let (_, code) = texted(&server, "+491607654321").await;
    let typed = asked.form_with("code").set("code", &code).press("submit");
    grace.submit(&typed).await.expect(200);
    let phones = call(&server, &grace, (Method::GET, "/v1/phones"), None).await.expect(200).json();
    assert_eq!(phones["items"][0]["phone"], "+491607654321", "{phones}");
    assert_eq!(phones["items"][0]["verified"], true);
    // Carol has her number already.
    let mut again = Visitor::new();
    let form = again.visit(&server.url(&format!("/realms/{REALM}/sign-up"))).await.expect(200).page();
    let known = again.submit(&form.form_with("phone").set("phone", NUMBER).press("submit")).await;
    assert!(known.expect(200).page().has("#code"));
    let url = server.url(&format!("/dev/mail/{REALM}/sms"));
    wait::until(SOON, "a text message to Carol", || {
        let url = url.clone();
        async move {
            let body = Visitor::new().get(&url).await.expect(200).body;
            body.contains("already have an account").then_some(())
        }
    })
    .await;
}
