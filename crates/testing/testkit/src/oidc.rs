//! The application's side of a sign-in: the authorization request, what comes back, and the exchange.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::{
    fake,
    visitor::{Answer, Visitor},
};

/// A verifier and its S256 challenge.
#[derive(Debug, Clone)]
pub struct Pkce {
    /// Kept by the application.
    pub verifier: String,
    /// Sent along.
    pub challenge: String,
}

impl Pkce {
    /// A fresh pair.
    pub fn fresh() -> Self {
        let verifier = format!("{:032x}{:032x}", fake::seed(), fake::seed());
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        Self { verifier, challenge }
    }
}

/// An authorization request of one application.
#[derive(Debug, Clone)]
pub struct AuthorizeRequest {
    /// The issuer.
    pub issuer: String,
    /// The client's id.
    pub client_id: String,
    /// Where it wants the answer.
    pub redirect_uri: String,
    /// Proof that the exchange is made by who asked.
    pub pkce: Pkce,
    /// Binds the answer to the request.
    pub state: String,
    /// Binds the ID token to the request.
    pub nonce: String,
    parameters: Vec<(String, String)>,
}

/// What came back to the redirect URI.
#[derive(Debug, Clone)]
pub struct Callback {
    /// The parameters.
    pub parameters: Vec<(String, String)>,
}

impl Callback {
    /// A parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The code.
    ///
    /// # Panics
    /// If an error came back.
    pub fn code(&self) -> &str {
        self.get("code").unwrap_or_else(|| panic!("no code came back: {:?}", self.parameters))
    }
}

impl AuthorizeRequest {
    /// A code request for `openid` with PKCE.
    pub fn new(issuer: &str, client_id: &str, redirect_uri: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            pkce: Pkce::fresh(),
            state: format!("{:x}", fake::seed()),
            nonce: format!("{:x}", fake::seed()),
            parameters: vec![("scope".to_owned(), "openid".to_owned())],
        }
    }

    /// Sets a parameter, replacing its value.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The parameters as they are sent.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let own = [
            ("response_type", "code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &self.pkce.challenge),
            ("code_challenge_method", "S256"),
        ];
        let own = own.iter().filter(|(name, _)| !self.parameters.iter().any(|(known, _)| known == name));
        own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .chain(self.parameters.clone())
            .collect()
    }

    /// Where the browser is sent.
    ///
    /// # Panics
    /// If the issuer is no URL.
    pub fn url(&self) -> Url {
        let endpoint = format!("{}/oauth/authorize", self.issuer);
        Url::parse_with_params(&endpoint, self.parameters()).expect("an issuer is a URL")
    }

    /// The answer to the application, if this is one.
    pub fn callback(&self, answer: &Answer) -> Option<Callback> {
        let to = answer.location().filter(|_| answer.status.is_redirection())?;
        if !to.as_str().starts_with(&self.redirect_uri) {
            return None;
        }
        let query = to.query().or_else(|| to.fragment()).unwrap_or_default();
        let parameters = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Some(Callback { parameters })
    }

    /// The fields of the exchange of a code, without client authentication.
    pub fn exchange_fields(&self, code: &str) -> Vec<(String, String)> {
        [
            ("grant_type", "authorization_code"),
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("code", code),
            ("code_verifier", &self.pkce.verifier),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Exchanges a code as a public client.
    ///
    /// # Panics
    /// If the issuer is no URL.
    pub async fn exchange(&self, code: &str) -> Answer {
        let endpoint = Url::parse(&format!("{}/oauth/token", self.issuer)).expect("an issuer is a URL");
        Visitor::new().post(&endpoint, &self.exchange_fields(code)).await
    }
}

/// The claims of a JWT, unverified: for looking, never for trusting.
///
/// # Panics
/// If it is no JWT.
pub fn claims(jwt: &str) -> Value {
    let payload = jwt.split('.').nth(1).expect("a JWT has three parts");
    let bytes = URL_SAFE_NO_PAD.decode(payload).expect("a JWT's payload is base64url");
    serde_json::from_slice(&bytes).expect("a JWT's payload is JSON")
}
