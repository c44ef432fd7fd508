//! Security keys: added, used as the second factor, refused and removed, with a key of the U2F kind in software.

use std::sync::Arc;

use chrono::Duration;
use serde_json::{Value, json};
use vestibule_authn::{
    AuthnEvent, Credential, CredentialKind, FlowState, MethodId, Methods, StateName,
    method::Answer,
    methods::{EmailCode, RecoveryCodes, Totp},
};
use vestibule_conformance::authenticator::{Behaviour, SoftAuthenticator};
use vestibule_kernel::{
    ChallengeId, Changed, UserId,
    assurance::{Acr, Amr},
    contact::Username,
};
use vestibule_realms::settings::{MfaPolicy, RealmSettings};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    account::{self, AccountCx, AccountError, CodeError},
    flow::{self, Acted, Command, Detail, FlowError, Outcome, Refusal, Shown},
};
use vestibule_users::{User, user::NewUser};
use vestibule_webauthn::{Passkeys, SecurityKeys};

use crate::world::{ADA, PASSWORD, Visit, World, identify};

const KEY: MethodId = MethodId::SECURITY_KEY;

async fn world(change: impl FnOnce(&mut RealmSettings)) -> World {
    let mut world = World::with(|settings| {
        settings.mfa.security_key = true;
        change(settings);
    })
    .await;
    world.app.methods = Methods::new(vec![
        Arc::new(Passkeys),
        Arc::new(SecurityKeys),
        Arc::new(EmailCode),
        Arc::new(Totp),
        Arc::new(RecoveryCodes),
    ]);
    world
}

fn key() -> SoftAuthenticator {
    let mut key = SoftAuthenticator::new("http://localhost:8080");
    key.behaviour = Behaviour::touch();
    key
}

async fn shown(world: &World, visit: &Visit) -> Shown {
    let (app, cx) = (&world.app, world.cx());
    flow::show(app, &cx, &world.realm, &visit.browser, visit.flow, Detail::Page).await.unwrap()
}

async fn asked(world: &World, visit: &Visit) -> Value {
    let challenge = shown(world, visit).await.challenge.filter(|challenge| challenge.open);
    let Some(asked) = challenge.and_then(|challenge| challenge.presentation.webauthn) else {
        panic!("the page asks for a key")
    };
    asked
}

async fn act(world: &World, visit: &Visit, command: Command) -> Acted {
    world.act(visit, command).await.unwrap()
}

fn answer(credential: Value) -> Command {
    Command::Passkey { credential }
}

fn begin(method: &str) -> Command {
    Command::Begin { method: method.to_owned(), phone: None }
}

fn refused(acted: &Acted) -> Option<&Refusal> {
    assert!(acted.session.is_none(), "a refused answer opens no session");
    match &acted.outcome {
        Outcome::Refused(refusal) => Some(refusal),
        Outcome::Moved | Outcome::Repeated => None,
    }
}

/// Signs Ada in by her password alone, as far as that leads.
async fn by_password(world: &World) -> (Visit, Acted) {
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    (visit, acted)
}

/// Signs Ada in by password and key.
async fn by_both(world: &World, key: &mut SoftAuthenticator) -> Acted {
    let (visit, acted) = by_password(world).await;
    assert_eq!(acted.flow.state.name(), StateName::Passkey, "the password alone is not enough");
    let credential = key.get(&asked(world, &visit).await);
    act(world, &visit, answer(credential)).await
}

async fn me(world: &World, acted: Acted) -> AccountCx {
    let entered = AccountCx::enter(&world.app, &world.cx(), &world.realm, acted.session.as_ref()).await;
    entered.unwrap_or_else(|error| panic!("{error}"))
}

async fn begun(world: &World, me: &AccountCx) -> (ChallengeId, Value) {
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let id = account::begin_factor(&world.app, &world.realm, &fresh, &KEY).await.unwrap();
    let shown = account::show_factor(&world.app, me, id, &KEY).await.unwrap().unwrap();
    (id, shown.webauthn.unwrap())
}

async fn confirm(
    world: &World,
    me: &AccountCx,
    (id, credential): (ChallengeId, Value),
    label: Option<&str>,
) -> Result<bool, AccountError> {
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let given = (Answer::Document(credential), label.map(str::to_owned));
    account::confirm_factor(&world.app, &world.realm, &fresh, (id, &KEY), given).await
}

/// Adds a key in Ada's account.
async fn with_key(world: &World) -> SoftAuthenticator {
    let me = me(world, by_password(world).await.1).await;
    let mut key = key();
    let (id, options) = begun(world, &me).await;
    assert!(confirm(world, &me, (id, key.create(&options)), None).await.unwrap());
    key
}

async fn keys_of(world: &World) -> Vec<Credential> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let bound = tx.credentials().list_credentials(world.user).await.unwrap();
    tx.commit().await.unwrap();
    bound.into_iter().filter(|credential| credential.kind == CredentialKind::SecurityKey).collect()
}

#[tokio::test]
async fn a_key_is_added_named_asked_for_after_the_password_and_removed() {
    let world = world(|_| {}).await;
    let signed_in = me(&world, by_password(&world).await.1).await;
    let mut key = key();
    let (id, options) = begun(&world, &signed_in).await;
    let missing = confirm(&world, &signed_in, (id, key.create(&options)), Some(" Blue\u{7} one ")).await;
    assert!(missing.unwrap(), "recovery codes are missing");
    assert_eq!(world.told(MessageKind::FactorAdded).await, [ADA]);
    let bound = keys_of(&world).await.remove(0);
    assert_eq!((bound.label.as_deref(), bound.last_used_at), (Some("Blue one"), None));
    account::rename_factor(&world.app, &signed_in, bound.id, "Old one").await.unwrap();

    world.advance(Duration::hours(1));
    let acted = by_both(&world, &mut key).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert_eq!(acted.flow.acr(), Some(Acr::MultiFactor));
    assert_eq!(acted.flow.proofs.iter().map(|proof| proof.amr).collect::<Vec<_>>(), [Amr::Pwd, Amr::Hwk]);
    let used = keys_of(&world).await.remove(0);
    assert_eq!((used.label.as_deref(), used.last_used_at), (Some("Old one"), Some(world.now())));

    let me = me(&world, acted).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    account::remove_factor(&world.app, &world.realm, &fresh, used.id).await.unwrap();
    assert_eq!(world.told(MessageKind::FactorRemoved).await, [ADA]);
    assert_eq!(by_password(&world).await.1.flow.state, FlowState::Continue, "nothing more is asked for");
    let events = world.events().await;
    for kind in ["credential.bound", "credential.renamed", "credential.removed"] {
        assert!(events.contains(&kind.to_owned()), "{kind}");
    }
}

#[tokio::test]
async fn a_demanded_second_factor_can_be_a_key_which_brings_recovery_codes() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let (visit, acted) = by_password(&world).await;
    assert_eq!(acted.flow.state, FlowState::ChooseEnrolment);
    let chosen = act(&world, &visit, begin("security_key")).await;
    assert_eq!(chosen.flow.state.name(), StateName::EnrolPasskey);
    let others = shown(&world, &visit).await.offers;
    assert!(others.contains(&MethodId::TOTP) && !others.contains(&KEY), "{others:?}");
    let mut key = key();
    let credential = key.create(&asked(&world, &visit).await);
    let codes = act(&world, &visit, answer(credential)).await;
    assert_eq!(codes.flow.state.name(), StateName::RecoveryCodes);
    let done = act(&world, &visit, Command::Saved { saved: true }).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    assert_eq!(done.flow.acr(), Some(Acr::MultiFactor));
    assert_eq!(world.told(MessageKind::FactorAdded).await.len(), 2, "the key and the codes");
    assert_eq!(by_both(&world, &mut key).await.flow.state, FlowState::Continue);
    // The last one stays.
    let me = me(&world, by_both(&world, &mut key).await).await;
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let bound = keys_of(&world).await.remove(0);
    let refused = account::remove_factor(&world.app, &world.realm, &fresh, bound.id).await;
    assert!(matches!(refused, Err(AccountError::LastFactor)));
    assert_eq!(keys_of(&world).await.len(), 1);
}

#[tokio::test]
async fn a_key_is_no_way_in_and_its_question_goes_to_nobody_unproven() {
    let world = world(|_| {}).await;
    let mut key = with_key(&world).await;
    let visit = world.visit().await;
    assert!(!shown(&world, &visit).await.offers.contains(&KEY));
    assert!(matches!(world.act(&visit, begin("security_key")).await, Err(FlowError::NoMethod)));
    act(&world, &visit, identify(ADA, None)).await;
    assert!(!shown(&world, &visit).await.offers.contains(&KEY));
    assert!(matches!(world.act(&visit, begin("security_key")).await, Err(FlowError::NoMethod)));
    let (asking, _) = by_password(&world).await;
    let credential = key.get(&asked(&world, &asking).await);
    let elsewhere = world.act(&visit, answer(credential)).await;
    assert!(matches!(elsewhere, Err(FlowError::NoMethod)), "what one flow asked another does not take");
    assert!(world.stored(visit.flow).await.proofs.is_empty());
}

#[tokio::test]
async fn a_question_serves_one_answer_and_the_page_gets_another() {
    let world = world(|_| {}).await;
    let mut key = with_key(&world).await;
    let (visit, _) = by_password(&world).await;
    let first = asked(&world, &visit).await;
    key.behaviour.present = false;
    let untouched = key.get(&first);
    key.behaviour.present = true;
    let acted = act(&world, &visit, answer(untouched)).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong));
    let replayed = key.get(&first);
    let acted = act(&world, &visit, answer(replayed)).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong), "the first question is spent");
    let second = asked(&world, &visit).await;
    assert_ne!(first["challenge"], second["challenge"]);
    let right = key.get(&second);
    let answers = (0..6).map(|_| world.act(&visit, answer(right.clone())));
    let sessions = futures::future::join_all(answers).await.into_iter().flatten();
    assert_eq!(sessions.filter(|acted| acted.session.is_some()).count(), 1, "of parallel answers one counts");
}

#[tokio::test]
async fn a_key_that_is_not_theirs_is_refused() {
    let world = world(|_| {}).await;
    let mut hers = with_key(&world).await;
    let (visit, _) = by_password(&world).await;
    let mut unknown = key();
    unknown.create(&json!({
        "rp": {"id": "localhost"}, "user": {"id": "AAAAAAAAAAAAAAAAAAAAAA"}, "challenge": "AAAA",
        "authenticatorSelection": {"residentKey": "discouraged", "userVerification": "discouraged"}
    }));
    let credential = unknown.get_with(0, &asked(&world, &visit).await);
    let acted = act(&world, &visit, answer(credential)).await;
    assert_eq!(refused(&acted), Some(&Refusal::PasskeyUnknown), "nobody has it");
    // One that was hers when the question was made, and is another person's now.
    let me = me(&world, by_both(&world, &mut hers).await).await;
    let mut other = key();
    let (id, options) = begun(&world, &me).await;
    confirm(&world, &me, (id, other.create(&options)), Some("other")).await.unwrap();
    let (visit, _) = by_password(&world).await;
    let question = asked(&world, &visit).await;
    let bound = keys_of(&world).await.into_iter().find(|bound| bound.label.as_deref() == Some("other"));
    give_to_bob(&world, bound.unwrap()).await;
    let credential = other.get_with(0, &question);
    let acted = act(&world, &visit, answer(credential)).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong));
}

async fn give_to_bob(world: &World, mut credential: Credential) {
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    let Credential { id, user, kind, .. } = credential;
    let gone = AuthnEvent::CredentialRemoved { user, id, kind };
    tx.credentials().delete_credential(id, gone.into()).await.unwrap();
    let bob = UserId::from_uuid(world.app.entropy.uuid(world.now()));
    let new = NewUser { username: Some(Username::parse("bob").unwrap()), ..NewUser::default() };
    tx.users().save_user(User::create(bob, new, world.now()).unwrap()).await.unwrap();
    credential.user = bob;
    tx.credentials().save_credential(Changed::quiet(credential, None)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_copied_key_is_refused_recorded_and_told_to_its_owner() {
    let world = world(|_| {}).await;
    let mut key = with_key(&world).await;
    key.behaviour.counts = 5;
    assert_eq!(by_both(&world, &mut key).await.flow.state, FlowState::Continue);
    key.behaviour.counts = -2;
    let acted = by_both(&world, &mut key).await;
    assert_eq!(refused(&acted), Some(&Refusal::CodeWrong));
    assert!(world.events().await.contains(&"credential.clone_suspected".to_owned()));
    assert_eq!(world.told(MessageKind::SecurityKeyCopied).await, [ADA]);
    assert!(world.told(MessageKind::PasskeyCopied).await.is_empty());
}

#[tokio::test]
async fn several_keys_are_as_good_as_one_and_an_app_is_another_way() {
    let world = world(|_| {}).await;
    let mut first = with_key(&world).await;
    let mut second = key();
    let me = me(&world, by_both(&world, &mut first).await).await;
    let (id, options) = begun(&world, &me).await;
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    confirm(&world, &me, (id, second.create(&options)), None).await.unwrap();
    for key in [&mut second, &mut first] {
        assert_eq!(by_both(&world, key).await.flow.state, FlowState::Continue);
    }
    let (visit, _) = by_password(&world).await;
    let shown = shown(&world, &visit).await;
    assert!(shown.offers.is_empty(), "she has nothing else: {:?}", shown.offers);
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let codes = MethodId::RECOVERY_CODE;
    let id = account::begin_factor(&world.app, &world.realm, &fresh, &codes).await.unwrap();
    let saved = (Answer::Document(json!({"saved": true})), None);
    account::confirm_factor(&world.app, &world.realm, &fresh, (id, &codes), saved).await.unwrap();
    let (visit, _) = by_password(&world).await;
    let acted = act(&world, &visit, begin("recovery_code")).await;
    assert_eq!(acted.flow.state.name(), StateName::RecoveryCode);
    let back = act(&world, &visit, begin("security_key")).await;
    assert_eq!(back.flow.state.name(), StateName::Passkey);
    let credential = first.get(&asked(&world, &visit).await);
    assert_eq!(act(&world, &visit, answer(credential)).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn what_is_no_new_key_is_not_added() {
    let world = world(|_| {}).await;
    let me = me(&world, by_password(&world).await.1).await;
    let mut key = key();
    let (id, options) = begun(&world, &me).await;
    let malformed = confirm(&world, &me, (id, json!({"id": 7})), None).await;
    assert!(matches!(malformed, Err(AccountError::Code(CodeError::Malformed))), "and costs no attempt");
    key.behaviour.origin = Some("https://evil.example".to_owned());
    let elsewhere = confirm(&world, &me, (id, key.create(&options)), None).await;
    assert!(matches!(elsewhere, Err(AccountError::Code(CodeError::Wrong))));
    key.behaviour.origin = None;
    let late = confirm(&world, &me, (id, key.create(&options)), None).await;
    assert!(matches!(late, Err(AccountError::Code(CodeError::Spent))), "a question serves one answer");
    assert!(keys_of(&world).await.is_empty());
    // Both asked for before there was any, so that neither question excludes the other's answer.
    let ((earlier, asked_before), (id, options)) = (begun(&world, &me).await, begun(&world, &me).await);
    confirm(&world, &me, (id, key.create(&options)), None).await.unwrap();
    key.behaviour.repeats = true;
    let again = confirm(&world, &me, (earlier, key.create(&asked_before)), None).await;
    assert!(matches!(again, Err(AccountError::Code(CodeError::Exists))));
    assert_eq!(keys_of(&world).await.len(), 1);
}

#[tokio::test]
async fn a_realm_without_keys_neither_asks_for_nor_takes_them() {
    let world = world(|_| {}).await;
    let mut key = with_key(&world).await;
    let me = me(&world, by_both(&world, &mut key).await).await;
    let mut without = self::world(|settings| settings.mfa.security_key = false).await;
    without.app.methods = world.app.methods.clone();
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let refused = account::begin_factor(&world.app, &without.realm, &fresh, &KEY).await;
    assert!(matches!(refused, Err(AccountError::SwitchedOff)));
    // The same realm once keys are off: the password is enough again, and what is there can be taken off.
    let visit = world.visit().await;
    let request = flow::ActRequest {
        flow: visit.flow,
        browser: visit.browser.clone(),
        step: None,
        command: identify(ADA, Some(PASSWORD)),
        beside: false,
        passkeys: false,
        remember_device: false,
    };
    let acted = flow::act(&world.app, &world.cx(), &without.realm, request).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Continue);
    let bound = keys_of(&world).await.remove(0);
    account::remove_factor(&world.app, &without.realm, &fresh, bound.id).await.unwrap();
}
