//! Leaving: the account is closed at once and erased after the realm's days of grace, unless its owner comes back for it.

use chrono::{Duration, SecondsFormat};
use vestibule_kernel::{Cx, JobId, StoreError, Timestamp, UserId};
use vestibule_sessions::RevocationCause;
use vestibule_storage::{Job, RealmTx, jobs::MessageKind};
use vestibule_users::{User, UserEvent, UserStatus};

use super::{AccountError, FreshCx};
use crate::{
    App, RealmSnapshot,
    access::{account::LeavingCx, end::end_access},
    admin::{AdminFailure, users::keep_an_owner},
    notice,
};

/// Closes the account and plans its erasure: every session and token ends, this one too. Only signing in to the account
/// itself is left, to change one's mind.
///
/// # Errors
/// The realm does not offer it, or nobody else manages the installation.
pub async fn schedule_deletion(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
) -> Result<Timestamp, AccountError> {
    let rules = &realm.realm.settings.account;
    if !rules.deletion {
        return Err(AccountError::SwitchedOff);
    }
    let (cx, days) = (me.cx(), i64::try_from(rules.deletion_grace_days).unwrap_or(90));
    let due = cx.now + Duration::days(days);
    let mut tx = app.store.write(cx).await?;
    me.confirm(tx.as_mut()).await?;
    let user = super::contact::current(tx.as_mut(), me).await?;
    match keep_an_owner(tx.as_mut(), &user).await {
        Ok(()) => {}
        Err(AdminFailure::Store(error)) => return Err(error.into()),
        Err(_) => return Err(AccountError::SoleOwner),
    }
    let date = due.to_rfc3339_opts(SecondsFormat::Secs, true);
    let data = [("date", date), ("undo_link", realm.issuer.url("/account"))];
    tell(app, cx, tx.as_mut(), (&user, MessageKind::DeletionScheduled), &data).await?;
    let id = user.id;
    tx.users().save_user(user.schedule_deletion(due, cx.now)).await?;
    end_access(app, tx.as_mut(), id, RevocationCause::AccountChanged, cx.now).await?;
    let job = Job::EraseUser { user: id, due };
    tx.jobs().enqueue(JobId::from_uuid(app.entropy.uuid(cx.now)), &job, due).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(due)
}

/// Keeps the account after all.
///
/// # Errors
/// It was erased meanwhile, or the store failed.
pub async fn keep_account(app: &App, me: &LeavingCx) -> Result<(), AccountError> {
    let cx = me.cx();
    let mut tx = app.store.write(cx).await?;
    let user = tx.users().find_user(me.user().id).await?.ok_or(AccountError::SignedOut)?;
    if user.status != UserStatus::PendingDeletion {
        tx.rollback().await?;
        return Ok(());
    }
    tell(app, cx, tx.as_mut(), (&user, MessageKind::DeletionUndone), &[]).await?;
    tx.users().save_user(user.set_status(UserStatus::Active, None, cx.now)).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}

/// Erases a user whose time has come: exactly the deletion this job was planned for, and only while it stands. The last
/// notice goes to the address they had.
///
/// # Errors
/// The store failed.
pub(crate) async fn erase_user(app: &App, cx: &Cx, id: UserId, due: Timestamp) -> Result<(), StoreError> {
    let mut tx = app.store.write(cx).await?;
    let found = tx.users().find_user(id).await?;
    let standing = |user: &User| {
        user.status == UserStatus::PendingDeletion && user.deletion_due == Some(due) && cx.now >= due
    };
    let Some(user) = found.filter(standing) else { return tx.rollback().await };
    tell(app, cx, tx.as_mut(), (&user, MessageKind::AccountDeleted), &[]).await?;
    tx.users().delete_user(id, UserEvent::Deleted { id }.into()).await?;
    tx.commit().await
}

/// Queues a notice to the addresses as they are now, so that it arrives when the account is gone.
async fn tell(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    (user, message): (&User, MessageKind),
    data: &[(&str, String)],
) -> Result<(), StoreError> {
    let data = notice::values(data.iter().cloned());
    // Kept with the message: the account may be gone when it is sent.
    let locale = user.locale.clone().or_else(|| cx.origin.language.clone());
    notice::tell_at(app, cx, tx, (user.id, &notice::addresses(user)), (message, &data, locale)).await?;
    Ok(())
}
