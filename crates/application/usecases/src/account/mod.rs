//! What people do with their own account. Each use case demands the person's own context; what could take the account
//! over or away demands a fresh proof as well.

pub mod activity;
pub mod apps;
pub mod archive;
mod challenge;
mod contact;
pub mod deletion;
pub mod device;
pub mod door;
pub mod emails;
pub mod export;
pub mod factors;
pub mod overview;
pub mod passkeys;
pub mod password;
pub mod phones;
pub mod profile;
pub mod sessions;

use vestibule_authn::password::PasswordError;
use vestibule_kernel::StoreError;
use vestibule_users::profile::ProfileError;

use crate::flow::FlowError;

pub use crate::access::account::{AccountCx, FRESH_SECONDS, FreshCx, LeavingCx};
pub use crate::flow::login_name;
pub use activity::{list_activity, secure_account};
pub use apps::{ConnectedApp, list_apps, withdraw_app};
pub use archive::{ArchiveFault, VerifiedArchive, verify_archive};
pub(crate) use archive::{Made, export_data};
pub use challenge::CodeError;
pub use contact::WaitingContact;
pub(crate) use deletion::erase_user;
pub use deletion::{keep_account, schedule_deletion};
pub use device::Device;
pub use door::start_proof;
pub use emails::{EmailRefusal, add_email, confirm_email, make_primary, remove_email, waiting_email};
pub use export::{Archive, get_export, list_exports, request_export, take_export};
pub use factors::{begin_factor, can_add, confirm_factor, remove_factor, rename_factor, show_factor};
pub use overview::{Overview, overview};
pub use passkeys::{list_passkeys, remove_passkey, rename_passkey};
pub use password::change_password;
pub use phones::{
    PhoneRefusal, add_phone, can_add_phone, confirm_phone, make_primary_phone, remove_phone, waiting_phone,
};
pub use profile::update_profile;
pub use sessions::{
    OwnSession, OwnTrustedDevice, end_other_sessions, end_session, forget_trusted_device, list_sessions,
    list_trusted_devices,
};

/// Why something at an account did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// There is no live session of an active user.
    #[error("nobody is signed in")]
    SignedOut,
    /// The account is closed and waits for its erasure.
    #[error("the account is going to be deleted")]
    Leaving,
    /// Nobody else manages the installation.
    #[error("nobody else manages this installation")]
    SoleOwner,
    /// The last sign-in is too old for this change.
    #[error("a fresh proof is needed")]
    ProofNeeded,
    /// There is no such thing, or it is somebody else's.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The realm has switched it off.
    #[error("switched off in this realm")]
    SwitchedOff,
    /// The new password was refused.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A code was not accepted.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// An address was refused.
    #[error(transparent)]
    Email(#[from] EmailRefusal),
    /// A number was refused.
    #[error(transparent)]
    Phone(#[from] PhoneRefusal),
    /// A value of the profile was refused.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// There are as many as there may be.
    #[error("there are too many")]
    TooMany,
    /// The realm demands a second factor, and this is the last one.
    #[error("it is the last second factor, and one is needed")]
    LastFactor,
    /// Too many requests of one person.
    #[error("too many requests")]
    Limited {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// Not a name for something.
    #[error("a name has at most 60 characters and no control characters")]
    Label,
    /// Nothing else opens the account.
    #[error("it is the last way in")]
    LastWayIn,
    /// The hashing queue is full.
    #[error("too much at once")]
    Busy {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// The realm serves nobody at the moment.
    #[error("the realm is suspended")]
    RealmSuspended,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<FlowError> for AccountError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Limited { retry_after_seconds } => Self::Limited { retry_after_seconds },
            FlowError::Busy { retry_after_seconds } => Self::Busy { retry_after_seconds },
            FlowError::RealmSuspended => Self::RealmSuspended,
            FlowError::Store(error) => Self::Store(error),
            _ => Self::SwitchedOff,
        }
    }
}
