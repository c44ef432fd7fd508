//! The contract of a connector, against a provider that behaves as told: every fault is refused with the right word,
//! and nothing is believed that was not said.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use uuid::Uuid;
use vestibule_crypto::{JoseSigner, MasterKey, Sealer, SystemClock};
use vestibule_egress::{AllowedTarget, Egress, EgressConfig, JwksCache};
use vestibule_federation::{
    Answer, AuthorizationDetails, Connection, ConnectionKey, ConnectionSettings, ConnectorError, Connectors,
    ExchangeDetails, Protocol, ProviderKey, TokenAuth, UpstreamIdentity,
};
use vestibule_idp::{Catalogue, Upstream};
use vestibule_kernel::{ConnectionId, Secret, Timestamp, ports::Clock};
use vestibule_testkit::upstream::{CLIENT, CODE, Fault, Provider};

const NONCE: &str = "a-nonce";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "https://id.test/federation/x/callback";

/// A provider, and the connector of one kind that talks to it.
struct Scene {
    provider: Provider,
    catalogue: Catalogue,
    connection: Connection,
    secret: Secret,
}

fn now() -> Timestamp {
    SystemClock.now()
}

impl Scene {
    async fn new(kind: &str) -> Self {
        let signer = Arc::new(JoseSigner::new(Arc::new(Sealer::new(&MasterKey::generate(), None))));
        let provider = Provider::start(signer.clone()).await;
        let allow = vec![AllowedTarget { host: "127.0.0.1".to_owned(), port: provider.port() }];
        let deadline = Duration::from_millis(1_500);
        let egress = Egress::new(&EgressConfig { allow, deadline, ..EgressConfig::default() }).unwrap();
        let jwks = Arc::new(JwksCache::new(egress.clone(), Arc::new(SystemClock)));
        let catalogue = Catalogue::new(&Upstream::new(egress, jwks, signer.clone(), signer));
        let mut settings = ConnectionSettings::new(ProviderKey::parse(kind).unwrap(), CLIENT.0.to_owned());
        let found = catalogue.find(kind).unwrap().preset().protocol;
        if found == Protocol::OpenIdConnect {
            settings.endpoints.issuer = Some(provider.issuer());
        } else {
            settings.endpoints.authorization_endpoint = Some(provider.url("/authorize"));
            settings.endpoints.token_endpoint = Some(provider.url("/token"));
            settings.endpoints.userinfo_endpoint = Some(provider.url("/userinfo"));
        }
        let mut secret = Secret::new(CLIENT.1.to_owned());
        if kind == "microsoft" {
            settings
                .parameters
                .insert("tenant".to_owned(), "72f988bf-86f1-41af-91ab-2d7cd011db47".to_owned());
        }
        if kind == "apple" {
            settings.token_auth = TokenAuth::ClientSecretPost;
            settings.parameters.insert("team_id".to_owned(), "TEAM".to_owned());
            settings.parameters.insert("key_id".to_owned(), "KEY".to_owned());
            secret = Secret::new(rcgen::KeyPair::generate().unwrap().serialize_pem());
        }
        catalogue.find(kind).unwrap().check(&settings).unwrap();
        let id = ConnectionId::from_uuid(Uuid::from_u128(1));
        let connection =
            Connection::create(id, ConnectionKey::parse("globex").unwrap(), settings, now()).unwrap().value;
        Self { provider, catalogue, connection, secret }
    }

    fn protocol(&self) -> Protocol {
        self.catalogue.find(self.connection.settings.provider.as_str()).unwrap().preset().protocol
    }

    fn answer(&self) -> Answer {
        let iss = (self.protocol() == Protocol::OpenIdConnect).then(|| self.provider.issuer());
        Answer { code: Some(CODE.to_owned()), iss, ..Answer::default() }
    }

    async fn exchange(&self) -> Result<UpstreamIdentity, ConnectorError> {
        self.exchange_with(&self.answer()).await
    }

    async fn exchange_with(&self, answer: &Answer) -> Result<UpstreamIdentity, ConnectorError> {
        let pkce = self.catalogue.find(self.connection.settings.provider.as_str()).unwrap().preset().pkce;
        self.provider.expect(NONCE, pkce.then_some(CHALLENGE));
        let details = ExchangeDetails {
            answer,
            nonce: NONCE,
            verifier: VERIFIER,
            redirect_uri: REDIRECT,
            secret: Some(&self.secret),
            now: now(),
        };
        let connector = self.catalogue.find(self.connection.settings.provider.as_str()).unwrap();
        connector.exchange(self.connection.active().unwrap(), details).await
    }

    async fn url(&self) -> url::Url {
        let details = AuthorizationDetails {
            state: "a-state",
            nonce: NONCE,
            challenge: CHALLENGE,
            redirect_uri: REDIRECT,
            login_hint: None,
            ui_locales: Some("de"),
            fresh: false,
        };
        let connector = self.catalogue.find(self.connection.settings.provider.as_str()).unwrap();
        let url = connector.authorization_url(self.connection.active().unwrap(), details).await.unwrap();
        url.parse().unwrap()
    }
}

fn person(kind: &str) -> (Value, Value) {
    let (id, emails) = match kind {
        "github" => (
            json!(42),
            json!([
                {"email": "other@acme.test", "primary": false, "verified": true},
                {"email": "ada@acme.test", "primary": true, "verified": true},
            ]),
        ),
        _ => (json!("42"), json!([])),
    };
    let userinfo = json!({
        "sub": "42", "id": id, "email": "ada@acme.test", "email_verified": true, "verified": true, "name": "Ada",
    });
    (userinfo, emails)
}

mod every {
    use super::*;

    pub(super) async fn a_person_comes_back(kind: &str) {
        let scene = Scene::new(kind).await;
        let (userinfo, emails) = person(kind);
        let mut claims = userinfo.clone();
        claims["xms_edov"] = json!(true);
        scene.provider.claims(&claims);
        scene.provider.userinfo(userinfo, emails);
        let came = scene.exchange().await.unwrap();
        assert_eq!(came.subject.as_str(), "42");
        let email = came.email.unwrap();
        assert_eq!(email.email.as_str(), "ada@acme.test");
        // Facebook never says so, and a plain OAuth 2 provider only where that is mapped.
        assert_eq!(email.verified, !matches!(kind, "facebook" | "oauth2"));
        let form = &scene.provider.forms()[0];
        let get = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!((get("grant_type"), get("redirect_uri")), (Some("authorization_code"), Some(REDIRECT)));
    }

    pub(super) async fn the_request_binds_the_answer(kind: &str) {
        let scene = Scene::new(kind).await;
        let url = scene.url().await;
        let get =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let preset = scene.catalogue.find(kind).unwrap().preset();
        assert_eq!(get("state").as_deref(), Some("a-state"));
        assert_eq!(get("response_type").as_deref(), Some("code"));
        assert_eq!(get("redirect_uri").as_deref(), Some(REDIRECT));
        assert_eq!(get("code_challenge").as_deref(), preset.pkce.then_some(CHALLENGE));
        let oidc = preset.protocol == Protocol::OpenIdConnect;
        assert_eq!(get("nonce").is_some(), oidc);
        assert_eq!(get("ui_locales").as_deref(), oidc.then_some("de"));
        assert_eq!(get("response_mode").as_deref(), preset.form_post.then_some("form_post"));
        assert!(!url.as_str().contains("secret"));
    }

    pub(super) async fn a_hostile_transport_is_given_up(kind: &str) {
        for (fault, away) in [
            (Fault::Silent, true),
            (Fault::Huge, true),
            (Fault::Broken, true),
            (Fault::Redirects, false),
            (Fault::Html, false),
        ] {
            let scene = Scene::new(kind).await;
            scene.provider.fault(Some(fault));
            let error = scene.exchange().await.unwrap_err();
            assert_eq!(matches!(error, ConnectorError::Unavailable(_)), away, "{fault:?}: {error}");
            assert!(away || matches!(error, ConnectorError::Invalid(_)), "{fault:?}: {error}");
        }
    }

    pub(super) async fn an_empty_subject_is_refused(kind: &str) {
        let scene = Scene::new(kind).await;
        for empty in [json!(""), json!(null), json!(" "), json!({}), json!([]), json!(true), json!("null")] {
            let claims = json!({"sub": empty, "id": empty, "email": "a@b.test", "name": "x"});
            scene.provider.claims(&claims);
            scene.provider.userinfo(claims, json!([]));
            assert!(matches!(scene.exchange().await, Err(ConnectorError::Invalid(_))), "{empty}");
        }
    }

    pub(super) async fn a_refusal_is_told_apart(kind: &str) {
        let scene = Scene::new(kind).await;
        let said = |error: &str| Answer { code: None, error: Some(error.to_owned()), ..scene.answer() };
        assert_eq!(scene.exchange_with(&said("access_denied")).await, Err(ConnectorError::Denied));
        assert!(matches!(
            scene.exchange_with(&said("server_error")).await,
            Err(ConnectorError::Unavailable(_))
        ));
        assert!(matches!(scene.exchange_with(&said("<script>")).await, Err(ConnectorError::Invalid(_))));
        let nothing = Answer { code: None, ..scene.answer() };
        assert!(matches!(scene.exchange_with(&nothing).await, Err(ConnectorError::Invalid(_))));
        let other = Answer { code: Some("stolen".to_owned()), ..scene.answer() };
        assert!(matches!(scene.exchange_with(&other).await, Err(ConnectorError::Invalid(_))));
    }

    pub(super) async fn a_text_verifies_no_address(kind: &str) {
        let scene = Scene::new(kind).await;
        let claims = json!({
            "sub": "42", "id": 42, "email": "ada@acme.test", "name": "Ada",
            "email_verified": "true", "verified": "true", "xms_edov": "1",
        });
        scene.provider.claims(&claims);
        let emails = json!([{"email": "ada@acme.test", "primary": true, "verified": "true"}]);
        scene.provider.userinfo(claims, emails);
        assert!(!scene.exchange().await.unwrap().email.unwrap().verified);
    }
}

mod openid {
    use super::*;

    pub(super) async fn a_token_that_is_not_ours_is_refused(kind: &str) {
        for fault in [
            Fault::WrongNonce,
            Fault::WrongAudience,
            Fault::SeveralAudiences,
            Fault::WrongIssuer,
            Fault::WrongHash,
        ] {
            let scene = Scene::new(kind).await;
            scene.provider.fault(Some(fault));
            assert!(matches!(scene.exchange().await, Err(ConnectorError::Mismatch(_))), "{fault:?}");
        }
        for fault in [Fault::ForeignKey, Fault::Unsigned, Fault::Expired, Fault::Future, Fault::NoSubject] {
            let scene = Scene::new(kind).await;
            scene.provider.fault(Some(fault));
            assert!(matches!(scene.exchange().await, Err(ConnectorError::Invalid(_))), "{fault:?}");
        }
    }

    pub(super) async fn a_rotated_key_is_fetched(kind: &str) {
        let scene = Scene::new(kind).await;
        scene.exchange().await.unwrap();
        scene.provider.rotate();
        scene.exchange().await.unwrap();
    }

    pub(super) async fn userinfo_is_about_the_same_person(kind: &str) {
        let scene = Scene::new(kind).await;
        scene.provider.claims(&json!({"sub": "42"}));
        let said = json!({"sub": "42", "email": "ada@acme.test", "email_verified": true, "xms_edov": true, "name": "A"});
        scene.provider.userinfo(said, json!([]));
        assert!(scene.exchange().await.unwrap().email.unwrap().verified);
        scene.provider.fault(Some(Fault::OtherUserinfo));
        assert!(matches!(scene.exchange().await, Err(ConnectorError::Mismatch(_))));
    }

    pub(super) async fn another_issuers_answer_or_metadata_is_refused(kind: &str) {
        let scene = Scene::new(kind).await;
        for iss in [Some("https://other.test".to_owned()), Some(String::new()), None] {
            let answer = Answer { iss: iss.clone(), ..scene.answer() };
            assert!(
                matches!(scene.exchange_with(&answer).await, Err(ConnectorError::Mismatch(_))),
                "{iss:?}"
            );
        }
        let scene = Scene::new(kind).await;
        scene.provider.fault(Some(Fault::OtherMetadata));
        assert!(matches!(scene.exchange().await, Err(ConnectorError::Mismatch(_))));
    }
}

macro_rules! cases {
    ($module:ident, $kind:ident: $($case:ident)*) => {$(
        #[tokio::test]
        async fn $case() {
            crate::$module::$case(stringify!($kind)).await;
        }
    )*};
}

macro_rules! connector_tests {
    ($($kind:ident)*; openid: $($openid:ident)*) => {
        $(mod $kind {
            cases!(every, $kind: a_person_comes_back the_request_binds_the_answer a_hostile_transport_is_given_up
                an_empty_subject_is_refused a_refusal_is_told_apart a_text_verifies_no_address);
        })*
        $(mod $openid {
            cases!(every, $openid: a_person_comes_back the_request_binds_the_answer a_hostile_transport_is_given_up
                an_empty_subject_is_refused a_refusal_is_told_apart a_text_verifies_no_address);
            cases!(openid, $openid: a_token_that_is_not_ours_is_refused a_rotated_key_is_fetched
                userinfo_is_about_the_same_person another_issuers_answer_or_metadata_is_refused);
        })*
    };
}

connector_tests!(github facebook linkedin discord oauth2; openid: google apple microsoft gitlab oidc);

#[tokio::test]
async fn apples_secret_is_signed_and_its_name_fills_the_profile_only() {
    let scene = Scene::new("apple").await;
    scene.provider.claims(&json!({"sub": "42", "email": "ada@acme.test", "email_verified": true}));
    let user = r#"{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"victim@acme.test"}"#;
    let answer = Answer { user: Some(user.to_owned()), ..scene.answer() };
    scene.provider.userinfo(json!({"sub": "42"}), json!([]));
    let came = scene.exchange_with(&answer).await.unwrap();
    assert_eq!(came.profile["name"], "Ada Lovelace");
    assert_eq!(
        came.email.unwrap().email.as_str(),
        "ada@acme.test",
        "the browser's word for an address is nothing"
    );
    let form = &scene.provider.forms()[0];
    let secret = &form.iter().find(|(name, _)| name == "client_secret").unwrap().1;
    assert_eq!(secret.split('.').count(), 3);
}

#[tokio::test]
async fn an_unverified_primary_address_of_github_is_unverified() {
    let scene = Scene::new("github").await;
    let emails = json!([
        {"email": "ada@acme.test", "primary": true, "verified": false},
        {"email": "other@acme.test", "primary": false, "verified": true},
    ]);
    scene.provider.userinfo(json!({"id": 42, "email": "public@acme.test", "email_verified": true}), emails);
    let email = scene.exchange().await.unwrap().email.unwrap();
    assert_eq!((email.email.as_str(), email.verified), ("ada@acme.test", false));
}

#[tokio::test]
async fn a_host_that_keeps_failing_is_left_alone() {
    let scene = Scene::new("github").await;
    scene.provider.fault(Some(Fault::Broken));
    for _ in 0..5 {
        scene.exchange().await.unwrap_err();
    }
    scene.provider.fault(None);
    let asked = scene.provider.forms().len();
    assert!(matches!(scene.exchange().await, Err(ConnectorError::Unavailable(_))));
    assert_eq!(scene.provider.forms().len(), asked, "it was not called");
}
