//! A change of an aggregate together with the events that tell of it. Repositories save nothing else, so a row and
//! its audit entry commit together or not at all.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The optimistic lock of a row: raised by one at each save.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(i64);

impl Version {
    /// The version of a row that was just created.
    pub const FIRST: Self = Self(1);

    /// A version read from storage.
    pub const fn from_stored(version: i64) -> Self {
        Self(version)
    }

    /// The stored number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The version after the next save.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The kind of thing: `user`, `client`, `session`, …
    pub kind: String,
    /// Its id on the wire.
    pub id: String,
}

/// One thing that happened, ready to be appended. Actor, realm, time and request id are added by the transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRecord {
    /// The kind, `noun.past_verb`; append-only names.
    pub kind: &'static str,
    /// What it is about, if one thing.
    pub subject: Option<Subject>,
    /// Details without secrets.
    pub payload: Value,
}

impl EventRecord {
    /// An event about one thing.
    pub fn about(kind: &'static str, subject_kind: &str, id: impl ToString, payload: Value) -> Self {
        Self { kind, subject: Some(Subject { kind: subject_kind.to_owned(), id: id.to_string() }), payload }
    }

    /// An event about nothing in particular.
    pub fn plain(kind: &'static str, payload: Value) -> Self {
        Self { kind, subject: None, payload }
    }
}

/// New state, the version it replaces (`None` for a new row), and the events to append with it.
#[derive(Debug, Clone)]
#[must_use = "a change that is not saved is lost"]
pub struct Changed<T> {
    /// The state to store.
    pub value: T,
    /// The version that must still be in storage.
    pub expected: Option<Version>,
    /// At least one event unless the change is bookkeeping that nobody audits.
    pub events: Vec<EventRecord>,
}

impl<T> Changed<T> {
    /// A new aggregate.
    pub fn created(value: T, event: impl Into<EventRecord>) -> Self {
        Self { value, expected: None, events: vec![event.into()] }
    }

    /// A changed aggregate, read at `expected`.
    pub fn updated(value: T, expected: Version, event: impl Into<EventRecord>) -> Self {
        Self { value, expected: Some(expected), events: vec![event.into()] }
    }

    /// A change of which no audit entry is kept, such as a flow's next page.
    pub fn quiet(value: T, expected: Option<Version>) -> Self {
        Self { value, expected, events: Vec::new() }
    }

    /// Appends one more event.
    pub fn and(mut self, event: impl Into<EventRecord>) -> Self {
        self.events.push(event.into());
        self
    }
}
