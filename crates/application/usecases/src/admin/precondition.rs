//! Optimistic locks of the API: a change is made only to the version its caller has seen.

use vestibule_kernel::Version;

use crate::admin::AdminFailure;

/// The version a caller says they have seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// Whatever it is.
    Any,
    /// One of these. Empty: the caller named something that is no version at all.
    OneOf(Vec<Version>),
}

impl Precondition {
    /// Goes on only if the current version is the one the caller has seen.
    ///
    /// # Errors
    /// [`AdminFailure::Stale`].
    pub fn check(&self, current: Version) -> Result<(), AdminFailure> {
        match self {
            Self::Any => Ok(()),
            Self::OneOf(seen) if seen.contains(&current) => Ok(()),
            Self::OneOf(_) => Err(AdminFailure::Stale),
        }
    }
}
