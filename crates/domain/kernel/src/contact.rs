//! Addresses and names that identify a person, in the one normal form that is compared and indexed. Normal forms are
//! made here because SQLite folds ASCII only.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Why a contact was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContactError {
    /// Nothing was given.
    #[error("a value is required")]
    Empty,
    /// Longer than its kind allows.
    #[error("the value is too long")]
    TooLong,
    /// Not of the shape of its kind.
    #[error("the value is not valid")]
    Malformed,
}

fn has_unsafe_characters(text: &str) -> bool {
    text.chars().any(|c| c.is_control() || c.is_whitespace() || is_invisible(c))
}

/// Bidirectional controls, zero-width and other format characters: two names that differ only in these look alike.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

macro_rules! string_contact {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(transparent)]
        pub struct $name {
            text: String,
            #[serde(skip)]
            normal: String,
        }

        impl $name {
            /// The value as the person wrote it (NFC, trimmed).
            pub fn as_str(&self) -> &str {
                &self.text
            }

            /// The form that is compared and unique in a realm.
            pub fn normal(&self) -> &str {
                &self.normal
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

string_contact!(
    /// An e-mail address. Its normal form is NFC, lower case, with the domain in IDNA ASCII form.
    Email
);

impl Email {
    /// Accepts `local@domain` of at most 254 characters: no white space, controls, quotes or invisible characters.
    ///
    /// # Errors
    /// Says whether the value is empty, too long or malformed.
    pub fn parse(input: &str) -> Result<Self, ContactError> {
        let text: String = input.trim().nfc().collect();
        if text.is_empty() {
            return Err(ContactError::Empty);
        }
        if text.len() > 254 {
            return Err(ContactError::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(ContactError::Malformed)?;
        let bad_local = local.is_empty()
            || local.len() > 64
            || local.contains(['@', '"', '<', '>', '(', ')', ',', ';', ':', '\\', '[', ']'])
            || local.starts_with('.')
            || local.ends_with('.')
            || local.contains("..");
        if bad_local || has_unsafe_characters(&text) {
            return Err(ContactError::Malformed);
        }
        let ascii =
            idna::domain_to_ascii_strict(domain).map_err(|_ignored: idna::Errors| ContactError::Malformed)?;
        if ascii.is_empty() || ascii.len() > 253 {
            return Err(ContactError::Malformed);
        }
        let folded: String = local.to_lowercase().nfc().collect();
        Ok(Self { normal: format!("{folded}@{ascii}"), text })
    }

    /// The domain in IDNA ASCII form.
    pub fn domain(&self) -> &str {
        self.normal.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

string_contact!(
    /// A phone number in E.164 form.
    Phone
);

impl Phone {
    /// Accepts an international number; spaces, dots, dashes and parentheses are dropped.
    ///
    /// # Errors
    /// Anything that is not `+` and 8 to 15 digits is malformed.
    pub fn parse(input: &str) -> Result<Self, ContactError> {
        let text: String =
            input.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}')).collect();
        if text.is_empty() {
            return Err(ContactError::Empty);
        }
        let digits = text.strip_prefix('+').ok_or(ContactError::Malformed)?;
        let shaped = (8..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if !shaped {
            return Err(ContactError::Malformed);
        }
        Ok(Self { normal: text.clone(), text })
    }
}

string_contact!(
    /// A name chosen to sign in with. Its normal form is NFKC, lower case.
    Username
);

impl Username {
    /// Accepts 1 to 64 characters without `@`, a leading `+`, white space, controls or invisible characters, so that
    /// it can never be taken for an e-mail address or a phone number.
    ///
    /// # Errors
    /// Says whether the value is empty, too long or malformed.
    pub fn parse(input: &str) -> Result<Self, ContactError> {
        let text: String = input.trim().nfc().collect();
        if text.is_empty() {
            return Err(ContactError::Empty);
        }
        if text.chars().count() > 64 {
            return Err(ContactError::TooLong);
        }
        let normal: String = text.nfkc().collect::<String>().to_lowercase().nfkc().collect();
        if normal.contains('@')
            || normal.starts_with('+')
            || has_unsafe_characters(&normal)
            || has_unsafe_characters(&text)
        {
            return Err(ContactError::Malformed);
        }
        Ok(Self { text, normal })
    }
}

/// What somebody typed to say who they are, reduced to the normal form that is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    normal: String,
}

impl Identifier {
    /// Reads an e-mail address, a phone number or a user name, whichever the text looks like.
    ///
    /// # Errors
    /// Only for values that no account can have.
    pub fn parse(input: &str) -> Result<Self, ContactError> {
        let trimmed = input.trim();
        let normal = if trimmed.contains('@') {
            Email::parse(trimmed)?.normal
        } else if trimmed.starts_with('+') {
            Phone::parse(trimmed)?.normal
        } else {
            Username::parse(trimmed)?.normal
        };
        Ok(Self { normal })
    }

    /// The form that is looked up.
    pub fn normal(&self) -> &str {
        &self.normal
    }
}

/// A BCP 47 language tag, reduced to `ll` or `ll-RR` and friends: letters, digits and dashes, at most 35 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Locale(String);

impl Locale {
    /// Checks the shape only.
    ///
    /// # Errors
    /// [`ContactError::Malformed`] for anything that cannot be a language tag.
    pub fn parse(text: &str) -> Result<Self, ContactError> {
        let shaped = (2..=35).contains(&text.len())
            && text.split('-').all(|part| {
                (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        if !shaped {
            return Err(ContactError::Malformed);
        }
        Ok(Self(text.to_owned()))
    }

    /// English, the language every installation has.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The primary language subtag.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or("en")
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_one_normal_form() {
        let email = Email::parse(" Ada.Lovelace@BÜCHER.example ").unwrap();
        assert_eq!(email.normal(), "ada.lovelace@xn--bcher-kva.example");
        assert_eq!(email.as_str(), "Ada.Lovelace@BÜCHER.example");
        // Composed and decomposed spellings meet.
        assert_eq!(
            Email::parse("jose\u{301}@a.test").unwrap().normal(),
            Email::parse("jos\u{e9}@a.test").unwrap().normal()
        );
    }

    #[test]
    fn hostile_emails_are_refused() {
        for bad in [
            "",
            "a",
            "@b.test",
            "a@",
            "a b@c.test",
            "a\r\nBcc: x@y.test",
            "a@b.test\0",
            "\"a\"@b.test",
            "a\u{202e}@b.test",
            "<a@b.test>",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Email::parse(&format!("{}@b.test", "a".repeat(300))), Err(ContactError::TooLong));
    }

    #[test]
    fn a_username_never_looks_like_an_address() {
        assert!(Username::parse("ada@acme.test").is_err());
        assert!(Username::parse("ada\u{ff20}acme").is_err(), "full-width @ folds to @");
        assert_eq!(Username::parse("Ａda").unwrap().normal(), "ada");
    }

    #[test]
    fn identifiers_find_their_kind() {
        assert_eq!(Identifier::parse("+49 (30) 123-4567").unwrap().normal(), "+49301234567");
        assert_eq!(Identifier::parse("ADA").unwrap().normal(), "ada");
    }
}
