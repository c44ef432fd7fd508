//! Working: until stopped, or once.

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use vestibule_runtime::{Config, Shutdown, config::Sources, telemetry};
use vestibule_usecases::{
    App,
    jobs::{self, WorkerSettings},
};

use crate::wire;

/// Works until SIGTERM or SIGINT, then finishes the jobs in hand. One that does not end in time is done again by
/// another worker when its lease runs out.
pub(crate) async fn until_stopped(sources: &Sources) -> anyhow::Result<ExitCode> {
    let config = Config::load(sources)?;
    let telemetry = telemetry::start(&config.telemetry)?;
    let parts = wire::build(&config).await?;
    let shutdown = Shutdown::new();
    shutdown.on_signals().context("installing signal handlers")?;
    let stop = shutdown.draining();
    shutdown.tasks().spawn(parts.journal.run(stop.clone()));
    shutdown.tasks().spawn(Arc::clone(&parts.app.snapshots).follow(stop.clone()));
    shutdown.tasks().spawn(jobs::run(Arc::clone(&parts.app), settings(&config), stop.clone()));
    tracing::info!(concurrency = config.worker.concurrency, "working");
    stop.cancelled().await;
    let finished = shutdown.finish(Duration::from_secs(config.server.shutdown_seconds)).await;
    if finished {
        tracing::info!("stopped");
    } else {
        tracing::warn!("stopped before every job had ended");
    }
    telemetry.flush().await;
    Ok(ExitCode::SUCCESS)
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
