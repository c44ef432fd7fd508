//! Passkeys: offered, added, used, and refused, with an authenticator in software.

use std::sync::Arc;

use chrono::Duration;
use serde_json::{Value, json};
use vestibule_authn::{
    AuthnEvent, CredentialKind, FlowState, Methods, Reservation, StateName,
    flow::AccountPath,
    lockout::MAX_FAILURES,
    methods::{EmailCode, RecoveryCodes, Totp},
};
use vestibule_conformance::authenticator::{Behaviour, SoftAuthenticator};
use vestibule_kernel::{
    OpaqueToken, Secret,
    assurance::{Acr, Amr},
};
use vestibule_realms::settings::{MfaPolicy, RealmSettings};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    account::{self, AccountCx, AccountError},
    flow::{self, Acted, Browser, Command, Detail, FlowError, Outcome, Refusal},
};
use vestibule_users::user::UserStatus;
use vestibule_webauthn::Passkeys;

use crate::world::{ADA, PASSWORD, Visit, World, identify, password};

async fn world(change: impl FnOnce(&mut RealmSettings)) -> World {
    let mut world = World::with(|settings| {
        settings.login.passkey = true;
        change(settings);
    })
    .await;
    world.app.methods =
        Methods::new(vec![Arc::new(Passkeys), Arc::new(EmailCode), Arc::new(Totp), Arc::new(RecoveryCodes)]);
    world
}

fn device() -> SoftAuthenticator {
    SoftAuthenticator::new("http://localhost:8080")
}

/// The WebAuthn options of the page, if it has any that can be answered.
async fn options(world: &World, visit: &Visit) -> Option<Value> {
    let (app, cx) = (&world.app, world.cx());
    let shown = flow::show(app, &cx, &world.realm, &visit.browser, visit.flow, Detail::Page).await.unwrap();
    shown.challenge.filter(|challenge| challenge.open)?.presentation.webauthn
}

async fn asked(world: &World, visit: &Visit) -> Value {
    let Some(asked) = options(world, visit).await else { panic!("the page asks for a passkey") };
    asked
}

async fn act(world: &World, visit: &Visit, command: Command) -> Acted {
    world.act(visit, command).await.unwrap()
}

async fn sign_in_on(world: &World, passkeys: bool) -> (Visit, Acted) {
    let visit = world.visit().await;
    let acted = world.act_on(&visit, identify(ADA, Some(PASSWORD)), passkeys).await.unwrap();
    (visit, acted)
}

fn passkey(credential: Value) -> Command {
    Command::Passkey { credential }
}

fn begin(method: &str) -> Command {
    Command::Begin { method: method.to_owned(), phone: None }
}

/// Signs Ada in by password and adds the passkey that is offered.
async fn enrolled(world: &World) -> SoftAuthenticator {
    let mut device = device();
    let (visit, acted) = sign_in_on(world, true).await;
    assert_eq!(acted.flow.state.name(), StateName::OfferPasskey);
    let credential = device.create(&asked(world, &visit).await);
    let acted = act(world, &visit, passkey(credential)).await;
    assert_eq!(acted.outcome, Outcome::Moved);
    let Some(session) = &acted.session else { panic!("the sign-in goes on") };
    assert!(world.is_live(session).await);
    device
}

/// Answers the first page by a passkey.
async fn by_passkey(world: &World, device: &mut SoftAuthenticator) -> (Visit, Acted) {
    let visit = world.visit().await;
    let credential = device.get(&asked(world, &visit).await);
    let acted = act(world, &visit, passkey(credential)).await;
    (visit, acted)
}

fn refused(acted: &Acted) -> Option<&Refusal> {
    assert!(acted.session.is_none(), "a refused answer opens no session");
    match &acted.outcome {
        Outcome::Refused(refusal) => Some(refusal),
        Outcome::Moved | Outcome::Repeated => None,
    }
}

async fn passkeys_of(world: &World) -> Vec<vestibule_authn::Credential> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let bound = tx.credentials().list_credentials(world.user).await.unwrap();
    tx.commit().await.unwrap();
    bound.into_iter().filter(|credential| credential.kind == CredentialKind::Passkey).collect()
}

#[tokio::test]
async fn an_offered_passkey_signs_in_from_the_first_page_alone() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    world.advance(Duration::hours(1));
    let (_, acted) = by_passkey(&world, &mut device).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert_eq!(acted.flow.user, Some(world.user));
    assert_eq!(acted.flow.acr(), Some(Acr::MultiFactor));
    assert_eq!(acted.flow.proofs.iter().map(|proof| proof.amr).collect::<Vec<_>>(), [Amr::Hwk, Amr::User]);
    assert!(world.is_live(&acted.session.unwrap()).await);
    let bound = passkeys_of(&world).await;
    assert_eq!(bound[0].last_used_at, Some(world.now()));
    assert_eq!(bound[0].label.as_deref(), Some("Google Password Manager"));
    assert!(world.events().await.contains(&"credential.bound".to_owned()));
    assert_eq!(world.told(MessageKind::FactorAdded).await, [ADA], "its owner is told");
}

#[tokio::test]
async fn an_offer_can_be_left_and_comes_again_after_a_month() {
    let world = world(|_| {}).await;
    let (visit, acted) = sign_in_on(&world, true).await;
    assert_eq!(acted.flow.state.name(), StateName::OfferPasskey);
    assert!(acted.session.is_none(), "the session opens at the end");
    let left = act(&world, &visit, Command::Skip).await;
    assert_eq!(left.flow.state, FlowState::Continue);
    assert!(world.is_live(&left.session.unwrap()).await);
    for (days, offered) in [(0, false), (29, false), (2, true), (0, false)] {
        world.advance(Duration::days(days));
        let (_, acted) = sign_in_on(&world, true).await;
        let is_offered = acted.flow.state.name() == StateName::OfferPasskey;
        assert_eq!(is_offered, offered, "{days} days later");
    }
}

#[tokio::test]
async fn nothing_is_offered_where_it_could_not_be_kept_or_is_there_already() {
    let plain = World::new().await;
    let (_, acted) = sign_in_on(&plain, true).await;
    assert_eq!(acted.flow.state, FlowState::Continue, "the realm has no passkeys");
    let world = world(|_| {}).await;
    let (_, acted) = sign_in_on(&world, false).await;
    assert_eq!(acted.flow.state, FlowState::Continue, "the device cannot keep any");
    enrolled(&world).await;
    world.advance(Duration::days(40));
    let (_, acted) = sign_in_on(&world, true).await;
    assert_eq!(acted.flow.state, FlowState::Continue, "there is one");
}

#[tokio::test]
async fn who_is_deactivated_meanwhile_does_not_get_in_by_leaving_the_offer() {
    let world = world(|_| {}).await;
    let (visit, _) = sign_in_on(&world, true).await;
    world.set_status(UserStatus::Suspended).await;
    let left = act(&world, &visit, Command::Skip).await;
    assert!(matches!(left.flow.state, FlowState::Failed { .. }));
    assert!(left.session.is_none());
}

#[tokio::test]
async fn a_required_second_factor_can_be_a_passkey_which_is_both_factors_later() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let mut device = device();
    let (visit, acted) = sign_in_on(&world, true).await;
    assert_eq!(acted.flow.state, FlowState::ChooseEnrolment);
    let begun = act(&world, &visit, begin("passkey")).await;
    assert_eq!(begun.flow.state.name(), StateName::EnrolPasskey);
    let credential = device.create(&asked(&world, &visit).await);
    let codes = act(&world, &visit, passkey(credential)).await;
    assert_eq!(codes.flow.state.name(), StateName::RecoveryCodes);
    let done = act(&world, &visit, Command::Saved { saved: true }).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    let (_, alone) = by_passkey(&world, &mut device).await;
    assert_eq!(alone.flow.state, FlowState::Continue, "no second factor is owed");
    let (visit, second) = sign_in_on(&world, true).await;
    assert_eq!(second.flow.state.name(), StateName::Passkey, "the password alone is not enough");
    let credential = device.get(&asked(&world, &visit).await);
    let done = act(&world, &visit, passkey(credential)).await;
    assert_eq!(done.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_passkey_on_one_device_does_not_lock_a_password_out_on_another() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Optional).await;
    enrolled(&world).await;
    let (_, acted) = sign_in_on(&world, false).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_challenge_serves_one_answer_and_the_page_gets_another() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let visit = world.visit().await;
    let first = asked(&world, &visit).await;
    device.behaviour = Behaviour { verified: false, ..Behaviour::default() };
    let unverified = device.get(&first);
    device.behaviour = Behaviour::default();
    let acted = act(&world, &visit, passkey(unverified)).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong));
    let replay = device.get(&first);
    let acted = act(&world, &visit, passkey(replay)).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong), "the first challenge is spent");
    let second = asked(&world, &visit).await;
    assert_ne!(first["challenge"], second["challenge"]);
    let right = device.get(&second);
    let acted = act(&world, &visit, passkey(right.clone())).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    let other = world.visit().await;
    let acted = act(&world, &other, passkey(right)).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong), "another flow asked something else");
}

#[tokio::test]
async fn of_parallel_answers_one_signs_in() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let visit = world.visit().await;
    let credential = device.get(&asked(&world, &visit).await);
    let answers = (0..8).map(|_| world.act(&visit, passkey(credential.clone())));
    let sessions = futures::future::join_all(answers).await.into_iter().flatten();
    assert_eq!(sessions.filter(|acted| acted.session.is_some()).count(), 1);
}

#[tokio::test]
async fn a_page_left_open_too_long_asks_anew() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let visit = world.visit().await;
    let old = asked(&world, &visit).await;
    world.advance(Duration::minutes(6));
    let late = device.get(&old);
    let acted = act(&world, &visit, passkey(late)).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeSpent));
    let credential = device.get(&asked(&world, &visit).await);
    assert_eq!(act(&world, &visit, passkey(credential)).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_passkey_that_nobody_here_has_confirms_no_account() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let mut stranger = self::device();
    stranger.create(&json!({
        "rp": {"id": "localhost"}, "user": {"id": "AAAAAAAAAAAAAAAAAAAAAA"}, "challenge": "AAAA",
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"}
    }));
    let (_, acted) = by_passkey(&world, &mut stranger).await;
    assert_eq!(refused(&acted), Some(&Refusal::PasskeyUnknown));
    assert_eq!(acted.flow.user, None);
    let bound = passkeys_of(&world).await.remove(0);
    let removed = AuthnEvent::CredentialRemoved { user: world.user, id: bound.id, kind: bound.kind };
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    assert!(tx.credentials().delete_credential(bound.id, removed.into()).await.unwrap());
    tx.commit().await.unwrap();
    let (_, acted) = by_passkey(&world, &mut device).await;
    assert_eq!(refused(&acted), Some(&Refusal::PasskeyUnknown), "removed");
}

#[tokio::test]
async fn a_passkey_is_bound_once() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let (visit, _) = {
        let mut tx = world.app.store.write(&world.cx()).await.unwrap();
        let mut other = passkeys_of(&world).await.remove(0);
        tx.credentials().delete_credential(other.id, removed_of(&other)).await.unwrap();
        let new = vestibule_users::user::NewUser {
            username: Some(vestibule_kernel::contact::Username::parse("bob").unwrap()),
            ..Default::default()
        };
        let bob = vestibule_kernel::UserId::from_uuid(world.app.entropy.uuid(world.now()));
        tx.users().save_user(vestibule_users::User::create(bob, new, world.now()).unwrap()).await.unwrap();
        other.user = bob;
        let change = vestibule_kernel::Changed::quiet(other, None);
        tx.credentials().save_credential(change).await.unwrap();
        tx.commit().await.unwrap();
        world.advance(Duration::days(31));
        sign_in_on(&world, true).await
    };
    device.behaviour.repeats = true;
    let credential = device.create(&asked(&world, &visit).await);
    let acted = act(&world, &visit, passkey(credential)).await;
    assert_eq!(refused(&acted), Some(&Refusal::PasskeyExists));
    assert!(passkeys_of(&world).await.is_empty());
    device.behaviour.repeats = false;
    let credential = device.create(&asked(&world, &visit).await);
    assert_eq!(act(&world, &visit, passkey(credential)).await.flow.state, FlowState::Continue);
}

fn removed_of(credential: &vestibule_authn::Credential) -> vestibule_kernel::EventRecord {
    AuthnEvent::CredentialRemoved { user: credential.user, id: credential.id, kind: credential.kind }.into()
}

#[tokio::test]
async fn a_copied_passkey_is_refused_and_recorded() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    device.behaviour.counts = 5;
    assert_eq!(by_passkey(&world, &mut device).await.1.flow.state, FlowState::Continue);
    device.behaviour.counts = -2;
    let (_, acted) = by_passkey(&world, &mut device).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong));
    assert!(world.events().await.contains(&"credential.clone_suspected".to_owned()));
    assert_eq!(world.told(MessageKind::PasskeyCopied).await, [ADA]);
}

#[tokio::test]
async fn the_passkey_page_tells_nothing_of_an_account() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let mut walks = Vec::new();
    for name in [ADA, "nobody@acme.test"] {
        let visit = world.visit().await;
        act(&world, &visit, identify(name, None)).await;
        let begun = act(&world, &visit, begin("passkey")).await;
        let mut options = asked(&world, &visit).await;
        let credential = device.get(&options);
        options["challenge"].take();
        let acted = act(&world, &visit, passkey(credential)).await;
        walks.push((begun.flow.state.name(), begun.outcome, options, acted.flow.user, acted.outcome));
    }
    assert_eq!(walks[0], walks[1], "the chosen passkey decides, not the name that was typed");
    assert_eq!(walks[0].3, Some(world.user));
}

#[tokio::test]
async fn malformed_answers_cost_nothing_and_store_nothing() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let visit = world.visit().await;
    let options = asked(&world, &visit).await;
    for nonsense in [json!({}), json!({"rawId": "!"}), json!({"rawId": "AAAA", "response": {"signature": 7}})]
    {
        let acted = act(&world, &visit, passkey(nonsense)).await;
        assert_eq!(refused(&acted), Some(&Refusal::CodeMalformed));
    }
    let credential = device.get(&options);
    assert_eq!(act(&world, &visit, passkey(credential)).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_realm_without_passkeys_neither_asks_for_nor_takes_them() {
    let world = world(|settings| settings.login.passkey = false).await;
    let visit = world.visit().await;
    assert!(options(&world, &visit).await.is_none());
    let begun = world.act(&visit, begin("passkey")).await;
    assert!(matches!(begun, Err(FlowError::NoMethod)));
    let taken = world.act(&visit, passkey(json!({"rawId": "AAAA"}))).await;
    assert!(taken.is_err() || taken.is_ok_and(|acted| refused(&acted) == Some(&Refusal::CodeSpent)));
}

#[tokio::test]
async fn an_inactive_account_does_not_get_in_by_passkey() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    world.set_status(UserStatus::Suspended).await;
    let (_, acted) = by_passkey(&world, &mut device).await;
    assert!(matches!(acted.flow.state, FlowState::Failed { .. }));
    assert!(acted.session.is_none());
}

/// Ada at her account, with the session of this cookie.
async fn enter(world: &World, cookie: &OpaqueToken) -> AccountCx {
    let entered = AccountCx::enter(&world.app, &world.cx(), &world.realm, Some(cookie)).await;
    entered.unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn its_owner_adds_and_removes_a_passkey_after_a_proof_and_is_told_of_both() {
    let world = world(|_| {}).await;
    let (_, acted) = sign_in_on(&world, false).await;
    let cookie = acted.session.unwrap();
    let me = enter(&world, &cookie).await;
    let to = (Some(&me), AccountPath::parse(account::passkeys::ADDED).unwrap());
    let cx = world.cx();
    let started = account::start_proof(&world.app, &cx, &world.realm, &Browser::default(), to).await.unwrap();
    let browser = Browser { flow: Some(started.cookie), session: Some(cookie), ..Browser::default() };
    let visit = Visit { flow: started.flow, browser };
    assert_eq!(world.state(&visit).await, StateName::Password, "who it is is known, and proven anew");
    let proven = world.act_on(&visit, password(PASSWORD), true).await.unwrap();
    assert_eq!(proven.flow.state.name(), StateName::OfferPasskey);
    assert!(world.told(MessageKind::FactorAdded).await.is_empty(), "nothing was added yet");
    let credential = device().create(&asked(&world, &visit).await);
    let added = act(&world, &visit, passkey(credential)).await;
    assert_eq!(added.flow.state, FlowState::Continue);
    assert_eq!(world.told(MessageKind::FactorAdded).await, [ADA]);

    let cookie = added.session.unwrap();
    let bound = passkeys_of(&world).await.remove(0);
    world.advance(Duration::seconds(601));
    let stale = enter(&world, &cookie).await;
    assert!(matches!(stale.fresh(), Err(AccountError::ProofNeeded)), "without one nothing can be removed");
    let (_, again) = sign_in_on(&world, false).await;
    let me = enter(&world, &again.session.unwrap()).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    assert!(world.told(MessageKind::FactorRemoved).await.is_empty());
    account::remove_passkey(&world.app, &world.realm, &fresh, bound.id).await.unwrap();
    assert_eq!(world.told(MessageKind::FactorRemoved).await, [ADA]);
    assert!(passkeys_of(&world).await.is_empty());
    assert!(world.events().await.contains(&"credential.removed".to_owned()));
    let gone = account::remove_passkey(&world.app, &world.realm, &fresh, bound.id).await;
    assert!(matches!(gone, Err(AccountError::NotFound(_))));
}

#[tokio::test]
async fn a_passkey_that_is_the_last_way_in_stays() {
    let world = world(|_| {}).await;
    enrolled(&world).await;
    let (_, acted) = sign_in_on(&world, false).await;
    let me = enter(&world, &acted.session.unwrap()).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let bound = passkeys_of(&world).await.remove(0);
    // The same realm once it is for passkeys alone.
    let alone = self::world(|settings| settings.login.password = false).await;
    let refused = account::remove_passkey(&world.app, &alone.realm, &fresh, bound.id).await;
    assert!(matches!(refused, Err(AccountError::LastWayIn)));
    assert_eq!(passkeys_of(&world).await.len(), 1);
    assert!(world.told(MessageKind::FactorRemoved).await.is_empty());
    account::remove_passkey(&world.app, &world.realm, &fresh, bound.id).await.unwrap();
}

#[tokio::test]
async fn a_disabled_password_leaves_passkeys_working_and_works_again_once_it_is_set_anew() {
    let world = world(|_| {}).await;
    let mut device = enrolled(&world).await;
    let mut at = world.now();
    for _ in 0..MAX_FAILURES {
        let mut tx = world.app.store.write(&world.cx()).await.unwrap();
        let counted = tx.lockouts().reserve_attempt(world.user, CredentialKind::Password, at).await.unwrap();
        tx.commit().await.unwrap();
        let Reservation::Granted(count) = counted else { panic!("refused too early") };
        at = count.not_before.unwrap_or(at);
    }
    world.advance(at - world.now() + Duration::days(1));
    let (_, by_password) = sign_in_on(&world, false).await;
    assert_eq!(by_password.flow.state, FlowState::Slowed { until: None }, "also the right one");
    let (_, acted) = by_passkey(&world, &mut device).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    let session = acted.session.unwrap();
    assert!(world.is_live(&session).await);
    let (_, still) = sign_in_on(&world, false).await;
    assert_eq!(still.flow.state, FlowState::Slowed { until: None }, "a passkey says nothing of the password");

    let me = enter(&world, &session).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let new = "an altogether new pass phrase";
    let chosen = Secret::new(new.to_owned());
    account::change_password(&world.app, &world.realm, &fresh, &chosen).await.unwrap();
    let visit = world.visit().await;
    let acted = world.act(&visit, identify(ADA, Some(new))).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert!(acted.session.is_some());
}

#[tokio::test]
async fn a_sign_in_keeps_up_whether_a_passkey_is_backed_up() {
    let world = world(|_| {}).await;
    let mut device = device();
    device.behaviour.synced = true;
    let (visit, _) = sign_in_on(&world, true).await;
    let credential = device.create(&asked(&world, &visit).await);
    act(&world, &visit, passkey(credential)).await;
    for backed_up in [true, false, true] {
        device.behaviour.backed_up = backed_up;
        let (_, acted) = by_passkey(&world, &mut device).await;
        assert_eq!(acted.flow.state, FlowState::Continue);
        let facts = passkeys_of(&world).await.remove(0).facts;
        assert_eq!(facts["backed_up"], json!(backed_up));
        assert_eq!(facts["synced"], json!(true), "and forgets nothing else");
    }
}
