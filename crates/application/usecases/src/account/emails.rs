//! Addresses of the account. A new one is theirs only once its mailbox was proven; until then nothing holds it. The main
//! address stays until another proven one takes its place, and the old one is told of each change.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use vestibule_authn::{
    ChallengePurpose, Contact, MethodId,
    method::{Answer, Begun, Judgement, MethodError, Person},
};
use vestibule_kernel::{
    ChallengeId, Secret, StoreError,
    contact::{ContactError, Email, Identifier},
};
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::{
    User, UserPatch,
    user::{EmailAddress, MAX_CONTACTS},
};
use zeroize::Zeroizing;

use super::{
    AccountCx, AccountError, CodeError, FreshCx,
    challenge::{self, Asked},
};
use crate::{
    App, RealmSnapshot, challenge as kept,
    flow::{is_disposable, limited, login_name},
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

/// An address that waits for its proof.
#[derive(Serialize, Deserialize)]
struct Pending {
    email: Email,
    /// Whether a message was sent; for an address that somebody else has, none is.
    real: bool,
}

/// What the page of a code shows.
#[derive(Debug, Clone)]
pub struct WaitingEmail {
    /// The address as typed.
    pub email: Email,
    /// Whether it can still be answered.
    pub open: bool,
}

const PROOF: (&MethodId, ChallengePurpose) = (&MethodId::EMAIL_CODE, ChallengePurpose::VerifyContact);

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
    let method = app.methods.get(&MethodId::EMAIL_CODE).ok_or(AccountError::SwitchedOff)?;
    let person = recipient(me, &email);
    let purpose = ChallengePurpose::VerifyContact;
    let begun = kept::with_method(app, me.cx(), realm, purpose, (Some(&person), &[]), |cx| method.begin(cx));
    let begun = begun.map_err(|_error: MethodError| AccountError::SwitchedOff)?;

    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let contact = Contact::Email(email.clone());
    let holder = match Identifier::parse(email.as_str()) {
        Ok(identifier) => tx.users().find_user_by_identifier(&identifier).await?,
        Err(_) => None,
    };
    let real = holder.is_none_or(|user| user.id == me.id())
        && challenge::affords(me, tx.as_mut(), (&contact, challenge::MESSAGES_PER_HOUR)).await?;
    let begun = if real { begun } else { silent(app, &begun) };
    let pending = serde_json::to_value(Pending { email, real });
    let pending = pending.map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let asked =
        Asked { method: MethodId::EMAIL_CODE, purpose, contact: Some(contact), pending: Some(pending) };
    let id = challenge::keep(app, me, tx.as_mut(), asked, begun).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(id)
}

/// The same challenge with nothing to send, and nothing that could answer it.
fn silent(app: &App, begun: &Begun) -> Begun {
    Begun {
        payload: Zeroizing::new(app.entropy.bytes().to_vec()),
        delivery: None,
        lifetime: begun.lifetime,
        max_attempts: begun.max_attempts,
    }
}

/// The person, as the method writes to them at the new address.
fn recipient(me: &AccountCx, email: &Email) -> Person {
    let user = me.user();
    Person {
        id: user.id,
        login_name: login_name(user),
        display_name: user.display_name(),
        email: Some(email.clone()),
        phone: None,
        locale: user.locale.clone(),
    }
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
pub async fn waiting_email(app: &App, me: &AccountCx, id: ChallengeId) -> Result<WaitingEmail, AccountError> {
    let stored = challenge::find(app, me, id, PROOF).await?;
    let pending = pending(&kept::open(app, me.cx().realm, &stored)?)?;
    Ok(WaitingEmail { email: pending.email, open: stored.is_open(me.cx().now) })
}

fn pending(opened: &kept::Opened) -> Result<Pending, AccountError> {
    let pending = opened.pending.clone().and_then(|value| serde_json::from_value(value).ok());
    pending.ok_or(AccountError::NotFound("challenge"))
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
    let stored = challenge::find(app, me, id, PROOF).await?;
    challenge::reserve(app, me, &stored).await?;
    let opened = kept::open(app, me.cx().realm, &stored)?;
    let Pending { email, real } = pending(&opened)?;
    let method = app.methods.get(&MethodId::EMAIL_CODE).ok_or(AccountError::SwitchedOff)?;
    let person = recipient(me, &email);
    let purpose = ChallengePurpose::VerifyContact;
    let judged = kept::with_method(app, me.cx(), realm, purpose, (Some(&person), &[]), |cx| {
        method.judge(cx, &opened.payload, &Answer::Code(code))
    });
    match judged {
        Err(MethodError::Malformed) => return Err(challenge::release(app, me, id).await?),
        Ok(Judgement::Right { .. }) if real => {}
        _ => return Err(CodeError::Wrong.into()),
    }
    let mut tx = app.store.write(me.cx()).await?;
    challenge::claim(me, tx.as_mut(), id).await?;
    let user = current(tx.as_mut(), me).await?;
    let told = notice::addresses(&user);
    let emails = with_proven(&user, &email, me);
    match save(tx.as_mut(), user, emails, me).await {
        Err(AccountError::Store(StoreError::Conflict(_))) => return Err(EmailRefusal::Taken.into()),
        other => other?,
    }
    let data = [("new", email.to_string())];
    tell(app, me, tx.as_mut(), (MessageKind::EmailAdded, &told), &data).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(email)
}

/// The person as stored now; what the request began with may be old.
pub(super) async fn current(tx: &mut dyn RealmTx, me: &AccountCx) -> Result<User, AccountError> {
    tx.users().find_user(me.id()).await?.filter(User::is_active).ok_or(AccountError::SignedOut)
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

async fn save(
    tx: &mut dyn RealmTx,
    user: User,
    emails: Vec<EmailAddress>,
    me: &AccountCx,
) -> Result<(), AccountError> {
    let patch = UserPatch { emails: Some(emails), ..UserPatch::default() };
    let change = user.update(patch, me.cx().now);
    let change = change.map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(tx.users().save_user(change).await?)
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
    save(tx.as_mut(), user, emails, me).await?;
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
    save(tx.as_mut(), user, emails, me).await?;
    let data = [("old", email.to_string())];
    tell(app, me, tx.as_mut(), (MessageKind::EmailRemoved, &told), &data).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}
