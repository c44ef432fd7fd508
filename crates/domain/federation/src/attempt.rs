//! One trip of a browser to a provider and back. The row ties `state` to the connection, the browser and what the trip
//! is for; it is claimed by one statement before the code is looked at.

use serde::{Deserialize, Serialize};
use vestibule_kernel::{AttemptId, ConnectionId, Digest, FlowId, Sealed, SessionId, Timestamp, UserId};

use crate::claims::UpstreamIdentity;

/// How long a trip may take, in seconds.
pub const LIFETIME_SECONDS: i64 = 600;

/// What a trip is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Purpose {
    /// To sign in, in this flow.
    SignIn {
        /// The flow.
        flow: FlowId,
    },
    /// To link an identity to the account that is signed in.
    Link {
        /// The account.
        user: UserId,
        /// Its session.
        session: SessionId,
    },
}

/// What must stay between us and the provider, sealed in the row.
#[derive(Clone, Serialize, Deserialize)]
pub struct AttemptSecrets {
    /// The value the ID token must repeat.
    pub nonce: String,
    /// The PKCE verifier (RFC 7636).
    pub verifier: String,
}

/// What the browser brought back, kept sealed while a cross-site form is turned into a GET.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// The code.
    pub code: Option<String>,
    /// Who says so ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)).
    pub iss: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// What Apple tells of a person the first time only: a JSON text.
    pub user: Option<String>,
}

/// One trip.
#[derive(Clone)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// Digest of `state`.
    pub state: Digest,
    /// To which provider: an answer to another connection's address is refused (mix-up).
    pub connection: ConnectionId,
    /// Digest of the cookie of the browser that left.
    pub binding: Digest,
    /// What it is for.
    pub purpose: Purpose,
    /// [`AttemptSecrets`], sealed for this row.
    pub secrets: Sealed,
    /// [`Answer`], sealed for this row, when it came by a cross-site form.
    pub answer: Option<Sealed>,
    /// Who came back; kept while the account is asked for its own proof.
    pub upstream: Option<UpstreamIdentity>,
    /// When the browser left.
    pub created_at: Timestamp,
    /// When it is too late to come back.
    pub expires_at: Timestamp,
    /// When it came back.
    pub consumed_at: Option<Timestamp>,
}

impl Attempt {
    /// Whether the browser with this cookie is the one that left.
    pub fn is_bound_to(&self, cookie: &Digest) -> bool {
        self.binding.matches(cookie)
    }
}
