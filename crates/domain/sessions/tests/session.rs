//! A session opens only from a finished flow, and ends at its limits.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;
use vestibule_authn::{
    Flow, FlowState, Input, Intent, Requirement, Requirements, StepContext,
    flow::{NewFlow, Proof},
    step,
};
use vestibule_kernel::{
    Digest, FlowId, SessionId, UserId,
    assurance::{Acr, Amr, Factor},
};
use vestibule_sessions::{ActiveSession, Lifetimes};

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn lifetimes() -> Lifetimes {
    Lifetimes { idle: Duration::hours(1), absolute: Duration::hours(3) }
}

fn flow() -> Flow {
    let new = NewFlow {
        id: FlowId::from_uuid(Uuid::from_u128(1)),
        binding: Digest::of(b"cookie"),
        intent: Intent::SignIn,
        state: FlowState::Identify,
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

fn proved(owed: Vec<Requirement>) -> Flow {
    let user = UserId::from_uuid(Uuid::from_u128(2));
    let proof = Proof { factor: Factor::Knowledge, amr: Amr::Pwd, at: START };
    let input = Input::Proved { user, proofs: vec![proof], account_active: true };
    let context = StepContext { now: START, owed: Requirements::new(owed) };
    step(flow(), input, &context).unwrap().flow.value
}

fn session() -> ActiveSession {
    let Ok((_, Some(authenticated))) = proved(vec![]).finish() else { panic!("the flow is satisfied") };
    let id = SessionId::from_uuid(Uuid::from_u128(3));
    ActiveSession::open(id, Digest::of(b"secret"), &authenticated, lifetimes(), (None, None), START).value
}

#[test]
fn a_flow_with_something_owed_gives_no_proof() {
    let owed = vec![Requirement::Consent { scopes: vec!["email".into()] }];
    assert!(proved(owed).finish().is_err());
    assert!(flow().finish().is_err());
}

#[test]
fn a_session_carries_what_the_flow_proved() {
    let session = session();
    assert_eq!(session.get().acr, Acr::SingleFactor);
    assert_eq!(session.get().auth_time, START);
    assert!(session.get().amr.contains(&Amr::Pwd));
}

#[test]
fn a_session_ends_when_idle_and_in_any_case_at_its_absolute_limit() {
    let row = session().into_inner();
    assert!(row.clone().active(START + Duration::minutes(59)).is_some());
    assert!(row.active(START + Duration::hours(1)).is_none());
    let mut active = session();
    let mut now = START;
    while let Some(next) = active.get().clone().active(now + Duration::minutes(50)) {
        now += Duration::minutes(50);
        active = next.touch(lifetimes(), now).unwrap().value;
    }
    assert_eq!(
        active.get().idle_expires_at,
        START + Duration::hours(3),
        "use never moves the absolute limit"
    );
}

#[test]
fn a_revoked_session_is_never_active() {
    let mut row = session().into_inner();
    row.revoked_at = Some(START);
    assert!(row.active(START).is_none());
}

#[test]
fn use_within_a_minute_is_not_written_back() {
    assert!(session().touch(lifetimes(), START + Duration::seconds(59)).is_none());
    assert!(session().touch(lifetimes(), START + Duration::seconds(60)).is_some());
}

#[test]
fn max_age_is_measured_from_the_last_proof_and_zero_means_again() {
    let session = session();
    assert!(session.is_fresher_than(10, START + Duration::seconds(10)));
    assert!(!session.is_fresher_than(10, START + Duration::seconds(11)));
    assert!(!session.is_fresher_than(0, START));
}

#[test]
fn a_second_sign_in_renews_the_own_session_and_never_somebody_elses() {
    let Ok((_, Some(again))) = proved(vec![]).finish() else { panic!("the flow is satisfied") };
    let secret = Digest::of(b"new secret");
    let Ok(renewed) = session().renew(secret, &again, lifetimes(), (None, None), START) else {
        panic!("the user is the same")
    };
    assert_eq!(renewed.value.get().id, session().get().id);
    assert!(renewed.value.get().secret.matches(&secret));
    assert_eq!(renewed.expected, Some(session().get().version));
    let mut other = session().into_inner();
    other.user = UserId::from_uuid(Uuid::from_u128(9));
    let other = other.active(START).unwrap();
    assert!(other.renew(secret, &again, lifetimes(), (None, None), START).is_err());
}
