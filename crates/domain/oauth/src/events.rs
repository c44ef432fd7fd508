//! What happens in the protocol.

use serde_json::json;
use vestibule_kernel::{ClientId, EventRecord, FamilyId, UserId};

use crate::client::Verification;

/// Events of clients, keys and tokens.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds below are the documentation")]
pub enum OAuthEvent {
    ClientCreated {
        id: ClientId,
        verification: Verification,
    },
    ClientUpdated {
        id: ClientId,
    },
    ClientSecretRotated {
        id: ClientId,
    },
    ClientDeleted {
        id: ClientId,
    },
    InitialAccessTokenCreated {
        uses: u32,
    },
    KeyCreated {
        kid: String,
        alg: String,
    },
    KeyActivated {
        kid: String,
    },
    KeyRetired {
        kid: String,
    },
    TokenIssued {
        client: ClientId,
        user: Option<UserId>,
        family: Option<FamilyId>,
        grant_type: &'static str,
        scopes: Vec<String>,
    },
    TokenRefused {
        client: Option<ClientId>,
        grant_type: Option<&'static str>,
        error: &'static str,
        cause: &'static str,
    },
    TokenRevoked {
        client: ClientId,
        user: Option<UserId>,
        family: Option<FamilyId>,
    },
    CodeReused {
        client: ClientId,
        user: UserId,
        family: FamilyId,
    },
    RefreshTokenReused {
        client: ClientId,
        user: UserId,
        family: FamilyId,
    },
}

impl From<OAuthEvent> for EventRecord {
    fn from(event: OAuthEvent) -> Self {
        match event {
            OAuthEvent::ClientCreated { id, verification } => {
                Self::about("client.created", "client", id, json!({"verification": verification}))
            }
            OAuthEvent::ClientUpdated { id } => Self::about("client.updated", "client", id, json!({})),
            OAuthEvent::ClientSecretRotated { id } => {
                Self::about("client.secret_rotated", "client", id, json!({}))
            }
            OAuthEvent::ClientDeleted { id } => Self::about("client.deleted", "client", id, json!({})),
            OAuthEvent::InitialAccessTokenCreated { uses } => {
                Self::plain("initial_access_token.created", json!({"uses": uses}))
            }
            OAuthEvent::KeyCreated { kid, alg } => {
                Self::about("key.created", "key", kid, json!({"alg": alg}))
            }
            OAuthEvent::KeyActivated { kid } => Self::about("key.activated", "key", kid, json!({})),
            OAuthEvent::KeyRetired { kid } => Self::about("key.retired", "key", kid, json!({})),
            OAuthEvent::TokenIssued { client, user, family, grant_type, scopes } => {
                let payload =
                    json!({"client": client, "family": family, "grant_type": grant_type, "scopes": scopes});
                match user {
                    Some(user) => Self::about("token.issued", "user", user, payload),
                    None => Self::about("token.issued", "client", client, payload),
                }
            }
            OAuthEvent::TokenRefused { client, grant_type, error, cause } => {
                let payload = json!({"grant_type": grant_type, "error": error, "cause": cause});
                match client {
                    Some(client) => Self::about("token.refused", "client", client, payload),
                    None => Self::plain("token.refused", payload),
                }
            }
            OAuthEvent::TokenRevoked { client, user, family } => {
                Self::about("token.revoked", "client", client, json!({"user": user, "family": family}))
            }
            OAuthEvent::CodeReused { client, user, family } => {
                Self::about("code.reused", "user", user, json!({"client": client, "family": family}))
            }
            OAuthEvent::RefreshTokenReused { client, user, family } => {
                Self::about("refresh_token.reused", "user", user, json!({"client": client, "family": family}))
            }
        }
    }
}
