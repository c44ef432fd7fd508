//! A real relying party: the `openidconnect` crate over our own HTTP client, on both databases.

use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims},
};
use serde_json::json;
use url::Url;
use vestibule_testkit::{
    AuthorizeRequest, Callback, RealmDoc, TestServer, Visitor,
    oidc::claims,
    realm::{APP, APP_SIGNED_OUT, CLIENT_SECRET, PASSWORD},
};

use crate::scene::{self, REALM};

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The library's HTTP, without redirects.
async fn http(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
    let answer = client.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

struct RelyingParty {
    client: Client,
    metadata: CoreProviderMetadata,
}

impl RelyingParty {
    async fn discover(server: &TestServer, id: &str) -> Self {
        let issuer = IssuerUrl::new(server.issuer(REALM)).unwrap();
        let metadata = CoreProviderMetadata::discover_async(issuer, &http).await.unwrap();
        let secret = ClientSecret::new(CLIENT_SECRET.to_owned());
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(id.to_owned()), Some(secret))
                .set_redirect_uri(RedirectUrl::new(APP.to_owned()).unwrap());
        Self { client, metadata }
    }

    /// Sends a person through the sign-in and returns what the library makes of it.
    async fn sign_in(&self, visitor: &mut Visitor, scopes: &[&str]) -> (CoreTokenResponse, Nonce) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut to = self
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge);
        for scope in scopes {
            to = to.add_scope(Scope::new((*scope).to_owned()));
        }
        let (url, state, nonce) = to.url();
        let callback = walk(visitor, &self.metadata, &url).await;
        assert_eq!(callback.get("state"), Some(state.secret().as_str()));
        assert_eq!(callback.get("iss"), Some(self.metadata.issuer().as_str()));
        (self.exchange(callback.code(), verifier).await, nonce)
    }

    async fn exchange(&self, code: &str, verifier: PkceCodeVerifier) -> CoreTokenResponse {
        let exchange = self.client.exchange_code(AuthorizationCode::new(code.to_owned())).unwrap();
        exchange.set_pkce_verifier(verifier).request_async(&http).await.unwrap()
    }

    fn check(&self, tokens: &CoreTokenResponse, nonce: &Nonce) {
        let verifier = self.client.id_token_verifier();
        let id_token = tokens.id_token().expect("an ID token");
        let claims = id_token.claims(&verifier, nonce).expect("an ID token that verifies");
        assert!(claims.auth_time().is_some() || claims.subject().as_str().starts_with("usr_"));
        if let Some(expected) = claims.access_token_hash() {
            let key = id_token.signing_key(&verifier).unwrap();
            let actual =
                AccessTokenHash::from_token(tokens.access_token(), id_token.signing_alg().unwrap(), key)
                    .unwrap();
            assert_eq!(actual, *expected);
        }
    }
}

/// Walks the pages from an authorization URL that the library made.
async fn walk(visitor: &mut Visitor, metadata: &CoreProviderMetadata, url: &Url) -> Callback {
    let mut request = AuthorizeRequest::new(metadata.issuer().as_str(), "web", APP);
    for (name, value) in url.query_pairs() {
        request = request.with(&name, &value);
    }
    visitor.sign_in(&request, "ada", PASSWORD).await
}

#[tokio::test]
async fn a_relying_party_signs_in_reads_claims_and_refreshes() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let party = RelyingParty::discover(&server, "web").await;
        let mut visitor = Visitor::new();
        let (tokens, nonce) = party.sign_in(&mut visitor, &["profile", "email", "offline_access"]).await;
        party.check(&tokens, &nonce);

        let access = tokens.access_token().clone();
        let info: CoreUserInfoClaims =
            party.client.user_info(access, None).unwrap().request_async(&http).await.unwrap();
        assert_eq!(info.email().map(|email| email.as_str()), Some("ada@example.test"));
        assert_eq!(info.email_verified(), Some(true));

        let refresh = tokens.refresh_token().expect("a refresh token");
        let renewed: CoreTokenResponse =
            party.client.exchange_refresh_token(refresh).unwrap().request_async(&http).await.unwrap();
        assert_ne!(renewed.refresh_token().map(RefreshToken::secret), Some(refresh.secret()));
        assert_ne!(renewed.access_token().secret(), tokens.access_token().secret());
    }
}

#[tokio::test]
async fn a_second_application_needs_no_second_password() {
    let server = scene::standard().await;
    let party = RelyingParty::discover(&server, "web").await;
    let mut visitor = Visitor::new();
    party.sign_in(&mut visitor, &[]).await;
    let silent = scene::request(&server).with("prompt", "none");
    let answer = visitor.get(&silent.url()).await;
    let callback = silent.callback(&answer).expect("an answer without a page");
    let tokens = silent.exchange(callback.code()).await.expect(200).json();
    assert!(claims(&scene::text(&tokens, "id_token"))["sub"].as_str().unwrap().starts_with("usr_"));
}

#[tokio::test]
async fn the_algorithm_of_id_tokens_is_the_clients_choice() {
    let mut document = RealmDoc::standard(REALM)
        .settings(json!({"keys": {"algorithms": ["ES256", "RS256", "PS256", "EdDSA"]}}));
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let metadata = json!({"require_consent": false, "id_token_signed_response_alg": algorithm});
        document = document.client(&format!("web-{}", algorithm.to_lowercase()), metadata);
    }
    let settings = vestibule_testkit::Settings::sqlite();
    settings.import(&document);
    let server = settings.start().await;
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let party = RelyingParty::discover(&server, &format!("web-{}", algorithm.to_lowercase())).await;
        let (tokens, nonce) = party.sign_in(&mut Visitor::new(), &[]).await;
        party.check(&tokens, &nonce);
        let used = tokens.id_token().unwrap().signing_alg().unwrap();
        assert_eq!(serde_json::to_value(used).unwrap(), json!(algorithm));
    }
}

#[tokio::test]
async fn logging_out_at_the_relying_party_ends_session_and_tokens() {
    let server = scene::standard().await;
    let party = RelyingParty::discover(&server, "web").await;
    let mut visitor = Visitor::new();
    let (tokens, _) = party.sign_in(&mut visitor, &["offline_access"]).await;
    let mut logout = scene::endpoint(&server, "logout");
    logout
        .query_pairs_mut()
        .append_pair("id_token_hint", &tokens.id_token().unwrap().to_string())
        .append_pair("post_logout_redirect_uri", APP_SIGNED_OUT)
        .append_pair("state", "bye");
    let mut answer = visitor.visit(&logout).await;
    for _ in 0..5 {
        if answer.location().is_some() || answer.page().link("a#continue").is_some() {
            break;
        }
        let confirm = answer.page().forms().into_iter().find(|form| form.has_button("logout-confirm"));
        answer = visitor.submit(&confirm.expect("a page that asks").press("logout-confirm")).await;
    }
    let to = answer.location().or_else(|| answer.page().link("a#continue")).expect("a way back");
    assert_eq!(to.as_str(), format!("{APP_SIGNED_OUT}?state=bye"));

    let silent = scene::request(&server).with("prompt", "none");
    let answer = visitor.get(&silent.url()).await;
    assert_eq!(silent.callback(&answer).unwrap().get("error"), Some("login_required"));
    let info = party.client.user_info(tokens.access_token().clone(), None).unwrap();
    let info: Result<CoreUserInfoClaims, _> = info.request_async(&http).await;
    assert!(info.is_err(), "an access token of an ended session still works");
}
