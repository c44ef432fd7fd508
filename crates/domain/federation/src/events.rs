//! What happens to connections and identities.

use serde_json::json;
use vestibule_kernel::{ConnectionId, EventRecord, IdentityId, UserId};

use crate::connection::{ConnectionKey, ProviderKey};

/// Events of federation.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds below are the documentation")]
pub enum FederationEvent {
    ConnectionCreated {
        id: ConnectionId,
        key: ConnectionKey,
        provider: ProviderKey,
    },
    ConnectionUpdated {
        id: ConnectionId,
        key: ConnectionKey,
    },
    ConnectionDeleted {
        id: ConnectionId,
        key: ConnectionKey,
        identities: u64,
    },
    IdentityLinked {
        id: IdentityId,
        user: UserId,
        connection: ConnectionId,
    },
    IdentityUnlinked {
        id: IdentityId,
        user: UserId,
        connection: ConnectionId,
    },
    /// Somebody came back from a provider and was not let in.
    SignInRefused {
        connection: ConnectionId,
        cause: &'static str,
    },
}

impl From<FederationEvent> for EventRecord {
    fn from(event: FederationEvent) -> Self {
        match event {
            FederationEvent::ConnectionCreated { id, key, provider } => {
                let payload = json!({"key": key, "provider": provider});
                Self::about("connection.created", "connection", id, payload)
            }
            FederationEvent::ConnectionUpdated { id, key } => {
                Self::about("connection.updated", "connection", id, json!({"key": key}))
            }
            FederationEvent::ConnectionDeleted { id, key, identities } => {
                let payload = json!({"key": key, "identities": identities});
                Self::about("connection.deleted", "connection", id, payload)
            }
            FederationEvent::IdentityLinked { id, user, connection } => Self::about(
                "identity.linked",
                "user",
                user,
                json!({"identity": id, "connection": connection}),
            ),
            FederationEvent::IdentityUnlinked { id, user, connection } => Self::about(
                "identity.unlinked",
                "user",
                user,
                json!({"identity": id, "connection": connection}),
            ),
            FederationEvent::SignInRefused { connection, cause } => {
                Self::about("connection.sign_in_refused", "connection", connection, json!({"cause": cause}))
            }
        }
    }
}
