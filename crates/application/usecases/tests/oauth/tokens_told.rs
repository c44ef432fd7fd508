//! Introspection, revocation and userinfo.

use serde_json::json;
use vestibule_kernel::{ClientId, OpaqueToken, Secret};
use vestibule_usecases::oauth::{self, TokenRequest, TokenResponse, UserinfoError, userinfo};

use crate::support::{World, asking, cause, claims, post, refresh_of};

async fn shop() -> World {
    let world = World::plain().await;
    world.client("shop", |_| ()).await;
    world.client("other", |_| ()).await;
    world.user("ada").await;
    world
}

async fn tokens(world: &World, changes: &[(&str, &str)]) -> TokenResponse {
    let code = world.browser().code("ada", &asking(changes)).await;
    world.redeem(&code).await.unwrap()
}

async fn revoke(world: &World, client: &str, token: &str) {
    let realm = world.snapshot().await;
    oauth::revoke(&world.app, &world.cx(), &realm, post(client), Some(token)).await.unwrap();
}

#[tokio::test]
async fn the_owner_and_the_audience_learn_of_a_live_token_and_nobody_else() {
    let world = World::plain().await;
    let meant = ["urn:api:orders", "https://stock.test/api"].map(str::to_owned).to_vec();
    world.client("shop", |m| m.resources = meant).await;
    world.client("stock", |m| m.served_resources = vec!["https://stock.test/api".into()]).await;
    world.client("urn:api:orders", |_| ()).await;
    world.client("other", |_| ()).await;
    world.user("ada").await;
    let token = tokens(&world, &[("resource", "urn:api:orders")]).await.access_token;
    let told = world.introspect("shop", &token, None).await;
    assert_eq!(told["active"], true);
    assert_eq!(told["client_id"], "shop");
    assert_eq!(told["sub"], claims(&token)["sub"]);
    assert_eq!(world.introspect("urn:api:orders", &token, None).await["active"], true);
    for client in ["other", "stock"] {
        assert_eq!(world.introspect(client, &token, None).await, json!({"active": false}));
    }
    let token = tokens(&world, &[("resource", "https://stock.test/api")]).await.access_token;
    assert_eq!(world.introspect("stock", &token, None).await["active"], true);
    assert_eq!(world.introspect("urn:api:orders", &token, None).await, json!({"active": false}));
}

#[tokio::test]
async fn everything_that_is_no_live_token_of_this_realm_is_exactly_inactive() {
    let world = shop().await;
    let response = tokens(&world, &[]).await;
    let refresh = refresh_of(&response);
    let inactive = json!({"active": false});
    let id = response.id_token.unwrap();
    let cut = response.access_token.get(..response.access_token.len() - 2).unwrap();
    for wrong in ["x", "a.b.c", &id, cut, "vrt_x"] {
        assert_eq!(world.introspect("shop", wrong, None).await, inactive, "{wrong}");
    }
    assert_eq!(world.introspect("shop", &refresh, Some("access_token")).await, inactive);
    assert_eq!(world.introspect("shop", &refresh, Some("refresh_token")).await["active"], true);
    assert_eq!(world.introspect("other", &refresh, None).await, inactive);
    let elsewhere = world.another_realm("other-realm").await;
    let cx = vestibule_kernel::Cx { realm: elsewhere.realm.id, ..world.cx() };
    let refused = userinfo(&world.app, &cx, &elsewhere, &response.access_token).await;
    assert!(matches!(refused, Err(UserinfoError::Refused(_))));
    world.advance(601);
    assert_eq!(world.introspect("shop", &response.access_token, None).await, inactive);
}

#[tokio::test]
async fn introspection_needs_a_client_that_proves_itself() {
    let world = shop().await;
    let realm = world.snapshot().await;
    let nobody = vestibule_oauth::client::authentication::PresentedCredentials::default();
    let refused = oauth::introspect(&world.app, &world.cx(), &realm, nobody, Some("x"), None).await;
    assert_eq!(cause(refused), "credentials_missing");
}

#[tokio::test]
async fn revoking_a_refresh_token_takes_its_access_tokens_along() {
    let world = shop().await;
    let response = tokens(&world, &[]).await;
    revoke(&world, "other", &refresh_of(&response)).await;
    assert!(world.honours(&response.access_token).await, "a foreign client changes nothing");
    revoke(&world, "shop", "vrt_unknown").await;
    revoke(&world, "shop", &refresh_of(&response)).await;
    assert!(!world.honours(&response.access_token).await);
    assert_eq!(world.introspect("shop", &response.access_token, None).await["active"], false);
    assert_eq!(cause(world.refresh(&refresh_of(&response)).await), "grant_revoked");
}

#[tokio::test]
async fn an_access_token_can_be_revoked_also_one_of_a_client_itself() {
    let world = shop().await;
    let response = tokens(&world, &[]).await;
    revoke(&world, "other", &response.access_token).await;
    assert!(world.honours(&response.access_token).await);
    revoke(&world, "shop", &response.access_token).await;
    assert!(!world.honours(&response.access_token).await);
    let own = TokenRequest { grant_type: Some("client_credentials".into()), ..TokenRequest::default() };
    let own = world.exchange(post("shop"), own).await.unwrap().access_token;
    assert_eq!(world.introspect("shop", &own, None).await["active"], true);
    revoke(&world, "shop", &own).await;
    assert_eq!(world.introspect("shop", &own, None).await["active"], false);
}

#[tokio::test]
async fn a_disabled_client_has_no_working_tokens() {
    let world = shop().await;
    let response = tokens(&world, &[]).await;
    let cx = world.cx();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let id = ClientId::parse("shop").unwrap();
    let mut client = tx.clients().find_client(&id).await.unwrap().unwrap();
    client.status = vestibule_oauth::ClientStatus::Disabled;
    let event = vestibule_oauth::OAuthEvent::ClientUpdated { id };
    tx.clients().save_client(client.updated(event, cx.now)).await.unwrap();
    tx.commit().await.unwrap();
    world.snapshot().await;
    assert!(!world.honours(&response.access_token).await);
    assert_eq!(cause(world.refresh(&refresh_of(&response)).await), "credentials_wrong");
}

#[tokio::test]
async fn userinfo_releases_what_the_scopes_allow_in_standard_types() {
    let world = shop().await;
    let realm = world.snapshot().await;
    let response = tokens(&world, &[("scope", "openid profile email")]).await;
    let told = userinfo(&world.app, &world.cx(), &realm, &response.access_token).await.unwrap();
    assert_eq!(told["sub"], claims(response.id_token.as_deref().unwrap())["sub"]);
    assert_eq!((&told["name"], &told["email_verified"]), (&json!("ada"), &json!(true)));
    assert!(told["updated_at"].is_i64() && !told.contains_key("phone_number"));
    let few = tokens(&world, &[("scope", "openid")]).await;
    let told = userinfo(&world.app, &world.cx(), &realm, &few.access_token).await.unwrap();
    assert_eq!(told.keys().collect::<Vec<_>>(), ["sub"]);
    let without = tokens(&world, &[("scope", "email")]).await;
    let refused = userinfo(&world.app, &world.cx(), &realm, &without.access_token).await;
    assert!(matches!(refused, Err(UserinfoError::Refused(vestibule_oauth::OAuthError::OpenidMissing))));
    let id = userinfo(&world.app, &world.cx(), &realm, response.id_token.as_deref().unwrap()).await;
    assert!(matches!(id, Err(UserinfoError::Refused(vestibule_oauth::OAuthError::TokenInvalid))));
}

#[tokio::test]
async fn claims_asked_for_by_name_go_where_they_were_asked_for() {
    let world = shop().await;
    let realm = world.snapshot().await;
    let wanted = r#"{"id_token":{"email":null,"shoe_size":null},"userinfo":{"name":{"essential":true}}}"#;
    let response = tokens(&world, &[("scope", "openid"), ("claims", wanted)]).await;
    let id = claims(response.id_token.as_deref().unwrap());
    assert_eq!(id["email"], "ada@acme.test");
    assert!(id.get("name").is_none() && id.get("shoe_size").is_none());
    let told = userinfo(&world.app, &world.cx(), &realm, &response.access_token).await.unwrap();
    assert_eq!(told["name"], "ada");
    assert!(!told.contains_key("email"));
    let _: Option<OpaqueToken> = response.refresh_token;
}

#[tokio::test]
async fn who_guesses_secrets_is_told_to_come_back_and_holds_up_nobody_else() {
    let world = shop().await;
    let realm = world.snapshot().await;
    let ask = async |network: &str, client: &str, secret: &str| {
        let mut cx = world.cx();
        cx.origin.ip = network.parse().ok();
        let mut presented = post(client);
        presented.client_secret = Some(Secret::new(secret.to_owned()));
        cause(oauth::introspect(&world.app, &cx, &realm, presented, Some("x"), None).await)
    };
    let right = post("shop").client_secret.unwrap();
    let wrong = ask("192.0.2.7", "shop", "wrong").await;
    assert_ne!(wrong, "none");
    let mut guesses = 1;
    while ask("192.0.2.7", "shop", "wrong").await == wrong {
        guesses += 1;
        assert!(guesses <= 60, "guesses are not bounded");
    }
    assert!(guesses >= 20, "a few mistakes are forgiven: {guesses}");
    assert_eq!(ask("192.0.2.7", "shop", right.expose()).await, "rate_limited", "not even the right one");
    assert_eq!(ask("192.0.2.8", "shop", right.expose()).await, "none", "elsewhere it works");
    assert_eq!(ask("192.0.2.7", "other", right.expose()).await, "none", "so do other clients");
}
