//! The OAuth grant: user × client × scopes.

use std::collections::BTreeSet;

use vestibule_kernel::{Changed, ClientId, Timestamp, UserId, Version};

use crate::events::ConsentEvent;

/// What a user allowed a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who allowed.
    pub user: UserId,
    /// Whom.
    pub client: ClientId,
    /// What.
    pub scopes: BTreeSet<String>,
    /// First given.
    pub created_at: Timestamp,
    /// Last widened.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: Version,
}

impl Grant {
    /// Records the first decision.
    pub fn give(user: UserId, client: ClientId, scopes: BTreeSet<String>, now: Timestamp) -> Changed<Self> {
        let event =
            ConsentEvent::Given { user, client: client.clone(), scopes: scopes.iter().cloned().collect() };
        Changed::created(
            Self { user, client, scopes, created_at: now, updated_at: now, version: Version::FIRST },
            event,
        )
    }

    /// Adds scopes to an earlier decision.
    pub fn widen(mut self, scopes: impl IntoIterator<Item = String>, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        self.scopes.extend(scopes);
        self.updated_at = now;
        self.version = expected.next();
        let event = ConsentEvent::Given {
            user: self.user,
            client: self.client.clone(),
            scopes: self.scopes.iter().cloned().collect(),
        };
        Changed::updated(self, expected, event)
    }
}

/// The proof that a user's token may carry these scopes: the client is the realm's own, or the user agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    user: UserId,
    client: ClientId,
    scopes: BTreeSet<String>,
}

impl Granted {
    /// A client of the realm itself needs no consent.
    pub fn first_party(user: UserId, client: ClientId, asked: BTreeSet<String>) -> Self {
        Self { user, client, scopes: asked }
    }

    /// What the grant covers of what is asked. The rest of the scopes is dropped, never added.
    pub fn by_consent(grant: &Grant, asked: &BTreeSet<String>) -> Self {
        Self {
            user: grant.user,
            client: grant.client.clone(),
            scopes: asked.intersection(&grant.scopes).cloned().collect(),
        }
    }

    /// Who.
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Whom.
    pub fn client(&self) -> &ClientId {
        &self.client
    }

    /// What.
    pub fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }
}

/// The scopes asked for that an earlier decision does not cover.
pub fn missing(grant: Option<&Grant>, asked: &BTreeSet<String>) -> Vec<String> {
    match grant {
        Some(grant) => asked.difference(&grant.scopes).cloned().collect(),
        None => asked.iter().cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_covers_only_what_was_agreed() {
        let user = UserId::from_uuid(uuid::Uuid::nil());
        let client = ClientId::parse("shop").unwrap();
        let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
        let grant = Grant::give(user, client, set(&["openid", "email"]), chrono::DateTime::UNIX_EPOCH).value;
        assert_eq!(missing(Some(&grant), &set(&["openid", "phone"])), ["phone"]);
        assert_eq!(Granted::by_consent(&grant, &set(&["openid", "phone"])).scopes(), &set(&["openid"]));
    }
}
