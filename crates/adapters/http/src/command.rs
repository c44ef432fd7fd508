//! Commands outlive the client: a dropped connection cancels a handler's future, so each command runs as a task of
//! its own on a tracker that shutdown drains.

use std::future::Future;

use tracing::Instrument;

use crate::state::HttpState;

/// A command's task ended without an answer: it panicked, or the runtime is shutting down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request could not be completed")]
pub struct CommandLost;

/// Runs a command to its end and waits for its answer, in the current span.
///
/// # Errors
/// [`CommandLost`] when the task panicked: one request ends, never the process.
pub async fn run<T: Send + 'static>(
    state: &HttpState,
    command: impl Future<Output = T> + Send + 'static,
) -> Result<T, CommandLost> {
    let task = state.tracker.spawn(command.instrument(tracing::Span::current()));
    task.await.map_err(|error: tokio::task::JoinError| {
        tracing::error!(%error, "a command ended without an answer");
        CommandLost
    })
}
