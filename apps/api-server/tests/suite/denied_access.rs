//! Every operation of the admin API, as its own description lists them: nobody without a token, no token without the
//! scope, no token of another realm, nothing of another realm.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, Settings, TestServer, Visitor,
    realm::{APP, PASSWORD, realm_scopes},
    visitor,
};

use crate::{
    scene::{self, REALM, text},
    second_realm,
};

/// The second realm.
const OTHER: &str = "other";
/// A client that only the second realm has; people are asked for consent.
const OWN_CLIENT: &str = "other-shop";

/// One operation of the description.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Scopes it demands.
    pub(crate) scopes: Vec<String>,
    pub(crate) body: Body,
    /// What its body is: JSON if it takes JSON.
    pub(crate) media_type: String,
    /// Whether it belongs to the API above realms.
    pub(crate) above_realms: bool,
}

/// Whether an operation takes a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Optional,
    Required,
}

impl Body {
    fn of(operation: &Value) -> Self {
        match operation.pointer("/requestBody/required").and_then(Value::as_bool) {
            Some(true) => Self::Required,
            _ if operation.get("requestBody").is_some() => Self::Optional,
            _ => Self::None,
        }
    }
}

/// Every operation of the admin API, as the program describes it.
pub(crate) fn described() -> Vec<Operation> {
    let description = Settings::sqlite().run("api-server", &["openapi"]);
    let description: Value = serde_json::from_str(&description).expect("the description is JSON");
    let mut operations = Vec::new();
    for (path, item) in description["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let security = operation.get("security").or_else(|| description.get("security"));
            let schemes = security.and_then(Value::as_array).cloned().unwrap_or_default();
            let is_operation = operation.get("responses").is_some() && path.contains("/admin/v1");
            if !is_operation || schemes.is_empty() {
                continue;
            }
            let scopes = schemes.iter().filter_map(Value::as_object).flat_map(|scheme| scheme.values());
            let scopes = scopes.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
            operations.push(Operation {
                method,
                path: path.clone(),
                scopes: scopes.map(ToOwned::to_owned).collect(),
                body: Body::of(operation),
                media_type: media_type(operation),
                above_realms: !path.starts_with("/realms/"),
            });
        }
    }
    assert!(operations.len() > 20, "the description lists only {} operations", operations.len());
    operations
}

/// The media type of an operation's body.
fn media_type(operation: &Value) -> String {
    const JSON: &str = "application/json";
    let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
    let takes = |name: &str| content.is_none_or(|content| content.contains_key(name));
    if takes(JSON) {
        return JSON.to_owned();
    }
    content.and_then(|content| content.keys().next()).cloned().unwrap_or_default()
}

async fn call(server: &TestServer, operation: &Operation, path: &str, token: Option<&str>) -> Answer {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let url = server.url(path);
    // A version that is never right: an operation that looks at it before looking for the thing would tell.
    let mut request = client.request(operation.method.clone(), url.clone()).header("If-Match", "\"1\"");
    if operation.body != Body::None {
        request = request.header("Content-Type", &operation.media_type).body("{}");
    }
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    visitor::read(url, request.send().await.unwrap()).await
}

/// The path with the realm and made-up ids filled in.
fn filled(path: &str, realm: &str, ids: &BTreeMap<String, String>) -> String {
    let mut filled = path.replace("{realm}", realm);
    while let (Some(open), Some(close)) = (filled.find('{'), filled.find('}')) {
        let name = filled[open + 1..close].to_owned();
        let id = ids.get(&name).cloned().unwrap_or_else(|| "nothing".to_owned());
        filled.replace_range(open..=close, &id);
    }
    filled
}

/// A server per database, each with two realms.
async fn two_realms() -> Vec<TestServer> {
    let mut servers = Vec::new();
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        settings.import(&RealmDoc::standard(OTHER).client(OWN_CLIENT, json!({})));
        servers.push(settings.start().await);
    }
    servers
}

#[tokio::test]
async fn no_operation_answers_without_a_token() {
    let operations = described();
    for server in two_realms().await {
        for operation in &operations {
            let path = filled(&operation.path, REALM, &BTreeMap::new());
            for token in [None, Some("nonsense"), Some("a.b.c")] {
                let answer = call(&server, operation, &path, token).await;
                let what = format!("{} {path} with {token:?}", operation.method);
                assert_eq!(answer.status.as_u16(), 401, "{what}: {}", answer.body);
                let challenge = answer.header("www-authenticate");
                assert!(challenge.is_some_and(|value| value.starts_with("Bearer")), "{what}");
                assert_eq!(answer.json()["code"], "VST-010", "{what}");
            }
        }
    }
}

#[tokio::test]
async fn no_operation_answers_a_token_without_its_scope() {
    let operations = described();
    for server in two_realms().await {
        let mut tokens = BTreeMap::new();
        for scope in realm_scopes() {
            tokens.insert(scope, scene::admin_token(&server, REALM, scope).await);
        }
        for operation in operations.iter().filter(|operation| !operation.above_realms) {
            let path = filled(&operation.path, REALM, &BTreeMap::new());
            assert!(!operation.scopes.is_empty(), "{} {path} demands no scope", operation.method);
            let others = tokens.iter().filter(|(scope, _)| !operation.scopes.iter().any(|own| own == *scope));
            for (scope, token) in others {
                let answer = call(&server, operation, &path, Some(token)).await;
                let what = format!("{} {path} with {scope}: {}", operation.method, answer.body);
                assert_eq!(answer.status.as_u16(), 403, "{what}");
                assert_eq!(answer.json()["code"], "VST-011", "{what}");
            }
        }
    }
}

#[tokio::test]
async fn no_operation_answers_a_token_of_another_realm_or_kind() {
    let operations = described();
    for server in two_realms().await {
        let foreign = scene::admin_token(&server, OTHER, &realm_scopes().join(" ")).await;
        let ordinary = text(&scene::signed_in_tokens(&server, "openid").await, "access_token");
        let own = scene::admin_token(&server, REALM, &realm_scopes().join(" ")).await;
        for operation in &operations {
            let path = filled(&operation.path, REALM, &BTreeMap::new());
            let mut tokens = vec![("another realm's token", &foreign), ("a user's token", &ordinary)];
            if operation.above_realms {
                tokens.push(("a realm's token", &own));
            }
            for (what, token) in tokens {
                let answer = call(&server, operation, &path, Some(token)).await;
                let status = answer.status.as_u16();
                assert_eq!(status, 401, "{} {path} with {what}: {}", operation.method, answer.body);
            }
        }
    }
}

#[tokio::test]
async fn ids_of_another_realm_are_as_unknown_as_made_up_ones() {
    let operations = described();
    for server in two_realms().await {
        let own = scene::admin_token(&server, REALM, &realm_scopes().join(" ")).await;
        let foreign = foreign_ids(&server).await;
        let made_up: BTreeMap<String, String> =
            foreign.iter().map(|(name, id)| (name.clone(), second_realm::similar(id))).collect();
        for operation in operations.iter().filter(|operation| !operation.above_realms) {
            if !operation.path.replace("{realm}", "").contains('{') {
                continue;
            }
            let path = filled(&operation.path, REALM, &foreign);
            let there = call(&server, operation, &path, Some(&own)).await;
            let nowhere = filled(&operation.path, REALM, &made_up);
            let nowhere = call(&server, operation, &nowhere, Some(&own)).await;
            let status = there.status.as_u16();
            let what = format!("{} {path}: {status} {}", operation.method, there.body);
            assert_eq!(second_realm::told(&there), second_realm::told(&nowhere), "{what}");
            let is_list = status == 200 && there.json()["items"] == json!([]);
            assert!(is_list || [404, 422].contains(&status), "{what}");
        }
        untouched(&server, &foreign).await;
    }
}

/// Real ids of the other realm by the name of the path's parameter.
async fn foreign_ids(server: &TestServer) -> BTreeMap<String, String> {
    let request = AuthorizeRequest::new(&server.issuer(OTHER), OWN_CLIENT, APP).with("scope", "openid email");
    Visitor::new().sign_in(&request, "ada", PASSWORD).await.code();
    let token = scene::admin_token(server, OTHER, &realm_scopes().join(" ")).await;
    let first = async |list: &str, name: &str| {
        let url = server.url(&format!("/realms/{OTHER}/admin/v1/{list}"));
        text(&scene::bearer(&token).get(&url).await.expect(200).json()["items"][0], name)
    };
    let user = first("grants", "user_id").await;
    let credential = first(&format!("users/{user}/credentials"), "id").await;
    let connections = server.url(&format!("/realms/{OTHER}/admin/v1/connections"));
    let new = json!({
        "key": "globex", "provider": "github", "client_id": "us", "client_secret": "only-for-this-test",
    });
    let connection = scene::bearer(&token).post_json(&connections, &new).await.expect(201).json();
    let ids = [
        ("user_id", user),
        ("connection_id", text(&connection, "id")),
        // No identity is linked here; the form of an id is all that is needed.
        ("identity_id", "idn_aguvchqvm564ztmtmqqv2onxmu".to_owned()),
        ("client_id", OWN_CLIENT.to_owned()),
        ("session_id", first("sessions", "id").await),
        ("credential_id", credential),
        // No job is left to see for sure; the form of an id is all that is needed.
        ("job_id", "job_aguvchqvm564ztmtmqqv2onxmu".to_owned()),
    ];
    ids.into_iter().map(|(name, id)| (name.to_owned(), id)).collect()
}

async fn untouched(server: &TestServer, ids: &BTreeMap<String, String>) {
    let token = scene::admin_token(server, OTHER, &realm_scopes().join(" ")).await;
    let get = async |path: &str| {
        let url = server.url(&format!("/realms/{OTHER}/admin/v1/{path}"));
        scene::bearer(&token).get(&url).await.expect(200).json()
    };
    let user = &ids["user_id"];
    assert_eq!(get(&format!("users/{user}")).await["status"], "active");
    assert_eq!(
        get(&format!("users/{user}/credentials")).await["items"][0]["id"],
        ids["credential_id"].as_str()
    );
    assert_eq!(get(&format!("clients/{OWN_CLIENT}")).await["status"], "enabled");
    assert_eq!(get("grants").await["items"][0]["user_id"], user.as_str());
    assert_eq!(get("sessions").await["items"][0]["id"], ids["session_id"].as_str());
    assert_eq!(get("connections").await["items"][0]["id"], ids["connection_id"].as_str());
}
