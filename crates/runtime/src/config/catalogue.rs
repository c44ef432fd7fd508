//! Every setting there is, as data: the loader refuses what is not here, `config show` and `config schema` print it.
//! Knows types and defaults, not what a setting does.

/// The type of a setting as written by an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number within bounds.
    Integer {
        /// Smallest.
        min: u32,
        /// Largest.
        max: u32,
    },
    /// `true` or `false`.
    Boolean,
    /// Several texts; in the environment separated by commas.
    List,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A text never shown: by value, `{ file = "…" }` or `{ env = "…" }`.
    Secret,
    /// A URL whose password is never shown; also by file or environment reference.
    SecretUrl,
}

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// `section.name`.
    pub key: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its default in TOML; none: unset.
    pub default: Option<&'static str>,
    /// One sentence.
    pub about: &'static str,
}

const fn setting(
    key: &'static str,
    kind: Kind,
    default: Option<&'static str>,
    about: &'static str,
) -> Setting {
    Setting { key, kind, default, about }
}

const fn integer(min: u32, max: u32) -> Kind {
    Kind::Integer { min, max }
}

/// Every setting, by section.
pub const SETTINGS: &[Setting] = &[
    setting(
        "server.public_url",
        Kind::Text,
        None,
        "Address people and clients use; issuers, links and mails are built from it. Default: http://localhost:PORT of the first listener.",
    ),
    setting("server.listen", Kind::List, Some(r#"["127.0.0.1:8080"]"#), "Addresses to listen on."),
    setting(
        "server.data_dir",
        Kind::Text,
        Some(r#""./data""#),
        "Directory of the embedded database and of a generated master key.",
    ),
    setting(
        "server.trusted_proxies",
        Kind::List,
        Some("[]"),
        "Networks (CIDR) whose X-Forwarded-For is believed for the peer address.",
    ),
    setting("server.workers", integer(0, 1_024), Some("0"), "HTTP threads; 0: one per core."),
    setting(
        "server.shutdown_seconds",
        integer(1, 300),
        Some("25"),
        "Longest time to finish requests after SIGTERM.",
    ),
    setting(
        "server.request_seconds",
        integer(1, 300),
        Some("30"),
        "Longest time from the head of a request to its answer; who sends a body slower than that is cut off.",
    ),
    setting(
        "server.theme",
        Kind::Text,
        None,
        "Folder or file of a look that lies under that of every realm; `api-server theme check` tells what is wrong with it.",
    ),
    setting(
        "server.production",
        Kind::Boolean,
        Some("false"),
        "Refuse an http public_url, developer features, a generated master key and files others can read.",
    ),
    setting(
        "ops.listen",
        Kind::Text,
        Some(r#""127.0.0.1:9090""#),
        "Address of /livez, /readyz, /startupz and /metrics; never public. Empty: no such listener.",
    ),
    setting(
        "database.url",
        Kind::SecretUrl,
        None,
        "Postgres connection URL; unset: the embedded SQLite file.",
    ),
    setting(
        "database.path",
        Kind::Text,
        None,
        "File of the embedded database. Default: vestibule.db in server.data_dir.",
    ),
    setting("database.max_connections", integer(1, 1_000), Some("16"), "Most connections of the pool."),
    setting(
        "database.ca_file",
        Kind::Text,
        None,
        "PEM file of the authority that signed the certificate of Postgres, for sslmode=require. Unset: those of the operating system.",
    ),
    setting(
        "database.auto_migrate",
        Kind::Boolean,
        None,
        "Apply migrations at start. Default: true for the embedded database, false for Postgres.",
    ),
    setting(
        "secrets.master_key",
        Kind::Secret,
        None,
        "Key that seals signing keys: 32 bytes as 64 hex digits or base64. Unset: generated once in server.data_dir.",
    ),
    setting(
        "secrets.previous_master_key",
        Kind::Secret,
        None,
        "The key before. What it sealed can still be opened; it is sealed under the new key when it is next written.",
    ),
    setting("hashing.threads", integer(0, 256), Some("0"), "Password hashing threads; 0: one per core."),
    setting(
        "hashing.queue",
        integer(1, 10_000),
        Some("64"),
        "Most password hashes waiting; beyond it 503 is answered.",
    ),
    setting(
        "egress.allow",
        Kind::List,
        Some("[]"),
        "host:port pairs that outgoing requests may reach although their address is private or loopback.",
    ),
    setting("egress.extra_roots", Kind::List, Some("[]"), "PEM files with further certificate authorities."),
    setting(
        "mail.server",
        Kind::Text,
        None,
        "Host of the mail server. Unset: no mail is sent, and what should be waits as parked jobs.",
    ),
    setting(
        "mail.port",
        integer(1, 65_535),
        Some("587"),
        "Its port; usually 587 for starttls and 465 for implicit.",
    ),
    setting(
        "mail.tls",
        Kind::Word(&["starttls", "implicit", "none"]),
        Some(r#""starttls""#),
        "How the connection is protected; the certificate is always checked. none: only for a server on this machine.",
    ),
    setting(
        "mail.ca_file",
        Kind::Text,
        None,
        "PEM file of the authority that signed the server's certificate, believed beside those of the operating system.",
    ),
    setting(
        "mail.username",
        Kind::Text,
        None,
        "Name to sign in to the mail server with. Unset: without signing in.",
    ),
    setting("mail.password", Kind::Secret, None, "Password to sign in to the mail server with."),
    setting("mail.sender", Kind::Text, None, "Address mail comes from; needed with mail.server."),
    setting(
        "mail.sender_domains",
        Kind::List,
        Some("[]"),
        "Domains that realms may name a sender of their own in. Another sender only gets the answers (Reply-To).",
    ),
    setting(
        "mail.timeout_seconds",
        integer(1, 18),
        Some("10"),
        "Longest time for handing over one message; then it is tried again later.",
    ),
    setting(
        "sms.provider",
        Kind::Word(&["webhook", "twilio"]),
        None,
        "How the provider of text messages is spoken to: a signed JSON document, or Twilio's form. Unset: only realms with a provider of their own send any.",
    ),
    setting(
        "sms.url",
        Kind::Text,
        None,
        "Address of the provider; needed for a webhook. Default for twilio: https://api.twilio.com.",
    ),
    setting(
        "sms.account",
        Kind::Text,
        Some(r#""""#),
        "Name of the account with the provider; needed for twilio.",
    ),
    setting(
        "sms.sender",
        Kind::Text,
        Some(r#""""#),
        "Number, name or pool that text messages come from; needed for twilio.",
    ),
    setting(
        "sms.secret",
        Kind::Secret,
        None,
        "Key of the signature (webhook) or password of the account (twilio); needed with sms.provider.",
    ),
    setting(
        "telemetry.log",
        Kind::Text,
        Some(r#""info""#),
        "What is logged: a tracing filter such as info,vestibule=debug.",
    ),
    setting(
        "telemetry.format",
        Kind::Word(&["auto", "json", "pretty"]),
        Some(r#""auto""#),
        "Form of the log; auto: pretty on a terminal, else JSON lines.",
    ),
    setting(
        "telemetry.otlp_endpoint",
        Kind::Text,
        None,
        "OTLP/HTTP endpoint that traces go to, such as http://127.0.0.1:4318. Unset: none.",
    ),
    setting("telemetry.service_name", Kind::Text, Some(r#""vestibule""#), "service.name of traces."),
    setting(
        "dev.enabled",
        Kind::Boolean,
        Some("false"),
        "Developer features: mail inbox instead of sending, demo application, details on error pages.",
    ),
    setting(
        "worker.in_process",
        Kind::Boolean,
        None,
        "Run the worker inside the server. Default: true for the embedded database, false for Postgres.",
    ),
    setting("worker.concurrency", integer(1, 64), Some("4"), "Jobs run at the same time."),
];

impl Setting {
    /// The setting with this key.
    pub fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }

    /// Whether its value is never shown.
    pub const fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::SecretUrl)
    }

    /// Its environment variable.
    pub fn env_name(&self) -> String {
        format!("{}{}", super::sources::ENV_PREFIX, self.key.replace('.', "__").to_uppercase())
    }
}

/// The known key most like an unknown one, if any is near.
pub(super) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::jaro_winkler(unknown, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_finds_the_one_meant() {
        let keys = || SETTINGS.iter().map(|setting| setting.key);
        assert_eq!(nearest("server.public_ulr", keys()), Some("server.public_url"));
        assert_eq!(nearest("databse.url", keys()), Some("database.url"));
        assert_eq!(nearest("x", keys()), None);
    }
}
