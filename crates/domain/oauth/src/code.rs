//! Authorization codes: single use, at most a minute old, bound to client, redirect URI, challenge and session.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vestibule_kernel::{ClientId, Digest, FamilyId, SessionId, Timestamp, UserId};

use crate::request::AuthorizationRequest;

/// A stored code. The code itself is known to the client only.
#[derive(Clone)]
pub struct AuthorizationCode {
    /// Digest of the code.
    pub digest: Digest,
    /// The family of tokens it starts; fixed here, so that reuse can revoke what came of it.
    pub family: FamilyId,
    /// Who may redeem it.
    pub client: ClientId,
    /// Whose tokens it gives.
    pub user: UserId,
    /// The session it came from.
    pub session: SessionId,
    /// The rest, as one document.
    pub details: CodeDetails,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub consumed_at: Option<Timestamp>,
}

/// What a code remembers of its request and of the sign-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeDetails {
    /// The request.
    pub request: AuthorizationRequest,
    /// Scopes granted: a subset of those asked for.
    pub granted: BTreeSet<String>,
    /// When the user signed in, seconds since the epoch.
    pub auth_time: i64,
    /// Context reached.
    pub acr: String,
    /// How.
    pub amr: Vec<String>,
}

/// The answer to consuming a code.
#[derive(Clone)]
pub enum CodeOutcome {
    /// This call redeemed it; nobody else can. The caller still checks client, redirect URI, verifier and expiry, and
    /// the code stays burned whatever comes out.
    Consumed(Box<AuthorizationCode>),
    /// It was redeemed before: the family of the first use must be revoked.
    Reused(Box<AuthorizationCode>),
    /// No such code in this realm.
    Unknown,
}
