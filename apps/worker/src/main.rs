//! The worker and its command line: carries out queued jobs beside the servers, and shows what was given up. Decides
//! nothing about identities.

mod cli;
mod commands;
mod wire;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use vestibule_runtime::{OperatorError, config::Sources, report::START_FAILED};

use crate::cli::{Cli, Command, JobsCommand, Run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            let report = match error.downcast::<OperatorError>() {
                Ok(report) => report,
                Err(error) => OperatorError::new(START_FAILED).because(format!("{error:#}")),
            };
            eprintln!("{report}");
            ExitCode::from(report.fault.exit.code())
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let sources = Sources::of_process(cli.config.as_deref());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    let done = runtime.block_on(async {
        match cli.command.unwrap_or_else(|| Command::Run(Run::default())) {
            Command::Run(Run { once: false }) => commands::run::until_stopped(&sources).await,
            Command::Run(Run { once: true }) => commands::run::once(&sources).await,
            Command::Jobs(JobsCommand::List(list)) => commands::jobs::list(sources, &list).await,
            Command::Jobs(JobsCommand::Retry { id }) => commands::jobs::retry(sources, id).await,
        }
    });
    // What still blocks here has been given its time already.
    runtime.shutdown_background();
    done
}
