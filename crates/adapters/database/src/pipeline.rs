//! Several statements in one round trip on Postgres: `BEGIN` and the realm's setting travel with the first query,
//! writes whose answer nobody waits for travel with the next query or with `COMMIT`.
//!
//! A statement that is not prepared yet on this connection costs a round trip of its own before it can be sent, and
//! would be overtaken by what is sent after it. So only statements known to be prepared are sent together; others run
//! one after the other, once per connection.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    task::Poll,
};

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures::future::BoxFuture;

use crate::postgres::PgConn;

type Run = Box<dyn for<'a> FnOnce(&'a AsyncPgConnection) -> BoxFuture<'a, QueryResult<usize>> + Send>;

/// A write whose answer is awaited later. Its statement is always the same for a label.
pub(crate) struct Deferred {
    label: &'static str,
    run: Run,
}

impl Deferred {
    pub(crate) fn new<F>(label: &'static str, run: F) -> Self
    where
        F: for<'a> FnOnce(&'a AsyncPgConnection) -> BoxFuture<'a, QueryResult<usize>> + Send + 'static,
    {
        Self { label, run: Box::new(run) }
    }
}

/// What has to reach the server before the next query.
#[derive(Default)]
pub(crate) struct Prelude {
    /// The statements that open the transaction, until they were sent.
    pub(crate) begin: Option<String>,
    /// Writes not sent yet, in order.
    pub(crate) deferred: Vec<Deferred>,
}

/// Runs a batch of statements without parameters.
pub(crate) async fn batch(conn: &AsyncPgConnection, sql: &str) -> QueryResult<usize> {
    let mut conn = conn;
    conn.batch_execute(sql).await.map(|()| 0)
}

/// Sends the prelude, then `last`, and answers with the first error or the result of `last`.
pub(crate) async fn after<T>(
    conn: &PgConn,
    prelude: Prelude,
    round_trips: &AtomicU64,
    last: impl Future<Output = QueryResult<T>>,
) -> QueryResult<T> {
    conn.set_busy(true);
    let mut steps: Vec<BoxFuture<'_, QueryResult<usize>>> = Vec::with_capacity(prelude.deferred.len() + 1);
    if let Some(begin) = prelude.begin {
        steps.push(Box::pin(async move { batch(&conn.inner, &begin).await }));
    }
    let cold: Vec<&'static str> =
        prelude.deferred.iter().map(|deferred| deferred.label).filter(|label| !conn.is_warm(label)).collect();
    steps.extend(prelude.deferred.into_iter().map(|deferred| (deferred.run)(&conn.inner)));
    if !cold.is_empty() {
        for step in steps.drain(..) {
            round_trips.fetch_add(1, Ordering::Relaxed);
            step.await?;
        }
        cold.into_iter().for_each(|label| conn.set_warm(label));
    }
    round_trips.fetch_add(1, Ordering::Relaxed);
    // Without `unconstrained`, a spent budget could make an early statement yield before it is sent and let a later
    // one, such as COMMIT, overtake it.
    tokio::task::unconstrained(in_order(steps, last)).await
}

/// Polls the steps in order, so that each is sent before the next, and awaits them all.
async fn in_order<T>(
    mut steps: Vec<BoxFuture<'_, QueryResult<usize>>>,
    last: impl Future<Output = QueryResult<T>>,
) -> QueryResult<T> {
    if steps.is_empty() {
        return last.await;
    }
    let mut last = pin!(last);
    let mut done: Vec<bool> = vec![false; steps.len()];
    let mut failure = None;
    let mut result = None;
    poll_fn(|cx| {
        for (step, done) in steps.iter_mut().zip(&mut done).filter(|(_, done)| !**done) {
            if let Poll::Ready(outcome) = step.as_mut().poll(cx) {
                *done = true;
                if let (Err(error), None) = (outcome, &failure) {
                    failure = Some(error);
                }
            }
        }
        if result.is_none()
            && let Poll::Ready(outcome) = last.as_mut().poll(cx)
        {
            result = Some(outcome);
        }
        if done.iter().all(|done| *done) && result.is_some() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    match (failure, result) {
        (Some(error), _) => Err(error),
        (None, Some(result)) => result,
        (None, None) => Err(diesel::result::Error::NotInTransaction),
    }
}
