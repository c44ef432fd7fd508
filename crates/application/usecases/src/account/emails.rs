//! Addresses of the account. A new one is theirs only once its mailbox was proven; until then nothing holds it. The main
//! address stays until another proven one takes its place, and the old one is told of each change.

use std::time::Duration;

use vestibule_authn::{Contact, MethodId, method::LoginMethod};
use vestibule_kernel::{
    ChallengeId, Secret, StoreError,
    contact::{ContactError, Email},
};
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::{
    User, UserPatch,
    user::{EmailAddress, MAX_CONTACTS},
};

use super::{
    AccountCx, AccountError, FreshCx, challenge,
    contact::{self, WaitingContact, current, save},
};
use crate::{
    App, RealmSnapshot,
    flow::{is_disposable, limited},
    notice,
};

/// Codes that one person asks for in an hour.
const CODES_PER_HOUR: u32 = 20;

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailRefusal {
    /// Nothing was typed.
    #[error("an address is needed")]
    Missing,
    /// Nothing an address could be.
    #[error("this is no address")]
    Malformed,
    /// Of a throw-away mail service.
    #[error("addresses of this mail service are not accepted")]
    Disposable,
    /// It is theirs already.
    #[error("the address is yours already")]
    Yours,
    /// There are as many as there may be.
    #[error("there are too many addresses")]
    TooMany,
    /// Not proven yet.
    #[error("the address is not confirmed yet")]
    Unproven,
    /// The main one stays until another is main.
    #[error("the main address stays until another one takes its place")]
    Main,
    /// Somebody else proved it meanwhile.
    #[error("the address belongs to another account")]
    Taken,
}

/// Sends a code to an address that is to become theirs. The answer is the same when somebody else has it: to them
/// nothing is sent.
///
/// # Errors
/// The address is refused, or too many codes were asked for.
pub async fn add_email(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    typed: &str,
) -> Result<ChallengeId, AccountError> {
    let email = accepted(realm, me.user(), typed)?;
    let about = me.id().to_string();
    limited(app, me.cx(), ("account_email", &about), (CODES_PER_HOUR, Duration::from_hours(1))).await?;
    let contact = as_contact(&email);
    let begun = contact::begin(app, realm, me, (method(app)?, &contact))?;
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let budget = (&MethodId::EMAIL_CODE, challenge::MESSAGES_PER_HOUR);
    let id = contact::keep(app, me, tx.as_mut(), budget, (email, contact), begun).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(id)
}

fn method(app: &App) -> Result<&dyn LoginMethod, AccountError> {
    app.methods.get(&MethodId::EMAIL_CODE).ok_or(AccountError::SwitchedOff)
}

fn accepted(realm: &RealmSnapshot, user: &User, typed: &str) -> Result<Email, EmailRefusal> {
    if typed.trim().is_empty() {
        return Err(EmailRefusal::Missing);
    }
    let email = Email::parse(typed.trim()).map_err(|_error: ContactError| EmailRefusal::Malformed)?;
    if realm.realm.settings.sign_up.refuse_disposable && is_disposable(email.domain()) {
        return Err(EmailRefusal::Disposable);
    }
    match user.emails.iter().find(|address| address.email.normal() == email.normal()) {
        Some(known) if known.verified_at.is_some() => Err(EmailRefusal::Yours),
        None if user.emails.len() >= MAX_CONTACTS => Err(EmailRefusal::TooMany),
        _ => Ok(email),
    }
}

/// The address that waits under a challenge.
///
/// # Errors
/// They have no such challenge.
pub async fn waiting_email(
    app: &App,
    me: &AccountCx,
    id: ChallengeId,
) -> Result<WaitingContact<Email>, AccountError> {
    contact::waiting(app, me, (&MethodId::EMAIL_CODE, id)).await
}

/// Takes the code: the address is theirs, and the addresses they had are told. Whoever asked for the code was proven
/// freshly, so the answer needs no second proof.
///
/// # Errors
/// The code is not accepted, or the address was taken meanwhile.
pub async fn confirm_email(
    app: &App,
    realm: &RealmSnapshot,
    me: &AccountCx,
    id: ChallengeId,
    code: Secret,
) -> Result<Email, AccountError> {
    let method = (method(app)?, as_contact);
    let (_challenge, email) = contact::proven(app, realm, me, method, (id, code)).await?;
    let mut tx = app.store.write(me.cx()).await?;
    challenge::claim(me, tx.as_mut(), id).await?;
    let user = current(tx.as_mut(), me).await?;
    let told = notice::addresses(&user);
    let emails = with_proven(&user, &email, me);
    match save(tx.as_mut(), user, changed(emails), me).await {
        Err(AccountError::Store(StoreError::Conflict(_))) => return Err(EmailRefusal::Taken.into()),
        other => other?,
    }
    let data = [("new", email.to_string())];
    tell(app, me, tx.as_mut(), (MessageKind::EmailAdded, &told), &data).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(email)
}

fn as_contact(email: &Email) -> Contact {
    Contact::Email(email.clone())
}

fn with_proven(user: &User, email: &Email, me: &AccountCx) -> Vec<EmailAddress> {
    let mut emails = user.emails.clone();
    let verified_at = Some(me.cx().now);
    match emails.iter_mut().find(|address| address.email.normal() == email.normal()) {
        Some(known) => known.verified_at = verified_at,
        None => {
            let primary = emails.is_empty();
            emails.push(EmailAddress { email: email.clone(), verified_at, primary });
        }
    }
    emails
}

fn changed(emails: Vec<EmailAddress>) -> UserPatch {
    UserPatch { emails: Some(emails), ..UserPatch::default() }
}

/// Queues one message to each of the addresses.
async fn tell(
    app: &App,
    me: &AccountCx,
    tx: &mut dyn RealmTx,
    (message, to): (MessageKind, &[Email]),
    data: &[(&str, String)],
) -> Result<(), StoreError> {
    let (data, locale) = (notice::values(data.iter().cloned()), me.cx().origin.language.clone());
    notice::tell_at(app, me.cx(), tx, (me.id(), to), (message, &data, locale)).await?;
    Ok(())
}

/// Makes a proven address the main one; the old one is told, and the new one.
///
/// # Errors
/// They have no such address, or it is not proven.
pub async fn make_primary(app: &App, me: &FreshCx<'_>, email: &Email) -> Result<(), AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let user = current(tx.as_mut(), me).await?;
    let found = user.emails.iter().find(|address| address.email.normal() == email.normal());
    let new = found.ok_or(AccountError::NotFound("address"))?.clone();
    if new.verified_at.is_none() {
        return Err(EmailRefusal::Unproven.into());
    }
    if new.primary {
        tx.rollback().await?;
        return Ok(());
    }
    let old = user.primary_email().map(|address| address.email.clone());
    let mut emails = user.emails.clone();
    for address in &mut emails {
        address.primary = address.email.normal() == email.normal();
    }
    save(tx.as_mut(), user, changed(emails), me).await?;
    let told: Vec<Email> = old.iter().cloned().chain([new.email.clone()]).collect();
    let old = old.map(|old| ("old", old.to_string()));
    let data: Vec<_> = old.into_iter().chain([("new", new.email.to_string())]).collect();
    tell(app, me, tx.as_mut(), (MessageKind::EmailChanged, &told), &data).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}

/// Gives an address up. The main one stays: mail, recovery and, where nothing else opens the account, its owner depend
/// on it. Every proven address is told, also the one that goes.
///
/// # Errors
/// They have no such address, or it is the main one.
pub async fn remove_email(app: &App, me: &FreshCx<'_>, email: &Email) -> Result<(), AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let user = current(tx.as_mut(), me).await?;
    let found = user.emails.iter().find(|address| address.email.normal() == email.normal());
    if found.ok_or(AccountError::NotFound("address"))?.primary {
        return Err(EmailRefusal::Main.into());
    }
    let mut emails = user.emails.clone();
    let told = notice::addresses(&user);
    emails.retain(|address| address.email.normal() != email.normal());
    save(tx.as_mut(), user, changed(emails), me).await?;
    let data = [("old", email.to_string())];
    tell(app, me, tx.as_mut(), (MessageKind::EmailRemoved, &told), &data).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}
