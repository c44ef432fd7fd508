//! The page of a person's account that a flow leads to when it works towards no application's request.

use serde::{Deserialize, Serialize};

/// A path below the realm's account area: empty for the overview, or `/` and plain segments. Nothing in it can lead out
/// of the area, so it may come from an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountPath(String);

/// Most bytes of a path.
const MAX_BYTES: usize = 120;

/// Why a text is no page of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a page of the account")]
pub struct NoAccountPath;

impl AccountPath {
    /// The overview.
    pub const fn overview() -> Self {
        Self(String::new())
    }

    /// A path below `/account`.
    ///
    /// # Errors
    /// It is too long, or has anything but segments of letters, digits, `_` and `-`.
    pub fn parse(text: &str) -> Result<Self, NoAccountPath> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let mut segments = text.split('/');
        let rooted = segments.next() == Some("");
        let clean = segments.all(|segment| !segment.is_empty() && segment.bytes().all(plain));
        if rooted && clean && text.len() <= MAX_BYTES {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoAccountPath)
        }
    }

    /// The text, to be appended to the address of the account area.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for AccountPath {
    type Error = NoAccountPath;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<AccountPath> for String {
    fn from(path: AccountPath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside_the_account() {
        for good in ["", "/password", "/linked/con_7a", "/sessions"] {
            assert_eq!(AccountPath::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "/",
            "password",
            "//evil.test",
            "/a/",
            "/a//b",
            "/..",
            "/a/../b",
            "/a?b",
            "/a#b",
            "/a%2f",
            "/a\\b",
        ] {
            assert!(AccountPath::parse(bad).is_err(), "{bad}");
        }
        assert!(AccountPath::parse(&format!("/{}", "a".repeat(MAX_BYTES))).is_err());
    }
}
