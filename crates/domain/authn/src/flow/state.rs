//! The states of a flow and the actions each allows, as data: pages, JSON schemas, documentation and tests are made
//! from this table.

use serde::{Deserialize, Serialize};
use vestibule_kernel::Timestamp;

use crate::flow::Intent;

/// Where a flow stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FlowState {
    /// Who are you?
    Identify,
    /// Your password, please.
    Password,
    /// Which account of this browser?
    ChooseAccount,
    /// May this application have that?
    Consent {
        /// The scopes asked for and not granted yet.
        scopes: Vec<String>,
    },
    /// Guesses come too fast, or the authenticator is disabled.
    Slowed {
        /// When to try again; `None`: not by waiting.
        until: Option<Timestamp>,
    },
    /// Really sign out?
    ConfirmLogout,
    /// Nothing is owed any more; lasts only inside one transaction.
    Satisfied,
    /// On to the application.
    Continue,
    /// Signed out.
    SignedOut,
    /// Over without success.
    Failed {
        /// Why.
        reason: FailureReason,
    },
}

/// Why a flow failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The person said no; the client is told `access_denied`.
    Denied,
    /// The account may not sign in (told only after proof).
    AccountInactive,
    /// No method that this realm allows can satisfy what was asked.
    Unmet,
}

/// The name of a state, as it appears in addresses, copy keys and JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the variants are those of `FlowState`")]
pub enum StateName {
    Identify,
    Password,
    ChooseAccount,
    Consent,
    Slowed,
    ConfirmLogout,
    Satisfied,
    Continue,
    SignedOut,
    Failed,
}

/// What a person may do in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Give an identifier, and the password with it if a manager filled both.
    Identify,
    /// Give the password.
    Password,
    /// Go back to the identifier.
    Restart,
    /// Go on with the account that is signed in.
    UseSession,
    /// Sign in with another account.
    UseAnother,
    /// Agree.
    Allow,
    /// Refuse.
    Deny,
    /// Sign out.
    SignOut,
    /// Stay signed in.
    Stay,
}

/// The type of an input field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Who somebody is.
    Identifier,
    /// A secret, never echoed.
    Password,
    /// A list of scopes.
    Scopes,
}

/// One input field of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The name in forms and JSON; public interface.
    pub name: &'static str,
    /// Its type.
    pub kind: FieldKind,
    /// Whether it must be given.
    pub required: bool,
    /// Most bytes.
    pub max_bytes: usize,
    /// The `autocomplete` attribute.
    pub autocomplete: &'static str,
}

/// One action a state allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Action {
    /// Its kind, also its name on the wire.
    pub name: ActionKind,
    /// Its fields.
    pub fields: &'static [Field],
    /// Whether it counts against the sign-in limits.
    pub limited: bool,
}

const USERNAME: Field = Field {
    name: "username",
    kind: FieldKind::Identifier,
    required: true,
    max_bytes: 320,
    autocomplete: "username webauthn",
};
const OPTIONAL_PASSWORD: Field = Field {
    name: "password",
    kind: FieldKind::Password,
    required: false,
    max_bytes: 4_096,
    autocomplete: "current-password",
};
const PASSWORD: Field = Field { required: true, ..OPTIONAL_PASSWORD };
const SCOPES: Field =
    Field { name: "scopes", kind: FieldKind::Scopes, required: false, max_bytes: 4_096, autocomplete: "off" };

const IDENTIFY_ACTION: Action =
    Action { name: ActionKind::Identify, fields: &[USERNAME, OPTIONAL_PASSWORD], limited: true };
const PASSWORD_ACTION: Action = Action { name: ActionKind::Password, fields: &[PASSWORD], limited: true };
const RESTART: Action = plain(ActionKind::Restart);

const fn plain(name: ActionKind) -> Action {
    Action { name, fields: &[], limited: false }
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Identify,
        Self::Password,
        Self::ChooseAccount,
        Self::Consent,
        Self::Slowed,
        Self::ConfirmLogout,
        Self::Satisfied,
        Self::Continue,
        Self::SignedOut,
        Self::Failed,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Password => "password",
            Self::ChooseAccount => "choose_account",
            Self::Consent => "consent",
            Self::Slowed => "slowed",
            Self::ConfirmLogout => "confirm_logout",
            Self::Satisfied => "satisfied",
            Self::Continue => "continue",
            Self::SignedOut => "signed_out",
            Self::Failed => "failed",
        }
    }

    /// The actions this state allows. The table of the whole machine.
    pub const fn actions(self) -> &'static [Action] {
        const IDENTIFY: &[Action] = &[IDENTIFY_ACTION];
        const PASSWORD: &[Action] = &[PASSWORD_ACTION, RESTART];
        const CHOOSE: &[Action] = &[plain(ActionKind::UseSession), plain(ActionKind::UseAnother)];
        const CONSENT: &[Action] =
            &[Action { name: ActionKind::Allow, fields: &[SCOPES], limited: false }, plain(ActionKind::Deny)];
        const SLOWED: &[Action] = &[RESTART];
        const LOGOUT: &[Action] = &[plain(ActionKind::SignOut), plain(ActionKind::Stay)];
        match self {
            Self::Identify => IDENTIFY,
            Self::Password => PASSWORD,
            Self::ChooseAccount => CHOOSE,
            Self::Consent => CONSENT,
            Self::Slowed => SLOWED,
            Self::ConfirmLogout => LOGOUT,
            Self::Satisfied | Self::Continue | Self::SignedOut | Self::Failed => &[],
        }
    }

    /// Whether the flow is over.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Continue | Self::SignedOut | Self::Failed)
    }
}

impl FlowState {
    /// The name of this state.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Identify => StateName::Identify,
            Self::Password => StateName::Password,
            Self::ChooseAccount => StateName::ChooseAccount,
            Self::Consent { .. } => StateName::Consent,
            Self::Slowed { .. } => StateName::Slowed,
            Self::ConfirmLogout => StateName::ConfirmLogout,
            Self::Satisfied => StateName::Satisfied,
            Self::Continue => StateName::Continue,
            Self::SignedOut => StateName::SignedOut,
            Self::Failed { .. } => StateName::Failed,
        }
    }

    /// The state a flow of this intent starts in when nothing is known.
    pub const fn initial(intent: Intent) -> Self {
        match intent {
            Intent::SignIn | Intent::StepUp | Intent::Consent => Self::Identify,
            Intent::LogoutConfirm => Self::ConfirmLogout,
        }
    }
}

impl ActionKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Password => "password",
            Self::Restart => "restart",
            Self::UseSession => "use_session",
            Self::UseAnother => "use_another",
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::SignOut => "sign_out",
            Self::Stay => "stay",
        }
    }

    /// The action with this word, if the state allows it.
    pub fn allowed(state: StateName, word: &str) -> Option<Self> {
        state.actions().iter().map(|action| action.name).find(|name| name.as_str() == word)
    }
}
