//! The JSON skin over the same flow as the pages: what it offers works, what it does not offer is refused, and nobody
//! but the browser that began gets anything.

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{Answer, RealmDoc, TestServer, Visitor, realm::PASSWORD};

use crate::scene::{self, REALM, text};

const CSRF: &str = "x-csrf-token";

struct Skin {
    visitor: Visitor,
    document: Value,
}

impl Skin {
    async fn start(server: &TestServer) -> Self {
        let mut visitor = Visitor::new();
        let url = server.url(&format!("/realms/{REALM}/flow/v1"));
        let document = visitor.post_json(&url, &json!({})).await.expect(201).json();
        let visitor = visitor.with_header(CSRF, &text(&document, "csrf"));
        Self { visitor, document }
    }

    fn href(&self, action: &str) -> Url {
        let actions = self.document["actions"].as_array().unwrap();
        let found = actions.iter().find(|offered| offered["name"] == action);
        let found = found.unwrap_or_else(|| panic!("{action} is not offered: {}", self.document));
        text(found, "href").parse().unwrap()
    }

    fn offered(&self) -> Vec<&str> {
        self.document["actions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect()
    }

    async fn act(&mut self, action: &str, fields: Value) -> Answer {
        let answer = self.visitor.post_json(&self.href(action), &fields).await;
        if answer.json().get("state").is_some() {
            self.document = answer.json();
        }
        answer
    }

    fn state(&self) -> &str {
        self.document["state"].as_str().unwrap()
    }
}

#[tokio::test]
async fn a_sign_in_walks_through_the_documents() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let mut skin = Skin::start(&server).await;
        assert_eq!(skin.state(), "identify");
        skin.act("identify", json!({"username": "ada"})).await.expect(200);
        assert_eq!(skin.state(), "password");
        let step = skin.document["step"].clone();
        let wrong = skin.act("password", json!({"password": "not the password at all"})).await.expect(422);
        assert_eq!(wrong.json()["messages"][0]["field"], "password");
        assert!(skin.visitor.cookie_names().iter().all(|name| !name.contains("session")));
        // An answer to an older step is recognised and changes nothing.
        let old = skin.act("password", json!({"password": PASSWORD, "step": step})).await.expect(200);
        assert_eq!(old.json()["state"], "password");
        skin.act("password", json!({"password": PASSWORD})).await.expect(200);
        assert_eq!(skin.state(), "continue");
        assert!(skin.document["continue"].is_string());
        assert!(skin.visitor.cookie_names().iter().any(|name| name.contains("session")));
        assert!(skin.offered().is_empty());
    }
}

#[tokio::test]
async fn only_what_works_is_offered() {
    let closed = json!({"sign_up": {"mode": "closed"}, "login": {"recovery": false, "email_code": false, "magic_link": false}});
    let document = RealmDoc::standard(REALM).settings(closed);
    let settings = vestibule_testkit::Settings::sqlite();
    settings.import(&document);
    let server = settings.start().await;
    let mut skin = Skin::start(&server).await;
    assert_eq!(skin.offered(), ["identify"]);
    skin.act("identify", json!({"username": "ada"})).await.expect(200);
    for action in ["begin", "passkey", "recover", "sign_up", "confirm_link"] {
        assert!(!skin.offered().contains(&action), "{action} is offered: {:?}", skin.offered());
    }
}

#[tokio::test]
async fn bad_requests_are_told_apart_and_change_nothing() {
    let server = scene::standard().await;
    let mut skin = Skin::start(&server).await;
    let identify = skin.href("identify");
    let code = |answer: Answer| (answer.status.as_u16(), text(&answer.json(), "code"));
    let fields = json!({"username": "ada"});

    let mut foreign = Visitor::new().with_header(CSRF, &text(&skin.document, "csrf"));
    assert_eq!(code(foreign.post_json(&identify, &fields).await).0, 403);
    let mut bare = Visitor::new();
    for (name, value) in skin.visitor.cookies() {
        bare.set_cookie(&name, &value);
    }
    assert_eq!(code(bare.post_json(&identify, &fields).await), (403, "VST-053".to_owned()));

    let unknown = Url::parse(&identify.as_str().replace("/identify", "/dance")).unwrap();
    assert_eq!(code(skin.visitor.post_json(&unknown, &fields).await), (404, "VST-003".to_owned()));
    let later = Url::parse(&identify.as_str().replace("/identify", "/allow")).unwrap();
    let scopes = json!({"scopes": ["openid"]});
    assert_eq!(code(skin.visitor.post_json(&later, &scopes).await), (409, "VST-052".to_owned()));
    for wrong in [json!({"username": 7}), json!({"username": "ada", "admin": true})] {
        assert_eq!(
            code(skin.visitor.post_json(&identify, &wrong).await),
            (422, "VST-023".to_owned()),
            "{wrong}"
        );
    }
    assert_eq!(code(skin.visitor.post_json(&identify, &json!([1])).await).0, 422);
    // What a person may leave out is told as the page tells it.
    let empty = skin.visitor.post_json(&identify, &json!({})).await.expect(422).json();
    assert_eq!(empty["messages"][0]["code"], "identify-required");

    skin.act("identify", fields).await.expect(200);
    assert_eq!(skin.state(), "password");
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let server = scene::standard().await;
    let skin = Skin::start(&server).await;
    let flow = server.url(&format!("/realms/{REALM}/flow/v1/{}", text(&skin.document, "id")));
    let wanted = [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    let mut visitor = skin.visitor;
    for (url, cache) in [
        (flow, "no-store"),
        (scene::endpoint(&server, "userinfo"), "no-store"),
        (server.url("/nowhere"), "no-store"),
        (scene::request(&server).url(), "no-store"),
        (scene::endpoint(&server, "jwks"), "max-age"),
    ] {
        let answer = visitor.get(&url).await;
        for (name, value) in wanted {
            assert_eq!(answer.header(name), Some(value), "{name} of {url}");
        }
        assert!(answer.header("content-security-policy").is_some(), "{url}");
        assert!(answer.header("referrer-policy").is_some(), "{url}");
        assert!(answer.header("cache-control").unwrap().contains(cache), "{url}");
        // Plain http: a promise of https would lock people out (RFC 6797 §7.2).
        assert_eq!(answer.header("strict-transport-security"), None, "{url}");
    }
}
