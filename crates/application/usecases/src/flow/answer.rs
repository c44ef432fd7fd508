//! Answers to challenges: counted before they are judged, judged outside any transaction, claimed in the one that uses
//! them. An answer to nobody's challenge is judged like any other and is never right.

use serde_json::Value;
use vestibule_authn::{
    AttemptReserved, AuthnEvent, ChallengePurpose, Credential, CredentialKind, Flow, FlowState, Input,
    MethodId, Reservation, StoredChallenge, Task, TrustedDevice,
    flow::Proof,
    method::{Answer, Enrolled, Judgement, LoginMethod, MethodEffect, MethodError, Person, Proven},
    methods::recovery_code::LEFT,
};
use vestibule_kernel::{Actor, Cx, OpaqueToken, Secret, StoreError, UserId};
use vestibule_oauth::request::StoredRequest;
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::User;

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal},
    attempt::stand_in,
    challenge::{Subject, begin_codes, opened, purpose, renew},
    device::KnownDevices,
    effects::{self, Effect},
    policy, recover,
    settle::{Move, Turn, settle},
    sign_up,
};
use crate::{App, RealmSnapshot, challenge};

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

/// What is judged: everything loaded in the transaction that counted the attempt.
struct Case {
    flow: Flow,
    request: Option<StoredRequest>,
    challenge: StoredChallenge,
    task: Task,
    user: Option<User>,
    bound: Vec<Credential>,
    reservation: Option<Reservation>,
    knows_user_agent: bool,
    /// Whether the answer names an authenticator that nobody here has; for a new one, that somebody has it.
    mismatch: bool,
}

/// Judges an answer. A WebAuthn challenge serves one answer: where the page comes again, it gets another one.
pub(super) async fn answer(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    given: Given,
) -> Result<Acted, FlowError> {
    let spends = matches!(given, Given::Document(_));
    let acted = judged(app, cx, realm, place, given).await?;
    match &acted.outcome {
        Outcome::Refused(refusal) if spends && *refusal != Refusal::CodeMalformed => {
            renew(app, cx, realm, place, acted).await
        }
        _ => Ok(acted),
    }
}

async fn judged(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    given: Given,
) -> Result<Acted, FlowError> {
    let (flow, mut tx) = match place.open(app, cx).await? {
        Ok(open) => open,
        Err(repeated) => return Ok(*repeated),
    };
    let case = match load(app, cx, realm, (flow, tx.as_mut()), &given).await {
        Ok(case) => {
            tx.commit().await?;
            case
        }
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    let case = match case {
        Ok(case) => case,
        Err(flow) => return Ok(Acted::of(*flow, Outcome::Refused(Refusal::CodeSpent))),
    };
    let until = match case.reservation {
        Some(Reservation::Delayed { until }) => Some(Some(until)),
        Some(Reservation::Disabled) => Some(None),
        Some(Reservation::Granted(_)) | None => None,
    };
    if let Some(until) = until {
        let user = case.user.as_ref().map(|user| user.id);
        let moves = vec![Move::Given(Input::Slowed { user, until })];
        return settle(app, cx, realm, place, Turn::plain(case.flow, moves), None).await;
    }
    let binds = case.task.binds();
    let taken = if case.challenge.method == MethodId::PHONE_CODE {
        Refusal::PhoneTaken
    } else {
        Refusal::PasskeyExists
    };
    match Box::pin(judge(app, cx, realm, place, *case, given)).await {
        // Two requests bound the same authenticator: one of them did. A number is another account's by now.
        Err(FlowError::Store(StoreError::Conflict(_))) if binds => refused_late(app, cx, place, taken).await,
        // Somebody else claimed it, or an authenticator moved: this answer is not accepted.
        Err(FlowError::Spent | FlowError::Store(StoreError::Stale)) => {
            refused_late(app, cx, place, Refusal::CodeSpent).await
        }
        other => other,
    }
}

/// The flow as another request left it, with what became of this answer.
async fn refused_late(app: &App, cx: &Cx, place: &Place<'_>, refusal: Refusal) -> Result<Acted, FlowError> {
    let mut tx = app.store.read(cx).await?;
    let flow = tx.flows().find_flow(place.id).await?.ok_or(FlowError::Unknown)?;
    tx.commit().await?;
    Ok(Acted::of(flow, Outcome::Refused(refusal)))
}

/// Counts the attempt and loads what it is judged by; gives the flow back where nothing waits for this answer.
async fn load(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (flow, tx): (Flow, &mut dyn RealmTx),
    given: &Given,
) -> Result<Result<Box<Case>, Box<Flow>>, FlowError> {
    let (found, task) = match &flow.state {
        FlowState::Challenge { challenge, task, .. } => {
            (tx.challenges().find_challenge(*challenge).await?, *task)
        }
        _ => {
            let purpose = ChallengePurpose::Prove;
            (tx.challenges().find_flow_challenge(flow.id, &MethodId::PASSKEY, purpose).await?, Task::First)
        }
    };
    let Some(challenge) = found.filter(|challenge| challenge.is_open(cx.now)) else {
        return Ok(Err(Box::new(flow)));
    };
    let method = app.methods.get(&challenge.method).ok_or(FlowError::NoMethod)?;
    let other_link = matches!(given, Given::Link(token)
        if !challenge.link.as_ref().is_some_and(|link| link.matches(&token.digest())));
    if other_link
        || tx.challenges().reserve_challenge_attempt(challenge.id, cx.now).await? == AttemptReserved::Refused
    {
        return Ok(Err(Box::new(flow)));
    }
    let request = match flow.request {
        Some(id) => tx.requests().find_request(id).await?,
        None => None,
    };
    let kind = method.facts().credential;
    let external = match given {
        Given::Document(document) => method.names(&Answer::Document(document.clone())),
        _ => None,
    };
    let known = match (&external, kind) {
        (Some(external), Some(kind)) => {
            tx.credentials().find_credential_by_external_id(kind, external).await?
        }
        _ => None,
    };
    let mismatch = external.is_some() && known.is_some() == task.binds();
    let named = known.filter(|_| !task.binds());
    let owner = challenge.user.or(named.as_ref().map(|credential| credential.user));
    let typed = flow.identifier.as_deref().unwrap_or_default();
    let sought = owner.unwrap_or_else(|| stand_in(app, realm, typed));
    let user = tx.users().find_user(sought).await?;
    let bound = match named {
        Some(named) => vec![named],
        None => tx.credentials().list_credentials(sought).await?,
    };
    let guessed = kind.filter(|kind| matches!(kind, CredentialKind::Totp | CredentialKind::RecoveryCode));
    let reservation = match (owner, guessed) {
        (Some(user), Some(kind)) if !task.binds() => {
            Some(tx.lockouts().reserve_attempt(user, kind, cx.now).await?)
        }
        _ => None,
    };
    let knows_user_agent = match &cx.origin.user_agent {
        Some(agent) => tx.sessions().knows_user_agent(sought, agent).await?,
        None => true,
    };
    let case = Case { flow, request, challenge, task, user, bound, reservation, knows_user_agent, mismatch };
    Ok(Ok(Box::new(case)))
}

async fn judge(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    case: Case,
    given: Given,
) -> Result<Acted, FlowError> {
    let method = app.methods.get(&case.challenge.method).ok_or(FlowError::NoMethod)?;
    let envelope = challenge::open(app, cx.realm, &case.challenge)?;
    let answer = match (given, envelope.code()) {
        (Given::Code(code), _) => Answer::Code(code),
        (Given::Document(document), _) => Answer::Document(document),
        (Given::Saved, _) => Answer::Document(serde_json::json!({"saved": true})),
        (Given::Link(_), Some(code)) => Answer::Code(code.clone()),
        (Given::Link(_), None) => return refuse(app, cx, realm, place, case, Refusal::CodeSpent).await,
    };
    let pending = envelope.pending.as_ref().and_then(sign_up::Pending::read);
    let person = match (&pending, &case.user) {
        (Some(pending), _) => Some(pending.person()),
        (None, Some(user)) => Some(challenge::person(user, purpose(case.task))),
        (None, None) => None,
    };
    if case.task.binds() {
        return enrol(app, cx, realm, place, case, (method, person, &envelope.payload, answer)).await;
    }
    // A decoy is judged too, so that a malformed answer is told alike; whatever comes of it is not right.
    let real = case.challenge.user.is_some() || pending.is_some() || method.facts().discovers;
    let credentials = opened(app, cx, &case.bound, method)?;
    let seen = (person.as_ref(), credentials.as_slice());
    let judged = challenge::with_method(app, cx, realm, purpose(case.task), seen, |method_cx| {
        method.judge(method_cx, &envelope.payload, &answer)
    });
    match judged {
        Err(MethodError::Malformed) => give_back(app, cx, case).await,
        _ if !real => refuse(app, cx, realm, place, case, Refusal::CodeWrong).await,
        Ok(Judgement::Right { user, proven, effects }) => {
            let consumed = Effect::Consume(case.challenge.id);
            match pending {
                Some(pending) => {
                    let (new, proofs) = ((case.flow, pending), proofs(proven, cx));
                    let mut done = vec![consumed];
                    done.extend(Effect::answered(app, &case.challenge));
                    sign_up::complete(app, cx, realm, place, new, proofs, done).await
                }
                None => accept(app, cx, realm, place, case, Right { user, proven, effects, consumed }).await,
            }
        }
        Ok(Judgement::Cloned { user, credential }) => {
            let named = case.bound.iter().find(|bound| bound.id == credential);
            let event = named.map(|bound| AuthnEvent::CredentialCloneSuspected {
                user,
                id: bound.id,
                kind: bound.kind,
            });
            refuse_with(app, cx, realm, place, case, (Refusal::CodeWrong, event)).await
        }
        Ok(Judgement::Wrong) if case.mismatch => {
            refuse(app, cx, realm, place, case, Refusal::PasskeyUnknown).await
        }
        Ok(Judgement::Wrong) => refuse(app, cx, realm, place, case, Refusal::CodeWrong).await,
        Err(error) => Err(FlowError::Method(error)),
    }
}

/// An accepted answer.
struct Right {
    user: UserId,
    proven: Vec<Proven>,
    effects: Vec<MethodEffect>,
    consumed: Effect,
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
    let Case { flow, request, user, task, challenge, bound, knows_user_agent, .. } = case;
    let Some(user) = user.filter(|user| user.id == right.user) else { return Err(FlowError::Spent) };
    // A second factor must be of the person who proved the first.
    let foreign = task == Task::Second && flow.user != Some(user.id);
    if foreign || !policy::is_awaited(&flow, request.as_ref().map(|stored| &stored.request), user.id) {
        let moves = vec![Move::Given(Input::Refused { user: Some(user.id), cause: "unexpected_account" })];
        let turn = Turn { refusal: Some(Refusal::UnexpectedAccount), ..Turn::plain(flow, moves) };
        return settle(app, cx, realm, place, turn, None).await;
    }
    let cx = &cx.acting_as(Actor::User(user.id));
    let verifies = right.effects.iter().any(|effect| matches!(effect, MethodEffect::VerifyEmail(_)));
    let mut stored = vec![right.consumed];
    stored.extend(Effect::answered(app, &challenge));
    if verifies {
        stored.extend(recover::cleanse(&user, &bound));
    }
    if let Some(left) = codes_left(&challenge, &right.effects) {
        stored.push(effects::tell(&user, MessageKind::RecoveryCodeUsed, cx, [("left", left)]));
    }
    stored.extend(effects::of_method(app, cx, right.effects, &bound, &user)?);
    let trusts = trusted_for(realm, place, &challenge, task).filter(|_| user.is_active());
    let trusts = trusts.map(|lifetime| {
        let known = KnownDevices::open(app, cx, place.browser.device.as_deref());
        (known.of_or_new(app, cx, user.id), lifetime)
    });
    if let Some((device, lifetime)) = trusts {
        let seen = (cx.origin.ip.map(|ip| ip.to_string()), cx.origin.user_agent.clone());
        let trust = TrustedDevice::trust(device, user.id, seen, lifetime, cx.now);
        stored.push(Effect::Trust(Box::new(trust)));
    }
    let proofs = proofs(right.proven, cx);
    let input = match (task, proofs.first()) {
        (Task::Recover, Some(proof)) => Input::Recovered { user: user.id, proof: *proof },
        _ => Input::Proved { user: user.id, proofs, account_active: policy::lets_in(&flow, &user) },
    };
    let kind = app.methods.get(&challenge.method).and_then(|method| method.facts().credential);
    let turn = Turn {
        request,
        reset: kind.map(|kind| (user.id, kind)),
        knows_user_agent,
        trusts: trusts.map(|(device, _)| device),
        effects: stored,
        user: Some(user),
        ..Turn::plain(flow, vec![Move::Given(input)])
    };
    settle(app, cx, realm, place, turn, None).await
}

/// How many recovery codes are left after one was used; none where another method answered.
fn codes_left(challenge: &StoredChallenge, effects: &[MethodEffect]) -> Option<String> {
    effects.iter().filter(|_| challenge.method == MethodId::RECOVERY_CODE).find_map(|effect| match effect {
        MethodEffect::Update { facts, .. } => facts.get(LEFT).map(ToString::to_string),
        _ => None,
    })
}

/// For how long the browser is trusted, if the person asked for it with a second factor that is not a spare one, and the
/// realm lets them.
fn trusted_for(
    realm: &RealmSnapshot,
    place: &Place<'_>,
    challenge: &StoredChallenge,
    task: Task,
) -> Option<chrono::Duration> {
    let asked = place.remember_device && task == Task::Second && challenge.method != MethodId::RECOVERY_CODE;
    let days = i64::try_from(realm.realm.settings.mfa.remember_device_days).unwrap_or(0);
    (asked && days > 0).then(|| chrono::Duration::days(days))
}

async fn refuse(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    case: Case,
    refusal: Refusal,
) -> Result<Acted, FlowError> {
    refuse_with(app, cx, realm, place, case, (refusal, None)).await
}

async fn refuse_with(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    case: Case,
    (refusal, event): (Refusal, Option<AuthnEvent>),
) -> Result<Acted, FlowError> {
    let user = case.user.as_ref().map(|user| user.id);
    let moves = vec![Move::Given(Input::Refused { user, cause: "challenge" })];
    // Whoever holds the copy learns nothing; its owner does.
    let told = case.user.as_ref().filter(|_| event.is_some());
    let message = if case.challenge.method == MethodId::SECURITY_KEY {
        MessageKind::SecurityKeyCopied
    } else {
        MessageKind::PasskeyCopied
    };
    let effects = told.map(|user| effects::tell(user, message, cx, [])).into_iter().collect();
    let events = event.into_iter().map(Into::into).collect();
    let turn = Turn { refusal: Some(refusal), events, effects, ..Turn::plain(case.flow, moves) };
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
    (method, person, payload, answer): (&dyn LoginMethod, Option<Person>, &[u8], Answer),
) -> Result<Acted, FlowError> {
    let credentials = opened(app, cx, &case.bound, method)?;
    let seen = (person.as_ref(), credentials.as_slice());
    let enrolled = challenge::with_method(app, cx, realm, ChallengePurpose::Enrol, seen, |method_cx| {
        method.finish_enrolment(method_cx, payload, &answer)
    });
    let (credentials, replaces, effects, proven) = match enrolled {
        Ok(Enrolled::Right { .. }) if case.mismatch => {
            return refuse(app, cx, realm, place, case, Refusal::PasskeyExists).await;
        }
        Ok(Enrolled::Right { credentials, replaces, effects, proven }) => {
            (credentials, replaces, effects, proven)
        }
        Ok(Enrolled::Wrong) => return refuse(app, cx, realm, place, case, Refusal::CodeWrong).await,
        Err(MethodError::Malformed) => return give_back(app, cx, case).await,
        Err(error) => return Err(FlowError::Method(error)),
    };
    let Some(user) = case.user.clone().filter(|user| case.flow.user == Some(user.id)) else {
        return Err(FlowError::Spent);
    };
    let cx = &cx.acting_as(Actor::User(user.id));
    let mut stored = vec![Effect::Consume(case.challenge.id)];
    stored.extend(Effect::answered(app, &case.challenge));
    let kinds: Vec<CredentialKind> = credentials.iter().map(|new| new.kind).collect();
    let replaced = case.bound.iter().filter(|old| replaces && kinds.contains(&old.kind));
    stored.extend(replaced.map(Effect::unbind));
    for new in credentials {
        stored.push(Effect::Bind(Box::new(effects::bind(app, cx, user.id, new)?)));
    }
    stored.extend(effects::of_method(app, cx, effects, &case.bound, &user)?);
    let proofs = proofs(proven, cx);
    let input = match recovery_codes(app, cx, realm, &case, &user)? {
        Some(codes) => {
            let (method, challenge) = (codes.method.clone(), codes.id);
            stored.push(Effect::Keep(Box::new(codes), false));
            Input::Enrolled { proofs, method, challenge }
        }
        None => {
            let account_active = policy::lets_in(&case.flow, &user);
            Input::Proved { user: user.id, proofs, account_active }
        }
    };
    let factor = [("factor", case.challenge.method.as_str().to_owned())];
    stored.push(effects::tell(&user, MessageKind::FactorAdded, cx, factor));
    let turn = Turn {
        effects: stored,
        user: Some(user),
        knows_user_agent: case.knows_user_agent,
        ..Turn::plain(case.flow, vec![Move::Given(input)])
    };
    settle(app, cx, realm, place, turn, None).await
}

/// Recovery codes for who just got a second factor and has none yet: without them a lost phone is a lost account.
fn recovery_codes(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    case: &Case,
    user: &User,
) -> Result<Option<StoredChallenge>, FlowError> {
    let has = case.bound.iter().any(|bound| bound.kind == CredentialKind::RecoveryCode);
    let second = app.methods.get(&case.challenge.method).is_some_and(|method| method.facts().second);
    let offered = case.task == Task::Offer;
    if has || offered || !second || !user.is_active() || case.challenge.method == MethodId::RECOVERY_CODE {
        return Ok(None);
    }
    let subject = Subject {
        user: Some(user.id),
        person: Some(challenge::person(user, ChallengePurpose::Enrol)),
        ..Subject::default()
    };
    begin_codes(app, cx, realm, &case.flow, subject)
}
