//! Signing in through another provider, from outside: a second realm as the provider, and an independent implementation
//! (npm `oidc-provider`). The browser is a visitor with a cookie jar.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    Answer, AuthorizeRequest, Callback, Page, RealmDoc, Settings, TestServer, Visitor,
    oidc::claims,
    programs::free_port,
    realm::{CLIENT_SECRET, PASSWORD},
    wait,
};

use crate::scene::{REALM, admin_token, bearer, request, text};

/// The upstream realm.
const UPSTREAM: &str = "globex";

/// A server whose realm `acme` can sign in through its realm `globex`.
struct Scene {
    server: TestServer,
    connection: Value,
}

/// A connection of `acme` to an issuer.
fn connection(issuer: &str, client: &str) -> Value {
    json!({
        "key": "globex", "provider": "oidc", "display_name": "Globex ID",
        "client_id": client, "client_secret": CLIENT_SECRET,
        "endpoints": {"issuer": issuer}, "authoritative_domains": ["globex.test"],
    })
}

fn upstream(origin: &str) -> RealmDoc {
    let callback = format!("{origin}/realms/{REALM}/federation/globex/callback");
    let person = |name: &str| {
        json!({
            "password": PASSWORD,
            "emails": [{"email": format!("{name}@globex.test"), "verified": true, "primary": true}],
        })
    };
    RealmDoc::empty(UPSTREAM)
        .client("acme-rp", json!({"redirect_uris": [callback], "require_consent": false}))
        .user_with("carol", person("carol"))
        .user_with(
            "ada",
            json!({
                "password": PASSWORD,
                "emails": [{"email": "ada@example.test", "verified": true, "primary": true}],
            }),
        )
}

impl Scene {
    async fn new(settings: Settings) -> Self {
        let port = free_port();
        let origin = format!("http://localhost:{port}");
        let settings = settings.with("EGRESS__ALLOW", &format!("localhost:{port}"));
        settings.import(&RealmDoc::standard(REALM));
        settings.import(&upstream(&origin));
        let server = TestServer::start(settings, port).await;
        let mut scene = Self { server, connection: Value::Null };
        scene.connect(connection(&scene.server.issuer(UPSTREAM), "acme-rp")).await;
        scene
    }

    fn admin_url(&self, path: &str) -> Url {
        self.server.url(&format!("/realms/{REALM}/admin/v1/{path}"))
    }

    async fn admin(&self) -> Visitor {
        let scopes = "realm:read realm:write users:read credentials:write events:read";
        bearer(&admin_token(&self.server, REALM, scopes).await)
    }

    async fn connect(&mut self, body: Value) {
        let url = self.admin_url("connections");
        self.connection = self.admin().await.post_json(&url, &body).await.expect(201).json();
    }

    async fn change(&mut self, patch: &Value) {
        let path = format!("connections/{}", text(&self.connection, "id"));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = self.admin_url(&path);
        let token = admin_token(&self.server, REALM, "realm:read realm:write").await;
        let current = client.get(url.clone()).bearer_auth(&token).send().await.unwrap();
        let etag = current.headers()["etag"].clone();
        let answer = client
            .patch(url)
            .bearer_auth(&token)
            .header("If-Match", etag)
            .header("Content-Type", "application/merge-patch+json")
            .body(patch.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap_or_default());
    }

    /// Presses the provider's button: the page that forwards to it.
    async fn leave(&self, visitor: &mut Visitor, request: &AuthorizeRequest) -> Answer {
        let page = visitor.visit(&request.url()).await.page();
        // The button of the sign-in page, beside the form of the identifier.
        let form = page.form_with("connection").press("provider-globex");
        visitor.submit_only(&form).await
    }

    /// Walks on until the address of the way back is reached, which is not visited.
    async fn at_the_provider(&self, visitor: &mut Visitor, mut answer: Answer, person: &str) -> Url {
        for _ in 0..12 {
            let next = answer.location().filter(|_| answer.status.is_redirection());
            let next = next.or_else(|| answer.page().link("a#continue"));
            if let Some(next) = next
                && next.path().ends_with("/federation/globex/callback")
            {
                return next;
            }
            answer = visitor.next(&answer, person, PASSWORD).await;
        }
        panic!("the provider does not send back; last page {}:\n{}", answer.url, answer.body)
    }

    /// Signs in through the provider.
    async fn sign_in(&self, visitor: &mut Visitor, request: &AuthorizeRequest, person: &str) -> Callback {
        let left = self.leave(visitor, request).await.expect(200);
        let back = self.at_the_provider(visitor, left, person).await;
        let mut answer = visitor.get(&back).await;
        for _ in 0..8 {
            if let Some(callback) = request.callback(&answer) {
                return callback;
            }
            answer = visitor.next(&answer, "", "").await;
        }
        panic!("the sign-in does not end; last page {}:\n{}", answer.url, answer.body)
    }
}

fn code_of(page: &Page) -> String {
    ["VST-07", "VST-08"]
        .iter()
        .find_map(|start| page.html.find(start).and_then(|at| page.html.get(at..at + 7)))
        .unwrap_or("none")
        .to_owned()
}

#[tokio::test]
async fn a_person_signs_in_through_another_realm_and_is_the_same_person_again() {
    for settings in [Settings::sqlite(), Settings::postgres().await] {
        let scene = Scene::new(settings).await;
        let mut subjects = Vec::new();
        for _ in 0..2 {
            let request = request(&scene.server).with("scope", "openid email profile");
            let callback = scene.sign_in(&mut Visitor::new(), &request, "carol").await;
            let tokens = request.exchange(callback.code()).await.expect(200).json();
            let id = claims(&text(&tokens, "id_token"));
            assert_eq!(id["amr"], json!(["fed"]));
            subjects.push(text(&id, "sub"));
        }
        assert_eq!(subjects[0], subjects[1]);
        let path = format!("users/{}/identities", subjects[0]);
        let identities = scene.admin().await.get(&scene.admin_url(&path)).await.expect(200).json();
        assert_eq!(identities["items"][0]["claims"]["email"], "carol@globex.test");
        let user = scene.admin().await.get(&scene.admin_url(&format!("users/{}", subjects[0]))).await.json();
        assert_eq!(user["profile"]["name"], "carol");
        assert_eq!(user["emails"][0]["verified"], true);
    }
}

#[tokio::test]
async fn an_answer_is_good_once_in_the_browser_that_left() {
    let scene = Scene::new(Settings::sqlite()).await;
    let mut visitor = Visitor::new();
    let request = request(&scene.server);
    let left = scene.leave(&mut visitor, &request).await.expect(200);
    let back = scene.at_the_provider(&mut visitor, left, "carol").await;
    let stranger = Visitor::new().get(&back).await.expect(403);
    assert_eq!(code_of(&stranger.page()), "VST-072", "another browser");
    let mut tampered = back.clone();
    tampered.set_query(Some(&back.query().unwrap_or_default().replace("iss=", "iss=x")));
    assert_eq!(visitor.get(&back).await.status.as_u16(), 303);
    let again = visitor.get(&back).await.expect(410);
    assert_eq!(code_of(&again.page()), "VST-071", "used");
    assert_eq!(code_of(&visitor.get(&tampered).await.page()), "VST-071");
}

#[tokio::test]
async fn an_answer_by_form_goes_on_by_get_with_a_reference_that_works_once() {
    let scene = Scene::new(Settings::sqlite()).await;
    let mut visitor = Visitor::new();
    let left = scene.leave(&mut visitor, &request(&scene.server)).await.expect(200);
    let back = scene.at_the_provider(&mut visitor, left, "carol").await;
    let fields: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    let mut bare = back.clone();
    bare.set_query(None);
    // As a browser sends it: from another site, without cookies.
    let mut cross_site = Visitor::new().with_header("Origin", "https://provider.test");
    let sent = cross_site.post(&bare, &fields).await.expect(303);
    let on = sent.location().unwrap();
    assert!(on.query().unwrap_or_default().starts_with("reference=vfa_") && !on.as_str().contains("code="));
    assert_eq!(cross_site.post(&bare, &fields).await.status.as_u16(), 410, "kept once");
    assert_eq!(Visitor::new().get(&on).await.status.as_u16(), 403, "another browser");
    assert_eq!(visitor.get(&on).await.status.as_u16(), 303);
    assert_eq!(visitor.get(&on).await.status.as_u16(), 410);
}

#[tokio::test]
async fn a_connection_switched_off_lets_nobody_back_in() {
    let mut scene = Scene::new(Settings::sqlite()).await;
    let mut visitor = Visitor::new();
    let left = scene.leave(&mut visitor, &request(&scene.server)).await.expect(200);
    let back = scene.at_the_provider(&mut visitor, left, "carol").await;
    scene.change(&json!({"enabled": false})).await;
    assert_eq!(code_of(&visitor.get(&back).await.expect(404).page()), "VST-070");
    let refused = scene.leave(&mut Visitor::new(), &request(&scene.server)).await;
    assert_eq!(code_of(&refused.page()), "VST-070");
}

#[tokio::test]
async fn an_address_alone_opens_no_account() {
    let mut scene = Scene::new(Settings::sqlite()).await;
    // The provider is not authoritative for the domain of an account that proved its address.
    let mut visitor = Visitor::new();
    let left = scene.leave(&mut visitor, &request(&scene.server)).await.expect(200);
    let back = scene.at_the_provider(&mut visitor, left, "ada").await;
    assert_eq!(code_of(&visitor.get(&back).await.expect(409).page()), "VST-078");
    scene.change(&json!({"link_policy": "automatic"})).await;
    let mut visitor = Visitor::new();
    let left = scene.leave(&mut visitor, &request(&scene.server)).await.expect(200);
    let back = scene.at_the_provider(&mut visitor, left, "ada").await;
    assert_eq!(code_of(&visitor.get(&back).await.expect(409).page()), "VST-078", "not authoritative");
    // Somebody new whose address only the provider has seen.
    scene.change(&json!({"authoritative_domains": []})).await;
    let mut visitor = Visitor::new();
    let left = scene.leave(&mut visitor, &request(&scene.server)).await.expect(200);
    let back = scene.at_the_provider(&mut visitor, left, "carol").await;
    assert_eq!(code_of(&visitor.get(&back).await.expect(409).page()), "VST-080");
    // An authoritative one, told to link at once.
    scene.change(&json!({"authoritative_domains": ["example.test"]})).await;
    let request = request(&scene.server);
    let callback = scene.sign_in(&mut Visitor::new(), &request, "ada").await;
    let tokens = request.exchange(callback.code()).await.expect(200).json();
    let linked = text(&claims(&text(&tokens, "id_token")), "sub");
    let user = scene.admin().await.get(&scene.admin_url(&format!("users/{linked}"))).await.expect(200).json();
    assert_eq!(user["username"], "ada");
}

#[tokio::test]
async fn a_secret_is_written_and_never_read_or_sent_elsewhere() {
    let scene = Scene::new(Settings::sqlite()).await;
    let path = format!("connections/{}", text(&scene.connection, "id"));
    let read = scene.admin().await.get(&scene.admin_url(&path)).await.expect(200);
    assert!(!read.body.contains(CLIENT_SECRET));
    assert_eq!(read.json()["client_secret_name"], "connection.globex");
    let etag = read.header("etag").unwrap_or_default().to_owned();
    let token = admin_token(&scene.server, REALM, "realm:read realm:write").await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (patch, pointer) in [
        (json!({"endpoints": {"token_endpoint": "https://evil.test/"}}), "/client_secret"),
        (json!({"client_secret_name": "smtp"}), "/client_secret_name"),
        (json!({"provider": "google"}), "/provider"),
        (json!({"unknown": 1}), ""),
    ] {
        let answer = client
            .patch(scene.admin_url(&path))
            .bearer_auth(&token)
            .header("If-Match", &etag)
            .header("Content-Type", "application/merge-patch+json")
            .body(patch.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 422, "{patch}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["pointer"], pointer, "{patch}: {body}");
    }
    assert!(!scene.server.log().contains(CLIENT_SECRET));
}

/// The provider of another author, from npm.
struct Foreign(Child);

impl Drop for Foreign {
    fn drop(&mut self) {
        let _already_gone = self.0.kill();
    }
}

/// Installs what `package.json` names, once for this checkout.
fn installed() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/oidc-provider");
    let folder = std::env::temp_dir().join("vestibule-oidc-provider-8.8.1");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["package.json", "server.mjs"] {
        std::fs::copy(source.join(file), folder.join(file)).unwrap();
    }
    if !folder.join("node_modules/oidc-provider/package.json").exists() {
        let made = Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&folder)
            .output()
            .expect("this test needs Node.js with npm: an independent OpenID provider is started from npm");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "this test needs the npm package oidc-provider:\n{said}");
    }
    folder
}

async fn foreign(port: u16, callback: &str) -> Foreign {
    let process = Command::new("node")
        .arg("server.mjs")
        .current_dir(installed())
        .env("PORT", port.to_string())
        .env("CALLBACK", callback)
        .env("CLIENT_SECRET", CLIENT_SECRET)
        .stdout(Stdio::null())
        .spawn()
        .expect("this test needs Node.js: an independent OpenID provider is started from npm");
    let provider = Foreign(process);
    let url = format!("http://localhost:{port}/.well-known/openid-configuration");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for _ in 0..600 {
        if client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return provider;
        }
        wait::step().await;
    }
    panic!("the independent provider did not start at {url}")
}

#[tokio::test]
async fn a_person_signs_in_through_an_independent_provider() {
    let (port, theirs) = (free_port(), free_port());
    let callback = format!("http://localhost:{port}/realms/{REALM}/federation/globex/callback");
    let _provider = foreign(theirs, &callback).await;
    let settings = Settings::sqlite().with("EGRESS__ALLOW", &format!("localhost:{theirs}"));
    settings.import(&RealmDoc::standard(REALM));
    let server = TestServer::start(settings, port).await;
    let mut scene = Scene { server, connection: Value::Null };
    scene.connect(connection(&format!("http://localhost:{theirs}"), "acme-rp")).await;
    let request = request(&scene.server);
    let mut visitor = Visitor::new();
    let left = scene.leave(&mut visitor, &request).await.expect(200);
    let mut next = left.page().link("a#continue").unwrap();
    // Their test pages: a form that takes any name, then one that agrees.
    let mut elsewhere = Visitor::new();
    for _ in 0..12 {
        if next.path().ends_with("/federation/globex/callback") {
            break;
        }
        let answer = elsewhere.get(&next).await;
        next = match answer.location() {
            Some(to) => to,
            None => {
                let mut form = answer.page().forms().remove(0);
                for (field, value) in [("login", "carol"), ("password", "x")] {
                    if form.has(field) {
                        form = form.set(field, value);
                    }
                }
                elsewhere.submit_only(&form).await.location().expect("their form leads on")
            }
        };
    }
    let mut answer = visitor.get(&next).await;
    for _ in 0..8 {
        if let Some(callback) = request.callback(&answer) {
            let tokens = request.exchange(callback.code()).await.expect(200).json();
            assert_eq!(claims(&text(&tokens, "id_token"))["amr"], json!(["fed"]));
            return;
        }
        answer = visitor.next(&answer, "", "").await;
    }
    panic!("the sign-in does not end; last page {}:\n{}", answer.url, answer.body)
}
