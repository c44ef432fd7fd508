//! Events, their kinds, jobs, and small answers.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use vestibule_events::AuditEvent;
use vestibule_kernel::{Actor, Subject};
use vestibule_storage::JobView;

/// Who or what: a kind and an id.
#[derive(Serialize, ToSchema)]
#[schema(as = Party)]
pub(in crate::admin) struct PartyView {
    /// The kind.
    #[serde(rename = "type")]
    kind: String,
    /// The id.
    id: Option<String>,
}

impl From<Actor> for PartyView {
    fn from(actor: Actor) -> Self {
        let (kind, id) = match actor {
            Actor::Anonymous => ("anonymous", None),
            Actor::User(id) => ("user", Some(id.to_string())),
            Actor::Client(id) => ("client", Some(id.to_string())),
            Actor::Admin(subject) => ("admin", Some(subject)),
            Actor::System => ("system", None),
        };
        Self { kind: kind.to_owned(), id }
    }
}

impl From<Subject> for PartyView {
    fn from(subject: Subject) -> Self {
        Self { kind: subject.kind, id: Some(subject.id) }
    }
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
pub(in crate::admin) struct EventView {
    /// Its id, `evt_…`.
    id: String,
    /// Its kind, one of the catalogue.
    #[serde(rename = "type")]
    kind: String,
    /// When.
    occurred_at: DateTime<Utc>,
    /// Who caused it.
    actor: PartyView,
    /// What it is about.
    subject: Option<PartyView>,
    /// Address of the request.
    ip: Option<String>,
    /// User agent of the request.
    user_agent: Option<String>,
    /// The request it happened in.
    request_id: String,
    /// Details.
    #[schema(value_type = Object)]
    data: Value,
}

impl From<AuditEvent> for EventView {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id.to_string(),
            kind: event.kind,
            occurred_at: event.occurred_at,
            actor: event.actor.into(),
            subject: event.subject.map(PartyView::from),
            ip: event.ip,
            user_agent: event.user_agent,
            request_id: event.request_id,
            data: event.data,
        }
    }
}

/// A kind of event.
#[derive(Serialize, ToSchema)]
#[schema(as = EventType)]
pub(in crate::admin) struct EventTypeView {
    /// The kind.
    #[serde(rename = "type")]
    pub(in crate::admin) kind: &'static str,
    /// What it means.
    pub(in crate::admin) meaning: &'static str,
}

/// A queued job.
#[derive(Serialize, ToSchema)]
#[schema(as = Job)]
pub(in crate::admin) struct JobRow {
    /// Its id, `job_…`.
    id: String,
    /// Its kind.
    kind: String,
    /// `queued` or `parked`.
    state: String,
    /// Attempts so far.
    attempts: u32,
    /// When it runs next.
    run_at: DateTime<Utc>,
    /// Why it failed last.
    last_error: Option<String>,
    /// When it was queued.
    created_at: DateTime<Utc>,
}

impl From<JobView> for JobRow {
    fn from(job: JobView) -> Self {
        Self {
            id: job.id.to_string(),
            kind: job.kind,
            state: match job.state {
                vestibule_storage::JobState::Queued => "queued".to_owned(),
                vestibule_storage::JobState::Parked => "parked".to_owned(),
            },
            attempts: job.attempts,
            run_at: job.run_at,
            last_error: job.last_error,
            created_at: job.created_at,
        }
    }
}

/// How many sessions ended.
#[derive(Serialize, ToSchema)]
#[schema(as = RevokedSessions)]
pub(in crate::admin) struct RevokedView {
    /// The number.
    pub(in crate::admin) revoked: u64,
}
