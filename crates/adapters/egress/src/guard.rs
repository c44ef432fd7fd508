//! Which addresses (in the sense of URLs) may be called at all, before any name is resolved.

use std::collections::HashSet;

use url::{Host, Url};
use vestibule_oauth::FetchError;

use crate::{
    address::is_public,
    client::{AllowedTarget, EgressConfig},
};

/// Longest URL that is called.
const MAX_URL_BYTES: usize = 2_048;

/// Which rules hold for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rules {
    /// https, a listed port, public addresses.
    Public,
    /// Named in the configuration: http and any address.
    Excepted,
}

/// The configured rules.
pub(crate) struct Guard {
    ports: HashSet<u16>,
    excepted: HashSet<AllowedTarget>,
}

impl Guard {
    pub(crate) fn new(config: &EgressConfig) -> Self {
        let excepted = config.allow.iter().map(AllowedTarget::normalized).collect();
        let ports = config.ports.iter().copied().chain([443]).collect();
        Self { ports, excepted }
    }

    /// Parses a URL and says which rules hold for it. The parser turns every spelling of an IPv4 address (decimal,
    /// hexadecimal, octal, shortened) into the one that is checked and connected to.
    pub(crate) fn admit(&self, uri: &str) -> Result<(Url, Rules), FetchError> {
        if uri.len() > MAX_URL_BYTES {
            return Err(FetchError::Refused("the address is too long"));
        }
        let url = Url::parse(uri)
            .map_err(|_cause: url::ParseError| FetchError::Refused("the address is malformed"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Refused("the address holds credentials"));
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(FetchError::Refused("the address names no host"));
        };
        if !matches!(url.scheme(), "https" | "http") {
            return Err(FetchError::Refused("only https is allowed"));
        }
        let target = AllowedTarget { host: host.to_string(), port };
        if self.excepted.contains(&target) {
            return Ok((url, Rules::Excepted));
        }
        if url.scheme() != "https" {
            return Err(FetchError::Refused("only https is allowed"));
        }
        if !self.ports.contains(&port) {
            return Err(FetchError::Refused("the port is not allowed"));
        }
        let literal = match host {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(FetchError::Refused("the address is not public"));
        }
        Ok((url, Rules::Public))
    }
}

/// Ports of message submission (RFC 6409, RFC 8314) and the ones that providers add; 25 is between servers.
const MAIL_PORTS: [u16; 3] = [465, 587, 2_525];

impl Guard {
    /// Which rules hold for a mail server.
    pub(crate) fn admit_mail(&self, host: &str, port: u16) -> Result<Rules, FetchError> {
        let host = Host::parse(host)
            .map_err(|_cause: url::ParseError| FetchError::Refused("the name of the host is malformed"))?;
        if self.excepted.contains(&AllowedTarget { host: host.to_string(), port }) {
            return Ok(Rules::Excepted);
        }
        if MAIL_PORTS.contains(&port) {
            Ok(Rules::Public)
        } else {
            Err(FetchError::Refused("the port is none of mail submission"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard::new(&EgressConfig {
            allow: vec![
                AllowedTarget { host: "Localhost".to_owned(), port: 8_081 },
                AllowedTarget { host: "127.0.0.1".to_owned(), port: 9_000 },
                AllowedTarget { host: "::1".to_owned(), port: 9_000 },
            ],
            ports: vec![8_443],
            ..EgressConfig::default()
        })
    }

    #[test]
    fn only_https_on_listed_ports() {
        let rules = |uri: &str| guard().admit(uri).map(|(_, rules)| rules);
        assert_eq!(rules("https://rp.example/jwks"), Ok(Rules::Public));
        assert_eq!(rules("https://rp.example:8443/jwks"), Ok(Rules::Public));
        for refused in [
            "http://rp.example/jwks",
            "https://rp.example:22/",
            "https://rp.example:8080/",
            "ftp://rp.example/",
            "file:///etc/passwd",
            "gopher://rp.example/",
            "data:,x",
            "https://",
            "//rp.example/",
            "rp.example",
            "",
            "https://user@rp.example/",
            "https://user:pass@rp.example/",
            "https://:pass@rp.example/",
        ] {
            assert!(matches!(rules(refused), Err(FetchError::Refused(_))), "{refused}");
        }
        assert!(rules(&format!("https://rp.example/{}", "a".repeat(3_000))).is_err());
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for uri in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://127.0.0.1./",
            "https://0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[fd00:ec2::254]/",
            "https://169.254.169.254/latest/meta-data/",
            "https://①②⑦.⓪.⓪.①/",
        ] {
            assert!(matches!(guard().admit(uri), Err(FetchError::Refused(_))), "{uri}");
        }
    }

    #[test]
    fn mail_goes_to_ports_of_mail() {
        let rules = |host: &str, port| guard().admit_mail(host, port);
        for port in [465, 587, 2_525] {
            assert_eq!(rules("mail.example", port), Ok(Rules::Public));
        }
        for port in [22, 25, 80, 443, 5_432, 8_081] {
            assert!(rules("mail.example", port).is_err(), "{port}");
        }
        assert_eq!(rules("127.0.0.1", 9_000), Ok(Rules::Excepted));
        assert!(rules("a b", 587).is_err());
    }

    #[test]
    fn an_exception_holds_for_exactly_one_host_and_port() {
        let rules = |uri: &str| guard().admit(uri).map(|(_, rules)| rules);
        for allowed in [
            "http://localhost:8081/x",
            "https://LOCALHOST:8081/x",
            "http://127.0.0.1:9000/",
            "http://[::1]:9000/",
        ] {
            assert_eq!(rules(allowed), Ok(Rules::Excepted), "{allowed}");
        }
        for refused in [
            "http://localhost:8082/",
            "http://localhost/",
            "http://localhost.:8081/",
            "http://x.localhost:8081/",
            "http://127.0.0.2:9000/",
        ] {
            assert!(rules(refused).is_err(), "{refused}");
        }
    }
}
