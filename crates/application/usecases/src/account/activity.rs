//! What happened at the account, for its owner; and what they do when it was not them.

use vestibule_authn::TrustScope;
use vestibule_events::{AuditEvent, EventFilter};
use vestibule_kernel::{Page, PageRequest};
use vestibule_sessions::{RevocationCause, SessionScope};

use super::{AccountCx, AccountError};
use crate::{App, access::end::end_sessions};

/// A page of the events about the person, newest first.
///
/// # Errors
/// The page's key is none of ours, or the store failed.
pub async fn list_activity(
    app: &App,
    me: &AccountCx,
    page: &PageRequest,
) -> Result<Page<AuditEvent>, AccountError> {
    let filter = EventFilter { kind: None, subject_id: Some(me.id().to_string()) };
    let mut tx = app.store.read(me.cx()).await?;
    let events = tx.events().list_events(&filter, page).await?;
    tx.commit().await?;
    Ok(events)
}

/// "This wasn't me": everything ends but this session, offline access and the trust in browsers too. The caller leads on to a new password.
///
/// # Errors
/// The store failed.
pub async fn secure_account(app: &App, me: &AccountCx) -> Result<(), AccountError> {
    let now = me.cx().now;
    let others = SessionScope::UserExcept(me.id(), me.session().id);
    let mut tx = app.store.write(me.cx()).await?;
    end_sessions(app, tx.as_mut(), others, RevocationCause::AccountChanged, now).await?;
    tx.tokens().revoke_user_families(me.id(), now).await?;
    tx.trusted_devices().forget_trusted_devices(TrustScope::User(me.id())).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}
