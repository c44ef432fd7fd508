//! Rules over more than one setting, and what production mode refuses. Knows files only by their permissions.

use std::{net::IpAddr, path::Path};

use url::Url;
use vestibule_kernel::ports::SmsProtocol;

use super::{Config, MailTls, Setting, sources::invalid};
use crate::report::{OperatorError, UNSAFE_SETTING};

impl Config {
    /// Checks everything that can be known without starting.
    pub(super) fn check(&self) -> Result<(), OperatorError> {
        self.check_public_url()?;
        if self.server.listen.is_empty() {
            return Err(self.refuse("server.listen", "", "at least one address is needed"));
        }
        if self.database.url.is_some() && self.database.path.is_some() {
            let why = "database.url and database.path exclude each other";
            return Err(self.refuse("database.path", &self.database_path().display().to_string(), why));
        }
        if let Some(url) = &self.database.url {
            let scheme = url.expose().split("://").next().unwrap_or_default();
            if !matches!(scheme, "postgres" | "postgresql") {
                return Err(self.refuse("database.url", "", "the URL must start with postgres://"));
            }
        }
        if let Err(why) = tracing_subscriber::EnvFilter::try_new(&self.telemetry.log) {
            return Err(self.refuse("telemetry.log", &self.telemetry.log, &why.to_string()));
        }
        self.check_master_keys()?;
        self.check_mail()?;
        self.check_sms()?;
        if self.server.production { self.check_production() } else { Ok(()) }
    }

    fn check_public_url(&self) -> Result<(), OperatorError> {
        let Some(url) = &self.server.public_url else { return Ok(()) };
        let refuse = |why: &str| Err(self.refuse("server.public_url", url.as_str(), why));
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return refuse("an http or https address is expected");
        }
        if url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return refuse("a query, a fragment or a user cannot be part of it");
        }
        if url.path() != "/" {
            return refuse("a path is not supported: every realm has one below the root of the host");
        }
        if url.scheme() == "http" && !is_loopback(url) {
            return refuse("plain http is possible on localhost only: cookies and tokens would be readable");
        }
        Ok(())
    }

    fn check_mail(&self) -> Result<(), OperatorError> {
        let mail = &self.mail;
        if mail.username.is_some() != mail.password.is_some() {
            return Err(self.refuse("mail.username", "", "mail.username and mail.password need each other"));
        }
        let Some(server) = &mail.server else { return Ok(()) };
        if self.dev.enabled {
            let why = "dev.enabled keeps all mail in the developer inbox: unset one of them";
            return Err(self.refuse("mail.server", server, why));
        }
        if server.is_empty() || server.contains(['/', ':', '@']) || server.contains(char::is_whitespace) {
            return Err(self.refuse(
                "mail.server",
                server,
                "a host name or IPv4 address is expected, without port",
            ));
        }
        if mail.sender.is_none() {
            return Err(self.refuse("mail.sender", "(unset)", "mail needs an address it comes from"));
        }
        if mail.tls == MailTls::None && !is_this_machine(server) {
            let why = "without TLS only a server on this machine can be used: codes and passwords would be readable";
            return Err(self.refuse("mail.tls", "none", why));
        }
        Ok(())
    }

    fn check_sms(&self) -> Result<(), OperatorError> {
        let sms = &self.sms;
        let Some(provider) = sms.provider else { return Ok(()) };
        if self.dev.enabled {
            let why = "dev.enabled keeps all text messages in the developer inbox: unset one of them";
            return Err(self.refuse("sms.provider", "", why));
        }
        if sms.secret.is_none() {
            return Err(self.refuse("sms.secret", "(unset)", "a provider needs a key or a password"));
        }
        match provider {
            SmsProtocol::Webhook if sms.url.is_none() => {
                Err(self.refuse("sms.url", "(unset)", "a webhook needs an address"))
            }
            SmsProtocol::Twilio if sms.account.is_empty() || sms.sender.is_empty() => {
                Err(self.refuse("sms.account", &sms.account, "twilio needs sms.account and sms.sender"))
            }
            SmsProtocol::Twilio if !sms.account.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                Err(self.refuse("sms.account", &sms.account, "letters and digits are expected"))
            }
            SmsProtocol::Webhook | SmsProtocol::Twilio => Ok(()),
        }
    }

    fn check_master_keys(&self) -> Result<(), OperatorError> {
        for (key, value) in [
            ("secrets.master_key", &self.secrets.master_key),
            ("secrets.previous_master_key", &self.secrets.previous_master_key),
        ] {
            if value.as_ref().is_some_and(|secret| crate::master_key::decode(secret).is_none()) {
                return Err(self.refuse(key, "", "32 bytes as 64 hex digits or base64 are expected"));
            }
        }
        if self.secrets.master_key.is_none() && !self.is_embedded() {
            return Err(self.refuse(
                "secrets.master_key",
                "(unset)",
                "servers that share a database must share one key, so none is generated",
            ));
        }
        Ok(())
    }

    fn check_production(&self) -> Result<(), OperatorError> {
        if self.public_url().scheme() != "https" {
            return Err(self
                .unsafe_setting("server.public_url", self.public_url().as_str(), "the issuer is not https")
                .fix("set server.public_url to the https address people use"));
        }
        if self.dev.enabled {
            return Err(self
                .unsafe_setting("dev.enabled", "true", "the developer inbox shows everybody's mail")
                .fix("set dev.enabled = false"));
        }
        if self.secrets.master_key.is_none() {
            return Err(self
                .unsafe_setting(
                    "secrets.master_key",
                    "(unset)",
                    "a generated key lies beside the data it protects",
                )
                .fix(
                    "make one with `openssl rand -hex 32` and give it by VESTIBULE__SECRETS__MASTER_KEY_FILE",
                ));
        }
        if let Some(url) = &self.database.url
            && crosses_a_network_in_clear(url.expose())
        {
            return Err(self
                .unsafe_setting("database.url", "", "the connection to another machine is not encrypted")
                .fix("add ?sslmode=require to the URL, and database.ca_file if its authority is your own (sslmode=disable accepts the risk)"));
        }
        if self.is_embedded() {
            self.check_private("database.path", &self.database_path())?;
        }
        for key in [
            "secrets.master_key",
            "secrets.previous_master_key",
            "database.url",
            "mail.password",
            "sms.secret",
        ] {
            let source = self.source_of(key).unwrap_or_default();
            let file = source.strip_prefix("file ").and_then(|rest| rest.split(", named in").next());
            if let Some(file) = file {
                self.check_private(key, Path::new(file))?;
            }
        }
        Ok(())
    }

    /// Refuses a file that other users of the machine can read.
    fn check_private(&self, key: &str, file: &Path) -> Result<(), OperatorError> {
        use std::os::unix::fs::PermissionsExt;
        let Ok(metadata) = std::fs::metadata(file) else { return Ok(()) };
        let others = metadata.permissions().mode() % 8;
        if others == 0 {
            return Ok(());
        }
        let shown = file.display().to_string();
        Err(self
            .unsafe_setting(key, &shown, "other users of this machine can read the file")
            .fix(format!("chmod o-rwx {shown}")))
    }

    fn refuse(&self, key: &str, value: &str, why: &str) -> OperatorError {
        let source = self.source_of(key).unwrap_or_else(|| "nowhere".to_owned());
        match Setting::find(key) {
            Some(setting) => invalid(setting, &source, value, why),
            None => OperatorError::new(crate::report::INVALID_SETTING).because(why),
        }
    }

    fn unsafe_setting(&self, key: &str, value: &str, why: &str) -> OperatorError {
        let source = self.source_of(key).unwrap_or_else(|| "built-in default".to_owned());
        OperatorError::new(UNSAFE_SETTING).key(key, &source).tried(value).because(why)
    }
}

/// Whether a Postgres URL leads to another machine without TLS, and does not say that this is meant
/// (`sslmode=disable`). `prefer` and `allow` are no promise: they are spoken to in clear.
fn crosses_a_network_in_clear(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let mode = url.query_pairs().find(|(name, _)| name == "sslmode").map(|(_, value)| value.into_owned());
    if matches!(mode.as_deref(), Some("require" | "verify-full" | "disable")) {
        return false;
    }
    // `host` in the query names servers too; a path is the folder of a socket.
    let mut named = url.query_pairs().filter(|(name, _)| matches!(&**name, "host" | "hostaddr"));
    let remote = |name: &str| !name.starts_with('/') && !is_this_machine(name);
    named.any(|(_, names)| names.split(',').any(remote)) || url.host_str().is_some_and(remote)
}

/// Whether a name or address never leaves this machine.
fn is_this_machine(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.is_empty()
        || name == "localhost"
        || name.ends_with(".localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a URL names this machine by a name or address that never leaves it.
fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(is_this_machine)
}
