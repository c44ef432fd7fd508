//! The conventions every operation keeps: entity tags, idempotency, paging, strict bodies, methods, quotas.

use serde_json::{Value, json};

use crate::harness::{Call, Harness};

const BASE: &str = "/realms/acme/admin/v1";
const SCOPES: [&str; 6] =
    ["users:read", "users:write", "clients:read", "clients:write", "realm:read", "realm:write"];

async fn acme() -> (Harness, String) {
    let harness = Harness::start().await;
    harness.realm("acme", &SCOPES).await;
    let token = harness.robot("acme", &SCOPES).await;
    (harness, token)
}

fn shop() -> Value {
    json!({"client_id": "shop", "client_name": "Shop", "redirect_uris": ["https://shop.example/cb"]})
}

#[actix_web::test]
async fn configuration_changes_only_at_the_version_seen() {
    let (harness, token) = acme().await;
    let made = Call::new("POST", format!("{BASE}/clients")).token(&token).json(&shop()).send(&harness).await;
    let made = made.expect(201);
    assert_eq!(made.header("location"), Some("http://localhost:8080/realms/acme/admin/v1/clients/shop"));
    let tag = made.header("etag").unwrap().to_owned();
    let patch = |tag: Option<&str>| {
        let call = Call::new("PATCH", format!("{BASE}/clients/shop")).token(&token);
        let call = match tag {
            Some(tag) => call.header("If-Match", tag),
            None => call,
        };
        call.json(&json!({"client_name": "Shop 2"}))
    };
    assert_eq!(patch(None).send(&harness).await.expect(428).problem(), "VST-030");
    assert_eq!(patch(Some("\"99\"")).send(&harness).await.expect(412).problem(), "VST-031");
    patch(Some(&format!("W/{tag}"))).send(&harness).await.expect(412);
    let changed = patch(Some(&tag)).send(&harness).await.expect(200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    patch(Some(&tag)).send(&harness).await.expect(412);
    let read = Call::new("GET", format!("{BASE}/clients/shop"))
        .token(&token)
        .header("If-None-Match", changed.header("etag").unwrap());
    let unchanged = read.send(&harness).await.expect(304);
    assert_eq!(unchanged.text, "");
    // Users are changed without a tag too; a wrong one still counts.
    let user = Call::new("POST", format!("{BASE}/users")).token(&token).json(&json!({"username": "ada"}));
    let id = user.send(&harness).await.expect(201).json()["id"].as_str().unwrap().to_owned();
    let patch =
        || Call::new("PATCH", format!("{BASE}/users/{id}")).token(&token).json(&json!({"locale": "en"}));
    patch().header("If-Match", "\"77\"").send(&harness).await.expect(412);
    patch().send(&harness).await.expect(200);
}

#[actix_web::test]
async fn a_merge_patch_is_checked_as_a_whole() {
    let (harness, token) = acme().await;
    Call::new("POST", format!("{BASE}/clients")).token(&token).json(&shop()).send(&harness).await.expect(201);
    let patch = |body: Value| {
        Call::new("PATCH", format!("{BASE}/clients/shop"))
            .token(&token)
            .header("If-Match", "*")
            .raw("application/merge-patch+json", body.to_string())
    };
    // Fine by itself, wrong together with what is there.
    patch(json!({"redirect_uris": []})).send(&harness).await.expect(422);
    patch(json!({"redirect_uris": ["https://shop.example/*"]})).send(&harness).await.expect(422);
    patch(json!({"client_secret": "x"})).send(&harness).await.expect(422);
    let kept =
        patch(json!({"logo_uri": "https://shop.example/l.png"})).send(&harness).await.expect(200).json();
    assert_eq!(kept["client_name"], "Shop");
    let removed = patch(json!({"logo_uri": null})).send(&harness).await.expect(200).json();
    assert_eq!(removed["logo_uri"], Value::Null);
    let settings = |body: Value| {
        Call::new("PATCH", format!("{BASE}/realm")).token(&token).header("If-Match", "*").json(&body)
    };
    settings(json!({"settings": {"password": {"min_length": 3}}})).send(&harness).await.expect(422);
    settings(json!({"settings": {"pasword": {}}})).send(&harness).await.expect(422);
    settings(json!({"hosts": ["login.acme.example"]})).send(&harness).await.expect(422);
    let realm = settings(
        json!({"settings": {"password": {"min_length": 15}, "keys": {"algorithms": ["ES256", "RS256", "EdDSA"]}}}),
    );
    let realm = realm.send(&harness).await.expect(200).json();
    assert_eq!(realm["settings"]["password"]["min_length"], 15);
    let snapshot = harness.app().snapshots.by_slug("acme").await.unwrap().unwrap();
    assert!(snapshot.signing_key("EdDSA").is_some(), "an algorithm that is switched on has a key at once");
}

#[actix_web::test]
async fn an_idempotency_key_makes_one_change_and_one_answer() {
    let (harness, token) = acme().await;
    let create = |key: &str, body: Value| {
        Call::new("POST", format!("{BASE}/clients")).token(&token).header("Idempotency-Key", key).json(&body)
    };
    let first = create("k1", shop()).send(&harness).await.expect(201);
    assert!(first.json()["client_secret"].as_str().is_some_and(|secret| secret.starts_with("vcs_")));
    let second = create("k1", shop()).send(&harness).await.expect(201);
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(
        (first.header("etag"), first.header("location")),
        (second.header("etag"), second.header("location"))
    );
    assert_eq!(second.json()["client_secret"], Value::Null, "no secret is remembered");
    assert_eq!(create("k2", shop()).send(&harness).await.expect(409).problem(), "VST-032");
    let other = json!({"client_id": "shop2", "redirect_uris": ["https://shop.example/cb"]});
    assert_eq!(create("k1", other.clone()).send(&harness).await.expect(422).problem(), "VST-033");
    // A refused call gives its key back.
    create("k3", json!({"client_id": "bad", "redirect_uris": ["x"]})).send(&harness).await.expect(422);
    create("k3", other).send(&harness).await.expect(201);
    let both = futures::future::join(
        create("k4", json!({"redirect_uris": ["https://a.example/"]})).send(&harness),
        create("k4", json!({"redirect_uris": ["https://a.example/"]})).send(&harness),
    );
    let (one, two) = both.await;
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert!(matches!(statuses, [201, 201 | 409]), "{statuses:?}");
    for bad in ["", "a b", &"x".repeat(256)] {
        assert_eq!(create(bad, shop()).send(&harness).await.expect(400).problem(), "VST-025");
    }
}

#[actix_web::test]
async fn lists_are_paged_by_cursors_that_belong_to_them() {
    let (harness, token) = acme().await;
    for n in 0..5 {
        let user = json!({"username": format!("user{n}")});
        Call::new("POST", format!("{BASE}/users")).token(&token).json(&user).send(&harness).await.expect(201);
    }
    let mut seen = Vec::new();
    let mut path = format!("{BASE}/users?limit=2&status=active");
    loop {
        let page = Call::new("GET", &path).token(&token).send(&harness).await.expect(200);
        let body = page.json();
        seen.extend(body["items"].as_array().unwrap().iter().map(|user| user["username"].clone()));
        let Some(link) = page.header("link") else {
            assert_eq!(body["next"], Value::Null);
            break;
        };
        assert!(body["items"].as_array().unwrap().len() <= 2);
        path = link.split(['<', '>']).nth(1).unwrap().to_owned();
        let cursor = body["next"].as_str().unwrap();
        let foreign = Call::new("GET", format!("{BASE}/clients?after={cursor}")).token(&token);
        assert_eq!(foreign.send(&harness).await.expect(400).problem(), "VST-024");
        let refiltered =
            Call::new("GET", format!("{BASE}/users?after={cursor}&status=suspended")).token(&token);
        refiltered.send(&harness).await.expect(400);
    }
    assert_eq!(seen, ["user0", "user1", "user2", "user3", "user4"]);
    for bad in ["limit=0", "limit=201", "limit=x", "after=x", "status=dead", "unknown=1", "limit=1&limit=2"] {
        let reply = Call::new("GET", format!("{BASE}/users?{bad}")).token(&token).send(&harness).await;
        assert_eq!((reply.status, reply.problem().as_str()), (400, "VST-024"), "{bad}");
    }
}

#[actix_web::test]
async fn bad_bodies_are_refused_in_the_right_format() {
    let (harness, token) = acme().await;
    let post = |media_type: &str, body: Vec<u8>| {
        Call::new("POST", format!("{BASE}/users")).token(&token).raw(media_type, body)
    };
    let cases: [(&str, Vec<u8>, u16, &str); 9] = [
        ("application/json", b"".to_vec(), 400, "VST-022"),
        ("application/json", b"{".to_vec(), 400, "VST-022"),
        ("application/json", b"[]".to_vec(), 422, "VST-023"),
        ("application/json", b"{\"username\": 1}".to_vec(), 422, "VST-023"),
        ("application/json", b"{\"username\": \"a\\u0000b\"}".to_vec(), 422, "VST-023"),
        ("application/json", b"{\"username\": \"\xff\"}".to_vec(), 400, "VST-022"),
        ("application/json", b"{\"username\": \"a\", \"role\": \"x\"}".to_vec(), 422, "VST-023"),
        ("text/plain", b"{}".to_vec(), 415, "VST-021"),
        ("application/json", vec![b' '; 300 * 1024], 413, "VST-020"),
    ];
    for (media_type, body, status, code) in cases {
        let shown = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
        let reply = post(media_type, body).send(&harness).await;
        assert_eq!((reply.status, reply.problem().as_str()), (status, code), "{shown}");
    }
    let deep = format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000));
    post("application/json", deep.into_bytes()).send(&harness).await.expect(400);
    let body = Call::new("POST", format!("{BASE}/clients/shop:enable")).token(&token).json(&json!({"x": 1}));
    body.send(&harness).await.expect(400);
}

#[actix_web::test]
async fn wrong_methods_are_told_the_right_ones_and_head_works() {
    let (harness, token) = acme().await;
    let reply = Call::new("PUT", format!("{BASE}/users")).token(&token).send(&harness).await.expect(405);
    assert_eq!(reply.header("allow"), Some("GET, HEAD, POST"));
    assert_eq!(reply.problem(), "VST-005");
    let head = Call::new("HEAD", format!("{BASE}/users")).token(&token).send(&harness).await.expect(200);
    assert!(head.header("ratelimit").is_some());
    Call::new("GET", format!("{BASE}/nothing")).token(&token).send(&harness).await.expect(404);
    let nowhere = Call::new("GET", "/realms/nowhere/admin/v1/users").token(&token).send(&harness).await;
    assert_eq!(nowhere.expect(404).problem(), "VST-004");
}

#[actix_web::test]
async fn each_caller_has_a_quota_and_is_told_of_it() {
    let (harness, token) = acme().await;
    let settings = json!({"settings": {"limits": {"admin_per_minute": 3}}});
    let patch =
        Call::new("PATCH", format!("{BASE}/realm")).token(&token).header("If-Match", "*").json(&settings);
    let first = patch.send(&harness).await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), Some("\"admin\";q=600;w=60"));
    let list = || Call::new("GET", format!("{BASE}/users")).token(&token);
    for _ in 0..3 {
        list().send(&harness).await.expect(200);
    }
    let refused = list().send(&harness).await.expect(429);
    assert_eq!(refused.problem(), "VST-040");
    assert!(refused.header("retry-after").is_some());
    assert!(refused.header("ratelimit").unwrap().starts_with("\"admin\";r=0;"));
}
