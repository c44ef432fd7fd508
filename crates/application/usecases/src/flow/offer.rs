//! What is offered to people who proved themselves, before their flow ends: a passkey, to who has none and whose browser
//! can keep one, at most once in a month; and to who asks for it in their account. Nothing is owed by then, and the
//! offer can be left.

use chrono::Duration;
use vestibule_authn::{ChallengePurpose, CredentialKind, Flow, FlowState, Input, Intent, MethodId, Task};
use vestibule_kernel::{Cx, Digest, StoreError, UserId};
use vestibule_storage::RealmTx;
use vestibule_users::User;

use super::{
    FlowError,
    act::{Acted, Place},
    challenge::{self, Subject},
    complete_profile,
    effects::Effect,
    settle::{Move, Turn, settle},
};
use crate::{
    App, RealmSnapshot,
    account::passkeys::{ADDED, MAX_PASSKEYS},
    challenge as kept,
};

/// Whom something was offered to, remembered until it may be offered again.
const OFFERED: &str = "passkey_offer";
/// Days between two offers.
const PAUSE_DAYS: i64 = 30;

/// A passkey to offer now, as the challenge to keep and the step to take.
pub(super) async fn passkey(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    (flow, proven): (&Flow, Option<&User>),
    tx: &mut dyn RealmTx,
) -> Result<Option<(Effect, Input)>, FlowError> {
    let asked = flow.account.as_ref().is_some_and(|page| page.as_str() == ADDED);
    let joins = matches!(flow.intent, Intent::SignIn | Intent::SignUp | Intent::Recover);
    let method = app.methods.get(&MethodId::PASSKEY).filter(|_| asked || place.passkeys && joins);
    let method = method.filter(|method| challenge::fits(realm, *method, Task::Offer));
    let (Some(method), Some(id), false) = (method, flow.user, flow.proofs.is_empty()) else {
        return Ok(None);
    };
    let loaded = match proven {
        Some(_) => None,
        None => tx.users().find_user(id).await?,
    };
    let Some(user) = proven.or(loaded.as_ref()).filter(|user| user.id == id && user.is_active()) else {
        return Ok(None);
    };
    let bound = tx.credentials().list_credentials(id).await?;
    let has = bound.iter().filter(|credential| credential.kind == CredentialKind::Passkey).count();
    if has > 0 && !asked || has >= MAX_PASSKEYS {
        return Ok(None);
    }
    let person = Some(kept::person(user, ChallengePurpose::Enrol));
    let subject = Subject { user: Some(id), person, bound, ..Subject::default() };
    let stored = match challenge::begin(app, cx, realm, flow, (method, Task::Offer), subject) {
        Ok((stored, _)) => stored,
        Err(FlowError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "no passkey could be offered");
            return Ok(None);
        }
    };
    if !asked && !may_offer(cx, id, tx).await? {
        return Ok(None);
    }
    let input = Input::Offered { method: MethodId::PASSKEY, challenge: stored.id };
    Ok(Some((Effect::Keep(Box::new(stored), false), input)))
}

/// Whether the last offer is long enough ago; claims the next pause by one statement, so that two flows offer once.
async fn may_offer(cx: &Cx, user: UserId, tx: &mut dyn RealmTx) -> Result<bool, StoreError> {
    let value = Digest::of(user.to_string().as_bytes());
    tx.tokens().remember_once(OFFERED, &value, cx.now + Duration::days(PAUSE_DAYS)).await
}

/// Whoever goes on from a page that needs no proof, as they are now.
pub(super) struct Arriving {
    pub(super) user: User,
    pub(super) knows_user_agent: bool,
    pub(super) effects: Vec<Effect>,
}

impl Arriving {
    /// The turn that takes this step. Whoever was deactivated while the page was open does not get in by leaving it.
    pub(super) fn turn(self, flow: Flow, step: Input) -> Turn {
        let Self { user, knows_user_agent, effects } = self;
        let input = if user.is_active() {
            step
        } else {
            Input::Proved { user: user.id, proofs: Vec::new(), account_active: false }
        };
        Turn { user: Some(user), knows_user_agent, effects, ..Turn::plain(flow, vec![Move::Given(input)]) }
    }
}

/// Who the flow is about, if they are still there.
pub(super) async fn arriving(
    cx: &Cx,
    flow: &Flow,
    tx: &mut dyn RealmTx,
) -> Result<Option<Arriving>, StoreError> {
    let Some(id) = flow.user else { return Ok(None) };
    let user = tx.users().find_user(id).await?;
    let knows_user_agent = match &cx.origin.user_agent {
        Some(agent) => tx.sessions().knows_user_agent(id, agent).await?,
        None => true,
    };
    Ok(user.map(|user| Arriving { user, knows_user_agent, effects: Vec::new() }))
}

/// Leaves what was offered or asked for and goes on.
pub(super) async fn skip(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
) -> Result<Acted, FlowError> {
    let (flow, mut tx) = match place.open(app, cx).await? {
        Ok(open) => open,
        Err(repeated) => return Ok(*repeated),
    };
    if matches!(flow.state, FlowState::CompleteProfile { .. }) {
        tx.rollback().await?;
        return complete_profile::skip(app, cx, realm, place).await;
    }
    match arriving(cx, &flow, tx.as_mut()).await {
        Ok(Some(arriving)) => {
            settle(app, cx, realm, place, arriving.turn(flow, Input::Skipped), Some(tx)).await
        }
        Ok(None) => {
            tx.rollback().await?;
            Err(FlowError::Unknown)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error.into())
        }
    }
}
