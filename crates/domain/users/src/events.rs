//! What happens to a user.

use serde_json::json;
use vestibule_kernel::{EventRecord, ExportId, UserId};

use crate::user::UserStatus;

/// Events of the user aggregate.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds below are the documentation")]
pub enum UserEvent {
    Created {
        id: UserId,
    },
    Updated {
        id: UserId,
        fields: Vec<&'static str>,
    },
    StatusChanged {
        id: UserId,
        from: UserStatus,
        to: UserStatus,
        reason: Option<String>,
    },
    Deleted {
        id: UserId,
    },
    /// `to` is masked.
    Invited {
        to: String,
    },
    ExportRequested {
        id: UserId,
        export: ExportId,
    },
    ExportReady {
        id: UserId,
        export: ExportId,
    },
    Exported {
        id: UserId,
        export: ExportId,
    },
}

impl From<UserEvent> for EventRecord {
    fn from(event: UserEvent) -> Self {
        match event {
            UserEvent::Created { id } => Self::about("user.created", "user", id, json!({})),
            UserEvent::Updated { id, fields } => {
                Self::about("user.updated", "user", id, json!({"fields": fields}))
            }
            UserEvent::StatusChanged { id, from, to, reason } => Self::about(
                "user.status_changed",
                "user",
                id,
                json!({"from": from, "to": to, "reason": reason}),
            ),
            UserEvent::Deleted { id } => Self::about("user.deleted", "user", id, json!({})),
            UserEvent::Invited { to } => Self::plain("user.invited", json!({"to": to})),
            UserEvent::ExportRequested { id, export } => {
                Self::about("user.export_requested", "user", id, json!({"export": export}))
            }
            UserEvent::ExportReady { id, export } => {
                Self::about("user.export_ready", "user", id, json!({"export": export}))
            }
            UserEvent::Exported { id, export } => {
                Self::about("user.exported", "user", id, json!({"export": export}))
            }
        }
    }
}
