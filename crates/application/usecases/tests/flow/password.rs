//! Passwords: right, wrong, of nobody; and what is told to whom.

use vestibule_authn::{FailureReason, FlowState, StateName};
use vestibule_kernel::Secret;
use vestibule_usecases::flow::{Command, FlowError, Outcome, Refusal};
use vestibule_users::user::UserStatus;

use crate::world::{ADA, PASSWORD, World, identify, password};

#[tokio::test]
async fn both_fields_filled_by_a_manager_sign_in_at_once() {
    let world = World::new().await;
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    assert_eq!(acted.outcome, Outcome::Moved);
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert!(world.is_live(&acted.session.unwrap()).await);
    let events = world.events().await;
    assert!(
        events.ends_with(&["session.opened".into(), "user.signed_in".into()])
            || events.contains(&"user.signed_in".into())
    );
}

#[tokio::test]
async fn identifier_first_then_password() {
    let world = World::new().await;
    let visit = world.visit().await;
    let acted = world.act(&visit, identify(" ADA@acme.test ", None)).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Password);
    let acted = world.act(&visit, password(PASSWORD)).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert!(acted.session.is_some());
}

#[tokio::test]
async fn known_and_unknown_people_walk_the_same_states() {
    let world = World::new().await;
    let mut walks = Vec::new();
    for name in [ADA, "nobody@acme.test", "nobody"] {
        let visit = world.visit().await;
        let mut walk = Vec::new();
        for command in [identify(name, None), password("wrong"), password("wrong again")] {
            let acted = world.act(&visit, command).await.unwrap();
            walk.push((acted.flow.state.name(), acted.outcome, acted.session.is_some()));
        }
        let visit = world.visit().await;
        let acted = world.act(&visit, identify(name, Some("wrong"))).await.unwrap();
        walk.push((acted.flow.state.name(), acted.outcome, acted.session.is_some()));
        walks.push(walk);
    }
    assert_eq!(walks[0], walks[1]);
    assert_eq!(walks[0], walks[2]);
    let refused = Outcome::Refused(Refusal::PasswordWrong);
    assert_eq!(walks[0][1], (StateName::Password, refused, false));
}

#[tokio::test]
async fn an_inactive_account_is_told_only_after_the_proof() {
    let world = World::new().await;
    world.set_status(UserStatus::Suspended).await;
    let visit = world.visit().await;
    let acted = world.act(&visit, identify(ADA, Some("wrong"))).await.unwrap();
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::PasswordWrong));
    let acted = world.act(&visit, password(PASSWORD)).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Failed { reason: FailureReason::AccountInactive });
    assert!(acted.session.is_none());
}

#[tokio::test]
async fn a_password_is_compared_in_its_composed_form_and_never_cut() {
    let world = World::new().await;
    let visit = world.visit().await;
    let acted = world.act(&visit, identify(ADA, Some(&format!("{PASSWORD} ")))).await.unwrap();
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::PasswordWrong));
    let acted = world.act(&visit, password(&"x".repeat(4_097))).await.unwrap();
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::PasswordTooLong));
    let acted = world.act(&visit, password("")).await.unwrap();
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::PasswordMissing));
}

#[tokio::test]
async fn what_no_account_can_be_called_is_refused_at_once() {
    let world = World::new().await;
    let visit = world.visit().await;
    for (name, refusal) in [
        ("", Refusal::UsernameMissing),
        ("  ", Refusal::UsernameMissing),
        ("ada@", Refusal::UsernameMalformed),
        ("a\u{202e}b", Refusal::UsernameMalformed),
    ] {
        let acted = world.act(&visit, identify(name, None)).await.unwrap();
        assert_eq!(acted.outcome, Outcome::Refused(refusal), "{name:?}");
        assert_eq!(acted.flow.state, FlowState::Identify);
    }
}

#[tokio::test]
async fn an_identifier_of_a_kind_the_realm_refuses_matches_nobody() {
    let world = World::with(|settings| settings.login.email_identifier = false).await;
    let visit = world.visit().await;
    let acted = world.act(&visit, identify(ADA, Some(PASSWORD))).await.unwrap();
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::PasswordWrong));
}

#[tokio::test]
async fn without_a_method_nobody_signs_in() {
    let world = World::with(|settings| settings.login.password = false).await;
    let visit = world.visit().await;
    let refused = world.act(&visit, identify(ADA, Some(PASSWORD))).await;
    assert!(matches!(refused, Err(FlowError::NoMethod)));
}

#[tokio::test]
async fn a_hash_under_old_parameters_is_renewed_at_the_next_sign_in() {
    let mut world = World::new().await;
    let before = world.hash().await;
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    let realm = tx.realm().get_realm().await.unwrap();
    let mut settings = realm.settings.clone();
    settings.hashing.passes = 2;
    tx.realm().save_realm(realm.reconfigure(vec![], settings, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    world.realm = world.app.snapshots.refresh(world.realm.realm.id).await.unwrap().unwrap();
    world.sign_in(&world.visit().await).await;
    let after = world.hash().await;
    assert_ne!(before.expose(), after.expose());
    assert!(after.expose().contains("t=2"));
    // The renewed hash still opens.
    assert!(world.sign_in(&world.visit().await).await.session.is_some());
}

#[tokio::test]
async fn an_action_of_another_state_is_refused() {
    let world = World::new().await;
    let visit = world.visit().await;
    for command in [
        password(PASSWORD),
        Command::Allow { scopes: vec![] },
        Command::SignOut,
        Command::Stay,
        Command::UseSession,
        Command::Deny,
    ] {
        let refused = world.act(&visit, command).await;
        assert!(matches!(refused, Err(FlowError::NotAllowed(StateName::Identify))));
    }
    world.sign_in(&visit).await;
    let again = world.act(&visit, identify(ADA, Some(PASSWORD))).await;
    assert!(matches!(again, Err(FlowError::NotAllowed(StateName::Continue))));
}

#[tokio::test]
async fn failures_are_recorded_without_the_password() {
    let world = World::new().await;
    let visit = world.visit().await;
    let sentinel = "sentinel-6f1c-password";
    let password = Secret::new(sentinel.to_owned());
    let command = Command::Identify { username: ADA.to_owned(), password: Some(password) };
    world.act(&visit, command).await.unwrap();
    assert!(world.events().await.contains(&"user.sign_in_failed".to_owned()));
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let page = vestibule_kernel::PageRequest::default();
    let events = tx.events().list_events(&vestibule_events::EventFilter::default(), &page).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!serde_json::to_string(&events.items).unwrap().contains(sentinel));
}
