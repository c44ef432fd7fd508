//! Signing in elsewhere: connections to upstream providers, the identities they vouch for, and the decision which
//! account an identity belongs to. Decides from facts alone; fetches nothing and knows no flow, user or page.
#![warn(missing_docs)]

pub mod attempt;
pub mod claims;
pub mod connection;
pub mod connector;
pub mod events;
pub mod identity;
pub mod linking;
pub mod ports;

pub use attempt::{Answer, Attempt, AttemptSecrets, Purpose};
pub use claims::{AssertedEmail, ClaimMapping, UpstreamIdentity};
pub use connection::{
    ActiveConnection, Connection, ConnectionError, ConnectionKey, ConnectionSettings, Endpoints, LinkPolicy,
    ProviderKey, TokenAuth,
};
pub use connector::{
    AssertionSigner, AuthorizationDetails, Connector, ConnectorError, Connectors, ExchangeDetails,
    NoConnectors, Preset, Protocol,
};
pub use events::FederationEvent;
pub use identity::{Identity, Subject};
pub use linking::{AddressHolder, LinkFacts, LinkRefusal, Linking, NewAddress, link, link_to};
pub use ports::{AttemptClaim, FederationRepo};
