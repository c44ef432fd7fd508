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
    ("", "user", Message::new("account-section-home")),
    ("/security", "shield", Message::new("account-section-security")),
    ("/sessions", "devices", Message::new("account-section-sessions")),
    ("/apps", "app", Message::new("account-section-apps")),
];

/// What a word in the address says was done. Only words of this list are shown.
fn done(word: &str) -> Option<Message> {
    Some(match word {
        "password" => Message::new("account-done-password"),
        "session" => Message::new("account-done-session"),
        "sessions" => Message::new("account-done-sessions"),
        "session-gone" => Message::new("account-gone-session"),
        "app" => Message::new("account-done-app"),
        "app-gone" => Message::new("account-gone-app"),
        _ => return None,
    })
}

/// The frame of a page in the section with this path.
pub(crate) fn frame(http: &HttpRequest, entered: &Entered, section: &str) -> Frame {
    let issuer = &entered.request.realm.issuer;
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    let nav = SECTIONS.iter().map(|(path, icon, label)| NavItem {
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
