//! What every page of the account has around its content.

use actix_web::HttpRequest;
use vestibule_templates::{
    Message,
    views::{Frame, NavItem},
};

use super::guard::Entered;
use crate::{
    extract::params::Params,
    flow::{csrf, state_page},
};

/// Back to the account.
pub(crate) const BACK: Message = Message::new("account-back");

/// The sections in their order: path below `/account`, icon, name.
const SECTIONS: &[(&str, &str, Message)] = &[
    ("", "check", Message::new("account-section-home")),
    ("/profile", "user", Message::new("account-section-profile")),
    ("/emails", "mail", Message::new("account-section-emails")),
    ("/phones", "phone", Message::new("account-section-phones")),
    ("/security", "shield", Message::new("account-section-security")),
    ("/sessions", "devices", Message::new("account-section-sessions")),
    ("/apps", "app", Message::new("account-section-apps")),
    ("/privacy", "download", Message::new("account-section-privacy")),
    ("/activity", "sign-in", Message::new("account-section-activity")),
];

/// What a word in the address says was done. Only words of this list are shown.
fn done(word: &str) -> Option<Message> {
    Some(match word {
        "password" => Message::new("account-done-password"),
        "profile" => Message::new("account-done-profile"),
        "email-added" => Message::new("account-done-email-added"),
        "email-primary" => Message::new("account-done-email-primary"),
        "email-removed" => Message::new("account-done-email-removed"),
        "phone-added" => Message::new("account-done-phone-added"),
        "phone-primary" => Message::new("account-done-phone-primary"),
        "phone-removed" => Message::new("account-done-phone-removed"),
        "factor-added" => Message::new("account-done-factor-added"),
        "factor-renamed" => Message::new("account-done-factor-renamed"),
        "factor-removed" => Message::new("account-done-factor-removed"),
        "security-key-added" => Message::new("account-done-security-key-added"),
        "security-key-removed" => Message::new("account-done-security-key-removed"),
        "codes" => Message::new("account-done-codes"),
        "linked" => Message::new("account-done-linked"),
        "unlinked" => Message::new("account-done-unlinked"),
        "secured" => Message::new("account-done-secured"),
        "export" => Message::new("account-done-export"),
        "kept" => Message::new("account-done-kept"),
        "session" => Message::new("account-done-session"),
        "sessions" => Message::new("account-done-sessions"),
        "forgotten" => Message::new("account-done-forgotten"),
        "device-gone" => Message::new("account-gone-device"),
        "session-gone" => Message::new("account-gone-session"),
        "passkey-renamed" => Message::new("account-done-passkey-renamed"),
        "passkey-removed" => Message::new("account-done-passkey-removed"),
        "passkey-gone" => Message::new("account-gone-passkey"),
        "app" => Message::new("account-done-app"),
        "app-gone" => Message::new("account-gone-app"),
        _ => return None,
    })
}

/// Whether a section is shown: that of numbers where they are used for something, or there are some.
fn is_shown(entered: &Entered, path: &str) -> bool {
    let settings = &entered.request.realm.realm.settings;
    path != "/phones" || settings.texts_codes() || !entered.me.user().phones.is_empty()
}

/// The frame of a page in the section with this path.
pub(crate) fn frame(http: &HttpRequest, entered: &Entered, section: &str) -> Frame {
    let issuer = &entered.request.realm.issuer;
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    let nav =
        SECTIONS.iter().filter(|(path, _, _)| is_shown(entered, path)).map(|(path, icon, label)| NavItem {
            href: issuer.path(&format!("/account{path}")),
            icon,
            label: label.clone(),
            current: *path == section,
        });
    Frame {
        account: state_page::account(entered.me.user()),
        nav: nav.collect(),
        base: issuer.path("/account"),
        csrf: csrf::session_token(&entered.cookie).expose().to_owned(),
        sign_out: issuer.path("/oauth/logout"),
        done: query.get("done").and_then(done),
    }
}
