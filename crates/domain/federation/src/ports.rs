//! How connections, identities and trips are stored.

use async_trait::async_trait;
use vestibule_kernel::{
    AttemptId, Changed, ConnectionId, Digest, EventRecord, IdentityId, Page, PageRequest, Sealed, StoreError,
    Timestamp, UserId,
};

use crate::{
    attempt::Attempt,
    claims::UpstreamIdentity,
    connection::{Connection, ConnectionKey},
    identity::{Identity, Subject},
};

/// What became of claiming a trip.
#[derive(Clone)]
pub enum AttemptClaim {
    /// This call is the first: the trip as it was.
    Claimed(Box<Attempt>),
    /// There is none, it is over, or it was claimed before.
    Unknown,
}

/// Connections, identities and trips of the transaction's realm.
#[async_trait]
pub trait FederationRepo: Send {
    /// Every connection by key, for the snapshot.
    async fn list_connections(&mut self) -> Result<Vec<Connection>, StoreError>;

    /// A connection by id.
    async fn find_connection(&mut self, id: ConnectionId) -> Result<Option<Connection>, StoreError>;

    /// A connection by key.
    async fn find_connection_by_key(&mut self, key: &ConnectionKey)
    -> Result<Option<Connection>, StoreError>;

    /// Stores a new or changed connection and raises `config_version`. A taken key is `Conflict("connections_key")`.
    async fn save_connection(&mut self, change: Changed<Connection>) -> Result<(), StoreError>;

    /// How many identities a connection has.
    async fn count_identities(&mut self, connection: ConnectionId) -> Result<u64, StoreError>;

    /// Removes a connection with its identities and trips and raises `config_version`; false if there was none.
    async fn delete_connection(&mut self, id: ConnectionId, event: EventRecord) -> Result<bool, StoreError>;

    /// The identity of a subject at a connection, compared byte by byte.
    async fn find_identity(
        &mut self,
        connection: ConnectionId,
        subject: &Subject,
    ) -> Result<Option<Identity>, StoreError>;

    /// A user's identities, oldest first.
    async fn list_identities(
        &mut self,
        user: UserId,
        page: &PageRequest,
    ) -> Result<Page<Identity>, StoreError>;

    /// Stores a new or changed identity. One that is linked already is `Conflict("identities_subject")`.
    async fn save_identity(&mut self, change: Changed<Identity>) -> Result<(), StoreError>;

    /// Removes a user's identity; false if that user has none with this id.
    async fn delete_identity(
        &mut self,
        user: UserId,
        id: IdentityId,
        event: EventRecord,
    ) -> Result<bool, StoreError>;

    /// Stores a trip.
    async fn insert_attempt(&mut self, attempt: &Attempt) -> Result<(), StoreError>;

    /// A trip by the digest of its `state`.
    async fn find_attempt_by_state(&mut self, state: &Digest) -> Result<Option<Attempt>, StoreError>;

    /// Keeps the sealed answer of a cross-site form under a one-time reference, once; false if there is one already or
    /// the trip is over.
    async fn keep_answer(
        &mut self,
        id: AttemptId,
        reference: &Digest,
        answer: &Sealed,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// A trip by the reference of its kept answer.
    async fn find_attempt_by_reference(&mut self, reference: &Digest) -> Result<Option<Attempt>, StoreError>;

    /// Claims the return of a trip by **one conditional update returning the row**.
    async fn claim_attempt(&mut self, id: AttemptId, now: Timestamp) -> Result<AttemptClaim, StoreError>;

    /// Keeps who came back, for an account that still has to prove itself, until `expires_at`.
    async fn keep_upstream(
        &mut self,
        id: AttemptId,
        upstream: &UpstreamIdentity,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Takes who came back, once, by **one conditional statement**: the trip goes.
    async fn take_upstream(&mut self, id: AttemptId, now: Timestamp) -> Result<AttemptClaim, StoreError>;
}
