//! Typed identifiers. Rows are named by UUIDv7 made outside the domain; on the wire an id is a type prefix
//! followed by the lower-case base32 of its 16 bytes, so that an id tells what it names.

use std::{fmt, str::FromStr};

use data_encoding::{BASE32_NOPAD, DecodeError};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// Why a text is not an id of the expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The type prefix is missing or names another type.
    #[error("the id does not start with the expected prefix")]
    Prefix,
    /// The part after the prefix is not the canonical base32 of 16 bytes.
    #[error("the id is malformed")]
    Malformed,
}

fn encode(prefix: &str, uuid: Uuid) -> String {
    let mut text = BASE32_NOPAD.encode(uuid.as_bytes());
    text.make_ascii_lowercase();
    format!("{prefix}_{text}")
}

fn decode(prefix: &str, text: &str) -> Result<Uuid, IdError> {
    let body = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(IdError::Prefix)?;
    if body.len() != 26 || body.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(IdError::Malformed);
    }
    let bytes = BASE32_NOPAD
        .decode(body.to_ascii_uppercase().as_bytes())
        .map_err(|_ignored: DecodeError| IdError::Malformed)?;
    Uuid::from_slice(&bytes).map_err(|_ignored: uuid::Error| IdError::Malformed)
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The type prefix of this id on the wire, without the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a UUID made by the entropy port or read from storage.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID, for storage.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode($prefix, self.0))
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                decode($prefix, text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

typed_id!(/// A tenant.
    RealmId, "rlm");
typed_id!(/// A person in a realm. Also the default OpenID Connect `sub`; never reused.
    UserId, "usr");
typed_id!(/// An SSO session; the `sid` claim.
    SessionId, "ses");
typed_id!(/// A sign-in, consent or logout flow. Not a secret: the browser is bound by a cookie beside it.
    FlowId, "flw");
typed_id!(/// A stored authorization request that a flow works towards.
    RequestId, "req");
typed_id!(/// A family of tokens that started from one authorization code.
    FamilyId, "fam");
typed_id!(/// One authenticator of a user.
    CredentialId, "crd");
typed_id!(/// A browser in which somebody signed in before.
    DeviceId, "dev");
typed_id!(/// A copy of a user's data.
    ExportId, "exp");
typed_id!(/// A challenge that waits for its answer. Not a secret.
    ChallengeId, "chl");
typed_id!(/// An audit event.
    EventId, "evt");
typed_id!(/// A queued job.
    JobId, "job");
typed_id!(/// A message kept by the developer inbox.
    MailId, "mai");

typed_id!(/// A connection to an upstream provider.
    ConnectionId, "con");
typed_id!(/// A user's identity at an upstream provider.
    IdentityId, "idn");
typed_id!(/// One trip of a browser to an upstream provider and back.
    AttemptId, "fat");

/// The OAuth `client_id`: 1 to 128 characters of the set `A-Z a-z 0-9 . _ ~ -` and the colon. Chosen by the realm or
/// generated with the prefix `cli_`; a service client's `sub` is this value, which can never equal a [`UserId`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// Checks the character set, the length, and that the value cannot be taken for a user id
    /// ([RFC 9700 §4.15](https://www.rfc-editor.org/rfc/rfc9700#section-4.15)).
    ///
    /// # Errors
    /// [`IdError::Malformed`] for an empty, over-long or badly spelt value, [`IdError::Prefix`] for one that starts
    /// like a user id.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        if text.starts_with("usr_") {
            return Err(IdError::Prefix);
        }
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-' | b':');
        if text.is_empty() || text.len() > 128 || !text.bytes().all(allowed) {
            return Err(IdError::Malformed);
        }
        Ok(Self(text.to_owned()))
    }

    /// A generated client id.
    pub fn generated(uuid: Uuid) -> Self {
        Self(encode("cli", uuid))
    }

    /// The value as it appears in protocol messages.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_wire_and_refuses_another_type() {
        let id = UserId::from_uuid(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001));
        let text = id.to_string();
        assert!(text.starts_with("usr_"));
        assert_eq!(text.parse::<UserId>(), Ok(id));
        assert_eq!(text.parse::<SessionId>(), Err(IdError::Prefix));
        assert_eq!(text.to_uppercase().parse::<UserId>(), Err(IdError::Prefix));
        assert_eq!("usr_".parse::<UserId>(), Err(IdError::Malformed));
    }

    #[test]
    fn the_last_character_of_an_id_has_one_spelling() {
        // 26 base32 characters hold 130 bits; the two spare bits must be zero, or one row would have four names.
        let id = UserId::from_uuid(Uuid::from_u128(1));
        let mut text = id.to_string();
        text.pop();
        text.push('f');
        assert_eq!(text.parse::<UserId>(), Err(IdError::Malformed));
    }

    #[test]
    fn a_client_id_cannot_be_taken_for_a_user() {
        assert_eq!(ClientId::parse("usr_abc"), Err(IdError::Prefix));
        assert_eq!(ClientId::parse(""), Err(IdError::Malformed));
        assert_eq!(ClientId::parse("a b"), Err(IdError::Malformed));
        assert!(ClientId::parse("demo-shop").is_ok());
    }
}
