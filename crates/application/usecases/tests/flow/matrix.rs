//! The whole table: every state, every action, taken by the wrong browser, in the wrong realm, too late, a second time, with
//! rubbish, and where the state does not have it. What is right is walked in the other files.

use std::collections::BTreeSet;

use chrono::Duration;
use vestibule_authn::{ActionKind, FailureReason, FlowState, Intent, MethodId, StateName, Task};
use vestibule_kernel::{ChallengeId, Cx, OpaqueToken, RealmId, Secret, TokenKind, Version};
use vestibule_realms::{Realm, RealmSettings, Slug};
use vestibule_usecases::{
    RealmSnapshot,
    flow::{
        self, ActRequest, Acted, Browser, Command, FlowError, NewFlowRequest, Outcome, SignUpForm, Unsent,
    },
};

use crate::{
    ways::world,
    world::{Visit, World},
};

fn challenge(method: &'static str, task: Task) -> FlowState {
    let challenge = ChallengeId::from_uuid(uuid::Uuid::from_u128(5));
    FlowState::Challenge { method: MethodId::new(method), challenge, task }
}

/// Every state with a name of its own.
fn states() -> Vec<FlowState> {
    let mut states: Vec<FlowState> = [
        ("email_code", Task::First),
        ("phone_code", Task::First),
        ("passkey", Task::First),
        ("security_key", Task::Second),
        ("totp", Task::Second),
        ("recovery_code", Task::Second),
        ("another", Task::First),
        ("email_code", Task::SignUp),
        ("email_code", Task::Recover),
        ("passkey", Task::Offer),
        ("totp", Task::Enrol),
        ("passkey", Task::Enrol),
        ("security_key", Task::Enrol),
        ("recovery_code", Task::Enrol),
        ("phone_code", Task::Enrol),
        ("another", Task::Enrol),
    ]
    .map(|(method, task)| challenge(method, task))
    .into();
    states.extend([
        FlowState::Identify,
        FlowState::Password,
        FlowState::ChooseMethod { task: Task::Second },
        FlowState::SignUp,
        FlowState::LinkAccount,
        FlowState::Recover,
        FlowState::NewPassword,
        FlowState::ChooseEnrolment,
        FlowState::ChooseAccount,
        FlowState::CompleteProfile { fields: vec!["birthdate".to_owned()], skippable: true },
        FlowState::Consent { scopes: vec!["email".to_owned()] },
        FlowState::Slowed { until: None },
        FlowState::ConfirmLogout,
        FlowState::Satisfied,
        FlowState::Continue,
        FlowState::SignedOut,
        FlowState::Failed { reason: FailureReason::Denied },
    ]);
    states
}

/// Every action that the machine takes, with something that fits nothing.
fn commands() -> Vec<Command> {
    let secret = || Secret::new("no such secret".to_owned());
    vec![
        Command::Identify { username: "nobody@nowhere.test".to_owned(), password: Some(secret()) },
        Command::Password { password: secret() },
        Command::Begin { method: "nothing".to_owned(), phone: Some("12".to_owned()) },
        Command::Answer { code: secret() },
        Command::Passkey { credential: serde_json::json!({"id": [1, 2, 3], "type": 7}) },
        Command::ConfirmLink { token: OpaqueToken::new(TokenKind::Link, [3; 32]) },
        Command::Resend,
        Command::SignUp(Some(Box::new(SignUpForm {
            email: Some("no address".to_owned()),
            ..SignUpForm::default()
        }))),
        Command::Recover { username: Some("\u{202e}".to_owned()) },
        Command::NewPassword { password: Secret::new("x".to_owned()) },
        Command::Saved { saved: true },
        Command::SaveProfile {
            profile: serde_json::json!({"birthdate": {"$gt": ""}}).as_object().cloned().unwrap(),
            unsent: Unsent::MeansNo,
        },
        Command::Skip,
        Command::Restart,
        Command::UseSession,
        Command::UseAnother,
        Command::Allow { scopes: vec!["everything".to_owned()] },
        Command::Deny,
        Command::SignOut,
        Command::Stay,
    ]
}

/// A realm in which so much is tried from one address.
async fn unlimited() -> World {
    world(|settings| settings.sign_up.per_address_hour = 1_000_000).await
}

async fn begin(world: &World, state: &FlowState) -> Visit {
    let new = NewFlowRequest { state: Some(state.clone()), ..NewFlowRequest::new(Intent::SignIn) };
    world.visit_with(new).await
}

async fn act(
    world: &World,
    (cx, realm): (&Cx, &RealmSnapshot),
    visit: &Visit,
    step: Option<Version>,
    command: Command,
) -> Result<Acted, FlowError> {
    let (flow, browser) = (visit.flow, visit.browser.clone());
    let plain = (false, false, false);
    let (beside, passkeys, remember_device) = plain;
    let request = ActRequest { flow, browser, step, command, beside, passkeys, remember_device };
    flow::act(&world.app, cx, realm, request).await
}

async fn another_realm(world: &World) -> std::sync::Arc<RealmSnapshot> {
    let id = RealmId::from_uuid(world.app.entropy.uuid(world.now()));
    let mut settings = RealmSettings::default();
    settings.limits.sign_in_per_minute = 10_000;
    settings.limits.identifier_per_minute = 10_000;
    settings.sign_up.per_address_hour = 1_000_000;
    let realm = Realm::create(id, Slug::parse("other").unwrap(), vec![], settings, world.now()).unwrap();
    let mut tx = world.app.store.system(&world.app.above_realms()).await.unwrap();
    tx.directory().create_realm(realm).await.unwrap();
    tx.commit().await.unwrap();
    world.app.snapshots.by_id(id).await.unwrap().unwrap()
}

#[test]
fn the_lists_miss_no_state_and_no_action() {
    let named: BTreeSet<&str> = states().iter().map(|state| state.name().as_str()).collect();
    assert_eq!(named, StateName::ALL.iter().map(|state| state.as_str()).collect());
    let taken: BTreeSet<&str> = commands().iter().map(|command| command.kind().as_str()).collect();
    let all = StateName::ALL.into_iter().flat_map(StateName::actions).map(|action| action.name.as_str());
    // The way to a provider is no action of the machine.
    let all: BTreeSet<&str> = all.filter(|name| *name != ActionKind::Federate.as_str()).collect();
    assert_eq!(taken, all);
}

#[tokio::test]
async fn no_state_moves_for_another_browser_another_realm_or_too_late() {
    let world = unlimited().await;
    let other = another_realm(&world).await;
    let there = Cx { realm: other.realm.id, ..world.cx() };
    let late = Cx { now: world.now() + Duration::minutes(31), ..world.cx() };
    for state in states() {
        let visit = begin(&world, &state).await;
        let stolen = OpaqueToken::new(TokenKind::Flow, [9; 32]);
        let foreign =
            Visit { browser: Browser { flow: Some(stolen), ..Browser::default() }, flow: visit.flow };
        let before = world.stored(visit.flow).await;
        let name = state.name();
        for command in commands() {
            let kind = command.kind();
            let here = (&world.cx(), world.realm.as_ref());
            let outcome = act(&world, here, &foreign, None, command.clone()).await;
            assert!(matches!(outcome, Err(FlowError::Foreign)), "{name:?} {kind:?} by another browser");
            let outcome = act(&world, (&there, &other), &visit, None, command.clone()).await;
            assert!(
                matches!(outcome, Err(FlowError::Unknown | FlowError::NoMethod | FlowError::SignUpClosed)),
                "{name:?} {kind:?} in another realm"
            );
            let outcome = act(&world, (&late, world.realm.as_ref()), &visit, None, command).await;
            assert!(matches!(outcome, Err(FlowError::Expired { .. })), "{name:?} {kind:?} too late");
        }
        let after = world.stored(visit.flow).await;
        assert_eq!((after.state, after.version), (before.state, before.version), "{name:?}");
    }
}

#[tokio::test]
async fn a_form_of_a_page_that_was_left_changes_no_state() {
    let world = unlimited().await;
    for state in states() {
        let visit = begin(&world, &state).await;
        let before = world.stored(visit.flow).await;
        let name = state.name();
        for command in commands() {
            let (kind, step) = (command.kind(), Some(before.version.next()));
            let here = (&world.cx(), world.realm.as_ref());
            match act(&world, here, &visit, step, command).await {
                Ok(acted) => assert_eq!(acted.outcome, Outcome::Repeated, "{name:?} {kind:?}"),
                Err(error) => panic!("{name:?} {kind:?}: {error}"),
            }
        }
        let after = world.stored(visit.flow).await;
        assert_eq!((after.state, after.version), (before.state, before.version), "{name:?}");
    }
}

#[tokio::test]
async fn rubbish_and_foreign_actions_sign_nobody_in_and_break_nothing() {
    let world = unlimited().await;
    for state in states() {
        let name = state.name();
        for command in commands() {
            let (visit, kind) = (begin(&world, &state).await, command.kind());
            let allowed = name.actions().iter().any(|action| action.name == kind);
            let here = (&world.cx(), world.realm.as_ref());
            match act(&world, here, &visit, None, command).await {
                Ok(acted) => {
                    assert!(allowed, "{name:?} took {kind:?}");
                    assert!(acted.session.is_none() && acted.device.is_none(), "{name:?} {kind:?}");
                }
                // A new password is also refused where nobody proved whose it would be.
                Err(FlowError::NotAllowed(at)) => {
                    let nobodys = kind == ActionKind::NewPassword;
                    assert!((!allowed || nobodys) && at == name, "{name:?} {kind:?}");
                }
                Err(FlowError::Store(error)) => panic!("{name:?} {kind:?}: {error}"),
                Err(_) => {}
            }
            let after = world.stored(visit.flow).await;
            assert!(after.user.is_none() && after.proofs.is_empty(), "{name:?} {kind:?}");
            // Whoever stays signed in goes on with the session that was there.
            let goes_on = matches!(state, FlowState::Continue | FlowState::ConfirmLogout);
            let over = matches!(after.state, FlowState::Continue) && !goes_on;
            assert!(!over, "{name:?} {kind:?}: nobody proved anything");
        }
    }
}
