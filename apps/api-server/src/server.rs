//! Starting and stopping: listeners, background tasks, draining. Builds nothing itself.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::{Duration, Instant},
};

use actix_web::{
    App as WebApp, Error, HttpServer,
    body::MessageBody,
    dev::{Server, ServerHandle, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::ConnectionType,
    middleware::{Next, from_fn},
};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use vestibule_crypto::Argon2Pool;
use vestibule_http::{
    HttpState,
    ops::{self, Ops, RenderMetrics},
};
use vestibule_limits::ProcessLimiter;
use vestibule_runtime::{
    Config, OperatorError, Shutdown,
    report::{PORT_IN_USE, START_FAILED},
    stores::OpenStore,
    telemetry::{Gauges, Metrics, RequestSeen},
};
use vestibule_usecases::jobs::{self, WorkerSettings};

use crate::{demo::DevPages, wire::Parts};

/// A client must have sent its whole head within this time.
const HEAD_DEADLINE: Duration = Duration::from_secs(5);
/// An idle connection is kept so long: longer than a load balancer's usual 60 s would be better left to it.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// Answers that were handed to a connection get so long to leave this process.
const LAST_BYTES: Duration = Duration::from_millis(100);

/// A running server.
pub(crate) struct Running {
    main: JoinHandle<std::io::Result<()>>,
    main_handle: ServerHandle,
    ops_handle: Option<ServerHandle>,
    /// Background tasks that must outlive the last request.
    background: TaskTracker,
    background_stop: CancellationToken,
    shutdown: Shutdown,
    shutdown_within: Duration,
    /// Where the second listener listens.
    pub(crate) ops_address: Option<SocketAddr>,
}

/// Starts everything.
///
/// # Errors
/// A listener cannot be bound.
pub(crate) fn start(
    config: &Config,
    parts: Parts,
    dev: Option<DevPages>,
    shutdown: Shutdown,
) -> Result<Running, OperatorError> {
    let background = TaskTracker::new();
    let background_stop = CancellationToken::new();
    let metrics =
        Metrics::new().map_err(|error| OperatorError::new(START_FAILED).because(error.to_string()))?;
    let state = HttpState {
        app: Arc::clone(&parts.app),
        pages: Arc::clone(&parts.pages),
        trusted_proxies: Arc::new(config.server.trusted_proxies.clone()),
        tracker: shutdown.tasks().clone(),
    };
    let started = Arc::new(AtomicBool::new(false));
    let ops = Ops {
        app: Arc::clone(&parts.app),
        metrics: numbers(metrics.clone(), Arc::clone(&parts.hashing), parts.store.clone()),
        draining: shutdown.draining().clone(),
        started: Arc::clone(&started),
    };
    let main = main_listener(
        config,
        state,
        dev,
        Watch {
            metrics,
            shutdown: shutdown.clone(),
            deadline: Duration::from_secs(config.server.request_seconds),
            https: config.public_url().scheme() == "https",
        },
    )?;
    let (ops_handle, ops_address) = match ops_listener(config, ops)? {
        Some((server, address)) => {
            let handle = server.handle();
            background.spawn(server);
            (Some(handle), Some(address))
        }
        None => (None, None),
    };
    let main_handle = main.handle();
    let main = tokio::spawn(main);
    background.spawn(parts.journal.run(background_stop.clone()));
    background.spawn(Arc::clone(&parts.app.snapshots).follow(background_stop.clone()));
    background.spawn(tidy_limits(parts.limiter, background_stop.clone()));
    if config.worker_in_process() {
        let settings = WorkerSettings { concurrency: config.worker.concurrency, ..WorkerSettings::default() };
        let (app, stop) = (Arc::clone(&parts.app), shutdown.draining().clone());
        background.spawn(jobs::run(app, settings, stop));
    }
    started.store(true, Ordering::Release);
    let shutdown_within = Duration::from_secs(config.server.shutdown_seconds);
    Ok(Running {
        main,
        main_handle,
        ops_handle,
        background,
        background_stop,
        shutdown,
        shutdown_within,
        ops_address,
    })
}

/// The numbers of this process.
fn numbers(metrics: Metrics, hashing: Arc<Argon2Pool>, store: OpenStore) -> RenderMetrics {
    let number = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    Arc::new(move |job_lag_seconds| {
        let (hashes, pool) = (hashing.stats(), store.database().pool_stats());
        let levels = Gauges {
            hash_queue_depth: number(hashes.queued),
            hash_running: number(hashes.in_flight),
            pool_in_use: u64::from(pool.in_use),
            pool_size: u64::from(pool.size),
            job_lag_seconds,
        };
        metrics.render(&levels).map_err(|error| error.to_string())
    })
}

/// Keys that have recovered are forgotten now and then, so that strangers cannot fill the memory.
async fn tidy_limits(limiter: Arc<ProcessLimiter>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(Duration::from_secs(60));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => limiter.forget_recovered(),
        }
    }
}

impl Running {
    /// Serves until told to stop, then drains: readiness off, requests in hand finished, buffers written.
    ///
    /// # Errors
    /// The main listener failed by itself.
    pub(crate) async fn serve(self) -> anyhow::Result<()> {
        let draining = self.shutdown.draining().clone();
        let mut main = self.main;
        let ended_early = tokio::select! {
            () = draining.cancelled() => None,
            ended = &mut main => Some(ended),
        };
        self.shutdown.begin();
        let deadline = Instant::now() + self.shutdown_within;
        let remaining = || deadline.saturating_duration_since(Instant::now());
        tracing::info!(seconds = self.shutdown_within.as_secs(), "stopping: finishing what is in hand");
        // No new connections; requests in hand and their commands are finished. Idle connections are not waited for:
        // actix would keep the process for their whole keep-alive.
        self.main_handle.pause().await;
        if !self.shutdown.finish(remaining()).await {
            tracing::warn!("some requests were still running at the end");
        }
        tokio::time::sleep(LAST_BYTES).await;
        self.main_handle.stop(false).await;
        self.background_stop.cancel();
        if let Some(handle) = self.ops_handle {
            handle.stop(false).await;
        }
        self.background.close();
        if tokio::time::timeout(remaining().max(Duration::from_secs(2)), self.background.wait())
            .await
            .is_err()
        {
            tracing::warn!("background work did not end in time");
        }
        tracing::info!("stopped");
        match ended_early {
            Some(ended) => Ok(ended??),
            None => Ok(()),
        }
    }
}

fn main_listener(
    config: &Config,
    state: HttpState,
    dev: Option<DevPages>,
    watch: Watch,
) -> Result<Server, OperatorError> {
    let workers = match config.server.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
        some => some,
    };
    let mut server = HttpServer::new(move || {
        let (state, dev, watch) = (state.clone(), dev.clone(), watch.clone());
        WebApp::new().wrap(from_fn(move |request, next| watched(watch.clone(), request, next))).configure(
            |config| {
                if let Some(dev) = dev {
                    dev.configure(config, &state);
                }
                vestibule_http::configure(config, state);
            },
        )
    })
    .workers(workers)
    .client_request_timeout(HEAD_DEADLINE)
    .keep_alive(KEEP_ALIVE)
    .shutdown_timeout(config.server.shutdown_seconds)
    .disable_signals();
    for address in &config.server.listen {
        server =
            server.bind(address).map_err(|error| not_bound("server.listen", *address, &error, config))?;
    }
    Ok(server.run())
}

/// The second listener. Its default port may be taken by another server on the machine: then any port will do, since
/// nobody was told which one.
fn ops_listener(config: &Config, ops: Ops) -> Result<Option<(Server, SocketAddr)>, OperatorError> {
    let Some(address) = config.ops.listen else { return Ok(None) };
    let by_default = config.source_of("ops.listen").as_deref() == Some("built-in default");
    let result = match ops::listen(ops.clone(), address) {
        Err(error) if by_default && error.kind() == std::io::ErrorKind::AddrInUse => {
            ops::listen(ops, SocketAddr::new(address.ip(), 0))
        }
        result => result,
    };
    result.map(Some).map_err(|error| not_bound("ops.listen", address, &error, config))
}

fn not_bound(key: &str, address: SocketAddr, error: &std::io::Error, config: &Config) -> OperatorError {
    let report = OperatorError::new(PORT_IN_USE)
        .key(key, &config.source_of(key).unwrap_or_default())
        .tried(address.to_string())
        .because(error.to_string());
    match error.kind() {
        std::io::ErrorKind::AddrInUse => report.fix(
            "stop the other process, or choose another port:  --port for the demo, server.listen otherwise",
        ),
        std::io::ErrorKind::PermissionDenied => {
            report.fix("ports below 1024 need a privilege; listen on a higher one")
        }
        _ => report.fix("use an address of this machine"),
    }
}

/// Longest time from the head of a request that imports a realm document to its answer. An idempotency key stays
/// claimed for longer than that.
const IMPORT_DEADLINE: Duration = Duration::from_mins(10);

/// What looks at every request.
#[derive(Clone)]
struct Watch {
    metrics: Metrics,
    shutdown: Shutdown,
    /// A request must be answered within this time, its body included. No handler but the import waits for so long by
    /// itself.
    deadline: Duration,
    https: bool,
}

/// Counts every answered request under its route template; keeps the process until the answer is there; asks clients
/// to leave once the server is stopping.
async fn watched<B: MessageBody + 'static>(
    watch: Watch,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let began = Instant::now();
    let _in_hand = watch.shutdown.tasks().token();
    let _in_flight = InFlight::new(watch.metrics.clone());
    let method = registered_method(request.method().as_str());
    // A realm document of many users hashes their passwords; only an operator gets so far as to send one.
    let deadline = if request.path().ends_with(":import") { IMPORT_DEADLINE } else { watch.deadline };
    let Ok(answered) = tokio::time::timeout(deadline, next.call(request)).await else {
        let late = vestibule_http::too_slow(watch.https);
        let status = late.status().as_u16();
        watch.metrics.request_seen(RequestSeen { method, route: "given up", status, took: began.elapsed() });
        return Err(InternalError::from_response("the request took too long", late).into());
    };
    let mut response = answered?;
    if watch.shutdown.draining().is_cancelled() {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let request = response.request();
    let route = request.match_pattern();
    watch.metrics.request_seen(RequestSeen {
        method,
        route: route.as_deref().unwrap_or("unmatched"),
        status: response.status().as_u16(),
        took: began.elapsed(),
    });
    Ok(response)
}

/// Counts down even when the request is given up half-way.
struct InFlight(Metrics);

impl InFlight {
    fn new(metrics: Metrics) -> Self {
        metrics.request_begins();
        Self(metrics)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.request_ends();
    }
}

/// A method can be any word: unknown ones share a label, so that nobody can fill the registry.
fn registered_method(method: &str) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("other")
}
