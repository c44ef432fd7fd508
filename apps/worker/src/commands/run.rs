//! Working: until stopped, or once.

use std::{
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use anyhow::Context;
use vestibule_http::ops::{self, Ops, RenderMetrics, ServerHandle};
use vestibule_runtime::{
    Config, Shutdown,
    config::Sources,
    stores::OpenStore,
    telemetry::{self, Gauges, Metrics},
};
use vestibule_usecases::{
    App,
    jobs::{self, WorkerSettings},
};

use crate::wire::{self, Parts};

/// Works until SIGTERM or SIGINT, then finishes the jobs in hand. One that does not end in time is done again by
/// another worker when its lease runs out.
pub(crate) async fn until_stopped(sources: &Sources) -> anyhow::Result<ExitCode> {
    let config = Config::load(sources)?;
    let telemetry = telemetry::start(&config.telemetry)?;
    let parts = wire::build(&config).await?;
    let shutdown = Shutdown::new();
    shutdown.on_signals().context("installing signal handlers")?;
    let stop = shutdown.draining();
    let Parts { app, journal, store } = parts;
    shutdown.tasks().spawn(journal.run(stop.clone()));
    shutdown.tasks().spawn(Arc::clone(&app.snapshots).follow(stop.clone()));
    shutdown.tasks().spawn(jobs::run(Arc::clone(&app), settings(&config), stop.clone()));
    let ops = ops_listener(&config, (app, store), &shutdown)?;
    tracing::info!(concurrency = config.worker.concurrency, "working");
    stop.cancelled().await;
    let finished = shutdown.finish(Duration::from_secs(config.server.shutdown_seconds)).await;
    if finished {
        tracing::info!("stopped");
    } else {
        tracing::warn!("stopped before every job had ended");
    }
    if let Some(ops) = ops {
        ops.stop(false).await;
    }
    telemetry.flush().await;
    Ok(ExitCode::SUCCESS)
}

/// The listener for probes and metrics. Its default port is usually a server's on the same machine: then the worker has
/// none, unless it is told another one.
fn ops_listener(
    config: &Config,
    (app, store): (Arc<App>, OpenStore),
    shutdown: &Shutdown,
) -> anyhow::Result<Option<ServerHandle>> {
    let Some(address) = config.ops.listen else { return Ok(None) };
    let metrics = Metrics::new()?;
    let render: RenderMetrics = Arc::new(move |job_lag_seconds| {
        let pool = store.database().pool_stats();
        let levels = Gauges {
            hash_queue_depth: 0,
            hash_running: 0,
            pool_in_use: u64::from(pool.in_use),
            pool_size: u64::from(pool.size),
            job_lag_seconds,
        };
        metrics.render(&levels).map_err(|error| error.to_string())
    });
    let ops = Ops {
        app,
        metrics: render,
        draining: shutdown.draining().clone(),
        started: Arc::new(AtomicBool::new(true)),
    };
    let by_default = config.source_of("ops.listen").as_deref() == Some("built-in default");
    let (server, address) = match ops::listen(ops, address) {
        Err(error) if by_default && error.kind() == std::io::ErrorKind::AddrInUse => {
            tracing::info!(
                "no listener for probes: the default port is taken, and ops.listen names no other"
            );
            return Ok(None);
        }
        result => result.context("ops.listen")?,
    };
    tracing::info!(%address, "probes and metrics");
    let handle = server.handle();
    // Not among the tasks that are waited for: it answers probes until the last job has ended.
    tokio::spawn(server);
    Ok(Some(handle))
}

/// Does what is due now: jobs, clean-up, key rotation.
pub(crate) async fn once(sources: &Sources) -> anyhow::Result<ExitCode> {
    let config = Config::load(sources)?;
    let telemetry = telemetry::start(&config.telemetry)?;
    let app: Arc<App> = wire::build(&config).await?.app;
    let shutdown = Shutdown::new();
    let stop = shutdown.draining();
    let jobs = jobs::run_due(&app, settings(&config)).await?;
    let rows = jobs::purge_expired(&app, stop).await?;
    let realms = jobs::rotate_keys(&app, stop).await?;
    println!("{jobs} jobs carried out, {rows} expired rows removed, keys rotated in {realms} realms");
    telemetry.flush().await;
    Ok(ExitCode::SUCCESS)
}

fn settings(config: &Config) -> WorkerSettings {
    WorkerSettings { concurrency: config.worker.concurrency, ..WorkerSettings::default() }
}
