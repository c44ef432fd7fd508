//! Secrets of a realm that are needed again in clear, such as the password of its mail server. Settings hold the name;
//! the value lies sealed beside them. Does not know how it is sealed.

use serde::{Deserialize, Serialize};
use vestibule_kernel::{Changed, Sealed, Timestamp};

use crate::{events::RealmEvent, realm::RealmError};

/// The name of a secret: 1 to 64 of `a-z 0-9 . _ -`, starting with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SecretName(String);

impl SecretName {
    /// Checks alphabet and length.
    ///
    /// # Errors
    /// [`RealmError::SecretName`].
    pub fn parse(text: &str) -> Result<Self, RealmError> {
        let shaped = (1..=64).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'));
        if shaped { Ok(Self(text.to_owned())) } else { Err(RealmError::SecretName) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SecretName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for SecretName {
    type Err = RealmError;
    fn from_str(text: &str) -> Result<Self, RealmError> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for SecretName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A secret as stored.
#[derive(Clone)]
pub struct RealmSecret {
    /// Its name.
    pub name: SecretName,
    /// The value, sealed for this name in this realm.
    pub sealed: Sealed,
    /// When it was set.
    pub updated_at: Timestamp,
}

impl RealmSecret {
    /// Sets a secret, or replaces the one of this name: the last writer wins.
    pub fn set(name: SecretName, sealed: Sealed, now: Timestamp) -> Changed<Self> {
        let event = RealmEvent::SecretSet { name: name.clone() };
        Changed { value: Self { name, sealed, updated_at: now }, expected: None, events: vec![event.into()] }
    }
}

/// A secret as administrators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretInfo {
    /// Its name.
    pub name: SecretName,
    /// When it was set.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_strict() {
        for good in ["smtp", "smtp.password", "idp_google-2"] {
            assert!(SecretName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Smtp", "1a", ".a", "a b", "a/b", &"a".repeat(65)] {
            assert!(SecretName::parse(bad).is_err(), "{bad}");
        }
    }
}
