//! A stored event.

use serde::Serialize;
use serde_json::Value;
use vestibule_kernel::{Actor, EventId, Subject, Timestamp};

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEvent {
    /// Its id; in time order but for clock skew between servers.
    pub id: EventId,
    /// The kind, one of the catalogue.
    #[serde(rename = "type")]
    pub kind: String,
    /// When.
    pub occurred_at: Timestamp,
    /// Who caused it.
    pub actor: Actor,
    /// What it is about.
    pub subject: Option<Subject>,
    /// Address of the request.
    pub ip: Option<String>,
    /// User agent of the request.
    pub user_agent: Option<String>,
    /// The request it happened in.
    pub request_id: String,
    /// Details without secrets.
    pub data: Value,
}

/// Which events to list.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only this kind.
    pub kind: Option<String>,
    /// Only about this thing.
    pub subject_id: Option<String>,
}
