//! A forgotten password: prove the mailbox, choose a new one. What a mailbox proves stays one factor: second factors
//! are asked for as ever, everything that was signed in ends, and all addresses are told.

use vestibule_authn::{ChallengePurpose, Credential, CredentialKind, Flow, FlowState, Input, MethodId, Task};
use vestibule_kernel::{Actor, CredentialId, Cx, Secret};
use vestibule_storage::jobs::MessageKind;
use vestibule_users::{NewUser, User};

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal, accepted_identifier, limit_identifier, normal_of},
    challenge::{Beginning, Subject, begin_within_budget, typed_contact},
    effects::{self, Effect},
    policy,
    settle::{Move, Turn, settle},
    sign_up,
};
use crate::{App, RealmSnapshot, admin::passwords, challenge};

/// `recover` without a name: the page that asks for it. With one: a code to the mailbox of the account, if there is
/// one; the page is the same.
pub(super) async fn ask(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    username: Option<String>,
) -> Result<Acted, FlowError> {
    let login = &realm.realm.settings.login;
    if !(login.recovery && login.password) {
        return Err(FlowError::NoMethod);
    }
    let (flow, mut tx) = match place.open(app, cx).await? {
        Ok(open) => open,
        Err(repeated) => return Ok(*repeated),
    };
    if flow.state != FlowState::Recover {
        let turn = Turn::plain(flow, vec![Move::Given(Input::Recovering)]);
        return settle(app, cx, realm, place, turn, Some(tx)).await;
    }
    let Some(username) = username.filter(|text| !text.trim().is_empty()) else {
        tx.rollback().await?;
        return Ok(Acted::of(flow, Outcome::Refused(Refusal::UsernameMissing)));
    };
    let begun = async {
        limit_identifier(app, cx, realm, &normal_of(app, realm, &username)).await?;
        let user = match accepted_identifier(app, realm, &username) {
            Some(identifier) => tx.users().find_user_by_identifier(&identifier).await?,
            None => None,
        };
        let subject = Subject {
            user: user.as_ref().map(|user| user.id),
            person: user.as_ref().map(|user| challenge::person(user, ChallengePurpose::Recover)),
            typed: typed_contact(app, realm, &username),
            ..Subject::default()
        };
        let method = app.methods.get(&MethodId::EMAIL_CODE).ok_or(FlowError::NoMethod)?;
        begin_within_budget(app, cx, realm, (&flow, tx.as_mut()), (method, Task::Recover), subject).await
    };
    match begun.await {
        Ok((Beginning { keep, input }, _)) => {
            let flow = Flow { identifier: Some(username), ..flow };
            let turn = Turn { effects: vec![keep], ..Turn::plain(flow, vec![Move::Given(input)]) };
            settle(app, cx, realm, place, turn, Some(tx)).await
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// Sets the new password.
pub(super) async fn set(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    password: Secret,
) -> Result<Acted, FlowError> {
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let (Some(id), FlowState::NewPassword) = (flow.user, &flow.state) else {
        return Err(FlowError::NotAllowed(flow.state.name()));
    };
    let mut tx = app.store.read(cx).await?;
    let user = tx.users().find_user(id).await?;
    let bound = tx.credentials().list_credentials(id).await?;
    tx.commit().await?;
    let Some(user) = user else { return Err(FlowError::Unknown) };
    let normal = match passwords::check(&realm.realm, &known(&user), &password) {
        Ok(normal) => normal,
        Err(error) => {
            return Ok(Acted::of(flow, Outcome::Refused(sign_up::refusal_of(&error))));
        }
    };
    let hash = sign_up::hash(app, realm, &normal).await?;
    let cx = &cx.acting_as(Actor::User(id));
    let old = bound.iter().find(|credential| credential.kind == CredentialKind::Password);
    let change = match old {
        Some(old) => old.clone().replaced(hash, cx.now),
        None => Credential::password(CredentialId::from_uuid(app.entropy.uuid(cx.now)), id, hash, cx.now),
    };
    let mut effects = vec![Effect::Bind(Box::new(change)), Effect::EndAccess(id)];
    effects.push(effects::tell(&user, MessageKind::PasswordChanged, cx, []));
    let input = Input::Proved { user: id, proofs: Vec::new(), account_active: policy::lets_in(&flow, &user) };
    let turn = Turn {
        effects,
        reset: Some((id, CredentialKind::Password)),
        user: Some(user),
        ..Turn::plain(flow, vec![Move::Given(input)])
    };
    settle(app, cx, realm, place, turn, None).await
}

/// A mailbox that was never proven before is proven now: whatever was bound to the account by whoever made it goes
/// (classic pre-hijacking).
pub(super) fn cleanse(user: &User, bound: &[Credential]) -> Vec<Effect> {
    if user.emails.iter().any(|address| address.verified_at.is_some()) {
        return Vec::new();
    }
    let all = [Effect::EndAccess(user.id), Effect::ForgetIdentities(user.id)];
    all.into_iter().chain(bound.iter().map(Effect::unbind)).collect()
}

fn known(user: &User) -> NewUser {
    NewUser {
        username: user.username.clone(),
        emails: user.emails.clone(),
        profile: user.profile.clone(),
        ..NewUser::default()
    }
}
