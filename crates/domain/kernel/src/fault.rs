//! What can go wrong below a use case.

/// A fault of the store. Carries no value of the query that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be reached, is too slow or too busy; try again later.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Somebody else changed the row since it was read.
    #[error("the row was changed meanwhile")]
    Stale,
    /// A unique rule refused the write; names the constraint.
    #[error("the write conflicts with {0}")]
    Conflict(String),
    /// A row that must exist does not.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// What is stored cannot be read back.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
}
