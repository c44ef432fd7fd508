//! Passkeys in a browser with a virtual authenticator: offered, used by button and by autofill, cancelled, and taken to
//! the wrong realm.

use reqwest::Method;
use serde_json::json;
use vestibule_testkit::{
    AuthorizeRequest, Browser, RealmDoc, Settings, TestServer, Visitor,
    browser::Scripts,
    oidc::claims,
    realm::{APP, PASSWORD},
};

use crate::{
    account,
    browser::{code_from, enter, pictures},
    scene::{self, REALM, text},
};

const OTHER: &str = "other";

/// A server whose realms have passkeys.
async fn server() -> TestServer {
    let settings = Settings::sqlite();
    for slug in [REALM, OTHER] {
        settings.import(&RealmDoc::standard(slug).settings(json!({"login": {"passkey": true}})));
    }
    settings.start().await
}

/// Signs Ada in by password and keeps the passkey that is offered.
async fn enrol(browser: &Browser, server: &TestServer) {
    browser.goto(&scene::request(server).url()).await;
    enter(browser, "ada", PASSWORD).await;
    browser.find("#skip").await;
    pictures(browser, "offer-passkey").await;
    browser.click("#passkey-submit").await;
    code_from(browser).await;
    browser.clear_cookies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offered_passkey_signs_in_by_button_and_its_tokens_say_so() {
    let server = server().await;
    let browser = Browser::start(Scripts::On).await;
    let key = browser.add_authenticator().await;
    enrol(&browser, &server).await;
    assert_eq!(key.keys().await, 1);
    // Nothing answers the autofill that waits: the button is what is tried.
    key.answers(false).await;
    let request = scene::request(&server);
    browser.goto(&request.url()).await;
    browser.find("#passkey-submit:not([hidden])").await;
    pictures(&browser, "identify-passkey").await;
    key.answers(true).await;
    browser.click("#passkey-submit").await;
    let code = code_from(&browser).await;
    let tokens = request.exchange(&code).await.expect(200).json();
    let claims = claims(&text(&tokens, "id_token"));
    assert_eq!(claims["amr"], json!(["hwk", "user", "mfa"]));
    assert_eq!(claims["acr"], "urn:vestibule:acr:multi-factor");
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_offers_a_passkey_in_the_name_field_by_itself() {
    let server = server().await;
    let browser = Browser::start(Scripts::On).await;
    let _key = browser.add_authenticator().await;
    enrol(&browser, &server).await;
    browser.goto(&scene::request(&server).url()).await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_dialog_leaves_the_page_with_every_other_way() {
    let server = server().await;
    let browser = Browser::start(Scripts::On).await;
    let key = browser.add_authenticator().await;
    enrol(&browser, &server).await;
    key.verifies(false).await;
    browser.goto(&scene::request(&server).url()).await;
    browser.click("#passkey-submit:not([hidden])").await;
    browser.find("#passkey-status:not([hidden])").await;
    pictures(&browser, "identify-passkey-cancelled").await;
    enter(&browser, "ada", PASSWORD).await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_of_another_realm_is_said_to_be_of_another_site() {
    let server = server().await;
    let browser = Browser::start(Scripts::On).await;
    let key = browser.add_authenticator().await;
    enrol(&browser, &server).await;
    key.answers(false).await;
    browser.goto(&AuthorizeRequest::new(&server.issuer(OTHER), "spa", APP).url()).await;
    browser.find("#passkey-submit:not([hidden])").await;
    key.answers(true).await;
    browser.click("#passkey-submit").await;
    browser.find("#error-summary").await;
    let page = browser.text().await;
    assert!(page.contains("isn't known here"), "{page}");
    assert!(!page.contains("ada"), "no account is confirmed");
    key.answers(false).await;
    pictures(&browser, "identify-passkey-unknown").await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_can_be_left() {
    let server = server().await;
    let browser = Browser::start(Scripts::On).await;
    let key = browser.add_authenticator().await;
    browser.goto(&scene::request(&server).url()).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.click("#skip").await;
    code_from(&browser).await;
    assert_eq!(key.keys().await, 0);
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_nothing_of_passkeys_is_in_the_way() {
    let server = server().await;
    let browser = Browser::start(Scripts::Off).await;
    browser.goto(&scene::request(&server).url()).await;
    assert!(!browser.has("#passkey-submit:not([hidden])").await);
    enter(&browser, "ada", PASSWORD).await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test]
async fn what_is_no_passkey_is_told_as_such() {
    let server = server().await;
    let mut visitor = Visitor::new();
    let shown = visitor.visit(&scene::request(&server).url()).await.expect(200);
    let form = shown.page().form_with("credential").press("passkey-submit");
    let long = json!({"rawId": "A".repeat(20_000)}).to_string();
    let longer = json!({"rawId": "A".repeat(70_000)}).to_string();
    for (credential, status) in
        [("", 400), ("no JSON", 400), (&long, 400), (&longer, 413), ("[]", 422), ("{}", 422)]
    {
        let answer = visitor.submit_only(&form.clone().set("credential", credential)).await;
        let sent: String = credential.chars().take(20).collect();
        assert_eq!(answer.status.as_u16(), status, "{sent}");
    }
    let after = visitor.visit(&scene::request(&server).url()).await.expect(200);
    assert!(after.page().has("#webauthn-options"), "the page asks as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_add_rename_and_remove_passkeys_in_their_account() {
    let server = server().await;
    let browser = Browser::start(Scripts::On).await;
    let key = browser.add_authenticator().await;
    browser.goto(&account::at(&server, "/passkeys")).await;
    enter(&browser, "ada", PASSWORD).await;
    browser.click("#skip").await;
    browser.click("#add").await;
    browser.fill("#password", PASSWORD).await;
    browser.click("#submit").await;
    browser.find("#skip").await;
    browser.click("#passkey-submit").await;
    browser.fill("input[name=label]", "My laptop").await;
    assert_eq!(key.keys().await, 1);
    browser.click("button[value=rename]").await;
    browser.find("#done").await;
    assert!(browser.text().await.contains("My laptop"));
    pictures(&browser, "account-passkeys").await;
    // What the page tells the password manager is about this very passkey: told that none is left, it forgets it.
    let told = "const known = JSON.parse(document.getElementById('passkeys-known').textContent); \
        const signal = (ids) => PublicKeyCredential.signalAllAcceptedCredentials({...known, allAcceptedCredentialIds: ids});";
    browser.driver.execute_async(
        &format!("{told} const done = arguments[0]; signal(known.allAcceptedCredentialIds).then(() => done(true));"),
        vec![],
    ).await.unwrap();
    assert_eq!(key.keys().await, 1);
    browser
        .driver
        .execute_async(
            &format!("{told} const done = arguments[0]; signal([]).then(() => done(true));"),
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(key.keys().await, 0);
    browser.click("button[value=remove]").await;
    browser.wait_for_url("removed", |url| url.as_str().ends_with("done=passkey-removed")).await;
    assert!(browser.text().await.contains("no passkey yet"));
    browser.quit().await;
}

#[tokio::test]
async fn another_one_s_passkey_is_not_there_and_a_stale_session_removes_none() {
    let server = server().await;
    let visitor = account::signed_in(&server, "ada").await;
    let nobody_s = "/v1/passkeys/crd_agm7jm2wcj3rfbaa4qxrhq6qhe";
    let label = json!({"label": "x"});
    let call = |method, body| account::call(&server, &visitor, (method, nobody_s), body);
    assert!((400..500).contains(&call(Method::DELETE, None).await.status.as_u16()));
    assert_eq!(call(Method::PUT, Some(label)).await.status.as_u16(), 404);
    let list = account::call(&server, &visitor, (Method::GET, "/v1/passkeys"), None).await.expect(200);
    assert_eq!(list.json()["items"], json!([]));
}

#[tokio::test]
async fn password_managers_and_pages_elsewhere_find_their_way() {
    let settings = Settings::sqlite();
    let origins =
        ["https://acme.example", "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"];
    let login = json!({"login": {"passkey": true, "passkey_origins": origins}});
    settings.import(&RealmDoc::standard(REALM).settings(login));
    settings.import(&RealmDoc::standard(OTHER));
    let server = settings.start().await;
    let known = |realm: &str, name: &str| server.url(&format!("/realms/{realm}/.well-known/{name}"));
    let page = account::at(&server, "/passkeys");
    let found = Visitor::new().get(&known(REALM, "passkey-endpoints")).await.expect(200).json();
    assert_eq!(found, json!({"enroll": page.as_str(), "manage": page.as_str()}));
    let found = Visitor::new().get(&known(REALM, "webauthn")).await.expect(200).json();
    assert_eq!(found, json!({"origins": ["https://acme.example"]}));
    for name in ["passkey-endpoints", "webauthn"] {
        Visitor::new().get(&known(OTHER, name)).await.expect(404);
    }
}
