//! Who may enter a client, and what the client is told.

use std::sync::Arc;

use vestibule_authn::{FlowState, Intent, MethodId, Methods, StateName, method::Answer, methods::Totp};
use vestibule_kernel::Secret;
use vestibule_oauth::{OAuthError, Verification};
use vestibule_realms::settings::{MfaPolicy, RealmSettings};
use vestibule_usecases::{
    account::{self, AccountCx},
    flow::Command,
    oauth::{AuthorizeOutcome, AuthorizeOutcome::Flow},
};
use vestibule_webauthn::Passkeys;

use crate::support::{Visitor, World, answered, asking, claims, code_of};

async fn shop() -> World {
    let world = World::plain().await;
    world.client("shop", |_| ()).await;
    world.user("ada").await;
    world
}

fn error(outcome: &AuthorizeOutcome) -> String {
    answered(outcome, "error").unwrap_or_default()
}

#[tokio::test]
async fn with_a_session_nobody_is_asked_again() {
    let world = shop().await;
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    let outcome = browser.open(&asking(&[])).await;
    code_of(&outcome);
    assert_eq!(answered(&outcome, "iss").as_deref(), Some("https://id.test/realms/acme"));
    assert_eq!(answered(&outcome, "state").as_deref(), Some("s"));
}

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let world = shop().await;
    world.client("third", |m| m.require_consent = true).await;
    let mut browser = world.browser();
    let silent = asking(&[("prompt", "none")]);
    let outcome = browser.open(&silent).await;
    assert_eq!(error(&outcome), "login_required");
    assert_eq!(answered(&outcome, "iss").as_deref(), Some("https://id.test/realms/acme"));
    browser.code("ada", &asking(&[])).await;
    code_of(&browser.open(&silent).await);
    let third = asking(&[("client_id", "third"), ("prompt", "none")]);
    assert_eq!(error(&browser.open(&third).await), "consent_required");
}

#[tokio::test]
async fn prompt_login_and_max_age_move_the_time_of_the_sign_in() {
    let world = shop().await;
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    world.advance(100);
    for changes in [[("prompt", "login")], [("max_age", "0")], [("max_age", "50")]] {
        let before = world.cx().now.timestamp();
        let outcome = browser.open(&asking(&changes)).await;
        assert!(matches!(outcome, Flow(_)), "{changes:?}");
        let outcome = browser.sign_in("ada", outcome).await;
        let tokens = world.redeem(&code_of(&outcome)).await.unwrap();
        let auth_time = claims(tokens.id_token.as_deref().unwrap())["auth_time"].as_i64().unwrap();
        assert!(auth_time > before, "{changes:?}");
        world.advance(100);
    }
    code_of(&browser.open(&asking(&[("max_age", "10000")])).await);
}

#[tokio::test]
async fn the_age_a_client_is_registered_with_counts_unless_the_request_names_one() {
    let world = shop().await;
    world.client("bank", |m| m.default_max_age = Some(50)).await;
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    let bank = asking(&[("client_id", "bank")]);
    code_of(&browser.open(&bank).await);
    world.advance(100);
    code_of(&browser.open(&asking(&[])).await);
    let wider = asking(&[("client_id", "bank"), ("max_age", "10000")]);
    code_of(&browser.open(&wider).await);
    let silent = asking(&[("client_id", "bank"), ("prompt", "none")]);
    assert_eq!(error(&browser.open(&silent).await), "login_required");
    let before = world.cx().now.timestamp();
    let outcome = browser.open(&bank).await;
    assert!(matches!(outcome, Flow(_)), "too old for this client");
    let code = code_of(&browser.sign_in("ada", outcome).await);
    let tokens = world.exchange(crate::support::post("bank"), crate::support::code_request(&code)).await;
    let auth_time = claims(tokens.unwrap().id_token.as_deref().unwrap())["auth_time"].as_i64().unwrap();
    assert!(auth_time > before);
    let narrower = asking(&[("max_age", "0")]);
    assert!(matches!(browser.open(&narrower).await, Flow(_)));
}

#[tokio::test]
async fn a_nonce_of_4096_bytes_comes_back_whole_and_a_longer_one_is_refused() {
    let world = shop().await;
    let mut browser = world.browser();
    let longest = "n".repeat(4_096);
    let code = browser.code("ada", &asking(&[("nonce", longest.as_str())])).await;
    let tokens = world.redeem(&code).await.unwrap();
    assert_eq!(claims(tokens.id_token.as_deref().unwrap())["nonce"], longest.as_str());
    let longer = "n".repeat(4_097);
    assert_eq!(error(&browser.open(&asking(&[("nonce", longer.as_str())])).await), "invalid_request");
}

/// The flow that an outcome started, as it is stored.
async fn begun(world: &World, outcome: AuthorizeOutcome) -> vestibule_authn::Flow {
    let Flow(started) = outcome else { panic!("a flow starts") };
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let flow = tx.flows().find_flow(started.flow).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    flow
}

#[tokio::test]
async fn select_account_leads_whoever_is_signed_in_to_the_choice_and_others_to_the_sign_in() {
    let world = shop().await;
    let mut browser = world.browser();
    let choose = asking(&[("prompt", "select_account")]);
    let nobody = begun(&world, browser.open(&choose).await).await;
    assert_eq!(nobody.state, FlowState::Identify, "there is nothing to choose from");
    browser.code("ada", &asking(&[])).await;
    let outcome = browser.open(&choose).await;
    let flow = begun(&world, outcome).await;
    assert_eq!(flow.state, FlowState::ChooseAccount);
    let acted = browser.act(flow.id, Command::UseSession).await;
    code_of(&browser.resume(&acted.flow).await);
    let silent = asking(&[("prompt", "select_account none")]);
    assert_eq!(error(&browser.open(&silent).await), "invalid_request");
}

const ESSENTIAL: &str = r#"{"id_token":{"acr":{"essential":true,"value":"urn:vestibule:acr:multi-factor"}}}"#;
const MULTI: &str = "urn:vestibule:acr:multi-factor";
const SINGLE: &str = "urn:vestibule:acr:single-factor";

/// A realm with authenticator apps that nobody is asked for unless a client wants it.
async fn with_apps(change: impl FnOnce(&mut RealmSettings)) -> World {
    let mut world = World::new(|settings| {
        settings.mfa.policy = MfaPolicy::Off;
        change(settings);
    })
    .await;
    Arc::get_mut(&mut world.app).unwrap().methods = Methods::new(vec![Arc::new(Totp), Arc::new(Passkeys)]);
    world.client("shop", |_| ()).await;
    world.user("ada").await;
    world.user("bob").await;
    world
}

fn code_of_app(secret: &[u8], world: &World) -> Secret {
    let app = totp_rs::Builder::new().with_algorithm(totp_rs::Algorithm::SHA1);
    let app = app.with_secret(secret.to_vec()).build().unwrap();
    Secret::new(app.generate(u64::try_from(world.cx().now.timestamp()).unwrap()).to_string())
}

/// Adds an authenticator app at the account of whoever is signed in; its secret.
async fn add_app(world: &World, browser: &Visitor<'_>) -> Vec<u8> {
    let (app, realm) = (&world.app, world.snapshot().await);
    let entered = AccountCx::enter(app, &world.cx(), &realm, browser.cookies.session.as_ref()).await;
    let me = entered.unwrap_or_else(|error| panic!("{error}"));
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let id = account::begin_factor(app, &realm, &fresh, &MethodId::TOTP).await.unwrap();
    let shown = account::show_factor(app, &me, id, &MethodId::TOTP).await.unwrap().unwrap();
    let key = shown.manual_key.unwrap().replace(' ', "");
    let secret = data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap();
    let given = (Answer::Code(code_of_app(&secret, world)), None);
    account::confirm_factor(app, &realm, &fresh, (id, &MethodId::TOTP), given).await.unwrap();
    world.advance(60);
    secret
}

/// Signs Ada in with both factors on a flow, and redeems the code.
async fn with_both(world: &World, browser: &mut Visitor<'_>, flow: vestibule_kernel::FlowId, secret: &[u8]) {
    let before = world.cx().now.timestamp();
    world.advance(1);
    let command = Command::Identify {
        username: "ada@acme.test".into(),
        password: Some(Secret::new(crate::support::PASSWORD.into())),
    };
    let first = browser.act(flow, command).await;
    assert_eq!(first.flow.state.name(), StateName::Totp);
    let second = browser.act(flow, Command::Answer { code: code_of_app(secret, world) }).await;
    assert_eq!(second.flow.state, FlowState::Continue);
    let code = code_of(&browser.resume(&second.flow).await);
    let id = claims(world.redeem(&code).await.unwrap().id_token.as_deref().unwrap());
    assert_eq!(id["acr"], MULTI);
    assert!(id["auth_time"].as_i64().unwrap() > before, "both factors are of one sign-in");
}

#[tokio::test]
async fn a_session_one_factor_short_is_proven_anew_for_an_essential_context() {
    let world = with_apps(|_| ()).await;
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    let secret = add_app(&world, &browser).await;
    code_of(&browser.open(&asking(&[])).await);
    let silent = asking(&[("claims", ESSENTIAL), ("prompt", "none")]);
    assert_eq!(error(&browser.open(&silent).await), "login_required", "a page could meet it");
    let outcome = browser.open(&asking(&[("claims", ESSENTIAL)])).await;
    let flow = begun(&world, outcome).await;
    assert_eq!((flow.intent, flow.state), (Intent::StepUp, FlowState::Identify));
    with_both(&world, &mut browser, flow.id, &secret).await;
    code_of(&browser.open(&silent).await);
}

#[tokio::test]
async fn a_wish_for_a_context_is_met_by_who_has_a_second_factor_and_no_error_for_others() {
    let world = with_apps(|_| ()).await;
    let wish = asking(&[("acr_values", MULTI)]);
    let mut bob = world.browser();
    let code = bob.code("bob", &wish).await;
    let id = claims(world.redeem(&code).await.unwrap().id_token.as_deref().unwrap());
    assert_eq!(id["acr"], SINGLE, "nobody is made to add one for a wish");
    code_of(&bob.open(&wish).await);

    let mut ada = world.browser();
    ada.code("ada", &asking(&[])).await;
    let secret = add_app(&world, &ada).await;
    let mut again = world.browser();
    let outcome = again.open(&wish).await;
    let flow = begun(&world, outcome).await;
    with_both(&world, &mut again, flow.id, &secret).await;
    code_of(&again.open(&wish).await);
    // A session of one factor steps up, where a page may be shown (RFC 9470 §4).
    code_of(&ada.open(&asking(&[("acr_values", MULTI), ("prompt", "none")])).await);
    code_of(&ada.open(&asking(&[("acr_values", SINGLE)])).await);
    let outcome = ada.open(&wish).await;
    let flow = begun(&world, outcome).await;
    assert_eq!((flow.intent, flow.state), (Intent::StepUp, FlowState::Identify));
    world.advance(30);
    with_both(&world, &mut ada, flow.id, &secret).await;
    // In order of preference: who wants one factor most gets it.
    let other = format!("{SINGLE} {MULTI}");
    let code = world.browser().code("ada", &asking(&[("acr_values", other.as_str())])).await;
    let id = claims(world.redeem(&code).await.unwrap().id_token.as_deref().unwrap());
    assert_eq!(id["acr"], SINGLE);
}

#[tokio::test]
async fn metadata_names_the_contexts_that_can_be_reached() {
    for (totp, passkey) in [(true, false), (false, true), (false, false)] {
        let world = with_apps(|settings| {
            settings.mfa.totp = totp;
            settings.login.passkey = passkey;
        })
        .await;
        let document: serde_json::Value =
            serde_json::from_slice(&world.snapshot().await.documents.discovery.body).unwrap();
        let named: Vec<&str> = document["acr_values_supported"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one.as_str())
            .collect();
        for context in [SINGLE, MULTI] {
            let wanted = format!(r#"{{"id_token":{{"acr":{{"essential":true,"value":"{context}"}}}}}}"#);
            let outcome = world.browser().open(&asking(&[("claims", wanted.as_str())])).await;
            let reachable = matches!(outcome, Flow(_));
            assert!(reachable || error(&outcome) == "unmet_authentication_requirements");
            assert_eq!(named.contains(&context), reachable, "{context} with apps {totp}, passkeys {passkey}");
        }
        assert!(named.contains(&SINGLE));
        assert_eq!(named.contains(&MULTI), totp || passkey);
    }
}

#[tokio::test]
async fn a_parked_request_is_answered_once() {
    let world = shop().await;
    let mut browser = world.browser();
    let Flow(started) = browser.open(&asking(&[])).await else { panic!("a flow") };
    world.advance(1);
    let command = Command::Identify {
        username: "ada@acme.test".into(),
        password: Some(vestibule_kernel::Secret::new(crate::support::PASSWORD.into())),
    };
    let acted = browser.act(started.flow, command).await;
    code_of(&browser.resume(&acted.flow).await);
    assert!(matches!(browser.resume(&acted.flow).await, AuthorizeOutcome::Page(OAuthError::RequestUsed)));
}

#[tokio::test]
async fn resuming_proves_nothing_by_itself() {
    let world = shop().await;
    let mut browser = world.browser();
    let Flow(started) = browser.open(&asking(&[])).await else { panic!("a flow") };
    let cx = world.cx();
    let mut tx = world.app.store.read(&cx).await.unwrap();
    let flow = tx.flows().find_flow(started.flow).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(browser.resume(&flow).await, Flow(_)), "nobody signed in: a flow starts");
    // A session from before does not answer prompt=login.
    let mut other = world.browser();
    other.code("ada", &asking(&[])).await;
    world.advance(10);
    let Flow(again) = other.open(&asking(&[("prompt", "login")])).await else { panic!("a flow") };
    let mut tx = world.app.store.read(&cx).await.unwrap();
    let flow = tx.flows().find_flow(again.flow).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(other.resume(&flow).await, Flow(_)));
}

#[tokio::test]
async fn consent_is_remembered_and_a_refusal_is_told() {
    let world = shop().await;
    world.client("third", |m| m.require_consent = true).await;
    let asked = asking(&[("client_id", "third"), ("scope", "openid email")]);
    let mut browser = world.browser();
    browser.code("ada", &asking(&[])).await;
    let Flow(started) = browser.open(&asked).await else { panic!("consent is asked") };
    let denied = browser.act(started.flow, Command::Deny).await;
    assert_eq!(error(&browser.resume(&denied.flow).await), "access_denied");
    let Flow(started) = browser.open(&asked).await else { panic!("consent is asked again") };
    let allowed = browser.act(started.flow, Command::Allow { scopes: vec!["openid".into()] }).await;
    let code = code_of(&browser.resume(&allowed.flow).await);
    let tokens =
        world.exchange(crate::support::post("third"), crate::support::code_request(&code)).await.unwrap();
    assert_eq!(tokens.scope, "openid", "what was left out is not granted");
    code_of(&browser.open(&asking(&[("client_id", "third"), ("scope", "openid")])).await);
    let more = asking(&[("client_id", "third"), ("scope", "openid email")]);
    assert!(matches!(browser.open(&more).await, Flow(_)), "growth asks again");
}

#[tokio::test]
async fn an_id_token_hint_about_somebody_else_gives_no_code() {
    let world = shop().await;
    world.user("bob").await;
    let code = world.browser().code("ada", &asking(&[])).await;
    let hint = world.redeem(&code).await.unwrap().id_token.unwrap();
    let mut browser = world.browser();
    browser.code("bob", &asking(&[])).await;
    let silent = [("prompt", "none"), ("id_token_hint", hint.as_str())];
    assert_eq!(error(&browser.open(&asking(&silent)).await), "login_required");
    let outcome = browser.open(&asking(&[("id_token_hint", hint.as_str())])).await;
    assert!(matches!(outcome, Flow(_)));
    let mut same = world.browser();
    same.code("ada", &asking(&[])).await;
    world.advance(3_600);
    code_of(&same.open(&asking(&silent)).await);
    let bad = format!("{hint}x");
    assert_eq!(error(&same.open(&asking(&[("id_token_hint", bad.as_str())])).await), "invalid_request");
}

#[tokio::test]
async fn an_essential_context_that_cannot_be_reached_is_an_error() {
    let world = shop().await;
    let wanted = r#"{"id_token":{"acr":{"essential":true,"value":"urn:vestibule:acr:multi-factor"}}}"#;
    let outcome = world.browser().open(&asking(&[("claims", wanted)])).await;
    assert_eq!(error(&outcome), "unmet_authentication_requirements");
    let unknown = r#"{"id_token":{"acr":{"essential":true,"value":"urn:example:unknown"}}}"#;
    for prompt in ["login", "none"] {
        let outcome = world.browser().open(&asking(&[("claims", unknown), ("prompt", prompt)])).await;
        assert_eq!(error(&outcome), "unmet_authentication_requirements", "{prompt}");
    }
    let wish = asking(&[("acr_values", "urn:vestibule:acr:multi-factor")]);
    assert!(matches!(world.browser().open(&wish).await, Flow(_)), "a wish is no demand");
}

#[tokio::test]
async fn nobody_is_sent_to_an_unverified_client_before_having_signed_in() {
    let world = shop().await;
    let id = world.client("fresh", |_| ()).await;
    let cx = world.cx();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let mut client = tx.clients().find_client(&id).await.unwrap().unwrap();
    client.verification = Verification::Unverified;
    let event = vestibule_oauth::OAuthEvent::ClientUpdated { id };
    tx.clients().save_client(client.updated(event, cx.now)).await.unwrap();
    tx.commit().await.unwrap();
    world.snapshot().await;
    let bad = [("client_id", "fresh"), ("scope", "unknown")];
    let mut browser = world.browser();
    assert!(matches!(browser.open(&asking(&bad)).await, AuthorizeOutcome::Page(OAuthError::ScopeNotAllowed)));
    let silent = [("client_id", "fresh"), ("prompt", "none")];
    assert_eq!(error(&browser.open(&asking(&silent)).await), "login_required");
    browser.code("ada", &asking(&[])).await;
    assert_eq!(error(&browser.open(&asking(&bad)).await), "invalid_scope");
}

#[tokio::test]
async fn a_suspended_user_loses_the_session_at_this_door() {
    let world = World::plain().await;
    world.client("shop", |_| ()).await;
    let ada = world.user("ada").await;
    let mut browser = world.browser();
    let code = browser.code("ada", &asking(&[])).await;
    let cx = world.cx();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let user = tx.users().find_user(ada).await.unwrap().unwrap();
    let suspended = user.set_status(vestibule_users::UserStatus::Suspended, None, cx.now);
    tx.users().save_user(suspended).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(browser.open(&asking(&[])).await, Flow(_)));
    assert_eq!(crate::support::cause(world.redeem(&code).await), "grant_revoked");
}
