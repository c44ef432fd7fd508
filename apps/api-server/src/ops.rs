//! The second listener, never public: is the process alive, can it serve, did it start, and its numbers.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, http::StatusCode, web};
use serde::Serialize;
use vestibule_crypto::Argon2Pool;
use vestibule_realms::realm::OPERATORS_SLUG;
use vestibule_runtime::{
    Shutdown,
    stores::OpenStore,
    telemetry::{Gauges, Metrics},
};

/// What the listener tells about.
#[derive(Clone)]
pub(crate) struct Ops {
    pub(crate) app: Arc<vestibule_usecases::App>,
    pub(crate) hashing: Arc<Argon2Pool>,
    pub(crate) store: OpenStore,
    pub(crate) metrics: Metrics,
    pub(crate) shutdown: Shutdown,
    pub(crate) started: Arc<AtomicBool>,
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
pub(crate) fn listen(ops: Ops, address: SocketAddr) -> std::io::Result<(Server, SocketAddr)> {
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
    let draining = ops.shutdown.draining().is_cancelled();
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
    match ops.metrics.render(&levels(&ops).await) {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn levels(ops: &Ops) -> Gauges {
    let (hashes, pool) = (ops.hashing.stats(), ops.store.database().pool_stats());
    let number = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    Gauges {
        hash_queue_depth: number(hashes.queued),
        hash_running: number(hashes.in_flight),
        pool_in_use: u64::from(pool.in_use),
        pool_size: u64::from(pool.size),
        job_lag_seconds: job_lag(&ops.app).await.unwrap_or_default(),
    }
}

/// Age of the job that has been due for longest; none when the store does not say in time.
async fn job_lag(app: &vestibule_usecases::App) -> Option<u64> {
    let cx = app.above_realms();
    let read = async {
        let mut tx = app.store.system(&cx).await?;
        let oldest = tx.oldest_due_job(cx.now).await?;
        tx.rollback().await?;
        Ok::<_, vestibule_kernel::StoreError>(oldest)
    };
    let oldest = tokio::time::timeout(CHECK_LIMIT, read).await.ok()?.ok()?;
    u64::try_from(oldest.map_or(0, |oldest| (cx.now - oldest).num_seconds())).ok()
}
