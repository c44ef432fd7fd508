//! Somebody's own account, as pages and as JSON: who is let in, what a fresh proof protects, what a change ends.

use reqwest::{Client, Method};
use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, TestServer, Visitor,
    realm::{APP, PASSWORD},
    visitor,
};

use crate::scene::{self, REALM, text};

/// A page of the account.
pub(crate) fn at(server: &TestServer, path: &str) -> Url {
    server.url(&format!("/realms/{REALM}/account{path}"))
}

/// Walks the flow that an answer leads to, and comes back to the account.
pub(crate) async fn proven(visitor: &mut Visitor, mut answer: Answer, name: &str) -> Answer {
    for _ in 0..10 {
        if answer.status == 200 && answer.url.path().contains("/account") {
            return answer;
        }
        answer = visitor.next(&answer, name, PASSWORD).await;
    }
    panic!("the flow does not lead back; last page {}:\n{}", answer.url, answer.body)
}

/// A browser that is signed in to the account.
pub(crate) async fn signed_in(server: &TestServer, name: &str) -> Visitor {
    let mut visitor = Visitor::new();
    let answer = visitor.get(&at(server, "")).await.expect(303);
    let page = proven(&mut visitor, answer, name).await;
    assert_eq!(page.url.path(), at(server, "").path());
    visitor
}

/// One request of the JSON interface, as a script of the realm's own pages sends it.
pub(crate) async fn call(
    server: &TestServer,
    visitor: &Visitor,
    (method, path): (Method, &str),
    body: Option<Value>,
) -> Answer {
    let client = Client::builder().no_proxy().build().unwrap();
    let url = at(server, path);
    let cookies: Vec<String> =
        visitor.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = client.request(method, url.clone()).header("cookie", cookies.join("; "));
    request = request.header("origin", url.origin().ascii_serialization());
    if let Some(body) = body {
        request = request.json(&body);
    }
    visitor::read(url, request.send().await.unwrap()).await
}

#[tokio::test]
async fn a_stranger_signs_in_and_comes_back_to_the_page_they_wanted() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let mut visitor = Visitor::new();
        let answer = visitor.get(&at(&server, "/sessions")).await.expect(303);
        let page = proven(&mut visitor, answer, "ada").await;
        assert_eq!(page.url.path(), at(&server, "/sessions").path());
        assert_eq!(page.page().text("li .badge").as_deref(), Some("This device"));
        let stranger = Visitor::new().get(&at(&server, "/v1")).await.expect(401).json();
        assert_eq!(text(&stranger, "code"), "VST-090");
        let own = call(&server, &visitor, (Method::GET, "/v1"), None).await.expect(200).json();
        assert_eq!((text(&own, "username"), own["fresh"].clone()), ("ada".to_owned(), json!(true)));
    }
}

#[tokio::test]
async fn other_devices_are_signed_out_one_by_one_or_all_at_once() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let (mut here, there) = (signed_in(&server, "ada").await, signed_in(&server, "ada").await);
        let (third, bob) = (signed_in(&server, "ada").await, signed_in(&server, "bob").await);
        let list = call(&server, &there, (Method::GET, "/v1/sessions"), None).await.expect(200).json();
        let items = list["items"].as_array().unwrap();
        assert_eq!((items.len(), items[0]["current"].clone()), (3, json!(true)));
        let session = text(&items[0], "id");

        let page = here.get(&at(&server, "/sessions")).await.expect(200).page();
        let form = page.forms().into_iter().find(|form| form.value("session") == Some(&session)).unwrap();
        let form = form.set("action", "end");
        let done = here.submit(&form).await.expect(200).page();
        assert_eq!(done.text("#done").as_deref(), Some("That device is signed out."));
        call(&server, &there, (Method::GET, "/v1"), None).await.expect(401);
        call(&server, &third, (Method::GET, "/v1"), None).await.expect(200);
        // The same form again: what was wanted is so.
        let again = here.submit(&form).await.expect(200).page();
        assert_eq!(again.text("#done").as_deref(), Some("That device was signed out already."));

        let ended = call(&server, &here, (Method::POST, "/v1/sessions:end-others"), None).await.expect(200);
        assert_eq!(ended.json()["ended"], 1);
        call(&server, &third, (Method::GET, "/v1"), None).await.expect(401);
        call(&server, &here, (Method::GET, "/v1"), None).await.expect(200);

        // Somebody else's session is as unknown as none.
        let theirs = call(&server, &bob, (Method::GET, "/v1/sessions"), None).await.expect(200).json();
        let path = format!("/v1/sessions/{}", text(&theirs["items"][0], "id"));
        call(&server, &here, (Method::DELETE, &path), None).await.expect(404);
        call(&server, &bob, (Method::GET, "/v1"), None).await.expect(200);
    }
}

#[tokio::test]
async fn an_application_loses_its_grant_and_its_tokens() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let mut visitor = Visitor::new();
        let request = AuthorizeRequest::new(&server.issuer(REALM), "partner", APP)
            .with("scope", "openid offline_access");
        let code = visitor.sign_in(&request, "ada", PASSWORD).await.code().to_owned();
        let fields = request.exchange_fields(&code);
        let fields: Vec<_> = fields.into_iter().filter(|(name, _)| name != "client_id").collect();
        let answer = scene::visitor_as("partner").post(&scene::endpoint(&server, "token"), &fields).await;
        let refresh = text(&answer.expect(200).json(), "refresh_token");

        let list = call(&server, &visitor, (Method::GET, "/v1/apps"), None).await.expect(200).json();
        assert_eq!(list["items"][0]["client_id"], "partner");
        assert_eq!(list["items"][0]["scopes"], json!(["offline_access", "openid"]));
        assert!(list["items"][0]["last_used_at"].is_string());

        let page = visitor.get(&at(&server, "/apps")).await.expect(200).page();
        let form = page.form_with("client").set("action", "withdraw");
        let done = visitor.submit(&form).await.expect(200).page();
        let told = "Access removed. The app may keep data it already copied.";
        assert_eq!(done.text("#done").as_deref(), Some(told));
        let list = call(&server, &visitor, (Method::GET, "/v1/apps"), None).await.expect(200).json();
        assert_eq!(list["items"], json!([]));
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &refresh)];
        let refused =
            scene::post_as("partner", &scene::endpoint(&server, "token"), &fields).await.expect(400);
        assert_eq!(refused.json()["error"], "invalid_grant");
        call(&server, &visitor, (Method::DELETE, "/v1/apps/partner"), None).await.expect(404);
    }
}

#[tokio::test]
async fn a_new_password_ends_everything_else_and_is_told_by_mail() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let mut here = signed_in(&server, "ada").await;
        let there = signed_in(&server, "ada").await;
        let page = here.get(&at(&server, "/password")).await.expect(200).page();
        let short = page.form_with("password").set("password", "short").press("submit");
        let refused = here.submit(&short).await.expect(422).page();
        assert!(refused.has("#password-error"), "{}", refused.html);
        let chosen = "a longer staple for the horse";
        let form = page.form_with("password").set("password", chosen).press("submit");
        let done = here.submit(&form).await.expect(200).page();
        assert!(done.text("#done").is_some_and(|text| text.starts_with("Your password was changed")));
        call(&server, &there, (Method::GET, "/v1"), None).await.expect(401);
        call(&server, &here, (Method::GET, "/v1"), None).await.expect(200);
        let mut again = Visitor::new();
        let request = scene::request(&server);
        again.sign_in(&request, "ada", chosen).await;
        let events = events(&server, "credential.replaced").await;
        assert_eq!(events[0]["actor"]["type"], "user");
        let sent =
            call(&server, &here, (Method::PUT, "/v1/password"), Some(json!({"password": "short"}))).await;
        assert_eq!(sent.expect(422).json()["errors"][0]["pointer"], "/password");
    }
}

/// Events of a kind, newest first.
pub(crate) async fn events(server: &TestServer, kind: &str) -> Vec<Value> {
    let token = scene::admin_token(server, REALM, "events:read").await;
    let mut url = server.url(&format!("/realms/{REALM}/admin/v1/events"));
    url.query_pairs_mut().append_pair("type", kind);
    let list = scene::bearer(&token).get(&url).await.expect(200).json();
    list["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_form_of_another_page_session_or_site_changes_nothing() {
    let server = scene::standard().await;
    let mut ada = signed_in(&server, "ada").await;
    let mut bob = signed_in(&server, "bob").await;
    let fields = |csrf: &str| {
        let pairs = [("csrf", csrf), ("action", "end_others")];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    };
    let page = ada.get(&at(&server, "/password")).await.expect(200).page();
    let token = page.form_with("password").value("csrf").unwrap().to_owned();
    for bad in ["", "vcf_x", token.trim_end_matches(char::is_alphanumeric)] {
        let answer = ada.post(&at(&server, "/sessions"), &fields(bad)).await.expect(403);
        assert!(answer.body.contains("VST-053"));
    }
    // A token of another session.
    bob.post(&at(&server, "/sessions"), &fields(&token)).await.expect(403);
    let mut foreign = ada.clone().with_header("Origin", "https://evil.example");
    foreign.post(&at(&server, "/sessions"), &fields(&token)).await.expect(403);
    let mut sibling = ada.clone().with_header("Sec-Fetch-Site", "same-site");
    sibling.post(&at(&server, "/sessions"), &fields(&token)).await.expect(403);
    ada.post(&at(&server, "/sessions"), &fields(&token)).await.expect(303);
    let unknown = [("csrf", token.as_str()), ("action", "dance")];
    let unknown: Vec<_> = unknown.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    ada.post(&at(&server, "/sessions"), &unknown).await.expect(400);
}

#[tokio::test]
async fn password_managers_find_the_page() {
    let server = scene::standard().await;
    let url = server.url(&format!("/realms/{REALM}/.well-known/change-password"));
    let answer = Visitor::new().get(&url).await.expect(302);
    assert_eq!(answer.location().unwrap().path(), at(&server, "/password").path());
    // On a host that no realm owns there is nobody whose password it could be.
    Visitor::new().get(&server.url("/.well-known/change-password")).await.expect(404);
}

#[tokio::test]
async fn the_way_back_stays_inside_the_account() {
    let server = scene::standard().await;
    for (to, leads) in
        [("/password", "/password"), ("//evil.example", ""), ("/../admin", ""), ("https://a.b", "")]
    {
        let mut visitor = Visitor::new();
        let mut url = at(&server, "/prove");
        url.query_pairs_mut().append_pair("to", to);
        let answer = visitor.get(&url).await.expect(303);
        let page = proven(&mut visitor, answer, "ada").await;
        assert_eq!(page.url.path(), at(&server, leads).path(), "{to}");
    }
}
