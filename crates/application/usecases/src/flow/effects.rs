//! What a turn stores beside the flow, in the same transaction: the claim of a challenge, authenticators, the account
//! that is made. An effect that meets another request's change gives the whole turn up.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use vestibule_authn::{
    AuthnEvent, Contact, Credential, MethodId, StoredChallenge, TrustedDevice,
    method::{MethodEffect, NewCredential},
};
use vestibule_kernel::{
    ChallengeId, Changed, CredentialId, Cx, EventRecord, StoreError, Timestamp, UserId,
    contact::{Email, Phone},
};
use vestibule_sessions::RevocationCause;
use vestibule_storage::{RealmTx, jobs::MessageKind, texts::slot_of};
use vestibule_users::{User, UserPatch, user::PhoneNumber};

use super::FlowError;
use crate::{App, admin::access_end, challenge, federation::account::forget_identities, notice, texting};

/// One thing a turn stores.
#[derive(Clone)]
pub(super) enum Effect {
    /// Claims an answered challenge; when it was claimed before, nothing of the turn happens.
    Consume(ChallengeId),
    /// Stores a challenge and queues its message if it has one.
    Keep(Box<StoredChallenge>, bool),
    /// Stores an authenticator.
    Bind(Box<Changed<Credential>>),
    /// Removes an authenticator.
    Unbind(CredentialId, EventRecord),
    /// Stores a user.
    SaveUser(Box<Changed<User>>),
    /// Trusts a browser.
    Trust(Box<Changed<TrustedDevice>>),
    /// Ends everything a user holds.
    EndAccess(UserId),
    /// Takes the identities at providers off a user.
    ForgetIdentities(UserId),
    /// Counts the right answer to a code by text message: the block of its number, and when it was made.
    CountAnswer(String, Timestamp),
    /// Queues a message to these addresses of a user.
    Tell(UserId, Vec<Email>, MessageKind, Map<String, Value>),
}

/// Carries the effects out, in order. True if a job was queued.
pub(super) async fn carry_out(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    effects: Vec<Effect>,
) -> Result<bool, FlowError> {
    let mut queued = false;
    for effect in effects {
        match effect {
            Effect::Consume(id) => {
                if !tx.challenges().consume_challenge(id, cx.now).await? {
                    return Err(FlowError::Spent);
                }
            }
            Effect::Keep(stored, sends) => {
                challenge::keep(app, cx, tx, &stored, sends).await?;
                queued |= sends;
            }
            Effect::Bind(change) => tx.credentials().save_credential(*change).await?,
            Effect::Unbind(id, event) => {
                if !tx.credentials().delete_credential(id, event).await? {
                    return Err(FlowError::Spent);
                }
            }
            Effect::SaveUser(change) => tx.users().save_user(*change).await?,
            Effect::Trust(change) => tx.trusted_devices().save_trusted_device(*change).await?,
            Effect::EndAccess(user) => {
                access_end::end_access(app, tx, user, RevocationCause::AccountChanged, cx.now).await?;
                queued = true;
            }
            Effect::ForgetIdentities(user) => forget_identities(tx, user).await?,
            Effect::CountAnswer(block, made) => {
                tx.text_counts().count_text_answered(&block, slot_of(made)).await?;
            }
            Effect::Tell(user, to, message, data) => {
                let told = (message, &data, cx.origin.language.clone());
                queued |= notice::tell_at(app, cx, tx, (user, &to), told).await?;
            }
        }
    }
    Ok(queued)
}

impl Effect {
    /// Counts a right answer, if the challenge went by text message.
    pub(super) fn answered(app: &App, challenge: &StoredChallenge) -> Option<Self> {
        let Some(Contact::Phone(phone)) = &challenge.contact else { return None };
        let texted = challenge.method == MethodId::PHONE_CODE;
        texted.then(|| Self::CountAnswer(texting::block_of(app, phone), challenge.created_at))
    }

    /// Removes an authenticator, with its event.
    pub(super) fn unbind(credential: &Credential) -> Self {
        let Credential { id, user, kind, .. } = credential;
        let event = AuthnEvent::CredentialRemoved { user: *user, id: *id, kind: *kind };
        Self::Unbind(*id, event.into())
    }
}

/// A notice to all addresses of somebody, with the time of the request.
pub(super) fn tell(
    user: &User,
    message: MessageKind,
    cx: &Cx,
    values: impl IntoIterator<Item = (&'static str, String)>,
) -> Effect {
    let values = values.into_iter().chain([notice::time(cx)]);
    Effect::Tell(user.id, notice::addresses(user), message, notice::values(values))
}

/// A new authenticator, sealed for its row.
pub(super) fn bind(
    app: &App,
    cx: &Cx,
    user: UserId,
    new: NewCredential,
) -> Result<Changed<Credential>, StoreError> {
    let id = CredentialId::from_uuid(app.entropy.uuid(cx.now));
    let sealed = challenge::seal_credential(app, cx.realm, id, &new.secret)?;
    Ok(Credential::bound(id, user, new, sealed, cx.now))
}

/// What a method wants stored with an accepted answer, as effects on what was loaded.
pub(super) fn of_method(
    app: &App,
    cx: &Cx,
    effects: Vec<MethodEffect>,
    loaded: &[Credential],
    user: &User,
) -> Result<Vec<Effect>, StoreError> {
    let find = |id: CredentialId| loaded.iter().find(|credential| credential.id == id).cloned();
    let mut made = Vec::new();
    let mut emails = None;
    let mut phones = None;
    for effect in effects {
        match effect {
            MethodEffect::Update { credential, secret, facts } => {
                let Some(found) = find(credential) else { continue };
                let sealed = challenge::seal_credential(app, cx.realm, credential, &secret)?;
                made.push(Effect::Bind(Box::new(found.used(Some(sealed), facts, cx.now))));
            }
            MethodEffect::Used { credential } => {
                made.extend(
                    find(credential)
                        .map(|found| Effect::Bind(Box::new(found.used(None, BTreeMap::new(), cx.now)))),
                );
            }
            MethodEffect::Spend { credential } => {
                made.extend(find(credential).as_ref().map(Effect::unbind));
            }
            MethodEffect::VerifyEmail(email) => {
                emails = verified_emails(user, email.normal(), cx.now);
            }
            MethodEffect::VerifyPhone(phone) => {
                phones = verified_phones(user, &phone, cx.now);
            }
        }
    }
    if emails.is_some() || phones.is_some() {
        let patch = UserPatch { emails, phones, ..UserPatch::default() };
        let change = user.clone().update(patch, cx.now);
        let change = change.map_err(|error| StoreError::Corrupt(error.to_string()))?;
        made.push(Effect::SaveUser(Box::new(change)));
    }
    Ok(made)
}

/// The addresses with one newly verified; `None`: nothing changes.
fn verified_emails(
    user: &User,
    normal: &str,
    now: Timestamp,
) -> Option<Vec<vestibule_users::user::EmailAddress>> {
    let mut emails = user.emails.clone();
    let address = emails
        .iter_mut()
        .find(|address| address.email.normal() == normal && address.verified_at.is_none())?;
    address.verified_at = Some(now);
    Some(emails)
}

/// The numbers with one newly verified or added; `None`: nothing changes.
fn verified_phones(user: &User, phone: &Phone, now: Timestamp) -> Option<Vec<PhoneNumber>> {
    let mut phones = user.phones.clone();
    match phones.iter_mut().find(|number| number.phone.normal() == phone.normal()) {
        Some(number) if number.verified_at.is_some() => return None,
        Some(number) => number.verified_at = Some(now),
        None => {
            let primary = phones.is_empty();
            phones.push(PhoneNumber { phone: phone.clone(), verified_at: Some(now), primary });
        }
    }
    Some(phones)
}
