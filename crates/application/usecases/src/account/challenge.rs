//! Challenges that a page of the account asks for: they belong to no flow, are answered by the person who asked, and are
//! counted and claimed like any other.

use chrono::Duration;
use serde_json::Value;
use vestibule_authn::{
    AttemptReserved, ChallengePurpose, Contact, MethodId, StoredChallenge,
    method::{Begun, Delivery},
};
use vestibule_kernel::{ChallengeId, StoreError};
use vestibule_storage::RealmTx;

use super::{AccountCx, AccountError};
use crate::{App, challenge};

/// Messages to one contact in an hour.
pub(super) const MESSAGES_PER_HOUR: u32 = 10;

/// Why an answer was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It does not match.
    #[error("the code does not match")]
    Wrong,
    /// Nothing such a code could be; no attempt was counted.
    #[error("this cannot be a code")]
    Malformed,
    /// Used, over, replaced, or guessed at too often: a new one is needed.
    #[error("the code does not work any more")]
    Spent,
    /// The authenticator that answers is bound already.
    #[error("this authenticator is bound already")]
    Exists,
}

/// A challenge that is being asked for.
pub(super) struct Asked {
    pub(super) method: MethodId,
    pub(super) purpose: ChallengePurpose,
    /// Whom its message is for, where one is sent.
    pub(super) contact: Option<Contact>,
    /// What happens once it is answered; `None` where it cannot be answered rightly.
    pub(super) pending: Option<Value>,
}

/// Keeps a challenge. Its message carries no link: the code is typed on the page that asked.
pub(super) async fn keep(
    app: &App,
    me: &AccountCx,
    tx: &mut dyn RealmTx,
    asked: Asked,
    mut begun: Begun,
) -> Result<ChallengeId, StoreError> {
    if let Some(Delivery::Email { link, .. }) = &mut begun.delivery {
        *link = false;
    }
    let sends = asked.contact.is_some();
    let new = challenge::NewChallenge {
        method: asked.method,
        purpose: asked.purpose,
        flow: None,
        user: Some(me.id()),
        asked_for: asked.contact,
        pending: asked.pending,
    };
    let stored = challenge::seal(app, me.cx(), new, &begun)?;
    challenge::keep(app, me.cx(), tx, &stored, sends).await?;
    Ok(stored.id)
}

/// Whether one more message may be sent to a contact.
pub(super) async fn affords(
    me: &AccountCx,
    tx: &mut dyn RealmTx,
    (contact, most): (&Contact, u32),
) -> Result<bool, StoreError> {
    let since = me.cx().now - Duration::hours(1);
    Ok(tx.challenges().count_challenges_to(contact.normal(), since).await? < most)
}

/// A challenge of theirs, whatever its state.
pub(super) async fn find(
    app: &App,
    me: &AccountCx,
    id: ChallengeId,
    (method, purpose): (&MethodId, ChallengePurpose),
) -> Result<StoredChallenge, AccountError> {
    let mut tx = app.store.read(me.cx()).await?;
    tx.ends_with_next();
    let found = tx.challenges().find_challenge(id).await?;
    tx.commit().await?;
    let theirs = found.filter(|challenge| {
        challenge.user == Some(me.id())
            && challenge.flow.is_none()
            && challenge.method == *method
            && challenge.purpose == purpose
    });
    theirs.ok_or(AccountError::NotFound("challenge"))
}

/// Counts one answer before it is judged.
pub(super) async fn reserve(app: &App, me: &AccountCx, stored: &StoredChallenge) -> Result<(), AccountError> {
    if !stored.is_open(me.cx().now) {
        return Err(CodeError::Spent.into());
    }
    let mut tx = app.store.write(me.cx()).await?;
    let reserved = tx.challenges().reserve_challenge_attempt(stored.id, me.cx().now).await?;
    tx.commit().await?;
    match reserved {
        AttemptReserved::Granted { .. } => Ok(()),
        AttemptReserved::Refused => Err(CodeError::Spent.into()),
    }
}

/// Gives an attempt back that was never judged.
pub(super) async fn release(app: &App, me: &AccountCx, id: ChallengeId) -> Result<AccountError, StoreError> {
    let mut tx = app.store.write(me.cx()).await?;
    tx.challenges().release_challenge_attempt(id).await?;
    tx.commit().await?;
    Ok(CodeError::Malformed.into())
}

/// Claims it, in the transaction that uses it.
pub(super) async fn claim(me: &AccountCx, tx: &mut dyn RealmTx, id: ChallengeId) -> Result<(), AccountError> {
    if tx.challenges().consume_challenge(id, me.cx().now).await? {
        Ok(())
    } else {
        Err(CodeError::Spent.into())
    }
}
