//! A transaction above realms: the directory, the workers' claims, the first operator, the sweeps.

use async_trait::async_trait;
use vestibule_kernel::{Cx, Digest, EventRecord, JobId, RealmId, StoreError, Timestamp};
use vestibule_realms::RealmDirectory;

use crate::{
    RealmTx,
    jobs::{ClaimedJob, JobOutcome},
};

/// What a sweep removed, by table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PurgeCounts(pub Vec<(&'static str, u64)>);

/// A transaction above realms.
#[async_trait]
#[must_use = "an uncommitted transaction changes nothing"]
pub trait SystemTx: Send {
    /// The realm directory.
    fn directory(&mut self) -> &mut dyn RealmDirectory;

    /// Claims due jobs for `lease_seconds`: `FOR UPDATE SKIP LOCKED` on Postgres. A job whose lease ended is due again.
    async fn claim_jobs(
        &mut self,
        limit: u16,
        lease_seconds: u32,
        now: Timestamp,
    ) -> Result<Vec<ClaimedJob>, StoreError>;

    /// Stores what became of a claimed job.
    async fn finish_job(&mut self, realm: RealmId, id: JobId, outcome: JobOutcome) -> Result<(), StoreError>;

    /// When the job that has been due for longest was to run; none: nothing is due. For the metrics.
    async fn oldest_due_job(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Stores the digest of a set-up code, replacing unused ones.
    async fn save_setup_code(&mut self, digest: &Digest, expires_at: Timestamp) -> Result<(), StoreError>;

    /// Whether a set-up code could be used now.
    async fn is_setup_code_live(&mut self, digest: &Digest, now: Timestamp) -> Result<bool, StoreError>;

    /// Claims a set-up code by one conditional statement; false if unknown, used or over.
    async fn consume_setup_code(&mut self, digest: &Digest, now: Timestamp) -> Result<bool, StoreError>;

    /// Appends events of several realms in one statement, for what is recorded without a synchronous write.
    async fn append_events(&mut self, events: Vec<JournalEntry>) -> Result<(), StoreError>;

    /// Removes expired flows, requests, codes, sessions, tokens, one-time values and answers, in bounded batches.
    async fn purge_expired(&mut self, now: Timestamp, batch: u32) -> Result<PurgeCounts, StoreError>;

    /// Takes a cluster-wide lock until the end of the transaction; false if another holds it.
    async fn try_lock(&mut self, name: &'static str) -> Result<bool, StoreError>;

    /// Goes on in a realm, in the same transaction: what was done above realms commits with what is done there, or not
    /// at all. From here on only that realm can be seen.
    async fn into_realm(self: Box<Self>, cx: &Cx) -> Result<Box<dyn RealmTx>, StoreError>;

    /// Makes everything durable.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Gives everything up and the connection back to the pool.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}

/// An event recorded outside a realm's transaction, with its context.
#[derive(Debug, Clone)]
pub struct JournalEntry {
    /// Where and by whom it happened.
    pub cx: Cx,
    /// What happened.
    pub event: EventRecord,
}
