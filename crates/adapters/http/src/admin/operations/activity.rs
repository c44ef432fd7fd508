//! What goes on in a realm: sessions, grants, keys, events, jobs.

use super::{AFTER, LIMIT, PAGE, examples, good, optional, shape};
use crate::{
    admin::views::{
        lists::{EventTypeView, EventView, JobRow, RevokedView},
        realms::{KeyView, RotateKeysBody},
        users::{GrantView, SessionView},
    },
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb},
    problem::code,
};

/// GET `sessions`.
pub const LIST_SESSIONS: Operation = Operation {
    id: "listSessions",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/sessions",
    tag: "Sessions",
    summary: "List live sessions",
    access: Access::Realm("sessions:read"),
    query: PAGE,
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(
        200,
        "A page of sessions",
        Some(Shape::page_of::<SessionView>("SessionPage", examples::sessions)),
    ),
    problems: &[],
};

/// DELETE `sessions/{session_id}`.
pub const REVOKE_SESSION: Operation = Operation {
    id: "revokeSession",
    verb: Verb::Delete,
    path: "/realms/{realm}/admin/v1/sessions/{session_id}",
    summary: "End a session with its tokens",
    access: Access::Realm("sessions:revoke"),
    query: &[],
    success: good(204, "It is over", None),
    problems: &[&code::NOT_FOUND],
    ..LIST_SESSIONS
};

/// POST `sessions:revoke-all`.
pub const REVOKE_ALL_SESSIONS: Operation = Operation {
    id: "revokeAllSessions",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/sessions:revoke-all",
    summary: "End every session of the realm with its tokens",
    success: good(200, "How many ended", Some(shape::<RevokedView>("RevokedSessions", examples::revoked))),
    problems: &[],
    ..REVOKE_SESSION
};

/// GET `grants`.
pub const LIST_GRANTS: Operation = Operation {
    id: "listGrants",
    path: "/realms/{realm}/admin/v1/grants",
    tag: "Grants",
    summary: "List what users allowed clients",
    access: Access::Realm("consents:read"),
    query: &[LIMIT, AFTER, optional("user_id", "Only grants of this user.")],
    success: good(200, "A page of grants", Some(Shape::page_of::<GrantView>("GrantPage", examples::grants))),
    ..LIST_SESSIONS
};

/// DELETE `grants/{user_id}/{client_id}`.
pub const WITHDRAW_GRANT: Operation = Operation {
    id: "withdrawGrant",
    verb: Verb::Delete,
    path: "/realms/{realm}/admin/v1/grants/{user_id}/{client_id}",
    summary: "Withdraw a grant and revoke the tokens that came of it",
    access: Access::Realm("consents:write"),
    query: &[],
    success: good(204, "It is withdrawn", None),
    problems: &[&code::NOT_FOUND],
    ..LIST_GRANTS
};

/// GET `keys`.
pub const LIST_KEYS: Operation = Operation {
    id: "listKeys",
    path: "/realms/{realm}/admin/v1/keys",
    tag: "Keys",
    summary: "List published signing keys, oldest first",
    access: Access::Realm("keys:read"),
    query: &[],
    success: good(200, "All of them", Some(Shape::page_of::<KeyView>("KeyPage", examples::keys))),
    ..LIST_SESSIONS
};

/// POST `keys:rotate`.
pub const ROTATE_KEYS: Operation = Operation {
    id: "rotateKeys",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/keys:rotate",
    summary: "Let a new key sign at once; the old one stays published until its tokens have expired",
    access: Access::Realm("keys:rotate"),
    body: Body::Json(shape::<RotateKeysBody>("RotateKeys", examples::rotate_keys)),
    success: good(204, "The new key signs", None),
    ..LIST_KEYS
};

/// GET `events`.
pub const LIST_EVENTS: Operation = Operation {
    id: "listEvents",
    path: "/realms/{realm}/admin/v1/events",
    tag: "Events",
    summary: "List the audit log, newest first",
    access: Access::Realm("events:read"),
    query: &[
        LIMIT,
        AFTER,
        optional("type", "Only this kind; see the kinds of events."),
        optional("subject_id", "Only about this thing, by its id."),
    ],
    success: good(200, "A page of events", Some(Shape::page_of::<EventView>("EventPage", examples::events))),
    ..LIST_SESSIONS
};

/// GET `event-types`.
pub const LIST_EVENT_TYPES: Operation = Operation {
    id: "listEventTypes",
    path: "/realms/{realm}/admin/v1/event-types",
    summary: "List the kinds of events",
    query: &[],
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<EventTypeView>("EventTypePage", examples::event_types)),
    ),
    ..LIST_EVENTS
};

/// GET `jobs`.
pub const LIST_JOBS: Operation = Operation {
    id: "listJobs",
    path: "/realms/{realm}/admin/v1/jobs",
    tag: "Jobs",
    summary: "List queued and parked jobs, oldest first",
    access: Access::Realm("jobs:read"),
    query: &[LIMIT, AFTER, optional("state", "`queued` or `parked`.")],
    success: good(200, "A page of jobs", Some(Shape::page_of::<JobRow>("JobPage", examples::jobs))),
    ..LIST_SESSIONS
};

/// POST `jobs/{job_id}:retry`.
pub const RETRY_JOB: Operation = Operation {
    id: "retryJob",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/jobs/{job_id}:retry",
    summary: "Put a parked job back into the queue",
    access: Access::Realm("jobs:write"),
    query: &[],
    success: good(204, "It is queued", None),
    problems: &[&code::NOT_FOUND],
    ..LIST_JOBS
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[
    &LIST_SESSIONS,
    &REVOKE_SESSION,
    &REVOKE_ALL_SESSIONS,
    &LIST_GRANTS,
    &WITHDRAW_GRANT,
    &LIST_KEYS,
    &ROTATE_KEYS,
    &LIST_EVENTS,
    &LIST_EVENT_TYPES,
    &LIST_JOBS,
    &RETRY_JOB,
];
