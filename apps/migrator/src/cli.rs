//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Applies, reverts and checks the migrations of the database.
#[derive(Debug, Parser)]
#[command(
    name = "migrator",
    version,
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 migrations are \
    pending, 5 the database cannot be reached, 7 the configuration is not usable."
)]
pub(crate) struct Cli {
    /// Configuration file; without it the system's file and the environment are read.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// postgres://… or sqlite:PATH, instead of the configured database. As the owner of the schema.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what is applied and what is pending; exits with 3 if something is.
    Status,
    /// Apply what is pending. Running twice at once is safe.
    Up {
        /// Also let this login role of Postgres run the server; may be given several times.
        #[arg(long, value_name = "ROLE")]
        server_role: Vec<String>,
    },
    /// Revert the newest migrations.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1)]
        steps: usize,
    },
    /// Check the migrations against their rules and against the generated schema, and the database if one is named.
    Check,
    /// Print the generated schema of a migrated Postgres database.
    Schema,
}
