//! Browsers that people trust, over pages and JSON: no second factor there, until they say otherwise.

use reqwest::Method;
use serde_json::json;
use vestibule_testkit::{
    Answer, AuthenticatorApp, AuthorizeRequest, RealmDoc, TestServer, Visitor, realm::PASSWORD,
};

use crate::{
    account::{at, call, signed_in},
    scene::{self, REALM, request, text},
};

/// Adds an authenticator app in the account.
async fn with_app(server: &TestServer, name: &str) -> AuthenticatorApp {
    let mut visitor = signed_in(server, name).await;
    let page = visitor.get(&at(server, "/authenticators")).await.expect(200).page();
    let form = page.forms().into_iter().find(|form| form.has_button("submit")).unwrap();
    let new = visitor.submit(&form.press("submit")).await.expect(200).page();
    let mut app = AuthenticatorApp::with_key(&new.text("#manual-key").unwrap());
    let form = new.form_with("code").set("code", &app.code()).press("submit");
    visitor.submit(&form).await.expect(200);
    app
}

/// Walks from the application to the first page after the password.
async fn after_password(asked: &AuthorizeRequest, visitor: &mut Visitor, name: &str) -> Answer {
    let mut answer = visitor.get(&asked.url()).await;
    loop {
        if asked.callback(&answer).is_some() || answer.page().has("#code") {
            return answer;
        }
        answer = visitor.next(&answer, name, PASSWORD).await;
    }
}

#[tokio::test]
async fn a_box_beside_the_code_trusts_the_browser_until_its_owner_says_otherwise() {
    let document = RealmDoc::standard(REALM).settings(json!({"mfa": {"policy": "required"}}));
    for settings in scene::both(&document).await {
        let server = settings.start().await;
        let shop = request(&server);
        let mut ada = Visitor::new();
        let mut answer = ada.get(&shop.url()).await;
        while !answer.page().has("#method-totp") {
            answer = ada.next(&answer, "ada", PASSWORD).await;
        }
        let form = answer.page().forms().into_iter().find(|form| form.has_button("method-totp")).unwrap();
        let page = ada.submit(&form.press("method-totp")).await.expect(200).page();
        let mut app = AuthenticatorApp::with_key(&page.text("#manual-key").unwrap());
        let form = page.form_with("code").set("code", &app.code()).press("submit");
        let codes = ada.submit(&form).await.expect(200).page();
        ada.submit(&codes.form_with("csrf").set("saved", "true").press("submit")).await;

        let mut laptop = Visitor::new();
        let asked = after_password(&shop, &mut laptop, "ada").await;
        assert!(asked.page().has("#remember_device"), "{}", asked.body);
        let form = asked.page().form_with("code").set("code", &app.code());
        let next = laptop.submit_only(&form.set("remember_device", "true").press("submit")).await;
        assert_eq!(next.status, 303);
        forget_session(&mut laptop);
        let answer = after_password(&shop, &mut laptop, "ada").await;
        let callback = shop.callback(&answer).expect("the password is enough here");
        let tokens = shop.exchange(callback.code()).await.expect(200).json();
        let told = vestibule_testkit::oidc::claims(&text(&tokens, "id_token"));
        assert_eq!(told["acr"], "urn:vestibule:acr:single-factor", "what was not proven is not claimed");
        assert_eq!(told["amr"], json!(["pwd"]));
        let elsewhere = after_password(&shop, &mut Visitor::new(), "ada").await;
        assert!(elsewhere.page().has("#code"), "other browsers are asked");

        let listed =
            call(&server, &laptop, (Method::GET, "/v1/trusted-devices"), None).await.expect(200).json();
        let path = format!("/v1/trusted-devices/{}", text(&listed["items"][0], "id"));
        let page = laptop.get(&at(&server, "/sessions")).await.expect(200).page();
        assert!(page.has("#trusted"), "{}", page.html);
        let form = page.form_with("device");
        let done = laptop.submit(&form.set("action", "forget")).await.expect(200).page();
        assert_eq!(done.text("#done").as_deref(), Some("You are asked for a second step there again."));
        call(&server, &laptop, (Method::DELETE, &path), None).await.expect(404);
        forget_session(&mut laptop);
        let answer = after_password(&shop, &mut laptop, "ada").await;
        assert!(answer.page().has("#code"), "asked again: {}", answer.body);
    }
}

/// As a browser whose session cookie went.
fn forget_session(visitor: &mut Visitor) {
    let name = visitor.cookie_names().into_iter().find(|name| name.contains("session")).unwrap().to_owned();
    visitor.set_cookie(&name, "gone");
}

#[tokio::test]
async fn nobody_sees_or_ends_what_others_trust() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let mut app = with_app(&server, "ada").await;
        let shop = request(&server);
        let mut ada = Visitor::new();
        let asked = after_password(&shop, &mut ada, "ada").await;
        let form = asked.page().form_with("code").set("code", &app.code()).set("remember_device", "true");
        ada.submit(&form.press("submit")).await;
        let bob = signed_in(&server, "bob").await;
        let own = call(&server, &bob, (Method::GET, "/v1/trusted-devices"), None).await.expect(200).json();
        assert_eq!(own, json!({"items": [], "next": null}));
        let listed = call(&server, &ada, (Method::GET, "/v1/trusted-devices"), None).await.expect(200).json();
        let path = format!("/v1/trusted-devices/{}", text(&listed["items"][0], "id"));
        call(&server, &bob, (Method::DELETE, &path), None).await.expect(404);
        call(&server, &ada, (Method::DELETE, &path), None).await.expect(204);
        call(&server, &ada, (Method::DELETE, "/v1/trusted-devices/nonsense"), None).await.expect(404);
    }
}
