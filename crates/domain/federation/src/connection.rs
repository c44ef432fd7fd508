//! A connection: how one realm reaches one upstream provider, and how far it believes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use url::Url;
use vestibule_kernel::{Changed, ConnectionId, Timestamp, Version, contact::is_invisible};

use crate::{claims::ClaimMapping, events::FederationEvent};

/// Begins the name of every secret that a connection may name: no other secret of the realm is ever sent to a provider.
pub const SECRET_PREFIX: &str = "connection.";
/// Most characters of a display name.
const MAX_NAME_CHARS: usize = 60;
/// Most bytes of an address, a client id or a parameter.
const MAX_TEXT_BYTES: usize = 1_024;
/// Most scopes, domains or parameters.
const MAX_ITEMS: usize = 50;

/// Why a connection was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct ConnectionError {
    /// The member, as in a JSON pointer without the slash.
    pub field: &'static str,
    /// Which rule it breaks.
    pub reason: &'static str,
}

const fn broken(field: &'static str, reason: &'static str) -> ConnectionError {
    ConnectionError { field, reason }
}

/// A lower-case name of 2 to 40 of `a-z 0-9 -`, starting with a letter.
fn is_key(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
}

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks length and alphabet: 2 to 40 of `a-z 0-9 -`, starting with a letter.
            ///
            /// # Errors
            /// [`ConnectionError`].
            pub fn parse(text: &str) -> Result<Self, ConnectionError> {
                if is_key(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(broken($field, "2 to 40 of a-z, 0-9 and -, starting with a letter"))
                }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

key!(
    /// The name of a connection in addresses, unique in its realm. Never changes: it is part of the redirect address
    /// registered at the provider.
    ConnectionKey,
    "key"
);
key!(
    /// Which connector serves a connection: `google`, `oidc`, …
    ProviderKey,
    "provider"
);

/// How the token endpoint recognises us.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenAuth {
    /// HTTP Basic.
    #[default]
    ClientSecretBasic,
    /// In the form.
    ClientSecretPost,
    /// Not at all: a public client, protected by PKCE alone.
    None,
}

/// What happens when an upstream identity is new and its address belongs to an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkPolicy {
    /// Linking is offered; the account proves itself first.
    #[default]
    Ask,
    /// Linked at once if the provider is authoritative for the address's domain; asked otherwise.
    Automatic,
    /// Refused. People link in their account.
    Never,
}

/// Addresses that a preset does not know, or that discovery does not find.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "the names of OpenID Connect Discovery §3")]
pub struct Endpoints {
    pub issuer: Option<String>,
    pub authorization_endpoint: Option<String>,
    pub token_endpoint: Option<String>,
    pub userinfo_endpoint: Option<String>,
    pub jwks_uri: Option<String>,
}

/// Everything about a connection that administrators choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionSettings {
    /// The connector.
    pub provider: ProviderKey,
    /// What the button says; empty: the provider's own name.
    #[serde(default)]
    pub display_name: String,
    /// Whether anybody may sign in through it.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether the sign-in page leaves it out; it works when asked for by name.
    #[serde(default)]
    pub hidden: bool,
    /// Our identifier there.
    pub client_id: String,
    /// The name of our secret there among the realm's secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_name: Option<String>,
    /// How we authenticate at the token endpoint.
    #[serde(default)]
    pub token_auth: TokenAuth,
    /// Addresses.
    #[serde(default)]
    pub endpoints: Endpoints,
    /// Scopes asked for; empty: those of the preset.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether PKCE is used. Off only for providers that refuse it.
    #[serde(default = "yes")]
    pub pkce: bool,
    /// What the provider calls what we store; members left out are as the preset has them.
    #[serde(default)]
    pub claims: ClaimMapping,
    /// Domains whose addresses this provider may vouch for. Empty: it vouches for none, and every address is proven
    /// anew by us.
    #[serde(default)]
    pub authoritative_domains: BTreeSet<String>,
    /// Whether people whose address is of such a domain are sent there as soon as they typed it.
    #[serde(default)]
    pub home_realm: bool,
    /// What happens when the address belongs to an account.
    #[serde(default)]
    pub link_policy: LinkPolicy,
    /// Whether somebody new may sign up through it.
    #[serde(default = "yes")]
    pub sign_up: bool,
    /// Further values that a preset asks for, such as a tenant or a key id.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
}

const fn yes() -> bool {
    true
}

impl ConnectionSettings {
    /// Settings of a provider with everything else left out.
    pub fn new(provider: ProviderKey, client_id: String) -> Self {
        Self {
            provider,
            display_name: String::new(),
            enabled: true,
            hidden: false,
            client_id,
            client_secret_name: None,
            token_auth: TokenAuth::default(),
            endpoints: Endpoints::default(),
            scopes: Vec::new(),
            pkce: true,
            claims: ClaimMapping::default(),
            authoritative_domains: BTreeSet::new(),
            home_realm: false,
            link_policy: LinkPolicy::default(),
            sign_up: true,
            parameters: BTreeMap::new(),
        }
    }

    /// Checks bounds and shapes; what a provider needs beyond is checked by its connector.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), ConnectionError> {
        let name = &self.display_name;
        if name.chars().count() > MAX_NAME_CHARS || name.chars().any(|c| c.is_control() || is_invisible(c)) {
            return Err(broken("display_name", "at most 60 visible characters"));
        }
        if self.client_id.is_empty() || !is_plain(&self.client_id) {
            return Err(broken("client_id", "1 to 1,024 visible ASCII characters"));
        }
        if self.client_secret_name.as_deref().is_some_and(|name| !name.starts_with(SECRET_PREFIX)) {
            return Err(broken(
                "client_secret_name",
                "the name of a connection's secret begins with connection.",
            ));
        }
        self.check_endpoints()?;
        let token = |text: &String| !text.is_empty() && is_plain(text) && text.len() <= 200;
        if self.scopes.len() > MAX_ITEMS || !self.scopes.iter().all(token) {
            return Err(broken("scopes", "at most 50 scopes of visible ASCII characters"));
        }
        if self.authoritative_domains.len() > MAX_ITEMS
            || !self.authoritative_domains.iter().all(|d| is_domain(d))
        {
            return Err(broken(
                "authoritative_domains",
                "at most 50 domains, lower case, in IDNA ASCII form",
            ));
        }
        if self.home_realm && self.authoritative_domains.is_empty() {
            return Err(broken("home_realm", "needs authoritative_domains, which say who is at home there"));
        }
        let parameter = |(name, value): (&String, &String)| is_plain(name) && value.len() <= MAX_TEXT_BYTES;
        if self.parameters.len() > MAX_ITEMS || !self.parameters.iter().all(parameter) {
            return Err(broken("parameters", "at most 50, each of at most 1,024 bytes"));
        }
        self.claims.check()
    }

    fn check_endpoints(&self) -> Result<(), ConnectionError> {
        let Endpoints { issuer, authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri } =
            &self.endpoints;
        for (field, address) in [
            ("endpoints/issuer", issuer),
            ("endpoints/authorization_endpoint", authorization_endpoint),
            ("endpoints/token_endpoint", token_endpoint),
            ("endpoints/userinfo_endpoint", userinfo_endpoint),
            ("endpoints/jwks_uri", jwks_uri),
        ] {
            if address.as_deref().is_some_and(|address| !is_address(address)) {
                return Err(broken(field, "an http or https address without credentials and fragment"));
            }
        }
        Ok(())
    }
}

/// Visible ASCII of at most [`MAX_TEXT_BYTES`].
fn is_plain(text: &str) -> bool {
    text.len() <= MAX_TEXT_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An address that may be called or sent to. Whether it is public is the outgoing client's to say.
pub fn is_address(text: &str) -> bool {
    is_plain(text)
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.fragment().is_none()
        })
}

fn is_domain(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.contains('.')
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

/// How a realm reaches one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// Its name in addresses.
    pub key: ConnectionKey,
    /// Everything else.
    pub settings: ConnectionSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: Version,
}

impl Connection {
    /// A new connection.
    ///
    /// # Errors
    /// The first rule that the settings break.
    pub fn create(
        id: ConnectionId,
        key: ConnectionKey,
        settings: ConnectionSettings,
        now: Timestamp,
    ) -> Result<Changed<Self>, ConnectionError> {
        settings.check()?;
        let event =
            FederationEvent::ConnectionCreated { id, key: key.clone(), provider: settings.provider.clone() };
        let connection =
            Self { id, key, settings, created_at: now, updated_at: now, version: Version::FIRST };
        Ok(Changed::created(connection, event))
    }

    /// The same connection with other settings. The provider stays: identities mean nothing at another one.
    ///
    /// # Errors
    /// The first rule that the settings break.
    pub fn reconfigure(
        self,
        settings: ConnectionSettings,
        now: Timestamp,
    ) -> Result<Changed<Self>, ConnectionError> {
        settings.check()?;
        let moved = settings.endpoints.issuer != self.settings.endpoints.issuer;
        if settings.provider != self.settings.provider {
            return Err(broken("provider", "a connection keeps its provider; make another one"));
        }
        if moved && self.settings.endpoints.issuer.is_some() {
            return Err(broken(
                "endpoints/issuer",
                "subjects mean nothing at another issuer; make another connection",
            ));
        }
        let expected = self.version;
        let event = FederationEvent::ConnectionUpdated { id: self.id, key: self.key.clone() };
        let connection = Self { settings, updated_at: now, version: expected.next(), ..self };
        Ok(Changed::updated(connection, expected, event))
    }

    /// The connection, if it may be used now. Asked again when the browser comes back.
    pub fn active(&self) -> Option<ActiveConnection<'_>> {
        self.settings.enabled.then_some(ActiveConnection(self))
    }

    /// Whether this provider's word about an address of the domain counts.
    pub fn is_authoritative_for(&self, domain: &str) -> bool {
        self.settings.authoritative_domains.contains(domain)
    }
}

/// A connection that is enabled: what starting and finishing a sign-in take.
#[derive(Debug, Clone, Copy)]
pub struct ActiveConnection<'a>(&'a Connection);

impl<'a> ActiveConnection<'a> {
    /// The connection.
    pub const fn get(self) -> &'a Connection {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ConnectionSettings {
        ConnectionSettings::new(ProviderKey::parse("oidc").unwrap(), "us".to_owned())
    }

    #[test]
    fn broken_settings_are_named() {
        let field = |change: fn(&mut ConnectionSettings)| {
            let mut settings = settings();
            change(&mut settings);
            settings.check().err().map(|error| error.field)
        };
        assert_eq!(field(|_| ()), None);
        assert_eq!(field(|s| s.display_name = "a\u{202e}b".into()), Some("display_name"));
        assert_eq!(field(|s| s.client_id = String::new()), Some("client_id"));
        assert_eq!(field(|s| s.scopes = vec!["a b".into()]), Some("scopes"));
        assert_eq!(
            field(|s| s.authoritative_domains = ["Acme.test".into()].into()),
            Some("authoritative_domains")
        );
        for address in ["javascript:alert(1)", "https://a:b@c/", "https://c/#x", "c", "file:///etc"] {
            let mut settings = settings();
            settings.endpoints.issuer = Some(address.to_owned());
            assert_eq!(settings.check().unwrap_err().field, "endpoints/issuer", "{address}");
        }
    }

    #[test]
    fn a_disabled_connection_is_not_active() {
        let id = ConnectionId::from_uuid(uuid::Uuid::from_u128(1));
        let key = ConnectionKey::parse("globex").unwrap();
        let mut connection = Connection::create(id, key, settings(), Timestamp::UNIX_EPOCH).unwrap().value;
        assert!(connection.active().is_some());
        connection.settings.enabled = false;
        assert!(connection.active().is_none());
    }

    #[test]
    fn a_connection_keeps_its_provider_and_its_issuer() {
        let id = ConnectionId::from_uuid(uuid::Uuid::from_u128(1));
        let mut first = settings();
        first.endpoints.issuer = Some("https://a.test".to_owned());
        let key = ConnectionKey::parse("globex").unwrap();
        let connection = Connection::create(id, key, first.clone(), Timestamp::UNIX_EPOCH).unwrap().value;
        let mut moved = first.clone();
        moved.endpoints.issuer = Some("https://b.test".to_owned());
        assert!(connection.clone().reconfigure(moved, Timestamp::UNIX_EPOCH).is_err());
        let other = ConnectionSettings { provider: ProviderKey::parse("google").unwrap(), ..first };
        assert!(connection.reconfigure(other, Timestamp::UNIX_EPOCH).is_err());
    }
}
