//! A transaction above realms.

use async_trait::async_trait;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use sha2::{Digest as _, Sha256};
use vestibule_kernel::{Cx, Digest, JobId, RealmId, StoreError, SystemCx, Timestamp};
use vestibule_realms::RealmDirectory;
use vestibule_storage::{ClaimedJob, JobOutcome, PurgeCounts, RealmTx, SystemTx, system::JournalEntry};

use crate::{
    tx::DbTx,
    wire::{Wire, db},
};

/// A transaction above realms.
pub(crate) struct DbSystemTx {
    pub(crate) wire: Wire,
    pub(crate) cx: SystemCx,
}

impl DbSystemTx {
    pub(crate) fn new(wire: Wire, cx: SystemCx) -> Self {
        Self { wire, cx }
    }
}

#[derive(diesel::QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    locked: bool,
}

/// The number of a named lock: the first bytes of its name's hash.
pub(crate) fn lock_number(name: &str) -> i64 {
    let hash = Sha256::digest(name.as_bytes());
    hash.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

#[async_trait]
impl SystemTx for DbSystemTx {
    fn directory(&mut self) -> &mut dyn RealmDirectory {
        self
    }

    async fn claim_jobs(
        &mut self,
        limit: u16,
        lease_seconds: u32,
        now: Timestamp,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        self.take_jobs(limit, lease_seconds, now).await
    }

    async fn finish_job(&mut self, realm: RealmId, id: JobId, outcome: JobOutcome) -> Result<(), StoreError> {
        self.end_job(realm, id, outcome).await
    }

    async fn oldest_due_job(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.first_due_job(now).await
    }

    async fn save_setup_code(&mut self, digest: &Digest, expires_at: Timestamp) -> Result<(), StoreError> {
        self.store_setup_code(digest, expires_at).await
    }

    async fn is_setup_code_live(&mut self, digest: &Digest, now: Timestamp) -> Result<bool, StoreError> {
        self.setup_code_is_live(digest, now).await
    }

    async fn consume_setup_code(&mut self, digest: &Digest, now: Timestamp) -> Result<bool, StoreError> {
        self.take_setup_code(digest, now).await
    }

    async fn append_events(&mut self, events: Vec<JournalEntry>) -> Result<(), StoreError> {
        for JournalEntry { cx, event } in events {
            self.wire.record(&cx, event);
        }
        Ok(())
    }

    async fn purge_expired(&mut self, now: Timestamp, batch: u32) -> Result<PurgeCounts, StoreError> {
        self.sweep(now, batch).await
    }

    async fn try_lock(&mut self, name: &'static str) -> Result<bool, StoreError> {
        let locked = db!(
            self.wire,
            postgres | c | {
                diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS locked")
                    .bind::<BigInt, _>(lock_number(name))
                    .get_result::<Locked>(c)
                    .await
            },
            // The transaction is the only writer already.
            sqlite | _c | Ok(Locked { locked: true })
        )?;
        Ok(locked.locked)
    }

    async fn into_realm(mut self: Box<Self>, cx: &Cx) -> Result<Box<dyn RealmTx>, StoreError> {
        let enter = crate::store::enter_realm(cx.realm);
        db!(self.wire, postgres | c | c.batch_execute(&enter).await, sqlite | _c | Ok(()))?;
        Ok(Box::new(DbTx::new(self.wire, cx.clone())))
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.wire.commit().await
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), StoreError> {
        self.wire.rollback().await
    }
}
