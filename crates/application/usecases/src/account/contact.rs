//! Contacts that are to become somebody's: a code goes there, and they are theirs once it came back. What addresses and
//! numbers have in common.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use vestibule_authn::{
    ChallengePurpose, Contact, MethodId, StoredChallenge,
    method::{Answer, Begun, Judgement, LoginMethod, MethodError, Person},
};
use vestibule_kernel::{ChallengeId, Secret, StoreError, contact::Identifier};
use vestibule_storage::RealmTx;
use vestibule_users::{User, UserPatch};

use super::{
    AccountCx, AccountError, CodeError,
    challenge::{self, Asked},
};
use crate::{App, RealmSnapshot, challenge as kept, flow::login_name};

const PURPOSE: ChallengePurpose = ChallengePurpose::VerifyContact;

/// A contact that waits for its proof.
#[derive(Serialize, Deserialize)]
struct Pending<C> {
    contact: C,
    /// Whether a message was sent; for a contact that somebody else has, none is.
    real: bool,
}

/// What the page of a code shows.
#[derive(Debug, Clone)]
pub struct WaitingContact<C> {
    /// The contact as typed.
    pub contact: C,
    /// Whether it can still be answered.
    pub open: bool,
}

/// The person, as a method writes to them at a new contact.
fn recipient(me: &AccountCx, contact: &Contact) -> Person {
    let user = me.user();
    let (email, phone) = match contact {
        Contact::Email(email) => (Some(email.clone()), None),
        Contact::Phone(phone) => (None, Some(phone.clone())),
    };
    Person {
        id: user.id,
        login_name: login_name(user),
        display_name: user.display_name(),
        email,
        phone,
        locale: user.locale.clone(),
    }
}

/// Makes the code.
pub(super) fn begin(
    app: &App,
    realm: &RealmSnapshot,
    me: &AccountCx,
    (method, contact): (&dyn LoginMethod, &Contact),
) -> Result<Begun, AccountError> {
    let person = recipient(me, contact);
    let begun = kept::with_method(app, me.cx(), realm, PURPOSE, (Some(&person), &[]), |cx| method.begin(cx));
    begun.map_err(|_error: MethodError| AccountError::SwitchedOff)
}

/// Keeps the code, and sends it within the budget of its contact. For a contact that somebody else has the answer is the
/// same, and nothing is sent. The caller commits.
pub(super) async fn keep<C: Serialize>(
    app: &App,
    me: &AccountCx,
    tx: &mut dyn RealmTx,
    (method, most): (&MethodId, u32),
    (typed, contact): (C, Contact),
    begun: Begun,
) -> Result<ChallengeId, AccountError> {
    let holder = match Identifier::parse(contact.normal()) {
        Ok(identifier) => tx.users().find_user_by_identifier(&identifier).await?,
        Err(_) => None,
    };
    let free = holder.is_none_or(|user| user.id == me.id());
    let real = free && challenge::affords(me, tx, (&contact, most)).await?;
    // The same challenge with nothing to send; that it is not real is asked before anything is accepted.
    let begun = if real { begun } else { Begun { delivery: None, ..begun } };
    let pending = serde_json::to_value(Pending { contact: typed, real });
    let pending = pending.map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let asked =
        Asked { method: method.clone(), purpose: PURPOSE, contact: Some(contact), pending: Some(pending) };
    Ok(challenge::keep(app, me, tx, asked, begun).await?)
}

fn pending<C: DeserializeOwned>(opened: &kept::Opened) -> Result<Pending<C>, AccountError> {
    let pending = opened.pending.clone().and_then(|value| serde_json::from_value(value).ok());
    pending.ok_or(AccountError::NotFound("challenge"))
}

/// The contact that waits under a challenge of theirs.
pub(super) async fn waiting<C: DeserializeOwned>(
    app: &App,
    me: &AccountCx,
    (method, id): (&MethodId, ChallengeId),
) -> Result<WaitingContact<C>, AccountError> {
    let stored = challenge::find(app, me, id, (method, PURPOSE)).await?;
    let Pending { contact, .. } = pending(&kept::open(app, me.cx().realm, &stored)?)?;
    Ok(WaitingContact { contact, open: stored.is_open(me.cx().now) })
}

/// Judges a code, counted before; the contact it proves, and its challenge, still to be claimed.
pub(super) async fn proven<C: DeserializeOwned>(
    app: &App,
    realm: &RealmSnapshot,
    me: &AccountCx,
    (method, as_contact): (&dyn LoginMethod, impl Fn(&C) -> Contact),
    (id, code): (ChallengeId, Secret),
) -> Result<(StoredChallenge, C), AccountError> {
    let stored = challenge::find(app, me, id, (&method.facts().id, PURPOSE)).await?;
    challenge::reserve(app, me, &stored).await?;
    let opened = kept::open(app, me.cx().realm, &stored)?;
    let Pending { contact, real } = pending(&opened)?;
    let person = recipient(me, &as_contact(&contact));
    let judged = kept::with_method(app, me.cx(), realm, PURPOSE, (Some(&person), &[]), |cx| {
        method.judge(cx, &opened.payload, &Answer::Code(code))
    });
    match judged {
        Err(MethodError::Malformed) => Err(challenge::release(app, me, id).await?),
        Ok(Judgement::Right { .. }) if real => Ok((stored, contact)),
        _ => Err(CodeError::Wrong.into()),
    }
}

/// The person as stored now; what the request began with may be old.
pub(super) async fn current(tx: &mut dyn RealmTx, me: &AccountCx) -> Result<User, AccountError> {
    tx.users().find_user(me.id()).await?.filter(User::is_active).ok_or(AccountError::SignedOut)
}

/// Stores other contacts of the person.
pub(super) async fn save(
    tx: &mut dyn RealmTx,
    user: User,
    patch: UserPatch,
    me: &AccountCx,
) -> Result<(), AccountError> {
    let change = user.update(patch, me.cx().now);
    let change = change.map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(tx.users().save_user(change).await?)
}
