//! One parser for every form body and query of the protocol: repeats are errors, an empty value counts as absent
//! (RFC 6749 §3.1, §3.2), nothing is unbounded.

use std::collections::BTreeMap;

/// Most parameters.
const MAX_PARAMS: usize = 100;
/// Most bytes of one value.
const MAX_VALUE_BYTES: usize = 16 * 1_024;

/// Why parameters were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParamsError {
    /// A parameter appears twice.
    #[error("the parameter {0} appears more than once")]
    Repeated(String),
    /// Bad percent-encoding, not UTF-8, or a NUL character.
    #[error("the parameters are not valid UTF-8 in form encoding")]
    Encoding,
    /// More than the bounds.
    #[error("too many or too long parameters")]
    TooLarge,
}

/// Parameters by name.
#[derive(Clone, Default)]
pub struct Params {
    values: BTreeMap<String, Vec<String>>,
}

impl Params {
    /// Parses `application/x-www-form-urlencoded` bytes. Only names in `repeatable` may appear more than once.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn parse(encoded: &[u8], repeatable: &[&str]) -> Result<Self, ParamsError> {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs(encoded)? {
            let seen = values.entry(name.clone()).or_default();
            if !seen.is_empty() && !repeatable.contains(&name.as_str()) {
                return Err(ParamsError::Repeated(name));
            }
            seen.push(value);
        }
        Ok(Self { values })
    }

    /// The value of a parameter; an empty one counts as absent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .and_then(|values| values.first())
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Every value of a repeatable parameter, empty ones left out.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.values
            .get(name)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// Whether the parameter was sent at all, even empty.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The names that were sent.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

/// Decodes pairs in their order, repeats included: for endpoints where the protocol decides what a repeat means.
///
/// # Errors
/// Bad encoding, or beyond the bounds.
pub fn pairs(encoded: &[u8]) -> Result<Vec<(String, String)>, ParamsError> {
    let mut decoded = Vec::new();
    for pair in encoded.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        if decoded.len() >= MAX_PARAMS || pair.len() > MAX_VALUE_BYTES * 3 {
            return Err(ParamsError::TooLarge);
        }
        let split = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = pair.split_at(split);
        let name = decode(name)?;
        let value = decode(value.strip_prefix(b"=").unwrap_or(value))?;
        if value.len() > MAX_VALUE_BYTES {
            return Err(ParamsError::TooLarge);
        }
        decoded.push((name, value));
    }
    Ok(decoded)
}

/// Decodes one form-encoded text (RFC 6749 §2.3.1, appendix B).
///
/// # Errors
/// Bad encoding.
pub fn decode(encoded: &[u8]) -> Result<String, ParamsError> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let (high, low) = (rest.next().and_then(hex), rest.next().and_then(hex));
                match (high, low) {
                    (Some(high), Some(low)) => high * 16 + low,
                    _ => return Err(ParamsError::Encoding),
                }
            }
            other => other,
        });
    }
    let text =
        String::from_utf8(bytes).map_err(|_ignored: std::string::FromUtf8Error| ParamsError::Encoding)?;
    if text.contains('\0') { Err(ParamsError::Encoding) } else { Ok(text) }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_refused_unless_their_specification_allows_them() {
        assert_eq!(Params::parse(b"a=1&a=2", &[]).err(), Some(ParamsError::Repeated("a".into())));
        let params = Params::parse(b"resource=x&resource=y", &["resource"]).unwrap();
        assert_eq!(params.all("resource"), ["x", "y"]);
    }

    #[test]
    fn an_empty_value_counts_as_absent_and_encoding_is_strict() {
        let params = Params::parse(b"a=&b=x+y%20z&c", &[]).unwrap();
        assert_eq!(params.get("a"), None);
        assert!(params.has("a") && params.has("c"));
        assert_eq!(params.get("b"), Some("x y z"));
        for bad in [&b"a=%"[..], b"a=%4", b"a=%zz", b"a=%ff", b"a=%00", b"\xff=1"] {
            assert_eq!(Params::parse(bad, &[]).err(), Some(ParamsError::Encoding));
        }
        assert_eq!(
            Params::parse("a=1&".repeat(200).replace("a=", "b").as_bytes(), &[]).err(),
            Some(ParamsError::TooLarge)
        );
    }
}
