//! How a bearer token may be sent (RFC 6750 §2), at userinfo and at the administration: in the header in any case of the
//! scheme, at userinfo in a form as well, never in the query, and never in two ways.

use reqwest::header;
use serde_json::Value;
use url::Url;
use vestibule_testkit::{Answer, TestServer, Visitor};

use crate::scene::{self, REALM, text};

/// A server, somebody's access token and whose it is.
async fn signed_in() -> (TestServer, String, Value) {
    let server = scene::standard().await;
    let tokens = scene::signed_in_tokens(&server, "openid").await;
    let access = text(&tokens, "access_token");
    let sub = vestibule_testkit::oidc::claims(&access)["sub"].clone();
    (server, access, sub)
}

fn authorized(value: &str) -> Visitor {
    Visitor::new().with_header("Authorization", value)
}

fn with_query(mut url: Url, token: &str) -> Url {
    url.query_pairs_mut().append_pair("access_token", token);
    url
}

fn form(token: &str) -> [(String, String); 1] {
    [("access_token".to_owned(), token.to_owned())]
}

/// Refused as if there were no token at all (§3.1: the challenge names no error).
fn is_without_token(answer: &Answer, what: &str) {
    assert_eq!(answer.status.as_u16(), 401, "{what}: {}", answer.body);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{what}");
    assert!(!answer.body.contains("sub"), "{what}: {}", answer.body);
}

#[tokio::test]
async fn userinfo_takes_the_token_by_get_and_post_in_the_header_or_in_the_form() {
    let (server, token, sub) = signed_in().await;
    let userinfo = scene::endpoint(&server, "userinfo");
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        let value = format!("{scheme} {token}");
        let by_get = authorized(&value).get(&userinfo).await.expect(200);
        assert_eq!(by_get.json()["sub"], sub, "{scheme}");
        let by_post = authorized(&value).post(&userinfo, &[]).await.expect(200);
        assert_eq!(by_post.json(), by_get.json(), "{scheme}");
        assert_eq!(by_post.header("cache-control"), Some("no-store"));
    }
    let in_form = Visitor::new().post(&userinfo, &form(&token)).await.expect(200);
    assert_eq!(in_form.json()["sub"], sub);
    let wrong = Visitor::new().post(&userinfo, &form("nonsense")).await.expect(401);
    assert_eq!(wrong.json()["error"], "invalid_token");
    for value in [format!("Basic {token}"), format!("Bearer{token}"), token.clone()] {
        authorized(&value).get(&userinfo).await.expect(401);
    }
}

#[tokio::test]
async fn a_token_in_the_query_is_never_honoured() {
    let (server, token, sub) = signed_in().await;
    let userinfo = scene::endpoint(&server, "userinfo");
    let asked = with_query(userinfo.clone(), &token);
    is_without_token(&Visitor::new().get(&asked).await, "GET userinfo");
    is_without_token(&Visitor::new().post(&asked, &[]).await, "POST userinfo");
    // Nor does it do harm beside one that is sent as it should be.
    let beside = with_query(userinfo, "nonsense");
    assert_eq!(authorized(&format!("Bearer {token}")).get(&beside).await.expect(200).json()["sub"], sub);

    let users = server.url(&format!("/realms/{REALM}/admin/v1/users"));
    let admin = scene::admin_token(&server, REALM, "users:read").await;
    scene::bearer(&admin).get(&users).await.expect(200);
    let refused = Visitor::new().get(&with_query(users, &admin)).await.expect(401);
    assert_eq!(refused.json()["code"], "VST-010");
}

#[tokio::test]
async fn a_token_sent_in_two_ways_is_an_invalid_request() {
    let (server, token, _) = signed_in().await;
    let userinfo = scene::endpoint(&server, "userinfo");
    for (header, in_form) in [(token.as_str(), token.as_str()), (&token, "nonsense"), ("nonsense", &token)] {
        let both = authorized(&format!("Bearer {header}")).post(&userinfo, &form(in_form)).await;
        assert_eq!(both.expect(400).json()["error"], "invalid_request");
    }
    let twice = [form(&token), form(&token)].concat();
    let repeated = Visitor::new().post(&userinfo, &twice).await.expect(400);
    assert_eq!(repeated.json()["error"], "invalid_request");
    // Two headers name no one token.
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let value = format!("Bearer {token}");
    let two =
        client.get(userinfo).header(header::AUTHORIZATION, &value).header(header::AUTHORIZATION, &value);
    assert_eq!(two.send().await.unwrap().status().as_u16(), 401);
}
