//! Who may call: every operation without a token, with another realm's, without its scope; nobody beyond their own
//! rights; nothing of another realm is ever found.

use serde_json::{Value, json};
use vestibule_http::{
    admin::operations,
    openapi::{Access, Body, Operation},
};

use crate::harness::{Call, Harness, PUBLIC};

/// The path of an operation with ids that are well formed and name nothing.
fn path_of(operation: &Operation) -> String {
    let nothing = "agm7jm2wcj3rfbaa4qxrhq6qhe";
    operation
        .path
        .replace("{realm}", "acme")
        .replace("{realm_id}", "nowhere")
        .replace("{user_id}", &format!("usr_{nothing}"))
        .replace("{credential_id}", &format!("crd_{nothing}"))
        .replace("{session_id}", &format!("ses_{nothing}"))
        .replace("{job_id}", &format!("job_{nothing}"))
        .replace("{connection_id}", &format!("con_{nothing}"))
        .replace("{identity_id}", &format!("idn_{nothing}"))
        .replace("{client_id}", "nobody")
}

fn call_of(operation: &Operation) -> Call {
    let call = Call::new(operation.verb.as_str(), path_of(operation)).header("If-Match", "*");
    match operation.body {
        Body::None => call,
        _ => call.raw(operation.body.media_types()[0], "{}"),
    }
}

#[actix_web::test]
async fn every_operation_turns_strangers_and_other_realms_away() {
    let harness = Harness::start().await;
    let every: Vec<&str> = vestibule_oauth::scope::ADMIN_SCOPES.to_vec();
    harness.realm("acme", &every).await;
    harness.realm("other", &every).await;
    harness.operator("boss", &every).await;
    let other = harness.robot("other", &every).await;
    let confused = harness.token("acme", "robot", &format!("{PUBLIC}/realms/other/admin/v1"), &every).await;
    let userinfo = harness.token("acme", "robot", &format!("{PUBLIC}/realms/acme"), &every).await;
    for operation in operations::all() {
        let denied = |call: Call, case: &'static str| {
            let harness = &harness;
            async move {
                let reply = call.send(harness).await;
                assert_eq!(reply.status, 401, "{} {case}: {}", operation.id, reply.text);
                assert_eq!(reply.problem(), "VST-010");
                assert!(reply.header("www-authenticate").is_some());
            }
        };
        denied(call_of(operation), "without a token").await;
        denied(call_of(operation).token("garbage"), "with garbage").await;
        denied(call_of(operation).token(&other), "with another realm's token").await;
        denied(call_of(operation).token(&confused), "with another realm's audience").await;
        denied(call_of(operation).token(&userinfo), "with a token for something else").await;
        if matches!(operation.access, Access::Installation(_)) {
            let realm_bound = format!("{PUBLIC}/realms/acme/admin/v1");
            let token = harness.token("operators", "boss", &realm_bound, &every).await;
            denied(call_of(operation).token(&token), "with an operator's token for one realm").await;
        }
    }
}

#[actix_web::test]
async fn every_operation_demands_its_scope_and_no_other() {
    let harness = Harness::start().await;
    let every: Vec<&str> = vestibule_oauth::scope::ADMIN_SCOPES.to_vec();
    harness.realm("acme", &every).await;
    harness.operator("boss", &every).await;
    for operation in operations::all() {
        let scope = operation.access.admin_scope().unwrap();
        let (issuer, client, audience) = match operation.access {
            Access::Installation(_) => ("operators", "boss", format!("{PUBLIC}/admin/v1")),
            _ => ("acme", "robot", format!("{PUBLIC}/realms/acme/admin/v1")),
        };
        let others: Vec<&str> = every.iter().copied().filter(|other| *other != scope).collect();
        let without = harness.token(issuer, client, &audience, &others).await;
        let reply = call_of(operation).token(&without).send(&harness).await;
        assert_eq!((reply.status, reply.problem().as_str()), (403, "VST-011"), "{}", operation.id);
        let with = harness.token(issuer, client, &audience, &[scope]).await;
        let reply = call_of(operation).token(&with).send(&harness).await;
        assert!(
            !matches!(reply.status, 401 | 403 | 405),
            "{}: {} {}",
            operation.id,
            reply.status,
            reply.text
        );
        assert!(reply.status < 500, "{}: {}", operation.id, reply.text);
        // A well-formed id that names nothing here is not found, whatever exists elsewhere.
        if operation.path_parameters().any(|name| name != "realm") && !matches!(operation.body, Body::Json(_))
        {
            assert_eq!(reply.status, 404, "{}: {}", operation.id, reply.text);
        }
    }
}

#[actix_web::test]
async fn a_scope_counts_only_while_its_owner_holds_it() {
    let harness = Harness::start().await;
    harness.realm("acme", &["users:read"]).await;
    let token = harness.robot("acme", &["users:read", "users:write"]).await;
    let list = || Call::new("GET", "/realms/acme/admin/v1/users").token(&token);
    list().send(&harness).await.expect(200);
    // The token claims more than its owner holds.
    let create =
        Call::new("POST", "/realms/acme/admin/v1/users").token(&token).json(&json!({"username": "x"}));
    create.send(&harness).await.expect(403);
    harness.realm("acme", &["keys:read"]).await;
    list().send(&harness).await.expect(403);
}

#[actix_web::test]
async fn things_of_another_realm_are_not_found() {
    let harness = Harness::start().await;
    let scopes = ["users:read", "users:write", "credentials:write", "sessions:read", "sessions:revoke"];
    harness.realm("acme", &scopes).await;
    harness.realm("other", &scopes).await;
    let there = harness.robot("other", &scopes).await;
    let made = Call::new("POST", "/realms/other/admin/v1/users")
        .token(&there)
        .json(&json!({"username": "eve", "password": "a long enough password"}))
        .send(&harness)
        .await
        .expect(201)
        .json();
    let id = made["id"].as_str().unwrap();
    let here = harness.robot("acme", &scopes).await;
    let calls: [(&str, &str, Option<Value>); 8] = [
        ("GET", "", None),
        ("PATCH", "", Some(json!({"locale": "en"}))),
        ("DELETE", "", None),
        ("POST", ":suspend", None),
        ("POST", ":resume", None),
        ("PUT", "/password", Some(json!({"password": "another long password"}))),
        ("GET", "/credentials", None),
        ("GET", "/sessions", None),
    ];
    for (method, rest, body) in calls {
        let mut call = Call::new(method, format!("/realms/acme/admin/v1/users/{id}{rest}")).token(&here);
        if let Some(body) = body {
            call = call.json(&body);
        }
        assert_eq!(call.send(&harness).await.expect(404).problem(), "VST-003", "{method} {rest}");
    }
    Call::new("GET", format!("/realms/other/admin/v1/users/{id}"))
        .token(&there)
        .send(&harness)
        .await
        .expect(200);
}

#[actix_web::test]
async fn nobody_grants_or_takes_over_more_than_they_hold() {
    let harness = Harness::start().await;
    let narrow = ["users:read", "users:write", "credentials:write", "clients:read", "clients:write"];
    harness.realm("acme", &narrow).await;
    let token = harness.robot("acme", &narrow).await;
    let report = harness
        .import(json!({
            "realm": {"slug": "acme"},
            "settings": {"hashing": {"memory_kib": 8192, "passes": 1, "lanes": 1}},
            "users": [{"username": "owner", "admin_scopes": ["realm:apply"]}],
            "clients": [
                {"client_id": "strong", "grant_types": ["client_credentials"], "admin_scopes": ["keys:rotate"]},
                {"client_id": "collector", "redirect_uris": ["https://a.example/cb"], "scope": "openid keys:rotate"},
            ],
        }))
        .await
        .unwrap();
    assert_eq!(report.users.created, 1);
    let base = "/realms/acme/admin/v1";
    let users = Call::new("GET", format!("{base}/users?q=owner")).token(&token).send(&harness).await.json();
    let owner = users["items"][0]["id"].as_str().unwrap().to_owned();
    let attempts: [(&str, String, Value); 9] = [
        ("POST", format!("{base}/users"), json!({"username": "me", "admin_scopes": ["realm:apply"]})),
        ("PATCH", format!("{base}/users/{owner}"), json!({"emails": [{"email": "me@evil.example"}]})),
        ("PUT", format!("{base}/users/{owner}/password"), json!({"password": "my very own password"})),
        ("DELETE", format!("{base}/users/{owner}"), Value::Null),
        ("POST", format!("{base}/users/{owner}:suspend"), json!({})),
        (
            "POST",
            format!("{base}/clients"),
            json!({"grant_types": ["client_credentials"], "admin_scopes": ["keys:rotate"]}),
        ),
        (
            "POST",
            format!("{base}/clients"),
            json!({"redirect_uris": ["https://e.example/"], "scope": "openid keys:rotate"}),
        ),
        ("POST", format!("{base}/clients/strong:rotate-secret"), json!({})),
        ("PATCH", format!("{base}/clients/collector"), json!({"redirect_uris": ["https://evil.example/cb"]})),
    ];
    for (method, path, body) in attempts {
        let mut call = Call::new(method, path.clone()).token(&token).header("If-Match", "*");
        if !body.is_null() {
            call = call.json(&body);
        }
        let reply = call.send(&harness).await;
        assert_eq!((reply.status, reply.problem().as_str()), (403, "VST-012"), "{method} {path}");
    }
}
