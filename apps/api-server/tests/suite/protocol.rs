//! Wire formats and rules of the protocol endpoints, seen by a client that reads the specifications.

use serde_json::{Value, json};
use vestibule_testkit::{
    AuthorizeRequest, RealmDoc, Settings, Visitor,
    oidc::claims,
    realm::{APP, PASSWORD},
};

use crate::scene::{self, REALM, text};

#[tokio::test]
async fn both_forms_of_metadata_name_endpoints_that_answer() {
    let server = scene::standard().await;
    let issuer = server.issuer(REALM);
    let oidc =
        server.get(&format!("/realms/{REALM}/.well-known/openid-configuration")).await.expect(200).json();
    let oauth = server
        .get(&format!("/.well-known/oauth-authorization-server/realms/{REALM}"))
        .await
        .expect(200)
        .json();
    assert_eq!(oidc["issuer"], json!(issuer));
    assert_eq!(oauth, oidc, "RFC 8414 §3.1 and OpenID Connect Discovery name the same facts");
    for (name, value) in oidc.as_object().unwrap() {
        let Some(address) = value.as_str().filter(|_| name.ends_with("_endpoint") || name == "jwks_uri")
        else {
            continue;
        };
        assert!(address.starts_with(&issuer), "{name}: {address}");
        let answer = Visitor::new().get(&address.parse().unwrap()).await;
        assert!(![404, 500, 501].contains(&answer.status.as_u16()), "{name} answers {}", answer.status);
    }
}

#[tokio::test]
async fn metadata_of_an_unknown_realm_is_not_found() {
    let server = scene::standard().await;
    for realm in ["nobody", "ACME", "acme2", "acm"] {
        for path in [
            format!("/realms/{realm}/.well-known/openid-configuration"),
            format!("/realms/{realm}/.well-known/oauth-authorization-server"),
            format!("/.well-known/oauth-authorization-server/realms/{realm}"),
            format!("/.well-known/openid-configuration/realms/{realm}"),
            format!("/realms/{realm}/oauth/jwks"),
        ] {
            let answer = server.get(&path).await.expect(404);
            assert_eq!(answer.json()["code"], "VST-004", "{path}");
        }
    }
}

#[tokio::test]
async fn endpoints_that_take_posts_refuse_every_other_method() {
    let server = scene::standard().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for name in ["par", "token", "introspect", "revoke"] {
        let url = scene::endpoint(&server, name);
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH"] {
            // The credentials and fields of a request that would be served by POST.
            let request = client.request(method.parse().unwrap(), url.clone());
            let request = request.header("Authorization", scene::basic("web")).form(&[("token", "x")]);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 405, "{method} {name}");
            let allow =
                answer.headers().get("allow").and_then(|value| value.to_str().ok()).unwrap_or_default();
            assert!(allow.split(", ").any(|one| one == "POST"), "{method} {name}: Allow {allow}");
            assert!(!allow.contains(method), "{method} {name}: Allow {allow}");
        }
    }
}

#[tokio::test]
async fn tokens_are_never_stored_by_caches() {
    let server = scene::standard().await;
    let token = scene::endpoint(&server, "token");
    let request = scene::request(&server).with("scope", "openid offline_access");
    let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
    let by_code = request.exchange(callback.code()).await.expect(200);
    let refresh = text(&by_code.json(), "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", &refresh)];
    let by_refresh = scene::post(&token, &fields).await.expect(200);
    let fields = [("grant_type", "client_credentials"), ("scope", "reports:read")];
    let by_client = scene::post_as("machine", &token, &fields).await.expect(200);
    let access = text(&by_client.json(), "access_token");
    let introspect = scene::endpoint(&server, "introspect");
    let introspected = scene::post_as("machine", &introspect, &[("token", &access)]).await.expect(200);
    let refused = scene::post(&token, &[("grant_type", "client_credentials")]).await.expect(401);
    for (what, answer) in [
        ("a code", by_code),
        ("a refresh", by_refresh),
        ("client credentials", by_client),
        ("introspection", introspected),
        ("a refusal", refused),
    ] {
        // RFC 6749 §5.1.
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
        assert_eq!(answer.header("pragma"), Some("no-cache"), "{what}");
    }
}

#[tokio::test]
async fn keys_have_an_etag_and_no_private_parts() {
    let server = scene::standard().await;
    let jwks = scene::endpoint(&server, "jwks");
    let answer = Visitor::new().get(&jwks).await.expect(200);
    let etag = answer.header("etag").expect("an ETag").to_owned();
    let keys = answer.json()["keys"].as_array().unwrap().clone();
    assert!(keys.len() >= 2);
    for key in &keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(key.get(private).is_none(), "the private part '{private}' is published");
        }
        assert!(key["kid"].is_string() && key["alg"].is_string() && key["use"] == "sig");
    }
    let again = Visitor::new().with_header("If-None-Match", &etag).get(&jwks).await;
    assert_eq!(again.status.as_u16(), 304);
}

#[tokio::test]
async fn the_host_header_never_reaches_an_issuer() {
    let server = scene::standard().await;
    let url = server.url(&format!("/realms/{REALM}/.well-known/openid-configuration"));
    for (name, value) in [
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=https"),
        ("Host", "evil.example"),
    ] {
        let answer = Visitor::new().with_header(name, value).get(&url).await;
        assert!(!answer.body.contains("evil.example"), "{name} reached the metadata");
    }
}

#[tokio::test]
async fn answers_come_in_the_response_mode_asked_for() {
    let server = scene::standard().await;
    let mut visitor = Visitor::new();
    visitor.sign_in(&scene::request(&server), "ada", PASSWORD).await;

    let fragment = scene::request(&server).with("response_mode", "fragment");
    let answer = visitor.get(&fragment.url()).await;
    let to = answer.location().unwrap();
    assert!(to.query().is_none() && to.fragment().unwrap().contains("code="), "{to}");

    let form_post = scene::request(&server).with("response_mode", "form_post");
    let answer = visitor.get(&form_post.url()).await.expect(200);
    let form = answer.page().form_with("code");
    assert_eq!(form.action.as_str(), APP);
    assert_eq!(form.value("state"), Some(form_post.state.as_str()));
    assert_eq!(form.value("iss"), Some(server.issuer(REALM).as_str()));
}

#[tokio::test]
async fn an_error_goes_back_only_to_a_proven_address() {
    let server = scene::standard().await;
    let issuer = server.issuer(REALM);
    for (client, redirect_uri) in [
        ("spa", "https://evil.example/callback"),
        ("spa", "http://localhost:9/callback/../x"),
        ("spa", "http://localhost:9/callback?x=1"),
        ("nobody", APP),
    ] {
        let request = AuthorizeRequest::new(&issuer, client, redirect_uri);
        let answer = Visitor::new().get(&request.url()).await;
        assert!(answer.location().is_none(), "{client} {redirect_uri} was redirected to");
        assert_eq!(answer.status.as_u16(), 400);
        assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    }
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "none login", "invalid_request"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
    ] {
        let request = scene::request(&server).with(name, value);
        let answer = Visitor::new().get(&request.url()).await;
        let callback = request.callback(&answer).unwrap_or_else(|| panic!("{name}={value}: {}", answer.body));
        assert_eq!(callback.get("error"), Some(error), "{name}={value}");
        assert_eq!(callback.get("state"), Some(request.state.as_str()));
        assert_eq!(callback.get("iss"), Some(issuer.as_str()));
    }
}

#[tokio::test]
async fn a_code_is_bound_to_client_verifier_and_address() {
    let server = scene::standard().await;
    let token = scene::endpoint(&server, "token");
    let mut visitor = Visitor::new();
    for (field, value) in [
        ("code_verifier", "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong"),
        ("redirect_uri", "http://localhost:9/other"),
    ] {
        let request = scene::request(&server);
        let callback = visitor.sign_in(&request, "ada", PASSWORD).await;
        let mut fields = request.exchange_fields(callback.code());
        fields.retain(|(name, _)| name != field);
        fields.push((field.to_owned(), value.to_owned()));
        let answer = Visitor::new().post(&token, &fields).await.expect(400);
        assert_eq!(answer.json()["error"], "invalid_grant", "{field}");
    }
    let request = scene::request(&server);
    let callback = visitor.sign_in(&request, "ada", PASSWORD).await;
    let fields: Vec<_> = request
        .exchange_fields(callback.code())
        .into_iter()
        .filter(|(name, _)| name != "client_id")
        .collect();
    let answer = scene::visitor_as("web").post(&token, &fields).await.expect(400);
    assert_eq!(answer.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_code_used_twice_revokes_what_it_gave() {
    let server = scene::standard().await;
    let request = scene::request(&server);
    let callback = Visitor::new().sign_in(&request, "ada", PASSWORD).await;
    let tokens = request.exchange(callback.code()).await.expect(200).json();
    let userinfo = scene::endpoint(&server, "userinfo");
    let visitor = || scene::bearer(&text(&tokens, "access_token"));
    visitor().get(&userinfo).await.expect(200);
    assert_eq!(request.exchange(callback.code()).await.expect(400).json()["error"], "invalid_grant");
    visitor().get(&userinfo).await.expect(401);
}

#[tokio::test]
async fn access_tokens_follow_the_profile() {
    let server = scene::standard().await;
    let tokens = scene::signed_in_tokens(&server, "openid email").await;
    let access = text(&tokens, "access_token");
    let header: Value = {
        use base64::Engine as _;
        let part = access.split('.').next().unwrap();
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap())
            .unwrap()
    };
    assert_eq!(header["typ"], "at+jwt");
    let claims = claims(&access);
    for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(claims.get(claim).is_some(), "RFC 9068 §2.2 demands '{claim}'");
    }
    assert_eq!(claims["client_id"], "spa");
    assert!(claims.get("email").is_none(), "no personal data in access tokens");
}

#[tokio::test]
async fn client_credentials_give_a_token_that_introspection_knows_until_revoked() {
    let server = scene::standard().await;
    let (token, introspect) = (scene::endpoint(&server, "token"), scene::endpoint(&server, "introspect"));
    let fields = [("grant_type", "client_credentials"), ("scope", "reports:read")];
    let tokens = scene::post_as("machine", &token, &fields).await.expect(200).json();
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
    let access = text(&tokens, "access_token");
    let state =
        async || scene::post_as("machine", &introspect, &[("token", &access)]).await.expect(200).json();
    let active = state().await;
    assert_eq!((&active["active"], &active["client_id"]), (&json!(true), &json!("machine")));
    scene::post_as("machine", &scene::endpoint(&server, "revoke"), &[("token", &access)]).await.expect(200);
    assert_eq!(state().await, json!({"active": false}));
}

#[tokio::test]
async fn a_client_must_prove_who_it_is() {
    let server = scene::standard().await;
    let token = scene::endpoint(&server, "token");
    let fields = [("grant_type".to_owned(), "client_credentials".to_owned())];
    let wrong = Visitor::new().with_header("Authorization", "Basic bWFjaGluZTp3cm9uZw==");
    let answer = wrong.clone().post(&token, &fields).await.expect(401);
    assert_eq!(answer.json()["error"], "invalid_client");
    assert!(answer.header("www-authenticate").is_some_and(|value| value.starts_with("Basic")));
    let none =
        Visitor::new().post(&token, &[fields[0].clone(), ("client_id".into(), "machine".into())]).await;
    assert_eq!(none.expect(401).json()["error"], "invalid_client");
}

#[tokio::test]
async fn consent_is_asked_once_and_may_be_refused() {
    let server = scene::standard().await;
    let partner =
        || AuthorizeRequest::new(&server.issuer(REALM), "partner", APP).with("scope", "openid email");
    let mut visitor = Visitor::new();
    visitor.sign_in(&scene::request(&server), "ada", PASSWORD).await;

    let request = partner();
    let page = visitor.visit(&request.url()).await.page();
    let form = page.forms().into_iter().find(|form| form.has_button("consent-deny")).expect("a consent page");
    let mut answer = visitor.submit(&form.press("consent-deny")).await;
    if let Some(next) = answer.page().link("a#continue") {
        answer = visitor.visit(&next).await;
    }
    assert_eq!(request.callback(&answer).unwrap().get("error"), Some("access_denied"));

    let request = partner();
    let callback = visitor.sign_in(&request, "ada", PASSWORD).await;
    callback.code();
    let request = partner().with("prompt", "none");
    let answer = visitor.get(&request.url()).await;
    assert!(request.callback(&answer).unwrap().get("code").is_some(), "the grant was not remembered");
}

#[tokio::test]
async fn a_realm_with_its_own_host_is_its_own_issuer() {
    let mut document = RealmDoc::standard(REALM).json().clone();
    document["realm"]["hosts"] = json!(["login.acme.test"]);
    let settings = Settings::sqlite();
    let file = settings.folder().join("hosted.json");
    std::fs::write(&file, document.to_string()).unwrap();
    settings.run("api-server", &["realm", "import", file.to_str().unwrap()]);
    let server = settings.start().await;
    let own = Visitor::new().with_header("Host", &format!("login.acme.test:{}", server.port()));
    let metadata = own.clone().get(&server.url("/.well-known/openid-configuration")).await.expect(200).json();
    assert!(metadata["issuer"].as_str().unwrap().contains("://login.acme.test"), "{}", metadata["issuer"]);
    server.get("/.well-known/openid-configuration").await.expect(404);
    // Where there is nothing, its people see its look.
    let lost = own.with_header("Accept", "text/html").get(&server.url("/nowhere")).await.expect(404);
    assert!(lost.page().has("link[href^='/flow/theme-']"), "{}", lost.body);
}
