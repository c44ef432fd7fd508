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
pub(super) fn typed(settings: &RealmSettings, name: &str, text: &str) -> Value {
    match settings.profile.iter().find(|attribute| attribute.name == name).map(|attribute| attribute.kind) {
        Some(AttributeType::Integer) => text
            .trim()
            .parse::<i64>()
            .map_or_else(|_text: std::num::ParseIntError| Value::from(text), Value::from),
        Some(AttributeType::Boolean) => Value::Bool(text == "true" || text == "on"),
        Some(AttributeType::Text | AttributeType::Date) | None => Value::from(text.trim()),
    }
}

/// The fields that sign-up asks for: those the realm lists, then its own required ones.
pub(super) fn asked(settings: &RealmSettings, typed: &dyn Fn(&str) -> String) -> Vec<ProfileField> {
    let own = |name: &str| settings.profile.iter().find(|attribute| attribute.name == name);
    let mut names: Vec<&str> = settings.sign_up.fields.iter().map(String::as_str).collect();
    let required = settings.profile.iter().filter(|attribute| attribute.required);
    for attribute in required {
        if !names.contains(&attribute.name.as_str()) {
            names.push(&attribute.name);
        }
    }
    names
        .into_iter()
        .map(|name| {
            let field = format!("profile.{name}");
            let value = typed(&field);
            match own(name) {
                Some(attribute) => of_attribute(attribute, field, value),
                None => standard(name, field, value),
            }
        })
        .collect()
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
                .map(|option| (option.clone(), Words::Text(option.clone())))
                .collect(),
        },
        AttributeType::Integer => FieldType::Integer { min: None, max: None },
        AttributeType::Boolean => FieldType::Boolean,
        AttributeType::Date => FieldType::Date { min: None, max: None },
    };
    ProfileField {
        name,
        label: Words::Text(attribute.name.replace('_', " ")),
        hint: None,
        kind,
        required: attribute.required,
        value,
        autocomplete: "off",
    }
}

/// A standard claim of OpenID Connect.
fn standard(claim: &str, name: String, value: String) -> ProfileField {
    let text = |max_length| FieldType::Text { max_length };
    let (label, kind, autocomplete) = match claim {
        "name" => (Some("field-name"), text(200), "name"),
        "given_name" => (Some("field-given-name"), text(100), "given-name"),
        "family_name" => (Some("field-family-name"), text(100), "family-name"),
        "nickname" => (None, text(100), "nickname"),
        "birthdate" => (Some("field-birthdate"), FieldType::Date { min: None, max: None }, "bday"),
        "website" => (None, text(2_000), "url"),
        _ => (None, text(100), "off"),
    };
    let label =
        label.map_or_else(|| Words::Text(claim.replace('_', " ")), |key| Words::Message(Message::new(key)));
    ProfileField { name, label, hint: None, kind, required: false, value, autocomplete }
}

/// A contact or user name that is asked for.
pub(super) fn contact(
    name: &'static str,
    label: &'static str,
    kind: FieldType,
    required: bool,
    value: String,
) -> ProfileField {
    let autocomplete = match name {
        "email" => "email",
        "phone" => "tel",
        _ => "username",
    };
    let hint = (name == "phone").then(|| Words::Message(Message::new("field-phone-hint")));
    ProfileField {
        name: name.to_owned(),
        label: Words::Message(Message::new(label)),
        hint,
        kind,
        required,
        value,
        autocomplete,
    }
}
