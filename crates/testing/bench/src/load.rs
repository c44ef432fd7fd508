//! A bounded load: so many connections, so many seconds, each connection one request at a time. Counts and times.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;

use crate::wire::Connection;

/// What one kind of load showed.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Operations that did what they should.
    pub(crate) done: u32,
    /// Those that did not.
    pub(crate) failed: u32,
    /// One failure, for the report.
    pub(crate) failure: Option<String>,
    latencies: Vec<Duration>,
    elapsed: Duration,
}

impl Outcome {
    /// Operations in a second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(self.done) / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// The latency that this share of operations stayed below.
    pub(crate) fn quantile(&self, share: u8) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * usize::from(share) / 100).copied().unwrap_or_default()
    }

    /// Adds what another run of the same load showed.
    pub(crate) fn merge(&mut self, other: Self) {
        self.done += other.done;
        self.failed += other.failed;
        self.failure = self.failure.take().or(other.failure);
        self.latencies.extend(other.latencies);
        self.latencies.sort_unstable();
        self.elapsed = self.elapsed.max(other.elapsed);
    }
}

/// One user of the server: owns its connection and does one operation after the other.
pub(crate) trait Actor: Send + 'static {
    /// One operation; an error is counted and the connection is opened anew.
    fn act(&mut self, connection: &mut Connection) -> impl Future<Output = Result<()>> + Send;
}

/// Runs one actor per connection until the time is over; each as fast as it can, or once in `every`.
pub(crate) async fn run<A: Actor>(
    address: SocketAddr,
    actors: Vec<A>,
    time: Duration,
    every: Option<Duration>,
) -> Outcome {
    let start = Arc::new(tokio::sync::Barrier::new(actors.len()));
    let tasks: Vec<_> = actors
        .into_iter()
        .map(|mut actor| {
            let start = Arc::clone(&start);
            tokio::spawn(async move { drive(address, &mut actor, (time, every), start).await })
        })
        .collect();
    let mut total = Outcome::default();
    for task in tasks {
        match task.await {
            Ok(outcome) => total.merge(outcome),
            Err(error) => {
                total.failed += 1;
                total.failure = Some(error.to_string());
            }
        }
    }
    total
}

/// Runs one actor on one connection and gives it back: a chain of refresh tokens goes on where it was.
pub(crate) async fn run_one<A: Actor>(address: SocketAddr, mut actor: A, time: Duration) -> (Outcome, A) {
    let start = Arc::new(tokio::sync::Barrier::new(1));
    let outcome = drive(address, &mut actor, (time, None), start).await;
    (outcome, actor)
}

async fn drive<A: Actor>(
    address: SocketAddr,
    actor: &mut A,
    (time, every): (Duration, Option<Duration>),
    start: Arc<tokio::sync::Barrier>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut connection = Connection::open(address).await.ok();
    start.wait().await;
    let started = Instant::now();
    let mut pace = every.map(tokio::time::interval);
    while started.elapsed() < time {
        if let Some(pace) = &mut pace {
            pace.tick().await;
        }
        let begun = Instant::now();
        let result = match &mut connection {
            Some(connection) => actor.act(connection).await,
            None => Err(anyhow::anyhow!("no connection to {address}")),
        };
        match result {
            Ok(()) => {
                outcome.done += 1;
                outcome.latencies.push(begun.elapsed());
            }
            Err(error) => {
                outcome.failed += 1;
                outcome.failure.get_or_insert_with(|| format!("{error:#}"));
                connection = Connection::open(address).await.ok();
                if outcome.failed > 1_000 && outcome.done == 0 {
                    break;
                }
            }
        }
    }
    outcome.elapsed = started.elapsed();
    outcome
}
