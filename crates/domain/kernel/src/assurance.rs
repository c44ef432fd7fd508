//! How sure we are who somebody is: the class of each proof, the `amr` values it earns, and the `acr` they add up to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The class of an authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Something you know: password, PIN.
    Knowledge,
    /// Something you have: an authenticator app, a key, a phone.
    Possession,
    /// Control of a mailbox: proves an address, counts as no NIST level and never as a second factor.
    Mailbox,
    /// The PIN or biometric check that an authenticator makes itself before it answers ("user verification" of
    /// WebAuthn). Counts only beside the possession of that authenticator.
    Verification,
    /// Another provider's word for it.
    Federation,
}

/// How somebody proved it, as an `amr` value ([RFC 8176](https://www.rfc-editor.org/rfc/rfc8176)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amr {
    /// Password.
    Pwd,
    /// One-time code.
    Otp,
    /// Text message.
    Sms,
    /// Proof of possession of a hardware-secured key.
    Hwk,
    /// Proof of possession of a software-secured key.
    Swk,
    /// User presence.
    User,
    /// Another provider's word for it. Not registered; the word that is in use.
    Fed,
    /// Several factors.
    Mfa,
}

impl Amr {
    /// The value in tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
            Self::Otp => "otp",
            Self::Sms => "sms",
            Self::Hwk => "hwk",
            Self::Swk => "swk",
            Self::User => "user",
            Self::Fed => "fed",
            Self::Mfa => "mfa",
        }
    }
}

/// The authentication context class reached. Ordered: a later one satisfies an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Acr {
    /// One factor.
    #[serde(rename = "urn:vestibule:acr:single-factor")]
    SingleFactor,
    /// Two factors of different classes.
    #[serde(rename = "urn:vestibule:acr:multi-factor")]
    MultiFactor,
}

impl Acr {
    /// Every class, weakest first.
    pub const ALL: [Self; 2] = [Self::SingleFactor, Self::MultiFactor];

    /// The value in tokens and in `acr_values_supported`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SingleFactor => "urn:vestibule:acr:single-factor",
            Self::MultiFactor => "urn:vestibule:acr:multi-factor",
        }
    }

    /// The class with this value.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == text)
    }

    /// What a set of proven factors adds up to; `None` for no proof.
    pub fn of(factors: &BTreeSet<Factor>) -> Option<Self> {
        let second = [Factor::Knowledge, Factor::Verification, Factor::Federation];
        if factors.contains(&Factor::Possession) && second.iter().any(|factor| factors.contains(factor)) {
            Some(Self::MultiFactor)
        } else if factors.is_empty() {
            None
        } else {
            Some(Self::SingleFactor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_never_a_second_factor() {
        let factors = BTreeSet::from([Factor::Knowledge, Factor::Mailbox]);
        assert_eq!(Acr::of(&factors), Some(Acr::SingleFactor));
        assert_eq!(Acr::of(&BTreeSet::new()), None);
        assert_eq!(Acr::of(&BTreeSet::from([Factor::Knowledge, Factor::Possession])), Some(Acr::MultiFactor));
    }
}
