//! Dynamic client registration.

use serde_json::{Value, json};
use vestibule_kernel::{ClientId, OpaqueToken, TokenKind};
use vestibule_oauth::{OAuthEvent, Verification};
use vestibule_realms::settings::RegistrationMode;
use vestibule_usecases::oauth::{
    ProtocolFailure,
    registration::{self, Registered, RegistrationRequest},
};

use crate::support::{World, cause};

async fn realm(mode: RegistrationMode, quota: u64, trusted: bool) -> World {
    World::new(|settings| {
        settings.registration.mode = mode;
        settings.registration.quota = quota;
        settings.registration.trusted = trusted;
        settings.limits.registration_per_minute = 1_000;
    })
    .await
}

fn body() -> Value {
    json!({"redirect_uris": ["https://a.test/cb"], "client_name": "A", "unknown": 1})
}

async fn register(world: &World, token: Option<&str>, body: &Value) -> Result<Registered, ProtocolFailure> {
    let realm = world.snapshot().await;
    let request = RegistrationRequest::parse(body.to_string().as_bytes())?;
    registration::register(&world.app, &world.cx(), &realm, token, request).await
}

#[tokio::test]
async fn closed_is_the_default() {
    let world = World::plain().await;
    assert_eq!(cause(register(&world, None, &body()).await), "registration_closed");
}

#[tokio::test]
async fn an_initial_access_token_is_good_for_its_uses() {
    let world = realm(RegistrationMode::Token, 10, false).await;
    assert_eq!(cause(register(&world, None, &body()).await), "initial_access_token_invalid");
    let cx = world.cx();
    let token = world.app.entropy.token(TokenKind::InitialAccess);
    let until = cx.now + chrono::Duration::hours(1);
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let event = OAuthEvent::InitialAccessTokenCreated { uses: 1 };
    tx.clients().save_initial_access_token(&token.digest(), 1, until, event.into()).await.unwrap();
    tx.commit().await.unwrap();
    // Refused metadata costs no use.
    assert_eq!(cause(register(&world, Some(token.expose()), &json!({})).await), "redirect_uri_refused");
    assert!(register(&world, Some(token.expose()), &body()).await.is_ok());
    assert_eq!(cause(register(&world, Some(token.expose()), &body()).await), "initial_access_token_invalid");
}

#[tokio::test]
async fn an_open_realm_holds_so_many_and_flags_them_unverified() {
    let world = realm(RegistrationMode::Open, 2, false).await;
    let first = register(&world, None, &body()).await.unwrap();
    assert_eq!(first.client.verification, Verification::Unverified);
    assert!(first.client.metadata.require_consent && first.client.metadata.require_pkce);
    let answer = first.to_json(&*world.snapshot().await);
    assert_eq!(answer["id_token_signed_response_alg"], "RS256");
    assert_eq!(answer["client_secret_expires_at"], 0);
    assert_eq!(answer["response_types"], json!(["code"]));
    assert!(answer["client_secret"].is_string() && answer.get("admin_scopes").is_none());
    assert!(world.snapshot().await.client(&first.client.id).is_some());
    register(&world, None, &body()).await.unwrap();
    assert_eq!(cause(register(&world, None, &body()).await), "registration_quota");
    let trusted = realm(RegistrationMode::Open, 2, true).await;
    let client = register(&trusted, None, &body()).await.unwrap().client;
    assert!(client.verification == Verification::Verified && !client.metadata.require_pkce);
}

#[tokio::test]
async fn an_open_realm_takes_so_many_a_minute_from_one_network_address() {
    let world = World::new(|settings| {
        settings.registration.mode = RegistrationMode::Open;
        settings.limits.registration_per_minute = 2;
    })
    .await;
    let realm = world.snapshot().await;
    let from = async |address: &str| {
        let request = RegistrationRequest::parse(body().to_string().as_bytes()).unwrap();
        let mut cx = world.cx();
        cx.origin.ip = address.parse().ok();
        registration::register(&world.app, &cx, &realm, None, request).await
    };
    for _ in 0..2 {
        assert!(from("192.0.2.1").await.is_ok());
    }
    let refused = from("192.0.2.1").await;
    assert!(matches!(refused, Err(ProtocolFailure::RateLimited { retry_after_seconds: 1..=60 })));
    assert!(from("198.51.100.1").await.is_ok(), "another address has a count of its own");
}

#[tokio::test]
async fn a_client_that_changes_itself_is_unverified_until_an_administrator_says_otherwise() {
    for (trusted, afterwards) in [(false, Verification::Unverified), (true, Verification::Verified)] {
        let world = realm(RegistrationMode::Open, 10, trusted).await;
        let registered = register(&world, None, &body()).await.unwrap();
        let own = registered.registration_token.as_ref().map(OpaqueToken::expose).unwrap().to_owned();
        let id = registered.client.id.clone();
        let vouch = async || {
            let cx = world.cx();
            let mut tx = world.app.store.write(&cx).await.unwrap();
            let mut client = tx.clients().find_client(&id).await.unwrap().unwrap();
            client.verification = Verification::Verified;
            let event = OAuthEvent::ClientUpdated { id: id.clone() };
            tx.clients().save_client(client.updated(event, cx.now)).await.unwrap();
            tx.commit().await.unwrap();
        };
        let update = async |name: &str| {
            let mut change = body();
            change["client_id"] = json!(id);
            change["client_name"] = json!(name);
            let request = RegistrationRequest::parse(change.to_string().as_bytes()).unwrap();
            let realm = world.snapshot().await;
            let place = (id.as_str(), Some(own.as_str()));
            registration::update(&world.app, &world.cx(), &realm, place, request).await.unwrap();
            world.snapshot().await.client(&id).unwrap().verification
        };
        vouch().await;
        assert_eq!(update("A").await, Verification::Verified, "nothing changed");
        assert_eq!(update("Your Bank").await, afterwards);
        vouch().await;
        assert_eq!(update("Your Bank").await, Verification::Verified, "vouched for as it is now");
    }
}

#[tokio::test]
async fn bad_addresses_and_metadata_are_told_apart() {
    let world = realm(RegistrationMode::Open, 10, false).await;
    for uri in ["https://a.test/#x", "https://*.test/", "https://u@a.test/", "javascript:x", "http://a.test"]
    {
        let body = json!({"redirect_uris": [uri]});
        assert_eq!(cause(register(&world, None, &body).await), "redirect_uri_refused", "{uri}");
    }
    let mut bad = body();
    bad["logo_uri"] = json!("http://a.test/logo");
    assert_eq!(cause(register(&world, None, &bad).await), "metadata_refused");
}

#[tokio::test]
async fn only_its_own_token_manages_a_registration() {
    let world = realm(RegistrationMode::Open, 10, false).await;
    let (a, b) =
        (register(&world, None, &body()).await.unwrap(), register(&world, None, &body()).await.unwrap());
    let token =
        |client: &Registered| client.registration_token.as_ref().map(OpaqueToken::expose).unwrap().to_owned();
    let realm = world.snapshot().await;
    let (app, cx) = (&world.app, world.cx());
    let id = a.client.id.to_string();
    let read = |token: Option<String>| {
        let (realm, cx, id) = (&realm, &cx, &id);
        async move { registration::read(app, cx, realm, id, token.as_deref()).await }
    };
    assert_eq!(cause(read(None).await), "registration_access_token_invalid");
    assert_eq!(cause(read(Some(token(&b))).await), "registration_access_token_invalid");
    assert!(read(Some(token(&a))).await.is_ok());

    let mut change = body();
    change["client_id"] = json!(id);
    change["redirect_uris"] = json!(["https://a.test/new"]);
    let own = token(&a);
    let update = |body: Value| {
        let (realm, cx, id, own) = (&realm, &cx, &id, &own);
        async move {
            let request = RegistrationRequest::parse(body.to_string().as_bytes()).unwrap();
            registration::update(app, cx, realm, (id, Some(own)), request).await
        }
    };
    let updated = update(change.clone()).await.unwrap();
    assert_eq!(updated.client.metadata.redirect_uris, ["https://a.test/new"]);
    change["redirect_uris"] = json!(["http://a.test/new"]);
    assert_eq!(cause(update(change.clone()).await), "redirect_uri_refused", "validated like a creation");
    change["client_id"] = json!(b.client.id);
    assert_eq!(cause(update(change).await), "metadata_refused");

    registration::delete(app, &cx, &realm, &id, Some(&own)).await.unwrap();
    assert_eq!(cause(read(Some(own)).await), "registration_access_token_invalid");
    assert!(world.snapshot().await.client(&ClientId::parse(&id).unwrap()).is_none());
}
