//! Schemas of what the domain defines (settings, client metadata), read off its defaults: a member that is added there
//! appears here by itself. Knows what a default cannot tell: the type behind a null or an empty list.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, RefOr, Schema,
        schema::{AdditionalProperties, SchemaType, Type},
    },
};
use vestibule_oauth::ClientMetadata;
use vestibule_realms::{RealmSettings, settings::MailServerAccount};

/// Members whose default is null but that are no text.
const NULL_OBJECTS: [&str; 1] = ["jwks"];
const NULL_INTEGERS: [&str; 1] = ["default_max_age"];

/// The schema of a value that is an example of its type.
pub fn infer(name: &str, value: &Value) -> RefOr<Schema> {
    match value {
        Value::Null if NULL_OBJECTS.contains(&name) => nullable(Type::Object),
        Value::Null if name == "server" => mail_server(),
        Value::Null if NULL_INTEGERS.contains(&name) => nullable(Type::Integer),
        Value::Null => nullable(Type::String),
        Value::Bool(_) => ObjectBuilder::new().schema_type(Type::Boolean).default(Some(value.clone())).into(),
        Value::Number(_) => {
            ObjectBuilder::new().schema_type(Type::Integer).default(Some(value.clone())).into()
        }
        Value::String(_) => {
            ObjectBuilder::new().schema_type(Type::String).default(Some(value.clone())).into()
        }
        Value::Array(items) => {
            let item = match (items.first(), name) {
                (Some(first), _) => infer("", first),
                (None, "profile") => infer("", &attribute()),
                (None, _) => ObjectBuilder::new().schema_type(Type::String).into(),
            };
            ArrayBuilder::new().items(item).into()
        }
        Value::Object(members) => object(members).into(),
    }
}

fn object(members: &Map<String, Value>) -> ObjectBuilder {
    let object = ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    members.iter().fold(object, |object, (member, value)| object.property(member, infer(member, value)))
}

fn nullable(kind: Type) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null])).into()
}

/// A profile attribute, since the default schema has none.
fn attribute() -> Value {
    json!({
        "name": "plan", "type": "text", "required": false, "max_length": 200, "options": ["free"],
        "scope": null,
    })
}

/// A realm's account with a mail server, since the default settings have none.
fn mail_server() -> RefOr<Schema> {
    let least = json!({"host": "mail.acme.example"});
    let example = serde_json::from_value::<MailServerAccount>(least).and_then(serde_json::to_value);
    object(example.unwrap_or_default().as_object().unwrap_or(&Map::new()))
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .property("host", ObjectBuilder::new().schema_type(Type::String))
        .description(Some("Needs `host`; null: the mail server of the installation."))
        .into()
}

/// The settings of a realm.
pub struct SettingsSchema;

impl PartialSchema for SettingsSchema {
    fn schema() -> RefOr<Schema> {
        infer("", &settings_example())
    }
}

impl ToSchema for SettingsSchema {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RealmSettings")
    }
}

/// The default settings.
pub fn settings_example() -> Value {
    serde_json::to_value(RealmSettings::default()).unwrap_or_default()
}

/// The metadata of a client.
pub struct MetadataSchema;

impl PartialSchema for MetadataSchema {
    fn schema() -> RefOr<Schema> {
        infer("", &metadata_example())
    }
}

impl ToSchema for MetadataSchema {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ClientMetadata")
    }
}

/// The default metadata.
pub fn metadata_example() -> Value {
    serde_json::to_value(ClientMetadata::default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_null_by_default_has_the_type_of_what_it_may_be() {
        let schema = serde_json::to_value(SettingsSchema::schema()).unwrap();
        let mail = &schema["properties"]["mail"]["properties"];
        assert_eq!(mail["sender"]["type"], json!(["string", "null"]));
        let server = &mail["server"];
        assert_eq!(server["type"], json!(["object", "null"]));
        let members: BTreeSet<&str> =
            server["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, BTreeSet::from(["host", "port", "tls", "username", "secret"]));
        assert_eq!(server["properties"]["username"]["type"], json!(["string", "null"]));
        assert_eq!(server["properties"]["port"]["default"], 587);
        assert_eq!(server["properties"]["host"].get("default"), None);
    }
}
