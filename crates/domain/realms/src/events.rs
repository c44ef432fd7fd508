//! What happens to a realm.

use serde_json::json;
use vestibule_kernel::{EventRecord, RealmId};

use crate::{
    picture::PictureSlot,
    realm::{RealmStatus, Slug},
    secret::SecretName,
};

/// Events of the realm aggregate.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds below are the documentation")]
pub enum RealmEvent {
    Created { id: RealmId, slug: Slug },
    Reconfigured { id: RealmId, sections: Vec<&'static str> },
    StatusChanged { id: RealmId, status: RealmStatus },
    Deleted { id: RealmId, slug: Slug },
    PictureSet { slot: PictureSlot, hash: String },
    PictureRemoved { slot: PictureSlot },
    ThemeDrafted,
    ThemeDraftDiscarded,
    ThemePublished { number: i64 },
    ThemeTemplateFailed { template: String, cause: String },
    SecretSet { name: SecretName },
    SecretRemoved { name: SecretName },
    TextsStopped { prefix: String, sent: u64, answered: u64 },
}

impl From<RealmEvent> for EventRecord {
    fn from(event: RealmEvent) -> Self {
        match event {
            RealmEvent::Created { id, slug } => {
                Self::about("realm.created", "realm", id, json!({"slug": slug}))
            }
            RealmEvent::Reconfigured { id, sections } => {
                Self::about("realm.reconfigured", "realm", id, json!({"sections": sections}))
            }
            RealmEvent::StatusChanged { id, status } => {
                Self::about("realm.status_changed", "realm", id, json!({"status": status}))
            }
            RealmEvent::Deleted { id, slug } => {
                Self::about("realm.deleted", "realm", id, json!({"slug": slug}))
            }
            RealmEvent::PictureSet { slot, hash } => {
                Self::about("realm.picture_set", "picture", slot, json!({"hash": hash}))
            }
            RealmEvent::PictureRemoved { slot } => {
                Self::about("realm.picture_removed", "picture", slot, json!({}))
            }
            RealmEvent::ThemeDrafted => Self::plain("theme.drafted", json!({})),
            RealmEvent::ThemeDraftDiscarded => Self::plain("theme.draft_discarded", json!({})),
            RealmEvent::ThemePublished { number } => {
                Self::about("theme.published", "theme", number, json!({}))
            }
            RealmEvent::ThemeTemplateFailed { template, cause } => {
                Self::about("theme.template_failed", "template", template, json!({"cause": cause}))
            }
            RealmEvent::SecretSet { name } => Self::about("realm.secret_set", "secret", name, json!({})),
            RealmEvent::SecretRemoved { name } => {
                Self::about("realm.secret_removed", "secret", name, json!({}))
            }
            RealmEvent::TextsStopped { prefix, sent, answered } => {
                Self::about("sms.stopped", "numbers", prefix, json!({"sent": sent, "answered": answered}))
            }
        }
    }
}
