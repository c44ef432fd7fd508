//! Fields of a profile on a form: which, of what type, with which words; and a form's text as a typed value.

use serde_json::Value;
use vestibule_realms::{
    RealmSettings,
    settings::{AttributeType, ProfileAttribute},
};
use vestibule_templates::{
    Message,
    views::{FieldType, ProfileField, Words},
};

/// The value that a form's text stands for; text where the realm has no such attribute, which is refused later.
pub(crate) fn typed(settings: &RealmSettings, name: &str, text: &str) -> Value {
    match settings.profile.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.kind) {
        Some(AttributeType::Integer) => text
            .trim()
            .parse::<i64>()
            .map_or_else(|_text: std::num::ParseIntError| Value::from(text), Value::from),
        Some(AttributeType::Boolean) => Value::Bool(text == "true" || text == "on"),
        Some(AttributeType::Text | AttributeType::Date) | None => Value::from(text.trim()),
    }
}

/// A value as a field shows it.
pub(crate) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the attribute is a box to tick, of which a form says nothing when it is not ticked.
pub(crate) fn is_box(settings: &RealmSettings, name: &str) -> bool {
    let of_name = |attribute: &&ProfileAttribute| attribute.name == name;
    settings.profile.iter().find(of_name).is_some_and(|attribute| attribute.kind == AttributeType::Boolean)
}

/// The profile that sign-up asks for, as fields.
pub(super) fn asked(settings: &RealmSettings, typed: &dyn Fn(&str) -> String) -> Vec<ProfileField> {
    fields(settings, &settings.sign_up_fields(), typed)
}

/// Attributes by name, as fields.
pub(crate) fn fields(
    settings: &RealmSettings,
    names: &[&str],
    typed: &dyn Fn(&str) -> String,
) -> Vec<ProfileField> {
    let of = |name: &&str| {
        let field = format!("profile.{name}");
        let value = typed(&field);
        match settings.profile.iter().find(|attribute| attribute.name == **name) {
            Some(attribute) => of_attribute(attribute, field, value),
            None => standard(name, field, value),
        }
    };
    names.iter().map(of).collect()
}

fn of_attribute(attribute: &ProfileAttribute, name: String, value: String) -> ProfileField {
    let kind = match attribute.kind {
        AttributeType::Text if attribute.options.is_empty() => {
            FieldType::Text { max_length: u32::try_from(attribute.max_length).unwrap_or(u32::MAX) }
        }
        AttributeType::Text => FieldType::Select {
            options: attribute
                .options
                .iter()
                .map(|option| (option.clone(), Words::of_option(&attribute.name, option)))
                .collect(),
        },
        AttributeType::Integer => FieldType::Integer,
        AttributeType::Boolean => FieldType::Boolean,
        AttributeType::Date => FieldType::Date,
    };
    ProfileField {
        name,
        label: Words::of_attribute(&attribute.name),
        kind,
        required: attribute.required,
        value,
        autocomplete: "off",
    }
}

/// A standard claim of OpenID Connect.
fn standard(claim: &str, name: String, value: String) -> ProfileField {
    let text = |max_length| FieldType::Text { max_length };
    let (kind, autocomplete) = match claim {
        "name" => (text(200), "name"),
        "given_name" => (text(100), "given-name"),
        "middle_name" => (text(100), "additional-name"),
        "family_name" => (text(100), "family-name"),
        "nickname" => (text(100), "nickname"),
        "birthdate" => (FieldType::Date, "bday"),
        "gender" => (text(100), "sex"),
        "website" => (text(2_000), "url"),
        "profile" => (text(2_000), "off"),
        "picture" => (text(2_000), "photo"),
        _ => (text(100), "off"),
    };
    let label = Words::of_attribute(claim);
    ProfileField { name, label, kind, required: false, value, autocomplete }
}

/// An address, a number or a user name that is asked for.
pub(super) fn identifier(name: &'static str, kind: FieldType, value: String) -> ProfileField {
    let (label, autocomplete) = match name {
        "email" => ("field-email", "email"),
        "phone" => ("phone-label", "tel"),
        _ => ("field-username", "username"),
    };
    ProfileField {
        name: name.to_owned(),
        label: Words::Message(Message::new(label)),
        kind,
        required: true,
        value,
        autocomplete,
    }
}
