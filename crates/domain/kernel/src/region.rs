//! Countries and territories, and telephone numbers as their numbering plans see them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::contact::{ContactError, Phone};

/// A country or territory: two capital letters of ISO 3166-1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Region(String);

impl Region {
    /// Checks the shape only: which letters are a country is for the numbering plans to say.
    ///
    /// # Errors
    /// [`ContactError::Malformed`] for anything but two letters.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let shaped = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if shaped { Ok(Self(text.to_ascii_uppercase())) } else { Err(ContactError::Malformed) }
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A number that somebody's numbering plan has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPhone {
    /// In international form.
    pub phone: Phone,
    /// Whose number it is; none: of a plan that belongs to no country (satellites, networks of the world).
    pub region: Option<Region>,
    /// What numbers of one block have in common: the country's code and the next three digits, as `+49171`.
    pub prefix: String,
    /// Whether a text message to it costs its sender no more than the usual: no premium or shared-cost number.
    pub usual: bool,
}

/// Knows the numbering plans of the world.
pub trait NumberPlans: Send + Sync {
    /// Reads what a person typed. Without a leading `+` it is a number of the region, if one is given. `None` for what
    /// no plan has.
    fn read(&self, typed: &str, region: Option<&Region>) -> Option<PlannedPhone>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_two_letters() {
        assert_eq!(Region::parse("de").unwrap().as_str(), "DE");
        for bad in ["", "D", "DEU", "49", "D3", "Ä"] {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(serde_json::from_str::<Region>("\"fr\"").unwrap().to_string(), "FR");
        assert!(serde_json::from_str::<Region>("\"france\"").is_err());
    }
}
