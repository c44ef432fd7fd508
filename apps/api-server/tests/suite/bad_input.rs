//! Rubbish in, at every endpoint: the answer is a 4xx in the format of the endpoint, never a 5xx, never an echo.

use reqwest::{Client, Method, header};
use serde_json::{Value, json};
use vestibule_testkit::{Answer, RealmDoc, Settings, TestServer, Visitor, realm::realm_scopes, visitor};

use crate::{
    denied_access::{self, Body, Operation},
    scene::{self, REALM},
};

/// The format of an endpoint's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// RFC 6749 §5.2: JSON with `error`.
    OAuth,
    /// RFC 9457.
    Problem,
    /// For people.
    Page,
}

fn check(answer: &Answer, format: Format, what: &str) {
    let status = answer.status.as_u16();
    let excerpt: String = answer.body.chars().take(300).collect();
    assert!((400..500).contains(&status), "{what}: {status} {excerpt}");
    let kind = answer.header("content-type").unwrap_or_default();
    match format {
        Format::OAuth => {
            assert!(kind.starts_with("application/json"), "{what}: {status} as {kind}");
            assert!(answer.json()["error"].is_string(), "{what}: {excerpt}");
        }
        Format::Problem => {
            assert!(kind.starts_with("application/problem+json"), "{what}: {status} as {kind}: {excerpt}");
            assert!(
                answer.json()["code"].as_str().is_some_and(|code| code.starts_with("VST-")),
                "{what}: {excerpt}"
            );
        }
        Format::Page => assert!(kind.starts_with("text/html"), "{what}: {status} as {kind}: {excerpt}"),
    }
    assert!(!answer.body.contains('\0'), "{what}: a NUL came back");
}

/// Bodies no endpoint can use, with a name for each.
fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let form = "application/x-www-form-urlencoded";
    vec![
        ("an empty form", form, Vec::new()),
        ("no content type", "", b"grant_type=client_credentials".to_vec()),
        ("a form of NULs", form, b"grant_type=%00&token=%00&client_id=%00&username=%00".to_vec()),
        ("invalid UTF-8 in a form", form, b"grant_type=%FF%FE&token=%FF&client_id=%C3%28".to_vec()),
        ("raw bytes as a form", form, vec![0xff, 0x00, 0xfe, b'=', 0x80]),
        ("a field twice", form, b"grant_type=refresh_token&grant_type=refresh_token".to_vec()),
        ("an oversized form", form, [b"token=".to_vec(), vec![b'a'; 3 << 20]].concat()),
        ("an array as JSON", "application/json", b"[]".to_vec()),
        (
            "wrong types as JSON",
            "application/json",
            br#"{"username": 7, "emails": "x", "redirect_uris": {}}"#.to_vec(),
        ),
        ("half of a JSON", "application/json", br#"{"username": "#.to_vec()),
        (
            "NUL in JSON",
            "application/json",
            b"{\"username\": \"a\\u0000b\", \"client_name\": \"\\u0000\"}".to_vec(),
        ),
        ("invalid UTF-8 in JSON", "application/json", b"{\"username\": \"\xff\xfe\"}".to_vec()),
        ("deep JSON", "application/json", [b"[".repeat(20_000), b"]".repeat(20_000)].concat()),
        (
            "an oversized JSON",
            "application/json",
            [b"\"".to_vec(), vec![b'a'; 3 << 20], b"\"".to_vec()].concat(),
        ),
        ("XML", "application/xml", b"<x/>".to_vec()),
    ]
}

/// Sends a raw request; a server that hangs up on an oversized body has refused it.
async fn send(
    method: &Method,
    url: &url::Url,
    authorization: &str,
    kind: &str,
    body: Vec<u8>,
) -> Option<Answer> {
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let large = body.len() > 1 << 20;
    let mut request = client.request(method.clone(), url.clone()).body(body);
    if !authorization.is_empty() {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    if !kind.is_empty() {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    match request.send().await {
        Ok(answer) => Some(visitor::read(url.clone(), answer).await),
        Err(error) if large && (error.is_request() || error.is_body()) => None,
        Err(error) => panic!("{method} {url}: {error:?}"),
    }
}

#[tokio::test]
async fn protocol_endpoints_refuse_rubbish_in_their_format() {
    let document = RealmDoc::standard(REALM).settings(json!({"registration": {"mode": "open"}}));
    let settings = Settings::sqlite();
    settings.import(&document);
    let server = settings.start().await;
    for (name, authorization) in [
        ("token", String::new()),
        ("token", scene::basic("web")),
        ("par", scene::basic("web")),
        ("introspect", scene::basic("web")),
        ("introspect", String::new()),
        ("revoke", String::new()),
        ("register", String::new()),
        ("userinfo", String::new()),
        ("userinfo", "Bearer a b c".to_owned()),
        ("token", "Basic ====".to_owned()),
        ("token", format!("Basic {}", "A".repeat(20_000))),
    ] {
        let url = scene::endpoint(&server, name);
        for (what, kind, body) in bodies() {
            if let Some(answer) = send(&Method::POST, &url, &authorization, kind, body).await {
                let what = format!("POST {name} with {what}");
                // RFC 6750 §3.1: a request without a token is told how to authenticate, and nothing else.
                if name == "userinfo" && answer.status.as_u16() == 401 {
                    assert!(
                        answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")),
                        "{what}"
                    );
                } else {
                    check(&answer, Format::OAuth, &what);
                }
            }
        }
        for method in [Method::DELETE, Method::PUT, Method::PATCH] {
            let answer = send(&method, &url, &authorization, "", Vec::new()).await.unwrap();
            assert!([404, 405].contains(&answer.status.as_u16()), "{method} {name}: {}", answer.status);
        }
    }
    still_alive(&server).await;
}

#[tokio::test]
async fn browser_endpoints_answer_rubbish_with_a_page() {
    let server = scene::standard().await;
    let long = "a".repeat(20_000);
    let queries = [
        "",
        "client_id=%00",
        "client_id=%FF%FE&redirect_uri=%C3%28",
        "client_id=spa&client_id=spa",
        "client_id=spa&redirect_uri=javascript:alert(1)",
        "client_id=spa&redirect_uri=http://localhost:9/callback%00",
        "client_id=spa&request_uri=urn:ietf:params:oauth:request_uri:%00",
        "id_token_hint=%00&post_logout_redirect_uri=%00",
        "id_token_hint=a.b.c&client_id=%FF",
        "request=%00",
        "=&&&=",
    ];
    for name in ["authorize", "authorize/resume"] {
        for query in queries {
            let url = server.url(&format!("/realms/{REALM}/oauth/{name}?{query}"));
            check(&Visitor::new().get(&url).await, Format::Page, &format!("GET {name}?{query}"));
        }
        let url = server.url(&format!("/realms/{REALM}/oauth/{name}?client_id={long}"));
        let answer = Visitor::new().get(&url).await;
        assert!(
            (400..500).contains(&answer.status.as_u16()),
            "GET {name} with a long query: {}",
            answer.status
        );
    }
    for query in queries {
        let url = server.url(&format!("/realms/{REALM}/oauth/logout?{query}"));
        let answer = Visitor::new().get(&url).await;
        assert!(answer.status.as_u16() < 500, "GET logout?{query}: {}", answer.status);
        assert!(answer.location().is_none_or(|to| to.origin() == url.origin()), "logout?{query} leads away");
    }
    for path in
        ["flow/x", "flow/%00", "flow/%FF", "flow/../../../etc/passwd", "flow/flw_00000000000000000000000000"]
    {
        let url = server.url(&format!("/realms/{REALM}/{path}"));
        let answer = Visitor::new().get(&url).await;
        assert!((400..500).contains(&answer.status.as_u16()), "GET {path}: {}", answer.status);
        for (what, kind, body) in bodies() {
            let Some(answer) = send(&Method::POST, &url, "", kind, body).await else { continue };
            assert!(
                (400..500).contains(&answer.status.as_u16()),
                "POST {path} with {what}: {}",
                answer.status
            );
        }
    }
    for realm in ["nobody", "%00", "%FF", "ACME", "..", &long] {
        let url = server.url(&format!("/realms/{realm}/.well-known/openid-configuration"));
        let answer = Visitor::new().get(&url).await;
        assert!((400..500).contains(&answer.status.as_u16()), "realm {realm}: {}", answer.status);
    }
    still_alive(&server).await;
}

#[tokio::test]
async fn the_flow_refuses_rubbish_in_its_forms() {
    let server = scene::standard().await;
    for (field, value) in [
        ("username", "\0"),
        ("username", ""),
        ("username", "\u{202e}\u{0}\u{7}"),
        ("password", "\0\0"),
        ("username", &"a".repeat(10_000)),
        ("password", &"p".repeat(5_000)),
        ("action", "nonsense"),
    ] {
        let mut visitor = Visitor::new();
        let page = visitor.visit(&scene::request(&server).url()).await.page();
        let form = page.form_with("username").set("username", "ada");
        let form = if form.has_button("submit") { form.press("submit") } else { form };
        let answer = visitor.submit(&form.set(field, value)).await;
        let status = answer.status.as_u16();
        assert!(status == 200 || (400..500).contains(&status), "{field}={value:?}: {status} {}", answer.body);
    }
    still_alive(&server).await;
}

#[tokio::test]
async fn the_admin_api_refuses_rubbish_with_a_problem() {
    let server = scene::standard().await;
    let token = scene::admin_token(&server, REALM, &realm_scopes().join(" ")).await;
    let authorization = format!("Bearer {token}");
    for Operation { method, path, body, above_realms, .. } in denied_access::described() {
        if above_realms {
            continue;
        }
        let url = server.url(&path.replace("{realm}", REALM).replace(['{', '}'], "x"));
        for query in ["limit=-1", "limit=abc", "cursor=%00", "cursor=%FF", "limit=1&limit=2", "nonsense=1"] {
            let url = format!("{url}?{query}").parse().unwrap();
            let answer =
                send(&method, &url, &authorization, "application/json", b"{}".to_vec()).await.unwrap();
            assert!(
                answer.status.as_u16() < 500,
                "{method} {path}?{query}: {} {}",
                answer.status,
                answer.body
            );
        }
        if body == Body::None {
            continue;
        }
        for (what, kind, rubbish) in bodies() {
            if rubbish.is_empty() && body == Body::Optional {
                continue;
            }
            let Some(answer) = send(&method, &url, &authorization, kind, rubbish).await else { continue };
            check(&answer, Format::Problem, &format!("{method} {path} with {what}"));
        }
    }
    still_alive(&server).await;
}

/// The server still serves, and none of what came before was logged as its own fault.
async fn still_alive(server: &TestServer) {
    let tokens: Value = scene::signed_in_tokens(server, "openid").await;
    assert!(tokens["access_token"].is_string());
    let log = server.log();
    let error = log.lines().find(|line| line.contains("\"level\":\"ERROR\"") || line.contains("panicked"));
    assert!(error.is_none(), "rubbish is logged as the server's fault: {}", error.unwrap());
}
