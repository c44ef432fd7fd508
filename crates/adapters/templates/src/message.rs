//! A sentence by its key in the catalogue, with values. Views hold messages, never finished sentences.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;
use vestibule_usecases::account::Device;

use crate::copy::Given;

/// A value of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MessageValue {
    /// Words.
    Text(String),
    /// A count, by which the sentence may choose its plural.
    Count(i64),
}

/// A sentence of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    key: Cow<'static, str>,
    values: BTreeMap<&'static str, MessageValue>,
}

impl Message {
    /// A sentence without values.
    pub const fn new(key: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), values: BTreeMap::new() }
    }

    /// A sentence of a family, such as that of the problems: its key is put together.
    pub const fn named(key: String) -> Self {
        Self { key: Cow::Owned(key), values: BTreeMap::new() }
    }

    /// Adds words.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.insert(name, MessageValue::Text(value.to_string()));
        self
    }

    /// Adds a count.
    #[must_use]
    pub fn count(mut self, name: &'static str, count: u64) -> Self {
        self.values.insert(name, MessageValue::Count(i64::try_from(count).unwrap_or(i64::MAX)));
        self
    }

    /// The key, also the machine-readable code of the message.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values by name.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&str, Given<'_>)> {
        self.values.iter().map(|(name, value)| {
            let given = match value {
                MessageValue::Text(text) => Given::Text(Cow::Borrowed(text.as_str())),
                MessageValue::Count(count) => Given::Count(*count),
            };
            (*name, given)
        })
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

/// A device in words.
pub fn device_name(device: Device) -> Message {
    match (device.browser, device.system) {
        (Some(browser), Some(system)) => {
            Message::new("device-both").with("browser", browser).with("system", system)
        }
        (Some(browser), None) => Message::new("device-browser").with("browser", browser),
        (None, Some(system)) => Message::new("device-system").with("system", system),
        (None, None) => Message::new("device-unknown"),
    }
}
