//! Looking at the queue and giving a parked job another try.

use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;
use vestibule_crypto::SystemClock;
use vestibule_kernel::{JobId, SystemCx, ports::Clock};
use vestibule_realms::Slug;
use vestibule_runtime::{
    Config,
    config::{Given, Sources},
    stores::{self, OpenStore},
    telemetry::{self, TelemetryGuard},
};
use vestibule_usecases::jobs;

use crate::cli::List;

/// The store for one command, which logs warnings only.
async fn open(mut sources: Sources) -> anyhow::Result<(OpenStore, TelemetryGuard)> {
    sources.defaults.push(Given {
        key: "telemetry.log",
        text: "warn".to_owned(),
        source: "default of commands".to_owned(),
    });
    let config = Config::load(&sources)?;
    let telemetry = telemetry::start(&config.telemetry)?;
    Ok((stores::open_store(&config).await?, telemetry))
}

/// Prints jobs, one a line.
pub(crate) async fn list(sources: Sources, list: &List) -> anyhow::Result<ExitCode> {
    let realm = list.realm.as_deref().map(Slug::parse).transpose().context("--realm")?;
    let (store, telemetry) = open(sources).await?;
    let cx = SystemCx::internal(SystemClock.now());
    let store = store.store();
    let found = jobs::list(store.as_ref(), &cx, realm.as_ref(), list.state.filter(), list.limit).await?;
    for jobs::JobInRealm { realm, job } in &found {
        if list.json {
            println!("{}", json!({"realm": realm.as_str(), "job": job}));
            continue;
        }
        let (id, kind, state) = (job.id, &job.kind, json!(job.state));
        let state = state.as_str().unwrap_or_default();
        let (attempts, run_at) = (job.attempts, job.run_at.format("%Y-%m-%dT%H:%M:%SZ"));
        let error = job.last_error.as_deref().unwrap_or("-");
        println!("{id}  {realm}  {kind}  {state}  {attempts} attempts  {run_at}  {error}");
    }
    if found.is_empty() && !list.json {
        println!("no jobs");
    }
    telemetry.flush().await;
    Ok(ExitCode::SUCCESS)
}

/// Puts a parked job back; fails when there is none with this id.
pub(crate) async fn retry(sources: Sources, id: JobId) -> anyhow::Result<ExitCode> {
    let (store, telemetry) = open(sources).await?;
    let cx = SystemCx::internal(SystemClock.now());
    let found = jobs::retry(store.store().as_ref(), &cx, id).await?;
    telemetry.flush().await;
    if found {
        println!("{id} is queued again");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("there is no parked job {id}");
    Ok(ExitCode::FAILURE)
}
