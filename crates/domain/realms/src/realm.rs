//! The realm aggregate.

use serde::{Deserialize, Serialize};
use vestibule_kernel::{Changed, RealmId, Timestamp, Version};

use crate::{
    events::RealmEvent,
    settings::{RealmSettings, SettingsError},
};

/// The slug of the built-in realm of the installation's operators. It cannot be suspended or deleted.
pub const OPERATORS_SLUG: &str = "operators";

/// Slugs that would collide with paths or mislead people.
const RESERVED_SLUGS: [&str; 6] = ["admin", "api", "new", "realms", "setup", "well-known"];

/// The name of a realm in addresses: 2 to 40 of `a-z 0-9 -`, starting with a letter. Never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Checks alphabet, length and reserved words.
    ///
    /// # Errors
    /// [`RealmError::Slug`].
    pub fn parse(text: &str) -> Result<Self, RealmError> {
        let shaped = (2..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && !text.contains("--");
        if shaped && !RESERVED_SLUGS.contains(&text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RealmError::Slug)
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Slug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Whether a realm serves anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RealmStatus {
    /// Everything works.
    Active,
    /// Nobody signs in and no token is issued or honoured; administrators may still change it.
    Suspended,
}

impl RealmStatus {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }

    /// The status with this stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Suspended].into_iter().find(|status| status.as_str() == text)
    }
}

/// Why a realm was not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RealmError {
    /// The slug breaks a rule of [`Slug`].
    #[error(
        "a slug is 2 to 40 of a-z, 0-9 and single dashes, starts with a letter, and is not a reserved word"
    )]
    Slug,
    /// The name of a secret breaks a rule of [`crate::SecretName`].
    #[error(
        "the name of a secret is 1 to 64 of a-z, 0-9, dot, underscore and dash, and starts with a letter"
    )]
    SecretName,
    /// A host name is not a plain DNS name.
    #[error("{0} is not a host name")]
    Host(String),
    /// A setting breaks a rule.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The realm of the operators stays.
    #[error("the realm of the operators cannot be suspended or deleted")]
    Operators,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Realm {
    /// Its id.
    pub id: RealmId,
    /// Its name in addresses.
    pub slug: Slug,
    /// Whether it serves anybody.
    pub status: RealmStatus,
    /// Own host names, the first one being part of the issuer. Empty: the realm lives on the shared host.
    pub hosts: Vec<String>,
    /// Everything an administrator may set.
    pub settings: RealmSettings,
    /// Raised by each write of configuration of the realm (settings, clients, keys), so that servers renew snapshots.
    pub config_version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Optimistic lock.
    pub version: Version,
}

impl Realm {
    /// A new active realm.
    ///
    /// # Errors
    /// A host or a setting breaks a rule.
    pub fn create(
        id: RealmId,
        slug: Slug,
        hosts: Vec<String>,
        settings: RealmSettings,
        now: Timestamp,
    ) -> Result<Changed<Self>, RealmError> {
        check_hosts(&hosts)?;
        settings.check()?;
        let event = RealmEvent::Created { id, slug: slug.clone() };
        let realm = Self {
            id,
            slug,
            status: RealmStatus::Active,
            hosts,
            settings,
            config_version: 1,
            created_at: now,
            updated_at: now,
            version: Version::FIRST,
        };
        Ok(Changed::created(realm, event))
    }

    /// Replaces hosts and settings as a whole.
    ///
    /// # Errors
    /// A host or a setting breaks a rule.
    pub fn reconfigure(
        self,
        hosts: Vec<String>,
        settings: RealmSettings,
        now: Timestamp,
    ) -> Result<Changed<Self>, RealmError> {
        check_hosts(&hosts)?;
        settings.check()?;
        let expected = self.version;
        let changed = settings.changed_sections(&self.settings);
        let event = RealmEvent::Reconfigured { id: self.id, sections: changed };
        let realm = Self { hosts, settings, updated_at: now, version: expected.next(), ..self };
        Ok(Changed::updated(realm, expected, event))
    }

    /// Suspends or resumes the realm.
    ///
    /// # Errors
    /// [`RealmError::Operators`].
    pub fn set_status(self, status: RealmStatus, now: Timestamp) -> Result<Changed<Self>, RealmError> {
        if self.is_operators() {
            return Err(RealmError::Operators);
        }
        let expected = self.version;
        let event = RealmEvent::StatusChanged { id: self.id, status };
        let realm = Self { status, updated_at: now, version: expected.next(), ..self };
        Ok(Changed::updated(realm, expected, event))
    }

    /// Says whether the realm may be deleted.
    ///
    /// # Errors
    /// [`RealmError::Operators`].
    pub fn deletable(&self) -> Result<RealmEvent, RealmError> {
        if self.is_operators() {
            return Err(RealmError::Operators);
        }
        Ok(RealmEvent::Deleted { id: self.id, slug: self.slug.clone() })
    }

    /// Whether this is the built-in realm of the installation's operators.
    pub fn is_operators(&self) -> bool {
        self.slug.as_str() == OPERATORS_SLUG
    }
}

fn check_hosts(hosts: &[String]) -> Result<(), RealmError> {
    for host in hosts {
        let shaped = host.len() <= 253
            && host.contains('.')
            && host.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            });
        if !shaped {
            return Err(RealmError::Host(host.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_strict() {
        assert!(Slug::parse("acme").is_ok());
        for bad in ["", "a", "Acme", "-a", "a-", "a--b", "1a", "realms", "a b", "a/b", &"a".repeat(41)] {
            assert!(Slug::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_operators_realm_stays() {
        let now = chrono::DateTime::UNIX_EPOCH;
        let id = RealmId::from_uuid(uuid::Uuid::nil());
        let slug = Slug::parse(OPERATORS_SLUG).unwrap();
        let realm = Realm::create(id, slug, vec![], RealmSettings::default(), now).unwrap().value;
        assert!(realm.deletable().is_err());
        assert_eq!(realm.set_status(RealmStatus::Suspended, now).unwrap_err(), RealmError::Operators);
    }

    #[test]
    fn hosts_are_plain_dns_names() {
        for bad in ["localhost", "a_b.test", "Login.acme.test", "acme.test:80", "acme..test", "http://a.test"]
        {
            assert!(check_hosts(&[bad.to_owned()]).is_err(), "{bad}");
        }
        assert!(check_hosts(&["login.acme.test".to_owned()]).is_ok());
    }
}
