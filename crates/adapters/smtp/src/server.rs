//! A mail server as it is configured, checked so that neither mail nor password can cross a network in clear.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use lettre::transport::smtp::client::{Certificate, TlsParameters, TlsVersion};
use vestibule_kernel::Secret;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// TLS from the first byte (RFC 8314 §3.3), usually on port 465.
    Implicit,
    /// STARTTLS, and nothing is sent without it, usually on port 587.
    StartTls,
    /// None: to this machine only.
    None,
}

/// Why a server cannot be used as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// A server that is not on this machine, without TLS.
    #[error("without TLS only a server on this machine can be used")]
    Clear,
    /// The certificate authority cannot be read, or the name is none that a certificate can hold.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// A mail server.
#[derive(Clone)]
pub struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Where it is, if that was found out before; else empty.
    pub(crate) at: Vec<SocketAddr>,
    pub(crate) mode: TlsMode,
    pub(crate) tls: Option<TlsParameters>,
    pub(crate) login: Option<(String, Secret)>,
    pub(crate) timeout: Duration,
}

impl Server {
    /// A server that is reached within `timeout`, which bounds a whole conversation too. `authority` is a PEM file's
    /// content: certificates that are believed beside those of the operating system.
    ///
    /// # Errors
    /// See [`ServerError`].
    pub fn new(
        (host, port): (&str, u16),
        mode: TlsMode,
        authority: Option<&[u8]>,
        timeout: Duration,
    ) -> Result<Self, ServerError> {
        let tls = match mode {
            TlsMode::Implicit | TlsMode::StartTls => Some(parameters(host, authority)?),
            TlsMode::None if is_this_machine(host) => None,
            TlsMode::None => return Err(ServerError::Clear),
        };
        Ok(Self { host: host.to_owned(), port, at: Vec::new(), mode, tls, login: None, timeout })
    }

    /// Connects to these addresses, one after the other, and to no other that the name may have by then.
    #[must_use]
    pub fn at(mut self, addresses: Vec<SocketAddr>) -> Self {
        self.at = addresses;
        self
    }

    /// Signs in with a name and a password.
    #[must_use]
    pub fn with_login(mut self, username: String, password: Secret) -> Self {
        self.login = Some((username, password));
        self
    }
}

/// Certificates are always checked, for the name that was configured.
fn parameters(host: &str, authority: Option<&[u8]>) -> Result<TlsParameters, ServerError> {
    let failed = |error: lettre::transport::smtp::Error| ServerError::Tls(error.to_string());
    let mut builder = TlsParameters::builder(host.to_owned()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(pem) = authority {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(failed)?);
    }
    builder.build().map_err(failed)
}

/// Whether a name or address never leaves this machine.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_this_machine_in_clear() {
        let to = |host: &str, mode| Server::new((host, 25), mode, None, Duration::from_secs(1)).err();
        assert_eq!(to("mail.example", TlsMode::None), Some(ServerError::Clear));
        assert_eq!(to("10.0.0.1", TlsMode::None), Some(ServerError::Clear));
        assert_eq!(to("localhost.evil.example", TlsMode::None), Some(ServerError::Clear));
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert_eq!(to(host, TlsMode::None), None, "{host}");
        }
        assert_eq!(to("mail.example", TlsMode::StartTls), None);
        assert_eq!(to("mail.example", TlsMode::Implicit), None);
    }
}
