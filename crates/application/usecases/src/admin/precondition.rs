//! Optimistic locks of the API: a change is made only to the version its caller has seen.

use vestibule_kernel::Version;

use crate::admin::AdminFailure;

/// The version a caller says they have seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// Whatever it is.
    Any,
    /// Exactly this one.
    Version(Version),
    /// One that cannot be the current one: the caller named something else.
    Never,
}

impl Precondition {
    /// Goes on only if the current version is the one the caller has seen.
    ///
    /// # Errors
    /// [`AdminFailure::Stale`].
    pub fn check(self, current: Version) -> Result<(), AdminFailure> {
        match self {
            Self::Any => Ok(()),
            Self::Version(seen) if seen == current => Ok(()),
            Self::Version(_) | Self::Never => Err(AdminFailure::Stale),
        }
    }
}
