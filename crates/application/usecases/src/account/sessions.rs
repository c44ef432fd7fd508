//! Where somebody is signed in: seen, and ended by themselves. Ending needs no fresh proof, since it can only protect.

use vestibule_authn::{TrustScope, TrustedDevice};
use vestibule_kernel::{ClientId, DeviceId, PageRequest, SessionId};
use vestibule_sessions::{RevocationCause, Session, SessionScope};

use super::{AccountCx, AccountError, Device};
use crate::{App, access::end::end_sessions};

/// One of their sessions.
#[derive(Clone)]
pub struct OwnSession {
    /// The session.
    pub session: Session,
    /// The browser and system it runs in.
    pub device: Device,
    /// Whether it is the one of this request.
    pub current: bool,
    /// The clients with tokens of it.
    pub clients: Vec<ClientId>,
}

/// Live sessions of the person: this one first, then the last used first.
///
/// # Errors
/// The store failed.
pub async fn list_sessions(app: &App, me: &AccountCx) -> Result<Vec<OwnSession>, AccountError> {
    let mut tx = app.store.read(me.cx()).await?;
    let page = PageRequest::new(PageRequest::MAX, None);
    let sessions = tx.sessions().list_sessions(Some(me.id()), me.cx().now, &page).await?.items;
    let ids: Vec<SessionId> = sessions.iter().map(|session| session.id).collect();
    let clients = tx.tokens().list_session_clients(&ids).await?;
    tx.commit().await?;
    let mut own: Vec<OwnSession> = sessions
        .into_iter()
        .map(|session| OwnSession {
            device: Device::of(session.user_agent.as_deref()),
            current: session.id == me.session().id,
            clients: clients.iter().filter(|(of, _)| *of == session.id).map(|(_, id)| id.clone()).collect(),
            session,
        })
        .collect();
    own.sort_by_key(|one| (!one.current, std::cmp::Reverse(one.session.last_seen_at)));
    Ok(own)
}

/// Ends one of their sessions with the tokens that came of it.
///
/// # Errors
/// They have no such live session.
pub async fn end_session(app: &App, me: &AccountCx, id: SessionId) -> Result<(), AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    let found = tx.sessions().find_session(id).await?.filter(|session| session.user == me.id());
    if found.and_then(|session| session.active(me.cx().now)).is_none() {
        tx.rollback().await?;
        return Err(AccountError::NotFound("session"));
    }
    let cause = RevocationCause::SignedOut;
    end_sessions(app, tx.as_mut(), SessionScope::One(id), cause, me.cx().now).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}

/// Ends all of their sessions but this one, and the trust in browsers; returns how many sessions.
///
/// # Errors
/// The store failed.
pub async fn end_other_sessions(app: &App, me: &AccountCx) -> Result<u64, AccountError> {
    let scope = SessionScope::UserExcept(me.id(), me.session().id);
    let mut tx = app.store.write(me.cx()).await?;
    let ended = end_sessions(app, tx.as_mut(), scope, RevocationCause::SignedOut, me.cx().now).await?;
    tx.trusted_devices().forget_trusted_devices(TrustScope::User(me.id())).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(ended)
}

/// A browser in which they are not asked for a second factor.
#[derive(Clone)]
pub struct OwnTrustedDevice {
    /// The trust.
    pub trusted: TrustedDevice,
    /// The browser and system it is.
    pub device: Device,
}

/// The browsers the person trusts, the last used first.
///
/// # Errors
/// The store failed.
pub async fn list_trusted_devices(app: &App, me: &AccountCx) -> Result<Vec<OwnTrustedDevice>, AccountError> {
    let mut tx = app.store.read(me.cx()).await?;
    tx.ends_with_next();
    let trusted = tx.trusted_devices().list_trusted_devices(me.id(), me.cx().now).await?;
    tx.commit().await?;
    let own = trusted
        .into_iter()
        .map(|trusted| OwnTrustedDevice { device: Device::of(trusted.user_agent.as_deref()), trusted });
    Ok(own.collect())
}

/// Trusts one of their browsers no more. Needs no fresh proof, since it can only protect.
///
/// # Errors
/// They trust no such browser.
pub async fn forget_trusted_device(app: &App, me: &AccountCx, id: DeviceId) -> Result<(), AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    let gone = tx.trusted_devices().forget_trusted_devices(TrustScope::One(me.id(), id)).await?;
    if gone == 0 {
        tx.rollback().await?;
        return Err(AccountError::NotFound("trusted browser"));
    }
    tx.commit().await?;
    Ok(())
}
