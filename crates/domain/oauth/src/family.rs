//! Token families: everything that came of one authorization code. At most one refresh token of a family is
//! redeemable.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vestibule_kernel::{ClientId, Digest, FamilyId, SessionId, Timestamp, UserId};

/// A family of tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenFamily {
    /// Its id; access tokens name it in the first part of `jti`.
    pub id: FamilyId,
    /// Whose client.
    pub client: ClientId,
    /// Whose tokens.
    pub user: UserId,
    /// The session it began in; `None` once the session is purged.
    pub session: Option<SessionId>,
    /// The grant, as one document.
    pub details: FamilyDetails,
    /// When it began.
    pub created_at: Timestamp,
    /// When its refresh tokens end in any case.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// What each token of a family carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyDetails {
    /// Scopes of the original grant; a refresh may narrow, never widen.
    pub scopes: BTreeSet<String>,
    /// Resources of the original grant.
    pub resources: Vec<String>,
    /// Claims asked for in the ID token.
    pub id_token_claims: Vec<String>,
    /// Claims asked for at userinfo.
    pub userinfo_claims: Vec<String>,
    /// When the user signed in, seconds since the epoch.
    pub auth_time: i64,
    /// Context reached.
    pub acr: String,
    /// How.
    pub amr: Vec<String>,
    /// The nonce of the request; only the first ID token carries it.
    pub nonce: Option<String>,
}

/// What a client still holds of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAccess {
    /// The client.
    pub client: ClientId,
    /// When the oldest of them began.
    pub since: Timestamp,
    /// When it last got a token.
    pub last_used_at: Timestamp,
}

/// One refresh token of a family.
#[derive(Clone)]
pub struct RefreshToken {
    /// Digest of the token.
    pub digest: Digest,
    /// Its family.
    pub family: FamilyId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Ends when unused for so long.
    pub expires_at: Timestamp,
    /// When it was rotated away.
    pub consumed_at: Option<Timestamp>,
}

impl RefreshToken {
    /// Whether a spent token comes again so soon that its answer was probably lost. A grace of zero forgives nothing,
    /// also when the request began before the one that spent the token: each carries the time of its own beginning.
    pub fn is_within_grace(&self, grace_seconds: u64, now: Timestamp) -> bool {
        self.consumed_at.is_some_and(|at| {
            let elapsed = (now - at).num_milliseconds().max(0);
            u64::try_from(elapsed).is_ok_and(|elapsed| elapsed < grace_seconds.saturating_mul(1_000))
        })
    }
}

/// Whether a family still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyStatus {
    /// It works.
    Alive,
    /// It was revoked, its user or session is gone, or its client is disabled.
    Dead,
}

/// The answer to consuming a refresh token.
#[derive(Clone)]
pub enum RefreshOutcome {
    /// This call rotated it; nobody else can.
    Rotated {
        /// The token.
        token: Box<RefreshToken>,
        /// Its family, as it was.
        family: Box<TokenFamily>,
    },
    /// It was rotated before, within the retry grace, and the token that replaced it was never used: the answer was
    /// probably lost. The replaced successor is dead now; the caller issues another.
    Retried {
        /// The token.
        token: Box<RefreshToken>,
        /// Its family.
        family: Box<TokenFamily>,
    },
    /// It was rotated before: the family must be revoked.
    Reused {
        /// Its family.
        family: Box<TokenFamily>,
    },
    /// No such token in this realm.
    Unknown,
}

/// The one liveness check of a user's token, used by introspection, userinfo, refresh and the APIs.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenLiveness {
    /// The family, if it exists and is not revoked.
    pub family: TokenFamily,
    /// Whether the user exists and is active.
    pub user_active: bool,
    /// Whether the session is neither ended nor expired. Offline access outlives the session's expiry, not its
    /// revocation.
    pub session_revoked: bool,
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};

    use super::*;

    #[test]
    fn a_grace_of_zero_forgives_nothing_even_when_clocks_overlap() {
        let spent = DateTime::UNIX_EPOCH + Duration::seconds(100);
        let token = RefreshToken {
            digest: Digest::of(b"token"),
            family: FamilyId::from_uuid(uuid::Uuid::nil()),
            issued_at: DateTime::UNIX_EPOCH,
            expires_at: spent + Duration::days(1),
            consumed_at: Some(spent),
        };
        for millis in [-500, 0, 500] {
            assert!(!token.is_within_grace(0, spent + Duration::milliseconds(millis)));
        }
        assert!(token.is_within_grace(10, spent - Duration::milliseconds(5)));
        assert!(token.is_within_grace(10, spent + Duration::milliseconds(9_999)));
        assert!(!token.is_within_grace(10, spent + Duration::seconds(10)));
    }
}
