//! One module per provider: its facts, and what it does its own way. Quirks are here and nowhere else.

pub(crate) mod apple;
pub(crate) mod discord;
pub(crate) mod facebook;
pub(crate) mod generic;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod google;
pub(crate) mod linkedin;
pub(crate) mod microsoft;

/// The standard claims under their own names.
pub(crate) const STANDARD: &[(&str, &str)] = &[
    ("email", "email"),
    ("email_verified", "email_verified"),
    ("locale", "locale"),
    ("name", "name"),
    ("given_name", "given_name"),
    ("family_name", "family_name"),
    ("picture", "picture"),
];
