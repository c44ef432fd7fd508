//! Secrets of a realm: set by the API or a document, used by the server, never given back.

use serde_json::json;
use vestibule_realms::SecretName;
use vestibule_usecases::secrets::open_secret;

use crate::harness::{Call, Harness};

const BASE: &str = "/realms/acme/admin/v1/secrets";
const SCOPES: [&str; 2] = ["realm:read", "realm:write"];

async fn opened(harness: &Harness, realm: &str, name: &str) -> Option<String> {
    let app = harness.app();
    let realm = app.snapshots.by_slug(realm).await.unwrap().unwrap().realm.id;
    let name = SecretName::parse(name).unwrap();
    let value = open_secret(app, &app.system_cx(realm), &name).await.unwrap();
    value.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap())
}

#[actix_web::test]
async fn a_secret_is_written_and_never_read_back() {
    let harness = Harness::start().await;
    harness.realm("acme", &SCOPES).await;
    harness.realm("other", &SCOPES).await;
    let token = harness.robot("acme", &SCOPES).await;
    let call = |method: &str, path: &str| Call::new(method, format!("{BASE}{path}")).token(&token);
    call("PUT", "/smtp").json(&json!({"value": "hunter2"})).send(&harness).await.expect(204);
    assert_eq!(opened(&harness, "acme", "smtp").await.as_deref(), Some("hunter2"));
    assert_eq!(opened(&harness, "other", "smtp").await, None);
    let list = call("GET", "").send(&harness).await.expect(200);
    assert_eq!(list.json()["items"][0]["name"], "smtp");
    assert!(!list.text.contains("hunter2"));
    call("GET", "/smtp").send(&harness).await.expect(405);
    call("PUT", "/smtp").json(&json!({"value": "hunter3"})).send(&harness).await.expect(204);
    assert_eq!(opened(&harness, "acme", "smtp").await.as_deref(), Some("hunter3"));
    for bad in ["", &"x".repeat(16_385)] {
        call("PUT", "/smtp").json(&json!({"value": bad})).send(&harness).await.expect(422);
    }
    call("PUT", "/No%20name").json(&json!({"value": "x"})).send(&harness).await.expect(404);
    call("DELETE", "/smtp").send(&harness).await.expect(204);
    call("DELETE", "/smtp").send(&harness).await.expect(404);
    assert_eq!(opened(&harness, "acme", "smtp").await, None);
}

#[actix_web::test]
async fn a_document_carries_secrets_in_and_an_export_carries_none_out() {
    let harness = Harness::start().await;
    let document = |value: &str| json!({"realm": {"slug": "acme"}, "secrets": {"smtp": value, "sms": "x"}});
    let report = harness.import(document("hunter2")).await.unwrap();
    assert_eq!(report.secrets_set, 2);
    assert!(!harness.import(document("hunter2")).await.unwrap().changed());
    assert_eq!(harness.import(document("hunter3")).await.unwrap().secrets_set, 1);
    assert_eq!(opened(&harness, "acme", "smtp").await.as_deref(), Some("hunter3"));
    let reference = json!({"realm": {"slug": "acme"}, "secrets": {"smtp": {"env": "PATH"}}});
    assert!(harness.import(reference).await.is_err(), "a reference is read by the command line only");
    harness.realm("acme", &["realm:apply"]).await;
    let token = harness.robot("acme", &["realm:apply"]).await;
    let export = Call::new("GET", "/realms/acme/admin/v1/document").token(&token).send(&harness).await;
    assert!(!export.expect(200).text.contains("hunter3"));
    assert_eq!(opened(&harness, "acme", "smtp").await.as_deref(), Some("hunter3"), "unlisted ones stay");
}
