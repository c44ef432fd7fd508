//! Ports that only use cases need.

use serde_json::{Map, Value};
use vestibule_kernel::ports::Mail;
use vestibule_storage::jobs::MessageKind;
use vestibule_users::User;

use crate::snapshot::RealmSnapshot;

/// Why a message could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The user has no address.
    #[error("the user has no e-mail address")]
    NoAddress,
    /// The template failed; a bug, told by name only.
    #[error("the template {0} could not be rendered")]
    Template(String),
}

/// Turns a message kind and plain values into a mail in the realm's look and the user's language.
pub trait MessageRenderer: Send + Sync {
    /// Makes the mail. `message_id` is stable over retries.
    ///
    /// # Errors
    /// No address, or a template that fails.
    fn render(
        &self,
        realm: &RealmSnapshot,
        user: &User,
        kind: MessageKind,
        data: &Map<String, Value>,
        message_id: String,
    ) -> Result<Mail, RenderError>;
}
