//! The issuer: made of configuration alone. A request header can select a realm, never change an address.

use url::Url;

use crate::realm::Realm;

/// The issuer of a realm and every address below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    text: String,
    path: String,
}

impl Issuer {
    /// The issuer of a realm: its own host if it has one, else a path on the installation's public address.
    /// `public_url` has no trailing slash.
    pub fn of(realm: &Realm, public_url: &Url) -> Self {
        match realm.hosts.first() {
            Some(host) => {
                let port = public_url.port().map(|port| format!(":{port}")).unwrap_or_default();
                Self { text: format!("{}://{host}{port}", public_url.scheme()), path: String::new() }
            }
            None => {
                let base = public_url.as_str().trim_end_matches('/');
                let path = format!("{}/realms/{}", public_url.path().trim_end_matches('/'), realm.slug);
                Self { text: format!("{base}/realms/{}", realm.slug), path }
            }
        }
    }

    /// The `iss` value, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// An absolute address below the issuer; `path` starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.text)
    }

    /// The path of an address below the issuer, for links on the same host.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.path)
    }

    /// The resource identifier (audience) of the realm's admin API.
    pub fn admin_resource(&self) -> String {
        self.url("/admin/v1")
    }

    /// The resource identifier (audience) of the realm's userinfo endpoint and own account API.
    pub fn userinfo_resource(&self) -> String {
        self.url("/oauth/userinfo")
    }

    /// The origin (scheme, host, port) of the issuer.
    pub fn origin(&self) -> String {
        Url::parse(&self.text).map_or_else(|_| self.text.clone(), |url| url.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use vestibule_kernel::RealmId;

    use super::*;
    use crate::{realm::Slug, settings::RealmSettings};

    fn realm(hosts: &[&str]) -> Realm {
        let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        let id = RealmId::from_uuid(uuid::Uuid::nil());
        let slug = Slug::parse("acme").unwrap();
        Realm::create(id, slug, hosts, RealmSettings::default(), chrono::DateTime::UNIX_EPOCH).unwrap().value
    }

    #[test]
    fn a_realm_lives_below_the_public_address_or_on_its_own_host() {
        let base = Url::parse("https://id.example:8443/").unwrap();
        let shared = Issuer::of(&realm(&[]), &base);
        assert_eq!(shared.as_str(), "https://id.example:8443/realms/acme");
        assert_eq!(shared.path("/oauth/token"), "/realms/acme/oauth/token");
        let own = Issuer::of(&realm(&["login.acme.test", "alt.acme.test"]), &base);
        assert_eq!(own.as_str(), "https://login.acme.test:8443");
        assert_eq!(own.path("/oauth/token"), "/oauth/token");
        assert_eq!(own.origin(), "https://login.acme.test:8443");
    }
}
