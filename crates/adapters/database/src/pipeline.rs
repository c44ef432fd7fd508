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
    task::{Context, Poll},
};

use diesel::{QueryResult, result::Error};
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
        for label in cold {
            conn.set_warm(label);
        }
    }
    round_trips.fetch_add(1, Ordering::Relaxed);
    // Without `unconstrained`, a spent budget could make an early statement yield before it is sent and let a later
    // one, such as COMMIT, overtake it.
    tokio::task::unconstrained(in_order(steps, last)).await
}

/// A step under way; `None` once it is answered.
type Step<'a> = Option<BoxFuture<'a, QueryResult<usize>>>;

/// Polls the steps in order, so that each is sent before the next, and awaits them all. The server answers in the order
/// of sending: a step not answered when `last` is was overtaken, and what was done with it is not known.
async fn in_order<T>(
    steps: Vec<BoxFuture<'_, QueryResult<usize>>>,
    last: impl Future<Output = QueryResult<T>>,
) -> QueryResult<T> {
    if steps.is_empty() {
        return last.await;
    }
    let mut steps: Vec<Step<'_>> = steps.into_iter().map(Some).collect();
    let mut last = pin!(last);
    let mut failure = None;
    let result = poll_fn(|cx| {
        poll_each(&mut steps, &mut failure, cx);
        let answer = last.as_mut().poll(cx);
        if answer.is_ready() {
            poll_each(&mut steps, &mut failure, cx);
        }
        answer
    })
    .await;
    if steps.iter().any(Option::is_some) {
        tracing::error!("a statement was overtaken by the one after it");
        return Err(Error::BrokenTransactionManager);
    }
    failure.map_or(result, Err)
}

fn poll_each(steps: &mut [Step<'_>], failure: &mut Option<Error>, cx: &mut Context<'_>) {
    for step in steps {
        let Some(Poll::Ready(outcome)) = step.as_mut().map(|running| running.as_mut().poll(cx)) else {
            continue;
        };
        *step = None;
        if let (Err(error), None) = (outcome, &failure) {
            *failure = Some(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn answered(outcome: QueryResult<usize>) -> BoxFuture<'static, QueryResult<usize>> {
        async move { outcome }.boxed()
    }

    #[tokio::test]
    async fn the_first_failure_is_the_answer() {
        let steps =
            vec![answered(Ok(1)), answered(Err(Error::NotFound)), answered(Err(Error::NotInTransaction))];
        assert_eq!(in_order(steps, async { Ok(7) }).await, Err(Error::NotFound));
        assert_eq!(in_order(vec![answered(Ok(1))], async { Ok(7) }).await, Ok(7));
    }

    #[tokio::test]
    async fn an_overtaken_step_is_noticed() {
        let steps = vec![answered(Ok(1)), futures::future::pending().boxed()];
        let answer: QueryResult<i32> = in_order(steps, async { Ok(7) }).await;
        assert!(matches!(answer, Err(Error::BrokenTransactionManager)));
    }
}
