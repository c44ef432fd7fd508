//! What happened at an account, in sentences its owner can read.

use serde_json::Value;
use vestibule_kernel::{Actor, ClientId, UserId};
use vestibule_usecases::RealmSnapshot;

use crate::{message::Message, views::AppView};

/// Whether the owner of an account did it, or somebody who was not recognised yet, such as at a wrong password.
pub fn is_own(owner: UserId, actor: &Actor) -> bool {
    *actor == Actor::User(owner) || *actor == Actor::Anonymous
}

/// Who did it, where that was not the owner.
pub fn author(realm: &RealmSnapshot, owner: UserId, actor: &Actor) -> Option<Message> {
    match actor {
        _ if is_own(owner, actor) => None,
        Actor::Admin(_) => Some(Message::new("activity-by-admin")),
        Actor::Client(id) => Some(Message::new("activity-by-app").with("app", app_name(realm, id))),
        Actor::User(_) | Actor::System | Actor::Anonymous => Some(Message::new("activity-by-system")),
    }
}

fn app_name(realm: &RealmSnapshot, id: &ClientId) -> String {
    realm.client(id).map_or_else(|| id.to_string(), |client| AppView::of(client).name)
}

/// What an event of this kind says; `None` for what says nothing to people (a session beside its sign-in, tokens).
pub fn sentence(realm: &RealmSnapshot, kind: &str, data: &Value) -> Option<Message> {
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    let app = || text("client").and_then(|text| ClientId::parse(text).ok()).map(|id| app_name(realm, &id));
    let with_app = |key: Message| key.with("app", app().unwrap_or_default());
    Some(match kind {
        "user.signed_in" => match app() {
            Some(app) => Message::new("activity-signed-in-to").with("app", app),
            None => Message::new("activity-signed-in"),
        },
        "user.sign_in_failed" => Message::new("activity-sign-in-failed"),
        "user.export_requested" => Message::new("activity-export-requested"),
        "user.export_ready" => Message::new("activity-export-ready"),
        "user.exported" => Message::new("activity-exported"),
        "user.created" => Message::new("activity-created"),
        "user.updated" => updated(data),
        "user.status_changed" => match text("to") {
            Some("suspended") => Message::new("activity-suspended"),
            Some("pending_deletion") => Message::new("activity-deletion-scheduled"),
            _ => Message::new("activity-active"),
        },
        "session.revoked" => match text("cause") {
            Some("replaced") => return None,
            _ => Message::new("activity-signed-out"),
        },
        "consent.given" => with_app(Message::new("activity-consent-given")),
        "consent.denied" => with_app(Message::new("activity-consent-denied")),
        "consent.withdrawn" => with_app(Message::new("activity-consent-withdrawn")),
        "credential.bound" => credential(text("kind"), "activity-added"),
        "credential.replaced" => credential(text("kind"), "activity-replaced"),
        "credential.removed" => credential(text("kind"), "activity-removed"),
        "credential.renamed" => credential(text("kind"), "activity-renamed"),
        "credential.clone_suspected" => match text("kind") {
            Some("security_key") => Message::new("activity-security-key-clone"),
            _ => Message::new("activity-clone"),
        },
        "device.trusted" => Message::new("activity-trusted"),
        "device.forgotten" => Message::new("activity-forgotten"),
        "identity.linked" => Message::new("activity-linked"),
        "identity.unlinked" => Message::new("activity-unlinked"),
        _ => return None,
    })
}

fn updated(data: &Value) -> Message {
    let fields = data.get("fields").and_then(Value::as_array);
    let has = |name: &str| fields.is_some_and(|fields| fields.iter().any(|field| field == name));
    if has("emails") {
        Message::new("activity-emails")
    } else if has("phones") {
        Message::new("activity-phones")
    } else {
        Message::new("activity-profile")
    }
}

/// What became of an authenticator.
fn credential(kind: Option<&str>, what: &str) -> Message {
    match (kind, what) {
        (Some("password"), "activity-added") => Message::new("activity-password-set"),
        (Some("password"), "activity-replaced") => Message::new("activity-password-changed"),
        (Some("password"), _) => Message::new("activity-password-removed"),
        (Some("totp"), "activity-removed") => Message::new("activity-totp-removed"),
        (Some("totp"), "activity-renamed") => Message::new("activity-totp-renamed"),
        (Some("totp"), _) => Message::new("activity-totp-added"),
        (Some("recovery_code"), "activity-removed") => Message::new("activity-codes-removed"),
        (Some("recovery_code"), _) => Message::new("activity-codes-made"),
        (Some("security_key"), "activity-removed") => Message::new("activity-security-key-removed"),
        (Some("security_key"), "activity-renamed") => Message::new("activity-security-key-renamed"),
        (Some("security_key"), _) => Message::new("activity-security-key-added"),
        (_, "activity-removed") => Message::new("activity-passkey-removed"),
        (_, "activity-renamed") => Message::new("activity-passkey-renamed"),
        _ => Message::new("activity-passkey-added"),
    }
}
