//! The pages of becoming a user, and of saying more about oneself later.

use serde::Serialize;

use super::{
    AppView, Form,
    methods::{PasswordHints, ProfileField, Provider, TermsDocument},
};
use crate::{message::FieldError, pages::View};

/// A new account. `action=sign_up` with the fields, `password` and `terms` (value `accepted`); `action=restart` to
/// sign in instead; providers by `action=federate`.
#[derive(Debug, Clone, Serialize)]
pub struct SignUpPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The provider somebody comes from, whose account is connected to the new one.
    pub connects: Option<String>,
    /// Providers.
    pub providers: Vec<Provider>,
    /// Identifiers and profile, in order.
    pub fields: Vec<ProfileField>,
    /// What a password must be; `None`: none is asked.
    pub password: Option<PasswordHints>,
    /// Whether a password may be left out, for those who prefer a passkey or a code.
    pub password_optional: bool,
    /// Whether an address or a number will do, so that one of the two fields is left empty.
    pub one_contact: bool,
    /// Whether the terms were accepted in a form that was refused for something else.
    pub terms_accepted: bool,
    /// Documents to agree to.
    pub terms: Vec<TermsDocument>,
    /// What was wrong: names of fields, `password`, `terms`.
    pub errors: Vec<FieldError>,
}

impl View for SignUpPage {
    const TEMPLATE: &'static str = "sign_up.html";
}

/// What the profile lacks, asked for at a later sign-in. `action=save_profile` with the fields; `action=skip` where they
/// may be left; `action=restart` for another account.
#[derive(Debug, Clone, Serialize)]
pub struct CompleteProfilePage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// What is asked for, in order; a few.
    pub fields: Vec<ProfileField>,
    /// Whether all of it may be left for another day.
    pub skippable: bool,
    /// What was wrong: names of fields.
    pub errors: Vec<FieldError>,
}

impl View for CompleteProfilePage {
    const TEMPLATE: &'static str = "complete_profile.html";
}
