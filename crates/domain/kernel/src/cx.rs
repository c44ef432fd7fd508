//! The context of one request or job: which realm, who acts, when, from where. A repository is reached only
//! through a transaction opened with it, so a query cannot forget the realm.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    contact::Locale,
    ids::{ClientId, RealmId, UserId},
};

/// A point in time in UTC, always in whole microseconds so that every database returns what it was given.
pub type Timestamp = DateTime<Utc>;

/// Who causes a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// Nobody has been recognised yet.
    Anonymous,
    /// A user of this realm acting for themselves.
    User(UserId),
    /// An OAuth client of this realm.
    Client(ClientId),
    /// An administrator, named by the subject of their access token.
    Admin(String),
    /// The server itself: worker, migration, start-up.
    System,
}

/// Where a request came from. All parts are bounded by the adapter that reads them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The peer address, or the one a trusted proxy vouches for.
    pub ip: Option<IpAddr>,
    /// The user agent, cut to 256 characters.
    pub user_agent: Option<String>,
    /// The id that appears in logs, events and error pages.
    pub request_id: String,
    /// The language that a page made for this request has, where nothing stored says otherwise: one that the realm
    /// offers.
    pub language: Option<Locale>,
}

/// The context of one request or job in one realm.
#[derive(Debug, Clone)]
pub struct Cx {
    /// The realm everything happens in.
    pub realm: RealmId,
    /// Who acts.
    pub actor: Actor,
    /// The time of the whole request, fixed once.
    pub now: Timestamp,
    /// Where the request came from.
    pub origin: Origin,
}

impl Cx {
    /// The same request with a recognised actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same request in a language that was chosen before, if one was.
    #[must_use]
    pub fn speaking(&self, language: Option<&Locale>) -> Self {
        let mut cx = self.clone();
        if let Some(language) = language {
            cx.origin.language = Some(language.clone());
        }
        cx
    }
}

/// The context of work above realms: the realm directory, start-up, sweeps.
#[derive(Debug, Clone)]
pub struct SystemCx {
    /// Who acts.
    pub actor: Actor,
    /// The time of the whole run, fixed once.
    pub now: Timestamp,
    /// Where the request came from.
    pub origin: Origin,
}

impl SystemCx {
    /// The server's own work at `now`.
    pub fn internal(now: Timestamp) -> Self {
        Self { actor: Actor::System, now, origin: Origin::default() }
    }

    /// The same work inside one realm.
    pub fn in_realm(&self, realm: RealmId) -> Cx {
        Cx { realm, actor: self.actor.clone(), now: self.now, origin: self.origin.clone() }
    }
}
