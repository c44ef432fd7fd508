//! What can go wrong on a page, as sentences of the catalogue: one typed value per sentence, so that who refuses needs
//! no key and nobody invents a second wording.

use crate::message::Message;

/// A code that was not accepted. Field `code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFault {
    /// Nothing was typed.
    Missing,
    /// It is not the code.
    Wrong,
    /// It was one, but not any more.
    Expired,
    /// It was used before.
    Used,
    /// The challenge's tries are spent.
    TooMany,
    /// A new one was asked for too early.
    TooEarly,
    /// The first code of a new authenticator app is not the one expected.
    AppDisagrees,
}

impl From<CodeFault> for Message {
    fn from(fault: CodeFault) -> Self {
        Self::new(match fault {
            CodeFault::Missing => "code-required",
            CodeFault::Wrong => "code-wrong",
            CodeFault::Expired => "code-expired",
            CodeFault::Used => "code-used",
            CodeFault::TooMany => "code-too-many",
            CodeFault::TooEarly => "code-resend-wait",
            CodeFault::AppDisagrees => "enrol-totp-wrong",
        })
    }
}

/// A passkey that was not accepted. Field `passkey-submit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyFault {
    /// The dialog was closed.
    Cancelled,
    /// The answer was not right.
    Failed,
    /// It was removed from the account, or is of another site.
    Unknown,
    /// The account has one of this device.
    Exists,
}

impl From<PasskeyFault> for Message {
    fn from(fault: PasskeyFault) -> Self {
        Self::new(match fault {
            PasskeyFault::Cancelled => "passkey-cancelled",
            PasskeyFault::Failed => "passkey-failed",
            PasskeyFault::Unknown => "passkey-unknown",
            PasskeyFault::Exists => "passkey-exists",
        })
    }
}

/// A field of a profile, or an identifier, that was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileFault {
    /// It is needed.
    Missing,
    /// It is not of its type or bounds.
    Invalid,
    /// Somebody has this user name. Never said of an address or a number.
    UsernameTaken,
    /// Addresses of this domain are not taken.
    Domain,
    /// The terms were not agreed to. Field `terms`.
    Terms,
    /// The codes were not confirmed to be saved. Field `saved`.
    NotSaved,
}

impl From<ProfileFault> for Message {
    fn from(fault: ProfileFault) -> Self {
        Self::new(match fault {
            ProfileFault::Missing => "field-required",
            ProfileFault::Invalid => "field-invalid",
            ProfileFault::UsernameTaken => "sign-up-taken-username",
            ProfileFault::Domain => "sign-up-domain",
            ProfileFault::Terms => "sign-up-terms-required",
            ProfileFault::NotSaved => "recovery-codes-saved-required",
        })
    }
}

/// A new password that was not accepted. Field `password`; lengths and common words are the ones of the first operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewPasswordFault {
    /// It is the one they have.
    Same,
    /// It is known from a leak.
    Leaked,
}

impl From<NewPasswordFault> for Message {
    fn from(fault: NewPasswordFault) -> Self {
        Self::new(match fault {
            NewPasswordFault::Same => "new-password-same",
            NewPasswordFault::Leaked => "new-password-leaked",
        })
    }
}

/// Why somebody else's sign-in failed; the text of [`crate::views::FederationFailedPage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderFault {
    /// The person said no there.
    Denied,
    /// It does not answer, or with an error of its own.
    Down,
    /// Its answer could not be verified.
    Invalid,
    /// The way there and back took too long, or the browser lost its cookie.
    Expired,
    /// It named no address and the realm needs one.
    EmailMissing,
    /// It did not verify the address.
    EmailUnverified,
    /// Nobody here has this identity, and no account may be made for it.
    NoAccount,
    /// The connection is set up wrongly.
    Misconfigured,
}

impl ProviderFault {
    /// The sentence, with the provider's name.
    pub fn message(self, provider: &str) -> Message {
        let message = Message::new(match self {
            Self::Denied => "federation-failed-denied",
            Self::Down => "federation-failed-down",
            Self::Invalid => "federation-failed-invalid",
            Self::Expired => "federation-failed-expired",
            Self::EmailMissing => "federation-failed-email-missing",
            Self::EmailUnverified => "federation-failed-email-unverified",
            Self::NoAccount => "federation-failed-no-account",
            Self::Misconfigured => "federation-failed-misconfigured",
        });
        message.with("provider", provider)
    }
}

/// Why a page is shown that nobody asked for, or what changes on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// A second step has to be set up.
    EnrolmentRequired,
    /// A second step is offered.
    EnrolmentOffered,
    /// The password is known from a leak.
    PasswordLeaked,
    /// An administrator asks for a new password.
    PasswordByAdministrator,
    /// A code was sent again.
    CodeSentAgain,
    /// New accounts are by invitation only.
    InvitationNeeded,
    /// There are no new accounts.
    SignUpClosed,
    /// The link to begin again with another address.
    OtherAddress,
    /// The link to begin again with another number.
    OtherNumber,
    /// The link to begin again with another account.
    OtherAccount,
}

impl From<Reason> for Message {
    fn from(reason: Reason) -> Self {
        Self::new(match reason {
            Reason::EnrolmentRequired => "choose-enrolment-required",
            Reason::EnrolmentOffered => "choose-enrolment-offer",
            Reason::PasswordLeaked => "new-password-forced-leak",
            Reason::PasswordByAdministrator => "new-password-forced-admin",
            Reason::CodeSentAgain => "code-sent-again",
            Reason::InvitationNeeded => "sign-up-invitation-needed",
            Reason::SignUpClosed => "sign-up-closed",
            Reason::OtherAddress => "code-other-address",
            Reason::OtherNumber => "code-other-number",
            Reason::OtherAccount => "ways-restart",
        })
    }
}

/// Who invited somebody to a new account.
pub fn invited_by(inviter: &str) -> Message {
    Message::new("sign-up-invitation").with("inviter", inviter)
}

/// The label of a standard field of a profile; `None`: the realm names it.
pub fn field_label(name: &str) -> Option<Message> {
    let key = match name {
        "email" => "field-email",
        "phone" => "field-phone",
        "username" => "field-username",
        "name" => "field-name",
        "given_name" => "field-given-name",
        "family_name" => "field-family-name",
        "birthdate" => "field-birthdate",
        _ => return None,
    };
    Some(Message::new(key))
}

/// How a phone number is typed.
pub fn phone_hint() -> Message {
    Message::new("field-phone-hint")
}
