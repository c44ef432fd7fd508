//! A challenge that waits for its answer: stored once, judged a bounded number of times, claimed by one statement.

use vestibule_kernel::{
    ChallengeId, Digest, FlowId, Sealed, Timestamp, UserId,
    contact::{Email, Phone},
};

use crate::method::MethodId;

/// What an answered challenge is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengePurpose {
    /// A factor of a sign-in.
    Prove,
    /// A contact is proven to be theirs.
    VerifyContact,
    /// A forgotten password is replaced.
    Recover,
    /// A new authenticator is bound.
    Enrol,
    /// Undo of a change that was announced by mail.
    Undo,
}

impl ChallengePurpose {
    /// Every purpose.
    pub const ALL: [Self; 5] = [Self::Prove, Self::VerifyContact, Self::Recover, Self::Enrol, Self::Undo];

    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prove => "prove",
            Self::VerifyContact => "verify_contact",
            Self::Recover => "recover",
            Self::Enrol => "enrol",
            Self::Undo => "undo",
        }
    }

    /// The purpose with this stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// Where a message of a challenge goes: a stored contact, or one that is being proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// An address.
    Email(Email),
    /// A number.
    Phone(Phone),
}

impl Contact {
    /// As it was typed, cleaned of what does not belong to it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }

    /// The one form in which messages to a contact are counted, however it was typed.
    pub fn normal(&self) -> &str {
        match self {
            Self::Email(email) => email.normal(),
            Self::Phone(phone) => phone.normal(),
        }
    }
}

/// One challenge.
#[derive(Clone)]
pub struct StoredChallenge {
    /// Its id.
    pub id: ChallengeId,
    /// The method that judges the answer.
    pub method: MethodId,
    /// What for.
    pub purpose: ChallengePurpose,
    /// The flow it belongs to; none: an account page asked for it.
    pub flow: Option<FlowId>,
    /// Who it is about; none: nobody yet, or nobody at all. The page looks the same.
    pub user: Option<UserId>,
    /// Whom its message is for, in normal form; also that of a decoy, so that messages asked for are counted alike. The
    /// address as it is written to stands in the payload.
    pub contact: Option<Contact>,
    /// Digest of the token in its link.
    pub link: Option<Digest>,
    /// What the method judges by, and what the message says, sealed with the id as place.
    pub payload: Sealed,
    /// Answers judged so far.
    pub attempts: u32,
    /// Answers judged at most.
    pub max_attempts: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// When it was answered rightly, or given up.
    pub consumed_at: Option<Timestamp>,
}

/// The place name under which payloads are sealed.
pub const PAYLOAD_PURPOSE: &str = "challenge";

/// What became of counting an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptReserved {
    /// It may be judged.
    Granted {
        /// How many more there are after this one.
        left: u32,
    },
    /// Used up, over, or answered already.
    Refused,
}

impl StoredChallenge {
    /// Whether it waits for an answer.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.consumed_at.is_none() && now < self.expires_at && self.attempts < self.max_attempts
    }
}
