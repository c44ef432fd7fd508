//! What an operator may meet while a server starts, for the pages under `/docs/errors`. The programs print the same
//! codes; a test of the server compares both lists.

/// A fault at start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// `VST-9nn`.
    pub code: &'static str,
    /// What failed.
    pub title: &'static str,
    /// What to do.
    pub hint: &'static str,
}

const fn fault(code: &'static str, title: &'static str, hint: &'static str) -> Fault {
    Fault { code, title, hint }
}

/// Every fault there is.
pub const FAULTS: &[Fault] = &[
    fault(
        "VST-921",
        "unknown configuration key",
        "The report names the key, where it came from and the nearest known one. `api-server config schema` lists all.",
    ),
    fault(
        "VST-922",
        "invalid configuration value",
        "The report names the setting, the value and what is expected. `api-server config show` prints every value and its source.",
    ),
    fault(
        "VST-923",
        "cannot read a configuration file",
        "The file must exist, be readable by the process, and be TOML. A secret file holds the secret and nothing else.",
    ),
    fault(
        "VST-924",
        "refused in production mode",
        "Production mode refuses an http address, developer features, a generated master key and files that others can read.",
    ),
    fault(
        "VST-925",
        "no usable master key",
        "Give secrets.master_key (32 bytes as 64 hex digits or base64), or restore the key file. Without the key the signing keys in the database cannot be opened.",
    ),
    fault(
        "VST-926",
        "cannot use the data directory",
        "Name a directory that this process may write: server.data_dir or --data. The demo needs one of its own.",
    ),
    fault(
        "VST-931",
        "cannot reach the database",
        "Check address, user and password in database.url, and that the database runs. An embedded file must be writable.",
    ),
    fault(
        "VST-932",
        "the database schema does not fit this version",
        "Apply the migrations with `migrator up`, or set database.auto_migrate. `migrator status` says what is missing.",
    ),
    fault(
        "VST-933",
        "cannot listen on the address",
        "Another process has the port, or the address is not of this machine. Choose another: server.listen, ops.listen, --port for the demo.",
    ),
    fault(
        "VST-934",
        "the data directory is in use by another process",
        "One server at a time uses an embedded database. Stop the other, or give this one a directory of its own.",
    ),
    fault(
        "VST-935",
        "cannot apply the realm document",
        "The report names the entry that breaks a rule. Nothing was changed unless it says so.",
    ),
    fault("VST-938", "the command failed", "The cause is in the report; what a check found stands above it."),
    fault("VST-939", "cannot start", "The cause is in the report."),
];
