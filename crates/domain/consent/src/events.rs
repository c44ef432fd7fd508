//! What happens to grants.

use serde_json::json;
use vestibule_kernel::{ClientId, EventRecord, UserId};

/// Events of consent.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the kinds below are the documentation")]
pub enum ConsentEvent {
    Given { user: UserId, client: ClientId, scopes: Vec<String> },
    Withdrawn { user: UserId, client: ClientId },
}

impl From<ConsentEvent> for EventRecord {
    fn from(event: ConsentEvent) -> Self {
        match event {
            ConsentEvent::Given { user, client, scopes } => {
                Self::about("consent.given", "user", user, json!({"client": client, "scopes": scopes}))
            }
            ConsentEvent::Withdrawn { user, client } => {
                Self::about("consent.withdrawn", "user", user, json!({"client": client}))
            }
        }
    }
}
