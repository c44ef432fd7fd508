//! `private_key_jwt`: verified with the client's own keys, once.

use serde_json::{Value, json};
use vestibule_kernel::RealmId;
use vestibule_oauth::{
    ClientAuthMethod, SigningKey,
    client::authentication::{ASSERTION_TYPE, PresentedCredentials},
};
use vestibule_usecases::oauth::TokenRequest;

use crate::support::{World, cause};

const ISSUER: &str = "https://id.test/realms/acme";

struct Service {
    world: World,
    key: SigningKey,
}

impl Service {
    /// A client that publishes its key by value, or else at an address.
    async fn new(by_value: bool) -> Self {
        let world = World::plain().await;
        let now = world.cx().now;
        let key =
            SigningKey::create(world.app.signer.generate(world.realm, "ES256").unwrap(), now, now).value;
        let jwks = json!({"keys": [key.public.jwk]});
        world
            .client("service", |m| {
                m.token_endpoint_auth_method = ClientAuthMethod::PrivateKeyJwt;
                if by_value {
                    m.jwks = Some(jwks.clone());
                } else {
                    m.jwks_uri = Some("https://service.test/jwks".into());
                }
            })
            .await;
        Self { world, key }
    }

    fn claims(&self, jti: &str) -> Value {
        let now = self.world.cx().now.timestamp();
        json!({"iss": "service", "sub": "service", "aud": ISSUER, "iat": now, "exp": now + 60, "jti": jti})
    }

    fn sign(&self, realm: RealmId, claims: &Value) -> String {
        self.world.app.signer.sign(realm, &self.key, "JWT", claims.to_string().as_bytes()).unwrap()
    }

    async fn ask(&self, assertion: String) -> &'static str {
        let presented = PresentedCredentials {
            assertion_type: Some(ASSERTION_TYPE.to_owned()),
            assertion: Some(assertion),
            ..PresentedCredentials::default()
        };
        let request =
            TokenRequest { grant_type: Some("client_credentials".into()), ..TokenRequest::default() };
        cause(self.world.exchange(presented, request).await)
    }
}

#[tokio::test]
async fn an_assertion_counts_once() {
    let service = Service::new(true).await;
    let jwt = service.sign(service.world.realm, &service.claims("1"));
    assert_eq!(service.ask(jwt.clone()).await, "none");
    assert_eq!(service.ask(jwt).await, "assertion_replayed");
    // Another assertion with the same `jti` is a replay, too.
    let mut same = service.claims("1");
    same["exp"] = json!(service.world.cx().now.timestamp() + 120);
    assert_eq!(service.ask(service.sign(service.world.realm, &same)).await, "assertion_replayed");
    let fresh = service.claims("2");
    assert_eq!(service.ask(service.sign(service.world.realm, &fresh)).await, "none");
}

#[tokio::test]
async fn an_assertion_is_for_us_in_time_and_signed_by_the_client() {
    let service = Service::new(true).await;
    let realm = service.world.realm;
    for (number, (name, value, expected)) in [
        ("aud", json!("https://elsewhere.test"), "assertion_audience"),
        ("exp", json!(1), "assertion_time"),
        ("exp", Value::Null, "assertion_time"),
        ("jti", Value::Null, "assertion_invalid"),
        ("iss", json!("other"), "assertion_invalid"),
        ("sub", json!("other"), "credentials_wrong"),
        ("aud", json!([format!("{ISSUER}/oauth/token")]), "none"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut claims = service.claims(&number.to_string());
        claims[name] = value.clone();
        assert_eq!(service.ask(service.sign(realm, &claims)).await, expected, "{name}: {value}");
    }
    let stranger = service.world.app.signer.generate(realm, "ES256").unwrap();
    let now = service.world.cx().now;
    let stranger = SigningKey::create(stranger, now, now).value;
    let claims = service.claims("x").to_string();
    let forged = service.world.app.signer.sign(realm, &stranger, "JWT", claims.as_bytes()).unwrap();
    assert_eq!(service.ask(forged).await, "assertion_invalid");
    assert_eq!(service.ask("not.a.jwt".to_owned()).await, "assertion_invalid");
}

#[tokio::test]
async fn keys_are_fetched_from_the_registered_address() {
    let service = Service::new(false).await;
    let realm = service.world.realm;
    let jwt = service.sign(realm, &service.claims("1"));
    assert_eq!(service.ask(jwt.clone()).await, "keys_unavailable");
    *service.world.published.0.lock().unwrap() = Some(json!({"keys": [service.key.public.jwk]}));
    assert_eq!(service.ask(jwt).await, "none");
}

#[tokio::test]
async fn the_method_is_the_registered_one() {
    let service = Service::new(true).await;
    let request = TokenRequest { grant_type: Some("client_credentials".into()), ..TokenRequest::default() };
    let refused = service.world.exchange(crate::support::post("service"), request).await;
    assert_eq!(cause(refused), "credentials_method");
}
