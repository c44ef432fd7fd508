//! What the program says and how it exits.

use std::process::ExitCode;

use serde_json::{Value, json};
use vestibule_database::migrate::{MigrateError, Status};
use vestibule_runtime::{
    OperatorError,
    report::{DATABASE_UNREACHABLE, SCHEMA_MISMATCH},
};

/// What came out of a command.
pub(crate) enum Outcome {
    Status(Status),
    Applied(Vec<String>),
    Reverted(Vec<String>),
    Checked(Vec<String>),
    Schema(String),
}

/// Why nothing came out.
pub(crate) enum Problem {
    Operator(Box<OperatorError>),
    Failed(String),
}

impl From<OperatorError> for Problem {
    fn from(error: OperatorError) -> Self {
        Self::Operator(Box::new(error))
    }
}

impl From<MigrateError> for Problem {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Unreachable(why) => OperatorError::new(DATABASE_UNREACHABLE)
                .because(why)
                .fix("check address, user and password:  --database-url, database.url")
                .into(),
            MigrateError::Failed(why) => Self::Failed(why),
        }
    }
}

const PENDING: u8 = 3;
const FAILED: u8 = 1;

impl Outcome {
    fn exit(&self) -> u8 {
        match self {
            Self::Status(status) if !status.pending.is_empty() => PENDING,
            Self::Checked(findings) if !findings.is_empty() => FAILED,
            Self::Status(_) | Self::Applied(_) | Self::Reverted(_) | Self::Checked(_) | Self::Schema(_) => 0,
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Status(status) => json!({"applied": status.applied, "pending": status.pending}),
            Self::Applied(names) => json!({"applied": names}),
            Self::Reverted(names) => json!({"reverted": names}),
            Self::Checked(findings) => json!({"findings": findings}),
            Self::Schema(text) => json!({"schema": text}),
        }
    }

    fn text(&self) -> String {
        let lines = |label: &str, names: &[String]| -> Vec<String> {
            names.iter().map(|name| format!("{label:<9}{name}")).collect()
        };
        let or = |lines: Vec<String>, nothing: &str| {
            if lines.is_empty() { nothing.to_owned() } else { lines.join("\n") }
        };
        match self {
            Self::Status(status) => {
                [lines("applied", &status.applied), lines("pending", &status.pending)].concat().join("\n")
            }
            Self::Applied(names) => or(lines("applied", names), "nothing was pending"),
            Self::Reverted(names) => or(lines("reverted", names), "nothing was applied"),
            Self::Checked(findings) => or(findings.clone(), "migrations and schema agree"),
            Self::Schema(text) => text.trim_end().to_owned(),
        }
    }
}

/// Says what came out and gives the exit code.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is what the program is for")]
pub(crate) fn tell(outcome: Result<Outcome, Problem>, as_json: bool) -> ExitCode {
    match outcome {
        Ok(outcome) => {
            println!("{}", if as_json { outcome.json().to_string() } else { outcome.text() });
            ExitCode::from(outcome.exit())
        }
        Err(problem) => {
            let (problem, code) = match problem {
                Problem::Operator(report) => (*report, None),
                Problem::Failed(why) => (OperatorError::new(SCHEMA_MISMATCH).because(why), Some(FAILED)),
            };
            if as_json {
                println!("{}", json!({"error": problem.to_string(), "code": problem.fault.code}));
            } else {
                eprintln!("{problem}");
            }
            ExitCode::from(code.unwrap_or_else(|| problem.fault.exit.code()))
        }
    }
}
