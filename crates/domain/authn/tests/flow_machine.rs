//! The machine over its whole table, and on random walks.
#![expect(clippy::panic, reason = "helpers of tests fail loudly")]

use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use uuid::Uuid;
use vestibule_authn::{
    ActionKind, Decision, FailureReason, Flow, FlowState, Input, Intent, MethodId, Requirement, Requirements,
    StateName, StepContext, StepError, Task,
    flow::{NewFlow, Proof, WaitingIdentity},
    step,
};
use vestibule_kernel::{
    AttemptId, ChallengeId, ConnectionId, Digest, FlowId, Timestamp, UserId,
    assurance::{Amr, Factor},
};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn user(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn scopes() -> Vec<String> {
    vec!["openid".to_owned(), "email".to_owned()]
}

fn flow(intent: Intent, state: FlowState) -> Flow {
    let new = NewFlow {
        id: FlowId::from_uuid(Uuid::from_u128(1)),
        binding: Digest::of(b"cookie"),
        intent,
        state,
        request: None,
        client: None,
        session: None,
        user: None,
        identifier: None,
        fresh: false,
        logout: None,
        account: None,
        locale: None,
        expires_at: START + Duration::minutes(30),
    };
    Flow::start(new, START).value
}

fn state_of(name: StateName) -> FlowState {
    match name {
        StateName::Identify => FlowState::Identify,
        StateName::Password => FlowState::Password,
        StateName::Passkey => challenge(MethodId::PASSKEY, Task::First),
        StateName::EmailCode => challenge(MethodId::EMAIL_CODE, Task::First),
        StateName::PhoneCode => challenge(MethodId::PHONE_CODE, Task::Second),
        StateName::Totp => challenge(MethodId::TOTP, Task::Second),
        StateName::RecoveryCode => challenge(MethodId::RECOVERY_CODE, Task::Second),
        StateName::OtherMethod => challenge(MethodId::new("smart_card"), Task::First),
        StateName::ChooseMethod => FlowState::ChooseMethod { task: Task::Second },
        StateName::SignUp => FlowState::SignUp,
        StateName::LinkAccount => FlowState::LinkAccount,
        StateName::VerifyContact => challenge(MethodId::EMAIL_CODE, Task::SignUp),
        StateName::Recover => FlowState::Recover,
        StateName::RecoverCode => challenge(MethodId::EMAIL_CODE, Task::Recover),
        StateName::NewPassword => FlowState::NewPassword,
        StateName::ChooseEnrolment => FlowState::ChooseEnrolment,
        StateName::EnrolTotp => challenge(MethodId::TOTP, Task::Enrol),
        StateName::EnrolPasskey => challenge(MethodId::PASSKEY, Task::Enrol),
        StateName::EnrolPhone => challenge(MethodId::PHONE_CODE, Task::Enrol),
        StateName::OfferPasskey => challenge(MethodId::PASSKEY, Task::Offer),
        StateName::RecoveryCodes => challenge(MethodId::RECOVERY_CODE, Task::Enrol),
        StateName::EnrolOther => challenge(MethodId::new("smart_card"), Task::Enrol),
        StateName::ChooseAccount => FlowState::ChooseAccount,
        StateName::CompleteProfile => completing(true),
        StateName::Consent => FlowState::Consent { scopes: scopes() },
        StateName::Slowed => FlowState::Slowed { until: None },
        StateName::ConfirmLogout => FlowState::ConfirmLogout,
        StateName::Satisfied => FlowState::Satisfied,
        StateName::Continue => FlowState::Continue,
        StateName::SignedOut => FlowState::SignedOut,
        StateName::Failed => FlowState::Failed { reason: FailureReason::Denied },
    }
}

fn challenge(method: MethodId, task: Task) -> FlowState {
    FlowState::Challenge { method, challenge: ChallengeId::from_uuid(Uuid::from_u128(7)), task }
}

fn completing(skippable: bool) -> FlowState {
    FlowState::CompleteProfile { fields: vec!["birthdate".to_owned()], skippable }
}

fn asks(skippable: bool) -> Requirement {
    Requirement::Profile { fields: vec!["birthdate".to_owned()], skippable }
}

fn second() -> Proof {
    Proof { factor: Factor::Possession, amr: Amr::Otp, at: START }
}

fn proof() -> Proof {
    Proof { factor: Factor::Knowledge, amr: Amr::Pwd, at: START }
}

fn inputs() -> Vec<Input> {
    vec![
        Input::Identified { identifier: "ada".to_owned(), user: Some(user(1)) },
        Input::Proved { user: user(1), proofs: vec![proof()], account_active: true },
        Input::Proved { user: user(1), proofs: vec![proof()], account_active: false },
        Input::Refused { user: None, cause: "password" },
        Input::Slowed { user: None, until: None },
        challenged(Task::Second),
        Input::Recovered { user: user(1), proof: second() },
        Input::ProfileSaved,
        Input::Skipped,
        Input::SigningUp,
        Input::ByPassword,
        Input::Recovering,
        waits(Some(1)),
        waits(None),
        Input::Restart,
        Input::UseSession { user: user(1) },
        Input::UseAnother,
        Input::Allowed { scopes: scopes() },
        Input::Denied,
        Input::SignOut,
        Input::Stay,
    ]
}

/// An identity that waits for an account, or for a new one.
fn waits(for_user: Option<u128>) -> Input {
    let identity = WaitingIdentity {
        attempt: AttemptId::from_uuid(Uuid::from_u128(9)),
        connection: ConnectionId::from_uuid(Uuid::from_u128(10)),
        user: for_user.map(user),
        label: "ada".to_owned(),
        email: None,
        proven: false,
        profile: serde_json::Map::new(),
    };
    Input::Waiting { identity: Box::new(identity) }
}

fn challenged(task: Task) -> Input {
    let challenge = ChallengeId::from_uuid(Uuid::from_u128(8));
    Input::Challenged { method: MethodId::TOTP, challenge, task }
}

fn enrolled() -> Input {
    let challenge = ChallengeId::from_uuid(Uuid::from_u128(9));
    Input::Enrolled { proofs: vec![], method: MethodId::RECOVERY_CODE, challenge }
}

/// The states that the outcome of a method can follow: those with a way to prove something, or to ask for one.
fn judges(name: StateName) -> bool {
    !matches!(
        name,
        StateName::ChooseAccount
            | StateName::Consent
            | StateName::Slowed
            | StateName::ConfirmLogout
            | StateName::Satisfied
            | StateName::Continue
            | StateName::SignedOut
            | StateName::Failed
    )
}

fn context(owed: Vec<Requirement>, now: Timestamp) -> StepContext {
    StepContext { now, owed: Requirements::new(owed) }
}

#[test]
fn every_state_takes_its_own_actions_and_no_others() {
    for name in StateName::ALL {
        for input in inputs() {
            let allowed = match input.action() {
                Some(action) => name.actions().iter().any(|entry| entry.name == action),
                None => judges(name),
            };
            // Its action begins any method; the password is one only beside a first factor of somebody who is named.
            let first = matches!(state_of(name), FlowState::Challenge { task: Task::First, .. });
            let allowed = allowed && (input != Input::ByPassword || first);
            let mut flow = flow(Intent::SignIn, state_of(name));
            flow.identifier = Some("ada".to_owned());
            let answer = step(flow, input.clone(), &context(vec![], START));
            match answer {
                Ok(_) => assert!(allowed, "{name:?} took {input:?}"),
                Err(error) => {
                    assert!(!allowed, "{name:?} refused {input:?}");
                    assert_eq!(error, StepError::NotAllowed(name));
                }
            }
        }
    }
}

#[test]
fn the_password_is_a_way_back_to_the_page_that_one_came_from() {
    let by_code = |identifier: Option<&str>, waiting: bool| {
        let mut flow = flow(Intent::SignIn, challenge(MethodId::EMAIL_CODE, Task::First));
        flow.identifier = identifier.map(str::to_owned);
        if let (Input::Waiting { identity }, true) = (waits(Some(1)), waiting) {
            flow.waiting = Some(*identity);
        }
        step(flow, Input::ByPassword, &context(vec![], START)).map(|taken| taken.flow.value.state)
    };
    assert_eq!(by_code(Some("ada"), false), Ok(FlowState::Password));
    assert_eq!(by_code(Some("ada"), true), Ok(FlowState::LinkAccount));
    assert_eq!(by_code(None, false), Err(StepError::NotAllowed(StateName::EmailCode)), "whose?");
}

#[test]
fn an_expired_flow_takes_nothing() {
    for name in StateName::ALL {
        for input in inputs() {
            let late = context(vec![], START + Duration::minutes(30));
            let answer = step(flow(Intent::SignIn, state_of(name)), input, &late);
            assert!(matches!(answer, Err(StepError::Expired)));
        }
    }
}

#[test]
fn a_final_state_has_no_action_and_every_other_has_a_way_out() {
    for name in StateName::ALL {
        let over = name.is_final() || name == StateName::Satisfied;
        assert_eq!(name.actions().is_empty(), over, "{name:?}");
        for action in name.actions() {
            assert_eq!(ActionKind::allowed(name, action.name.as_str()), Some(action.name));
        }
    }
}

#[test]
fn every_step_raises_the_version_it_expects() {
    let before = flow(Intent::SignIn, FlowState::Identify);
    let version = before.version;
    let input = Input::Identified { identifier: "ada".to_owned(), user: None };
    let Ok(after) = step(before, input, &context(vec![], START)) else { panic!("the step is allowed") };
    assert_eq!(after.flow.expected, Some(version));
    assert_eq!(after.flow.value.version, version.next());
}

#[test]
fn something_is_offered_only_when_nothing_is_owed_and_may_be_left() {
    let offered = || {
        let challenge = ChallengeId::from_uuid(Uuid::from_u128(8));
        Input::Offered { method: MethodId::PASSKEY, challenge }
    };
    for name in StateName::ALL.into_iter().filter(|name| *name != StateName::Satisfied) {
        let early = step(flow(Intent::SignIn, state_of(name)), offered(), &context(vec![], START));
        assert!(matches!(early, Err(StepError::NotAllowed(_))), "{name:?}");
    }
    let done = flow(Intent::SignIn, FlowState::Satisfied);
    let Ok(taken) = step(done, offered(), &context(vec![], START)) else { panic!("an offer fits here") };
    assert_eq!(taken.flow.value.state.name(), StateName::OfferPasskey);
    let left = step(taken.flow.value, Input::Skipped, &context(vec![], START));
    assert!(matches!(left, Ok(left) if left.decision == Decision::Satisfied));
}

#[test]
fn the_profile_is_asked_for_after_every_proof_and_before_the_agreement() {
    let owed = vec![
        Requirement::Consent { scopes: scopes() },
        asks(true),
        Requirement::SecondFactor,
        Requirement::FirstFactor,
    ];
    let order: Vec<_> = Requirements::new(owed.clone()).iter().cloned().collect();
    assert_eq!(order, owed.into_iter().rev().collect::<Vec<_>>());
    let proven = Input::Proved { user: user(1), proofs: vec![proof()], account_active: true };
    let owed = vec![Requirement::Consent { scopes: scopes() }, asks(true)];
    let taken = step(flow(Intent::SignIn, FlowState::Password), proven, &context(owed, START));
    let Ok(asked) = taken else { panic!("a proof fits here") };
    assert_eq!(asked.flow.value.state, completing(true));
    let owed = vec![Requirement::Consent { scopes: scopes() }];
    let Ok(left) = step(asked.flow.value, Input::Skipped, &context(owed, START)) else {
        panic!("may be left")
    };
    assert_eq!(left.flow.value.state.name(), StateName::Consent);
    assert_eq!(left.flow.value.proofs, [proof()], "and nothing is proven anew");
}

#[test]
fn what_is_needed_for_the_profile_is_never_left_out() {
    let asking = || flow(Intent::SignIn, completing(false));
    let skipped = step(asking(), Input::Skipped, &context(vec![], START));
    assert!(matches!(skipped, Err(StepError::Needed)));
    let saved = step(asking(), Input::ProfileSaved, &context(vec![], START));
    assert!(matches!(saved, Ok(saved) if saved.decision == Decision::Satisfied));
    let Ok(left) = step(asking(), Input::Restart, &context(vec![], START)) else { panic!("a way out") };
    assert_eq!((left.flow.value.user, left.flow.value.state), (None, FlowState::Identify));
}

#[test]
fn a_recovery_is_remembered_until_its_proof_is_forgotten() {
    let recovering = flow(Intent::SignIn, state_of(StateName::RecoverCode));
    let input = Input::Recovered { user: user(1), proof: second() };
    let Ok(proven) = step(recovering, input, &context(vec![], START)) else { panic!("a code fits here") };
    assert!(proven.flow.value.recovered);
    let input = Input::Proved { user: user(1), proofs: vec![], account_active: true };
    let owed = context(vec![Requirement::SecondFactor], START);
    let Ok(set) = step(proven.flow.value, input, &owed) else { panic!("a password is set") };
    assert!(set.flow.value.recovered, "a second factor may still be owed");
    let Ok(again) = step(set.flow.value, Input::Restart, &owed) else { panic!("back to the start") };
    assert!(!again.flow.value.recovered);
}

#[test]
fn scopes_beyond_those_asked_are_refused() {
    let asking = flow(Intent::Consent, FlowState::Consent { scopes: scopes() });
    let input = Input::Allowed { scopes: vec!["admin".to_owned()] };
    assert!(matches!(step(asking, input, &context(vec![], START)), Err(StepError::ScopeNotAsked)));
}

#[test]
fn known_and_unknown_identifiers_lead_to_the_same_page() {
    let reached = [None, Some(user(1))].map(|user| {
        let input = Input::Identified { identifier: "ada".to_owned(), user };
        let answer = step(flow(Intent::SignIn, FlowState::Identify), input, &context(vec![], START));
        answer.map(|transition| (transition.flow.value.state, transition.decision)).ok()
    });
    assert_eq!(reached[0], reached[1]);
}

/// What a walk does next.
#[derive(Debug, Clone)]
enum Choice {
    Identify(u128),
    Prove { active: bool },
    ProveSecond,
    Challenge,
    Offer,
    Save,
    Skip,
    Enrol,
    Recovered,
    Wait(Option<u128>),
    SignUp,
    Refuse,
    Slow,
    Restart,
    UseSession,
    UseAnother,
    Allow(bool),
    Deny,
    SignOut,
    Stay,
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        4 => (1..4u128).prop_map(Choice::Identify),
        4 => prop::bool::weighted(0.9).prop_map(|active| Choice::Prove { active }),
        4 => Just(Choice::ProveSecond),
        2 => Just(Choice::Challenge),
        1 => Just(Choice::Offer),
        2 => Just(Choice::Save),
        2 => Just(Choice::Skip),
        1 => Just(Choice::Enrol),
        1 => Just(Choice::Recovered),
        1 => Just(Choice::SignUp),
        2 => prop::option::of(1..4u128).prop_map(Choice::Wait),
        2 => Just(Choice::Refuse),
        1 => Just(Choice::Slow),
        1 => Just(Choice::Restart),
        2 => Just(Choice::UseSession),
        1 => Just(Choice::UseAnother),
        3 => any::<bool>().prop_map(Choice::Allow),
        1 => Just(Choice::Deny),
        1 => Just(Choice::SignOut),
        1 => Just(Choice::Stay),
    ]
}

/// What a realm, a client and a browser ask for and bring along.
#[derive(Debug, Clone, Copy)]
struct Policy {
    choose: bool,
    session: Option<u128>,
    second_factor: bool,
    /// What a sign-in asks for the profile: nothing, or something that may be left or not.
    profile: Option<bool>,
    consent: bool,
}

/// What a walk really reached: kept apart from the machine, and compared with it.
#[derive(Debug, Clone, Default)]
struct Truth {
    named: Option<UserId>,
    chosen: bool,
    proven: Option<UserId>,
    second: bool,
    /// Whether the profile has what is asked for, or its owner left it where they may.
    complete: bool,
    consented: bool,
    fresh: bool,
}

impl Policy {
    fn owed(self, truth: &Truth) -> Vec<Requirement> {
        let mut owed = Vec::new();
        let session = self.session.map(user);
        let by_session = truth.chosen && !truth.fresh && session.is_some() && session == truth.named;
        if self.choose && !truth.chosen && truth.proven.is_none() && !truth.fresh {
            owed.push(Requirement::ChooseAccount);
        }
        if truth.proven.is_none() && !by_session {
            owed.push(Requirement::FirstFactor);
        }
        if self.second_factor && !truth.second {
            owed.push(Requirement::SecondFactor);
        }
        if let Some(skippable) = self.profile.filter(|_| truth.proven.is_some() && !truth.complete) {
            owed.push(asks(skippable));
        }
        if self.consent && !truth.consented {
            owed.push(Requirement::Consent { scopes: scopes() });
        }
        owed
    }
}

/// The input of a choice, and the truth after it.
fn take(choice: &Choice, flow: &Flow, policy: Policy, truth: &Truth) -> (Input, Truth) {
    let mut after = truth.clone();
    let nobody = Truth { fresh: true, ..Truth::default() };
    let input = match choice {
        Choice::Identify(number) => {
            after = Truth { named: Some(user(*number)), fresh: truth.fresh, ..Truth::default() };
            Input::Identified { identifier: number.to_string(), user: Some(user(*number)) }
        }
        Choice::Prove { active } => {
            let who = flow.user.unwrap_or(user(1));
            if *active {
                (after.named, after.proven) = (Some(who), Some(who));
            }
            Input::Proved { user: who, proofs: vec![proof()], account_active: *active }
        }
        Choice::ProveSecond => {
            let who = flow.user.unwrap_or(user(1));
            (after.named, after.proven, after.second) = (Some(who), Some(who), true);
            Input::Proved { user: who, proofs: vec![second()], account_active: true }
        }
        Choice::Save => {
            after.complete = true;
            Input::ProfileSaved
        }
        Choice::Skip => {
            after.complete |= policy.profile == Some(true) && flow.state.name() == StateName::CompleteProfile;
            Input::Skipped
        }
        Choice::Recovered => {
            let who = flow.user.unwrap_or(user(1));
            let (named, proven) = (Some(who), Some(who));
            after = Truth { named, proven, second: true, complete: false, consented: false, ..truth.clone() };
            Input::Recovered { user: who, proof: second() }
        }
        Choice::Wait(number) => {
            after = Truth { named: number.map(user), fresh: truth.fresh, ..Truth::default() };
            waits(*number)
        }
        Choice::Restart => {
            after = nobody;
            Input::Restart
        }
        Choice::UseAnother => {
            after = nobody;
            Input::UseAnother
        }
        Choice::UseSession => {
            let who = user(policy.session.unwrap_or(1));
            (after.named, after.chosen) = (Some(who), true);
            Input::UseSession { user: who }
        }
        Choice::Allow(all) => {
            after.consented = true;
            Input::Allowed { scopes: if *all { scopes() } else { vec![] } }
        }
        other => idle(other, flow),
    };
    (input, after)
}

/// The input of a choice that changes nothing of the truth.
fn idle(choice: &Choice, flow: &Flow) -> Input {
    match choice {
        Choice::Challenge => challenged(Task::Second),
        Choice::Offer => challenged(Task::Offer),
        Choice::Enrol => enrolled(),
        Choice::SignUp => Input::SigningUp,
        Choice::Refuse => Input::Refused { user: flow.user, cause: "password" },
        Choice::Slow => Input::Slowed { user: flow.user, until: None },
        Choice::Deny => Input::Denied,
        Choice::SignOut => Input::SignOut,
        Choice::Stay => Input::Stay,
        other => panic!("{other:?} changes something"),
    }
}

fn start(policy: Policy, logout: bool) -> Flow {
    if logout {
        return flow(Intent::LogoutConfirm, FlowState::ConfirmLogout);
    }
    let state = if policy.choose { FlowState::ChooseAccount } else { FlowState::Identify };
    flow(Intent::SignIn, state)
}

fn walk(policy: Policy, logout: bool, choices: &[Choice]) -> Result<(), TestCaseError> {
    let mut now = start(policy, logout);
    let mut truth = Truth::default();
    for choice in choices {
        let (input, after) = take(choice, &now, policy, &truth);
        let owed = policy.owed(&after);
        let before = now.state.name();
        let Ok(taken) = step(now.clone(), input, &context(owed.clone(), START)) else { continue };
        now = taken.flow.value;
        truth = after;
        match now.state {
            FlowState::Satisfied => {
                prop_assert!(owed.is_empty(), "satisfied though {owed:?} is owed");
                prop_assert_eq!(taken.decision, Decision::Satisfied);
            }
            FlowState::CompleteProfile { .. } => {
                prop_assert!(truth.proven.is_some(), "a profile is asked for before its owner is known");
                prop_assert!(!owed.contains(&Requirement::FirstFactor), "before the proof");
                prop_assert!(!owed.contains(&Requirement::SecondFactor), "before the second proof");
            }
            FlowState::Continue => prop_assert_eq!(before, StateName::ConfirmLogout),
            _ => {}
        }
        prop_assert!(now.proofs.is_empty() || truth.proven.is_some(), "a proof without Proved");
        prop_assert!(now.consented.is_none() || truth.consented, "an agreement without Allowed");
        let waits_for = now.waiting.as_ref().map(|identity| identity.user);
        prop_assert!(
            truth.proven.is_none() || waits_for.is_none_or(|whose| whose == truth.proven),
            "an identity waits for somebody else than who proved themselves"
        );
        if now.state == FlowState::Satisfied {
            let Ok((done, proof)) = now.clone().finish() else { panic!("a satisfied flow finishes") };
            prop_assert_eq!(&done.value.state, &FlowState::Continue);
            prop_assert_eq!(proof.map(|proof| proof.user()), truth.proven);
            now = done.value;
        } else {
            prop_assert!(now.clone().finish().is_err(), "finished in {:?}", now.state.name());
        }
    }
    Ok(())
}

fn policy() -> impl Strategy<Value = Policy> {
    let session = prop::option::of(1..4u128);
    let profile = prop::option::of(any::<bool>());
    (any::<bool>(), session, prop::bool::weighted(0.2), profile, any::<bool>()).prop_map(
        |(choose, session, second_factor, profile, consent)| Policy {
            choose,
            session,
            second_factor,
            profile,
            consent,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn random_walks_never_finish_with_something_owed(
        policy in policy(),
        logout in prop::bool::weighted(0.1),
        choices in prop::collection::vec(choice(), 1..24),
    ) {
        walk(policy, logout, &choices)?;
    }
}
