//! What an operator reads when something cannot start: what failed, the value seen, why, how to fix it. Every report
//! has a stable code with a page and an exit code.

use std::fmt;

/// Process exit codes, the same in every binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Something failed that has no code of its own.
    Failed,
    /// The thing exists already, or another holds it.
    Conflict,
    /// A database or port cannot be reached or taken.
    Unreachable,
    /// The configuration is not usable.
    Configuration,
}

impl Exit {
    /// The number given to the shell.
    pub const fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Conflict => 4,
            Self::Unreachable => 5,
            Self::Configuration => 7,
        }
    }
}

/// A stable code with its one-line summary. The pages under `/docs/errors/` use the same codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// `VST-nnn`.
    pub code: &'static str,
    /// What failed, in words that do not change.
    pub summary: &'static str,
    /// How the process ends.
    pub exit: Exit,
}

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $summary:literal, $exit:ident;)*) => {
        $($(#[$doc])* pub const $name: Fault = Fault { code: $code, summary: $summary, exit: Exit::$exit };)*
        /// Every fault an operator may meet at start.
        pub const FAULTS: &[Fault] = &[$($name),*];
    };
}

faults! {
    /// A setting nobody reads.
    UNKNOWN_SETTING = "VST-921", "unknown configuration key", Configuration;
    /// A value of the wrong type or out of bounds.
    INVALID_SETTING = "VST-922", "invalid configuration value", Configuration;
    /// A configuration or secret file that cannot be read.
    UNREADABLE_FILE = "VST-923", "cannot read a configuration file", Configuration;
    /// A setting that production mode refuses.
    UNSAFE_SETTING = "VST-924", "refused in production mode", Configuration;
    /// No usable master key.
    MASTER_KEY = "VST-925", "no usable master key", Configuration;
    /// The data directory cannot be used.
    DATA_DIR = "VST-926", "cannot use the data directory", Configuration;
    /// The database does not answer.
    DATABASE_UNREACHABLE = "VST-931", "cannot reach the database", Unreachable;
    /// The schema is older or newer than this build needs.
    SCHEMA_MISMATCH = "VST-932", "the database schema does not fit this version", Unreachable;
    /// Another process has the port.
    PORT_IN_USE = "VST-933", "cannot listen on the address", Unreachable;
    /// Another process has the data directory.
    ALREADY_RUNNING = "VST-934", "the data directory is in use by another process", Conflict;
    /// A realm document cannot be applied.
    REALM_DOCUMENT = "VST-935", "cannot apply the realm document", Failed;
    /// A command of the command line did not do its work, or found what it looks for.
    COMMAND_FAILED = "VST-938", "the command failed", Failed;
    /// Something else went wrong while starting.
    START_FAILED = "VST-939", "cannot start", Failed;
}

/// One report. Values given to it must be fit for a terminal: mask secrets before.
#[derive(Debug, Clone)]
pub struct OperatorError {
    /// Code, summary, exit.
    pub fault: Fault,
    /// Labelled lines, in order of the form: `key`, `tried`, `because`, `fix`.
    lines: Vec<(&'static str, String)>,
}

impl OperatorError {
    /// A report that only names the fault.
    pub const fn new(fault: Fault) -> Self {
        Self { fault, lines: Vec::new() }
    }

    fn with(mut self, label: &'static str, text: impl Into<String>) -> Self {
        self.lines.push((label, text.into()));
        self
    }

    /// Names the setting concerned and where its value came from.
    #[must_use]
    pub fn key(self, key: &str, source: &str) -> Self {
        self.with("key", format!("{key}   (from {source})"))
    }

    /// The value seen.
    #[must_use]
    pub fn tried(self, value: impl Into<String>) -> Self {
        self.with("tried", value)
    }

    /// Why it failed.
    #[must_use]
    pub fn because(self, why: impl Into<String>) -> Self {
        self.with("because", why)
    }

    /// What to do.
    #[must_use]
    pub fn fix(self, how: impl Into<String>) -> Self {
        self.with("fix", how)
    }
}

impl fmt::Display for OperatorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error[{}]: {}", self.fault.code, self.fault.summary)?;
        for (label, text) in &self.lines {
            // Text from other libraries may span lines; keep it in its column.
            let text = text.trim_end().replace('\n', "\n            ");
            writeln!(f, "  {label:<9} {text}")?;
        }
        write!(f, "  {:<9} /docs/errors/{}", "docs", self.fault.code)
    }
}

impl std::error::Error for OperatorError {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_report_has_the_published_form() {
        let report = OperatorError::new(DATABASE_UNREACHABLE)
            .tried("postgres://vestibule@db.internal/vestibule   (from env VESTIBULE__DATABASE__URL)")
            .because("name does not resolve")
            .fix("check the host name");
        assert_eq!(
            report.to_string(),
            "error[VST-931]: cannot reach the database\n  \
             tried     postgres://vestibule@db.internal/vestibule   (from env VESTIBULE__DATABASE__URL)\n  \
             because   name does not resolve\n  fix       check the host name\n  docs      /docs/errors/VST-931"
        );
        assert_eq!(report.fault.exit.code(), 5);
    }

    #[test]
    fn codes_are_unique() {
        let codes: BTreeSet<_> = FAULTS.iter().map(|fault| fault.code).collect();
        assert_eq!(codes.len(), FAULTS.len());
    }
}
