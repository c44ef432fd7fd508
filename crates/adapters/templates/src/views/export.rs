//! The page in a copy of somebody's data: read from a disk, without the server and its stylesheet.

use serde::Serialize;
use vestibule_realms::theme::Colors;

use super::{ActivityItem, ConnectedItem, When, Words};
use crate::{message::Message, pages::View};

/// A value that a person knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum ExportValue {
    /// A day.
    Day(When),
    /// Anything else.
    Words(Words),
}

/// An address or a number of the account.
#[derive(Debug, Clone, Serialize)]
pub struct ExportContact {
    /// As it is written.
    pub value: String,
    /// Whether it is the main one.
    pub primary: bool,
    /// When it was proven.
    pub verified: Option<When>,
}

/// Something that signs the person in.
#[derive(Debug, Clone, Serialize)]
pub struct ExportFactor {
    /// Its kind, one of the family of words `factor`.
    pub kind: &'static str,
    /// The person's name for it.
    pub label: Option<String>,
    /// When it was added.
    pub since: When,
    /// When it last proved something.
    pub last_used: Option<When>,
}

/// A browser that is signed in, or trusted.
#[derive(Debug, Clone, Serialize)]
pub struct ExportDevice {
    /// The browser and system.
    pub name: Message,
    /// The address it came from.
    pub ip: Option<String>,
    /// Since when.
    pub since: When,
    /// When it was last used.
    pub last_used: When,
    /// Until when it is trusted.
    pub until: Option<When>,
}

/// An account at a provider.
#[derive(Debug, Clone, Serialize)]
pub struct ExportIdentity {
    /// The provider's name; none: its connection was deleted since.
    pub provider: Option<String>,
    /// What it told, each with its name.
    pub told: Vec<(Words, ExportValue)>,
    /// Since when.
    pub since: When,
    /// When it last signed in.
    pub last_used: When,
}

/// Everything that is kept about a person and says something to them.
#[derive(Debug, Clone, Serialize)]
pub struct ExportPage {
    /// The realm's name.
    pub realm: String,
    /// Its colours where it is light.
    pub light: Colors,
    /// Its colours where it is dark.
    pub dark: Colors,
    /// Whose data.
    pub name: String,
    /// The id of the account, the `sub` of tokens.
    pub number: String,
    /// When it was collected.
    pub made: When,
    /// The user name.
    pub username: Option<String>,
    /// The language of the account, as it calls itself.
    pub spoken: Option<String>,
    /// When the account was made.
    pub since: When,
    /// When it last changed.
    pub changed: When,
    /// Addresses.
    pub emails: Vec<ExportContact>,
    /// Numbers.
    pub phones: Vec<ExportContact>,
    /// The profile: names and values.
    pub profile: Vec<(Words, ExportValue)>,
    /// How many values of applications are in the files only.
    pub more_values: usize,
    /// Ways to sign in.
    pub factors: Vec<ExportFactor>,
    /// Sessions.
    pub sessions: Vec<ExportDevice>,
    /// Trusted browsers.
    pub trusted: Vec<ExportDevice>,
    /// Applications with access.
    pub apps: Vec<ConnectedItem>,
    /// Accounts elsewhere.
    pub linked: Vec<ExportIdentity>,
    /// What happened, the newest first.
    pub activity: Vec<ActivityItem>,
    /// How many entries say nothing to people, and are in the files only.
    pub more_entries: usize,
}

impl View for ExportPage {
    const TEMPLATE: &'static str = "export.html";
}
