//! A transaction's connection, whichever database it leads to, and the macro that writes a query once for both.
//! Statements are sent as late as possible, so that several share a round trip; nothing is acknowledged before its
//! `COMMIT` was.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use bb8::PooledConnection;
use diesel::{QueryResult, result::Error};
use diesel_async::SimpleAsyncConnection;
use tokio::runtime::Handle;
use vestibule_kernel::{Cx, EventRecord, StoreError};

use crate::{
    errors::store_error,
    feed::Feed,
    pipeline::{Prelude, after, batch},
    postgres::PgManager,
    repositories::events::{EventRow, insert_rows},
    sqlite::{LiteConn, LiteManager},
};

/// What all transactions of a store share.
pub(crate) struct Shared {
    pub(crate) round_trips: Arc<AtomicU64>,
    pub(crate) feed: Arc<Feed>,
    pub(crate) runtime: Handle,
}

/// A connection out of its pool.
#[expect(clippy::large_enum_variant, reason = "one per transaction, and the larger one is the common one")]
pub(crate) enum Conn {
    Postgres(PooledConnection<'static, PgManager>),
    Sqlite(PooledConnection<'static, LiteManager>),
    /// Given back.
    Gone,
}

/// An open transaction.
pub(crate) struct Wire {
    pub(crate) conn: Conn,
    pub(crate) prelude: Prelude,
    pub(crate) shared: Arc<Shared>,
    events: Vec<EventRow>,
    recorded: u64,
    config_changed: bool,
    failed: bool,
    /// The commit was sent with a query; nothing can follow.
    pub(crate) closed: bool,
}

/// Runs one query text on whichever connection the transaction has, type-checked once per database. The second form
/// is for SQL that truly differs. The result is a `Result<_, StoreError>`.
macro_rules! db {
    ($wire:expr, |$c:ident| $body:expr) => {
        db!($wire, postgres | $c | $body, sqlite | $c | $body)
    };
    ($wire:expr, postgres |$p:ident| $pg:expr, sqlite |$s:ident| $lite:expr) => {{
        let wire: &mut $crate::wire::Wire = &mut $wire;
        let result = match &mut wire.conn {
            $crate::wire::Conn::Postgres(held) => {
                let held: &$crate::postgres::PgConn = held;
                let prelude = std::mem::take(&mut wire.prelude);
                let site = concat!(file!(), ":", line!());
                wire.closed |= prelude.closing;
                $crate::pipeline::after(held, prelude, &wire.shared.round_trips, site, async {
                    let mut conn: &diesel_async::AsyncPgConnection = &held.inner;
                    let $p = &mut conn;
                    $pg
                })
                .await
            }
            $crate::wire::Conn::Sqlite(held) => {
                match $crate::wire::enter(held, &mut wire.prelude, &wire.shared).await {
                    Ok(()) => {
                        let $s = &mut held.inner;
                        $lite
                    }
                    Err(error) => Err(error),
                }
            }
            $crate::wire::Conn::Gone => Err(diesel::result::Error::NotInTransaction),
        };
        wire.settled(result)
    }};
}

/// Runs a write whose answer nobody waits for: on Postgres it travels with the next query or with `COMMIT`, where its
/// failure shows. `$label` names the statement, whose text must always be the same; what it holds is owned.
macro_rules! later {
    ($wire:expr, $label:literal, $statement:expr) => {
        later!($wire, $label, $crate::prepared::Prepared($statement), |_changed| Ok(()))
    };
    ($wire:expr, $label:literal, $statement:expr, $judge:expr) => {{
        let wire: &mut $crate::wire::Wire = &mut $wire;
        let statement = $statement;
        match &mut wire.conn {
            $crate::wire::Conn::Postgres(_) if !wire.closed => {
                wire.prelude.deferred.push($crate::pipeline::Deferred::new($label, move |conn| {
                    Box::pin(async move {
                        let mut conn: &diesel_async::AsyncPgConnection = conn;
                        statement.execute(&mut conn).await
                    })
                }));
                Ok::<(), vestibule_kernel::StoreError>(())
            }
            $crate::wire::Conn::Sqlite(held) => {
                let result = match $crate::wire::enter(held, &mut wire.prelude, &wire.shared).await {
                    Ok(()) => statement.execute(&mut held.inner).await,
                    Err(error) => Err(error),
                };
                wire.settled(result).and_then($judge)
            }
            _ => wire.settled(Err::<(), _>(diesel::result::Error::NotInTransaction)),
        }
    }};
}

/// Like [`later!`], for an update without `RETURNING` that must change exactly one row: `Stale` otherwise, at the latest
/// from the commit.
macro_rules! later_one {
    ($wire:expr, $label:literal, $statement:expr) => {
        later!($wire, $label, $crate::prepared::ExpectOne($statement), $crate::tx::guarded)
    };
}

pub(crate) use {db, later, later_one};

/// Opens the transaction on SQLite if that was not done yet.
pub(crate) async fn enter(held: &mut LiteConn, prelude: &mut Prelude, shared: &Shared) -> QueryResult<()> {
    if let Some(begin) = prelude.begin.take() {
        shared.round_trips.fetch_add(1, Ordering::Relaxed);
        held.busy = true;
        held.inner.batch_execute(&begin).await?;
    }
    shared.round_trips.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

impl Wire {
    pub(crate) fn new(conn: Conn, begin: String, shared: Arc<Shared>) -> Self {
        let prelude = Prelude { begin: Some(begin), ..Prelude::default() };
        Self {
            conn,
            prelude,
            shared,
            events: Vec::new(),
            recorded: 0,
            config_changed: false,
            failed: false,
            closed: false,
        }
    }

    /// Says that the next query is the last. On Postgres the commit travels with it.
    pub(crate) fn close_with_next(&mut self) {
        let quiet = self.events.is_empty() && !self.config_changed && !self.failed;
        self.prelude.closing = quiet && matches!(self.conn, Conn::Postgres(_));
    }

    /// Translates a result and remembers a failure: Postgres refuses everything after one, so SQLite does too.
    pub(crate) fn settled<T>(&mut self, result: QueryResult<T>) -> Result<T, StoreError> {
        result.map_err(|error| {
            if !matches!(error, Error::NotFound) {
                self.failed = true;
            }
            store_error(error)
        })
    }

    /// Keeps an event until the commit.
    pub(crate) fn record(&mut self, cx: &Cx, event: EventRecord) {
        match EventRow::new(cx, event, self.recorded) {
            Ok(row) => self.events.push(row),
            // A change without its event must not be committed.
            Err(_) => self.failed = true,
        }
        self.recorded += 1;
    }

    /// Keeps several events until the commit.
    pub(crate) fn record_all(&mut self, cx: &Cx, events: impl IntoIterator<Item = EventRecord>) {
        for event in events {
            self.record(cx, event);
        }
    }

    /// Says that other servers must renew a snapshot once this is committed.
    pub(crate) fn config_changed(&mut self) {
        self.config_changed = true;
    }

    /// Puts the kept events on their way, as one statement.
    pub(crate) async fn flush_events(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.events);
        if rows.is_empty() { Ok(()) } else { insert_rows(self, rows).await }
    }

    /// Makes everything durable and gives the connection back.
    pub(crate) async fn commit(&mut self) -> Result<(), StoreError> {
        self.prelude.closing = false;
        if self.failed {
            self.rollback().await?;
            return Err(StoreError::Conflict("failed_transaction".to_owned()));
        }
        if self.closed {
            self.conn = Conn::Gone;
            // What was recorded since then cannot be kept.
            return if self.events.is_empty() { Ok(()) } else { self.settled(Err(Error::NotInTransaction)) };
        }
        self.flush_events().await?;
        if self.prelude.begin.is_some() && self.prelude.deferred.is_empty() {
            self.conn = Conn::Gone;
            return Ok(());
        }
        let sql = if self.config_changed { "NOTIFY vestibule_config; COMMIT" } else { "COMMIT" };
        self.end(sql, "COMMIT").await?;
        if self.config_changed {
            self.shared.feed.wake();
        }
        Ok(())
    }

    /// Gives everything up and the connection back.
    pub(crate) async fn rollback(&mut self) -> Result<(), StoreError> {
        if self.closed || self.prelude.begin.is_some() {
            self.conn = Conn::Gone;
            return Ok(());
        }
        self.prelude.deferred.clear();
        self.prelude.closing = false;
        self.end("ROLLBACK", "ROLLBACK").await
    }

    async fn end(&mut self, postgres: &str, sqlite: &str) -> Result<(), StoreError> {
        let round_trips = &self.shared.round_trips;
        let result = match &mut self.conn {
            Conn::Postgres(held) => {
                let prelude = std::mem::take(&mut self.prelude);
                let result = after(held, prelude, round_trips, "", batch(&held.inner, postgres)).await;
                // After a refused statement the transaction is over, or was never ended: either way it is given up.
                let over = match &result {
                    Ok(_) => true,
                    Err(Error::DatabaseError(..)) => batch(&held.inner, "ROLLBACK").await.is_ok(),
                    Err(_) => false,
                };
                held.set_busy(!over);
                result.map(drop)
            }
            Conn::Sqlite(held) => {
                round_trips.fetch_add(1, Ordering::Relaxed);
                let result = held.inner.batch_execute(sqlite).await;
                held.busy = result.is_err();
                result
            }
            Conn::Gone => Err(Error::NotInTransaction),
        };
        self.settled(result)?;
        self.conn = Conn::Gone;
        Ok(())
    }
}

impl Drop for Wire {
    /// Rolls back in the background, so that an abandoned transaction does not cost the pool a connection.
    fn drop(&mut self) {
        let begun = self.prelude.begin.is_none() && !self.closed;
        match std::mem::replace(&mut self.conn, Conn::Gone) {
            Conn::Postgres(held) if begun => {
                self.shared.runtime.spawn(async move {
                    if batch(&held.inner, "ROLLBACK").await.is_ok() {
                        held.set_busy(false);
                    }
                });
            }
            Conn::Sqlite(mut held) if begun => {
                self.shared.runtime.spawn(async move {
                    held.busy = held.inner.batch_execute("ROLLBACK").await.is_err();
                });
            }
            Conn::Postgres(_) | Conn::Sqlite(_) | Conn::Gone => {}
        }
    }
}
