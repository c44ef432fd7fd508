//! The command line: what may be typed, nothing of what it does.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use vestibule_kernel::JobId;
use vestibule_storage::JobState;

/// Carries out the background work of a customer identity server: logout messages, mail, clean-up, key rotation.
#[derive(Debug, Parser)]
#[command(name = "worker", version, about, max_term_width = 100)]
pub(crate) struct Cli {
    /// Read this file instead of /etc/vestibule/config.toml and conf.d beside it.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What to do; nothing: run.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Work until stopped (the default). Any number of workers may run.
    Run(Run),
    /// The job queue.
    #[command(subcommand)]
    Jobs(JobsCommand),
}

#[derive(Debug, Default, Args)]
pub(crate) struct Run {
    /// Do what is due now, then end.
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// Print jobs, those given up unless another state is asked for.
    List(List),
    /// Give a parked job another try.
    Retry {
        /// The job.
        #[arg(value_name = "JOB")]
        id: JobId,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// Only of this realm.
    #[arg(long, value_name = "SLUG")]
    pub(crate) realm: Option<String>,
    /// Only in this state.
    #[arg(long, default_value = "parked")]
    pub(crate) state: State,
    /// Most jobs printed.
    #[arg(long, default_value_t = 100)]
    pub(crate) limit: usize,
    /// One JSON object per line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum State {
    /// Given up; kept to be looked at.
    Parked,
    /// Waiting for its time.
    Queued,
    /// Both.
    All,
}

impl State {
    pub(crate) const fn filter(self) -> Option<JobState> {
        match self {
            Self::Parked => Some(JobState::Parked),
            Self::Queued => Some(JobState::Queued),
            Self::All => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_runs() {
        assert!(Cli::parse_from(["worker"]).command.is_none());
    }

    #[test]
    fn a_job_is_named_by_its_id() {
        assert!(Cli::try_parse_from(["worker", "jobs", "retry", "usr_aaaaaaaaaaaaaaaaaaaaaaaaaa"]).is_err());
        assert!(Cli::try_parse_from(["worker", "jobs", "retry", "job_aaaaaaaaaaaaaaaaaaaaaaaaaa"]).is_ok());
    }
}
