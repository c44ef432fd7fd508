//! What a connector is: one module per provider, one line in the catalogue. It speaks the protocol and checks
//! everything that its specification says; it decides nothing about accounts.

use async_trait::async_trait;
use vestibule_kernel::{Secret, Timestamp};

use crate::{
    attempt::Answer,
    claims::{ClaimMapping, UpstreamIdentity},
    connection::{ActiveConnection, ConnectionError, ConnectionSettings},
};

/// The protocol of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// OpenID Connect: a signed ID token says who it is.
    OpenIdConnect,
    /// Plain OAuth 2: an answer of the provider's API says who it is.
    OAuth2,
}

/// Facts about a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// The word in settings.
    pub key: &'static str,
    /// The name on the button.
    pub name: &'static str,
    /// The protocol.
    pub protocol: Protocol,
    /// Scopes asked for when a connection names none.
    pub scopes: &'static [&'static str],
    /// What it calls what we store.
    pub claims: &'static [(&'static str, &'static str)],
    /// Parameters a connection must have.
    pub parameters: &'static [&'static str],
    /// Whether the answer comes as a form.
    pub form_post: bool,
    /// Whether the provider can do PKCE; a connection may switch it off too.
    pub pkce: bool,
}

impl Preset {
    /// The mapping of a connection: its own over that of the preset.
    pub fn mapping(&self, settings: &ConnectionSettings) -> ClaimMapping {
        settings.claims.over(&ClaimMapping::of(self.claims))
    }

    /// The scopes of a connection.
    pub fn scopes_of(&self, settings: &ConnectionSettings) -> String {
        if settings.scopes.is_empty() { self.scopes.join(" ") } else { settings.scopes.join(" ") }
    }
}

/// What the request to the provider holds.
#[derive(Clone, Copy)]
pub struct AuthorizationDetails<'a> {
    /// `state`.
    pub state: &'a str,
    /// `nonce`.
    pub nonce: &'a str,
    /// The S256 challenge.
    pub challenge: &'a str,
    /// Where the provider sends the browser back.
    pub redirect_uri: &'a str,
    /// What the person typed, for the provider's own form.
    pub login_hint: Option<&'a str>,
    /// The language that the person reads here (`ui_locales`).
    pub ui_locales: Option<&'a str>,
    /// Whether the person must prove it again there (`max_age=0`, `prompt=login`).
    pub fresh: bool,
}

/// What is checked against the provider's answer.
#[derive(Clone, Copy)]
pub struct ExchangeDetails<'a> {
    /// What the browser brought.
    pub answer: &'a Answer,
    /// The `nonce` that was sent.
    pub nonce: &'a str,
    /// The PKCE verifier.
    pub verifier: &'a str,
    /// The address the browser came back to.
    pub redirect_uri: &'a str,
    /// Our secret there.
    pub secret: Option<&'a Secret>,
    /// Now.
    pub now: Timestamp,
}

/// Why a provider's answer was not taken. Variants are facts; none holds what the provider sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// The person or the provider said no (`access_denied`).
    #[error("the provider did not let the person in")]
    Denied,
    /// The provider did not answer, or not in time.
    #[error("the provider is not available: {0}")]
    Unavailable(String),
    /// Its address may not be called.
    #[error("the provider's address is not allowed: {0}")]
    Refused(&'static str),
    /// Its answer breaks the protocol.
    #[error("the provider's answer is not valid: {0}")]
    Invalid(&'static str),
    /// Its answer is about something else: another issuer, audience, nonce or person. Somebody may be attacking.
    #[error("the provider's answer was not meant for this sign-in: {0}")]
    Mismatch(&'static str),
    /// The connection lacks something.
    #[error("the connection is not complete: {0}")]
    Incomplete(&'static str),
}

/// Speaks with one provider.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Facts about it.
    fn preset(&self) -> &Preset;

    /// Checks what this provider needs of a connection.
    ///
    /// # Errors
    /// What is missing.
    fn check(&self, settings: &ConnectionSettings) -> Result<(), ConnectionError>;

    /// Where to send the browser.
    ///
    /// # Errors
    /// The provider's documents cannot be read, or the connection is not complete.
    async fn authorization_url(
        &self,
        connection: ActiveConnection<'_>,
        details: AuthorizationDetails<'_>,
    ) -> Result<String, ConnectorError>;

    /// Trades the code and reads who came back: issuer, audience, nonce, signature, algorithm and times are checked
    /// here, all of them, always.
    ///
    /// # Errors
    /// [`ConnectorError`].
    async fn exchange(
        &self,
        connection: ActiveConnection<'_>,
        details: ExchangeDetails<'_>,
    ) -> Result<UpstreamIdentity, ConnectorError>;
}

/// Every connector there is.
pub trait Connectors: Send + Sync {
    /// The connector with this key.
    fn find(&self, provider: &str) -> Option<&dyn Connector>;

    /// All presets, in the order of the catalogue.
    fn presets(&self) -> Vec<&Preset>;
}

/// No provider: for programs and tests in which nobody signs in.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoConnectors;

impl Connectors for NoConnectors {
    fn find(&self, _provider: &str) -> Option<&dyn Connector> {
        None
    }

    fn presets(&self) -> Vec<&Preset> {
        Vec::new()
    }
}

/// Signs client assertions with a key that a provider gave out (Apple's `.p8`).
pub trait AssertionSigner: Send + Sync {
    /// A compact JWS by ES256 with this `kid`, or `None` if the key is none.
    fn sign_es256(&self, pkcs8_pem: &Secret, kid: &str, claims: &[u8]) -> Option<String>;
}
