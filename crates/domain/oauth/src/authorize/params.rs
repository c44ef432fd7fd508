//! The parameters of a request as they came: repeats are kept, so that the table of checks decides where their refusal
//! goes.

use std::collections::BTreeMap;

/// Parameters by name. An empty value counts as absent (RFC 6749 §3.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, Vec<String>>);

impl Parameters {
    /// Gathers decoded pairs.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            values.entry(name).or_default().push(value);
        }
        Self(values)
    }

    /// The same parameters, with a value for one that was not sent.
    #[must_use]
    pub fn with_default(mut self, name: &str, value: &str) -> Self {
        self.0.entry(name.to_owned()).or_insert_with(|| vec![value.to_owned()]);
        self
    }

    /// The only value; `None` if it is absent, empty or repeated.
    pub fn get(&self, name: &str) -> Option<&str> {
        match self.0.get(name).map(Vec::as_slice) {
            Some([only]) if !only.is_empty() => Some(only),
            _ => None,
        }
    }

    /// Every value that is not empty.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.get(name).into_iter().flatten().map(String::as_str).filter(|value| !value.is_empty()).collect()
    }

    /// Whether the parameter was sent, even empty.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether the parameter was sent more than once.
    pub fn is_repeated(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|values| values.len() > 1)
    }

    /// Whether any parameter but those in `repeatable` was sent more than once.
    pub fn has_repeats(&self, repeatable: &[&str]) -> bool {
        self.0.iter().any(|(name, values)| values.len() > 1 && !repeatable.contains(&name.as_str()))
    }
}
