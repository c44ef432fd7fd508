//! What a provider says about somebody, reduced to what we store: a subject, an address, and bounded plain values
//! under our names. What is out of bounds is left out, never cut: half a value is a wrong one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_kernel::contact::{Email, Locale, is_invisible};

use crate::{connection::ConnectionError, identity::Subject};

/// Most claims that are kept.
const MAX_CLAIMS: usize = 40;
/// Most characters of a textual claim.
const MAX_CHARS: usize = 500;
/// Most bytes of a name in a mapping.
const MAX_NAME_BYTES: usize = 100;

/// Our name → the provider's name. A dotted name reaches into objects (`name.firstName`); an empty one switches a
/// value off. Names beside `email`, `email_verified` and `locale` are profile attributes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimMapping(BTreeMap<String, String>);

impl ClaimMapping {
    /// A mapping of these pairs.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect())
    }

    /// This mapping over that of a preset.
    #[must_use]
    pub fn over(&self, preset: &Self) -> Self {
        let mut all = preset.0.clone();
        all.extend(self.0.clone());
        Self(all)
    }

    /// Checks the bounds.
    ///
    /// # Errors
    /// Too many, too long or badly spelt names.
    pub fn check(&self) -> Result<(), ConnectionError> {
        let ours = |name: &str| {
            (1..=MAX_NAME_BYTES).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        let theirs = |name: &str| name.len() <= MAX_NAME_BYTES && !name.chars().any(char::is_control);
        let fine = self.0.len() <= MAX_CLAIMS && self.0.iter().all(|(our, their)| ours(our) && theirs(their));
        if fine {
            Ok(())
        } else {
            let reason = "at most 40 names of at most 100 characters; ours are of a-z, 0-9 and _";
            Err(ConnectionError { field: "claims", reason })
        }
    }

    fn find<'a>(&self, ours: &str, claims: &'a Map<String, Value>) -> Option<&'a Value> {
        let theirs = self.0.get(ours).filter(|name| !name.is_empty())?;
        if let Some(value) = claims.get(theirs) {
            return Some(value);
        }
        let mut parts = theirs.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }
}

/// An address that a provider asserts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertedEmail {
    /// The address.
    pub email: Email,
    /// Whether the provider said so by the boolean `true`; the text "true" is not it.
    pub verified: bool,
}

/// Somebody as a provider vouches for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpstreamIdentity {
    /// Who they are there.
    pub subject: Subject,
    /// Their address.
    pub email: Option<AssertedEmail>,
    /// Their language.
    pub locale: Option<Locale>,
    /// Profile attributes: bounded plain values, not yet checked against the realm's schema.
    pub profile: Map<String, Value>,
    /// What is kept with the identity.
    pub claims: Map<String, Value>,
}

impl UpstreamIdentity {
    /// Reads verified claims by a mapping.
    pub fn of(subject: Subject, claims: &Map<String, Value>, mapping: &ClaimMapping) -> Self {
        let email =
            mapping.find("email", claims).and_then(Value::as_str).and_then(|text| Email::parse(text).ok());
        let verified = mapping.find("email_verified", claims) == Some(&Value::Bool(true));
        let locale = mapping.find("locale", claims).and_then(Value::as_str);
        let locale = locale.and_then(|text| Locale::parse(&text.replace('_', "-")).ok());
        let mut profile = Map::new();
        for name in
            mapping.0.keys().filter(|name| !["email", "email_verified", "locale"].contains(&name.as_str()))
        {
            if let Some(value) = mapping.find(name, claims).filter(|value| is_plain(value)) {
                profile.insert(name.clone(), value.clone());
            }
        }
        let mut kept = profile.clone();
        if let Some(email) = &email {
            kept.insert("email".to_owned(), email.as_str().into());
            kept.insert("email_verified".to_owned(), verified.into());
        }
        let email = email.map(|email| AssertedEmail { email, verified });
        Self { subject, email, locale, profile, claims: kept }
    }
}

/// A value that may be kept: a number, a boolean, or a text within bounds that shows as it is.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => {
            !text.is_empty()
                && text.chars().count() <= MAX_CHARS
                && !text.chars().any(|c| c.is_control() || is_invisible(c))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(claims: Value) -> UpstreamIdentity {
        let mapping = ClaimMapping::of(&[
            ("email", "email"),
            ("email_verified", "email_verified"),
            ("locale", "locale"),
            ("name", "name"),
            ("given_name", "name.first"),
            ("picture", ""),
        ]);
        UpstreamIdentity::of(Subject::parse("s").unwrap(), claims.as_object().unwrap(), &mapping)
    }

    #[test]
    fn only_the_boolean_true_verifies_an_address() {
        for (said, verified) in [
            (json!(true), true),
            (json!("true"), false),
            (json!(1), false),
            (json!(false), false),
            (json!(null), false),
            (json!([true]), false),
        ] {
            let read = read(json!({"email": "ada@acme.test", "email_verified": said}));
            assert_eq!(read.email.unwrap().verified, verified, "{said}");
        }
        assert!(!read(json!({"email": "ada@acme.test"})).email.unwrap().verified);
        assert!(read(json!({"email": "not an address", "email_verified": true})).email.is_none());
    }

    #[test]
    fn dotted_names_reach_into_objects_and_empty_ones_switch_off() {
        let read = read(json!({"name": {"first": "Ada"}, "picture": "https://x", "locale": "de_DE"}));
        assert_eq!(read.profile.get("given_name"), Some(&json!("Ada")));
        assert_eq!(read.profile.get("picture"), None);
        assert_eq!(read.profile.get("name"), None, "an object is no plain value");
        assert_eq!(read.locale.unwrap().as_str(), "de-DE");
    }

    proptest! {
        #[test]
        fn what_is_kept_is_bounded_and_shows_as_it_is(name in ".{0,800}", nick in any::<Option<i64>>()) {
            let read = read(json!({"name": name, "nickname": nick, "extra": {"a": [1]}}));
            prop_assert!(read.claims.len() <= MAX_CLAIMS);
            for value in read.claims.values() {
                prop_assert!(is_plain(value));
            }
            prop_assert!(!read.claims.contains_key("extra"));
        }
    }
}
