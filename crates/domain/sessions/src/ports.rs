//! How sessions are stored.

use async_trait::async_trait;
use vestibule_kernel::{Changed, Digest, Page, PageRequest, SessionId, StoreError, Timestamp, UserId};

use crate::session::{ActiveSession, RevocationCause, Session};

/// Which sessions to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionScope {
    /// One.
    One(SessionId),
    /// All of a user.
    User(UserId),
    /// All of a user but one.
    UserExcept(UserId, SessionId),
    /// All of the realm.
    Realm,
}

/// Sessions of the transaction's realm.
#[async_trait]
pub trait SessionRepo: Send {
    /// A session by the digest of its cookie, whatever its state.
    async fn find_session_by_secret(&mut self, secret: &Digest) -> Result<Option<Session>, StoreError>;

    /// A session by id, whatever its state.
    async fn find_session(&mut self, id: SessionId) -> Result<Option<Session>, StoreError>;

    /// Sessions, newest last; of one user if given; ended and expired ones left out.
    async fn list_sessions(
        &mut self,
        user: Option<UserId>,
        now: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<Session>, StoreError>;

    /// Whether the user ever had a session with this user agent: is the browser known?
    async fn knows_user_agent(&mut self, user: UserId, user_agent: &str) -> Result<bool, StoreError>;

    /// Stores a new, touched or renewed session with its events (a renewal changes the secret, `auth_time`, `acr`, `amr`,
    /// device and limits as well); `Stale` when the version moved.
    async fn save_session(&mut self, change: Changed<ActiveSession>) -> Result<(), StoreError>;

    /// Ends the live sessions in scope **and every token family bound to them** in one statement each, appends a
    /// `session.revoked` event per session, and returns what was ended.
    async fn revoke_sessions(
        &mut self,
        scope: SessionScope,
        cause: RevocationCause,
        now: Timestamp,
    ) -> Result<Vec<(SessionId, UserId)>, StoreError>;
}
