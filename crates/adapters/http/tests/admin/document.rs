//! The realm document: importing twice changes nothing, exporting and importing changes nothing, secrets do not leave.

use serde_json::{Value, json};
use vestibule_usecases::admin::{
    AdminFailure, Ceiling,
    realm_document::{DocumentFormat, ExportScope, RealmDocument, export},
};

use crate::harness::{Call, Harness, PUBLIC};

/// The reference page, whose example is what these tests import.
const PAGE: &str = include_str!("../../../../../docs/reference/realm-document.md");

fn example() -> Value {
    let text = PAGE.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    RealmDocument::parse(text, DocumentFormat::Toml).unwrap();
    let mut value = RealmDocument::read_value(text, DocumentFormat::Toml).unwrap();
    value["settings"]["hashing"] = json!({"memory_kib": 8192, "passes": 1, "lanes": 1});
    for client in value["clients"].as_array_mut().unwrap() {
        // References are for the command line; here nobody resolves them.
        if client.get("secret").is_some_and(Value::is_object) {
            client["secret"] = json!("another-Secret-0f-the-example-9X");
        }
    }
    value
}

#[actix_web::test]
async fn importing_twice_changes_nothing() {
    let harness = Harness::start().await;
    let first = harness.import(example()).await.unwrap();
    assert!(first.realm_created && first.changed());
    assert_eq!((first.clients.created, first.users.created, first.passwords_set), (3, 2, 2));
    let version = |slug: &'static str| {
        let snapshots = &harness.app().snapshots;
        async move { snapshots.by_slug(slug).await.unwrap().unwrap().realm.config_version }
    };
    let before = version("acme").await;
    let second = harness.import(example()).await.unwrap();
    assert!(!second.changed(), "{second:?}");
    assert_eq!(version("acme").await, before);
}

#[actix_web::test]
async fn what_is_exported_imports_as_nothing_new_in_both_notations() {
    let harness = Harness::start().await;
    let report = harness.import(example()).await.unwrap();
    let cx = harness.app().system_cx(report.realm_id);
    let scope = ExportScope::UsersWithPasswords;
    let document = export(harness.app(), &cx, scope, Ceiling::Host).await.unwrap();
    for format in [DocumentFormat::Toml, DocumentFormat::Json] {
        let text = document.to_text(format).unwrap();
        assert!(!text.contains("another-Secret"), "a secret left by value");
        assert!(text.contains("sha256:") && text.contains("$argon2id$"));
        let again = harness.import(RealmDocument::read_value(&text, format).unwrap()).await.unwrap();
        assert!(!again.changed(), "{again:?}");
    }
    // In another installation the same document makes the same realm: same users, same secrets, same passwords.
    let other = Harness::start().await;
    let made = other.import(document.to_value().unwrap()).await.unwrap();
    assert_eq!((made.users.created, made.passwords_set), (2, 2));
    let cx = other.app().system_cx(made.realm_id);
    let copy = export(other.app(), &cx, scope, Ceiling::Host).await.unwrap();
    assert_eq!(copy.to_value().unwrap(), document.to_value().unwrap());
}

#[actix_web::test]
async fn a_password_of_a_document_is_a_seed_only() {
    let harness = Harness::start().await;
    harness.import(example()).await.unwrap();
    let mut changed = example();
    changed["users"][0]["password"] = json!("a completely different password");
    let report = harness.import(changed).await.unwrap();
    assert_eq!(report.passwords_set, 0);
}

#[actix_web::test]
async fn a_document_that_replaces_metadata_leaves_what_the_person_decided() {
    let harness = Harness::start().await;
    let mut document = example();
    let theirs =
        json!({"terms_accepted": {"uri": "https://acme.example/terms", "at": "2026-01-01T00:00:00Z"}});
    document["users"][0]["private_metadata"] = theirs.clone();
    harness.import(document.clone()).await.unwrap();

    document["users"][0]["private_metadata"] = json!({"vip": true});
    assert_eq!(harness.import(document.clone()).await.unwrap().users.updated, 1);
    assert_eq!(harness.import(document.clone()).await.unwrap().users.unchanged, 2);
    let mut wanted = theirs;
    wanted["vip"] = json!(true);
    assert_eq!(metadata(&harness).await, wanted);

    let other = json!({"terms_accepted": {"uri": "https://acme.example/terms/2"}});
    document["users"][0]["private_metadata"] = other.clone();
    harness.import(document).await.unwrap();
    assert_eq!(metadata(&harness).await, other, "what is said of it counts");
}

/// The private metadata of the one user that has any.
async fn metadata(harness: &Harness) -> Value {
    let realm = harness.app().snapshots.by_slug("acme").await.unwrap().unwrap();
    let cx = harness.app().system_cx(realm.realm.id);
    let document = export(harness.app(), &cx, ExportScope::Users, Ceiling::Host).await.unwrap();
    let users = document.to_value().unwrap()["users"].as_array().unwrap().clone();
    let noted = |found: &&Value| found.as_object().is_some_and(|notes| !notes.is_empty());
    users.iter().filter_map(|user| user.get("private_metadata")).find(noted).unwrap().clone()
}

type Spoil = fn(&mut Value);

#[actix_web::test]
async fn a_bad_document_stores_nothing_and_names_the_place() {
    let harness = Harness::start().await;
    let faults: [(&str, Spoil); 6] = [
        ("/clients/0/redirect_uris", |d| {
            d["clients"][0]["redirect_uris"] = json!(["http://evil.example/cb"]);
        }),
        ("/clients/1/secrets/0", |d| d["clients"][1]["secret"] = json!("secret")),
        ("/users/0/profile", |d| d["users"][0]["profile"] = json!({"shoe_size": 42})),
        ("/users/1", |d| d["users"][1]["username"] = d["users"][0]["username"].clone()),
        ("/settings", |d| d["settings"]["tokens"] = json!({"code_seconds": 61})),
        ("/users/0/admin_scopes", |d| d["users"][0]["admin_scopes"] = json!(["everything"])),
    ];
    for (pointer, spoil) in faults {
        let mut document = example();
        spoil(&mut document);
        match harness.import(document).await {
            Err(AdminFailure::Invalid(faults)) => assert_eq!(faults[0].pointer, pointer),
            other => panic!("{pointer}: {other:?}"),
        }
        assert!(harness.app().snapshots.by_slug("acme").await.unwrap().is_none(), "{pointer}");
    }
    for unknown in [json!({"realm": {"slug": "x2"}, "setings": {}}), json!({"realm": {"slug": "x2", "x": 1}})]
    {
        assert!(RealmDocument::from_value(unknown).is_err());
    }
}

#[actix_web::test]
async fn the_call_imports_and_exports_under_the_callers_rights() {
    let harness = Harness::start().await;
    harness.operator("boss", &["realms:manage", "users:read"]).await;
    let audience = format!("{PUBLIC}/admin/v1");
    let token = harness.token("operators", "boss", &audience, &["realms:manage", "users:read"]).await;
    let import = |document: Value| Call::new("POST", "/admin/v1/realms:import").token(&token).json(&document);
    let mut stronger = example();
    stronger["users"][0]["admin_scopes"] = json!(["users:write"]);
    assert_eq!(import(stronger).send(&harness).await.expect(403).problem(), "VST-012");
    let mut reference = example();
    reference["clients"][1]["secret"] = json!({"env": "PATH"});
    let refused = import(reference).send(&harness).await.expect(422);
    assert!(!refused.text.contains("/usr/bin"), "the environment must not be read for a remote caller");
    let mut weaker = example();
    weaker["clients"][2]["admin_scopes"] = json!(["users:read"]);
    weaker["users"][0]["admin_scopes"] = json!([]);
    let report = import(weaker.clone()).send(&harness).await.expect(200).json();
    assert_eq!(report["realm_created"], true);
    let again = import(weaker).send(&harness).await.expect(200).json();
    assert_eq!((&again["clients"]["unchanged"], &again["users"]["unchanged"]), (&json!(3), &json!(2)));
    let toml = "[realm]\nslug = \"tiny\"\n";
    let call = Call::new("POST", "/admin/v1/realms:import").token(&token).raw("application/toml", toml);
    assert_eq!(call.send(&harness).await.expect(200).json()["realm"], "tiny");
    let nul = "[realm]\nslug = \"tiny\"\n[settings]\ndisplay_name = \"a\\u0000b\"\n";
    let call = Call::new("POST", "/admin/v1/realms:import").token(&token).raw("application/toml", nul);
    call.send(&harness).await.expect(422);

    let audience = format!("{PUBLIC}/realms/acme/admin/v1");
    let exporter = harness.token("operators", "boss", &audience, &["users:read"]).await;
    let path = "/realms/acme/admin/v1/document";
    assert_eq!(Call::new("GET", path).token(&exporter).send(&harness).await.expect(403).problem(), "VST-011");
}
