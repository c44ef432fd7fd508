//! Profile values: the standard claims of OpenID Connect Core §5.1 and the attributes a realm defines, typed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The type a profile value must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueKind {
    /// Text of at most so many characters.
    Text(usize),
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// `YYYY-MM-DD`, where the year may be `0000`.
    Date,
    /// An https address.
    Link,
    /// The `address` object of OpenID Connect Core §5.1.1.
    Address,
    /// One of the given texts.
    OneOf(Vec<String>),
}

/// One permitted attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeRule {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: ValueKind,
    /// Whether every user must have it.
    pub required: bool,
}

/// The standard claims a profile may hold, with their types. `email`, `phone_number` and their `_verified` claims
/// come from the contacts; `updated_at`, `locale` and `sub` from the user.
pub const STANDARD_CLAIMS: [(&str, ValueKind); 13] = [
    ("name", ValueKind::Text(200)),
    ("given_name", ValueKind::Text(100)),
    ("family_name", ValueKind::Text(100)),
    ("middle_name", ValueKind::Text(100)),
    ("nickname", ValueKind::Text(100)),
    ("preferred_username", ValueKind::Text(100)),
    ("profile", ValueKind::Link),
    ("picture", ValueKind::Link),
    ("website", ValueKind::Link),
    ("gender", ValueKind::Text(50)),
    ("birthdate", ValueKind::Date),
    ("zoneinfo", ValueKind::Text(64)),
    ("address", ValueKind::Address),
];

const ADDRESS_FIELDS: [&str; 6] =
    ["formatted", "street_address", "locality", "region", "postal_code", "country"];

/// Why a profile was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The realm has no such attribute.
    #[error("profile.{0} is not an attribute of this realm")]
    Unknown(String),
    /// The value has another type or breaks a bound.
    #[error("profile.{0} has a value that its type does not allow")]
    Invalid(String),
    /// A required attribute is missing.
    #[error("profile.{0} is required")]
    Missing(String),
}

/// Checked profile values by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(Map<String, Value>);

impl Profile {
    /// Checks each value against the standard claims and the realm's own rules. `null` removes a value.
    ///
    /// # Errors
    /// The first attribute that is unknown, ill-typed or missing.
    pub fn parse(values: Map<String, Value>, own: &[AttributeRule]) -> Result<Self, ProfileError> {
        let (profile, faults) = Self::sift(values, own);
        match faults.into_iter().next() {
            Some(fault) => Err(fault),
            None => Ok(profile),
        }
    }

    /// The values that are right, and everything that is wrong with the others: unknown and ill-typed ones, then required
    /// ones that are not there.
    pub fn sift(values: Map<String, Value>, own: &[AttributeRule]) -> (Self, Vec<ProfileError>) {
        let (mut right, mut faults) = (Map::new(), Vec::new());
        for (name, value) in values {
            match admitted(&name, value, own) {
                Ok(Some(value)) => drop(right.insert(name, value)),
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
        let missing = |rule: &&AttributeRule| {
            let refused = faults.contains(&ProfileError::Invalid(rule.name.clone()));
            rule.required && !right.contains_key(&rule.name) && !refused
        };
        let missing: Vec<_> =
            own.iter().filter(missing).map(|rule| ProfileError::Missing(rule.name.clone())).collect();
        faults.extend(missing);
        (Self(right), faults)
    }

    /// The profile with these values beside those it has. What else the realm requires is not looked at: who is asked for
    /// one thing is not held up by another.
    ///
    /// # Errors
    /// The first value whose attribute is unknown, or that is ill-typed.
    pub fn with(&self, values: Map<String, Value>, own: &[AttributeRule]) -> Result<Self, ProfileError> {
        let mut all = self.0.clone();
        for (name, value) in values {
            all.extend(admitted(&name, value, own)?.map(|value| (name, value)));
        }
        Ok(Self(all))
    }

    /// Values read from storage, where they were checked before.
    pub fn rehydrate(values: Map<String, Value>) -> Self {
        Self(values)
    }

    /// All values.
    pub fn values(&self) -> &Map<String, Value> {
        &self.0
    }

    /// The values whose attribute there still is: a realm may have given one up since they were stored.
    pub fn known(&self, own: &[AttributeRule]) -> Map<String, Value> {
        let known = |name: &str| {
            STANDARD_CLAIMS.iter().any(|(standard, _)| *standard == name)
                || own.iter().any(|rule| rule.name == name)
        };
        self.0.clone().into_iter().filter(|(name, _)| known(name)).collect()
    }

    /// A value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A textual value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }
}

/// A value of the type that the standard claims or the realm's rules give its attribute; `None`: there is none.
fn admitted(name: &str, value: Value, own: &[AttributeRule]) -> Result<Option<Value>, ProfileError> {
    let standard = STANDARD_CLAIMS.iter().find(|(standard, _)| *standard == name).map(|(_, kind)| kind);
    let kind = standard
        .or_else(|| own.iter().find(|rule| rule.name == name).map(|rule| &rule.kind))
        .ok_or_else(|| ProfileError::Unknown(name.to_owned()))?;
    match value {
        Value::Null => Ok(None),
        value if kind.admits(&value) => Ok(Some(value)),
        _ => Err(ProfileError::Invalid(name.to_owned())),
    }
}

fn clean(text: &str, max: usize) -> bool {
    !text.is_empty()
        && text.chars().count() <= max
        && !text.chars().any(|c| {
            c.is_control() || vestibule_kernel::contact::is_invisible(c) && c != '\u{200d}' && c != '\u{200c}'
        })
}

impl ValueKind {
    /// Whether a value has this type and keeps its bounds.
    pub fn admits(&self, value: &Value) -> bool {
        match self {
            Self::Text(max) => value.as_str().is_some_and(|text| clean(text, *max)),
            Self::Integer => value.is_i64(),
            Self::Boolean => value.is_boolean(),
            Self::Date => value.as_str().is_some_and(is_date),
            Self::Link => value.as_str().is_some_and(|text| {
                text.len() <= 2_000
                    && url::Url::parse(text)
                        .is_ok_and(|url| url.scheme() == "https" || url.scheme() == "http")
            }),
            Self::Address => value.as_object().is_some_and(|object| {
                object.iter().all(|(name, part)| {
                    let lines = part.as_str().map(|text| text.replace('\n', " "));
                    ADDRESS_FIELDS.contains(&name.as_str()) && lines.is_some_and(|text| clean(&text, 400))
                })
            }),
            Self::OneOf(options) => {
                value.as_str().is_some_and(|text| options.iter().any(|option| option == text))
            }
        }
    }
}

fn is_date(text: &str) -> bool {
    let real = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
    let without_year = text
        .strip_prefix("0000-")
        .is_some_and(|rest| chrono::NaiveDate::parse_from_str(&format!("2000-{rest}"), "%Y-%m-%d").is_ok());
    text.len() == 10 && (real || without_year)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(value: Value) -> Result<Profile, ProfileError> {
        let own = [AttributeRule {
            name: "plan".into(),
            kind: ValueKind::OneOf(vec!["free".into(), "pro".into()]),
            required: false,
        }];
        Profile::parse(value.as_object().cloned().unwrap(), &own)
    }

    #[test]
    fn values_are_typed() {
        assert!(
            parse(
                json!({"name": "Ada", "birthdate": "1815-12-10", "plan": "pro", "address": {"country": "UK"}})
            )
            .is_ok()
        );
        for bad in [
            json!({"name": 1}),
            json!({"name": "a\u{0}b"}),
            json!({"name": "a\u{202e}b"}),
            json!({"birthdate": "1815-13-10"}),
            json!({"plan": "gold"}),
            json!({"shoe": 1}),
            json!({"website": "javascript:alert(1)"}),
            json!({"address": "x"}),
        ] {
            assert!(parse(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_required_attribute_must_be_there() {
        let own = [AttributeRule { name: "plan".into(), kind: ValueKind::Boolean, required: true }];
        assert_eq!(Profile::parse(Map::new(), &own), Err(ProfileError::Missing("plan".into())));
    }

    #[test]
    fn everything_that_is_wrong_is_told() {
        let own = [
            AttributeRule { name: "plan".into(), kind: ValueKind::Boolean, required: true },
            AttributeRule { name: "size".into(), kind: ValueKind::Integer, required: true },
        ];
        let given = json!({"birthdate": "soon", "name": "Ada", "shoe": 1, "size": "ten"});
        let (right, faults) = Profile::sift(given.as_object().cloned().unwrap(), &own);
        assert_eq!(json!(right.values()), json!({"name": "Ada"}));
        let wanted = [
            ProfileError::Invalid("birthdate".into()),
            ProfileError::Unknown("shoe".into()),
            ProfileError::Invalid("size".into()),
            ProfileError::Missing("plan".into()),
        ];
        assert_eq!(faults, wanted);
    }

    #[test]
    fn values_are_added_to_what_is_there_and_checked_alike() {
        let own = [AttributeRule { name: "plan".into(), kind: ValueKind::Boolean, required: true }];
        let before = parse(json!({"name": "Ada", "nickname": "A"})).unwrap();
        let added = |value: Value| before.with(value.as_object().cloned().unwrap(), &own);
        let after = added(json!({"nickname": "Countess", "gender": null})).unwrap();
        assert_eq!(json!(after.values()), json!({"name": "Ada", "nickname": "Countess"}));
        assert_eq!(added(json!({"plan": "yes"})), Err(ProfileError::Invalid("plan".into())));
        assert_eq!(added(json!({"shoe": 1})), Err(ProfileError::Unknown("shoe".into())));
    }

    #[test]
    fn values_of_attributes_that_are_gone_are_left_out() {
        let stored = json!({"name": "Ada", "plan": "pro", "shoe": 38});
        let stored = Profile::rehydrate(stored.as_object().cloned().unwrap());
        let own = [AttributeRule { name: "plan".into(), kind: ValueKind::Boolean, required: false }];
        assert_eq!(json!(stored.known(&own)), json!({"name": "Ada", "plan": "pro"}), "known, right or not");
        assert_eq!(json!(stored.known(&[])), json!({"name": "Ada"}));
    }
}
