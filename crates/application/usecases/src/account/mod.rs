//! What people do with their own account. Each use case demands the person's own context; what could take the account
//! over or away demands a fresh proof as well.

pub mod apps;
pub mod device;
pub mod door;
pub mod overview;
pub mod password;
pub mod sessions;

use vestibule_authn::password::PasswordError;
use vestibule_kernel::StoreError;

pub use crate::access::account::{AccountCx, FRESH_SECONDS, FreshCx};
pub use crate::flow::login_name;
pub use apps::{ConnectedApp, list_apps, withdraw_app};
pub use device::Device;
pub use door::start_proof;
pub use overview::{Overview, overview};
pub use password::change_password;
pub use sessions::{OwnSession, end_other_sessions, end_session, list_sessions};

/// Why something at an account did not happen.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// There is no live session of an active user.
    #[error("nobody is signed in")]
    SignedOut,
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
