//! Learning of configuration changes: a connection that listens on Postgres, a wake-up in process on both.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{runtime::Handle, sync::Notify, task::AbortHandle};
use vestibule_storage::ConfigFeed;

use crate::postgres::Connector;

/// The pause before listening again after the connection was lost.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);

/// Wakes whoever waits for configuration changes.
#[derive(Default)]
pub(crate) struct Feed {
    changed: Notify,
}

impl Feed {
    /// Wakes every waiter, or the next one if nobody waits now.
    pub(crate) fn wake(&self) {
        self.changed.notify_waiters();
        self.changed.notify_one();
    }
}

#[async_trait]
impl ConfigFeed for Feed {
    async fn changed(&self, at_most: Duration) {
        // Running out of time is an answer too: the caller polls.
        drop(tokio::time::timeout(at_most, self.changed.notified()).await);
    }
}

/// The listening task, ended with its store.
pub(crate) struct Listener(AbortHandle);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps a connection that listens; each time it is made anew, something may have been missed.
pub(crate) fn listen(connector: Connector, feed: Arc<Feed>, runtime: &Handle) -> Listener {
    let task = runtime.spawn(async move {
        loop {
            let (target, lost) = (feed.clone(), Arc::new(Notify::new()));
            let ended = lost.clone();
            let listening = connector
                .listen("vestibule_config", move |closed| {
                    target.wake();
                    if closed {
                        ended.notify_one();
                    }
                })
                .await;
            match listening {
                Ok(_client) => {
                    feed.wake();
                    lost.notified().await;
                }
                Err(error) => tracing::warn!(%error, "configuration changes are not heard of at once"),
            }
            tokio::time::sleep(RECONNECT_PAUSE).await;
        }
    });
    Listener(task.abort_handle())
}
