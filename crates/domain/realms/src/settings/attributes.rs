//! The attributes of a profile that a realm defines: how each is called and typed. Whether a value is right is decided with
//! the users.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{RealmSettings, SettingsError, within};

/// The type of a profile attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    /// Text without control characters.
    Text,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
}

/// A profile attribute a realm defines beyond the standard claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileAttribute {
    /// Its name in the profile and in claims: 1 to 40 of `a-z 0-9 _`, and no claim that the protocol or the server owns.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: AttributeType,
    /// Whether every user must have it.
    #[serde(default)]
    pub required: bool,
    /// Most characters of a text.
    #[serde(default = "default_max_length")]
    pub max_length: u64,
    /// The only permitted texts, if any.
    #[serde(default)]
    pub options: Vec<String>,
    /// The scope that releases it as a claim; none: never released.
    #[serde(default)]
    pub scope: Option<String>,
}

const fn default_max_length() -> u64 {
    200
}

/// Claims whose meaning the protocol or the server gives (the registry "JSON Web Token Claims"), and names that scripts trip
/// over: an attribute with such a name could pass for an address, a right or the person themselves.
const RESERVED_NAMES: [&str; 37] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "azp",
    "nonce",
    "auth_time",
    "at_hash",
    "c_hash",
    "s_hash",
    "acr",
    "amr",
    "sid",
    "sub_jwk",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "locale",
    "updated_at",
    "scope",
    "client_id",
    "cnf",
    "act",
    "may_act",
    "events",
    "roles",
    "groups",
    "entitlements",
    "_claim_names",
    "_claim_sources",
    "__proto__",
    "constructor",
    "prototype",
];

impl RealmSettings {
    pub(super) fn check_attributes(&self) -> Result<(), SettingsError> {
        within("profile", u64::try_from(self.profile.len()).unwrap_or(u64::MAX), 0, 64)?;
        let mut names = BTreeSet::new();
        for attribute in &self.profile {
            let shaped = (1..=40).contains(&attribute.name.len())
                && attribute.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !shaped || !names.insert(attribute.name.as_str()) {
                return Err(SettingsError::Contradiction("profile names are unique, 1 to 40 of a-z 0-9 _"));
            }
            if RESERVED_NAMES.contains(&attribute.name.as_str()) {
                return Err(SettingsError::ReservedName(attribute.name.clone()));
            }
            within("profile.max_length", attribute.max_length, 1, 4_000)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(names: &[&str]) -> Result<(), SettingsError> {
        let attributes = names.iter().map(|name| serde_json::json!({"name": name, "type": "text"})).collect();
        let profile = serde_json::from_value(serde_json::Value::Array(attributes)).unwrap();
        RealmSettings { profile, ..RealmSettings::default() }.check()
    }

    #[test]
    fn names_are_shaped_and_unique() {
        assert_eq!(with(&["plan", "loyalty_tier", "size_2"]), Ok(()));
        for wrong in [&["Plan"][..], &[""], &["shoe size"], &["plan", "plan"]] {
            assert!(matches!(with(wrong), Err(SettingsError::Contradiction(_))), "{wrong:?}");
        }
    }

    #[test]
    fn an_attribute_never_passes_for_what_the_protocol_says() {
        for name in RESERVED_NAMES {
            assert_eq!(with(&["plan", name]), Err(SettingsError::ReservedName(name.to_owned())));
        }
        // A claim of the profile may be listed to be required of everybody.
        assert_eq!(with(&["birthdate", "role", "subject"]), Ok(()));
    }
}
