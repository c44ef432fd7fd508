//! Schemas of what the domain defines (settings, client metadata), read off its defaults: a member that is added there
//! appears here by itself. Knows what a default cannot tell: the type behind a null or an empty list.

use std::borrow::Cow;

use serde_json::{Value, json};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, RefOr, Schema,
        schema::{AdditionalProperties, SchemaType, Type},
    },
};
use vestibule_oauth::ClientMetadata;
use vestibule_realms::RealmSettings;

/// Members whose default is null but that are no text.
const NULL_OBJECTS: [&str; 1] = ["jwks"];
const NULL_INTEGERS: [&str; 1] = ["default_max_age"];

/// The schema of a value that is an example of its type.
pub fn infer(name: &str, value: &Value) -> RefOr<Schema> {
    match value {
        Value::Null if NULL_OBJECTS.contains(&name) => nullable(Type::Object),
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
        Value::Object(members) => {
            let object = ObjectBuilder::new()
                .schema_type(Type::Object)
                .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
            members
                .iter()
                .fold(object, |object, (member, value)| object.property(member, infer(member, value)))
                .into()
        }
    }
}

fn nullable(kind: Type) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null])).into()
}

/// A profile attribute, since the default schema has none.
fn attribute() -> Value {
    json!({
        "name": "plan", "type": "text", "required": false, "max_length": 200, "options": ["free"],
        "scope": "profile",
    })
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
