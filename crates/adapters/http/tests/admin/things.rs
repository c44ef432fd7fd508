//! What the operations do to things: accounts that lose access, secrets that overlap, a last owner who stays.

use serde_json::{Value, json};
use vestibule_authn::{CredentialKind, ports::Verdict};
use vestibule_kernel::{Secret, UserId};

use crate::harness::{Call, Harness, PUBLIC};

const BASE: &str = "/realms/acme/admin/v1";
const SCOPES: [&str; 10] = [
    "users:read",
    "users:write",
    "credentials:write",
    "clients:read",
    "clients:write",
    "keys:read",
    "events:read",
    "jobs:read",
    "sessions:read",
    "sessions:revoke",
];

async fn acme() -> (Harness, String) {
    let harness = Harness::start().await;
    harness.realm("acme", &SCOPES).await;
    let token = harness.robot("acme", &SCOPES).await;
    (harness, token)
}

async fn verdict(harness: &Harness, id: &str, password: &str) -> Verdict {
    let app = harness.app();
    let realm = app.snapshots.by_slug("acme").await.unwrap().unwrap();
    let mut tx = app.store.read(&app.system_cx(realm.realm.id)).await.unwrap();
    let user: UserId = id.parse().unwrap();
    let stored = tx.credentials().find_credential(user, CredentialKind::Password).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let cost = vestibule_usecases::admin::passwords::cost(&realm.realm.settings);
    app.hasher.verify(&Secret::new(password.to_owned()), stored.hash(), cost).await.unwrap()
}

#[actix_web::test]
async fn a_password_is_set_by_policy_and_told_by_mail_and_event() {
    let (harness, token) = acme().await;
    let user = json!({
        "username": "ada", "emails": [{"email": "ada@acme.example"}], "password": "first long password",
    });
    let create = Call::new("POST", format!("{BASE}/users")).token(&token).json(&user);
    let id = create.send(&harness).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(verdict(&harness, &id, "first long password").await, Verdict::Right);
    let put = |password: &str| {
        Call::new("PUT", format!("{BASE}/users/{id}/password"))
            .token(&token)
            .json(&json!({"password": password}))
    };
    for weak in ["short", "password1234", "ada@acme.example"] {
        let refused = put(weak).send(&harness).await.expect(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], "/password");
        assert_eq!(refused.json()["instance"], format!("{BASE}/users/{id}/password"));
        assert!(!refused.text.contains("password1234"), "a password is never repeated");
    }
    put("second long password").send(&harness).await.expect(204);
    assert_eq!(verdict(&harness, &id, "first long password").await, Verdict::Wrong);
    assert_eq!(verdict(&harness, &id, "second long password").await, Verdict::Right);
    let events =
        Call::new("GET", format!("{BASE}/events?type=credential.replaced&subject_id={id}")).token(&token);
    let events = events.send(&harness).await.expect(200).json();
    assert_eq!(events["items"][0]["actor"], json!({"type": "admin", "id": "robot"}));
    let jobs =
        Call::new("GET", format!("{BASE}/jobs?state=queued")).token(&token).send(&harness).await.json();
    assert_eq!(jobs["items"][0]["kind"], "send_message");
    let credentials = Call::new("GET", format!("{BASE}/users/{id}/credentials")).token(&token);
    let credentials = credentials.send(&harness).await.expect(200);
    assert!(!credentials.text.contains("argon2"));
    let credential = credentials.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let remove = || Call::new("DELETE", format!("{BASE}/users/{id}/credentials/{credential}")).token(&token);
    remove().send(&harness).await.expect(204);
    remove().send(&harness).await.expect(404);
}

#[actix_web::test]
async fn users_are_suspended_resumed_and_deleted() {
    let (harness, token) = acme().await;
    let create = Call::new("POST", format!("{BASE}/users")).token(&token).json(&json!({"username": "ada"}));
    let id = create.send(&harness).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    let act = |action: &str| Call::new("POST", format!("{BASE}/users/{id}:{action}")).token(&token);
    let suspended = act("suspend").json(&json!({"reason": "abuse"})).send(&harness).await.expect(200);
    assert_eq!(suspended.json()["status"], "suspended");
    let again = act("suspend").send(&harness).await.expect(200);
    assert_eq!(again.header("etag"), suspended.header("etag"), "what is so already is not changed");
    assert_eq!(act("resume").send(&harness).await.expect(200).json()["status"], "active");
    let taken = Call::new("POST", format!("{BASE}/users")).token(&token).json(&json!({"username": "ADA"}));
    assert_eq!(taken.send(&harness).await.expect(409).problem(), "VST-032");
    Call::new("DELETE", format!("{BASE}/users/{id}")).token(&token).send(&harness).await.expect(204);
    Call::new("GET", format!("{BASE}/users/{id}")).token(&token).send(&harness).await.expect(404);
}

#[actix_web::test]
async fn a_value_of_an_attribute_that_the_realm_gave_up_is_in_the_way_of_no_change() {
    let (harness, token) = acme().await;
    let with_attributes = async |attributes: Value| {
        let hashing = json!({"memory_kib": 8192, "passes": 1, "lanes": 1});
        let settings = json!({"hashing": hashing, "profile": attributes});
        harness.import(json!({"realm": {"slug": "acme"}, "settings": settings})).await.unwrap();
    };
    with_attributes(json!([{"name": "loyalty_tier", "type": "text"}])).await;
    let user = json!({"username": "ada", "profile": {"loyalty_tier": "gold", "nickname": "Ada"}});
    let create = Call::new("POST", format!("{BASE}/users")).token(&token).json(&user);
    let id = create.send(&harness).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    with_attributes(json!([])).await;
    let patch = |body: Value| {
        Call::new("PATCH", format!("{BASE}/users/{id}"))
            .token(&token)
            .header("If-Match", "*")
            .raw("application/merge-patch+json", body.to_string())
    };
    let anew = patch(json!({"profile": {"loyalty_tier": "gold"}})).send(&harness).await.expect(422);
    assert_eq!(anew.json()["errors"][0]["pointer"], "/profile");
    let changed = patch(json!({"locale": "de"})).send(&harness).await.expect(200).json();
    assert_eq!((&changed["locale"], &changed["profile"]), (&json!("de"), &json!({"nickname": "Ada"})));
}

#[actix_web::test]
async fn an_old_secret_overlaps_as_long_as_asked() {
    let (harness, token) = acme().await;
    let shop = json!({"client_id": "shop", "redirect_uris": ["https://shop.example/cb"]});
    Call::new("POST", format!("{BASE}/clients")).token(&token).json(&shop).send(&harness).await.expect(201);
    let rotate = |body: Value| {
        Call::new("POST", format!("{BASE}/clients/shop:rotate-secret")).token(&token).json(&body)
    };
    let first = rotate(json!({"overlap_seconds": 3600})).send(&harness).await.expect(200).json();
    let secrets = first["secrets"].as_array().unwrap();
    assert_eq!(secrets.iter().filter(|secret| secret["expires_at"].is_null()).count(), 1);
    assert_eq!(secrets.len(), 2);
    let second = rotate(json!({"overlap_seconds": 0})).send(&harness).await.expect(200).json();
    assert_eq!(second["secrets"].as_array().unwrap().len(), 1);
    assert_ne!(first["client_secret"], second["client_secret"]);
    rotate(json!({"overlap_seconds": 9_999_999})).send(&harness).await.expect(422);
    let disabled = Call::new("POST", format!("{BASE}/clients/shop:disable")).token(&token);
    assert_eq!(disabled.send(&harness).await.expect(200).json()["status"], "disabled");
    let removed = Call::new("DELETE", format!("{BASE}/clients/shop")).token(&token).header("If-Match", "*");
    removed.send(&harness).await.expect(204);
    let snapshot = harness.app().snapshots.by_slug("acme").await.unwrap().unwrap();
    assert!(!snapshot.clients.keys().any(|id| id.as_str() == "shop"));
}

#[actix_web::test]
async fn realms_are_made_changed_suspended_and_deleted_but_the_operators_stay() {
    let harness = Harness::start().await;
    let scopes = ["realms:manage", "users:read"];
    harness.operator("boss", &scopes).await;
    let token = harness.token("operators", "boss", &format!("{PUBLIC}/admin/v1"), &scopes).await;
    let call = |method: &str, path: &str| Call::new(method, format!("/admin/v1/realms{path}")).token(&token);
    let new = json!({"slug": "acme", "settings": {"display_name": "Acme"}});
    let made = call("POST", "").json(&new).send(&harness).await.expect(201);
    assert_eq!(made.json()["issuer"], "http://localhost:8080/realms/acme");
    call("POST", "").json(&new).send(&harness).await.expect(409);
    call("POST", "").json(&json!({"slug": "Bad Slug"})).send(&harness).await.expect(422);
    let snapshot = harness.app().snapshots.by_slug("acme").await.unwrap().unwrap();
    assert!(snapshot.signing_key("ES256").is_some() && snapshot.signing_key("RS256").is_some());
    let hosts = json!({"hosts": ["login.acme.example"]});
    let moved = call("PATCH", "/acme").header("If-Match", made.header("etag").unwrap()).json(&hosts);
    assert_eq!(moved.send(&harness).await.expect(200).json()["issuer"], "http://login.acme.example:8080");
    let own = Call::new("GET", "/admin/v1/realm").header("Host", "login.acme.example");
    own.send(&harness).await.expect(401);
    assert_eq!(call("POST", "/acme:suspend").send(&harness).await.expect(200).json()["status"], "suspended");
    assert_eq!(call("POST", "/acme:resume").send(&harness).await.expect(200).json()["status"], "active");
    for (method, path) in [("POST", "/operators:suspend"), ("DELETE", "/operators")] {
        call(method, path).header("If-Match", "*").send(&harness).await.expect(409);
    }
    call("DELETE", "/acme").header("If-Match", "*").send(&harness).await.expect(204);
    call("GET", "/acme").send(&harness).await.expect(404);
    Call::new("GET", "/realms/acme/admin/v1/users").token(&token).send(&harness).await.expect(404);
    let listed = call("GET", "?limit=1").send(&harness).await.expect(200).json();
    assert_eq!(listed["items"][0]["slug"], "operators");
    let scopes = ["events:read"];
    harness.operator("auditor", &scopes).await;
    let audience = format!("{PUBLIC}/realms/operators/admin/v1");
    let auditor = harness.token("operators", "auditor", &audience, &scopes).await;
    let events = Call::new("GET", "/realms/operators/admin/v1/events?type=realm.deleted").token(&auditor);
    assert_eq!(events.send(&harness).await.expect(200).json()["items"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn the_last_operator_who_manages_realms_stays() {
    let harness = Harness::start().await;
    let scopes = ["realms:manage", "users:read", "users:write"];
    let mut document = json!({
        "realm": {"slug": "operators"},
        "clients": [crate::harness::robot("boss", &scopes)],
        "users": [{"username": "one", "admin_scopes": ["realms:manage"]}],
    });
    harness.import(document.clone()).await.unwrap();
    let audience = format!("{PUBLIC}/realms/operators/admin/v1");
    let token = harness.token("operators", "boss", &audience, &scopes).await;
    let base = "/realms/operators/admin/v1/users";
    let listed = Call::new("GET", format!("{base}?q=one")).token(&token).send(&harness).await.json();
    let one = listed["items"][0]["id"].as_str().unwrap().to_owned();
    let suspend = || Call::new("POST", format!("{base}/{one}:suspend")).token(&token);
    suspend().send(&harness).await.expect(409);
    Call::new("DELETE", format!("{base}/{one}")).token(&token).send(&harness).await.expect(409);
    let demote = Call::new("PATCH", format!("{base}/{one}")).token(&token).json(&json!({"admin_scopes": []}));
    demote.send(&harness).await.expect(409);
    document["users"] = json!([{"username": "two", "admin_scopes": ["realms:manage"]}]);
    harness.import(document).await.unwrap();
    suspend().send(&harness).await.expect(200);
}

#[actix_web::test]
async fn somebody_is_invited_by_a_link_that_opens_the_form_for_their_address() {
    let harness = Harness::start().await;
    let scopes = ["users:read", "users:write", "realm:read", "realm:write", "events:read"];
    harness.realm("acme", &scopes).await;
    harness.realm("other", &scopes).await;
    let token = harness.robot("acme", &scopes).await;
    let call = |method: &str, path: &str| Call::new(method, format!("{BASE}{path}")).token(&token);
    let invite = |body: Value| call("POST", "/invitations").json(&body);
    let grace = json!({"email": "grace@new.example", "days": 3, "locale": "de"});
    invite(grace.clone()).send(&harness).await.expect(409);
    let patch = json!({"settings": {"sign_up": {"mode": "invited"}}});
    call("PATCH", "/realm").header("If-Match", "*").json(&patch).send(&harness).await.expect(200);
    for bad in [
        json!({"email": "no address"}),
        json!({"email": "grace@new.example", "days": 0}),
        json!({"email": "grace@new.example", "days": 31}),
        json!({"email": "grace@new.example", "locale": "%%"}),
        json!({"email": "grace@new.example", "more": 1}),
    ] {
        assert_eq!(invite(bad.clone()).send(&harness).await.status, 422, "{bad}");
    }
    let made = invite(grace).send(&harness).await.expect(201).json();
    let url = made["url"].as_str().unwrap();
    let path = &url[url.find("/realms/acme/sign-up?invitation=").unwrap()..];
    let server = &harness;
    let get = |path: String| async move { Call::new("GET", path).send(server).await };
    let begun = get(path.to_owned()).await.expect(303);
    assert!(begun.header("location").is_some_and(|to| to.contains("/realms/acme/flow/")));
    // Programs that look at mail may open it; it is used up by nothing.
    get(path.to_owned()).await.expect(303);
    get("/realms/acme/sign-up".to_owned()).await.expect(403);
    get(path.replace("/realms/acme/", "/realms/other/")).await.expect(410);
    get(format!("{}x", &path[..path.len() - 1])).await.expect(410);
    let user = json!({"username": "ada", "emails": [{"email": "ada@acme.example"}]});
    call("POST", "/users").json(&user).send(&harness).await.expect(201);
    invite(json!({"email": "Ada@acme.example"})).send(&harness).await.expect(409);
    let events = call("GET", "/events").send(&harness).await.expect(200).text;
    assert!(events.contains("user.invited") && !events.contains("grace@new.example"), "{events}");
}
