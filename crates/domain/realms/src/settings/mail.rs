//! As whom a realm writes mail.

use serde::{Deserialize, Serialize};
use vestibule_kernel::{contact::Email, ports::MailProtection};

use super::{SettingsError, text};
use crate::secret::SecretName;

/// The sender of a realm's mail. Addresses are typed, so no setting can add a header.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSender {
    /// The name people see; empty means the display name.
    pub sender_name: String,
    /// The address mail comes from, if its domain is one the installation sends for (`mail.sender_domains`); else
    /// mail comes from the installation's address and this one gets the answers.
    pub sender: Option<Email>,
    /// Where answers go.
    pub reply_to: Option<Email>,
    /// Whether mails show the uploaded logo, if it is a raster picture: programs that read mail show no other. It is
    /// fetched from the realm's host when the mail is read, which some readers do not want; without it the name stands
    /// there as text.
    pub show_logo: bool,
    /// A mail server of the realm's own; none: that of the installation.
    pub server: Option<MailServerAccount>,
}

/// A realm's account with a mail server. Whether it may be spoken to is decided when it is: a server at an address that is
/// not public is not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailServerAccount {
    /// Its name.
    pub host: String,
    /// Its port: 587 if not said otherwise.
    #[serde(default = "submission")]
    pub port: u16,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: MailProtection,
    /// The name it is signed in with, if it wants one.
    #[serde(default)]
    pub username: Option<String>,
    /// The realm's secret that holds the password.
    #[serde(default)]
    pub secret: Option<SecretName>,
}

/// Message submission ([RFC 6409](https://www.rfc-editor.org/rfc/rfc6409)).
const fn submission() -> u16 {
    587
}

impl MailSender {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong = |why| Err(SettingsError::Contradiction(why));
        let Some(server) = &self.server else { return Ok(()) };
        if !is_host(&server.host) {
            return wrong("mail.server.host must be the name of a host");
        }
        if server.port == 0 {
            return wrong("mail.server.port must be between 1 and 65535");
        }
        if let Some(username) = &server.username {
            text("mail.server.username", username, 255)?;
        }
        if self.sender.is_none() {
            return wrong("mail.server needs mail.sender: the address it sends for");
        }
        match (&server.username, &server.secret) {
            (Some(_), Some(_)) | (None, None) => Ok(()),
            _ => wrong("mail.server.username and mail.server.secret belong together"),
        }
    }
}

/// A name in ASCII, or an address.
fn is_host(text: &str) -> bool {
    text.len() <= 253 && url::Host::parse(text).is_ok_and(|host| host.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> MailServerAccount {
        serde_json::from_value(serde_json::json!({"host": "mail.acme.example"})).unwrap()
    }

    fn with(server: MailServerAccount) -> Result<(), SettingsError> {
        let sender = Email::parse("hello@acme.example").ok();
        MailSender { sender, server: Some(server), ..MailSender::default() }.check()
    }

    #[test]
    fn a_server_is_whole_or_refused() {
        assert!(MailSender::default().check().is_ok());
        assert_eq!((server().port, server().tls), (587, MailProtection::Starttls));
        assert!(with(server()).is_ok());
        assert!(MailSender { server: Some(server()), ..MailSender::default() }.check().is_err(), "as whom?");
        let (username, secret) = (Some("acme".to_owned()), SecretName::parse("mail").ok());
        assert!(with(MailServerAccount { username: username.clone(), ..server() }).is_err());
        assert!(with(MailServerAccount { secret: secret.clone(), ..server() }).is_err());
        assert!(with(MailServerAccount { username, secret, ..server() }).is_ok());
        for host in [
            "",
            "mail.acme.example:25",
            "http://mail.acme.example",
            "a b",
            "Mail.acme.example",
            "x@y.example",
        ] {
            assert!(with(MailServerAccount { host: host.to_owned(), ..server() }).is_err(), "{host}");
        }
        assert!(with(MailServerAccount { port: 0, ..server() }).is_err());
    }
}
