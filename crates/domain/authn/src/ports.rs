//! How flows, credentials and counters are stored, and how passwords are hashed.

use async_trait::async_trait;
use vestibule_kernel::{
    ChallengeId, Changed, CredentialId, DeviceId, Digest, EventRecord, FlowId, Page, PageRequest, Secret,
    StoreError, Timestamp, UserId,
};

use crate::{
    challenge::{AttemptReserved, ChallengePurpose, StoredChallenge},
    credential::{Credential, CredentialKind, PasswordHash},
    flow::Flow,
    lockout::Reservation,
    method::MethodId,
    trusted_device::TrustedDevice,
};

/// Flows of the transaction's realm.
#[async_trait]
pub trait FlowRepo: Send {
    /// A flow by id, expired ones included until they are purged.
    async fn find_flow(&mut self, id: FlowId) -> Result<Option<Flow>, StoreError>;

    /// Stores a new or changed flow with its events; `Stale` when the version moved, at the latest from the commit.
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

    /// The credential that answers under this name, whoever's it is.
    async fn find_credential_by_external_id(
        &mut self,
        kind: CredentialKind,
        external_id: &[u8],
    ) -> Result<Option<Credential>, StoreError>;

    /// The credentials of the realm whose secret is sealed, by id.
    async fn list_sealed_credentials(&mut self, page: &PageRequest) -> Result<Page<Credential>, StoreError>;

    /// Removes a credential; false if there was none.
    async fn delete_credential(&mut self, id: CredentialId, event: EventRecord) -> Result<bool, StoreError>;
}

/// Challenges of the transaction's realm.
#[async_trait]
pub trait ChallengeRepo: Send {
    /// Stores a new challenge. Older open ones of the same flow, user, method and purpose are given up: one is live.
    async fn insert_challenge(&mut self, challenge: &StoredChallenge) -> Result<(), StoreError>;

    /// A challenge by id, also one that is over.
    async fn find_challenge(&mut self, id: ChallengeId) -> Result<Option<StoredChallenge>, StoreError>;

    /// The challenge whose link has this token.
    async fn find_challenge_by_link(&mut self, link: &Digest) -> Result<Option<StoredChallenge>, StoreError>;

    /// The newest challenge of a flow and method that is not consumed.
    async fn find_flow_challenge(
        &mut self,
        flow: FlowId,
        method: &MethodId,
        purpose: ChallengePurpose,
    ) -> Result<Option<StoredChallenge>, StoreError>;

    /// Counts one attempt by one conditional statement, before the answer is judged.
    async fn reserve_challenge_attempt(
        &mut self,
        id: ChallengeId,
        now: Timestamp,
    ) -> Result<AttemptReserved, StoreError>;

    /// Gives one attempt back: the answer was malformed and never judged.
    async fn release_challenge_attempt(&mut self, id: ChallengeId) -> Result<(), StoreError>;

    /// Claims an open challenge by one conditional statement; false if it was consumed or is over.
    async fn consume_challenge(&mut self, id: ChallengeId, now: Timestamp) -> Result<bool, StoreError>;

    /// How many challenges with a message were asked for since a time for the contact of this normal form: budgets
    /// against mail bombing.
    async fn count_challenges_to(&mut self, contact: &str, since: Timestamp) -> Result<u32, StoreError>;
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

/// Which browsers are trusted no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustScope {
    /// One of a user.
    One(UserId, DeviceId),
    /// All of a user.
    User(UserId),
    /// All of the realm.
    Realm,
}

/// Browsers of the transaction's realm in which a second factor is waived.
#[async_trait]
pub trait TrustedDeviceRepo: Send {
    /// Stores a newly trusted browser, or trusts it anew; with its events.
    async fn save_trusted_device(&mut self, change: Changed<TrustedDevice>) -> Result<(), StoreError>;

    /// Whether this user trusts this browser now; notes that it was used, in the same statement.
    async fn use_trusted_device(
        &mut self,
        user: UserId,
        id: DeviceId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The browsers a user trusts now, the last used first; at most 100.
    async fn list_trusted_devices(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<TrustedDevice>, StoreError>;

    /// Trusts the browsers in scope no more, with a `device.forgotten` event for each. Sessions of their owners in which a
    /// second factor was waived no longer count as such. Returns how many browsers it were.
    async fn forget_trusted_devices(&mut self, scope: TrustScope) -> Result<u64, StoreError>;
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
