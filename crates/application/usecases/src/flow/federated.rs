//! A flow whose browser goes to a provider and comes back: the provider's word is a proof like any other factor, and the
//! policy may still ask for more. An identity that nobody has yet waits in the flow.

use vestibule_authn::{
    ActionKind, Flow, Input,
    flow::{Proof, WaitingIdentity},
};
use vestibule_federation::ConnectionKey;
use vestibule_kernel::{
    Actor, Cx, FlowId, UserId,
    assurance::{Amr, Factor},
};
use vestibule_storage::RealmTx;

use super::{
    Browser, FlowError,
    act::{Acted, Place, Refusal, limit_address},
    policy,
    settle::{Move, Turn, settle},
};
use crate::{
    App, RealmSnapshot,
    federation::{self, CallbackRequest, FederatedOutcome, FederationError, NotReturned, Returned},
};

/// Why nobody left for a provider or came back from it.
#[derive(Debug, thiserror::Error)]
pub enum FederatedError {
    /// The flow cannot go on.
    #[error(transparent)]
    Flow(#[from] FlowError),
    /// The trip failed.
    #[error(transparent)]
    Federation(#[from] FederationError),
}

/// A return that led nowhere.
#[derive(Debug)]
pub struct NotTakenBack {
    /// The flow of this browser to go back to, where it is known.
    pub flow: Option<FlowId>,
    /// Why.
    pub error: FederatedError,
}

/// A browser that came back.
#[derive(Clone)]
pub enum TakenBack {
    /// On with the flow.
    Flow(Box<Acted>),
    /// The account that is signed in has one more identity.
    Linked {
        /// The account.
        user: UserId,
    },
}

/// Sends a flow's browser to a provider: the address to open.
///
/// # Errors
/// The flow is gone, of another browser or in a state without this action; a limit is reached; there is no such
/// connection or its provider is away.
pub async fn leave(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (browser, flow): (&Browser, FlowId),
    connection: &ConnectionKey,
) -> Result<String, FederatedError> {
    if !realm.is_active() {
        return Err(FlowError::RealmSuspended.into());
    }
    limit_address(app, cx, realm).await?;
    let flow = match at(browser, flow).peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => repeated.flow,
    };
    Ok(federation::start(app, cx, realm, &flow, connection).await?)
}

const fn at(browser: &Browser, id: FlowId) -> Place<'_> {
    Place {
        id,
        browser,
        step: None,
        kind: ActionKind::Federate,
        beside: false,
        passkeys: false,
        remember_device: false,
    }
}

/// Takes a browser back and lets its flow go on.
///
/// # Errors
/// See [`federation::callback`]; the flow is gone or over.
pub async fn take_back(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    request: CallbackRequest,
) -> Result<TakenBack, NotTakenBack> {
    let returned = Box::pin(federation::callback(app, cx, realm, &request)).await;
    let (flow, outcome) = match returned {
        Ok(Returned::SignIn { flow, outcome }) => (flow, outcome),
        Ok(Returned::Linked { user }) => return Ok(TakenBack::Linked { user }),
        Err(NotReturned { flow, error }) => return Err(NotTakenBack { flow, error: error.into() }),
    };
    let place = at(&request.browser, flow);
    let acted = match outcome {
        FederatedOutcome::User { user, .. } => Box::pin(prove(app, cx, realm, &place, user)).await,
        FederatedOutcome::Waiting(identity) => Box::pin(wait(app, cx, realm, &place, identity)).await,
    };
    let failed = |error: FlowError| NotTakenBack { flow: Some(flow), error: error.into() };
    acted.map(|acted| TakenBack::Flow(Box::new(acted))).map_err(failed)
}

/// The provider's word for a user whose identity it is.
async fn prove(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    user: UserId,
) -> Result<Acted, FlowError> {
    let mut tx = app.store.read(cx).await?;
    let found = tx.flows().find_flow(place.id).await?;
    let request = match found.as_ref().and_then(|flow| flow.request) {
        Some(id) => tx.requests().find_request(id).await?,
        None => None,
    };
    let person = tx.users().find_user(user).await?;
    let knows_user_agent = match &cx.origin.user_agent {
        Some(agent) => tx.sessions().knows_user_agent(user, agent).await?,
        None => true,
    };
    tx.commit().await?;
    let flow = match place.enter(found, cx)? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let Some(person) = person else { return Err(FlowError::Unknown) };
    let cx = &cx.acting_as(Actor::User(user));
    let mut turn = Turn { request, knows_user_agent, ..Turn::plain(flow, Vec::new()) };
    if policy::is_awaited(&turn.flow, turn.request.as_ref().map(|stored| &stored.request), user) {
        turn.moves.push(Move::Given(Input::Proved {
            user,
            proofs: vec![word(cx)],
            account_active: policy::lets_in(&turn.flow, &person),
        }));
        turn.user = Some(person);
    } else {
        turn.moves.push(Move::Given(Input::Refused { user: Some(user), cause: "unexpected_account" }));
        turn.refusal = Some(Refusal::UnexpectedAccount);
    }
    settle(app, cx, realm, place, turn, None).await
}

/// A provider's word as a proof.
pub(super) const fn word(cx: &Cx) -> Proof {
    Proof { factor: Factor::Federation, amr: Amr::Fed, at: cx.now }
}

/// The identity waits in the flow.
async fn wait(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    identity: Box<WaitingIdentity>,
) -> Result<Acted, FlowError> {
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let turn = Turn::plain(flow, vec![Move::Given(Input::Waiting { identity })]);
    settle(app, cx, realm, place, turn, None).await
}

/// Links what waits in a finished flow to the user it waits for. When the rules refuse it meanwhile, the sign-in stands
/// without it: the account proved itself.
pub(super) async fn adopt(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    flow: &mut Flow,
    user: UserId,
) -> Result<bool, FlowError> {
    let Some(waiting) = flow.waiting.take().filter(|waiting| waiting.user == Some(user)) else {
        return Ok(false);
    };
    match federation::adopt(app, cx, tx, (waiting.attempt, flow.id), user).await {
        Ok(()) => Ok(true),
        Err(FederationError::Store(error)) => Err(error.into()),
        Err(error) => {
            tracing::info!(cause = error.cause(), %error, "an identity was not linked at the end of a sign-in");
            Ok(false)
        }
    }
}
