//! The SSO session of one browser in one realm.

use std::collections::BTreeSet;

use chrono::Duration;
use serde::{Deserialize, Serialize};
use vestibule_authn::Authenticated;
use vestibule_kernel::{
    Changed, Digest, SessionId, Timestamp, UserId, Version,
    assurance::{Acr, Amr},
};

use crate::events::SessionEvent;

/// A used session is written back at most this often.
const TOUCH_EVERY: Duration = Duration::minutes(1);

/// How long a session lasts, as set by the realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// Ends when not used for so long.
    pub idle: Duration,
    /// Ends however much it is used.
    pub absolute: Duration,
}

/// Why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationCause {
    /// The user signed out.
    SignedOut,
    /// Another sign-in in the same browser took its place.
    Replaced,
    /// An administrator ended it.
    Administrator,
    /// A credential changed or the account may no longer sign in.
    AccountChanged,
}

impl RevocationCause {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Replaced => "replaced",
            Self::Administrator => "administrator",
            Self::AccountChanged => "account_changed",
        }
    }
}

/// A session row, whatever its state.
#[derive(Clone)]
pub struct Session {
    /// Its id: the `sid` claim. Not the cookie.
    pub id: SessionId,
    /// Digest of the cookie.
    pub secret: Digest,
    /// Whose it is.
    pub user: UserId,
    /// When the last factor was proven.
    pub auth_time: Timestamp,
    /// What the proofs add up to.
    pub acr: Acr,
    /// How it was proven.
    pub amr: BTreeSet<Amr>,
    /// Whether the realm's policy wanted a second factor and the person trusts this browser: the policy counts the
    /// session as if one had been proven, sensitive changes to the account do not.
    pub second_factor_waived: bool,
    /// Address at sign-in.
    pub ip: Option<String>,
    /// User agent at sign-in.
    pub user_agent: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// Ends here unless used before.
    pub idle_expires_at: Timestamp,
    /// Ends here in any case.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub revoked_at: Option<Timestamp>,
    /// Optimistic lock.
    pub version: Version,
}

/// A session that is neither ended nor expired at the time it was looked at. Made only by [`Session::active`] and
/// [`ActiveSession::open`].
#[derive(Clone)]
pub struct ActiveSession(Session);

impl ActiveSession {
    /// Opens a session from a finished flow.
    pub fn open(
        id: SessionId,
        secret: Digest,
        proof: &Authenticated,
        lifetimes: Lifetimes,
        device: (Option<String>, Option<String>),
        now: Timestamp,
    ) -> Changed<Self> {
        let expires_at = now + lifetimes.absolute;
        let session = Session {
            id,
            secret,
            user: proof.user(),
            auth_time: proof.at(),
            acr: proof.acr(),
            amr: proof.amr().clone(),
            second_factor_waived: proof.second_factor_waived(),
            ip: device.0,
            user_agent: device.1,
            created_at: now,
            last_seen_at: now,
            idle_expires_at: (now + lifetimes.idle).min(expires_at),
            expires_at,
            revoked_at: None,
            version: Version::FIRST,
        };
        let event = SessionEvent::Opened { id, user: session.user, flow: proof.flow() };
        Changed::created(Self(session), event)
    }

    /// Takes a newer sign-in of the same user in the same browser: the session keeps its id, so that what hangs on it
    /// lives on, but gets a new cookie (no fixation), new proofs and new limits. A sign-in of another user is given back:
    /// it opens a session of its own and this one ends.
    ///
    /// # Errors
    /// The session, when the proof is of somebody else.
    pub fn renew(
        self,
        secret: Digest,
        proof: &Authenticated,
        lifetimes: Lifetimes,
        device: (Option<String>, Option<String>),
        now: Timestamp,
    ) -> Result<Changed<Self>, Self> {
        if proof.user() != self.0.user {
            return Err(self);
        }
        let expected = self.0.version;
        let expires_at = now + lifetimes.absolute;
        let session = Session {
            secret,
            auth_time: proof.at(),
            acr: proof.acr(),
            amr: proof.amr().clone(),
            second_factor_waived: proof.second_factor_waived(),
            ip: device.0,
            user_agent: device.1,
            last_seen_at: now,
            idle_expires_at: (now + lifetimes.idle).min(expires_at),
            expires_at,
            version: expected.next(),
            ..self.0
        };
        let event = SessionEvent::Renewed { id: session.id, user: session.user, flow: proof.flow() };
        Ok(Changed::updated(Self(session), expected, event))
    }

    /// The session.
    pub fn get(&self) -> &Session {
        &self.0
    }

    /// Gives the row back, for storage.
    pub fn into_inner(self) -> Session {
        self.0
    }

    /// Whether the login is younger than `max_age` seconds (OpenID Connect Core §3.1.2.1).
    pub fn is_fresher_than(&self, max_age_seconds: u64, now: Timestamp) -> bool {
        let age = (now - self.0.auth_time).num_seconds();
        u64::try_from(age.max(0)).is_ok_and(|age| max_age_seconds > 0 && age <= max_age_seconds)
    }

    /// Moves the idle limit if the last use is more than a minute ago.
    pub fn touch(self, lifetimes: Lifetimes, now: Timestamp) -> Option<Changed<Self>> {
        if now - self.0.last_seen_at < TOUCH_EVERY {
            return None;
        }
        let expected = self.0.version;
        let mut session = self.0;
        session.last_seen_at = now;
        session.idle_expires_at = (now + lifetimes.idle).min(session.expires_at);
        session.version = expected.next();
        Some(Changed::quiet(Self(session), Some(expected)))
    }
}

impl Session {
    /// The session, if it may be used at `now`.
    pub fn active(self, now: Timestamp) -> Option<ActiveSession> {
        let alive = self.revoked_at.is_none() && now < self.idle_expires_at && now < self.expires_at;
        alive.then_some(ActiveSession(self))
    }
}
