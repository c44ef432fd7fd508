//! The pages of flows and the realm's home page.

use serde::Serialize;

use serde_json::Value;

use super::{
    AppView, Form,
    methods::{OtherMethod, PasswordField, Ways},
};
use crate::{
    message::{FieldError, Message},
    pages::View,
};

macro_rules! view {
    ($name:ident, $template:literal) => {
        impl View for $name {
            const TEMPLATE: &'static str = $template;
        }
    };
}

/// Who are you? `action=identify` with `username` and `password`, and the actions of [`Ways`].
#[derive(Debug, Clone, Serialize)]
pub struct IdentifyPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The key of the field's label, by the kinds of identifier the realm accepts.
    pub label: Message,
    /// `email` where only addresses are accepted, else `text`.
    pub inputmode: &'static str,
    /// Whether saying who one is leads anywhere: else providers are the only way in.
    pub asks: bool,
    /// What was typed, or the client's hint.
    pub username: String,
    /// How the password field is there.
    pub password: PasswordField,
    /// Other ways in.
    pub ways: Ways,
    /// Something neutral that happened, such as a passkey dialog that was closed.
    pub notice: Option<Message>,
    /// Why the page is shown although somebody is signed in.
    pub reason: Option<Message>,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}
view!(IdentifyPage, "identify.html");

/// The password of the account named.
#[derive(Debug, Clone, Serialize)]
pub struct PasswordPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The identifier as typed.
    pub username: String,
    /// Other ways to prove it, and recovery.
    pub ways: Ways,
    /// Why the page is shown although somebody is signed in.
    pub reason: Option<Message>,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}
view!(PasswordPage, "password.html");

/// Prove it with a passkey: `action=passkey` with `credential`, other ways by `action=begin`, `action=restart`.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeyPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// Who is signing in, if that is known.
    pub username: Option<String>,
    /// Options of the WebAuthn request, for the page's script.
    pub options: Value,
    /// For how many days the browser can be trusted: a box to tick, `remember_device`.
    pub remember_days: Option<u64>,
    /// Other ways.
    pub ways: Ways,
    /// Why the page is shown.
    pub reason: Option<Message>,
    /// What was wrong: field `credential`.
    pub errors: Vec<FieldError>,
}
view!(PasskeyPage, "passkey.html");

/// Prove it with a security key: `action=passkey` with `credential`, other ways by `action=begin`, `action=restart`.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityKeyPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// Who is signing in.
    pub username: Option<String>,
    /// Options of the WebAuthn request, for the page's script.
    pub options: Value,
    /// For how many days the browser can be trusted: a box to tick, `remember_device`.
    pub remember_days: Option<u64>,
    /// Other ways.
    pub ways: Ways,
    /// Why the page is shown.
    pub reason: Option<Message>,
    /// What was wrong: field `passkey-submit`.
    pub errors: Vec<FieldError>,
}
view!(SecurityKeyPage, "security_key.html");

/// Which of several methods? `action=begin` with `method`, `action=restart`.
#[derive(Debug, Clone, Serialize)]
pub struct ChooseMethodPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// Who is signing in.
    pub username: Option<String>,
    /// The methods, the strongest first, recovery codes last.
    pub methods: Vec<OtherMethod>,
    /// Why one more is asked for.
    pub reason: Option<Message>,
    /// Where to get help for those who can use none of them.
    pub help: Option<String>,
    /// What was wrong: the method that cannot be used.
    pub errors: Vec<FieldError>,
}
view!(ChooseMethodPage, "choose_method.html");

/// An account with the address exists: prove that it is theirs, then the provider is connected to it. `action=password`
/// with `password`, `action=begin` with `method`, `action=restart`.
#[derive(Debug, Clone, Serialize)]
pub struct LinkAccountPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The provider's name.
    pub provider: String,
    /// The name of the account at the provider.
    pub upstream: String,
    /// The address that the account here has.
    pub username: String,
    /// Whether a password can prove it.
    pub password: bool,
    /// Other ways to prove it, and recovery.
    pub ways: Ways,
    /// What was wrong: field `password`.
    pub errors: Vec<FieldError>,
}
view!(LinkAccountPage, "link_account.html");

/// A mailed link, opened in the browser that asked for it. The GET did nothing: `action=confirm_link` with `token`.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmLinkPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The token of the link.
    pub token: String,
    /// Who it signs in.
    pub account: String,
    /// What it is for; also the heading.
    pub title: Message,
    /// The button.
    pub submit: Message,
}
view!(ConfirmLinkPage, "confirm_link.html");

/// A mailed link, opened elsewhere: shows the code to type where it was asked for. Signs nobody in here.
#[derive(Debug, Clone, Serialize)]
pub struct ShowCodePage {
    /// The application, as text.
    pub app: Option<AppView>,
    /// The code.
    pub code: String,
    /// How long it works, in minutes.
    pub minutes: u32,
}
view!(ShowCodePage, "show_code.html");

/// An account of this browser.
#[derive(Debug, Clone, Serialize)]
pub struct AccountItem {
    /// The name.
    pub name: String,
    /// Its first letter.
    pub initial: String,
    /// The address or user name; `None` where it is the name.
    pub identifier: Option<String>,
}

/// Which account?
#[derive(Debug, Clone, Serialize)]
pub struct ChooseAccountPage {
    /// The form.
    pub form: Form,
    /// Where it leads.
    pub app: Option<AppView>,
    /// The account that is signed in.
    pub account: AccountItem,
}
view!(ChooseAccountPage, "choose_account.html");

/// One scope on the consent page.
#[derive(Debug, Clone, Serialize)]
pub struct ScopeItem {
    /// The scope token: the value of its box.
    pub scope: String,
    /// What it means.
    pub sentence: Message,
    /// Whether it can be left out.
    pub optional: bool,
}

/// May this application have that?
#[derive(Debug, Clone, Serialize)]
pub struct ConsentPage {
    /// The form.
    pub form: Form,
    /// Who asks.
    pub app: AppView,
    /// The host the answer goes to.
    pub destination: String,
    /// Whose data it is.
    pub account: AccountItem,
    /// What is asked.
    pub scopes: Vec<ScopeItem>,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}
view!(ConsentPage, "consent.html");

/// Guesses came too fast.
#[derive(Debug, Clone, Serialize)]
pub struct SlowedPage {
    /// To start over; `None` where there is no flow to go on with.
    pub form: Option<Form>,
    /// Seconds until the next try; `None`: waiting does not help.
    pub retry_seconds: Option<u64>,
    /// Where it leads.
    pub app: Option<AppView>,
    /// What happened and when to try again.
    pub explanation: Message,
}
view!(SlowedPage, "slowed.html");

/// Really sign out?
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmLogoutPage {
    /// The form.
    pub form: Form,
    /// Who asked for it.
    pub app: Option<AppView>,
    /// Who is signed in.
    pub account: Option<AccountItem>,
}
view!(ConfirmLogoutPage, "confirm_logout.html");

/// Signed out.
#[derive(Debug, Clone, Serialize)]
pub struct SignedOutPage {
    /// To sign in again.
    pub sign_in: String,
    /// The client that asked, and its registered address to return to.
    pub app: Option<AppView>,
    /// See `app`.
    pub back: Option<String>,
}
view!(SignedOutPage, "signed_out.html");

/// Over without success.
#[derive(Debug, Clone, Serialize)]
pub struct FailedPage {
    /// Why, and what to do.
    pub explanation: Message,
    /// Where it should have led.
    pub app: Option<AppView>,
    /// The account's own pages, for somebody who asked for its deletion and can take that back there.
    pub account: Option<String>,
    /// Back to the application with its error answer.
    pub back: Option<String>,
}
view!(FailedPage, "failed.html");

/// Who is signed in to the realm.
#[derive(Debug, Clone, Serialize)]
pub struct RealmHomePage {
    /// The account, if somebody is signed in.
    pub account: Option<AccountItem>,
    /// To sign in.
    pub sign_in: String,
    /// To sign out.
    pub sign_out: String,
    /// Applications with a home page.
    pub apps: Vec<AppView>,
}
view!(RealmHomePage, "home.html");
