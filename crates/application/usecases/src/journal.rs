//! Events recorded without a synchronous write: gathered in memory and written in batches. Used only where nothing
//! was changed that could be lost (a client-credentials token, a refused token request); see the ADR.

use std::{sync::Arc, time::Duration};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use vestibule_kernel::{Cx, EventRecord, SystemCx, ports::Clock};
use vestibule_storage::{Store, system::JournalEntry};

/// Entries waiting to be written; beyond it a producer waits for none and the entry is counted as dropped.
const CAPACITY: usize = 65_536;
/// Most entries in one statement.
const BATCH: usize = 1_000;
/// How long entries gather.
const EVERY: Duration = Duration::from_millis(200);

/// The producer's side; cheap to clone.
#[derive(Clone)]
pub struct Journal(mpsc::Sender<JournalEntry>);

/// The writer's side, to be run as a task until told to stop.
pub struct JournalWriter {
    entries: mpsc::Receiver<JournalEntry>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Journal {
    /// A journal and its writer.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> (Self, JournalWriter) {
        let (sender, entries) = mpsc::channel(CAPACITY);
        (Self(sender), JournalWriter { entries, store, clock })
    }

    /// Hands an event over. Never waits.
    pub fn record(&self, cx: &Cx, event: impl Into<EventRecord>) {
        let entry = JournalEntry { cx: cx.clone(), event: event.into() };
        if self.0.try_send(entry).is_err() {
            tracing::error!(kind = "journal", "the journal is full or closed; an audit entry was dropped");
        }
    }
}

impl JournalWriter {
    /// Writes batches until `stop`, then writes what is left.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = tick.tick() => while self.flush().await {},
            }
        }
        self.entries.close();
        while self.flush().await {}
    }

    /// Writes one batch; true if there may be more.
    async fn flush(&mut self) -> bool {
        let mut batch = Vec::new();
        while batch.len() < BATCH {
            match self.entries.try_recv() {
                Ok(entry) => batch.push(entry),
                Err(_) => break,
            }
        }
        if batch.is_empty() {
            return false;
        }
        let full = batch.len() == BATCH;
        // A store that is away for a moment must not cost the batch: it is offered again a few times.
        for attempt in 0..5u32 {
            match self.write(batch.clone()).await {
                Ok(()) => return full,
                Err(error) => {
                    tracing::warn!(%error, attempt, "the journal could not be written");
                    tokio::time::sleep(EVERY * 2u32.pow(attempt)).await;
                }
            }
        }
        tracing::error!(entries = batch.len(), "audit entries were dropped: the store stayed unavailable");
        full
    }

    async fn write(&self, batch: Vec<JournalEntry>) -> Result<(), vestibule_kernel::StoreError> {
        let mut tx = self.store.system(&SystemCx::internal(self.clock.now())).await?;
        tx.append_events(batch).await?;
        tx.commit().await
    }
}
