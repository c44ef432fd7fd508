//! How flows, credentials and counters are stored, and how passwords are hashed.

use async_trait::async_trait;
use vestibule_kernel::{Changed, CredentialId, EventRecord, FlowId, Secret, StoreError, Timestamp, UserId};

use crate::{
    credential::{Credential, CredentialKind, PasswordHash},
    flow::Flow,
    lockout::Reservation,
};

/// Flows of the transaction's realm.
#[async_trait]
pub trait FlowRepo: Send {
    /// A flow by id, expired ones included until they are purged.
    async fn find_flow(&mut self, id: FlowId) -> Result<Option<Flow>, StoreError>;

    /// Stores a new or changed flow with its events; `Stale` when the version moved.
    async fn save_flow(&mut self, change: Changed<Flow>) -> Result<(), StoreError>;
}

/// Credentials of the transaction's realm.
#[async_trait]
pub trait CredentialRepo: Send {
    /// All credentials of a user, oldest first.
    async fn list_credentials(&mut self, user: UserId) -> Result<Vec<Credential>, StoreError>;

    /// The credential of a kind that a user has at most one of.
    async fn find_credential(
        &mut self,
        user: UserId,
        kind: CredentialKind,
    ) -> Result<Option<Credential>, StoreError>;

    /// Stores a new or changed credential with its events; `Stale` when the version moved.
    async fn save_credential(&mut self, change: Changed<Credential>) -> Result<(), StoreError>;

    /// Removes a credential; false if there was none.
    async fn delete_credential(&mut self, id: CredentialId, event: EventRecord) -> Result<bool, StoreError>;
}

/// Counters of failed attempts, per user and kind of credential.
#[async_trait]
pub trait LockoutRepo: Send {
    /// Counts an attempt before it is made, under a row lock, by [`crate::Lockout::reserve`]. Committed before the
    /// comparison, so that parallel guesses cannot share one count.
    async fn reserve_attempt(
        &mut self,
        user: UserId,
        kind: CredentialKind,
        now: Timestamp,
    ) -> Result<Reservation, StoreError>;

    /// Forgets the failures after a success or when a credential is bound anew.
    async fn reset_attempts(&mut self, user: UserId, kind: CredentialKind) -> Result<(), StoreError>;

    /// Gives one reserved attempt back: the comparison was never made (the hashing queue was full).
    async fn release_attempt(&mut self, user: UserId, kind: CredentialKind) -> Result<(), StoreError>;
}

/// Why a password was not hashed or verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The queue is full: answer 503 with `Retry-After`.
    #[error("password hashing is at capacity; retry in {retry_after_seconds} s")]
    Busy {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// The stored hash is damaged or of an unknown scheme.
    #[error("the stored password hash cannot be used")]
    Unusable,
}

/// What a hash costs, as set by the realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

/// The answer of a verification.
#[must_use = "an unread verdict would let anybody in"]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right and hashed as the realm wants it.
    Right,
    /// The password is right; hash it anew under the realm's parameters.
    RightButOutdated,
    /// The password is wrong.
    Wrong,
}

/// Hashes and verifies passwords on a bounded pool of its own.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password under the given cost.
    async fn hash(&self, password: &Secret, cost: HashCost) -> Result<PasswordHash, HashError>;

    /// Verifies a password. Without a hash (unknown user, no password set) the same work is done and the verdict is
    /// [`Verdict::Wrong`].
    async fn verify(
        &self,
        password: &Secret,
        hash: Option<&PasswordHash>,
        cost: HashCost,
    ) -> Result<Verdict, HashError>;
}
