//! The measurements of `cargo xtask bench`: work of the server over HTTP, with its CPU time read from the operating
//! system, next to the limits of the machine found in the same run. Prints a table and, if asked, JSON.

mod actors;
mod browser;
mod floors;
mod load;
mod machine;
mod mails;
mod report;
mod rows;
mod rows_of_people;
mod scene;
mod ways;
mod wire;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result, bail};
use serde_json::json;

/// What may be asked for.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Users of the realm that everything is measured in.
    pub(crate) users: u32,
    /// Users of a second, large realm; 0: none.
    pub(crate) many: u32,
    /// How long each kind of load runs.
    pub(crate) time: Duration,
    /// Connections of the load.
    pub(crate) connections: usize,
    /// Where the JSON goes.
    pub(crate) json: Option<PathBuf>,
    /// Process id of the Postgres server.
    pub(crate) postgres: u32,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = options()?;
    let mut report = report::Report::default();
    eprintln!("measuring the machine …");
    let floors = floors::measure(options.time.min(Duration::from_secs(5)), options.postgres).await?;
    eprintln!("preparing {} users …", options.users.max(options.many));
    let scene = scene::Scene::open(&options).await?;
    rows::measure(&options, &floors, &scene, &mut report).await?;
    println!("{}", report.table());
    let circumstances = json!({
        "cores": machine::cores(), "users": options.users, "many_users": options.many,
        "seconds": options.time.as_secs(), "connections": options.connections
    });
    if let Some(file) = &options.json {
        std::fs::write(file, report.json(&circumstances)?)?;
        println!("wrote {}", file.display());
    }
    println!("{} goals missed", report.missed());
    Ok(())
}

fn options() -> Result<Options> {
    let postgres = std::env::var("VESTIBULE_BENCH_POSTGRES_PID");
    let postgres = postgres.context("started by `cargo xtask bench`")?.parse()?;
    let mut options = Options {
        users: 1_000,
        many: 0,
        time: Duration::from_secs(5),
        connections: 16,
        json: None,
        postgres,
    };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let value = args.next().with_context(|| format!("{arg} needs a value"))?;
        match arg.as_str() {
            "--users" => options.many = value.parse()?,
            "--seconds" => options.time = Duration::from_secs(value.parse()?),
            "--connections" => options.connections = value.parse()?,
            "--json" => options.json = Some(value.into()),
            other => bail!("unknown option {other}"),
        }
    }
    Ok(options)
}
