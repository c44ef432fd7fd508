//! Changes and checks the schema of the database. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 migrations are
//! pending, 5 the database cannot be reached, 7 the configuration is not usable.

mod cli;
mod report;

use std::process::ExitCode;

use clap::Parser;
use vestibule_database::{DatabaseConfig, config::UrlError, migrate};
use vestibule_runtime::{Config, OperatorError, config::Sources, report::INVALID_SETTING, stores};

use crate::{
    cli::{Cli, Command},
    report::{Outcome, Problem},
};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Problem::Failed(error.to_string()))
        .and_then(|runtime| runtime.block_on(run(&cli)));
    report::tell(outcome, cli.json)
}

async fn run(cli: &Cli) -> Result<Outcome, Problem> {
    if matches!(cli.command, Command::Check) {
        let config = named(cli)?;
        return Ok(Outcome::Checked(migrate::check(config.as_ref()).await?));
    }
    let config = match named(cli)? {
        Some(config) => config,
        None => stores::database_config(&configured(cli)?)?,
    };
    match &cli.command {
        Command::Status => Ok(Outcome::Status(migrate::status(&config).await?)),
        Command::Up { server_role } => {
            let applied = migrate::up(&config).await?;
            for role in server_role {
                migrate::grant_server_role(&config, role).await?;
            }
            Ok(Outcome::Applied(applied))
        }
        Command::Down { steps } => Ok(Outcome::Reverted(migrate::down(&config, *steps).await?)),
        Command::Schema => Ok(Outcome::Schema(migrate::catalogue(&config).await?.to_schema_rs())),
        Command::Check => Ok(Outcome::Checked(Vec::new())),
    }
}

/// The database named on the command line, if any.
fn named(cli: &Cli) -> Result<Option<DatabaseConfig>, Problem> {
    let Some(url) = &cli.database_url else { return Ok(None) };
    DatabaseConfig::from_url(url).map(Some).map_err(|error: UrlError| {
        OperatorError::new(INVALID_SETTING)
            .key("database.url", "--database-url")
            .because(error.to_string())
            .into()
    })
}

fn configured(cli: &Cli) -> Result<Config, OperatorError> {
    Config::load(&Sources::of_process(cli.config.as_deref()))
}
