//! Challenges inside a flow: begun by a method, sent again, answered. An answer is counted before it is judged, judged
//! outside any transaction, and claimed in the one that uses it. Nobody's challenge looks and costs like somebody's.

use chrono::Duration;
use serde_json::Value;
use vestibule_authn::{
    AttemptReserved, ChallengePurpose, Credential, CredentialKind, Flow, FlowState, Input, MethodId,
    Reservation, StoredChallenge, Task,
    flow::Proof,
    method::{
        Answer, Begun, Enrolled, Judgement, LoginMethod, MethodCx, MethodEffect, MethodError, OpenCredential,
        Person, Proven,
    },
};
use vestibule_kernel::{Actor, Cx, OpaqueToken, Secret, StoreError, UserId};
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::User;
use zeroize::Zeroizing;

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal},
    effects::{self, Effect},
    policy, recover,
    settle::{Move, Turn, settle},
    sign_up,
};
use crate::{App, RealmSnapshot, challenge};

/// Messages to one contact in an hour.
const MESSAGES_PER_HOUR: u32 = 10;
/// How long a decoy lives: as long as a mailed code.
const DECOY_MINUTES: i64 = 10;

/// What a person sent to a challenge.
#[derive(Clone)]
pub(super) enum Given {
    /// A code.
    Code(Secret),
    /// A document of the WebAuthn interface.
    Document(Value),
    /// The token of the link, in the browser that asked.
    Link(OpaqueToken),
    /// Recovery codes were saved.
    Saved,
}

/// What a challenge of this task is stored as.
pub(super) const fn purpose(task: Task) -> ChallengePurpose {
    match task {
        Task::First | Task::Second => ChallengePurpose::Prove,
        Task::SignUp => ChallengePurpose::VerifyContact,
        Task::Recover => ChallengePurpose::Recover,
        Task::Enrol => ChallengePurpose::Enrol,
    }
}

/// A challenge for somebody who does not exist or has nothing to answer by: it cannot be answered.
pub(super) fn decoy(app: &App) -> Begun {
    Begun {
        payload: Zeroizing::new(app.entropy.bytes().to_vec()),
        delivery: None,
        lifetime: Duration::minutes(DECOY_MINUTES),
        max_attempts: 5,
    }
}

/// The methods a person may prove a factor by, in the order of the registry.
pub(super) fn offers(
    app: &App,
    realm: &RealmSnapshot,
    task: Task,
    bound: Option<&[Credential]>,
) -> Vec<MethodId> {
    let settings = &realm.realm.settings;
    let fits = |method: &&dyn LoginMethod| {
        let facts = method.facts();
        let role = match task {
            Task::Second => facts.second,
            Task::First => facts.first,
            Task::Enrol => facts.credential.is_some(),
            Task::SignUp | Task::Recover => false,
        };
        let has = match (task, facts.credential, bound) {
            (Task::Enrol, _, _) | (_, None, _) | (_, _, None) => true,
            (_, Some(kind), Some(bound)) => bound.iter().any(|credential| credential.kind == kind),
        };
        role && has && settings.allows_method(facts.id.as_str())
    };
    app.methods.iter().filter(fits).map(|method| method.facts().id).collect()
}

/// Whether one of these is a second factor.
pub(super) fn has_second_factor(app: &App, realm: &RealmSnapshot, bound: &[Credential]) -> bool {
    let second = |method: &dyn LoginMethod| {
        let facts = method.facts();
        let kind = facts.credential.filter(|kind| *kind != CredentialKind::RecoveryCode);
        facts.second
            && realm.realm.settings.allows_method(facts.id.as_str())
            && kind.is_some_and(|kind| bound.iter().any(|credential| credential.kind == kind))
    };
    app.methods.iter().any(second)
}

fn opened(
    app: &App,
    cx: &Cx,
    bound: &[Credential],
    method: &dyn LoginMethod,
) -> Result<Vec<OpenCredential>, StoreError> {
    let kind = method.facts().credential;
    let mut open = Vec::new();
    for credential in bound.iter().filter(|credential| Some(credential.kind) == kind) {
        open.extend(challenge::open_credential(app, cx.realm, credential)?);
    }
    Ok(open)
}

/// Begins a challenge and gives the effect that keeps it and the input that shows it.
pub(super) struct Beginning {
    pub(super) keep: Effect,
    pub(super) input: Input,
}

/// Asks a method for a challenge. For nobody, or somebody without what the method needs, a decoy.
pub(super) fn begin(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    (method, task): (&dyn LoginMethod, Task),
    (user, bound): (Option<&User>, &[Credential]),
) -> Result<Beginning, FlowError> {
    let person = user.map(|user| match task {
        // A forgotten password is proven by the primary address, verified or not: proving it verifies it.
        Task::Recover => Person {
            email: user.primary_email().map(|address| address.email.clone()),
            ..challenge::person(user)
        },
        _ => challenge::person(user),
    });
    let credentials = opened(app, cx, bound, method)?;
    let method_realm = challenge::method_realm(realm);
    let method_cx = MethodCx {
        now: cx.now,
        realm: &method_realm,
        entropy: app.entropy.as_ref(),
        person: person.as_ref(),
        credentials: &credentials,
    };
    let begun = match task {
        Task::Enrol => method.begin_enrolment(&method_cx),
        _ => method.begin(&method_cx),
    };
    let facts = method.facts();
    let (begun, user) = match begun {
        Ok(begun) => (begun, user.map(|user| user.id)),
        Err(MethodError::NothingBound) if matches!(task, Task::First | Task::Recover) => (decoy(app), None),
        Err(error) => return Err(FlowError::Method(error)),
    };
    let sends = facts.credential.is_none() || begun.delivery.is_some();
    let new = challenge::NewChallenge {
        method: facts.id.clone(),
        purpose: purpose(task),
        flow: Some(flow.id),
        user,
        pending: None,
    };
    let stored = challenge::seal(app, cx, new, &begun)?;
    let input = Input::Challenged { method: facts.id, challenge: stored.id, task };
    Ok(Beginning { keep: Effect::Keep(Box::new(stored), sends), input })
}

/// Keeps a passkey challenge for the first page of a new flow, so that the browser can offer passkeys by itself.
///
/// # Errors
/// The store or the cipher failed.
pub(crate) async fn offer_passkey(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    tx: &mut dyn RealmTx,
) -> Result<(), StoreError> {
    let asks = matches!(flow.state, FlowState::Identify | FlowState::Password);
    let passkeys = app.methods.get(&MethodId::PASSKEY).filter(|_| asks && realm.realm.settings.login.passkey);
    let Some(method) = passkeys.filter(|method| method.facts().discovers) else { return Ok(()) };
    match begin(app, cx, realm, flow, (method, Task::First), (None, &[])) {
        Ok(Beginning { keep: Effect::Keep(stored, _), .. }) => {
            tx.challenges().insert_challenge(&stored).await
        }
        Ok(_) => Ok(()),
        Err(FlowError::Store(error)) => Err(error),
        Err(error) => {
            tracing::warn!(%error, "no passkey challenge could be made");
            Ok(())
        }
    }
}

/// Whether this contact may be written to again.
pub(super) async fn within_budget(tx: &mut dyn RealmTx, cx: &Cx, keep: &Effect) -> Result<(), FlowError> {
    let Effect::Keep(stored, true) = keep else { return Ok(()) };
    let Some(contact) = &stored.contact else { return Ok(()) };
    let sent = tx.challenges().count_challenges_to(contact, cx.now - Duration::hours(1)).await?;
    if sent >= MESSAGES_PER_HOUR { Err(FlowError::Limited { retry_after_seconds: 3_600 }) } else { Ok(()) }
}

/// `begin`, `resend`, and asking for a second factor: a new challenge in place of the page's state.
pub(super) async fn start(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    method: Option<String>,
    stays: bool,
) -> Result<Acted, FlowError> {
    let (flow, mut tx) = match place.open(app, cx).await? {
        Ok(open) => open,
        Err(repeated) => return Ok(*repeated),
    };
    let (method, task) = match (&flow.state, method) {
        (FlowState::Challenge { method, task, .. }, None) => (method.as_str().to_owned(), *task),
        (FlowState::Challenge { task, .. } | FlowState::ChooseMethod { task }, Some(method)) => {
            (method, *task)
        }
        (FlowState::ChooseEnrolment { .. }, Some(method)) => (method, Task::Enrol),
        (_, Some(method)) => (method, Task::First),
        (state, None) => {
            let name = state.name();
            tx.rollback().await?;
            return Err(FlowError::NotAllowed(name));
        }
    };
    let Some(found) = app.methods.named(&method).filter(|method| usable(realm, *method, task)) else {
        tx.rollback().await?;
        return Err(FlowError::NoMethod);
    };
    if task == Task::SignUp {
        tx.rollback().await?;
        return sign_up::resend(app, cx, realm, place, flow).await;
    }
    let user = match flow.user {
        Some(user) => tx.users().find_user(user).await?,
        None => None,
    };
    let bound = match &user {
        Some(user) => tx.credentials().list_credentials(user.id).await?,
        None => Vec::new(),
    };
    let beginning = match begin(app, cx, realm, &flow, (found, task), (user.as_ref(), &bound)) {
        Ok(beginning) => beginning,
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    if let Err(error) = within_budget(tx.as_mut(), cx, &beginning.keep).await {
        tx.rollback().await?;
        return Err(error);
    }
    let moves = if stays { Vec::new() } else { vec![Move::Given(beginning.input)] };
    let turn = Turn { effects: vec![beginning.keep], ..Turn::plain(flow, moves) };
    settle(app, cx, realm, place, turn, Some(tx)).await
}

fn usable(realm: &RealmSnapshot, method: &dyn LoginMethod, task: Task) -> bool {
    let facts = method.facts();
    let fits = match task {
        Task::First => facts.first,
        Task::Second => facts.second,
        Task::Enrol => facts.credential.is_some(),
        Task::SignUp | Task::Recover => facts.credential.is_none(),
    };
    let mailed = matches!(task, Task::SignUp | Task::Recover);
    fits && (mailed || realm.realm.settings.allows_method(facts.id.as_str()))
}

/// What is judged: everything loaded in the transaction that counted the attempt.
struct Case {
    flow: Flow,
    challenge: StoredChallenge,
    task: Task,
    user: Option<User>,
    bound: Vec<Credential>,
    reservation: Option<Reservation>,
    knows_user_agent: bool,
}

/// Judges an answer.
pub(super) async fn answer(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    given: Given,
) -> Result<Acted, FlowError> {
    let mut tx = app.store.write(cx).await?;
    let case = match load(app, cx, tx.as_mut(), place, &given).await {
        Ok(Ok(case)) => {
            tx.commit().await?;
            case
        }
        Ok(Err(acted)) => {
            tx.commit().await?;
            return Ok(*acted);
        }
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    if let Some(Reservation::Delayed { .. } | Reservation::Disabled) = case.reservation {
        let until = match case.reservation {
            Some(Reservation::Delayed { until }) => Some(until),
            _ => None,
        };
        let user = case.user.as_ref().map(|user| user.id);
        let moves = vec![Move::Given(Input::Slowed { user, until })];
        return settle(app, cx, realm, place, Turn::plain(case.flow, moves), None).await;
    }
    match Box::pin(judge(app, cx, realm, place, case, given)).await {
        // Somebody else claimed it, or an authenticator moved: this answer is not accepted.
        Err(FlowError::Spent | FlowError::Store(StoreError::Stale)) => {
            let mut tx = app.store.read(cx).await?;
            let flow = tx.flows().find_flow(place.id).await?.ok_or(FlowError::Unknown)?;
            tx.commit().await?;
            Ok(Acted::of(flow, Outcome::Refused(Refusal::CodeSpent)))
        }
        other => other,
    }
}

async fn load(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    place: &Place<'_>,
    given: &Given,
) -> Result<Result<Box<Case>, Box<Acted>>, FlowError> {
    let flow = match place.enter(tx.flows().find_flow(place.id).await?, cx)? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(Err(repeated)),
    };
    let (found, task) = match &flow.state {
        FlowState::Challenge { challenge, task, .. } => {
            (tx.challenges().find_challenge(*challenge).await?, *task)
        }
        _ => {
            let purpose = ChallengePurpose::Prove;
            (tx.challenges().find_flow_challenge(flow.id, &MethodId::PASSKEY, purpose).await?, Task::First)
        }
    };
    let spent = |flow| Ok(Err(Box::new(Acted::of(flow, Outcome::Refused(Refusal::CodeSpent)))));
    let Some(challenge) = found.filter(|challenge| challenge.is_open(cx.now)) else { return spent(flow) };
    let method = app.methods.get(&challenge.method).ok_or(FlowError::NoMethod)?;
    if let Given::Link(token) = given
        && !challenge::link_matches(&challenge, token)
    {
        return spent(flow);
    }
    match tx.challenges().reserve_challenge_attempt(challenge.id, cx.now).await? {
        AttemptReserved::Granted { .. } => {}
        AttemptReserved::Refused => return spent(flow),
    }
    let facts = method.facts();
    let mut bound = Vec::new();
    let mut owner = challenge.user;
    if let (Given::Document(document), Some(kind), true) = (given, facts.credential, task != Task::Enrol) {
        let external = method.names(&Answer::Document(document.clone()));
        let named = match external {
            Some(external) => tx.credentials().find_credential_by_external_id(kind, &external).await?,
            None => None,
        };
        owner = owner.or(named.as_ref().map(|credential| credential.user));
        bound.extend(named);
    } else if let Some(user) = owner {
        bound = tx.credentials().list_credentials(user).await?;
    }
    let user = match owner {
        Some(user) => tx.users().find_user(user).await?,
        None => None,
    };
    let reservation = match (owner, facts.credential, task) {
        (
            Some(user),
            Some(kind @ (CredentialKind::Totp | CredentialKind::RecoveryCode)),
            Task::First | Task::Second,
        ) => Some(tx.lockouts().reserve_attempt(user, kind, cx.now).await?),
        _ => None,
    };
    let knows_user_agent = match (&user, &cx.origin.user_agent) {
        (Some(user), Some(agent)) => tx.sessions().knows_user_agent(user.id, agent).await?,
        _ => true,
    };
    Ok(Ok(Box::new(Case { flow, challenge, task, user, bound, reservation, knows_user_agent })))
}

async fn judge(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    case: Box<Case>,
    given: Given,
) -> Result<Acted, FlowError> {
    let method = app.methods.get(&case.challenge.method).ok_or(FlowError::NoMethod)?;
    let envelope = challenge::open(app, cx.realm, &case.challenge)?;
    let answerable = case.challenge.user.is_some() || envelope.pending.is_some() || method.facts().discovers;
    let answer = match (given, &envelope.code) {
        (Given::Code(code), _) => Answer::Code(code),
        (Given::Document(document), _) => Answer::Document(document),
        (Given::Saved, _) => Answer::Document(serde_json::json!({"saved": true})),
        (Given::Link(_), Some(code)) => Answer::Code(code.clone()),
        (Given::Link(_), None) => return refuse(app, cx, realm, place, *case, Refusal::CodeSpent).await,
    };
    if !answerable {
        return refuse(app, cx, realm, place, *case, Refusal::CodeWrong).await;
    }
    let pending = envelope.pending.as_ref().and_then(sign_up::Pending::read);
    let person = match (&pending, &case.user) {
        (Some(pending), _) => Some(pending.person()),
        (None, Some(user)) => Some(match case.task {
            Task::Recover => Person {
                email: user.primary_email().map(|address| address.email.clone()),
                ..challenge::person(user)
            },
            _ => challenge::person(user),
        }),
        (None, None) => None,
    };
    let credentials = opened(app, cx, &case.bound, method)?;
    let method_realm = challenge::method_realm(realm);
    let method_cx = MethodCx {
        now: cx.now,
        realm: &method_realm,
        entropy: app.entropy.as_ref(),
        person: person.as_ref(),
        credentials: &credentials,
    };
    if case.task == Task::Enrol {
        let enrolled = method.finish_enrolment(&method_cx, &envelope.payload, &answer);
        return enrol(app, cx, realm, place, *case, enrolled).await;
    }
    match method.judge(&method_cx, &envelope.payload, &answer) {
        Ok(Judgement::Right { user, proven, effects }) => {
            let mut stored = vec![Effect::Consume(case.challenge.id)];
            if let Some(pending) = pending {
                return sign_up::complete(app, cx, realm, place, (case.flow, pending), stored).await;
            }
            let verifies = effects.iter().any(|effect| matches!(effect, MethodEffect::VerifyEmail(_)));
            stored.extend(case.user.iter().flat_map(|user| recover::cleanse(user, &case.bound, verifies)));
            stored.extend(effects::of_method(app, cx, effects, &case.bound, case.user.as_ref())?);
            let right = Right { user, proven, stored };
            accept(app, cx, realm, place, *case, right).await
        }
        Ok(Judgement::Cloned { user, credential }) => {
            tracing::warn!(user.id = %user, credential.id = %credential, "an authenticator seems to have a copy");
            refuse(app, cx, realm, place, *case, Refusal::CodeWrong).await
        }
        Ok(Judgement::Wrong) => refuse(app, cx, realm, place, *case, Refusal::CodeWrong).await,
        Err(MethodError::Malformed) => give_back(app, cx, *case).await,
        Err(error) => Err(FlowError::Method(error)),
    }
}

/// An accepted answer.
struct Right {
    user: UserId,
    proven: Vec<Proven>,
    stored: Vec<Effect>,
}

fn proofs(proven: Vec<Proven>, cx: &Cx) -> Vec<Proof> {
    proven.into_iter().map(|one| Proof { factor: one.factor, amr: one.amr, at: cx.now }).collect()
}

async fn accept(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    case: Case,
    right: Right,
) -> Result<Acted, FlowError> {
    let Case { flow, user, task, challenge, knows_user_agent, .. } = case;
    let Some(user) = user.filter(|user| user.id == right.user) else { return Err(FlowError::Spent) };
    // A second factor must be of the person who proved the first.
    let foreign = task == Task::Second && flow.user != Some(user.id);
    let mut tx = app.store.read(cx).await?;
    let request = match flow.request {
        Some(id) => tx.requests().find_request(id).await?,
        None => None,
    };
    tx.commit().await?;
    if foreign || !policy::is_expected(request.as_ref().map(|stored| &stored.request), user.id) {
        let moves = vec![Move::Given(Input::Refused { user: Some(user.id), cause: "unexpected_account" })];
        let turn = Turn { refusal: Some(Refusal::UnexpectedAccount), ..Turn::plain(flow, moves) };
        return settle(app, cx, realm, place, turn, None).await;
    }
    let cx = &cx.acting_as(Actor::User(user.id));
    let proofs = proofs(right.proven, cx);
    let input = match (task, proofs.first()) {
        (Task::Recover, Some(proof)) => Input::Recovered { user: user.id, proof: *proof },
        _ => Input::Proved { user: user.id, proofs, account_active: user.is_active() },
    };
    let kind = app.methods.get(&challenge.method).and_then(|method| method.facts().credential);
    let turn = Turn {
        request,
        reset: kind.map(|kind| (user.id, kind)),
        knows_user_agent,
        effects: right.stored,
        user: Some(user),
        ..Turn::plain(flow, vec![Move::Given(input)])
    };
    settle(app, cx, realm, place, turn, None).await
}

async fn refuse(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    case: Case,
    refusal: Refusal,
) -> Result<Acted, FlowError> {
    let user = case.user.as_ref().map(|user| user.id);
    let moves = vec![Move::Given(Input::Refused { user, cause: "challenge" })];
    let turn = Turn { refusal: Some(refusal), ..Turn::plain(case.flow, moves) };
    settle(app, cx, realm, place, turn, None).await
}

async fn give_back(app: &App, cx: &Cx, case: Case) -> Result<Acted, FlowError> {
    let mut tx = app.store.write(cx).await?;
    tx.challenges().release_challenge_attempt(case.challenge.id).await?;
    let kind = app.methods.get(&case.challenge.method).and_then(|method| method.facts().credential);
    if let (Some(_), Some(user), Some(kind)) = (&case.reservation, &case.user, kind) {
        tx.lockouts().release_attempt(user.id, kind).await?;
    }
    tx.commit().await?;
    Ok(Acted::of(case.flow, Outcome::Refused(Refusal::CodeMalformed)))
}

/// Stores a confirmed authenticator and goes on.
async fn enrol(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    case: Case,
    enrolled: Result<Enrolled, MethodError>,
) -> Result<Acted, FlowError> {
    let (credentials, replaces, proven) = match enrolled {
        Ok(Enrolled::Right { credentials, replaces, proven }) => (credentials, replaces, proven),
        Ok(Enrolled::Wrong) => return refuse(app, cx, realm, place, case, Refusal::CodeWrong).await,
        Err(MethodError::Malformed) => return give_back(app, cx, case).await,
        Err(error) => return Err(FlowError::Method(error)),
    };
    let Some(user) = case.user.clone().filter(|user| case.flow.user == Some(user.id)) else {
        return Err(FlowError::Spent);
    };
    let cx = &cx.acting_as(Actor::User(user.id));
    let mut stored = vec![Effect::Consume(case.challenge.id)];
    let kinds: Vec<CredentialKind> = credentials.iter().map(|new| new.kind).collect();
    for old in case.bound.iter().filter(|old| replaces && kinds.contains(&old.kind)) {
        let event =
            vestibule_authn::AuthnEvent::CredentialRemoved { user: user.id, id: old.id, kind: old.kind };
        stored.push(Effect::Unbind(old.id, event.into()));
    }
    for new in credentials {
        stored.push(Effect::Bind(Box::new(effects::bind(app, cx, user.id, new)?)));
    }
    if user.primary_email().is_some() {
        let mut data = serde_json::Map::new();
        data.insert("factor".to_owned(), Value::String(case.challenge.method.as_str().to_owned()));
        let time = cx.now.format("%-d %B %Y, %H:%M UTC").to_string();
        data.insert("time".to_owned(), Value::String(time));
        stored.push(Effect::Tell(user.id, MessageKind::FactorAdded, data));
    }
    let input = Input::Proved { user: user.id, proofs: proofs(proven, cx), account_active: user.is_active() };
    let turn = Turn {
        effects: stored,
        user: Some(user),
        knows_user_agent: case.knows_user_agent,
        ..Turn::plain(case.flow, vec![Move::Given(input)])
    };
    settle(app, cx, realm, place, turn, None).await
}
