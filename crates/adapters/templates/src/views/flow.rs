//! The pages of flows and the realm's home page.

use serde::Serialize;

use super::{AppView, Form};
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

/// Who are you?
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
    /// What was typed, or the client's hint.
    pub username: String,
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
    /// Why the page is shown although somebody is signed in.
    pub reason: Option<Message>,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}
view!(PasswordPage, "password.html");

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
