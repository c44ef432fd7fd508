//! As whom a realm writes mail.

use serde::{Deserialize, Serialize};
use vestibule_kernel::contact::Email;

/// The sender of a realm's mail. Addresses are typed, so no setting can add a header.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSender {
    /// The name people see; empty means the display name.
    pub sender_name: String,
    /// The address mail comes from, if its domain is one the installation sends for (`mail.sender_domains`); else
    /// mail comes from the installation's address and this one gets the answers.
    pub sender: Option<Email>,
    /// Where answers go.
    pub reply_to: Option<Email>,
    /// Whether mails show the uploaded logo, if it is a raster picture: programs that read mail show no other. It is
    /// fetched from the realm's host when the mail is read, which some readers do not want; without it the name stands
    /// there as text.
    pub show_logo: bool,
}
