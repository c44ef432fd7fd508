//! Pages of becoming a user, and of what a realm still wants to know of one.

use serde::Serialize;

use super::{
    AppView, Form,
    methods::{PasswordHints, ProfileField, TermsDocument, Ways},
};
use crate::{
    message::{FieldError, Message},
    pages::View,
};

/// A new account. `action=sign_up` with the fields, `password` and `terms` (value `accepted`); `action=restart` to
/// sign in instead; providers by `action=federate`.
#[derive(Debug, Clone, Serialize)]
pub struct SignUpPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// Identifiers and profile, in order.
    pub fields: Vec<ProfileField>,
    /// What a password must be; `None`: none is asked.
    pub password: Option<PasswordHints>,
    /// Whether a password may be left out, for those who prefer a passkey or a code.
    pub password_optional: bool,
    /// Documents to agree to.
    pub terms: Vec<TermsDocument>,
    /// Who invited them, or that an invitation is needed.
    pub invitation: Option<Message>,
    /// Providers.
    pub ways: Ways,
    /// What was wrong: names of fields, `password`, `terms`.
    pub errors: Vec<FieldError>,
}

impl View for SignUpPage {
    const TEMPLATE: &'static str = "sign_up.html";
}

/// Missing fields of a profile. `action=profile` with the fields; `action=skip` where allowed.
#[derive(Debug, Clone, Serialize)]
pub struct ProfilePage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The fields.
    pub fields: Vec<ProfileField>,
    /// Whether it can wait.
    pub skip: bool,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

impl View for ProfilePage {
    const TEMPLATE: &'static str = "profile.html";
}

/// Documents to agree to, new or changed. `action=accept`, `action=decline`.
#[derive(Debug, Clone, Serialize)]
pub struct TermsPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The documents.
    pub documents: Vec<TermsDocument>,
    /// Whether the person agreed to earlier versions.
    pub changed: bool,
    /// What was wrong: field `terms`.
    pub errors: Vec<FieldError>,
}

impl View for TermsPage {
    const TEMPLATE: &'static str = "terms.html";
}
