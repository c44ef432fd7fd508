//! Authenticators of a user, stored generically so that a new method needs no migration.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_kernel::{Changed, CredentialId, Sealed, Timestamp, UserId, Version};

use crate::{events::AuthnEvent, method::NewCredential};

/// The fact of a passkey that names its owner to authenticators: the WebAuthn user handle, in base64url. Random, and
/// another one in each realm.
pub const USER_HANDLE: &str = "user_handle";

/// The kind of an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// A password; at most one per user.
    Password,
    /// An authenticator app.
    Totp,
    /// A WebAuthn credential.
    Passkey,
    /// The saved recovery codes: one set per user.
    RecoveryCode,
    /// A WebAuthn credential that is a second factor only.
    SecurityKey,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Password, Self::Totp, Self::Passkey, Self::RecoveryCode, Self::SecurityKey];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
            Self::SecurityKey => "security_key",
        }
    }

    /// The kind with this stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A password hash in PHC string form (argon2id of ours, or a foreign scheme until its first use). No `Debug`.
#[derive(Clone)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a stored or freshly made hash string.
    pub const fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The hash string, for the hashing port and storage.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Accepts foreign hashes for import: argon2 (PHC) and bcrypt, bounded.
    pub fn import(text: &str) -> Option<Self> {
        let known =
            ["$argon2id$", "$argon2i$", "$2a$", "$2b$", "$2y$"].iter().any(|scheme| text.starts_with(scheme));
        let shaped = text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic());
        (known && shaped).then(|| Self(text.to_owned()))
    }
}

/// What an authenticator keeps.
#[derive(Clone)]
pub enum CredentialSecret {
    /// Verifiable only.
    Hash(PasswordHash),
    /// Needed again in clear; sealed under the realm's key.
    Sealed(Sealed),
}

/// One authenticator of a user.
#[derive(Clone)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Whose it is.
    pub user: UserId,
    /// Its kind.
    pub kind: CredentialKind,
    /// What it is verified against.
    pub secret: CredentialSecret,
    /// The name it answers under, unique in a realm: the credential id of WebAuthn.
    pub external_id: Option<Vec<u8>>,
    /// Plain facts for lists (make, transports, synced): never secrets.
    pub facts: BTreeMap<String, Value>,
    /// The user's name for it.
    pub label: Option<String>,
    /// When it was bound.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it last proved something.
    pub last_used_at: Option<Timestamp>,
    /// Optimistic lock.
    pub version: Version,
}

impl Credential {
    /// A new password.
    pub fn password(id: CredentialId, user: UserId, hash: PasswordHash, now: Timestamp) -> Changed<Self> {
        let credential = Self {
            id,
            user,
            kind: CredentialKind::Password,
            secret: CredentialSecret::Hash(hash),
            external_id: None,
            facts: BTreeMap::new(),
            label: None,
            created_at: now,
            updated_at: now,
            last_used_at: None,
            version: Version::FIRST,
        };
        Changed::created(credential, AuthnEvent::CredentialBound { user, id, kind: CredentialKind::Password })
    }

    /// A new authenticator whose secret is sealed.
    pub fn bound(
        id: CredentialId,
        user: UserId,
        new: NewCredential,
        sealed: Sealed,
        now: Timestamp,
    ) -> Changed<Self> {
        let NewCredential { kind, external_id, label, secret: _, facts } = new;
        let credential = Self {
            id,
            user,
            kind,
            secret: CredentialSecret::Sealed(sealed),
            external_id,
            facts,
            label,
            created_at: now,
            updated_at: now,
            last_used_at: None,
            version: Version::FIRST,
        };
        Changed::created(credential, AuthnEvent::CredentialBound { user, id, kind })
    }

    /// Used to prove something; with a new sealed part where the method keeps a counter, and the facts that changed
    /// with it. No event: the sign-in has one.
    pub fn used(
        self,
        sealed: Option<Sealed>,
        changed: BTreeMap<String, Value>,
        now: Timestamp,
    ) -> Changed<Self> {
        let expected = self.version;
        let secret = sealed.map_or(self.secret, CredentialSecret::Sealed);
        let mut facts = self.facts;
        facts.extend(changed);
        let credential = Self {
            secret,
            facts,
            last_used_at: Some(now),
            updated_at: now,
            version: expected.next(),
            ..self
        };
        Changed::quiet(credential, Some(expected))
    }

    /// Another name for it.
    pub fn renamed(self, label: Option<String>, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        let event = AuthnEvent::CredentialRenamed { user: self.user, id: self.id, kind: self.kind };
        let credential = Self { label, updated_at: now, version: expected.next(), ..self };
        Changed::updated(credential, expected, event)
    }

    /// The same password under other hash parameters: not an event, since nothing changed for its owner.
    pub fn rehashed(self, hash: PasswordHash, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        let credential =
            Self { secret: CredentialSecret::Hash(hash), updated_at: now, version: expected.next(), ..self };
        Changed::quiet(credential, Some(expected))
    }

    /// The same secret sealed under another master key: not an event, since nothing changed for its owner.
    pub fn resealed(self, sealed: Sealed) -> Changed<Self> {
        let expected = self.version;
        let credential = Self { secret: CredentialSecret::Sealed(sealed), version: expected.next(), ..self };
        Changed::quiet(credential, Some(expected))
    }

    /// A different password.
    pub fn replaced(self, hash: PasswordHash, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        let event = AuthnEvent::CredentialReplaced { user: self.user, id: self.id, kind: self.kind };
        let credential =
            Self { secret: CredentialSecret::Hash(hash), updated_at: now, version: expected.next(), ..self };
        Changed::updated(credential, expected, event)
    }

    /// The password hash, if this is a password.
    pub fn hash(&self) -> Option<&PasswordHash> {
        match &self.secret {
            CredentialSecret::Hash(hash) => Some(hash),
            CredentialSecret::Sealed(_) => None,
        }
    }
}
