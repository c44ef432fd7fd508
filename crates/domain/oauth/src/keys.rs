//! Signing keys of a realm: next, active, retiring. Private parts are sealed; JWKS is made of [`PublicKey`], which has
//! no private field.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_kernel::{Changed, Sealed, Timestamp, Version};

use crate::events::OAuthEvent;

/// Where a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// Published, does not sign yet.
    Next,
    /// Signs.
    Active,
    /// Published until what it signed has expired.
    Retiring,
}

impl KeyStatus {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring => "retiring",
        }
    }

    /// The status with this stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Next, Self::Active, Self::Retiring].into_iter().find(|status| status.as_str() == text)
    }
}

/// A public key, ready for JWKS ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)): `kty`, `crv`, `n`, `e`, `x`,
/// `y`, `kid`, `use`, `alg`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its `kid`.
    pub kid: String,
    /// Its `alg`.
    pub alg: String,
    /// The members of the JWK, `kid`, `alg` and `use` included, nothing private.
    pub jwk: Map<String, Value>,
}

/// A signing key.
#[derive(Clone)]
pub struct SigningKey {
    /// Its public part.
    pub public: PublicKey,
    /// Its private part (PKCS#8 DER), sealed with realm and `kid` as associated data.
    pub private: Sealed,
    /// Where it stands.
    pub status: KeyStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it began to sign, or will.
    pub activate_at: Timestamp,
    /// When it stopped signing.
    pub retired_at: Option<Timestamp>,
    /// When it leaves JWKS; set when it retires.
    pub remove_at: Option<Timestamp>,
    /// Optimistic lock.
    pub version: Version,
}

/// A key just made by the signing port.
#[derive(Clone)]
pub struct GeneratedKey {
    /// Its public part.
    pub public: PublicKey,
    /// Its private part, sealed.
    pub private: Sealed,
}

impl SigningKey {
    /// A new key that signs from `activate_at` on.
    pub fn create(generated: GeneratedKey, activate_at: Timestamp, now: Timestamp) -> Changed<Self> {
        let status = if activate_at <= now { KeyStatus::Active } else { KeyStatus::Next };
        let event =
            OAuthEvent::KeyCreated { kid: generated.public.kid.clone(), alg: generated.public.alg.clone() };
        let key = Self {
            public: generated.public,
            private: generated.private,
            status,
            created_at: now,
            activate_at,
            retired_at: None,
            remove_at: None,
            version: Version::FIRST,
        };
        Changed::created(key, event)
    }

    /// A published key begins to sign.
    pub fn activate(mut self, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        self.status = KeyStatus::Active;
        self.activate_at = now;
        self.version = expected.next();
        let event = OAuthEvent::KeyActivated { kid: self.public.kid.clone() };
        Changed::updated(self, expected, event)
    }

    /// A key stops signing and stays published until `remove_at`.
    pub fn retire(mut self, remove_at: Timestamp, now: Timestamp) -> Changed<Self> {
        let expected = self.version;
        self.status = KeyStatus::Retiring;
        self.retired_at = Some(now);
        self.remove_at = Some(remove_at);
        self.version = expected.next();
        let event = OAuthEvent::KeyRetired { kid: self.public.kid.clone() };
        Changed::updated(self, expected, event)
    }

    /// The same key with its private part sealed under another master key: nothing that anybody could see.
    pub fn resealed(mut self, private: Sealed) -> Changed<Self> {
        let expected = self.version;
        self.private = private;
        self.version = expected.next();
        Changed::quiet(self, Some(expected))
    }
}
