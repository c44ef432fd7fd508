//! A provider's word as a proof in a flow: the flow goes on as after any other factor, and the policy may still ask for
//! more.

use vestibule_authn::{ActionKind, Input, flow::Proof};
use vestibule_kernel::{
    Actor, Cx, FlowId, UserId,
    assurance::{Amr, Factor},
};

use super::{
    Browser, FlowError,
    act::{Acted, Place, Refusal},
    policy,
    settle::{Move, Turn, settle},
};
use crate::{App, RealmSnapshot};

/// Gives a flow the proof that its browser brought back from a provider.
///
/// # Errors
/// The flow is gone, of another browser or over, or asks for nothing now; the store failed.
pub async fn prove_federated(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (browser, flow): (&Browser, FlowId),
    user: UserId,
) -> Result<Acted, FlowError> {
    let place = Place { id: flow, browser, step: None, kind: ActionKind::Federate, beside: false };
    let mut tx = app.store.read(cx).await?;
    let found = tx.flows().find_flow(flow).await?;
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
    if policy::is_expected(turn.request.as_ref().map(|stored| &stored.request), user) {
        let proof = Proof { factor: Factor::Federation, amr: Amr::Fed, at: cx.now };
        turn.moves.push(Move::Given(Input::Proved {
            user,
            proofs: vec![proof],
            account_active: person.is_active(),
        }));
        turn.user = Some(person);
    } else {
        turn.moves.push(Move::Given(Input::Refused { user: Some(user), cause: "unexpected_account" }));
        turn.refusal = Some(Refusal::UnexpectedAccount);
    }
    settle(app, cx, realm, &place, turn, None).await
}
