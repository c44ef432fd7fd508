//! Signing in through another provider, from outside: a second realm of the same server is the provider. The browser is
//! a visitor with a cookie jar.

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    Answer, AuthorizeRequest, Callback, Page, RealmDoc, Settings, TestServer, Visitor,
    oidc::claims,
    programs::free_port,
    realm::{CLIENT_SECRET, PASSWORD},
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
        Self::with(settings, RealmDoc::standard(REALM)).await
    }

    async fn with(settings: Settings, realm: RealmDoc) -> Self {
        let port = free_port();
        let origin = format!("http://localhost:{port}");
        let settings = settings.with("EGRESS__ALLOW", &format!("localhost:{port}"));
        settings.import(&realm);
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
    signs_in_twice(Scene::new(Settings::sqlite()).await).await;
}

#[tokio::test]
async fn a_person_signs_in_through_another_realm_on_postgres() {
    signs_in_twice(Scene::new(Settings::postgres().await).await).await;
}

async fn signs_in_twice(scene: Scene) {
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
    assert!(again.page().link("a#start-again").unwrap().path().contains("/flow/"), "a way back");
    assert_eq!(code_of(&visitor.get(&tampered).await.page()), "VST-071");
    for wrong in ["state=vfs_none", "", "code=x", &format!("state=vfs_{}", "a".repeat(52))] {
        let mut unknown = back.clone();
        unknown.set_query(Some(wrong));
        let refused = visitor.get(&unknown).await.expect(410);
        assert_eq!(code_of(&refused.page()), "VST-071", "{wrong}");
    }
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
    let page = Visitor::new().visit(&request(&scene.server).url()).await.page();
    assert!(!page.has("#provider-globex"), "no button for it any more");
}

impl Scene {
    /// Leaves and comes back as somebody: the page after that.
    async fn come_back(&self, visitor: &mut Visitor, request: &AuthorizeRequest, person: &str) -> Answer {
        let left = self.leave(visitor, request).await.expect(200);
        let back = self.at_the_provider(visitor, left, person).await;
        visitor.visit(&back).await
    }

    async fn identities_of(&self, user: &str) -> Value {
        let path = format!("users/{user}/identities");
        self.admin().await.get(&self.admin_url(&path)).await.expect(200).json()["items"].clone()
    }
}

/// Goes on from an answer until the application is reached.
async fn onward(visitor: &mut Visitor, request: &AuthorizeRequest, mut answer: Answer) -> String {
    for _ in 0..8 {
        if let Some(callback) = request.callback(&answer) {
            let tokens = request.exchange(callback.code()).await.expect(200).json();
            return text(&claims(&text(&tokens, "id_token")), "sub");
        }
        answer = visitor.next(&answer, "", PASSWORD).await;
    }
    panic!("the sign-in does not end; last page {}:\n{}", answer.url, answer.body)
}

#[tokio::test]
async fn an_address_that_exists_here_is_linked_only_after_its_account_proved_itself() {
    let mut scene = Scene::new(Settings::sqlite()).await;
    // Told to link at once, but not authoritative for the domain: it still asks.
    scene.change(&json!({"link_policy": "automatic"})).await;
    let request = request(&scene.server);
    let mut visitor = Visitor::new();
    let asked = scene.come_back(&mut visitor, &request, "ada").await.expect(200);
    let page = asked.page();
    assert_eq!(page.text("h1").as_deref(), Some("You already have an account"));
    assert!(page.html.contains("Globex ID") && page.html.contains("ada@example.test"), "{}", page.html);
    let form = page.form_with("password").set("password", "not the password").press("submit");
    let wrong = visitor.submit(&form).await.expect(422);
    assert_eq!(wrong.page().text("h1").as_deref(), Some("You already have an account"));

    // Somebody who gives up has linked nothing.
    let mut other = Visitor::new();
    let asked = scene.come_back(&mut other, &request, "ada").await.expect(200);
    let restart = asked.page().forms().into_iter().find(|form| form.id.as_deref() == Some("restart-form"));
    let begun = other.submit(&restart.unwrap().set("action", "restart")).await.expect(200);
    let form = begun.page().form_with("username").set("username", "ada").set("password", PASSWORD);
    let signed_in = other.submit_only(&form.press("submit")).await;
    let sub = onward(&mut other, &request, signed_in).await;
    assert_eq!(scene.identities_of(&sub).await, json!([]));

    let form = wrong.page().form_with("password").set("password", PASSWORD).press("submit");
    let proven = visitor.submit_only(&form).await;
    assert_eq!(onward(&mut visitor, &request, proven).await, sub);
    assert_eq!(scene.identities_of(&sub).await[0]["claims"]["email"], "ada@example.test");

    // From now on the provider's word is enough.
    let callback = scene.sign_in(&mut Visitor::new(), &request, "ada").await;
    let tokens = request.exchange(callback.code()).await.expect(200).json();
    let again = claims(&text(&tokens, "id_token"));
    assert_eq!((&again["sub"], &again["amr"]), (&json!(sub), &json!(["fed"])));
}

#[tokio::test]
async fn an_authoritative_provider_links_at_once_where_it_is_told_to_but_not_into_an_operators_account() {
    let mut scene = Scene::new(Settings::sqlite()).await;
    scene.change(&json!({"link_policy": "automatic", "authoritative_domains": ["example.test"]})).await;
    let request = request(&scene.server);
    let mut mighty = RealmDoc::standard(REALM).json().clone();
    mighty["users"][0]["admin_scopes"] = json!(["users:read"]);
    let file = scene.server.settings().folder().join("mighty.json");
    std::fs::write(&file, mighty.to_string()).unwrap();
    scene.server.settings().run("api-server", &["realm", "import", file.to_str().unwrap()]);
    let asked = scene.come_back(&mut Visitor::new(), &request, "ada").await.expect(200);
    assert_eq!(asked.page().text("h1").as_deref(), Some("You already have an account"));

    scene.server.settings().import(&RealmDoc::standard(REALM));
    let callback = scene.sign_in(&mut Visitor::new(), &request, "ada").await;
    let tokens = request.exchange(callback.code()).await.expect(200).json();
    let linked = text(&claims(&text(&tokens, "id_token")), "sub");
    let user = scene.admin().await.get(&scene.admin_url(&format!("users/{linked}"))).await.expect(200).json();
    assert_eq!(user["username"], "ada");
}

#[tokio::test]
async fn somebody_new_whose_address_only_the_provider_has_seen_proves_it_here() {
    let mut scene = Scene::new(Settings::sqlite()).await;
    scene.change(&json!({"authoritative_domains": []})).await;
    let mut visitor = Visitor::new();
    let form = scene.come_back(&mut visitor, &request(&scene.server), "carol").await.expect(200);
    assert_eq!(form.page().text("#connects").as_deref(), Some("You can sign in with Globex ID next time."));
    let filled = form.page().form_with("email");
    assert_eq!(filled.value("email"), Some("carol@globex.test"));
    let sent = visitor.submit(&filled.press("submit")).await.expect(200);
    assert!(sent.url.query().unwrap_or_default().contains("at=verify_contact"), "{}", sent.url);
    scene.change(&json!({"sign_up": false})).await;
    let refused = scene.come_back(&mut Visitor::new(), &request(&scene.server), "carol").await.expect(403);
    assert_eq!(code_of(&refused.page()), "VST-077");
}

#[tokio::test]
async fn somebody_new_agrees_to_the_terms_before_there_is_an_account() {
    let settings = Settings::sqlite();
    let terms = json!({"sign_up": {"accept_terms": true}, "branding": {"terms_uri": "/terms"}});
    let mut scene = Scene::with(settings, RealmDoc::standard(REALM).settings(terms)).await;
    let request = request(&scene.server);
    let mut visitor = Visitor::new();
    let form = scene.come_back(&mut visitor, &request, "carol").await.expect(200).page().form_with("email");
    assert!(!form.has("password"), "who comes from a provider needs no password here");
    let refused = visitor.submit(&form.clone().press("submit")).await.expect(422);
    let users = scene.admin_url("users?q=carol");
    assert_eq!(scene.admin().await.get(&users).await.expect(200).json()["items"], json!([]));
    let form = refused.page().form_with("email").set("terms", "accepted").press("submit");
    let made = visitor.submit_only(&form).await;
    let sub = onward(&mut visitor, &request, made).await;
    assert_eq!(scene.identities_of(&sub).await[0]["claims"]["email"], "carol@globex.test");
    let user = scene.admin().await.get(&scene.admin_url(&format!("users/{sub}"))).await.expect(200).json();
    assert_eq!(user["emails"][0]["verified"], true, "the authoritative provider's word");
    scene.change(&json!({"enabled": false})).await;
}

#[tokio::test]
async fn addresses_stay_once_people_are_linked_through_them() {
    let scene = Scene::new(Settings::sqlite()).await;
    scene.sign_in(&mut Visitor::new(), &request(&scene.server), "carol").await;
    let path = format!("connections/{}", text(&scene.connection, "id"));
    let token = admin_token(&scene.server, REALM, "realm:read realm:write").await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let current = client.get(scene.admin_url(&path)).bearer_auth(&token).send().await.unwrap();
    let etag = current.headers()["etag"].clone();
    let body = json!({"endpoints": {"jwks_uri": "https://evil.test/jwks"}, "client_secret": CLIENT_SECRET});
    let answer = client
        .patch(scene.admin_url(&path))
        .bearer_auth(&token)
        .header("If-Match", etag)
        .header("Content-Type", "application/merge-patch+json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 409);
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

#[tokio::test]
async fn who_is_at_home_at_a_provider_is_sent_there_and_others_are_not() {
    let mut scene = Scene::new(Settings::sqlite()).await;
    scene.change(&json!({"authoritative_domains": ["globex.test"], "home_realm": true})).await;
    let request = request(&scene.server);
    let named = async |name: &str, password: &str| {
        let mut visitor = Visitor::new();
        let page = visitor.visit(&request.url()).await.expect(200).page();
        let form = page.form_with("username").set("username", name).set("password", password);
        visitor.submit(&form.press("submit")).await.page()
    };
    let home = named("nobody-here@Globex.test", "").await;
    let to = home.link("a#continue").expect("the way to the provider");
    assert!(
        to.query_pairs().any(|(name, value)| name == "login_hint" && value == "nobody-here@Globex.test"),
        "{to}"
    );
    assert!(named("ada@example.test", "").await.has("#password"));
    assert!(named("ada@globex.test.evil.test", "").await.has("#password"));
    // A password that came along is judged here.
    assert!(named("ada@globex.test", "not the password").await.has("#error-summary"));
}

#[tokio::test]
async fn the_way_that_was_used_last_is_marked_in_that_browser() {
    let scene = Scene::new(Settings::sqlite()).await;
    let request = request(&scene.server);
    let (mut visitor, name) = (Visitor::new(), format!("__Host-vst_way_{REALM}"));
    let marked = async |visitor: &mut Visitor| {
        let page = visitor.visit(&request.clone().with("prompt", "login").url()).await.expect(200).page();
        page.text("button[id^=provider-] .badge")
    };
    assert_eq!(marked(&mut visitor).await, None);
    scene.come_back(&mut visitor, &request, "ada").await.expect(200);
    assert!(visitor.cookie(&name).is_some_and(|way| way.starts_with("provider:")));
    assert_eq!(marked(&mut visitor).await.as_deref(), Some("Last used"));
    // What is no word of ours marks nothing.
    visitor.set_cookie(&name, "<script>");
    assert_eq!(marked(&mut visitor).await, None);
    visitor.sign_in(&request, "ada", PASSWORD).await;
    assert_eq!(visitor.cookie(&name), Some("password"));
}
