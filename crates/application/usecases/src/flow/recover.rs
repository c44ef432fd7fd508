//! A forgotten password: prove the mailbox, choose a new one. What a mailbox proves stays one factor: second factors
//! are asked for as ever, everything that was signed in ends, and all addresses are told.

use serde_json::{Map, Value};
use vestibule_authn::{Credential, CredentialKind, FlowState, Input, MethodId, Task};
use vestibule_kernel::{Actor, CredentialId, Cx, EventRecord, Secret, contact::Identifier};
use vestibule_storage::jobs::MessageKind;
use vestibule_users::{NewUser, User};

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal, accepted_identifier, limit_identifier},
    challenge::{begin, within_budget},
    effects::Effect,
    settle::{Move, Turn, settle},
    sign_up,
};
use crate::{App, RealmSnapshot, admin::passwords};

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
    let identifier = accepted_identifier(realm, &username);
    let normal = identifier.as_ref().map_or(username.as_str(), Identifier::normal);
    if let Err(error) = limit_identifier(app, cx, realm, normal).await {
        tx.rollback().await?;
        return Err(error);
    }
    let user = match &identifier {
        Some(identifier) => tx.users().find_user_by_identifier(identifier).await?,
        None => None,
    };
    let method = app.methods.get(&MethodId::EMAIL_CODE).ok_or(FlowError::NoMethod)?;
    let beginning = begin(app, cx, realm, &flow, (method, Task::Recover), (user.as_ref(), &[]))?;
    if within_budget(tx.as_mut(), cx, &beginning.keep).await.is_err() {
        // Said to nobody: an unknown name has no budget that could run out.
        tx.rollback().await?;
        return silent(app, cx, realm, place, (flow, username)).await;
    }
    let mut flow = flow;
    flow.identifier = Some(username);
    let turn =
        Turn { effects: vec![beginning.keep], ..Turn::plain(flow, vec![Move::Given(beginning.input)]) };
    settle(app, cx, realm, place, turn, Some(tx)).await
}

/// The page of a code that is not sent.
async fn silent(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    (mut flow, username): (vestibule_authn::Flow, String),
) -> Result<Acted, FlowError> {
    let method = app.methods.get(&MethodId::EMAIL_CODE).ok_or(FlowError::NoMethod)?;
    let beginning = begin(app, cx, realm, &flow, (method, Task::Recover), (None, &[]))?;
    flow.identifier = Some(username);
    let turn =
        Turn { effects: vec![beginning.keep], ..Turn::plain(flow, vec![Move::Given(beginning.input)]) };
    settle(app, cx, realm, place, turn, None).await
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
    if user.primary_email().is_some() {
        let mut data = Map::new();
        let time = cx.now.format("%-d %B %Y, %H:%M UTC").to_string();
        data.insert("time".to_owned(), Value::String(time));
        effects.push(Effect::Tell(id, MessageKind::PasswordChanged, data));
    }
    let input = Input::Proved { user: id, proofs: Vec::new(), account_active: user.is_active() };
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
pub(super) fn cleanse(user: &User, bound: &[Credential], verifies: bool) -> Vec<Effect> {
    let first_proof = user.emails.iter().all(|address| address.verified_at.is_none());
    if !(verifies && first_proof) {
        return Vec::new();
    }
    let mut effects = vec![Effect::EndAccess(user.id)];
    effects.extend(bound.iter().map(|credential| {
        let event: EventRecord = vestibule_authn::AuthnEvent::CredentialRemoved {
            user: user.id,
            id: credential.id,
            kind: credential.kind,
        }
        .into();
        Effect::Unbind(credential.id, event)
    }));
    effects
}

fn known(user: &User) -> NewUser {
    NewUser {
        username: user.username.clone(),
        emails: user.emails.clone(),
        profile: user.profile.clone(),
        ..NewUser::default()
    }
}
