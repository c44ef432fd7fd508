//! How the configuration is shown: values with their sources, a JSON Schema, a commented file to start from. Secrets
//! are masked.

use std::fmt::Write as _;

use figment::value::Value;
use serde_json::json;

use super::{Config, Kind, SETTINGS, Setting};

/// One line of `config show`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Shown {
    /// `section.name`.
    pub key: &'static str,
    /// The value, masked if secret; none: unset.
    pub value: Option<String>,
    /// Where it came from; none: unset.
    pub source: Option<String>,
}

impl Config {
    /// Every setting with value and source.
    pub fn shown(&self) -> Vec<Shown> {
        let line = |setting: &'static Setting| {
            let value = self.tree.find_value(setting.key).ok().map(|value| masked(setting, &text(&value)));
            Shown { key: setting.key, value, source: self.source_of(setting.key) }
        };
        SETTINGS.iter().map(line).collect()
    }
}

/// A configuration value as an operator would write it.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Array(_, items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        Value::Num(_, number) => number
            .to_i128()
            .map(|n| n.to_string())
            .or(number.to_u128().map(|n| n.to_string()))
            .unwrap_or_default(),
        Value::Char(..) | Value::Empty(..) | Value::Dict(..) => String::new(),
    }
}

fn masked(setting: &Setting, value: &str) -> String {
    match setting.kind {
        Kind::Secret => "********".to_owned(),
        Kind::SecretUrl => mask_url(value),
        Kind::Text | Kind::Integer { .. } | Kind::Boolean | Kind::List | Kind::Word(_) => value.to_owned(),
    }
}

/// A URL without its password, and without its query, which may hold one too.
pub fn mask_url(text: &str) -> String {
    let Ok(mut url) = url::Url::parse(text) else { return "********".to_owned() };
    if url.password().is_some() && url.set_password(Some("********")).is_err() {
        return "********".to_owned();
    }
    if url.query().is_some() {
        url.set_query(Some("********"));
    }
    url.to_string()
}

/// A [JSON Schema](https://json-schema.org/draft/2020-12/schema) of the configuration file.
pub fn schema() -> serde_json::Value {
    let mut sections = serde_json::Map::new();
    for setting in SETTINGS {
        let Some((section, name)) = setting.key.split_once('.') else { continue };
        let mut property = match setting.kind {
            Kind::Text => json!({ "type": "string" }),
            Kind::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
            Kind::Word(words) => json!({ "enum": words }),
            Kind::Secret | Kind::SecretUrl => json!({ "oneOf": [
                { "type": "string" },
                { "type": "object", "properties": { "file": { "type": "string" } },
                  "required": ["file"], "additionalProperties": false },
                { "type": "object", "properties": { "env": { "type": "string" } },
                  "required": ["env"], "additionalProperties": false },
            ] }),
        };
        if let Some(object) = property.as_object_mut() {
            object.insert(
                "description".to_owned(),
                json!(format!("{} ({})", setting.about, setting.env_name())),
            );
        }
        let entry = sections
            .entry(section)
            .or_insert_with(|| json!({ "type": "object", "additionalProperties": false, "properties": {} }));
        if let Some(properties) = entry.pointer_mut("/properties").and_then(serde_json::Value::as_object_mut)
        {
            properties.insert(name.to_owned(), property);
        }
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Vestibule configuration",
        "type": "object",
        "additionalProperties": false,
        "properties": sections,
    })
}

/// A configuration file with every setting commented out.
pub fn template() -> String {
    let mut out = String::from("# Process settings. Tenants are configured in the database, not here.\n");
    let mut current = "";
    for setting in SETTINGS {
        let Some((section, name)) = setting.key.split_once('.') else { continue };
        if section != current {
            let _ = write!(out, "\n[{section}]\n");
            current = section;
        }
        let value = setting.default.unwrap_or(match setting.kind {
            Kind::Boolean => "false",
            Kind::Secret | Kind::SecretUrl => "{ file = \"/run/credentials/…\" }",
            Kind::Text | Kind::Integer { .. } | Kind::List | Kind::Word(_) => "\"…\"",
        });
        let _ = writeln!(out, "# {}\n# {name} = {value}", setting.about);
    }
    out
}
