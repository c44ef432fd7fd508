//! What most tests start with: a server with the standard realm, on one or the other database, and people and clients
//! that do the usual things.

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, Settings, TestServer, Visitor,
    realm::{APP, CLIENT_SECRET, PASSWORD},
};

/// The realm of most tests.
pub(crate) const REALM: &str = "acme";

/// One setting per database, each with a realm imported.
pub(crate) async fn both(document: &RealmDoc) -> Vec<Settings> {
    let all = vec![Settings::sqlite(), Settings::postgres().await];
    for settings in &all {
        settings.import(document);
    }
    all
}

/// A server on SQLite with the standard realm.
pub(crate) async fn standard() -> TestServer {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM));
    settings.start().await
}

/// A code request of the public client `spa`.
pub(crate) fn request(server: &TestServer) -> AuthorizeRequest {
    AuthorizeRequest::new(&server.issuer(REALM), "spa", APP)
}

/// Signs `ada` in and exchanges the code: the answer of the token endpoint.
pub(crate) async fn signed_in_tokens(server: &TestServer, scope: &str) -> Value {
    let request = request(server).with("scope", scope);
    let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
    request.exchange(callback.code()).await.expect(200).json()
}

/// An address of the realm's protocol endpoints.
pub(crate) fn endpoint(server: &TestServer, name: &str) -> Url {
    server.url(&format!("/realms/{REALM}/oauth/{name}"))
}

/// A POST of form fields as a confidential client.
pub(crate) async fn post_as(client: &str, url: &Url, fields: &[(&str, &str)]) -> Answer {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    visitor_as(client).post(url, &fields).await
}

/// A client with its secret in the `Authorization` header.
pub(crate) fn visitor_as(client: &str) -> Visitor {
    Visitor::new().with_header("Authorization", &basic(client))
}

/// The `Authorization` header of a confidential client.
pub(crate) fn basic(client: &str) -> String {
    use base64::Engine as _;
    let pair = format!("{client}:{CLIENT_SECRET}");
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// A POST of form fields as nobody in particular.
pub(crate) async fn post(url: &Url, fields: &[(&str, &str)]) -> Answer {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Visitor::new().post(url, &fields).await
}

/// A token of the realm's administration machine with these scopes.
pub(crate) async fn admin_token(server: &TestServer, realm: &str, scope: &str) -> String {
    let url = server.url(&format!("/realms/{realm}/oauth/token"));
    let resource = format!("{}/admin/v1", server.issuer(realm));
    let fields = [("grant_type", "client_credentials"), ("scope", scope), ("resource", &resource)];
    let answer = post_as("admin-machine", &url, &fields).await.expect(200).json();
    text(&answer, "access_token")
}

/// A caller with a bearer token.
pub(crate) fn bearer(token: &str) -> Visitor {
    Visitor::new().with_header("Authorization", &format!("Bearer {token}"))
}

/// A text in a JSON object.
pub(crate) fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

/// The body that creates a user.
pub(crate) fn new_user(name: &str) -> Value {
    json!({"username": name, "emails": [{"email": format!("{name}@example.test"), "verified": true, "primary": true}]})
}
