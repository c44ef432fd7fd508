//! A person at their own account: whoever holds a live session of an active user. What changes how the account is
//! entered demands more, a proof that is a few minutes old.

use vestibule_kernel::{Actor, Cx, OpaqueToken, StoreError, UserId};
use vestibule_sessions::{ActiveSession, Session};
use vestibule_storage::RealmTx;
use vestibule_users::{User, UserStatus};

use crate::{App, RealmSnapshot, account::AccountError, flow::session_lifetimes};

/// A sign-in this old still counts as fresh.
pub const FRESH_SECONDS: u64 = 600;

/// Somebody acting on their own account. Made only here.
#[derive(Clone)]
pub struct AccountCx {
    cx: Cx,
    session: ActiveSession,
    user: User,
}

/// The same, proven within the last [`FRESH_SECONDS`]: what a change of passwords, addresses or authenticators demands.
/// Stops: a browser left open, and a stolen session cookie, from taking the account over.
pub struct FreshCx<'a>(&'a AccountCx);

impl AccountCx {
    /// Recognises the owner of a session cookie, and notes that the session is used.
    ///
    /// # Errors
    /// Nobody is signed in, the realm serves nobody, or the store failed.
    pub async fn enter(
        app: &App,
        cx: &Cx,
        realm: &RealmSnapshot,
        cookie: Option<&OpaqueToken>,
    ) -> Result<Self, AccountError> {
        if !realm.is_active() {
            return Err(AccountError::RealmSuspended);
        }
        let (session, user) = recognise(app, cx, cookie).await?;
        match user.status {
            UserStatus::Active => {}
            UserStatus::PendingDeletion => return Err(AccountError::Leaving),
            UserStatus::Suspended => return Err(AccountError::SignedOut),
        }
        touch(app, cx, realm, &session).await?;
        Ok(Self { cx: cx.acting_as(Actor::User(user.id)), session, user })
    }

    /// The context, with the person as actor.
    pub fn cx(&self) -> &Cx {
        &self.cx
    }

    /// The session of this browser.
    pub fn session(&self) -> &Session {
        self.session.get()
    }

    /// The session, for what goes on with it.
    pub fn active_session(&self) -> &ActiveSession {
        &self.session
    }

    /// Who.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// Their id.
    pub fn id(&self) -> UserId {
        self.user.id
    }

    /// Whether the last sign-in is recent enough for sensitive changes, and left no factor out.
    pub fn is_fresh(&self) -> bool {
        self.session.is_fresher_than(FRESH_SECONDS, self.cx.now) && !self.session().second_factor_waived
    }

    /// The proof that sensitive changes demand.
    ///
    /// # Errors
    /// The last sign-in is too old.
    pub fn fresh(&self) -> Result<FreshCx<'_>, AccountError> {
        if self.is_fresh() { Ok(FreshCx(self)) } else { Err(AccountError::ProofNeeded) }
    }
}

impl FreshCx<'_> {
    /// Asks once more, inside the transaction of the change, whether the session still stands: it may have been ended
    /// while a password was hashed.
    ///
    /// # Errors
    /// It was ended.
    pub(crate) async fn confirm(&self, tx: &mut dyn RealmTx) -> Result<(), AccountError> {
        let session = tx.sessions().find_session(self.session().id).await?;
        let stands = session.and_then(|session| session.active(self.cx.now)).is_some();
        if stands { Ok(()) } else { Err(AccountError::SignedOut) }
    }
}

impl std::ops::Deref for FreshCx<'_> {
    type Target = AccountCx;

    fn deref(&self) -> &AccountCx {
        self.0
    }
}

/// Somebody whose account is closed and waits for its erasure: all they can do is come back for it.
pub struct LeavingCx {
    cx: Cx,
    user: User,
}

impl LeavingCx {
    /// Recognises the owner of a session cookie.
    ///
    /// # Errors
    /// Nobody who is leaving is signed in, the realm serves nobody, or the store failed.
    pub async fn enter(
        app: &App,
        cx: &Cx,
        realm: &RealmSnapshot,
        cookie: Option<&OpaqueToken>,
    ) -> Result<Self, AccountError> {
        if !realm.is_active() {
            return Err(AccountError::RealmSuspended);
        }
        let (_session, user) = recognise(app, cx, cookie).await?;
        if user.status != UserStatus::PendingDeletion {
            return Err(AccountError::SignedOut);
        }
        Ok(Self { cx: cx.acting_as(Actor::User(user.id)), user })
    }

    /// The context, with the person as actor.
    pub fn cx(&self) -> &Cx {
        &self.cx
    }

    /// Who.
    pub fn user(&self) -> &User {
        &self.user
    }
}

/// The live session of a cookie and whose it is, whatever their status.
async fn recognise(
    app: &App,
    cx: &Cx,
    cookie: Option<&OpaqueToken>,
) -> Result<(ActiveSession, User), AccountError> {
    let cookie = cookie.ok_or(AccountError::SignedOut)?;
    let mut tx = app.store.read(cx).await?;
    let session = tx.sessions().find_session_by_secret(&cookie.digest()).await?;
    let session = session.and_then(|session| session.active(cx.now));
    let user = match &session {
        Some(session) => tx.users().find_user(session.get().user).await?,
        None => None,
    };
    tx.commit().await?;
    session.zip(user).ok_or(AccountError::SignedOut)
}

/// Moves the idle limit, at most once a minute. Another request may have done it: that one counts.
async fn touch(app: &App, cx: &Cx, realm: &RealmSnapshot, session: &ActiveSession) -> Result<(), StoreError> {
    let Some(touched) = session.clone().touch(session_lifetimes(realm), cx.now) else { return Ok(()) };
    let mut tx = app.store.write(cx).await?;
    let saved = tx.sessions().save_session(touched).await;
    let ended = match saved {
        Ok(()) => tx.commit().await,
        Err(error) => tx.rollback().await.and(Err(error)),
    };
    match ended {
        Err(StoreError::Stale) => Ok(()),
        other => other,
    }
}
