//! Pages of getting back in, of a new password, and of binding new authenticators on the way.

use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::{
    AppView, Form,
    methods::{OtherMethod, PasswordHints},
};
use crate::{
    message::{FieldError, Message},
    pages::View,
};

/// Which account? `action=recover` with `username`; `action=restart`.
#[derive(Debug, Clone, Serialize)]
pub struct RecoverPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The label of the field, by the kinds of identifier the realm accepts.
    pub label: Message,
    /// See [`super::IdentifyPage::inputmode`].
    pub inputmode: &'static str,
    /// What was typed already.
    pub username: String,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}

impl View for RecoverPage {
    const TEMPLATE: &'static str = "recover.html";
}

/// A new password, typed once. `action=new_password` with `password`.
#[derive(Debug, Clone, Serialize)]
pub struct NewPasswordPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The account, for managers.
    pub username: String,
    /// What it must be.
    pub hints: PasswordHints,
    /// Whether it ends the other sessions, which the page then says.
    pub ends_sessions: bool,
    /// Why: recovery, a leak, an administrator.
    pub reason: Option<Message>,
    /// What was wrong: field `password`.
    pub errors: Vec<FieldError>,
}

impl View for NewPasswordPage {
    const TEMPLATE: &'static str = "new_password.html";
}

/// Which second step to set up? `action=begin` with `method`.
#[derive(Debug, Clone, Serialize)]
pub struct ChooseEnrolmentPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// Why.
    pub reason: Message,
    /// What can be set up, the recommended one first.
    pub methods: Vec<OtherMethod>,
    /// The phone number, as typed.
    pub phone: String,
    /// What was wrong: field `phone`.
    pub errors: Vec<FieldError>,
}

impl View for ChooseEnrolmentPage {
    const TEMPLATE: &'static str = "choose_enrolment.html";
}

/// A new authenticator app. `action=answer` with `code`.
#[derive(Debug, Clone, Serialize)]
pub struct EnrolTotpPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The `otpauth:` address: becomes the QR code and a link for this device.
    pub otpauth: String,
    /// The secret in groups of four, to type.
    pub manual_key: String,
    /// Why it is asked.
    pub reason: Option<Message>,
    /// What was wrong: field `code`.
    pub errors: Vec<FieldError>,
}

impl View for EnrolTotpPage {
    const TEMPLATE: &'static str = "enrol_totp.html";
}

/// A new passkey. `action=passkey` with `credential`.
#[derive(Debug, Clone, Serialize)]
pub struct EnrolPasskeyPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// Options of a WebAuthn creation, for the page's script.
    pub options: Value,
    /// Whether it can be left: `action=skip`.
    pub offered: bool,
    /// Whether the person asked for it, in their account.
    pub wanted: bool,
    /// Why it is asked.
    pub reason: Option<Message>,
    /// What was wrong: field `credential`.
    pub errors: Vec<FieldError>,
}

impl View for EnrolPasskeyPage {
    const TEMPLATE: &'static str = "enrol_passkey.html";
}

/// A new security key. `action=passkey` with `credential`, something else by `action=begin` with `method`.
#[derive(Debug, Clone, Serialize)]
pub struct EnrolSecurityKeyPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// Options of a WebAuthn creation, for the page's script.
    pub options: Value,
    /// What can be set up instead.
    pub methods: Vec<OtherMethod>,
    /// What was wrong: field `passkey-submit`.
    pub errors: Vec<FieldError>,
}

impl View for EnrolSecurityKeyPage {
    const TEMPLATE: &'static str = "enrol_security_key.html";
}

/// A set of recovery codes, as page and as file.
#[derive(Debug, Clone, Serialize)]
pub struct RecoveryCodes {
    codes: Vec<String>,
    file: String,
}

impl RecoveryCodes {
    /// The codes. `realm` and `account` name the file's content, so that it is of use years later.
    pub fn new(codes: Vec<String>, realm: &str, account: &str) -> Self {
        let text = format!("{realm} – {account}\n\n{}\n", codes.join("\n"));
        // A form's encoding but for its blank, which is `+` there and only there.
        let encoded = byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let file = format!("data:text/plain;charset=utf-8,{encoded}");
        Self { codes, file }
    }
}

/// New recovery codes, shown once. `action=saved` with the box `saved` ticked.
#[derive(Debug, Clone, Serialize)]
pub struct RecoveryCodesPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The codes.
    pub codes: RecoveryCodes,
    /// What was wrong: field `saved`.
    pub errors: Vec<FieldError>,
}

impl View for RecoveryCodesPage {
    const TEMPLATE: &'static str = "recovery_codes.html";
}
