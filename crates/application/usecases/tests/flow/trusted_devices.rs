//! Browsers in which people asked not to be asked for a second factor again.

use chrono::Duration;
use vestibule_authn::{ChallengePurpose, FlowState, StateName, flow::AccountPath};
use vestibule_kernel::{OpaqueToken, Secret, assurance::Acr};
use vestibule_realms::settings::{MfaPolicy, RealmSettings};
use vestibule_sessions::Session;
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    account::{self, AccountCx},
    flow::{Acted, Browser, Command},
    oauth::{self, AuthorizeOutcome, ResumeCommand},
};

use crate::{
    ways::{answer, code_of, enrolled, enrolled_with_codes, mailed, world},
    world::{ADA, PASSWORD, Visit, World, identify, password},
};

/// A realm that wants second factors, and somebody with an authenticator app.
async fn scene(change: impl FnOnce(&mut RealmSettings)) -> (World, Vec<u8>) {
    let world = world(|settings| {
        settings.mfa.policy = MfaPolicy::Required;
        change(settings);
    })
    .await;
    let secret = enrolled(&world).await;
    (world, secret)
}

fn on(visit: Visit, device: Option<&String>) -> Visit {
    Visit { browser: Browser { device: device.cloned(), ..visit.browser }, ..visit }
}

/// Signs in with both factors and asks that the browser be trusted; gives its cookie.
async fn trust(world: &World, secret: &[u8]) -> Acted {
    // A code works once.
    world.advance(Duration::seconds(60));
    let visit = world.visit().await;
    assert_eq!(world.sign_in(&visit).await.flow.state.name(), StateName::Totp);
    let acted = world.act_remembering(&visit, answer(&code_of(secret, world))).await;
    assert_eq!(acted.flow.state, FlowState::Continue, "{:?}", acted.outcome);
    acted
}

/// Where a password leads in this browser.
async fn asked(world: &World, device: Option<&String>) -> Acted {
    let visit = on(world.visit().await, device);
    world.sign_in(&visit).await
}

async fn session(world: &World, cookie: &OpaqueToken) -> Session {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let session = tx.sessions().find_session_by_secret(&cookie.digest()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    session
}

async fn me(world: &World, cookie: &OpaqueToken) -> AccountCx {
    AccountCx::enter(&world.app, &world.cx(), &world.realm, Some(cookie)).await.unwrap()
}

#[tokio::test]
async fn a_trusted_browser_is_asked_for_the_password_only() {
    let (world, secret) = scene(|_| {}).await;
    let trusted = trust(&world, &secret).await;
    assert_eq!(session(&world, trusted.session.as_ref().unwrap()).await.acr, Acr::MultiFactor);
    let acted = asked(&world, trusted.device.as_ref()).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    let opened = session(&world, acted.session.as_ref().unwrap()).await;
    assert_eq!(opened.acr, Acr::SingleFactor, "what was not proven is not claimed");
    assert!(opened.second_factor_waived);
    let acted = asked(&world, None).await;
    assert_eq!(acted.flow.state.name(), StateName::Totp, "other browsers are asked");
    world.advance(Duration::days(30));
    let late = asked(&world, trusted.device.as_ref()).await;
    assert_eq!(late.flow.state.name(), StateName::Totp, "it ends");
}

#[tokio::test]
async fn nobody_is_trusted_who_did_not_ask() {
    let (world, secret) = scene(|_| {}).await;
    world.advance(Duration::seconds(60));
    let visit = world.visit().await;
    world.sign_in(&visit).await;
    let acted = world.act(&visit, answer(&code_of(&secret, &world))).await.unwrap();
    let again = asked(&world, acted.device.as_ref()).await;
    assert_eq!(again.flow.state.name(), StateName::Totp, "known is not trusted");
    // Asking along with the password alone trusts nothing.
    let visit = world.visit().await;
    let acted = world.act_remembering(&visit, identify(ADA, Some(PASSWORD))).await;
    assert_eq!(acted.flow.state.name(), StateName::Totp);
    assert_eq!(acted.device, None);
}

#[tokio::test]
async fn a_realm_can_let_nobody_ask() {
    let (world, secret) = scene(|settings| settings.mfa.remember_device_days = 0).await;
    let acted = trust(&world, &secret).await;
    let again = asked(&world, acted.device.as_ref()).await;
    assert_eq!(again.flow.state.name(), StateName::Totp);
}

#[tokio::test]
async fn the_application_lets_a_waived_sign_in_in_unless_it_demands_two_factors() {
    let (world, secret) = scene(|_| {}).await;
    let trusted = trust(&world, &secret).await;
    let visit = on(world.visit_client("shop", |_| {}).await, trusted.device.as_ref());
    let acted = world.sign_in(&visit).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    let command = ResumeCommand {
        request: acted.flow.request.unwrap(),
        flow: Some(acted.flow.id),
        session: acted.session.clone(),
        flow_cookie: visit.browser.flow.clone(),
    };
    let outcome = oauth::resume(&world.app, &world.cx(), &world.realm, command).await.unwrap();
    assert!(matches!(outcome, AuthorizeOutcome::Respond(_)), "the policy is met");
    let demanding = world
        .visit_client("shop", |request| {
            request.acr_values = vec![Acr::MultiFactor.as_str().to_owned()];
            request.acr_essential = true;
        })
        .await;
    let acted = world.sign_in(&on(demanding, trusted.device.as_ref())).await;
    assert_eq!(acted.flow.state.name(), StateName::Totp, "a demand is not waived");
}

#[tokio::test]
async fn sensitive_changes_ask_for_the_second_factor_all_the_same() {
    let (world, secret) = scene(|_| {}).await;
    let trusted = trust(&world, &secret).await;
    assert!(me(&world, trusted.session.as_ref().unwrap()).await.is_fresh());
    let waived = asked(&world, trusted.device.as_ref()).await;
    let mine = me(&world, waived.session.as_ref().unwrap()).await;
    assert!(!mine.is_fresh(), "a password alone takes no factor off");
    let browser = Browser { session: waived.session.clone(), ..Browser::default() };
    let to = AccountPath::parse("/security").unwrap();
    let started = account::start_proof(&world.app, &world.cx(), &world.realm, &browser, (Some(&mine), to))
        .await
        .unwrap();
    let browser = Browser { flow: Some(started.cookie), device: trusted.device.clone(), ..browser };
    let visit = Visit { flow: started.flow, browser };
    let acted = world.act(&visit, password(PASSWORD)).await.unwrap();
    assert_eq!(acted.flow.state.name(), StateName::Totp);
    world.advance(Duration::seconds(60));
    let proven = world.act(&visit, answer(&code_of(&secret, &world))).await.unwrap();
    assert!(me(&world, proven.session.as_ref().unwrap()).await.is_fresh());
}

#[tokio::test]
async fn trust_ends_with_the_password_and_by_the_word_of_its_owner() {
    for end in ["password", "sign out elsewhere", "not me", "forget", "everything ended"] {
        let (world, secret) = scene(|_| {}).await;
        let trusted = trust(&world, &secret).await;
        let mine = me(&world, trusted.session.as_ref().unwrap()).await;
        let listed = account::list_trusted_devices(&world.app, &mine).await.unwrap();
        assert_eq!(listed.len(), 1);
        let (app, realm) = (&world.app, &world.realm);
        let mut now = PASSWORD;
        match end {
            "password" => {
                now = "an altogether new pass phrase";
                let new = Secret::new(now.to_owned());
                account::change_password(app, realm, &mine.fresh().unwrap(), &new).await.unwrap();
            }
            "sign out elsewhere" => {
                account::end_other_sessions(app, &mine).await.unwrap();
            }
            "everything ended" => {
                // As a recovered password, an administrator and the realm document do.
                let visit = world.visit().await;
                for command in
                    [Command::Recover { username: None }, Command::Recover { username: Some(ADA.to_owned()) }]
                {
                    world.act(&visit, command).await.unwrap();
                }
                let (code, _) = mailed(&world, &visit, ChallengePurpose::Recover).await;
                world.act(&visit, answer(&code)).await.unwrap();
                now = "an altogether new pass phrase";
                let new = Secret::new(now.to_owned());
                world.act(&visit, Command::NewPassword { password: new }).await.unwrap();
            }
            "not me" => account::secure_account(app, &mine).await.unwrap(),
            _ => account::forget_trusted_device(app, &mine, listed[0].trusted.id).await.unwrap(),
        }
        let visit = on(world.visit().await, trusted.device.as_ref());
        let acted = world.act(&visit, identify(ADA, Some(now))).await.unwrap();
        assert_eq!(acted.flow.state.name(), StateName::Totp, "{end}");
    }
}

#[tokio::test]
async fn a_recovery_code_opens_once_trusts_nothing_and_is_told() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let (_, codes) = enrolled_with_codes(&world).await;
    let visit = world.visit().await;
    world.sign_in(&visit).await;
    let method = "recovery_code".to_owned();
    world.act(&visit, Command::Begin { method, phone: None }).await.unwrap();
    assert!(world.told(MessageKind::RecoveryCodeUsed).await.is_empty());
    let acted = world.act_remembering(&visit, answer(&codes[0])).await;
    assert_eq!(acted.flow.state, FlowState::Continue, "{:?}", acted.outcome);
    assert_eq!(world.told(MessageKind::RecoveryCodeUsed).await, [ADA]);
    let again = asked(&world, acted.device.as_ref()).await;
    assert_eq!(again.flow.state.name(), StateName::Totp, "a spare code trusts no browser");
}
