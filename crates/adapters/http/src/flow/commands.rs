//! The command that an action's fields stand for: one translation for forms and JSON.

use serde_json::{Map, Value};
use vestibule_authn::{ActionKind, StateName};
use vestibule_kernel::{OpaqueToken, Secret, TokenKind};
use vestibule_usecases::flow::{Command, SignUpForm, Unsent};

/// Fields of an action, wherever they came from.
pub(super) trait Fields {
    /// A text; `None` where it was not sent.
    fn text(&self, name: &str) -> Option<String>;
    /// Every value of a repeatable field.
    fn all(&self, name: &str) -> Vec<String>;
    /// A JSON document; `None` where it was not sent or is none.
    fn document(&self, name: &str) -> Option<Value>;
    /// The values of the profile.
    fn profile(&self) -> Map<String, Value>;
    /// A box that was ticked.
    fn ticked(&self, name: &str) -> bool;
    /// What a box that was not sent means.
    fn unsent(&self) -> Unsent;
}

/// The command; `None` where a document or token that it needs is malformed, or the action is not one of ours.
pub(super) fn command(kind: ActionKind, fields: &dyn Fields) -> Option<Command> {
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let secret = |name: &str| Secret::new(text(name));
    Some(match kind {
        ActionKind::Identify => Command::Identify {
            username: text("username"),
            password: fields.text("password").filter(|text| !text.is_empty()).map(Secret::new),
        },
        ActionKind::Password => Command::Password { password: secret("password") },
        ActionKind::Begin => Command::Begin { method: text("method"), phone: fields.text("phone") },
        ActionKind::Answer => Command::Answer { code: secret("code") },
        ActionKind::Passkey => {
            Command::Passkey { credential: bounded(kind, fields.document("credential")?)? }
        }
        ActionKind::ConfirmLink => {
            Command::ConfirmLink { token: OpaqueToken::parse(TokenKind::Link, &text("token"))? }
        }
        ActionKind::Resend => Command::Resend,
        ActionKind::SignUp => Command::SignUp(sign_up(fields).map(Box::new)),
        ActionKind::Recover => Command::Recover { username: fields.text("username") },
        // Answered by the way to the provider, not by the machine.
        ActionKind::Federate => return None,
        ActionKind::NewPassword => Command::NewPassword { password: secret("password") },
        ActionKind::Saved => Command::Saved { saved: fields.ticked("saved") },
        ActionKind::SaveProfile => {
            Command::SaveProfile { profile: fields.profile(), unsent: fields.unsent() }
        }
        ActionKind::Skip => Command::Skip,
        ActionKind::Restart => Command::Restart,
        ActionKind::UseSession => Command::UseSession,
        ActionKind::UseAnother => Command::UseAnother,
        ActionKind::Allow => Command::Allow { scopes: fields.all("scopes") },
        ActionKind::Deny => Command::Deny,
        ActionKind::SignOut => Command::SignOut,
        ActionKind::Stay => Command::Stay,
    })
}

/// A document that is no longer than the table of actions says.
fn bounded(kind: ActionKind, document: Value) -> Option<Value> {
    let actions = StateName::ALL.into_iter().flat_map(StateName::actions);
    let fields = actions.filter(|action| action.name == kind).flat_map(|action| action.fields);
    let most = fields.map(|field| field.max_bytes).max().unwrap_or(0);
    (document.to_string().len() <= most).then_some(document)
}

/// The form of a new account; `None`: only the button that leads to it.
fn sign_up(fields: &dyn Fields) -> Option<SignUpForm> {
    let profile = fields.profile();
    let sent = ["email", "phone", "username", "password"].into_iter().any(|name| fields.text(name).is_some());
    if !sent && profile.is_empty() {
        return None;
    }
    Some(SignUpForm {
        email: fields.text("email"),
        phone: fields.text("phone"),
        username: fields.text("username"),
        password: fields.text("password").map(Secret::new),
        profile,
        accept_terms: fields.ticked("terms"),
    })
}
