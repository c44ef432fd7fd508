//! What every handler reaches: the application and a few facts about the listener.

use std::sync::Arc;

use ipnet::IpNet;
use tokio_util::task::TaskTracker;
use vestibule_templates::Pages;
use vestibule_usecases::App;

/// Shared by all workers of the HTTP server; build it once, outside the server's per-worker closure.
#[derive(Clone)]
pub struct HttpState {
    /// The application.
    pub app: Arc<App>,
    /// Templates, copy and assets.
    pub pages: Arc<Pages>,
    /// Proxies whose `X-Forwarded-For` counts. Everybody else's is ignored.
    pub trusted_proxies: Arc<Vec<IpNet>>,
    /// Commands that run to their end though the client hung up; drained at shutdown.
    pub tracker: TaskTracker,
}
