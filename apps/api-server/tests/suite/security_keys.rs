//! Security keys in a browser with a virtual key of the U2F kind: added in the account, asked for after the password, and
//! removed; over pages and over JSON.

use reqwest::Method;
use serde_json::json;
use vestibule_testkit::{
    Browser, RealmDoc, Settings, TestServer, Visitor, browser::Scripts, oidc::claims, realm::PASSWORD,
};

use crate::{
    account::{self, at, call},
    browser::{code_from, enter, pictures},
    scene::{self, REALM, text},
};

async fn server(policy: &str) -> TestServer {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM).settings(json!({
        "mfa": {"policy": policy, "security_key": true},
        "locales": {"default": "en", "supported": ["en", "de", "fr", "es", "ar"]},
    })));
    settings.start().await
}

/// Opens the page of one's keys, by password.
async fn open_keys(browser: &Browser, server: &TestServer) {
    browser.goto(&at(server, "/security-keys")).await;
    enter(browser, "ada", PASSWORD).await;
    browser.find("#submit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_added_in_the_account_signs_in_after_the_password_and_is_removed() {
    let server = server("optional").await;
    let browser = Browser::start(Scripts::On).await;
    let key = browser.add_security_key().await;
    open_keys(&browser, &server).await;
    pictures(&browser, "account-security-keys-none").await;
    browser.click("#submit").await;
    browser.fill("#label", "Blue one").await;
    browser.find("#passkey-submit:not([hidden])").await;
    pictures(&browser, "account-add-security-key").await;
    browser.click("#passkey-submit").await;
    // The first second factor brings recovery codes.
    browser.click("#saved").await;
    assert_eq!(key.keys().await, 1);
    browser.click("#submit").await;
    browser.find("#done").await;
    browser.goto(&at(&server, "/security-keys")).await;
    assert!(browser.text().await.contains("Blue one"));
    pictures(&browser, "account-security-keys").await;

    // What is there already is told before the server is asked.
    browser.click("#submit").await;
    browser.click("#passkey-submit:not([hidden])").await;
    browser.find("#passkey-status:not([hidden])").await;
    assert!(browser.text().await.contains("already in your account"));

    browser.clear_cookies().await;
    let request = scene::request(&server);
    browser.goto(&request.url()).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.find("#passkey-submit:not([hidden])").await;
    assert!(browser.text().await.contains("touch it"));
    pictures(&browser, "security-key").await;
    browser.click("#passkey-submit").await;
    let code = code_from(&browser).await;
    let tokens = request.exchange(&code).await.expect(200).json();
    let claims = claims(&text(&tokens, "id_token"));
    assert_eq!(claims["amr"], json!(["pwd", "hwk", "mfa"]));
    assert_eq!(claims["acr"], "urn:vestibule:acr:multi-factor");

    browser.goto(&at(&server, "/security-keys")).await;
    browser.click("button[value=remove]").await;
    browser.wait_for_url("removed", |url| url.as_str().ends_with("done=security-key-removed")).await;
    assert!(browser.text().await.contains("No security key protects your account yet."));
    browser.clear_cookies().await;
    browser.goto(&request.url()).await;
    enter(&browser, "ada", PASSWORD).await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_added_on_the_way_in_where_one_is_needed() {
    let server = server("required").await;
    let browser = Browser::start(Scripts::On).await;
    let key = browser.add_security_key().await;
    browser.goto(&scene::request(&server).url()).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.click("#method-security_key").await;
    browser.find("#passkey-submit:not([hidden])").await;
    pictures(&browser, "enrol-security-key").await;
    // Whoever has no key at hand sets something else up.
    assert!(browser.has("#method-totp").await && browser.has("#restart").await);
    browser.click("#passkey-submit").await;
    browser.click("#saved").await;
    assert_eq!(key.keys().await, 1);
    browser.click("#submit").await;
    code_from(&browser).await;

    // A recovery code would do as well, and leads back.
    browser.clear_cookies().await;
    browser.goto(&scene::request(&server).url()).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.find("#passkey-submit:not([hidden])").await;
    browser.click("#method-recovery_code").await;
    browser.find("#code").await;
    browser.click("#method-security_key").await;
    browser.click("#passkey-submit:not([hidden])").await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_pages_read_from_right_to_left() {
    let server = server("required").await;
    let browser = Browser::start(Scripts::On).await;
    let _key = browser.add_security_key().await;
    let url = scene::request(&server).with("ui_locales", "ar").url();
    browser.goto(&url).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.click("#method-security_key").await;
    browser.find("#passkey-submit:not([hidden])").await;
    pictures(&browser, "enrol-security-key-ar").await;
    browser.click("#passkey-submit").await;
    browser.click("#saved").await;
    browser.click("#submit").await;
    code_from(&browser).await;
    browser.clear_cookies().await;
    browser.goto(&url).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.find("#passkey-submit:not([hidden])").await;
    pictures(&browser, "security-key-ar").await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_every_other_way_is_still_there() {
    let server = server("required").await;
    let browser = Browser::start(Scripts::Off).await;
    browser.goto(&scene::request(&server).url()).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.click("#method-security_key").await;
    assert!(browser.text().await.contains("need scripts"));
    assert!(!browser.has("#passkey-submit:not([hidden])").await);
    browser.click("#method-totp").await;
    browser.find("svg.qr").await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_over_json() {
    let server = server("optional").await;
    let browser = Browser::start(Scripts::On).await;
    let _key = browser.add_security_key().await;
    browser.goto(&server.url(&format!("/realms/{REALM}"))).await;
    let ada = account::signed_in(&server, "ada").await;
    let factors = "/v1/authenticators";
    let new = json!({"method": "security_key"});
    let waiting = call(&server, &ada, (Method::POST, factors), Some(new)).await.expect(200).json();
    let confirmation = |credential| json!({"method": "security_key", "challenge": waiting["challenge"], "credential": credential, "label": "Blue one"});
    let confirm =
        async |body| call(&server, &ada, (Method::POST, "/v1/authenticators:confirm"), Some(body)).await;
    let bad = confirm(confirmation(json!({}))).await.expect(422).json();
    assert_eq!(bad["errors"][0]["pointer"], "/credential");
    let credential = browser.ceremony("create", &waiting["webauthn"]).await;
    confirm(confirmation(credential.clone())).await.expect(204);
    confirm(confirmation(credential)).await.expect(422);
    let listed = call(&server, &ada, (Method::GET, factors), None).await.expect(200).json();
    let of_kind =
        |kind: &str| listed["items"].as_array().unwrap().iter().find(|one| one["kind"] == kind).cloned();
    let bound = of_kind("security_key").expect("the key is listed");
    assert_eq!(bound["label"], "Blue one");

    let mut visitor = Visitor::new();
    let start = server.url(&format!("/realms/{REALM}/flow/v1"));
    let begun = visitor.post_json(&start, &json!({})).await.expect(201).json();
    let mut visitor = visitor.with_header("x-csrf-token", &text(&begun, "csrf"));
    let href = |document: &serde_json::Value, action: &str| {
        let found = document["actions"].as_array().unwrap().iter().find(|one| one["name"] == action).cloned();
        text(&found.expect("the action is offered"), "href").parse().unwrap()
    };
    let by_name = json!({"username": "ada", "password": PASSWORD});
    let asked = visitor.post_json(&href(&begun, "identify"), &by_name).await.expect(200).json();
    assert_eq!(
        (asked["state"].clone(), asked["challenge"]["method"].clone()),
        (json!("passkey"), json!("security_key"))
    );
    let credential = browser.ceremony("get", &asked["challenge"]["webauthn"]).await;
    let answer = json!({"credential": credential});
    let done = visitor.post_json(&href(&asked, "passkey"), &answer).await.expect(200).json();
    assert_eq!(done["state"], "continue");

    let one = format!("{factors}/{}", text(&bound, "id"));
    let bob = account::signed_in(&server, "bob").await;
    call(&server, &bob, (Method::PATCH, &one), Some(json!({"label": "mine"}))).await.expect(404);
    call(&server, &bob, (Method::DELETE, &one), None).await.expect(404);
    call(&server, &ada, (Method::PATCH, &one), Some(json!({"label": "Spare"}))).await.expect(204);
    call(&server, &ada, (Method::DELETE, &one), None).await.expect(204);
    browser.quit().await;
}

#[tokio::test]
async fn a_realm_without_keys_adds_none_and_what_is_no_key_is_told_as_such() {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM));
    let without = settings.start().await;
    let mut ada = account::signed_in(&without, "ada").await;
    let page = ada.get(&at(&without, "/security-keys")).await.expect(200).page();
    assert!(!page.has("#submit"), "{}", page.html);
    assert!(!ada.get(&at(&without, "/security")).await.expect(200).page().has("#security-keys"));
    let new = json!({"method": "security_key"});
    call(&without, &ada, (Method::POST, "/v1/authenticators"), Some(new)).await.expect(409);

    let server = server("optional").await;
    let mut ada = account::signed_in(&server, "ada").await;
    let page = ada.get(&at(&server, "/security-keys")).await.expect(200).page();
    let form = page.forms().into_iter().find(|form| form.has_button("submit")).unwrap();
    let new = ada.submit(&form.press("submit")).await.expect(200);
    let form = new.page().form_with("credential").set("label", "Blue one");
    for credential in ["", "no JSON", "{}", "[]"] {
        let told = ada.submit_only(&form.clone().set("credential", credential)).await.expect(422).page();
        assert!(told.has("#error-summary") && told.has("#webauthn-options"), "{credential}");
        assert_eq!(told.attribute("#label", "value").as_deref(), Some("Blue one"));
    }
    let mut bob = account::signed_in(&server, "bob").await;
    assert_eq!(bob.get(&new.url).await.status, 404, "what waits for one person is unknown to another");
}
