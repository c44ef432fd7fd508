//! The server and its command line: reads the configuration, starts, stops. Decides nothing about identities.

mod cli;
mod commands;
mod demo;
mod server;
mod wire;

use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use vestibule_runtime::{
    OperatorError,
    config::Sources,
    report::{COMMAND_FAILED, START_FAILED},
};

use crate::cli::{AdminCommand, Cli, Command, Serve};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let serves = matches!(cli.command, None | Some(Command::Serve(_) | Command::Demo(_)));
    let fault = if serves { START_FAILED } else { COMMAND_FAILED };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let report = match error.downcast::<OperatorError>() {
                Ok(report) => report,
                Err(error) => OperatorError::new(fault).because(format!("{error:#}")),
            };
            eprintln!("{report}");
            ExitCode::from(report.fault.exit.code())
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let sources = || Sources::of_process(cli.config.as_deref());
    match cli.command.unwrap_or_else(|| Command::Serve(Serve::default())) {
        Command::Config(command) => commands::config::run(&command, &sources()),
        Command::Openapi => commands::openapi::run(),
        Command::Key(command) => block_on(commands::key::run(&command, sources())),
        Command::Serve(serve) => block_on(commands::serve::run(&serve, sources())),
        Command::Demo(demo) => block_on(commands::demo::run(&demo)),
        Command::Admin(AdminCommand::CreateLink) => block_on(commands::admin::create_link(sources())),
        Command::Export(command) => block_on(commands::export::run(&command, sources())),
        Command::Theme(command) => commands::theme::run(&command),
        Command::Realm(command) => block_on(commands::realm::run(&command, sources())),
    }
}

fn block_on(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    let done = runtime.block_on(work);
    // What still blocks here has been given its time already.
    runtime.shutdown_background();
    done
}
