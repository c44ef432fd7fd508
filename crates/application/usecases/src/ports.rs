//! Ports that only use cases need.

use serde_json::{Map, Value};
use vestibule_kernel::{
    contact::{Email, Locale},
    ports::Mail,
};
use vestibule_storage::jobs::{MessageKind, SmsKind};

use crate::{account::archive::data::PersonalData, snapshot::RealmSnapshot};

/// Whom a mail is for. The address is a stored one or one that is being proved, never an unchecked field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// The address.
    pub to: Email,
    /// The name they go by, if they gave one; shown only where it cannot be taken for an address.
    pub name: Option<String>,
    /// Their language; none: the realm's.
    pub locale: Option<Locale>,
}

/// Why a message could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The template failed; a bug, told by name only.
    #[error("the template {0} could not be rendered")]
    Template(String),
    /// A link that does not lead to the realm's own issuer; told by the name of the value.
    #[error("{0} leads away from the realm's issuer")]
    ForeignLink(String),
}

/// Turns what leaves for a person into words, in the realm's look and their language: mails, text messages, and the page in
/// a copy of their data, which is a message to them as well.
pub trait MessageRenderer: Send + Sync {
    /// Makes a mail. `message_id` is stable over retries. Values whose name ends in `link` must be addresses below the
    /// realm's issuer.
    ///
    /// # Errors
    /// A link that leads elsewhere, or a template that fails.
    fn render(
        &self,
        realm: &RealmSnapshot,
        recipient: &Recipient,
        kind: MessageKind,
        data: &Map<String, Value>,
        message_id: String,
    ) -> Result<Mail, RenderError>;

    /// Makes a text message: short, and with the origin-bound line that lets a phone fill in the code
    /// (<https://wicg.github.io/sms-one-time-codes/>).
    ///
    /// # Errors
    /// A text that fails.
    fn render_sms(
        &self,
        realm: &RealmSnapshot,
        locale: Option<&Locale>,
        kind: SmsKind,
        data: &Map<String, Value>,
    ) -> Result<String, RenderError>;

    /// Makes the page of a copy of somebody's data: one HTML file without scripts that needs nothing beside it.
    ///
    /// # Errors
    /// The template failed.
    fn render_personal_data(
        &self,
        realm: &RealmSnapshot,
        locale: Option<&Locale>,
        data: &PersonalData,
    ) -> Result<String, RenderError>;
}
