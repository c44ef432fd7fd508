//! Second factors of the account: an authenticator app or a security key is added by confirming it, named, and taken off
//! again unless the realm demands one; recovery codes are made anew as a set.

use vestibule_authn::{
    AuthnEvent, ChallengePurpose, Credential, CredentialKind, MethodId, TrustScope,
    method::{Answer, Enrolled, LoginMethod, MethodError, NewCredential, OpenCredential, Presentation},
};
use vestibule_kernel::{ChallengeId, Changed, CredentialId, StoreError};
use vestibule_realms::settings::MfaPolicy;
use vestibule_storage::{RealmTx, jobs::MessageKind};

use super::{
    AccountCx, AccountError, CodeError, FreshCx,
    challenge::{self, Asked},
};
use crate::{
    App, RealmSnapshot, challenge as kept,
    flow::{Has, policy::Second, second_factor_of},
    notice,
};

/// Most characters of a name.
const MAX_LABEL: usize = 60;
/// Most authenticators of a kind.
const MAX_OF_KIND: usize = 10;

/// Whether a method's authenticators can be added here.
pub fn can_add(app: &App, realm: &RealmSnapshot, method: &MethodId) -> bool {
    let found = app.methods.get(method);
    found.is_some_and(|method| method.facts().credential.is_some())
        && realm.realm.settings.allows_method(method.as_str())
}

fn method<'a>(
    app: &'a App,
    realm: &RealmSnapshot,
    id: &MethodId,
) -> Result<(&'a dyn LoginMethod, CredentialKind), AccountError> {
    if !can_add(app, realm, id) {
        return Err(AccountError::SwitchedOff);
    }
    let method = app.methods.get(id).ok_or(AccountError::SwitchedOff)?;
    let kind = method.facts().credential.ok_or(AccountError::SwitchedOff)?;
    Ok((method, kind))
}

fn opened(
    app: &App,
    me: &AccountCx,
    bound: &[Credential],
    kind: CredentialKind,
) -> Result<Vec<OpenCredential>, StoreError> {
    let mut open = Vec::new();
    for credential in bound.iter().filter(|credential| credential.kind == kind) {
        open.extend(kept::open_credential(app, me.cx().realm, credential)?);
    }
    Ok(open)
}

/// Begins to add an authenticator.
///
/// # Errors
/// The realm has no such method, there are too many, or the store failed.
pub async fn begin_factor(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    id: &MethodId,
) -> Result<ChallengeId, AccountError> {
    let (method, kind) = method(app, realm, id)?;
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    let bound = tx.credentials().list_credentials(me.id()).await?;
    let of_kind = bound.iter().filter(|credential| credential.kind == kind).count();
    if of_kind >= MAX_OF_KIND {
        return Err(AccountError::TooMany);
    }
    let purpose = ChallengePurpose::Enrol;
    let person = kept::person(me.user(), purpose);
    let open = opened(app, me, &bound, kind)?;
    let begun = kept::with_method(app, me.cx(), realm, purpose, (Some(&person), &open), |cx| {
        method.begin_enrolment(cx)
    });
    let begun = begun.map_err(|_error: MethodError| AccountError::SwitchedOff)?;
    let asked = Asked { method: id.clone(), purpose, contact: None, pending: None };
    let challenge = challenge::keep(app, me, tx.as_mut(), asked, begun).await?;
    tx.commit().await?;
    Ok(challenge)
}

/// What the page of a new authenticator shows; `None` when its time is over.
///
/// # Errors
/// They have no such challenge.
pub async fn show_factor(
    app: &App,
    me: &AccountCx,
    id: ChallengeId,
    method: &MethodId,
) -> Result<Option<Presentation>, AccountError> {
    let stored = challenge::find(app, me, id, (method, ChallengePurpose::Enrol)).await?;
    if !stored.is_open(me.cx().now) {
        return Ok(None);
    }
    let opened = kept::open(app, me.cx().realm, &stored)?;
    Ok(app.methods.get(method).map(|method| method.present_enrolment(&opened.payload)))
}

/// Binds the authenticator that answers. Says whether recovery codes are still missing.
///
/// # Errors
/// The answer is not accepted.
pub async fn confirm_factor(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    (id, method_id): (ChallengeId, &MethodId),
    (answer, label): (Answer, Option<String>),
) -> Result<bool, AccountError> {
    let (method, kind) = method(app, realm, method_id)?;
    let purpose = ChallengePurpose::Enrol;
    let stored = challenge::find(app, me, id, (method_id, purpose)).await?;
    challenge::reserve(app, me, &stored).await?;
    let envelope = kept::open(app, me.cx().realm, &stored)?;
    let mut tx = app.store.read(me.cx()).await?;
    let bound = tx.credentials().list_credentials(me.id()).await?;
    tx.commit().await?;
    let open = opened(app, me, &bound, kind)?;
    let person = kept::person(me.user(), purpose);
    let enrolled = kept::with_method(app, me.cx(), realm, purpose, (Some(&person), &open), |cx| {
        method.finish_enrolment(cx, &envelope.payload, &answer)
    });
    let (new, replaces) = match enrolled {
        Ok(Enrolled::Right { credentials, replaces, .. }) => (credentials, replaces),
        Err(MethodError::Malformed) => return Err(challenge::release(app, me, id).await?),
        _ => return Err(CodeError::Wrong.into()),
    };
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    challenge::claim(me, tx.as_mut(), id).await?;
    let bound = tx.credentials().list_credentials(me.id()).await?;
    if replaces {
        for old in bound.iter().filter(|old| old.kind == kind) {
            tx.credentials().delete_credential(old.id, removed(old)).await?;
        }
    }
    for credential in new {
        let label = label.as_deref().and_then(name).or(credential.label.clone());
        let bound = bind(app, me, NewCredential { label, ..credential })?;
        match tx.credentials().save_credential(bound).await {
            // The name it answers under is somebody's, by chance never.
            Err(StoreError::Conflict(_)) => return Err(CodeError::Exists.into()),
            saved => saved?,
        }
    }
    tell(app, me, tx.as_mut(), (MessageKind::FactorAdded, kind)).await?;
    tx.commit().await?;
    app.jobs_wake.notify_one();
    let codes = bound.iter().any(|credential| credential.kind == CredentialKind::RecoveryCode);
    Ok(!codes && kind != CredentialKind::RecoveryCode && can_add(app, realm, &MethodId::RECOVERY_CODE))
}

fn bind(app: &App, me: &AccountCx, new: NewCredential) -> Result<Changed<Credential>, StoreError> {
    let id = CredentialId::from_uuid(app.entropy.uuid(me.cx().now));
    let sealed = kept::seal_credential(app, me.cx().realm, id, &new.secret)?;
    Ok(Credential::bound(id, me.id(), new, sealed, me.cx().now))
}

fn removed(credential: &Credential) -> vestibule_kernel::EventRecord {
    let Credential { id, user, kind, .. } = credential;
    AuthnEvent::CredentialRemoved { user: *user, id: *id, kind: *kind }.into()
}

/// A name given along with a code, made to fit: no name is worth another code.
fn name(typed: &str) -> Option<String> {
    let clean: String = typed.chars().filter(|c| !c.is_control()).take(MAX_LABEL).collect();
    let clean = clean.trim().to_owned();
    (!clean.is_empty()).then_some(clean)
}

/// All of their authenticators, if the one with this id is of one of these kinds.
async fn theirs(
    tx: &mut dyn RealmTx,
    me: &AccountCx,
    (id, kinds): (CredentialId, &[CredentialKind]),
) -> Result<Vec<Credential>, AccountError> {
    let bound = tx.credentials().list_credentials(me.id()).await?;
    if bound.iter().any(|credential| credential.id == id && kinds.contains(&credential.kind)) {
        Ok(bound)
    } else {
        Err(AccountError::NotFound("authenticator"))
    }
}

/// Gives an authenticator another name; an empty one takes it away.
///
/// # Errors
/// They have none with this id, or the name is too long or has control characters.
pub async fn rename_factor(
    app: &App,
    me: &AccountCx,
    id: CredentialId,
    typed: &str,
) -> Result<(), AccountError> {
    let kinds = [CredentialKind::Totp, CredentialKind::Passkey, CredentialKind::SecurityKey];
    rename(app, me, (id, &kinds), typed).await
}

/// Renames an authenticator of one of the kinds.
pub(super) async fn rename(
    app: &App,
    me: &AccountCx,
    (id, kinds): (CredentialId, &[CredentialKind]),
    typed: &str,
) -> Result<(), AccountError> {
    let label = typed.trim();
    if label.chars().count() > MAX_LABEL || label.chars().any(char::is_control) {
        return Err(AccountError::Label);
    }
    let label = Some(label.to_owned()).filter(|label| !label.is_empty());
    let mut tx = app.store.write(me.cx()).await?;
    let bound = theirs(tx.as_mut(), me, (id, kinds)).await?;
    if let Some(credential) = bound.into_iter().find(|credential| credential.id == id) {
        tx.credentials().save_credential(credential.renamed(label, me.cx().now)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes an authenticator app or a security key off, and the trust in browsers that rested on it. Where the realm demands a
/// second factor the last one stays.
///
/// # Errors
/// They have none with this id, or it is the last one and needed.
pub async fn remove_factor(
    app: &App,
    realm: &RealmSnapshot,
    me: &FreshCx<'_>,
    id: CredentialId,
) -> Result<(), AccountError> {
    let mut tx = app.store.write(me.cx()).await?;
    me.confirm(tx.as_mut()).await?;
    // A passkey is a way in as well, and is taken off where that is looked at.
    let kinds = [CredentialKind::Totp, CredentialKind::SecurityKey];
    let bound = theirs(tx.as_mut(), me, (id, &kinds)).await?;
    let (gone, left): (Vec<_>, Vec<_>) = bound.into_iter().partition(|credential| credential.id == id);
    let needed = realm.realm.settings.mfa.policy == MfaPolicy::Required;
    if needed && second_factor_of(app, realm, Has::of(app, realm, me.user(), &left)) == Second::Missing {
        return Err(AccountError::LastFactor);
    }
    // Two removals at once would each see the other's authenticator: the row of the account orders them.
    let user = super::contact::current(tx.as_mut(), me).await?;
    tx.users().save_user(user.touch(me.cx().now)).await?;
    tx.trusted_devices().forget_trusted_devices(TrustScope::User(me.id())).await?;
    for credential in &gone {
        tx.credentials().delete_credential(id, removed(credential)).await?;
        tell(app, me, tx.as_mut(), (MessageKind::FactorRemoved, credential.kind)).await?;
    }
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(())
}

/// Queues the notice of a changed authenticator.
pub(super) async fn tell(
    app: &App,
    me: &AccountCx,
    tx: &mut dyn RealmTx,
    (message, kind): (MessageKind, CredentialKind),
) -> Result<(), StoreError> {
    let data = notice::values([("factor", kind.as_str().to_owned()), notice::time(me.cx())]);
    notice::tell(app, me.cx(), tx, me.user(), (message, data)).await?;
    Ok(())
}
