//! Signing in elsewhere: the way to a provider, the way back, and linking. The network is never waited for inside a
//! transaction; which account an identity belongs to is decided by the domain.

pub mod account;
pub mod callback;
pub mod link;
pub mod linked;
pub mod start;
pub mod unlink;

use vestibule_federation::{Connector, ConnectorError, LinkRefusal};
use vestibule_kernel::{
    AttemptId, Cx, Secret, StoreError,
    contact::Email,
    ports::{SealError, SealedPlace},
};
use vestibule_realms::SecretName;
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::User;

use crate::{
    App, RealmSnapshot, notice,
    secrets::{self, SecretError},
};

pub use callback::{
    Brought, CallbackRequest, FederatedOutcome, NotReturned, Returned, callback, receive_form,
};
pub use link::adopt;
pub(crate) use linked::Owned;
pub use linked::{LinkedIdentity, list_linked};
pub use start::{start, start_linking};
pub use unlink::unlink;

/// Why nobody went to a provider, or nobody came back.
#[derive(Debug, thiserror::Error)]
pub enum FederationError {
    /// The realm has no such connection, or it is switched off.
    #[error("there is no such connection")]
    NoConnection,
    /// The trip is unknown, over, or was finished before.
    #[error("the trip to the provider is over")]
    Expired,
    /// The answer came to another browser, or to another connection's address, than it was meant for.
    #[error("the answer belongs to another browser or connection")]
    Foreign,
    /// The provider's answer was not taken.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// The rules of linking let nobody in.
    #[error("refused: {}", .0.as_str())]
    Refused(LinkRefusal),
    /// Somebody new whose address cannot be proven here.
    #[error("the address cannot be proven")]
    Unproven,
    /// The identity is the last way into the account.
    #[error("it is the last way in")]
    LastWayIn,
    /// The user has no such identity.
    #[error("there is no such identity")]
    NoIdentity,
    /// Something sealed cannot be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The realm serves nobody at the moment.
    #[error("the realm is suspended")]
    RealmSuspended,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FederationError {
    /// The word in the audit log.
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::NoConnection => "no_connection",
            Self::Expired => "expired",
            Self::Foreign => "foreign",
            Self::Connector(error) => match error {
                ConnectorError::Denied => "denied",
                ConnectorError::Unavailable(_) | ConnectorError::Refused(_) => "unavailable",
                ConnectorError::Invalid(_) => "invalid",
                ConnectorError::Mismatch(_) => "mismatch",
                ConnectorError::Incomplete(_) => "incomplete",
            },
            Self::Refused(refusal) => refusal.as_str(),
            Self::Unproven => "unproven",
            Self::LastWayIn => "last_way_in",
            Self::NoIdentity => "no_identity",
            Self::Seal(_) => "sealed",
            Self::RealmSuspended => "realm_suspended",
            Self::Store(_) => "store",
        }
    }
}

/// The provider's name, as its button says.
pub fn provider_name(app: &App, connection: &vestibule_federation::Connection) -> String {
    let settings = &connection.settings;
    let preset = app.connectors.find(settings.provider.as_str()).map(|found| found.preset().name);
    let given = (!settings.display_name.is_empty()).then(|| settings.display_name.clone());
    given.or_else(|| preset.map(str::to_owned)).unwrap_or_else(|| connection.key.to_string())
}

/// Where somebody is at home who typed this: the connection that speaks for the domain of their address, if people of that
/// domain are sent there at once. The domain decides and nothing else, so nothing is told of who has an account.
pub fn home_realm<'r>(realm: &'r RealmSnapshot, typed: &str) -> Option<&'r vestibule_federation::Connection> {
    let email = Email::parse(typed.trim()).ok()?;
    let domain = email.domain().to_ascii_lowercase();
    realm.connections.iter().find(|connection| {
        let settings = &connection.settings;
        connection.active().is_some()
            && settings.home_realm
            && settings.authoritative_domains.contains(domain.as_str())
    })
}

/// Whether any address is at home at a provider of the realm.
pub fn leads_home(realm: &RealmSnapshot) -> bool {
    realm.connections.iter().any(|connection| {
        let settings = &connection.settings;
        connection.active().is_some() && settings.home_realm && !settings.authoritative_domains.is_empty()
    })
}

/// Queues a notice to the owner of an account about its linked identities.
async fn tell(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    (user, message): (&User, MessageKind),
    connection: &vestibule_federation::Connection,
) -> Result<(), StoreError> {
    let data = notice::values([("provider", provider_name(app, connection)), notice::time(cx)]);
    notice::tell(app, cx, tx, user, (message, data)).await?;
    Ok(())
}

/// The address a provider sends browsers back to: part of what is registered there.
pub fn redirect_uri(realm: &RealmSnapshot, key: &vestibule_federation::ConnectionKey) -> String {
    realm.issuer.url(&format!("/federation/{key}/callback"))
}

fn connector<'a>(app: &'a App, provider: &str) -> Result<&'a dyn Connector, FederationError> {
    app.connectors.find(provider).ok_or(FederationError::NoConnection)
}

fn text(id: AttemptId) -> String {
    id.to_string()
}

const fn place<'a>(cx: &Cx, purpose: &'static str, row: &'a str) -> SealedPlace<'a> {
    SealedPlace { realm: cx.realm, purpose, row }
}

const SECRETS: &str = "federation_attempt";
const ANSWER: &str = "federation_answer";

/// Our secret at the provider of a connection.
async fn secret_of(
    app: &App,
    cx: &Cx,
    connection: &vestibule_federation::Connection,
) -> Result<Option<Secret>, FederationError> {
    let Some(name) = &connection.settings.client_secret_name else { return Ok(None) };
    let missing = || FederationError::Connector(ConnectorError::Incomplete("the client secret"));
    let name = SecretName::parse(name).map_err(|_cause: vestibule_realms::RealmError| missing())?;
    let value = secrets::open_secret(app, cx, &name).await.map_err(|error| match error {
        SecretError::Store(error) => FederationError::Store(error),
        SecretError::Seal(error) => FederationError::Seal(error),
        SecretError::Size => missing(),
    })?;
    let value = value.ok_or_else(missing)?;
    let value = std::str::from_utf8(&value).map_err(|_cause: std::str::Utf8Error| missing())?;
    Ok(Some(Secret::new(value.to_owned())))
}
