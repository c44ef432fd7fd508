//! Codes, refresh tokens and clients for tokens, on SQLite with real cryptography.

use serde_json::json;
use vestibule_kernel::Secret;
use vestibule_oauth::{ClientAuthMethod, client::authentication::PresentedCredentials};
use vestibule_usecases::oauth::TokenRequest;

use crate::support::{
    CALLBACK, World, asking, cause, claims, code_request, post, refresh_of, refresh_request,
};

async fn shop() -> World {
    let world = World::plain().await;
    world.client("shop", |_| ()).await;
    world.client("other", |_| ()).await;
    world.user("ada").await;
    world
}

#[tokio::test]
async fn a_code_gives_tokens_bound_to_the_sign_in() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let tokens = world.redeem(&code).await.unwrap();
    let id = claims(tokens.id_token.as_deref().unwrap());
    let access = claims(&tokens.access_token);
    assert_eq!(id["iss"], "https://id.test/realms/acme");
    assert_eq!(id["aud"], "shop");
    assert_eq!(id["nonce"], "n");
    assert_eq!(id["sub"], access["sub"]);
    assert_eq!(id["auth_time"], 1_800_000_001);
    assert_eq!(access["aud"], "https://id.test/realms/acme/oauth/userinfo");
    assert_eq!(access["scope"], "email offline_access openid");
    assert!(tokens.refresh_token.is_some() && world.honours(&tokens.access_token).await);
    assert!(world.events().await.contains(&"token.issued".to_owned()));
}

#[tokio::test]
async fn a_reused_code_revokes_what_came_of_it() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let tokens = world.redeem(&code).await.unwrap();
    world.advance(30);
    assert_eq!(cause(world.redeem(&code).await), "code_reused");
    assert!(!world.honours(&tokens.access_token).await);
    assert_eq!(cause(world.refresh(&refresh_of(&tokens)).await), "grant_revoked");
    assert!(world.events().await.contains(&"code.reused".to_owned()));
}

#[tokio::test]
async fn a_wrong_verifier_address_or_client_burns_the_code() {
    let world = shop().await;
    type Change = fn(&mut TokenRequest);
    let wrong: [(&str, Change, &str); 5] = [
        ("shop", |r| r.code_verifier = Some("x".repeat(43)), "code_verifier_wrong"),
        ("shop", |r| r.code_verifier = None, "code_verifier_missing"),
        ("shop", |r| r.redirect_uri = Some("https://app.test/other".into()), "redirect_uri_differs"),
        ("shop", |r| r.redirect_uri = None, "redirect_uri_differs"),
        ("other", |_| (), "code_of_another_client"),
    ];
    for (client, change, expected) in wrong {
        let code = world.browser().code("ada", &asking(&[])).await;
        let mut request = code_request(&code);
        change(&mut request);
        assert_eq!(cause(world.exchange(post(client), request).await), expected);
        assert_eq!(cause(world.redeem(&code).await), "code_reused", "{expected}: burned");
    }
    let code = world.browser().code("ada", &asking(&[])).await;
    world.advance(61);
    assert_eq!(cause(world.redeem(&code).await), "code_expired");
    assert_eq!(cause(world.redeem("vac_unknown").await), "code_unknown");
}

#[tokio::test]
async fn refresh_rotates_and_a_spent_token_ends_the_family() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let first = world.redeem(&code).await.unwrap();
    world.advance(100);
    let second = world.refresh(&refresh_of(&first)).await.unwrap();
    let id = claims(second.id_token.as_deref().unwrap());
    assert_eq!(id["auth_time"], 1_800_000_001, "the original sign-in");
    assert!(id.get("nonce").is_none());
    let before = claims(first.id_token.as_deref().unwrap());
    for claim in ["iss", "sub", "aud", "auth_time"] {
        assert!(!before[claim].is_null() && id[claim] == before[claim], "{claim}: {id}");
    }
    assert_ne!(refresh_of(&first), refresh_of(&second));
    let third = world.refresh(&refresh_of(&second)).await.unwrap();
    world.advance(60);
    assert_eq!(cause(world.refresh(&refresh_of(&first)).await), "refresh_token_reused");
    assert_eq!(cause(world.refresh(&refresh_of(&third)).await), "grant_revoked");
    assert!(!world.honours(&third.access_token).await);
    assert!(world.events().await.contains(&"refresh_token.reused".to_owned()));
}

#[tokio::test]
async fn a_lost_answer_may_be_asked_for_again_within_the_grace() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let first = refresh_of(&world.redeem(&code).await.unwrap());
    let lost = refresh_of(&world.refresh(&first).await.unwrap());
    world.advance(5);
    let again = refresh_of(&world.refresh(&first).await.unwrap());
    assert_ne!(lost, again);
    let next = refresh_of(&world.refresh(&again).await.unwrap());
    // The successor of the lost answer is dead: whoever holds it is not the one who asked again.
    assert_ne!(cause(world.refresh(&lost).await), "none");
    world.advance(30);
    assert_ne!(cause(world.refresh(&first).await), "none");
    assert_ne!(cause(world.refresh(&next).await), "none", "reuse outside the grace ended the family");
}

#[tokio::test]
async fn a_refresh_may_narrow_and_never_widen() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let first = refresh_of(&world.redeem(&code).await.unwrap());
    let scoped =
        |token: &str, scope: &str| TokenRequest { scope: Some(scope.to_owned()), ..refresh_request(token) };
    assert_eq!(cause(world.exchange(post("shop"), scoped(&first, "openid phone")).await), "scope_widened");
    let narrow = world.exchange(post("shop"), scoped(&first, "openid")).await.unwrap();
    assert_eq!(narrow.scope, "openid");
    assert_eq!(claims(&narrow.access_token)["scope"], "openid");
    let full = world.refresh(&refresh_of(&narrow)).await.unwrap();
    assert_eq!(full.scope, "email offline_access openid", "the refresh token kept the grant");
}

#[tokio::test]
async fn another_client_cannot_spend_or_end_a_refresh_token() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let token = refresh_of(&world.redeem(&code).await.unwrap());
    let stolen = world.exchange(post("other"), refresh_request(&token)).await;
    assert_eq!(cause(stolen), "refresh_token_of_another_client");
    let next = refresh_of(&world.refresh(&token).await.unwrap());
    world.advance(60);
    let stolen = world.exchange(post("other"), refresh_request(&token)).await;
    assert_eq!(cause(stolen), "refresh_token_of_another_client");
    assert!(world.refresh(&next).await.is_ok());
}

#[tokio::test]
async fn refresh_ends_with_time_user_session_and_client() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let token = refresh_of(&world.redeem(&code).await.unwrap());
    world.advance(15 * 86_400);
    assert_eq!(cause(world.refresh(&token).await), "refresh_token_expired");

    let user = world.user("bob").await;
    let code = world.browser().code("bob", &asking(&[])).await;
    let tokens = world.redeem(&code).await.unwrap();
    let cx = world.cx();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let bob = tx.users().find_user(user).await.unwrap().unwrap();
    let suspended = bob.set_status(vestibule_users::UserStatus::Suspended, None, cx.now);
    tx.users().save_user(suspended).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(cause(world.refresh(&refresh_of(&tokens)).await), "grant_revoked");
    assert!(!world.honours(&tokens.access_token).await);
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let world = shop().await;
    let code = world.browser().code("ada", &asking(&[("scope", "openid email")])).await;
    assert!(world.redeem(&code).await.unwrap().refresh_token.is_none());
}

#[tokio::test]
async fn a_client_acting_for_itself_gets_neither_refresh_nor_id_token() {
    let world = shop().await;
    let request = TokenRequest {
        grant_type: Some("client_credentials".to_owned()),
        scope: Some("orders:read".to_owned()),
        ..TokenRequest::default()
    };
    let tokens = world.exchange(post("shop"), request.clone()).await.unwrap();
    assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
    let access = claims(&tokens.access_token);
    assert_eq!((&access["sub"], &access["client_id"]), (&json!("shop"), &json!("shop")));
    assert_eq!(access["scope"], "orders:read");
    assert!(!world.honours(&tokens.access_token).await, "userinfo is about people");
    let wide = TokenRequest { scope: Some("orders:write".to_owned()), ..request };
    assert_eq!(cause(world.exchange(post("shop"), wide).await), "scope_not_allowed");
}

#[tokio::test]
async fn grants_are_those_of_the_server_and_of_the_client() {
    let world = shop().await;
    world.client("web", |m| m.grant_types = [vestibule_oauth::GrantType::AuthorizationCode].into()).await;
    let with = |grant: &str| TokenRequest { grant_type: Some(grant.to_owned()), ..TokenRequest::default() };
    for grant in ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "x"] {
        assert_eq!(cause(world.exchange(post("shop"), with(grant)).await), "grant_type_unsupported");
    }
    assert_eq!(cause(world.exchange(post("shop"), TokenRequest::default()).await), "grant_type_missing");
    let refused = world.exchange(post("web"), with("client_credentials")).await;
    assert_eq!(cause(refused), "grant_type_not_allowed");
}

#[tokio::test]
async fn a_public_client_proves_itself_by_pkce_alone() {
    let world = shop().await;
    world
        .client("spa", |m| {
            m.token_endpoint_auth_method = ClientAuthMethod::None;
            m.grant_types.remove(&vestibule_oauth::GrantType::ClientCredentials);
        })
        .await;
    let named = |secret: Option<&str>| PresentedCredentials {
        client_id: Some("spa".to_owned()),
        client_secret: secret.map(|text| Secret::new(text.to_owned())),
        ..PresentedCredentials::default()
    };
    let code = world.browser().code("ada", &asking(&[("client_id", "spa")])).await;
    assert!(world.exchange(named(None), code_request(&code)).await.is_ok());
    let code = world.browser().code("ada", &asking(&[("client_id", "spa")])).await;
    assert_eq!(cause(world.exchange(named(Some("x")), code_request(&code)).await), "credentials_method");
    assert_eq!(cause(world.exchange(post("nobody"), code_request(&code)).await), "credentials_wrong");
}

#[tokio::test]
async fn one_of_many_parallel_redemptions_wins() {
    let world = std::sync::Arc::new(shop().await);
    let code = world.browser().code("ada", &asking(&[])).await;
    let attempts = (0..20).map(|_| {
        let (world, code) = (std::sync::Arc::clone(&world), code.clone());
        tokio::spawn(async move { world.redeem(&code).await.is_ok() })
    });
    let mut won = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        won += u32::from(attempt.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_token_is_for_the_resources_that_were_granted() {
    let world = World::plain().await;
    world.client("shop", |m| m.resources = vec!["https://api.test".into(), "https://b.test".into()]).await;
    world.user("ada").await;
    let mut asked = asking(&[]);
    asked.extend([("resource", "https://api.test"), ("resource", "https://b.test")]);
    let code = world.browser().code("ada", &asked).await;
    let one = TokenRequest { resources: vec!["https://api.test".into()], ..code_request(&code) };
    let tokens = world.exchange(post("shop"), one).await.unwrap();
    let own = "https://id.test/realms/acme/oauth/userinfo";
    assert_eq!(claims(&tokens.access_token)["aud"], json!([own, "https://api.test"]));
    let other = TokenRequest { resources: vec![CALLBACK.into()], ..refresh_request(&refresh_of(&tokens)) };
    assert_eq!(cause(world.exchange(post("shop"), other).await), "resource_not_allowed");
    let all = world.refresh(&refresh_of(&tokens)).await.unwrap();
    assert_eq!(claims(&all.access_token)["aud"], json!([own, "https://api.test", "https://b.test"]));
}
