//! The profile schema of a realm, as the rules that profile values are checked against.

use vestibule_realms::{
    RealmSettings,
    settings::{AttributeType, ProfileAttribute},
};
use vestibule_users::profile::{AttributeRule, ValueKind};

/// The rules for a realm's own attributes.
pub fn profile_rules(settings: &RealmSettings) -> Vec<AttributeRule> {
    settings
        .profile
        .iter()
        .map(|attribute| AttributeRule {
            name: attribute.name.clone(),
            kind: kind(attribute),
            required: attribute.required,
        })
        .collect()
}

fn kind(attribute: &ProfileAttribute) -> ValueKind {
    match attribute.kind {
        AttributeType::Text if attribute.options.is_empty() => {
            ValueKind::Text(usize::try_from(attribute.max_length).unwrap_or(usize::MAX))
        }
        AttributeType::Text => ValueKind::OneOf(attribute.options.clone()),
        AttributeType::Integer => ValueKind::Integer,
        AttributeType::Boolean => ValueKind::Boolean,
        AttributeType::Date => ValueKind::Date,
    }
}
