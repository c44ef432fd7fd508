//! Phone numbers of the account. A new one is theirs only once a code that was sent there came back; until then nothing
//! holds it. Each change is told to every proven address, because a number may open the account.

use std::time::Duration;

use vestibule_authn::{Contact, MethodId, method::LoginMethod, methods::phone_code};
use vestibule_kernel::{ChallengeId, Secret, StoreError, contact::Phone};
use vestibule_realms::settings::MfaPolicy;
use vestibule_storage::{RealmTx, jobs::MessageKind, texts::slot_of};
use vestibule_users::{
    User, UserPatch,
    user::{MAX_CONTACTS, PhoneNumber},
};

use super::{
    AccountCx, AccountError, FreshCx, challenge,
    contact::{self, WaitingContact, current, save},
};
use crate::{
    App, RealmSnapshot,
    federation::Owned,
    flow::{Has, limited, policy::Second, second_factor_of},
    notice,
    texting::{self, NoText},
};

/// Codes that one person asks for in an hour.
const CODES_PER_HOUR: u32 = 10;

/// Why a number was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneRefusal {
    /// No code goes there.
    #[error(transparent)]
    NoText(#[from] NoText),
    /// It is theirs already.
    #[error("the number is yours already")]
    Yours,
    /// There are as many as there may be.
    #[error("there are too many numbers")]
    TooMany,
    /// Not proven yet.
    #[error("the number is not confirmed yet")]
    Unproven,
    /// The main one stays while there are others.
    #[error("the main number stays until another one takes its place")]
    Main,
    /// It is the last second factor, and the realm demands one.
    #[error("the number is the last second factor, and one is needed")]
    LastFactor,
    /// Nothing else opens the account.
    #[error("nothing else opens the account")]
    LastWayIn,
    /// Somebody else proved it meanwhile.
    #[error("the number belongs to another account")]
    Taken,
}

/// Whether numbers can be added here: the realm uses codes by text message for something.
pub fn can_add_phone(app: &App, realm: &RealmSnapshot) -> bool {
    realm.realm.settings.texts_codes() && app.methods.get(&MethodId::PHONE_CODE).is_some()
}

fn method<'a>(app: &'a App, realm: &RealmSnapshot) -> Result<&'a dyn LoginMethod, AccountError> {
    let method = app.methods.get(&MethodId::PHONE_CODE).filter(|_| can_add_phone(app, realm));
    method.ok_or(AccountError::SwitchedOff)
}

/// Sends a code to a number that is to become theirs. The answer is the same when somebody else has it: to them nothing
/// is sent.
///
/// # Errors
/// The number is refused, or too many codes were asked for.
pub async fn add_phone(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    typed: &str,
) -> Result<ChallengeId, AccountError> {
    let method = method(app, realm)?;
    let planned = texting::accepted(app, realm, typed).map_err(PhoneRefusal::from)?;
    let phone = planned.phone.clone();
    refused(me.user(), &phone)?;
    let about = me.id().to_string();
    limited(app, me.cx(), ("account_phone", &about), (CODES_PER_HOUR, Duration::from_hours(1))).await?;
    texting::limit_network(app, me.cx(), realm).await?;
    let contact = as_contact(&phone);
    let begun = contact::begin(app, realm, me, (method, &contact))?;
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    if texting::full(realm, tx.as_mut(), Some(&planned.prefix), me.cx().now).await?.is_some() {
        return Err(PhoneRefusal::NoText(NoText::Unavailable).into());
    }
    let budget = (&MethodId::PHONE_CODE, realm.realm.settings.sms.limits.per_number_hour);
    let id = contact::keep(app, me, tx.as_mut(), budget, (phone, contact), begun).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(id)
}

fn as_contact(phone: &Phone) -> Contact {
    Contact::Phone(phone.clone())
}

fn refused(user: &User, phone: &Phone) -> Result<(), PhoneRefusal> {
    match user.phones.iter().find(|number| number.phone == *phone) {
        Some(known) if known.verified_at.is_some() => Err(PhoneRefusal::Yours),
        None if user.phones.len() >= MAX_CONTACTS => Err(PhoneRefusal::TooMany),
        _ => Ok(()),
    }
}

/// The number that waits under a challenge.
///
/// # Errors
/// They have no such challenge.
pub async fn waiting_phone(
    app: &App,
    me: &AccountCx,
    id: ChallengeId,
) -> Result<WaitingContact<Phone>, AccountError> {
    contact::waiting(app, me, (&MethodId::PHONE_CODE, id)).await
}

/// Takes the code: the number is theirs, and their addresses are told. Whoever asked for the code was proven freshly,
/// so the answer needs no second proof.
///
/// # Errors
/// The code is not accepted, or the number was taken meanwhile.
pub async fn confirm_phone(
    app: &App,
    realm: &RealmSnapshot,
    me: &AccountCx,
    id: ChallengeId,
    code: Secret,
) -> Result<Phone, AccountError> {
    let method = (method(app, realm)?, as_contact);
    let (stored, phone) = contact::proven(app, realm, me, method, (id, code)).await?;
    let mut tx = app.store.write(me.cx()).await?;
    challenge::claim(me, tx.as_mut(), id).await?;
    let block = texting::block_of(app, &phone);
    tx.text_counts().count_text_answered(&block, slot_of(stored.created_at)).await?;
    let user = current(tx.as_mut(), me).await?;
    refused(&user, &phone)?;
    let phones = with_proven(&user, &phone, me);
    tell(app, me, tx.as_mut(), (MessageKind::PhoneAdded, &user, &phone)).await?;
    match save(tx.as_mut(), user, changed(phones), me).await {
        Err(AccountError::Store(StoreError::Conflict(_))) => return Err(PhoneRefusal::Taken.into()),
        other => other?,
    }
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(phone)
}

fn with_proven(user: &User, phone: &Phone, me: &AccountCx) -> Vec<PhoneNumber> {
    let mut phones = user.phones.clone();
    let verified_at = Some(me.cx().now);
    match phones.iter_mut().find(|number| number.phone == *phone) {
        Some(known) => known.verified_at = verified_at,
        None => {
            let primary = phones.is_empty();
            phones.push(PhoneNumber { phone: phone.clone(), verified_at, primary });
        }
    }
    phones
}

fn changed(phones: Vec<PhoneNumber>) -> UserPatch {
    UserPatch { phones: Some(phones), ..UserPatch::default() }
}

/// Queues the notice of a change to each proven address. The number is masked: mail is read by more than its owner.
async fn tell(
    app: &App,
    me: &AccountCx,
    tx: &mut dyn RealmTx,
    (message, user, phone): (MessageKind, &User, &Phone),
) -> Result<(), StoreError> {
    let data = notice::values([("number", phone_code::masked(phone)), notice::time(me.cx())]);
    notice::tell(app, me.cx(), tx, user, (message, data)).await?;
    Ok(())
}

/// Makes a proven number the main one: the one that codes go to.
///
/// # Errors
/// They have no such number, or it is not proven.
pub async fn make_primary_phone(app: &App, me: &FreshCx<'_>, phone: &Phone) -> Result<(), AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let user = current(tx.as_mut(), me).await?;
    let found = user.phones.iter().find(|number| number.phone == *phone);
    let new = found.ok_or(AccountError::NotFound("number"))?.clone();
    if new.verified_at.is_none() {
        return Err(PhoneRefusal::Unproven.into());
    }
    if new.primary {
        tx.rollback().await?;
        return Ok(());
    }
    let mut phones = user.phones.clone();
    for number in &mut phones {
        number.primary = number.phone == *phone;
    }
    tell(app, me, tx.as_mut(), (MessageKind::PhoneChanged, &user, phone)).await?;
    save(tx.as_mut(), user, changed(phones), me).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}

/// Gives a number up. The main one stays while there are others; the last one stays where it is the last second factor
/// of a realm that demands one, and where nothing else opens the account.
///
/// # Errors
/// They have no such number, or it stays.
pub async fn remove_phone(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    phone: &Phone,
) -> Result<(), AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let user = current(tx.as_mut(), me).await?;
    let gone = user.phones.iter().find(|number| number.phone == *phone);
    let gone = gone.ok_or(AccountError::NotFound("number"))?.clone();
    if gone.primary && user.phones.len() > 1 {
        return Err(PhoneRefusal::Main.into());
    }
    let mut phones = user.phones.clone();
    phones.retain(|number| number.phone != *phone);
    let left = User { phones: phones.clone(), ..user.clone() };
    let owned = Owned::load(tx.as_mut(), me.id()).await?;
    let second = |user: &User| second_factor_of(app, realm, Has::of(app, realm, user, &owned.credentials));
    let needed = realm.realm.settings.mfa.policy == MfaPolicy::Required;
    if needed && second(&left) == Second::Missing && second(&user) != Second::Missing {
        return Err(PhoneRefusal::LastFactor.into());
    }
    if gone.verified_at.is_some() && !(Owned { user: Some(left), ..owned }).opens_now(app, realm) {
        return Err(PhoneRefusal::LastWayIn.into());
    }
    tell(app, me, tx.as_mut(), (MessageKind::PhoneRemoved, &user, phone)).await?;
    save(tx.as_mut(), user, changed(phones), me).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}
