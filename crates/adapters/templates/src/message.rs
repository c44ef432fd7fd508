//! A sentence by its key in the catalogue, with values. Views hold messages, never finished sentences.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

/// A sentence of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    key: &'static str,
    values: BTreeMap<&'static str, String>,
}

impl Message {
    /// A sentence without values.
    pub const fn new(key: &'static str) -> Self {
        Self { key, values: BTreeMap::new() }
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.insert(name, value.to_string());
        self
    }

    /// The key, also the machine-readable code of the message.
    pub fn key(&self) -> &'static str {
        self.key
    }

    /// A value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

/// What is wrong with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The `id` of the field; the summary links to it.
    pub field: Cow<'static, str>,
    /// What is wrong and what to do.
    pub message: Message,
}

impl FieldError {
    /// An error at a field.
    pub fn new(field: impl Into<Cow<'static, str>>, message: Message) -> Self {
        Self { field: field.into(), message }
    }
}

/// What a scope means to people: a sentence of the catalogue for the standard scopes, the scope itself otherwise.
pub fn scope_sentence(scope: &str) -> Message {
    match scope {
        "openid" => Message::new("scope-openid"),
        "profile" => Message::new("scope-profile"),
        "email" => Message::new("scope-email"),
        "phone" => Message::new("scope-phone"),
        "address" => Message::new("scope-address"),
        "offline_access" => Message::new("scope-offline_access"),
        other => Message::new("scope-other").with("scope", other),
    }
}
