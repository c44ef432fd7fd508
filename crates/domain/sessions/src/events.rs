//! What happens to sessions.

use serde_json::json;
use vestibule_kernel::{EventRecord, FlowId, SessionId, UserId};

use crate::session::RevocationCause;

/// Events of the session aggregate.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds below are the documentation")]
pub enum SessionEvent {
    Opened { id: SessionId, user: UserId, flow: FlowId },
    Renewed { id: SessionId, user: UserId, flow: FlowId },
    Revoked { id: SessionId, user: UserId, cause: RevocationCause },
}

impl From<SessionEvent> for EventRecord {
    fn from(event: SessionEvent) -> Self {
        match event {
            SessionEvent::Opened { id, user, flow } => {
                Self::about("session.opened", "user", user, json!({"session": id, "flow": flow}))
            }
            SessionEvent::Renewed { id, user, flow } => {
                Self::about("session.renewed", "user", user, json!({"session": id, "flow": flow}))
            }
            SessionEvent::Revoked { id, user, cause } => {
                Self::about("session.revoked", "user", user, json!({"session": id, "cause": cause}))
            }
        }
    }
}
