//! The states of a flow and the actions each allows, as data: pages, JSON schemas, documentation and tests are made
//! from this table.

use serde::{Deserialize, Serialize};
use vestibule_kernel::{ChallengeId, Timestamp};

use crate::{flow::Intent, method::MethodId};

/// Where a flow stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FlowState {
    /// Who are you?
    Identify,
    /// Your password, please.
    Password,
    /// A method waits for its answer.
    Challenge {
        /// Which method.
        method: MethodId,
        /// The stored challenge.
        challenge: ChallengeId,
        /// What its answer is for.
        task: Task,
    },
    /// By which method?
    ChooseMethod {
        /// What for.
        task: Task,
    },
    /// A new account.
    SignUp,
    /// Is the account with the address that a provider vouches for yours?
    LinkAccount,
    /// Whose password is forgotten?
    Recover,
    /// A new password, after the mailbox was proven.
    NewPassword,
    /// Which authenticator is added?
    ChooseEnrolment,
    /// Which account of this browser?
    ChooseAccount,
    /// What the profile still lacks.
    CompleteProfile {
        /// The attributes asked for.
        fields: Vec<String>,
        /// Whether all of them may be left for another day.
        skippable: bool,
    },
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

/// What the answer to a challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// It proves a first factor.
    First,
    /// It proves a second factor.
    Second,
    /// It proves the contact of a new account.
    SignUp,
    /// It proves the mailbox of a forgotten password.
    Recover,
    /// It confirms a new authenticator.
    Enrol,
    /// It confirms a new authenticator that was only offered: it may be left for another day.
    Offer,
}

impl Task {
    /// Whether the answer binds an authenticator instead of proving something by one.
    pub const fn binds(self) -> bool {
        matches!(self, Self::Enrol | Self::Offer)
    }
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
    Passkey,
    EmailCode,
    PhoneCode,
    Totp,
    RecoveryCode,
    OtherMethod,
    ChooseMethod,
    SignUp,
    LinkAccount,
    VerifyContact,
    Recover,
    RecoverCode,
    NewPassword,
    ChooseEnrolment,
    EnrolTotp,
    EnrolPasskey,
    EnrolPhone,
    OfferPasskey,
    RecoveryCodes,
    EnrolOther,
    ChooseAccount,
    CompleteProfile,
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
    /// Ask for a challenge of a method.
    Begin,
    /// Answer a challenge by a code.
    Answer,
    /// Answer a challenge by a WebAuthn credential.
    Passkey,
    /// Answer a challenge by its link, opened in the browser that asked.
    ConfirmLink,
    /// Send the code again.
    Resend,
    /// Ask for, or send, the form of a new account.
    SignUp,
    /// Say that the password is forgotten, or whose.
    Recover,
    /// Go to an upstream provider to sign in there.
    Federate,
    /// Set a new password.
    NewPassword,
    /// Say that the recovery codes are saved.
    Saved,
    /// Fill in what the profile lacks.
    SaveProfile,
    /// Leave what is only offered, or may be left out, for another day.
    Skip,
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
    /// A one-time code.
    Code,
    /// A JSON document of the browser's WebAuthn interface.
    Document,
    /// The name of a method.
    Name,
    /// The token of a link.
    Token,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// Values of the realm's profile, each in a field `profile.<name>` (in JSON: an object).
    Profile,
    /// A box to tick.
    Consent,
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

const fn field(name: &'static str, kind: FieldKind, max_bytes: usize) -> Field {
    Field { name, kind, required: true, max_bytes, autocomplete: "off" }
}

const fn optional(field: Field) -> Field {
    Field { required: false, ..field }
}

const CODE: Field = Field { autocomplete: "one-time-code", ..field("code", FieldKind::Code, 64) };
const METHOD: Field = field("method", FieldKind::Name, 40);
const CONNECTION: Field = field("connection", FieldKind::Name, 40);
const NEW_PASSWORD: Field = Field { name: "password", autocomplete: "new-password", ..PASSWORD };
const EMAIL: Field = optional(Field { autocomplete: "email", ..field("email", FieldKind::Email, 320) });
/// As people type it; needed only where a number is added.
const PHONE: Field = optional(Field { autocomplete: "tel", ..field("phone", FieldKind::Phone, 64) });
const BEGIN: Action = Action { name: ActionKind::Begin, fields: &[METHOD], limited: true };
const BEGIN_ENROLMENT: Action = Action { name: ActionKind::Begin, fields: &[METHOD, PHONE], limited: true };
const ANSWER: Action = Action { name: ActionKind::Answer, fields: &[CODE], limited: true };
const PASSKEY_ACTION: Action = Action {
    name: ActionKind::Passkey,
    fields: &[field("credential", FieldKind::Document, 16_384)],
    limited: true,
};
/// Trusts the browser, with a second factor; nothing with a first one.
const REMEMBER: Field = optional(field("remember_device", FieldKind::Consent, 8));
const ANSWER_SECOND: Action = Action { name: ActionKind::Answer, fields: &[CODE, REMEMBER], limited: true };
const PASSKEY_EITHER: Action = Action {
    name: ActionKind::Passkey,
    fields: &[field("credential", FieldKind::Document, 16_384), REMEMBER],
    limited: true,
};
const CONFIRM_LINK: Action =
    Action { name: ActionKind::ConfirmLink, fields: &[field("token", FieldKind::Token, 64)], limited: true };
const SAVED: Action =
    Action { name: ActionKind::Saved, fields: &[field("saved", FieldKind::Consent, 8)], limited: false };
const RESEND: Action = Action { name: ActionKind::Resend, fields: &[], limited: true };
const SIGN_UP_ACTION: Action = Action {
    name: ActionKind::SignUp,
    fields: &[
        EMAIL,
        PHONE,
        optional(USERNAME),
        optional(NEW_PASSWORD),
        optional(field("profile", FieldKind::Profile, 65_536)),
        optional(field("terms", FieldKind::Consent, 8)),
    ],
    limited: true,
};
const SAVE_PROFILE: Action = Action {
    name: ActionKind::SaveProfile,
    fields: &[optional(field("profile", FieldKind::Profile, 65_536))],
    limited: false,
};
const FEDERATE: Action = Action { name: ActionKind::Federate, fields: &[CONNECTION], limited: true };
const TO_SIGN_UP: Action = plain(ActionKind::SignUp);
const TO_RECOVER: Action = plain(ActionKind::Recover);
const RECOVER_ACTION: Action = Action { name: ActionKind::Recover, fields: &[USERNAME], limited: true };
const NEW_PASSWORD_ACTION: Action =
    Action { name: ActionKind::NewPassword, fields: &[NEW_PASSWORD], limited: true };

const IDENTIFY_ACTION: Action =
    Action { name: ActionKind::Identify, fields: &[USERNAME, OPTIONAL_PASSWORD], limited: true };
const PASSWORD_ACTION: Action = Action { name: ActionKind::Password, fields: &[PASSWORD], limited: true };
const RESTART: Action = plain(ActionKind::Restart);

const fn plain(name: ActionKind) -> Action {
    Action { name, fields: &[], limited: false }
}

impl StateName {
    /// Every state.
    pub const ALL: [Self; 31] = [
        Self::Identify,
        Self::Password,
        Self::Passkey,
        Self::EmailCode,
        Self::PhoneCode,
        Self::Totp,
        Self::RecoveryCode,
        Self::OtherMethod,
        Self::ChooseMethod,
        Self::SignUp,
        Self::LinkAccount,
        Self::VerifyContact,
        Self::Recover,
        Self::RecoverCode,
        Self::NewPassword,
        Self::ChooseEnrolment,
        Self::EnrolTotp,
        Self::EnrolPasskey,
        Self::EnrolPhone,
        Self::OfferPasskey,
        Self::RecoveryCodes,
        Self::EnrolOther,
        Self::ChooseAccount,
        Self::CompleteProfile,
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
            Self::Passkey => "passkey",
            Self::EmailCode => "email_code",
            Self::PhoneCode => "phone_code",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery_code",
            Self::OtherMethod => "other_method",
            Self::ChooseMethod => "choose_method",
            Self::SignUp => "sign_up",
            Self::LinkAccount => "link_account",
            Self::VerifyContact => "verify_contact",
            Self::Recover => "recover",
            Self::RecoverCode => "recover_code",
            Self::NewPassword => "new_password",
            Self::ChooseEnrolment => "choose_enrolment",
            Self::EnrolTotp => "enrol_totp",
            Self::EnrolPasskey => "enrol_passkey",
            Self::EnrolPhone => "enrol_phone",
            Self::OfferPasskey => "offer_passkey",
            Self::RecoveryCodes => "recovery_codes",
            Self::EnrolOther => "enrol_other",
            Self::ChooseAccount => "choose_account",
            Self::CompleteProfile => "complete_profile",
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
        const IDENTIFY: &[Action] =
            &[IDENTIFY_ACTION, BEGIN, PASSKEY_ACTION, FEDERATE, TO_SIGN_UP, TO_RECOVER];
        const PASSWORD: &[Action] = &[PASSWORD_ACTION, BEGIN, PASSKEY_ACTION, FEDERATE, TO_RECOVER, RESTART];
        const LINK_ACCOUNT: &[Action] = &[PASSWORD_ACTION, BEGIN, TO_RECOVER, RESTART];
        const SENT_CODE: &[Action] = &[ANSWER, CONFIRM_LINK, RESEND, BEGIN, TO_RECOVER, RESTART];
        const PHONE_CODE: &[Action] = &[ANSWER_SECOND, CONFIRM_LINK, RESEND, BEGIN, TO_RECOVER, RESTART];
        const TOTP: &[Action] = &[ANSWER_SECOND, BEGIN, RESTART];
        const TYPED_CODE: &[Action] = &[ANSWER, BEGIN, RESTART];
        const PASSKEY: &[Action] = &[PASSKEY_EITHER, BEGIN, RESTART];
        const OTHER: &[Action] = &[ANSWER, PASSKEY_ACTION, BEGIN, RESTART];
        const CHOOSE_METHOD: &[Action] = &[BEGIN, RESTART];
        const SIGN_UP: &[Action] = &[SIGN_UP_ACTION, FEDERATE, RESTART];
        const VERIFY: &[Action] = &[ANSWER, CONFIRM_LINK, RESEND, RESTART];
        const RECOVER: &[Action] = &[RECOVER_ACTION, RESTART];
        const NEW_PASSWORD: &[Action] = &[NEW_PASSWORD_ACTION, RESTART];
        const CHOOSE_ENROLMENT: &[Action] = &[BEGIN_ENROLMENT, RESTART];
        const ENROL_PHONE: &[Action] = &[ANSWER, RESEND, BEGIN_ENROLMENT, RESTART];
        const ENROL_CODE: &[Action] = &[ANSWER, BEGIN_ENROLMENT, RESTART];
        const ENROL_PASSKEY: &[Action] = &[PASSKEY_ACTION, BEGIN_ENROLMENT, RESTART];
        const OFFER_PASSKEY: &[Action] = &[PASSKEY_ACTION, plain(ActionKind::Skip)];
        const RECOVERY_CODES: &[Action] = &[SAVED];
        const ENROL_OTHER: &[Action] = &[ANSWER, PASSKEY_ACTION, BEGIN, RESTART];
        const CHOOSE: &[Action] = &[plain(ActionKind::UseSession), plain(ActionKind::UseAnother)];
        const COMPLETE_PROFILE: &[Action] = &[SAVE_PROFILE, plain(ActionKind::Skip), RESTART];
        const CONSENT: &[Action] =
            &[Action { name: ActionKind::Allow, fields: &[SCOPES], limited: false }, plain(ActionKind::Deny)];
        const SLOWED: &[Action] = &[RESTART];
        const LOGOUT: &[Action] = &[plain(ActionKind::SignOut), plain(ActionKind::Stay)];
        match self {
            Self::Identify => IDENTIFY,
            Self::Password => PASSWORD,
            Self::Passkey => PASSKEY,
            Self::EmailCode => SENT_CODE,
            Self::PhoneCode => PHONE_CODE,
            Self::Totp => TOTP,
            Self::RecoveryCode => TYPED_CODE,
            Self::OtherMethod => OTHER,
            Self::ChooseMethod => CHOOSE_METHOD,
            Self::SignUp => SIGN_UP,
            Self::LinkAccount => LINK_ACCOUNT,
            Self::VerifyContact | Self::RecoverCode => VERIFY,
            Self::Recover => RECOVER,
            Self::NewPassword => NEW_PASSWORD,
            Self::ChooseEnrolment => CHOOSE_ENROLMENT,
            Self::EnrolTotp => ENROL_CODE,
            Self::EnrolPasskey => ENROL_PASSKEY,
            Self::EnrolPhone => ENROL_PHONE,
            Self::OfferPasskey => OFFER_PASSKEY,
            Self::RecoveryCodes => RECOVERY_CODES,
            Self::EnrolOther => ENROL_OTHER,
            Self::ChooseAccount => CHOOSE,
            Self::CompleteProfile => COMPLETE_PROFILE,
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
    pub fn name(&self) -> StateName {
        match self {
            Self::Identify => StateName::Identify,
            Self::Password => StateName::Password,
            Self::Challenge { method, task, .. } => challenge_name(method, *task),
            Self::ChooseMethod { .. } => StateName::ChooseMethod,
            Self::SignUp => StateName::SignUp,
            Self::LinkAccount => StateName::LinkAccount,
            Self::Recover => StateName::Recover,
            Self::NewPassword => StateName::NewPassword,
            Self::ChooseEnrolment => StateName::ChooseEnrolment,
            Self::ChooseAccount => StateName::ChooseAccount,
            Self::CompleteProfile { .. } => StateName::CompleteProfile,
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
            Intent::SignUp => Self::SignUp,
            Intent::Recover => Self::Recover,
        }
    }
}

/// A challenge's state is named after what is asked and why.
fn challenge_name(method: &MethodId, task: Task) -> StateName {
    match (task, method.as_str()) {
        (Task::SignUp, _) => StateName::VerifyContact,
        (Task::Recover, _) => StateName::RecoverCode,
        (Task::Offer, _) => StateName::OfferPasskey,
        (Task::Enrol, "totp") => StateName::EnrolTotp,
        (Task::Enrol, "passkey" | "security_key") => StateName::EnrolPasskey,
        (Task::Enrol, "recovery_code") => StateName::RecoveryCodes,
        (Task::Enrol, "phone_code") => StateName::EnrolPhone,
        (Task::Enrol, _) => StateName::EnrolOther,
        (Task::First | Task::Second, "passkey" | "security_key") => StateName::Passkey,
        (Task::First | Task::Second, "email_code") => StateName::EmailCode,
        (Task::First | Task::Second, "phone_code") => StateName::PhoneCode,
        (Task::First | Task::Second, "totp") => StateName::Totp,
        (Task::First | Task::Second, "recovery_code") => StateName::RecoveryCode,
        (Task::First | Task::Second, _) => StateName::OtherMethod,
    }
}

impl ActionKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Password => "password",
            Self::Begin => "begin",
            Self::Answer => "answer",
            Self::Passkey => "passkey",
            Self::ConfirmLink => "confirm_link",
            Self::Resend => "resend",
            Self::SignUp => "sign_up",
            Self::Recover => "recover",
            Self::Federate => "federate",
            Self::NewPassword => "new_password",
            Self::Saved => "saved",
            Self::SaveProfile => "save_profile",
            Self::Skip => "skip",
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
