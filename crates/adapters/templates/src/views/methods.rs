//! Parts of pages about ways to sign in: methods, providers, codes, passkeys, fields of a profile.

use serde::Serialize;
use serde_json::Value;

use super::{AppView, Form};
use crate::{
    message::{FieldError, Message},
    pages::View,
};

/// Words on a page: a sentence of the catalogue, or text that the realm wrote itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Words {
    /// By key, in the language of the page.
    Message(Message),
    /// By a key that the realm's copy may have; otherwise as it is.
    Named {
        /// Such as `attribute-plan`.
        key: String,
        /// What is said where the realm has no words of its own.
        otherwise: String,
    },
    /// As it is.
    Text(String),
}

impl Words {
    /// What an attribute is called: a standard claim as we say it, one of the realm's own as the realm's copy says it.
    pub fn of_attribute(name: &str) -> Self {
        let key = match name {
            "name" => "field-name",
            "given_name" => "field-given-name",
            "middle_name" => "field-middle-name",
            "family_name" => "field-family-name",
            "nickname" => "field-nickname",
            "preferred_username" => "field-preferred-username",
            "profile" => "field-profile",
            "picture" => "field-picture",
            "website" => "field-website",
            "gender" => "field-gender",
            "birthdate" => "field-birthdate",
            "zoneinfo" => "field-zoneinfo",
            _ => return Self::named(name, &name.replace('_', " ")),
        };
        Self::Message(Message::new(key))
    }

    /// What one of the permitted texts of an attribute is called.
    pub fn of_option(attribute: &str, option: &str) -> Self {
        Self::named(&format!("{attribute}-{option}"), option)
    }

    fn named(name: &str, otherwise: &str) -> Self {
        Self::Named { key: format!("attribute-{name}"), otherwise: otherwise.to_owned() }
    }
}

impl From<Message> for Words {
    fn from(message: Message) -> Self {
        Self::Message(message)
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A method to go on with instead: a button `action=begin` with the field `method`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherMethod {
    /// The method's name, posted as it is.
    pub method: String,
    /// What the button says.
    pub label: Message,
    /// An icon of the theme.
    pub icon: &'static str,
    /// Where a code would go, masked; only once the person has proved something.
    pub detail: Option<String>,
    /// One sentence more, where somebody chooses what to set up.
    pub note: Option<Message>,
    /// Whether this browser used it last.
    pub last_used: bool,
}

impl OtherMethod {
    /// The button of a method, by the method's name; an unknown name gets a neutral text.
    pub fn of(method: &str) -> Self {
        let (label, icon) = match method {
            "password" => (Message::new("method-password"), "password"),
            "email_code" => (Message::new("method-email-code"), "mail"),
            "phone_code" => (Message::new("method-phone-code"), "phone"),
            "passkey" => (Message::new("method-passkey"), "passkey"),
            "security_key" => (Message::new("method-security-key"), "key"),
            "totp" => (Message::new("method-totp"), "app"),
            "recovery_code" => (Message::new("method-recovery-code"), "recovery"),
            other => (Message::new("method-other").with("method", other), "sign-in"),
        };
        Self { method: method.to_owned(), label, icon, detail: None, note: None, last_used: false }
    }

    /// The button that sets the method up.
    pub fn enrol(method: &str) -> Self {
        let texts = match method {
            "passkey" => Some(("enrol-passkey-button", "enrol-passkey-note")),
            "security_key" => Some(("enrol-security-key-button", "enrol-security-key-note")),
            "totp" => Some(("enrol-totp-button", "enrol-totp-note")),
            "phone_code" => Some(("enrol-phone-button", "enrol-phone-note")),
            _ => None,
        };
        let plain = Self::of(method);
        match texts {
            Some((label, note)) => {
                Self { label: Message::new(label), note: Some(Message::new(note)), ..plain }
            }
            None => plain,
        }
    }

    /// With the masked address or number.
    #[must_use]
    pub fn detail(mut self, detail: Option<String>) -> Self {
        self.detail = detail;
        self
    }

    /// Marked as the one this browser used last.
    #[must_use]
    pub const fn last_used(mut self, last_used: bool) -> Self {
        self.last_used = last_used;
        self
    }
}

/// An upstream provider: a button `action=federate` with the field `connection`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provider {
    /// The connection's key, posted as it is.
    pub key: String,
    /// The provider's name.
    pub name: String,
    /// Whether this browser used it last.
    pub last_used: bool,
}

/// The ways on from a page beside its own form.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Ways {
    /// Other methods, in the realm's order.
    pub methods: Vec<OtherMethod>,
    /// Providers, in the realm's order.
    pub providers: Vec<Provider>,
    /// Options of a WebAuthn request for autofill, and the button with it: `action=passkey` with `credential`.
    pub passkey: Option<Value>,
    /// Whether this browser used one last.
    pub passkey_last_used: bool,
    /// Whether an account can be created: `action=sign_up`.
    pub sign_up: bool,
    /// Whether a password can be recovered: `action=recover`.
    pub recover: bool,
}

/// How the password field of the first page is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordField {
    /// Not at all: the realm has no passwords.
    Absent,
    /// For password managers only.
    #[default]
    Hidden,
    /// For everybody.
    Shown,
}

/// What a new password must be, in words on the page and as attributes for managers.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PasswordHints {
    /// Least characters.
    pub min_length: u64,
    /// Whether passwords known from leaks are refused.
    pub leaks_refused: bool,
}

/// The words of a page that asks for a code.
#[derive(Debug, Clone, Serialize)]
pub struct CodeText {
    /// The kind, a stable word for styles and tests.
    pub kind: &'static str,
    /// The heading.
    pub title: Message,
    /// Where the code is to be found.
    pub lead: Message,
    /// What else to know: lifetimes, links.
    pub hint: Option<Message>,
    /// An icon of the theme.
    pub icon: &'static str,
    /// Digits only, of this many; `None`: letters too.
    pub digits: Option<u8>,
}

impl CodeText {
    /// A code (and a link, if `link`) mailed to sign in. `sent_to` is masked.
    pub fn email_code(sent_to: &str, digits: u8, link: bool) -> Self {
        let hint = if link { "email-code-hint-link" } else { "email-code-hint" };
        Self {
            kind: "email_code",
            title: Message::new("email-code-title"),
            lead: Message::new("email-code-lead").with("to", sent_to),
            hint: Some(Message::new(hint)),
            icon: "mail",
            digits: Some(digits),
        }
    }

    /// A code texted to a phone. `sent_to` is masked.
    pub fn phone_code(sent_to: &str, digits: u8) -> Self {
        Self {
            kind: "phone_code",
            title: Message::new("phone-code-title"),
            lead: Message::new("phone-code-lead").with("to", sent_to),
            hint: Some(Message::new("phone-code-hint")),
            icon: "phone",
            digits: Some(digits),
        }
    }

    /// A code texted to the phone of an account that was named by something else. Says nothing about whether there is
    /// such an account, or such a number.
    pub fn phone_of_account(identifier: &str, digits: u8) -> Self {
        let lead = Message::new("phone-code-lead-account").with("to", identifier);
        Self { lead, ..Self::phone_code(identifier, digits) }
    }

    /// The code of an authenticator app.
    pub fn totp(digits: u8) -> Self {
        Self {
            kind: "totp",
            title: Message::new("totp-title"),
            lead: Message::new("totp-lead"),
            hint: None,
            icon: "app",
            digits: Some(digits),
        }
    }

    /// A saved recovery code.
    pub fn recovery_code() -> Self {
        Self {
            kind: "recovery_code",
            title: Message::new("recovery-code-title"),
            lead: Message::new("recovery-code-lead"),
            hint: Some(Message::new("recovery-code-hint")),
            icon: "recovery",
            digits: None,
        }
    }

    /// The proof that a new e-mail address is theirs. Shown in full: they just typed it.
    pub fn verify_email(sent_to: &str, digits: u8, link: bool) -> Self {
        Self {
            kind: "verify_email",
            title: Message::new("verify-email-title"),
            ..Self::email_code(sent_to, digits, link)
        }
    }

    /// The proof that a new phone number is theirs.
    pub fn verify_phone(sent_to: &str, digits: u8) -> Self {
        Self {
            kind: "verify_phone",
            title: Message::new("verify-phone-title"),
            ..Self::phone_code(sent_to, digits)
        }
    }

    /// A code mailed to recover a password: says nothing about whether there is such an account.
    pub fn recover(identifier: &str, digits: u8, link: bool) -> Self {
        Self {
            kind: "recover",
            title: Message::new("recover-sent-title"),
            lead: Message::new("recover-sent-lead").with("to", identifier),
            ..Self::email_code(identifier, digits, link)
        }
    }
}

/// Sending a code again: `action=resend`.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Resend {
    /// Seconds until it is possible; 0: now.
    pub wait_seconds: u64,
}

/// A page that asks for a code: sign-in, verification, recovery. `action=answer` with `code`,
/// `resend`, `begin`, `restart`.
#[derive(Debug, Clone, Serialize)]
pub struct CodePage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// What the page says.
    pub text: CodeText,
    /// The identifier, for those who are not sure who they are signing in as.
    pub username: Option<String>,
    /// To send it again, where something was sent.
    pub resend: Option<Resend>,
    /// For how many days the browser can be trusted: a box to tick, `remember_device`.
    pub remember_days: Option<u64>,
    /// Tries left, told when they become few.
    pub attempts_left: Option<u32>,
    /// Other ways.
    pub ways: Ways,
    /// A form for another number, where one is added: what was typed.
    pub phone: Option<String>,
    /// What the link to begin again says (another account, another address); `None`: there is none.
    pub restart: Option<Message>,
    /// Why the page is shown.
    pub reason: Option<Message>,
    /// What was wrong: field `code`.
    pub errors: Vec<FieldError>,
}

impl View for CodePage {
    const TEMPLATE: &'static str = "code.html";
}

/// The type of a field of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// One line; `inputmode` and `type` follow from `autocomplete`.
    Text {
        /// Most characters.
        max_length: u32,
    },
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A date without time, `YYYY-MM-DD`.
    Date,
    /// A box: the value `true` when ticked.
    Boolean,
    /// One of a few.
    Select {
        /// Value and label.
        options: Vec<(String, Words)>,
    },
    /// A whole number.
    Integer,
}

/// One field of a profile, as sign-up shows it.
#[derive(Debug, Clone, Serialize)]
pub struct ProfileField {
    /// `name` and `id` of the field; ASCII letters, digits, `_`, `-` and `.`.
    pub name: String,
    /// Its label.
    pub label: Words,
    /// Its type.
    #[serde(rename = "kind")]
    pub kind: FieldType,
    /// Whether it must be given.
    pub required: bool,
    /// What is known already; `true` for a ticked box.
    pub value: String,
    /// The `autocomplete` attribute: `name`, `given-name`, `bday`, …, or `off`.
    pub autocomplete: &'static str,
}

/// A document to agree to.
#[derive(Debug, Clone, Serialize)]
pub struct TermsDocument {
    /// Its key.
    pub key: String,
    /// Its name.
    pub title: Words,
    /// Where it can be read.
    pub href: String,
}
