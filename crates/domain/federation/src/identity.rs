//! An identity: that a user of the realm is a certain subject at a provider. The key is (connection, subject); an
//! e-mail address never is.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_kernel::{Changed, ConnectionId, IdentityId, Timestamp, UserId, Version};

use crate::{claims::UpstreamIdentity, events::FederationEvent};

/// Who somebody is at a provider: 1 to 255 bytes without controls, compared byte by byte, never folded or trimmed
/// (OpenID Connect Core §2 allows 255 ASCII characters).
///
/// Stops: empty, null or case-shifted subjects that collide.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    /// Takes the text as it is, or not at all.
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = (1..=255).contains(&text.len())
            && !text.chars().any(char::is_control)
            && text.trim() == text
            && text != "null";
        shaped.then(|| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a subject"))
    }
}

/// A user's identity at a provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    /// Its id.
    pub id: IdentityId,
    /// Where.
    pub connection: ConnectionId,
    /// As whom.
    pub subject: Subject,
    /// Whose it is here.
    pub user: UserId,
    /// What the provider said at the last sign-in, bounded; shown, never decided on.
    pub claims: Map<String, Value>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub last_used_at: Timestamp,
    /// Optimistic lock.
    pub version: Version,
}

impl Identity {
    /// Links an upstream identity to a user.
    pub fn link(
        id: IdentityId,
        connection: ConnectionId,
        upstream: &UpstreamIdentity,
        user: UserId,
        now: Timestamp,
    ) -> Changed<Self> {
        let identity = Self {
            id,
            connection,
            subject: upstream.subject.clone(),
            user,
            claims: upstream.claims.clone(),
            created_at: now,
            last_used_at: now,
            version: Version::FIRST,
        };
        Changed::created(identity, FederationEvent::IdentityLinked { id, user, connection })
    }

    /// Notes a sign-in: not an event, the sign-in has one of its own.
    pub fn used(self, upstream: &UpstreamIdentity, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        let claims = upstream.claims.clone();
        Changed::quiet(Self { claims, last_used_at: now, version: expected.next(), ..self }, Some(expected))
    }

    /// A name to show for it: an address or a name the provider gave, else the subject.
    pub fn label(&self) -> &str {
        ["email", "preferred_username", "name"]
            .iter()
            .find_map(|name| self.claims.get(*name).and_then(Value::as_str))
            .unwrap_or_else(|| self.subject.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_whole_bounded_and_compared_by_bytes() {
        for bad in ["", " ", " a", "a ", "a\u{0}", "a\n", "null", &"a".repeat(256)] {
            assert!(Subject::parse(bad).is_none(), "{bad:?}");
        }
        assert_ne!(Subject::parse("Abc"), Subject::parse("abc"));
        // Composed and decomposed spellings are different subjects.
        assert_ne!(Subject::parse("jos\u{e9}"), Subject::parse("jose\u{301}"));
    }
}
