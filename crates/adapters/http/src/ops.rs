//! The second listener, never public: is the process alive, can it serve, did it start, and its numbers.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

pub use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, dev::Server, http::StatusCode, web};
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use vestibule_realms::realm::OPERATORS_SLUG;

/// Renders the numbers of the process in the text format of Prometheus; the argument is the age of the job that has
/// been due for longest, in seconds.
pub type RenderMetrics = Arc<dyn Fn(u64) -> Result<String, String> + Send + Sync>;

/// What the listener tells about.
#[derive(Clone)]
pub struct Ops {
    /// The application.
    pub app: Arc<vestibule_usecases::App>,
    /// The numbers.
    pub metrics: RenderMetrics,
    /// Cancelled once the process is stopping: it is not ready any more.
    pub draining: CancellationToken,
    /// Set once the process has started.
    pub started: Arc<AtomicBool>,
}

#[derive(Serialize)]
struct Readiness {
    database: &'static str,
    signing_keys: &'static str,
    draining: bool,
}

/// Longest time a readiness check may take: shorter than a probe's usual limit.
const CHECK_LIMIT: Duration = Duration::from_secs(2);

/// Binds the listener; the answer says which port was given.
///
/// # Errors
/// The address cannot be bound.
pub fn listen(ops: Ops, address: SocketAddr) -> std::io::Result<(Server, SocketAddr)> {
    let ops = web::Data::new(ops);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(ops.clone())
            .route("/livez", web::get().to(HttpResponse::Ok))
            .route("/startupz", web::get().to(startupz))
            .route("/readyz", web::get().to(readyz))
            .route("/metrics", web::get().to(metrics))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(1)
    .bind(address)?;
    let bound = server.addrs().first().copied().unwrap_or(address);
    Ok((server.run(), bound))
}

async fn startupz(ops: web::Data<Ops>) -> HttpResponse {
    let started = ops.started.load(Ordering::Acquire);
    HttpResponse::build(if started { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }).finish()
}

async fn readyz(ops: web::Data<Ops>) -> HttpResponse {
    let draining = ops.draining.is_cancelled();
    let database = match tokio::time::timeout(CHECK_LIMIT, ops.app.store.ready()).await {
        Ok(Ok(())) => "ok",
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            "failed"
        }
        Err(_) => "slow",
    };
    let signing_keys = if database == "ok" { signing_keys(&ops.app).await } else { "unknown" };
    let ready = !draining && database == "ok" && signing_keys == "ok";
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    HttpResponse::build(status).json(Readiness { database, signing_keys, draining })
}

/// Whether the operators' realm can sign: its keys open with this process's master key.
async fn signing_keys(app: &vestibule_usecases::App) -> &'static str {
    let Ok(Some(realm)) = app.snapshots.by_slug(OPERATORS_SLUG).await else { return "missing" };
    let algorithm = realm.realm.settings.keys.default_algorithm.as_str();
    let Some(key) = realm.signing_key(algorithm) else { return "missing" };
    match app.signer.sign(realm.realm.id, key, "readiness", b"{}") {
        Ok(_) => "ok",
        Err(error) => {
            tracing::error!(%error, "the signing keys cannot be opened: is this the right master key?");
            "failed"
        }
    }
}

async fn metrics(ops: web::Data<Ops>) -> HttpResponse {
    match (ops.metrics)(job_lag(&ops.app).await.unwrap_or_default()) {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Age of the job that has been due for longest; none when the store does not say in time.
async fn job_lag(app: &vestibule_usecases::App) -> Option<u64> {
    let cx = app.above_realms();
    let read = async {
        let mut tx = app.store.system_read(&cx).await?;
        let oldest = tx.oldest_due_job(cx.now).await?;
        tx.rollback().await?;
        Ok::<_, vestibule_kernel::StoreError>(oldest)
    };
    let oldest = tokio::time::timeout(CHECK_LIMIT, read).await.ok()?.ok()?;
    u64::try_from(oldest.map_or(0, |oldest| (cx.now - oldest).num_seconds())).ok()
}
