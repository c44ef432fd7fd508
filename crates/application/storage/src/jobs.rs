//! The job queue: jobs commit with the change that caused them, are claimed under a lease, retried with back-off, and
//! parked visibly when they keep failing.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use vestibule_kernel::{
    ChallengeId, ClientId, ExportId, JobId, Page, PageRequest, RealmId, SessionId, StoreError, Timestamp,
    UserId,
    contact::{Email, Locale},
};

/// Work that commits with the change that caused it. Idempotent: each may run more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Tell a client that a session ended.
    BackchannelLogout {
        /// The client.
        client: ClientId,
        /// The session.
        session: SessionId,
        /// Whose it was.
        user: UserId,
    },
    /// Send the code and link of a challenge, while it waits.
    SendChallenge {
        /// The challenge.
        challenge: ChallengeId,
        /// The language of the page that asked for it, for those who have none of their own.
        #[serde(default)]
        locale: Option<Locale>,
    },
    /// Send a message to a user.
    SendMessage {
        /// The user.
        user: UserId,
        /// To which address, where it is not the main one: one that was theirs, or is about to be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Email>,
        /// Which message: a key of the renderer's catalogue.
        message: MessageKind,
        /// Plain values for the template: never secrets.
        data: serde_json::Map<String, serde_json::Value>,
        /// The language in which the user was served, if it was they who caused it; theirs goes first.
        #[serde(default)]
        locale: Option<Locale>,
    },
    /// Make the copy that a user asked for.
    ExportData {
        /// The copy.
        export: ExportId,
        /// The language in which the user was served.
        #[serde(default)]
        locale: Option<Locale>,
    },
    /// Erase somebody whose days of grace are over.
    EraseUser {
        /// The user.
        user: UserId,
        /// The time that was set; another one means another decision.
        due: Timestamp,
    },
}

/// The messages there are. The values each one takes are listed with it; a time or date is RFC 3339, a link is an
/// absolute address below the realm's issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Your account was used from a browser not seen before: `time`, `user_agent`, `ip`.
    NewDevice,
    /// Your password was changed.
    PasswordChanged,
    /// A code to sign in with: `code`, `minutes`, perhaps `link`.
    SignInCode,
    /// Is this address yours: `code`, `minutes`, perhaps `link`.
    VerifyEmail,
    /// Choose a new password: `code`, `link`, `minutes`.
    RecoverPassword,
    /// Somebody signed up with an address that has an account: `link` to sign in, `recover_link`.
    AccountExists,
    /// An address was added: `new`, perhaps `undo_link`.
    EmailAdded,
    /// Another address is the main one: `old`, `new`, perhaps `undo_link`.
    EmailChanged,
    /// An address was removed: `old`.
    EmailRemoved,
    /// A phone number was added: `number` (masked), `time`.
    PhoneAdded,
    /// Another phone number is the main one: `number`, `time`.
    PhoneChanged,
    /// A phone number was removed: `number`, `time`.
    PhoneRemoved,
    /// A way to sign in was added: `factor`, `time`.
    FactorAdded,
    /// A way to sign in was removed: `factor`, `time`.
    FactorRemoved,
    /// A recovery code was used: `left`, `time`.
    RecoveryCodeUsed,
    /// A passkey answered as a copy of it would, and was refused: `time`.
    PasskeyCopied,
    /// A security key answered as a copy of it would, and was refused: `time`.
    SecurityKeyCopied,
    /// An account elsewhere was linked: `provider`, `time`.
    IdentityLinked,
    /// An account elsewhere was unlinked: `provider`, `time`.
    IdentityUnlinked,
    /// The account will be deleted: `date`, `undo_link`.
    DeletionScheduled,
    /// The account stays after all.
    DeletionUndone,
    /// The account is gone.
    AccountDeleted,
    /// The archive of somebody's data is ready: `link`, `days`.
    ExportReady,
    /// Come and make an account: `link`, `days`.
    InvitationToSignUp,
    /// Mail works: nothing.
    MailTest,
}

impl MessageKind {
    /// Every kind, in the order above.
    pub const ALL: [Self; 25] = [
        Self::NewDevice,
        Self::PasswordChanged,
        Self::SignInCode,
        Self::VerifyEmail,
        Self::RecoverPassword,
        Self::AccountExists,
        Self::EmailAdded,
        Self::EmailChanged,
        Self::EmailRemoved,
        Self::PhoneAdded,
        Self::PhoneChanged,
        Self::PhoneRemoved,
        Self::FactorAdded,
        Self::FactorRemoved,
        Self::RecoveryCodeUsed,
        Self::PasskeyCopied,
        Self::SecurityKeyCopied,
        Self::IdentityLinked,
        Self::IdentityUnlinked,
        Self::DeletionScheduled,
        Self::DeletionUndone,
        Self::AccountDeleted,
        Self::ExportReady,
        Self::InvitationToSignUp,
        Self::MailTest,
    ];

    /// The stored word, also the folder of its templates.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewDevice => "new_device",
            Self::PasswordChanged => "password_changed",
            Self::SignInCode => "sign_in_code",
            Self::VerifyEmail => "verify_email",
            Self::RecoverPassword => "recover_password",
            Self::AccountExists => "account_exists",
            Self::EmailAdded => "email_added",
            Self::EmailChanged => "email_changed",
            Self::EmailRemoved => "email_removed",
            Self::PhoneAdded => "phone_added",
            Self::PhoneChanged => "phone_changed",
            Self::PhoneRemoved => "phone_removed",
            Self::FactorAdded => "factor_added",
            Self::FactorRemoved => "factor_removed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::PasskeyCopied => "passkey_copied",
            Self::SecurityKeyCopied => "security_key_copied",
            Self::IdentityLinked => "identity_linked",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::DeletionScheduled => "deletion_scheduled",
            Self::DeletionUndone => "deletion_undone",
            Self::AccountDeleted => "account_deleted",
            Self::ExportReady => "export_ready",
            Self::InvitationToSignUp => "invitation_to_sign_up",
            Self::MailTest => "mail_test",
        }
    }
}

/// The text messages there are; those with a code take `code` and `minutes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsKind {
    /// A code to sign in with.
    SignInCode,
    /// Is this number yours.
    VerifyPhone,
    /// Somebody signed up with a number that has an account; without a code.
    AccountExists,
    /// Does the provider work; without a code.
    Test,
}

impl SmsKind {
    /// The stored word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignInCode => "sms_sign_in_code",
            Self::VerifyPhone => "sms_verify_phone",
            Self::AccountExists => "sms_account_exists",
            Self::Test => "sms_test",
        }
    }
}

impl Job {
    /// The stored word for the kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::BackchannelLogout { .. } => "backchannel_logout",
            Self::SendChallenge { .. } => "send_challenge",
            Self::SendMessage { .. } => "send_message",
            Self::ExportData { .. } => "export_data",
            Self::EraseUser { .. } => "erase_user",
        }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waiting for its time.
    Queued,
    /// Gave up after the last attempt; kept to be looked at.
    Parked,
}

/// A job as an administrator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it runs next.
    pub run_at: Timestamp,
    /// Why it failed last; without secrets.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
}

/// A job claimed by a worker.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// Its id.
    pub id: JobId,
    /// Its realm.
    pub realm: RealmId,
    /// What to do.
    pub job: Job,
    /// Attempts before this one.
    pub attempts: u32,
}

/// What became of a claimed job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// Done; the row goes.
    Done,
    /// Again at `run_at`.
    Retry {
        /// When.
        run_at: Timestamp,
        /// Why; without secrets.
        error: String,
    },
    /// No more attempts.
    Park {
        /// Why; without secrets.
        error: String,
    },
}

/// The queue inside a realm's transaction.
#[async_trait]
pub trait JobQueue: Send {
    /// Queues a job for `run_at`.
    async fn enqueue(&mut self, id: JobId, job: &Job, run_at: Timestamp) -> Result<(), StoreError>;

    /// Jobs of the realm, oldest first.
    async fn list_jobs(
        &mut self,
        state: Option<JobState>,
        page: &PageRequest,
    ) -> Result<Page<JobView>, StoreError>;

    /// Puts a parked job back with a fresh count; false if there is none.
    async fn retry_job(&mut self, id: JobId, now: Timestamp) -> Result<bool, StoreError>;
}
