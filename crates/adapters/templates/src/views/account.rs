//! The pages of a person's own account. Every form carries the token of the session; what it asks for is in `action`.

use serde::Serialize;
use vestibule_kernel::Timestamp;

use super::{AccountItem, AppView, PasswordHints, ProfileField, Provider, RecoveryCodes, Words};
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

/// One passkey.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeyItem {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Option<String>,
    /// Whether it may be copied to other devices.
    pub synced: bool,
    /// When it was added.
    pub since: When,
    /// When it last signed in.
    pub last_used: Option<When>,
}

/// Their passkeys: `action=add`, `action=rename` with `passkey` and `label`, `action=remove` with `passkey`.
#[derive(Debug, Clone, Serialize)]
pub struct PasskeysPage {
    /// The frame.
    pub frame: Frame,
    /// What the browser's password manager is told of them; none where nothing can be said.
    pub known: Option<serde_json::Value>,
    /// Oldest first.
    pub passkeys: Vec<PasskeyItem>,
    /// What was wrong: field `passkeys`.
    pub errors: Vec<FieldError>,
}
view!(PasskeysPage, "account/passkeys.html");

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

/// A browser in which no second factor is asked for.
#[derive(Debug, Clone, Serialize)]
pub struct TrustedDeviceItem {
    /// Its id.
    pub id: String,
    /// The browser and system.
    pub name: Message,
    /// Its icon.
    pub icon: &'static str,
    /// When it last spared its owner a second factor.
    pub last_used: When,
    /// Until when.
    pub until: When,
}

/// Where the person is signed in: `action=end` with `session`, `action=end_others`, `action=forget` with `device`.
#[derive(Debug, Clone, Serialize)]
pub struct SessionsPage {
    /// The frame.
    pub frame: Frame,
    /// This one first.
    pub sessions: Vec<SessionItem>,
    /// Browsers that are trusted.
    pub trusted: Vec<TrustedDeviceItem>,
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

/// What the person says about themselves: `profile.<name>`, `locale`.
#[derive(Debug, Clone, Serialize)]
pub struct ProfilePage {
    /// The frame.
    pub frame: Frame,
    /// The user name, which is not changed here.
    pub username: Option<String>,
    /// What they may change.
    pub fields: Vec<ProfileField>,
    /// The language, where there are several.
    pub language: Option<ProfileField>,
    /// Name and value of what others look after.
    pub managed: Vec<(Words, String)>,
    /// What was wrong.
    pub errors: Vec<FieldError>,
}
view!(ProfilePage, "account/profile.html");

/// One address.
#[derive(Debug, Clone, Serialize)]
pub struct EmailItem {
    /// The address.
    pub email: String,
    /// Whether it is proven.
    pub verified: bool,
    /// Whether it is the main one.
    pub primary: bool,
}

/// Addresses: `action=add`, `primary`, `remove`, each with `email`.
#[derive(Debug, Clone, Serialize)]
pub struct EmailsPage {
    /// The frame.
    pub frame: Frame,
    /// The addresses.
    pub emails: Vec<EmailItem>,
    /// Whether the proof is fresh: the form that adds one is shown, else the way to a proof.
    pub fresh: bool,
    /// To a fresh proof and back.
    pub prove: String,
    /// The address as typed.
    pub typed: String,
    /// What was wrong: field `email`.
    pub errors: Vec<FieldError>,
}
view!(EmailsPage, "account/emails.html");

/// The code that was sent to a new address: `code`; `action=again`.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmEmailPage {
    /// The frame.
    pub frame: Frame,
    /// The address.
    pub email: String,
    /// Where the form goes.
    pub action: String,
    /// The page that lists what there is.
    pub back: String,
    /// Whether the code can still be typed.
    pub open: bool,
    /// What was wrong: field `code`.
    pub errors: Vec<FieldError>,
}
view!(ConfirmEmailPage, "account/confirm_email.html");

/// One number.
#[derive(Debug, Clone, Serialize)]
pub struct PhoneItem {
    /// In international form.
    pub phone: String,
    /// Whether it is proven.
    pub verified: bool,
    /// Whether it is the main one.
    pub primary: bool,
}

/// Phone numbers: `action=add`, `primary`, `remove`, each with `phone`.
#[derive(Debug, Clone, Serialize)]
pub struct PhonesPage {
    /// The frame.
    pub frame: Frame,
    /// The numbers.
    pub phones: Vec<PhoneItem>,
    /// Whether the realm uses numbers for something.
    pub can_add: bool,
    /// Whether a code signs in.
    pub signs_in: bool,
    /// Whether a code is a second factor.
    pub second: bool,
    /// Whether the proof is fresh: the form that adds one is shown, else the way to a proof.
    pub fresh: bool,
    /// To a fresh proof and back.
    pub prove: String,
    /// The number as typed.
    pub typed: String,
    /// What was wrong: field `phone`.
    pub errors: Vec<FieldError>,
}
view!(PhonesPage, "account/phones.html");

/// The code that was sent to a new number: `code`; `action=again`.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmPhonePage {
    /// The frame.
    pub frame: Frame,
    /// The number.
    pub phone: String,
    /// Where the form goes.
    pub action: String,
    /// The page that lists what there is.
    pub back: String,
    /// Whether the code can still be typed.
    pub open: bool,
    /// What was wrong: field `code`.
    pub errors: Vec<FieldError>,
}
view!(ConfirmPhonePage, "account/confirm_phone.html");

/// One authenticator.
#[derive(Debug, Clone, Serialize)]
pub struct FactorItem {
    /// Its id.
    pub id: String,
    /// The person's name for it.
    pub label: Option<String>,
    /// Since when.
    pub since: When,
    /// When it last proved something.
    pub last_used: Option<When>,
}

/// Authenticator apps: `action=add`, `rename` with `credential` and `label`, `remove` with `credential`.
#[derive(Debug, Clone, Serialize)]
pub struct AuthenticatorsPage {
    /// The frame.
    pub frame: Frame,
    /// The apps.
    pub items: Vec<FactorItem>,
    /// Whether one can be added.
    pub can_add: bool,
    /// What was wrong: field `factor`.
    pub errors: Vec<FieldError>,
}
view!(AuthenticatorsPage, "account/authenticators.html");

/// A new authenticator app: `code`, `label`.
#[derive(Debug, Clone, Serialize)]
pub struct AddAuthenticatorPage {
    /// The frame.
    pub frame: Frame,
    /// Where the form goes.
    pub action: String,
    /// The address of the QR code.
    pub otpauth: String,
    /// The same secret to type.
    pub manual_key: String,
    /// The name as typed.
    pub label: String,
    /// What was wrong: field `code`.
    pub errors: Vec<FieldError>,
}
view!(AddAuthenticatorPage, "account/add_authenticator.html");

/// Security keys: `action=add`, `rename` with `credential` and `label`, `remove` with `credential`.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityKeysPage {
    /// The frame.
    pub frame: Frame,
    /// The keys.
    pub items: Vec<FactorItem>,
    /// Whether one can be added.
    pub can_add: bool,
    /// What was wrong: field `factor`.
    pub errors: Vec<FieldError>,
}
view!(SecurityKeysPage, "account/security_keys.html");

/// A new security key: `credential`, `label`.
#[derive(Debug, Clone, Serialize)]
pub struct AddSecurityKeyPage {
    /// The frame.
    pub frame: Frame,
    /// Where the form goes.
    pub action: String,
    /// Options of a WebAuthn creation, for the page's script.
    pub options: serde_json::Value,
    /// The name as typed.
    pub label: String,
    /// What was wrong: field `passkey-submit`.
    pub errors: Vec<FieldError>,
}
view!(AddSecurityKeyPage, "account/add_security_key.html");

/// Recovery codes: `action=new`.
#[derive(Debug, Clone, Serialize)]
pub struct OwnRecoveryCodesPage {
    /// The frame.
    pub frame: Frame,
    /// How many are left; `None`: there is no set.
    pub left: Option<u64>,
    /// When the set was made.
    pub since: Option<When>,
}
view!(OwnRecoveryCodesPage, "account/recovery_codes.html");

/// A new set, shown until it is confirmed: `saved`.
#[derive(Debug, Clone, Serialize)]
pub struct NewRecoveryCodesPage {
    /// The frame.
    pub frame: Frame,
    /// Where the form goes.
    pub action: String,
    /// The codes.
    pub codes: RecoveryCodes,
    /// What was wrong: field `saved`.
    pub errors: Vec<FieldError>,
}
view!(NewRecoveryCodesPage, "account/new_recovery_codes.html");

/// One account at a provider.
#[derive(Debug, Clone, Serialize)]
pub struct LinkedItem {
    /// Its id.
    pub id: String,
    /// The provider's name.
    pub provider: String,
    /// The name there.
    pub label: Option<String>,
    /// Since when.
    pub since: When,
    /// Whether it can be taken off.
    pub removable: bool,
}

/// Accounts elsewhere: `action=link` with `connection`, `action=unlink` with `identity`.
#[derive(Debug, Clone, Serialize)]
pub struct LinkedPage {
    /// The frame.
    pub frame: Frame,
    /// Those that are linked.
    pub linked: Vec<LinkedItem>,
    /// Those that can be: key and name.
    pub others: Vec<Provider>,
    /// What was wrong: field `linked`.
    pub errors: Vec<FieldError>,
}
view!(LinkedPage, "account/linked.html");

/// One thing that happened.
#[derive(Debug, Clone, Serialize)]
pub struct ActivityItem {
    /// What.
    pub text: Message,
    /// When.
    pub at: When,
    /// With which browser and system.
    pub device: Option<Message>,
    /// From which address.
    pub ip: Option<String>,
    /// Whether somebody else did it.
    pub by: Option<Message>,
}

/// The person's own log: `action=not_me`.
#[derive(Debug, Clone, Serialize)]
pub struct ActivityPage {
    /// The frame.
    pub frame: Frame,
    /// Newest first.
    pub items: Vec<ActivityItem>,
    /// To older entries.
    pub older: Option<String>,
}
view!(ActivityPage, "account/activity.html");

/// A copy of what is kept about the person.
#[derive(Debug, Clone, Serialize)]
pub struct ExportItem {
    /// How much of it is made.
    pub percent: u16,
    /// Its size.
    pub kilobytes: u64,
    /// Until when it can be downloaded; `None`: it is being made.
    pub ready: Option<When>,
    /// The archive.
    pub href: String,
}

/// Copies and leaving: `action=export`, `action=delete`.
#[derive(Debug, Clone, Serialize)]
pub struct PrivacyPage {
    /// The frame.
    pub frame: Frame,
    /// Copies, the newest first.
    pub exports: Vec<ExportItem>,
    /// Days between asking and erasure; `None`: the realm does not offer it.
    pub grace_days: Option<u64>,
    /// Whether the proof is fresh: the button is shown, else the way to a proof.
    pub fresh: bool,
    /// To a fresh proof and back.
    pub prove: String,
    /// What was wrong: field `confirm`.
    pub errors: Vec<FieldError>,
}
view!(PrivacyPage, "account/privacy.html");

/// The account of somebody who is leaving: `action=keep`.
#[derive(Debug, Clone, Serialize)]
pub struct LeavingPage {
    /// Whose.
    pub account: AccountItem,
    /// When it is erased.
    pub due: Option<When>,
    /// Where the form that keeps it goes, and its CSRF token; `None`: they are signed out.
    pub keep: Option<(String, String)>,
    /// To sign in.
    pub sign_in: String,
    /// To sign out.
    pub sign_out: Option<String>,
}
view!(LeavingPage, "account/leaving.html");
