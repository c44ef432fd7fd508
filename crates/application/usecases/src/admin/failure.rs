//! Why a call of an administrator was refused. One enum for the area: every call can meet every variant.

use vestibule_authn::HashError;
use vestibule_kernel::StoreError;
use vestibule_oauth::TokenError;

use crate::{access::admin::AdminError, keys::KeyError};

/// One value that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer of the value; empty: the whole.
    pub pointer: String,
    /// Which rule.
    pub detail: String,
}

/// A refused call.
#[derive(Debug, thiserror::Error)]
pub enum AdminFailure {
    /// No valid token, or a scope is missing.
    #[error(transparent)]
    Access(AdminError),
    /// There is no such thing in this realm, whatever exists elsewhere.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The thing was changed since the caller read it.
    #[error("it was changed meanwhile")]
    Stale,
    /// Values break rules; at least one.
    #[error("{}", .0.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<Fault>),
    /// The change contradicts what exists.
    #[error("{0}")]
    Conflict(&'static str),
    /// Nobody grants, or takes over, more than they hold.
    #[error("the scope {0} is more than the caller holds")]
    Ceiling(String),
    /// Password hashing is at capacity.
    #[error("password hashing is at capacity")]
    Busy {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// Asked too often.
    #[error("asked too often")]
    TooMany {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// A key could not be made.
    #[error(transparent)]
    Signing(#[from] TokenError),
    /// A task was cut off: the process is shutting down.
    #[error("the server is shutting down")]
    Cancelled,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl AdminFailure {
    /// A value that breaks a rule.
    pub fn invalid(pointer: impl Into<String>, detail: impl ToString) -> Self {
        Self::Invalid(vec![Fault { pointer: pointer.into(), detail: detail.to_string() }])
    }

    /// The same, with the values named as parts of a larger whole.
    #[must_use]
    pub fn below(self, pointer: &str) -> Self {
        match self {
            Self::Invalid(faults) => Self::Invalid(
                faults
                    .into_iter()
                    .map(|fault| Fault { pointer: format!("{pointer}{}", fault.pointer), ..fault })
                    .collect(),
            ),
            other => other,
        }
    }
}

impl From<StoreError> for AdminFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale,
            StoreError::NotFound(what) => Self::NotFound(what),
            StoreError::Conflict(constraint) => Self::Conflict(match constraint.as_str() {
                "realms_slug" => "another realm has this slug",
                "realm_hosts_host" => "another realm has one of these hosts",
                "connections_key" => "another connection has this key",
                "theme_revisions_pkey" => "another revision was published at the same time",
                "theme_drafts_pkey" => "somebody else began a draft at the same time",
                "clients_pkey" => "another client has this client_id",
                "user_identifiers_value" => {
                    "another user has one of these identifiers (user name, e-mail address or phone number)"
                }
                _ => "it exists already",
            }),
            other @ (StoreError::Unavailable(_) | StoreError::Corrupt(_)) => Self::Store(other),
        }
    }
}

impl From<AdminError> for AdminFailure {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::Store(error) => error.into(),
            other @ (AdminError::Unauthenticated | AdminError::MissingScope(_)) => Self::Access(other),
        }
    }
}

impl From<HashError> for AdminFailure {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy { retry_after_seconds } => Self::Busy { retry_after_seconds },
            HashError::Unusable => Self::invalid("/password", "the hash cannot be used"),
        }
    }
}

impl From<KeyError> for AdminFailure {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::NotUsed(_) => Self::invalid("/algorithm", error),
            KeyError::Signing(error) => Self::Signing(error),
            KeyError::Cancelled => Self::Cancelled,
            KeyError::Seal(error) => StoreError::Corrupt(error.to_string()).into(),
            KeyError::Store(error) => error.into(),
        }
    }
}
