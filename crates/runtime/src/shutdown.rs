//! Stopping: a signal switches readiness off, work in hand is finished, then the process ends.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Shared by everything that has to know that the process stops.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    draining: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Nothing stops yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancelled when the process begins to stop.
    pub const fn draining(&self) -> &CancellationToken {
        &self.draining
    }

    /// Tasks that are finished before the process ends.
    pub const fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Begins to stop; also what a signal does.
    pub fn begin(&self) {
        self.draining.cancel();
    }

    /// Begins to stop on SIGTERM or SIGINT.
    ///
    /// # Errors
    /// Signal handlers cannot be installed.
    pub fn on_signals(&self) -> std::io::Result<()> {
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let draining = self.draining.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
                () = draining.cancelled() => {}
            }
            draining.cancel();
        });
        Ok(())
    }

    /// Waits for the tasks, at most so long; false if some were left.
    pub async fn finish(&self, at_most: Duration) -> bool {
        self.tasks.close();
        tokio::time::timeout(at_most, self.tasks.wait()).await.is_ok()
    }
}
