//! Every route of the route table, asked by a stranger: it refuses, or stands on the list of those that answer
//! everybody with the reason why. A route that is on neither list fails the test.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Client, Method, header, redirect::Policy};
use vestibule_http::routes;
use vestibule_testkit::{Answer, RealmDoc, TestServer, Visitor, visitor};

use crate::{
    denied_access,
    scene::{self, REALM},
};

/// What a stranger gets.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// This status, and this word in the answer or in the address it leads to.
    Refused(u16, &'static str),
    /// An answer, for this reason.
    Public(&'static str),
}

/// What a stranger sends.
#[derive(Debug, Clone, Copy)]
enum Sent {
    Nothing,
    Query(&'static str),
    Form(&'static str),
    Json(&'static str),
}

use Rule::{Public, Refused};
use Sent::{Form, Json, Nothing, Query};

/// Routes of the realm whose path starts here are written without it.
const PREFIX: &str = "/realms/{realm}";
const NO_SESSION: &str = "response_type=code&client_id=spa&redirect_uri=http%3A%2F%2Flocalhost%3A9%2Fcallback&scope=openid&prompt=none\
     &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
const BACK: &str = "a sign-in begins here, which leads back";
const METADATA: &str = "tells how to talk to this server";

/// Every route outside the admin API. Admin operations have a table of their own, which `denied_access` walks.
const TABLE: &[(&str, &str, Sent, Rule)] = &[
    ("GET", "/.well-known/oauth-authorization-server/realms/{realm}", Nothing, Public(METADATA)),
    ("GET", "/.well-known/openid-configuration/realms/{realm}", Nothing, Public(METADATA)),
    ("GET", "~/.well-known/openid-configuration", Nothing, Public(METADATA)),
    ("GET", "~/.well-known/oauth-authorization-server", Nothing, Public(METADATA)),
    ("GET", "~/oauth/jwks", Nothing, Public("public keys are public")),
    ("GET", "/assets/{file}", Nothing, Refused(404, "VST-003")),
    ("GET", "~/flow/theme-{hash}.css", Nothing, Public("the colours of the sign-in page")),
    ("GET", "~/flow/picture-{file}", Nothing, Refused(404, "VST-003")),
    ("GET", "/admin/v1/openapi.json", Nothing, Public("describes the API; the same for every installation")),
    ("GET", "/docs/api", Nothing, Public("describes the API; the same for every installation")),
    ("GET", "/docs/errors", Nothing, Public("explains error codes")),
    ("GET", "/docs/errors/{code}", Nothing, Refused(404, "VST-003")),
    ("GET", "/setup/{code}", Nothing, Refused(410, "VST-057")),
    ("POST", "/setup/{code}", Form("email=x%40y.test&password=long-enough-for-all"), Refused(403, "VST-053")),
    ("GET", "~/oauth/authorize", Query(NO_SESSION), Refused(303, "error=login_required")),
    ("POST", "~/oauth/authorize", Form(NO_SESSION), Refused(303, "error=login_required")),
    (
        "GET",
        "~/oauth/authorize/resume",
        Query("request={request}&flow={flow}"),
        Refused(400, "request_expired"),
    ),
    ("POST", "~/oauth/par", Form("client_id=web&response_type=code"), Refused(401, "invalid_client")),
    (
        "POST",
        "~/oauth/token",
        Form("grant_type=client_credentials&client_id=machine"),
        Refused(401, "invalid_client"),
    ),
    ("POST", "~/oauth/introspect", Form("token=x&client_id=web"), Refused(401, "invalid_client")),
    ("POST", "~/oauth/revoke", Form("token=x&client_id=web"), Refused(401, "invalid_client")),
    ("GET", "~/oauth/userinfo", Nothing, Refused(401, "")),
    ("POST", "~/oauth/userinfo", Nothing, Refused(401, "")),
    ("POST", "~/oauth/register", Json(r#"{"redirect_uris": ["https://a.test/"]}"#), Refused(404, "error")),
    ("GET", "~/oauth/register/{client}", Nothing, Refused(401, "invalid_token")),
    ("PUT", "~/oauth/register/{client}", Json(r#"{"client_id": "spa"}"#), Refused(401, "invalid_token")),
    ("DELETE", "~/oauth/register/{client}", Nothing, Refused(401, "invalid_token")),
    ("GET", "~/oauth/logout", Nothing, Public("without a session there is nothing to end")),
    ("POST", "~/oauth/logout", Form("state=x"), Public("without a session there is nothing to end")),
    ("GET", "~/login", Nothing, Public("a sign-in begins here")),
    ("GET", "~/recover", Nothing, Public("a forgotten password is replaced from here")),
    ("GET", "~/sign-up", Nothing, Refused(403, "VST-061")),
    ("POST", "~/language", Form("language=de"), Refused(403, "VST-053")),
    ("GET", "~/preview/{token}", Nothing, Refused(404, "VST-003")),
    ("GET", "~/preview/{token}/theme.css", Nothing, Refused(404, "VST-003")),
    ("GET", "~/preview/{token}/{page}", Nothing, Refused(404, "VST-003")),
    ("GET", "~/flow/link/{token}", Nothing, Refused(410, "VST-062")),
    ("GET", "~/", Nothing, Public("says who is signed in: nobody")),
    ("POST", "~/flow/v1", Json("{}"), Refused(403, "VST-053")),
    ("GET", "~/flow/v1/{flow}", Nothing, Refused(403, "VST-051")),
    ("POST", "~/flow/v1/{flow}/{action}", Json(r#"{"username": "ada"}"#), Refused(403, "VST-053")),
    ("GET", "~/flow/{flow}", Nothing, Refused(403, "VST-051")),
    ("POST", "~/flow/{flow}", Form("action=identify&username=ada"), Refused(403, "VST-053")),
    (
        "GET",
        "~/.well-known/change-password",
        Nothing,
        Public("leads to the page where passwords are changed"),
    ),
    ("GET", "~/.well-known/passkey-endpoints", Nothing, Refused(404, "VST-003")),
    ("GET", "~/.well-known/webauthn", Nothing, Refused(404, "VST-003")),
    ("GET", "~/account", Nothing, Public(BACK)),
    ("GET", "~/account/prove", Nothing, Public(BACK)),
    ("GET", "~/account/security", Nothing, Public(BACK)),
    ("GET", "~/account/password", Nothing, Public(BACK)),
    ("POST", "~/account/password", Form("password=x"), Refused(403, "VST-053")),
    ("GET", "~/account/passkeys", Nothing, Public(BACK)),
    ("POST", "~/account/passkeys", Form("action=add"), Refused(403, "VST-053")),
    ("GET", "~/account/passkeys/added", Nothing, Public(BACK)),
    ("GET", "~/account/sessions", Nothing, Public(BACK)),
    ("POST", "~/account/sessions", Form("action=end_others"), Refused(403, "VST-053")),
    ("GET", "~/account/apps", Nothing, Public(BACK)),
    ("POST", "~/account/apps", Form("action=withdraw&client=spa"), Refused(403, "VST-053")),
    ("GET", "~/account/v1", Nothing, Refused(401, "VST-090")),
    ("PUT", "~/account/v1/password", Json(r#"{"password": "x"}"#), Refused(403, "VST-053")),
    ("GET", "~/account/v1/passkeys", Nothing, Refused(401, "VST-090")),
    ("PUT", "~/account/v1/passkeys/{passkey}", Json(r#"{"label": "x"}"#), Refused(403, "VST-053")),
    ("DELETE", "~/account/v1/passkeys/{passkey}", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/v1/sessions", Nothing, Refused(401, "VST-090")),
    ("POST", "~/account/v1/sessions:end-others", Nothing, Refused(403, "VST-053")),
    ("DELETE", "~/account/v1/sessions/{session}", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/v1/trusted-devices", Nothing, Refused(401, "VST-090")),
    ("DELETE", "~/account/v1/trusted-devices/{device}", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/v1/apps", Nothing, Refused(401, "VST-090")),
    ("DELETE", "~/account/v1/apps/{client}", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/profile", Nothing, Public(BACK)),
    ("POST", "~/account/profile", Form("profile.name=x"), Refused(403, "VST-053")),
    ("GET", "~/account/phones", Nothing, Public(BACK)),
    ("POST", "~/account/phones", Form("action=remove&phone=%2B491711234567"), Refused(403, "VST-053")),
    ("GET", "~/account/phones/confirm/{challenge}", Nothing, Public(BACK)),
    ("POST", "~/account/phones/confirm/{challenge}", Form("code=123456"), Refused(403, "VST-053")),
    ("GET", "~/account/emails", Nothing, Public(BACK)),
    ("POST", "~/account/emails", Form("action=remove&email=ada%40example.test"), Refused(403, "VST-053")),
    ("GET", "~/account/emails/confirm/{challenge}", Nothing, Public(BACK)),
    ("POST", "~/account/emails/confirm/{challenge}", Form("code=123456"), Refused(403, "VST-053")),
    ("GET", "~/account/authenticators", Nothing, Public(BACK)),
    ("POST", "~/account/authenticators", Form("action=add"), Refused(403, "VST-053")),
    ("GET", "~/account/authenticators/new/{challenge}", Nothing, Public(BACK)),
    ("POST", "~/account/authenticators/new/{challenge}", Form("code=123456"), Refused(403, "VST-053")),
    ("GET", "~/account/security-keys", Nothing, Public(BACK)),
    ("POST", "~/account/security-keys", Form("action=add"), Refused(403, "VST-053")),
    ("GET", "~/account/security-keys/new/{challenge}", Nothing, Public(BACK)),
    ("POST", "~/account/security-keys/new/{challenge}", Form("credential=x"), Refused(403, "VST-053")),
    ("GET", "~/account/recovery-codes", Nothing, Public(BACK)),
    ("POST", "~/account/recovery-codes", Form("action=new"), Refused(403, "VST-053")),
    ("GET", "~/account/recovery-codes/new/{challenge}", Nothing, Public(BACK)),
    ("POST", "~/account/recovery-codes/new/{challenge}", Form("saved=true"), Refused(403, "VST-053")),
    ("GET", "~/account/linked", Nothing, Public(BACK)),
    ("POST", "~/account/linked", Form("action=link&connection=globex"), Refused(403, "VST-053")),
    ("GET", "~/account/activity", Nothing, Public(BACK)),
    ("POST", "~/account/activity", Form("action=not_me"), Refused(403, "VST-053")),
    ("GET", "~/account/v1/profile", Nothing, Refused(401, "VST-090")),
    ("PATCH", "~/account/v1/profile", Json("{}"), Refused(403, "VST-053")),
    ("GET", "~/account/v1/phones", Nothing, Refused(401, "VST-090")),
    ("POST", "~/account/v1/phones", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/phones:confirm", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/phones:make-primary", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/phones:remove", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/emails", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/emails:confirm", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/emails:make-primary", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/emails:remove", Json("{}"), Refused(403, "VST-053")),
    ("GET", "~/account/v1/authenticators", Nothing, Refused(401, "VST-090")),
    ("POST", "~/account/v1/authenticators", Json("{}"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/authenticators:confirm", Json("{}"), Refused(403, "VST-053")),
    ("PATCH", "~/account/v1/authenticators/{credential}", Json("{}"), Refused(403, "VST-053")),
    ("DELETE", "~/account/v1/authenticators/{credential}", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/v1/linked", Nothing, Refused(401, "VST-090")),
    ("POST", "~/account/v1/linked", Json("{}"), Refused(403, "VST-053")),
    ("DELETE", "~/account/v1/linked/{identity}", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/v1/activity", Nothing, Refused(401, "VST-090")),
    ("POST", "~/account/v1/activity:not-me", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/privacy", Nothing, Public(BACK)),
    ("POST", "~/account/privacy", Form("action=delete"), Refused(403, "VST-053")),
    ("GET", "~/account/leaving", Nothing, Public("leads to the account, where a sign-in begins")),
    ("POST", "~/account/leaving", Form("action=keep"), Refused(403, "VST-053")),
    ("POST", "~/account/v1/deletion", Nothing, Refused(403, "VST-053")),
    ("DELETE", "~/account/v1/deletion", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/exports/{export}", Nothing, Public(BACK)),
    ("GET", "~/account/v1/exports", Nothing, Refused(401, "VST-090")),
    ("POST", "~/account/v1/exports", Nothing, Refused(403, "VST-053")),
    ("GET", "~/account/v1/exports/{export}", Nothing, Refused(401, "VST-090")),
    ("GET", "~/account/v1/exports/{export}/archive", Nothing, Refused(401, "VST-090")),
    ("GET", "~/federation/{connection}/callback", Nothing, Refused(410, "VST-071")),
    ("POST", "~/federation/{connection}/callback", Form("state=x&code=y"), Refused(410, "VST-071")),
];

fn key(method: &str, path: &str) -> (String, String) {
    (method.to_owned(), path.replacen('~', PREFIX, usize::from(path.starts_with('~'))))
}

/// The flow that somebody else's browser has open, and the request behind it.
async fn somebody_elses(server: &TestServer) -> BTreeMap<&'static str, String> {
    let mut other = Visitor::new();
    let page = other.visit(&scene::request(server).url()).await.expect(200);
    let flow =
        page.url.path_segments().and_then(|mut parts| parts.next_back()).expect("a flow page").to_owned();
    // The id of the parked request is told to nobody before the flow is over: a made-up one of the right form.
    let request = flow.replacen("flw_", "req_", 1);
    [("flow", flow), ("request", request), ("action", "identify".to_owned()), ("client", "spa".to_owned())]
        .into_iter()
        .chain([("realm", REALM.to_owned()), ("hash", "0".to_owned()), ("file", "nothing".to_owned())])
        .chain([("code", "nothing".to_owned()), ("token", "vln_nothing".to_owned())])
        .chain([
            ("connection", "globex".to_owned()),
            ("session", "ses_agnaaaaaaaaaaaaaaaaaaaaaaa".to_owned()),
        ])
        .collect()
}

fn filled(text: &str, names: &BTreeMap<&str, String>) -> String {
    names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// One request of a client with no cookie, no token and no `Origin`; a redirect to our own server is followed.
async fn ask(
    server: &TestServer,
    method: &str,
    path: &str,
    sent: Sent,
    names: &BTreeMap<&str, String>,
) -> Answer {
    let client = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
    let mut url = server.url(&filled(path, names));
    if let Query(query) = sent {
        url.set_query(Some(&filled(query, names)));
    }
    let request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), url.clone());
    let request = match sent {
        Nothing | Query(_) => request,
        Form(form) => request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(filled(form, names)),
        Json(json) => request.header(header::CONTENT_TYPE, "application/json").body(json),
    };
    let answer = visitor::read(url.clone(), request.send().await.unwrap()).await;
    is_protected(&answer, method, path);
    match answer.location() {
        Some(to) if to.origin() == url.origin() && method == "POST" => Visitor::new().get(&to).await,
        _ => answer,
    }
}

/// The headers that every answer of every route has, whatever it says.
fn is_protected(answer: &Answer, method: &str, path: &str) {
    let place = format!("{method} {path} answered {}", answer.status);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{place}");
    assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{place}");
    let policy = answer.header("content-security-policy").unwrap_or_default();
    for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action "] {
        assert!(policy.contains(part), "{place}: {part} is not in {policy}");
    }
    // A drawing opened by itself may style itself, in a sandbox.
    assert!(policy.contains("sandbox") || !policy.contains("unsafe-"), "{place}: {policy}");
    for name in ["cross-origin-resource-policy", "referrer-policy", "cache-control", "x-request-id"] {
        assert!(answer.header(name).is_some(), "{place}: no {name}");
    }
}

#[test]
fn every_route_is_refused_to_strangers_or_public_for_a_reason() {
    let known: BTreeSet<_> = TABLE.iter().map(|(method, path, _, _)| key(method, path)).collect();
    assert_eq!(known.len(), TABLE.len(), "a route is listed twice");
    let admin: BTreeSet<(String, String)> = denied_access::described()
        .into_iter()
        .map(|operation| (operation.method.to_string(), operation.path))
        .collect();
    let mut served = BTreeSet::new();
    for (method, path) in routes::table() {
        // HEAD is GET without a body; a preflight request is checked below.
        if ["HEAD", "OPTIONS"].contains(&method.as_str()) {
            continue;
        }
        let route = (method.to_string(), path);
        let listed = u8::from(known.contains(&route)) + u8::from(admin.contains(&route));
        assert_eq!(
            listed, 1,
            "{route:?} needs one row in the table of this test, or a scope in the API's description"
        );
        served.insert(route);
    }
    let gone: Vec<_> = known.union(&admin).filter(|route| !served.contains(*route)).collect();
    assert!(gone.is_empty(), "listed, but served no more: {gone:?}");
}

#[tokio::test]
async fn a_stranger_gets_what_the_table_says() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let names = somebody_elses(&server).await;
        for (method, path, sent, rule) in TABLE {
            let (_, path) = key(method, path);
            let answer = ask(&server, method, &path, *sent, &names).await;
            let leads = answer.location().map(|to| to.to_string()).unwrap_or_default();
            let what = format!("{method} {path}: {} {leads} {}", answer.status, answer.body);
            match rule {
                Refused(status, word) => {
                    assert_eq!(answer.status.as_u16(), *status, "{what}");
                    assert!(answer.body.contains(word) || leads.contains(word), "no {word}: {what}");
                    assert!(!leads.contains("code="), "{what}");
                    assert!(answer.header("set-cookie").is_none(), "a refusal sets no cookie: {what}");
                }
                Public(reason) => {
                    assert!(answer.status.is_success() || answer.status.is_redirection(), "{reason}: {what}");
                    let cookies = answer.header("set-cookie").unwrap_or_default();
                    assert!(!cookies.contains("vss_"), "a session out of nothing: {what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn other_methods_and_preflights_give_nothing_away() {
    let server = scene::standard().await;
    let names = somebody_elses(&server).await;
    let mut methods: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (method, path) in routes::table() {
        methods.entry(path).or_default().insert(method.to_string());
    }
    for (path, known) in methods {
        let answer = ask(&server, "TRACE", &path, Nothing, &names).await;
        assert_eq!(answer.status.as_u16(), 405, "TRACE {path}: {}", answer.body);
        let allow = answer.header("allow").unwrap_or_default();
        let allowed: BTreeSet<String> = allow.split(", ").map(str::to_owned).collect();
        assert_eq!(allowed, known, "{path}");
        let preflight = ask(&server, "OPTIONS", &path, Nothing, &names).await;
        assert!(preflight.header("access-control-allow-credentials").is_none(), "{path}");
        let status = preflight.status.as_u16();
        assert_eq!(status, if known.contains("OPTIONS") { 204 } else { 405 }, "OPTIONS {path}");
    }
}

#[tokio::test]
async fn developer_pages_are_not_there_in_a_server_for_others() {
    let server = scene::standard().await;
    for path in ["/demo", "/demo/shop/login", "/demo/service/run", "/dev/mail", "/dev/mail/operators", "/dev"]
    {
        assert_eq!(server.get(path).await.expect(404).json()["code"], "VST-003", "{path}");
    }
}
