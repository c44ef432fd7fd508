//! Waiting for a condition under a deadline: the only place of the tests where time passes.

use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_millis(20);

/// Asks until there is an answer; fails the test after `deadline`.
pub async fn until<T, F: Future<Output = Option<T>>>(
    deadline: Duration,
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < deadline, "{what}: not within {deadline:?}");
        tokio::time::sleep(STEP).await;
    }
}

/// One step of waiting, for loops that watch more than one thing.
pub async fn step() {
    tokio::time::sleep(STEP).await;
}
