//! The pages of a person's own account. Every form carries the token of the session; what it asks for is in `action`.

use serde::Serialize;
use vestibule_kernel::Timestamp;

use super::{AccountItem, AppView, PasswordHints};
use crate::{
    message::{FieldError, Message},
    pages::View,
};

macro_rules! view {
    ($view:ty, $template:literal) => {
        impl View for $view {
            const TEMPLATE: &'static str = $template;
        }
    };
}

/// What every page of the account has around its content.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// Who is signed in.
    pub account: AccountItem,
    /// The sections.
    pub nav: Vec<NavItem>,
    /// The path of the account area.
    pub base: String,
    /// The CSRF token of forms.
    pub csrf: String,
    /// To sign out.
    pub sign_out: String,
    /// What was just done.
    pub done: Option<Message>,
}

/// One section.
#[derive(Debug, Clone, Serialize)]
pub struct NavItem {
    /// Where it is.
    pub href: String,
    /// Its icon.
    pub icon: &'static str,
    /// Its name.
    pub label: Message,
    /// Whether the page belongs to it.
    pub current: bool,
}

/// A moment; pages say it in the words of their language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct When {
    iso: String,
}

impl From<Timestamp> for When {
    fn from(at: Timestamp) -> Self {
        Self { iso: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true) }
    }
}

/// One line of the check-up.
#[derive(Debug, Clone, Serialize)]
pub struct CheckItem {
    /// Whether it is as it should be.
    pub good: bool,
    /// What was found.
    pub text: Message,
    /// What to do about it: a page, and the words of the link.
    pub action: Option<(String, Message)>,
}

/// The first page.
#[derive(Debug, Clone, Serialize)]
pub struct AccountHomePage {
    /// The frame.
    pub frame: Frame,
    /// The check-up.
    pub checks: Vec<CheckItem>,
    /// Applications of the realm with a home page.
    pub apps: Vec<AppView>,
}
view!(AccountHomePage, "account/home.html");

/// One thing that protects the account, with the page where it is changed.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityCard {
    /// A stable word, the `id` of the card.
    pub id: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Its name.
    pub title: Message,
    /// How it stands.
    pub text: Message,
    /// Since when, if that is known.
    pub since: Option<When>,
    /// Where it is changed.
    pub href: String,
    /// The words of the link.
    pub action: Message,
}

/// What protects the account.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityPage {
    /// The frame.
    pub frame: Frame,
    /// One card per thing.
    pub cards: Vec<SecurityCard>,
}
view!(SecurityPage, "account/security.html");

/// A new password: `password`.
#[derive(Debug, Clone, Serialize)]
pub struct ChangePasswordPage {
    /// The frame.
    pub frame: Frame,
    /// The name a manager keeps it under.
    pub username: String,
    /// The rules; `None`: this realm has no passwords.
    pub rules: Option<PasswordHints>,
    /// Whether there is one already.
    pub replaces: bool,
    /// What was wrong: field `password`.
    pub errors: Vec<FieldError>,
}
view!(ChangePasswordPage, "account/password.html");

/// One session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionItem {
    /// Its id.
    pub id: String,
    /// The browser and system.
    pub name: Message,
    /// Its icon.
    pub icon: &'static str,
    /// Whether it is this one.
    pub current: bool,
    /// The address it was opened from.
    pub ip: Option<String>,
    /// When it was opened.
    pub since: When,
    /// When it was last used.
    pub last_seen: When,
    /// Applications in it.
    pub apps: Vec<String>,
}

/// Where the person is signed in: `action=end` with `session`, `action=end_others`.
#[derive(Debug, Clone, Serialize)]
pub struct SessionsPage {
    /// The frame.
    pub frame: Frame,
    /// This one first.
    pub sessions: Vec<SessionItem>,
}
view!(SessionsPage, "account/sessions.html");

/// One application with access.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectedItem {
    /// Its `client_id`.
    pub client: String,
    /// The application.
    pub app: AppView,
    /// What it may do, in sentences; empty for those of the realm itself.
    pub scopes: Vec<Message>,
    /// Since when.
    pub since: When,
    /// When it last got a token.
    pub last_used: Option<When>,
}

/// Applications with access: `action=withdraw` with `client`.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectedAppsPage {
    /// The frame.
    pub frame: Frame,
    /// Those of others, which the person agreed to.
    pub others: Vec<ConnectedItem>,
    /// Those of the realm itself.
    pub own: Vec<ConnectedItem>,
}
view!(ConnectedAppsPage, "account/apps.html");
