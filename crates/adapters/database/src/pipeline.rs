//! Several statements in one round trip on Postgres: `BEGIN` and the realm's setting travel with the first query,
//! writes whose answer nobody waits for travel with the next query or with `COMMIT`.
//!
//! A statement that is not prepared yet on this connection costs a round trip of its own before it can be sent, and
//! would be overtaken by what is sent after it. So only statements known to be prepared are sent together; others run
//! one after the other, once per connection.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
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
    /// Whether the next query is the last, so that `COMMIT` travels with it.
    pub(crate) closing: bool,
}

/// Runs a batch of statements without parameters.
pub(crate) async fn batch(conn: &AsyncPgConnection, sql: &str) -> QueryResult<usize> {
    let mut conn = conn;
    conn.batch_execute(sql).await.map(|()| 0)
}

/// Sends the prelude, then `last`, and answers with the first error or the result of `last`. Where the prelude says so,
/// the transaction is over afterwards; `site` names the query for that, whose text must always be the same.
pub(crate) async fn after<T>(
    conn: &PgConn,
    prelude: Prelude,
    round_trips: &AtomicU64,
    site: &'static str,
    last: impl Future<Output = QueryResult<T>>,
) -> QueryResult<T> {
    conn.set_busy(true);
    let closing = prelude.closing;
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
    let commit = || -> Step<'_> { Some(Box::pin(batch(&conn.inner, "COMMIT"))) };
    let (with, own) = match (closing, conn.is_warm(site)) {
        (false, _) => (None, None),
        (true, true) => (commit(), None),
        (true, false) => (None, commit()),
    };
    // Without `unconstrained`, a spent budget could make an early statement yield before it is sent and let a later
    // one, such as COMMIT, overtake it.
    let result = tokio::task::unconstrained(in_order(steps, last, with)).await;
    if let Some(commit) = own {
        round_trips.fetch_add(1, Ordering::Relaxed);
        commit.await?;
        if result.is_ok() {
            conn.set_warm(site);
        }
    }
    if closing && !matches!(result, Err(Error::BrokenTransactionManager)) {
        conn.set_busy(false);
    }
    result
}

/// A step under way; `None` once it is answered.
type Step<'a> = Option<BoxFuture<'a, QueryResult<usize>>>;

/// Polls steps, `last` and `tail` in order, so that each is sent before the next, and awaits them all. The server
/// answers in the order of sending: what is not answered when something after it is was overtaken, and what was done
/// with it is not known.
async fn in_order<T>(
    steps: Vec<BoxFuture<'_, QueryResult<usize>>>,
    last: impl Future<Output = QueryResult<T>>,
    tail: Step<'_>,
) -> QueryResult<T> {
    if steps.is_empty() && tail.is_none() {
        return last.await;
    }
    let mut steps: Vec<Step<'_>> = steps.into_iter().map(Some).collect();
    let mut tail = [tail];
    let mut last = pin!(last);
    let (mut failure, mut unkept) = (None, None);
    let mut answer = None;
    let overtaken = poll_fn(|cx| {
        poll_each(&mut steps, &mut failure, cx);
        poll_once(last.as_mut(), &mut answer, cx);
        let awaited = tail.iter().any(Option::is_some);
        poll_each(&mut tail, &mut unkept, cx);
        let over = tail.iter().all(Option::is_none);
        if awaited && over {
            poll_once(last.as_mut(), &mut answer, cx);
        }
        if answer.is_some() {
            poll_each(&mut steps, &mut failure, cx);
        }
        match (&answer, over) {
            (Some(_), true) => Poll::Ready(steps.iter().any(Option::is_some)),
            (None, true) if awaited => Poll::Ready(true),
            _ => Poll::Pending,
        }
    })
    .await;
    let (false, Some(answer)) = (overtaken, answer) else {
        tracing::error!("a statement was overtaken by the one after it");
        return Err(Error::BrokenTransactionManager);
    };
    match (failure, unkept) {
        (Some(error), _) => Err(error),
        (None, Some(error)) if answer.is_ok() => Err(error),
        _ => answer,
    }
}

fn poll_once<T>(
    last: Pin<&mut impl Future<Output = QueryResult<T>>>,
    answer: &mut Option<QueryResult<T>>,
    cx: &mut Context<'_>,
) {
    if answer.is_none()
        && let Poll::Ready(ready) = last.poll(cx)
    {
        *answer = Some(ready);
    }
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
        assert_eq!(in_order(steps, async { Ok(7) }, None).await, Err(Error::NotFound));
        assert_eq!(in_order(vec![answered(Ok(1))], async { Ok(7) }, None).await, Ok(7));
    }

    #[tokio::test]
    async fn an_overtaken_step_is_noticed() {
        let steps = vec![answered(Ok(1)), futures::future::pending().boxed()];
        let answer: QueryResult<i32> = in_order(steps, async { Ok(7) }, None).await;
        assert!(matches!(answer, Err(Error::BrokenTransactionManager)));
    }

    #[tokio::test]
    async fn the_commit_is_awaited_and_its_failure_shows() {
        let commit = || Some(answered(Ok(0)));
        assert_eq!(in_order(vec![answered(Ok(1))], async { Ok(7) }, commit()).await, Ok(7));
        let refused: QueryResult<i32> = in_order(vec![], async { Err(Error::NotFound) }, commit()).await;
        assert_eq!(refused, Err(Error::NotFound));
        let unkept = Some(answered(Err(Error::RollbackTransaction)));
        assert_eq!(in_order(vec![], async { Ok(7) }, unkept).await, Err(Error::RollbackTransaction));
    }

    #[tokio::test]
    async fn a_query_overtaken_by_the_commit_is_noticed() {
        let answer: QueryResult<i32> =
            in_order(vec![], futures::future::pending(), Some(answered(Ok(0)))).await;
        assert!(matches!(answer, Err(Error::BrokenTransactionManager)));
    }
}
