//! Pages above realms: errors and the first operator.

use serde::Serialize;

use crate::{
    message::{FieldError, Message},
    pages::View,
};

/// An error: what happened, what to do, and the reference id to quote.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorPage {
    /// The status of the answer.
    pub status: u16,
    /// The stable machine-readable code.
    pub code: String,
    /// One stable sentence; also the heading.
    pub sentence: Message,
    /// What to do.
    pub advice: Option<Message>,
    /// What an application did wrong, in a sentence for those who run it.
    pub detail: Option<Message>,
    /// The same where there is no sentence for it, in the English of its developers.
    pub fault: Option<String>,
    /// When it happened, RFC 3339 in UTC.
    pub time: String,
    /// A link to start again, with its text's key.
    pub action: Option<(String, Message)>,
    /// Details for developers; only in developer mode.
    pub developer: Option<String>,
}

impl View for ErrorPage {
    const TEMPLATE: &'static str = "error.html";
}

/// The form of the first operator. Field ids: `username`, `name`, `password`, `submit`.
#[derive(Debug, Clone, Serialize)]
pub struct SetupPage {
    /// Where the form goes.
    pub action: String,
    /// The CSRF token.
    pub csrf: String,
    /// The address typed.
    pub email: String,
    /// The name typed.
    pub name: String,
    /// Least characters of the password.
    pub min_length: u64,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

impl View for SetupPage {
    const TEMPLATE: &'static str = "setup.html";
}

/// The first operator exists.
#[derive(Debug, Clone, Serialize)]
pub struct SetupDonePage {
    /// Their address.
    pub email: String,
    /// Where to sign in.
    pub sign_in: String,
}

impl View for SetupDonePage {
    const TEMPLATE: &'static str = "setup_done.html";
}
