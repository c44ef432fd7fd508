//! Ways in beside the password: codes and links by mail, new accounts, recovery, second factors.

use std::sync::Arc;

use vestibule_authn::{
    ChallengePurpose, CredentialKind, FlowState, Intent, MethodId, Methods, StateName,
    credential::CredentialSecret,
    methods::{EmailCode, RecoveryCodes, Totp},
};
use vestibule_kernel::{
    OpaqueToken, Secret,
    contact::{Identifier, Locale},
};
use vestibule_realms::settings::{MfaPolicy, RealmSettings, SignUpMode};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    challenge,
    flow::{
        self, Acted, Browser, Command, FlowError, LinkPage, NewFlowRequest, Outcome, Refusal, SignUpForm,
    },
};

use crate::world::{ADA, PASSWORD, Visit, World, identify, password};

pub(crate) async fn world(change: impl FnOnce(&mut RealmSettings)) -> World {
    let mut world = World::with(|settings| {
        settings.login.email_code = true;
        settings.login.magic_link = true;
        settings.sign_up.mode = SignUpMode::Open;
        change(settings);
    })
    .await;
    world.app.methods = Methods::new(vec![Arc::new(EmailCode), Arc::new(Totp), Arc::new(RecoveryCodes)]);
    world
}

pub(crate) fn begin(method: &str) -> Command {
    Command::Begin { method: method.to_owned(), phone: None }
}

pub(crate) fn answer(code: &str) -> Command {
    Command::Answer { code: Secret::new(code.to_owned()) }
}

/// Code and link of the flow's challenge, as its mail has them.
pub(crate) async fn mailed(
    world: &World,
    visit: &Visit,
    purpose: ChallengePurpose,
) -> (String, Option<OpaqueToken>) {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let method = MethodId::EMAIL_CODE;
    let stored = tx.challenges().find_flow_challenge(visit.flow, &method, purpose).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let opened = challenge::open(&world.app, world.realm.realm.id, &stored).unwrap();
    (opened.code().map(|code| code.expose().to_owned()).unwrap_or_default(), opened.link)
}

fn other_than(code: &str) -> String {
    let digit = if code.starts_with('1') { '2' } else { '1' };
    format!("{digit}{}", &code[1..])
}

pub(crate) async fn act(world: &World, visit: &Visit, command: Command) -> Acted {
    world.act(visit, command).await.unwrap()
}

#[tokio::test]
async fn a_mailed_code_signs_in_once() {
    let world = world(|_| {}).await;
    let visit = world.visit().await;
    act(&world, &visit, identify(ADA, None)).await;
    let begun = act(&world, &visit, begin("email_code")).await;
    assert_eq!(begun.flow.state.name(), StateName::EmailCode);
    let (code, _) = mailed(&world, &visit, ChallengePurpose::Prove).await;
    let wrong = act(&world, &visit, answer(&other_than(&code))).await;
    assert_eq!(wrong.outcome, Outcome::Refused(Refusal::CodeWrong));
    let right = act(&world, &visit, answer(&code)).await;
    assert_eq!(right.flow.state, FlowState::Continue);
    assert!(world.is_live(&right.session.unwrap()).await);
    assert!(world.act(&visit, answer(&code)).await.is_err(), "the flow is over");
}

#[tokio::test]
async fn guesses_at_a_code_are_bounded_also_in_parallel() {
    let world = world(|_| {}).await;
    let visit = world.visit().await;
    act(&world, &visit, identify(ADA, None)).await;
    act(&world, &visit, begin("email_code")).await;
    let (code, _) = mailed(&world, &visit, ChallengePurpose::Prove).await;
    let guess = other_than(&code);
    let guesses = (0..20).map(|_| world.act(&visit, answer(&guess)));
    for guessed in futures::future::join_all(guesses).await {
        let acted = guessed.unwrap();
        assert!(acted.session.is_none());
    }
    let late = act(&world, &visit, answer(&code)).await;
    assert_eq!(late.outcome, Outcome::Refused(Refusal::CodeSpent), "even the right code is too late");
    assert!(late.session.is_none());
}

#[tokio::test]
async fn a_code_for_nobody_looks_the_same_and_is_never_right() {
    let world = world(|_| {}).await;
    let mut walks = Vec::new();
    for name in [ADA, "nobody@acme.test"] {
        let visit = world.visit().await;
        let mut walk = Vec::new();
        for command in [identify(name, None), begin("email_code"), answer("000000"), Command::Resend] {
            let acted = act(&world, &visit, command).await;
            walk.push((acted.flow.state.name(), acted.outcome, acted.session.is_some()));
        }
        walks.push(walk);
    }
    assert_eq!(walks[0], walks[1]);
    let queued = world.jobs().await.into_iter().filter(|job| job.kind == "send_challenge").count();
    assert_eq!(queued, 4, "known and unknown people queue the same jobs");
}

#[tokio::test]
async fn what_no_code_could_be_is_told_alike_and_costs_no_try() {
    let world = world(|_| {}).await;
    for name in [ADA, "nobody@acme.test"] {
        let visit = world.visit().await;
        act(&world, &visit, identify(name, None)).await;
        act(&world, &visit, begin("email_code")).await;
        for _ in 0..7 {
            let acted = act(&world, &visit, answer("no code")).await;
            assert_eq!(acted.outcome, Outcome::Refused(Refusal::CodeMalformed), "{name}");
        }
        let acted = act(&world, &visit, answer("000000")).await;
        assert_eq!(acted.outcome, Outcome::Refused(Refusal::CodeWrong), "{name}");
    }
}

/// Begins codes for a name until its budget is spent; what its page said, and how many had something to send.
async fn spend_budget(world: &World, name: &str) -> (Vec<(StateName, Outcome)>, usize) {
    let (mut said, mut sent) = (Vec::new(), 0);
    let visit = world.visit().await;
    act(world, &visit, identify(name, None)).await;
    for _ in 0..12 {
        let acted = act(world, &visit, begin("email_code")).await;
        said.push((acted.flow.state.name(), acted.outcome));
        let (code, _) = mailed(world, &visit, ChallengePurpose::Prove).await;
        sent += usize::from(!code.is_empty());
    }
    (said, sent)
}

#[tokio::test]
async fn more_messages_than_a_mailbox_may_get_are_not_sent_and_nobody_is_told() {
    let world = world(|_| {}).await;
    let (known, sent) = spend_budget(&world, ADA).await;
    let (unknown, _) = spend_budget(&world, "nobody@acme.test").await;
    assert_eq!(sent, 10);
    assert_eq!(known, unknown);
    world.advance(chrono::Duration::hours(1));
    let (_, later) = spend_budget(&world, ADA).await;
    assert_eq!(later, 10, "an hour later there is a new budget");
}

#[tokio::test]
async fn a_realm_without_passwords_goes_from_the_name_to_the_code() {
    let world = world(|settings| settings.login.password = false).await;
    let mut reached = Vec::new();
    for name in [ADA, "nobody@acme.test"] {
        let visit = world.visit().await;
        reached.push(act(&world, &visit, identify(name, None)).await.flow.state.name());
        if name == ADA {
            let (code, _) = mailed(&world, &visit, ChallengePurpose::Prove).await;
            assert_eq!(act(&world, &visit, answer(&code)).await.flow.state, FlowState::Continue);
        }
    }
    assert_eq!(reached, [StateName::EmailCode, StateName::EmailCode]);
}

#[tokio::test]
async fn a_link_signs_in_only_where_it_was_asked_for_and_only_by_a_post() {
    let world = world(|_| {}).await;
    let visit = world.visit().await;
    act(&world, &visit, identify(ADA, None)).await;
    act(&world, &visit, begin("email_code")).await;
    let (code, link) = mailed(&world, &visit, ChallengePurpose::Prove).await;
    let link = link.unwrap();
    let elsewhere = world.visit().await;
    for _ in 0..3 {
        let looked =
            flow::look_at_link(&world.app, &world.cx(), &world.realm, &elsewhere.browser, &link).await;
        assert!(matches!(looked.unwrap(), LinkPage::Code { code: shown, .. } if shown.expose() == code));
    }
    let scanner = Browser::default();
    assert!(flow::look_at_link(&world.app, &world.cx(), &world.realm, &scanner, &link).await.is_ok());
    let here = flow::look_at_link(&world.app, &world.cx(), &world.realm, &visit.browser, &link).await;
    assert!(matches!(here.unwrap(), LinkPage::Confirm { purpose: ChallengePurpose::Prove, .. }));
    let confirmed = act(&world, &visit, Command::ConfirmLink { token: link.clone() }).await;
    assert_eq!(confirmed.flow.state, FlowState::Continue);
    assert!(confirmed.session.is_some());
    assert!(flow::look_at_link(&world.app, &world.cx(), &world.realm, &visit.browser, &link).await.is_err());
}

pub(crate) fn form(email: &str) -> Command {
    let profile = serde_json::json!({"name": "Grace"}).as_object().cloned().unwrap();
    Command::SignUp(Some(Box::new(SignUpForm {
        email: Some(email.to_owned()),
        password: Some(Secret::new("a quite long pass phrase".to_owned())),
        profile,
        ..SignUpForm::default()
    })))
}

async fn holder(world: &World, address: &str) -> Option<vestibule_users::User> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let found = tx.users().find_user_by_identifier(&Identifier::parse(address).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    found
}

#[tokio::test]
async fn an_account_is_made_when_its_address_is_proven_and_not_before() {
    let world = world(|_| {}).await;
    let visit = world.visit().await;
    let page = act(&world, &visit, Command::SignUp(None)).await;
    assert_eq!(page.flow.state, FlowState::SignUp);
    let sent = act(&world, &visit, form("grace@new.test")).await;
    assert_eq!(sent.flow.state.name(), StateName::VerifyContact);
    assert!(holder(&world, "grace@new.test").await.is_none());
    let (code, _) = mailed(&world, &visit, ChallengePurpose::VerifyContact).await;
    let done = act(&world, &visit, answer(&code)).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    assert!(world.is_live(&done.session.unwrap()).await);
    let user = holder(&world, "grace@new.test").await.unwrap();
    assert!(user.emails[0].verified_at.is_some());
    assert_eq!(user.locale.as_ref().map(Locale::as_str), Some("de"), "the language of the page");
    assert_eq!(user.profile.text("name"), Some("Grace"));
    let again = world.visit().await;
    let acted = act(&world, &again, identify("grace@new.test", Some("a quite long pass phrase"))).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_known_address_gets_the_same_page_and_a_mail_of_its_own() {
    let world = world(|_| {}).await;
    let visit = world.visit().await;
    act(&world, &visit, Command::SignUp(None)).await;
    let sent = act(&world, &visit, form(ADA)).await;
    assert_eq!(sent.flow.state.name(), StateName::VerifyContact);
    assert_eq!(world.told(MessageKind::AccountExists).await, [ADA]);
    let (code, _) = mailed(&world, &visit, ChallengePurpose::VerifyContact).await;
    assert!(code.is_empty(), "nothing that could be answered");
    let guessed = act(&world, &visit, answer("123456")).await;
    assert_eq!(guessed.outcome, Outcome::Refused(Refusal::CodeWrong));
}

#[tokio::test]
async fn a_bad_form_says_what_is_wrong_and_changes_nothing() {
    let world = world(|settings| settings.sign_up.accept_terms = false).await;
    let visit = world.visit().await;
    act(&world, &visit, Command::SignUp(None)).await;
    let refused = async |change: &dyn Fn(&mut SignUpForm)| {
        let Command::SignUp(Some(mut form)) = form("grace@new.test") else { unreachable!() };
        change(&mut form);
        match act(&world, &visit, Command::SignUp(Some(form))).await.outcome {
            Outcome::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|form| form.email = Some("no address".to_owned())).await, Refusal::EmailMalformed);
    assert_eq!(
        refused(&|form| form.email = Some("x@mailinator.com".to_owned())).await,
        Refusal::EmailDisposable
    );
    assert_eq!(refused(&|form| form.email = None).await, Refusal::EmailMissing);
    assert_eq!(refused(&|form| form.password = None).await, Refusal::PasswordMissing);
    assert_eq!(
        refused(&|form| form.password = Some(Secret::new("short".to_owned()))).await,
        Refusal::PasswordTooShort
    );
    let hostile = serde_json::json!({"name": "a\u{202e}b"}).as_object().cloned().unwrap();
    assert_eq!(
        refused(&|form| form.profile = hostile.clone()).await,
        Refusal::ProfileInvalid("name".to_owned())
    );
    let unasked = serde_json::json!({"picture": "https://x.test"}).as_object().cloned().unwrap();
    assert_eq!(
        refused(&|form| form.profile = unasked.clone()).await,
        Refusal::ProfileInvalid("picture".to_owned())
    );
    let all = |form: &mut SignUpForm| {
        form.email = Some("no address".to_owned());
        form.profile = hostile.clone();
        form.password = Some(Secret::new("short".to_owned()));
    };
    let several =
        [Refusal::EmailMalformed, Refusal::ProfileInvalid("name".to_owned()), Refusal::PasswordTooShort];
    assert_eq!(
        refused(&all).await,
        Refusal::Several(several.to_vec()),
        "everything at once, in the order of the page"
    );
    assert_eq!(world.state(&visit).await, StateName::SignUp);
}

#[tokio::test]
async fn recovery_replaces_the_password_and_ends_what_was_signed_in() {
    let world = world(|_| {}).await;
    let old = world.visit().await;
    let session = world.sign_in(&old).await.session.unwrap();
    let visit = world.visit().await;
    act(&world, &visit, Command::Recover { username: None }).await;
    let sent = act(&world, &visit, Command::Recover { username: Some(ADA.to_owned()) }).await;
    assert_eq!(sent.flow.state.name(), StateName::RecoverCode);
    let (code, _) = mailed(&world, &visit, ChallengePurpose::Recover).await;
    let proven = act(&world, &visit, answer(&code)).await;
    assert_eq!(proven.flow.state, FlowState::NewPassword);
    assert!(proven.session.is_none(), "a mailbox alone signs nobody in here");
    let common = Command::NewPassword { password: Secret::new("short".to_owned()) };
    assert_eq!(act(&world, &visit, common).await.outcome, Outcome::Refused(Refusal::PasswordTooShort));
    let new = "an altogether new pass phrase";
    assert!(world.told(MessageKind::PasswordChanged).await.is_empty(), "nothing changed yet");
    let done = act(&world, &visit, Command::NewPassword { password: Secret::new(new.to_owned()) }).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    assert!(world.is_live(&done.session.unwrap()).await);
    assert!(!world.is_live(&session).await);
    assert_eq!(world.told(MessageKind::PasswordChanged).await, [ADA], "every recovery is told");
    let again = world.visit().await;
    act(&world, &again, identify(ADA, None)).await;
    assert_eq!(
        act(&world, &again, password(PASSWORD)).await.outcome,
        Outcome::Refused(Refusal::PasswordWrong)
    );
    assert_eq!(act(&world, &again, password(new)).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_recovery_code_is_sent_again_and_only_the_last_one_works() {
    let world = world(|_| {}).await;
    let visit = world.visit().await;
    act(&world, &visit, Command::Recover { username: None }).await;
    act(&world, &visit, Command::Recover { username: Some(ADA.to_owned()) }).await;
    let (first, _) = mailed(&world, &visit, ChallengePurpose::Recover).await;
    let again = act(&world, &visit, Command::Resend).await;
    assert_eq!(again.flow.state.name(), StateName::RecoverCode);
    let (second, _) = mailed(&world, &visit, ChallengePurpose::Recover).await;
    assert!(!second.is_empty(), "something is sent");
    if first != second {
        let old = act(&world, &visit, answer(&first)).await;
        assert_eq!(old.outcome, Outcome::Refused(Refusal::CodeWrong));
    }
    assert_eq!(act(&world, &visit, answer(&second)).await.flow.state, FlowState::NewPassword);
}

#[tokio::test]
async fn recovery_codes_are_kept_once_their_owner_says_that_they_are_saved() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let visit = world.visit().await;
    world.sign_in(&visit).await;
    let begun = act(&world, &visit, begin("recovery_code")).await;
    assert_eq!(begun.flow.state.name(), StateName::RecoveryCodes);
    let acted = act(&world, &visit, Command::Saved { saved: false }).await;
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::CodesNotSaved));
    assert_eq!(kinds(&world).await, [CredentialKind::Password]);
    act(&world, &visit, Command::Saved { saved: true }).await;
    assert_eq!(kinds(&world).await, [CredentialKind::Password, CredentialKind::RecoveryCode]);
}

async fn kinds(world: &World) -> Vec<CredentialKind> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let found = tx.credentials().list_credentials(world.user).await.unwrap();
    tx.commit().await.unwrap();
    let mut kinds: Vec<_> = found.into_iter().map(|credential| credential.kind).collect();
    kinds.sort();
    kinds
}

#[tokio::test]
async fn recovery_of_nobody_looks_the_same() {
    let world = world(|_| {}).await;
    let mut walks = Vec::new();
    for name in [ADA, "nobody@acme.test"] {
        let visit = world.visit().await;
        let mut walk = Vec::new();
        let ask = Command::Recover { username: Some(name.to_owned()) };
        for command in [Command::Recover { username: None }, ask, answer("000000")] {
            let acted = act(&world, &visit, command).await;
            walk.push((acted.flow.state.name(), acted.outcome));
        }
        walks.push(walk);
    }
    assert_eq!(walks[0], walks[1]);
}

/// Adds an authenticator app on the way in; gives its secret.
pub(crate) async fn enrolled(world: &World) -> Vec<u8> {
    enrolled_with_codes(world).await.0
}

/// The same, with the recovery codes that come along.
pub(crate) async fn enrolled_with_codes(world: &World) -> (Vec<u8>, Vec<String>) {
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    assert_eq!(acted.flow.state, FlowState::ChooseEnrolment);
    assert!(acted.session.is_none());
    let begun = act(world, &visit, begin("totp")).await;
    assert_eq!(begun.flow.state.name(), StateName::EnrolTotp);
    let cx = world.cx();
    let shown = flow::show(&world.app, &cx, &world.realm, &visit.browser, visit.flow, flow::Detail::Page);
    let otpauth = shown.await.unwrap().challenge.unwrap().presentation.otpauth.unwrap();
    let secret = url::Url::parse(&otpauth).unwrap();
    let secret = secret.query_pairs().find(|(name, _)| name == "secret").unwrap().1.into_owned();
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let codes = act(world, &visit, answer(&code_of(&secret, world))).await;
    assert_eq!(codes.flow.state.name(), StateName::RecoveryCodes, "{:?}", codes.outcome);
    assert!(codes.session.is_none());
    assert_eq!(kinds(world).await, [CredentialKind::Password, CredentialKind::Totp]);
    let shown = flow::show(&world.app, &cx, &world.realm, &visit.browser, visit.flow, flow::Detail::Page);
    let spare = shown.await.unwrap().challenge.unwrap().presentation.recovery_codes;
    let done = act(world, &visit, Command::Saved { saved: true }).await;
    assert_eq!(done.flow.state, FlowState::Continue, "{:?}", done.outcome);
    assert!(done.session.is_some(), "what was just added is not asked for again");
    let all = [CredentialKind::Password, CredentialKind::Totp, CredentialKind::RecoveryCode];
    assert_eq!(kinds(world).await, all);
    (secret, spare)
}

pub(crate) fn code_of(secret: &[u8], world: &World) -> String {
    let app = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_secret(secret.to_vec())
        .build()
        .unwrap();
    app.generate(u64::try_from(world.now().timestamp()).unwrap()).to_string()
}

#[tokio::test]
async fn a_realm_that_requires_two_factors_asks_for_one_to_be_added_and_then_for_it() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let secret = enrolled(&world).await;
    world.advance(chrono::Duration::seconds(60));
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    assert_eq!(acted.flow.state.name(), StateName::Totp);
    assert!(acted.session.is_none(), "a password alone is not enough");
    let code = code_of(&secret, &world);
    let wrong = act(&world, &visit, answer(&other_than(&code))).await;
    assert_eq!(wrong.outcome, Outcome::Refused(Refusal::CodeWrong));
    let done = act(&world, &visit, answer(&code)).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    assert!(done.session.is_some());
    let again = world.visit().await;
    world.sign_in(&again).await;
    let replayed = act(&world, &again, answer(&code)).await;
    assert_eq!(replayed.outcome, Outcome::Refused(Refusal::CodeWrong), "a code works once");
}

#[tokio::test]
async fn a_recovered_password_does_not_replace_the_second_factor() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    enrolled(&world).await;
    let visit = world.visit().await;
    act(&world, &visit, Command::Recover { username: None }).await;
    act(&world, &visit, Command::Recover { username: Some(ADA.to_owned()) }).await;
    let (code, _) = mailed(&world, &visit, ChallengePurpose::Recover).await;
    act(&world, &visit, answer(&code)).await;
    let new = Command::NewPassword { password: Secret::new("an altogether new pass phrase".to_owned()) };
    let acted = act(&world, &visit, new).await;
    assert_eq!(acted.flow.state.name(), StateName::Totp);
    assert!(acted.session.is_none());
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let kept = tx.credentials().find_credential(world.user, CredentialKind::Totp).await.unwrap();
    tx.commit().await.unwrap();
    assert!(kept.is_some());
}

#[tokio::test]
async fn guesses_at_apps_and_recovery_codes_are_counted_for_the_account_over_all_its_flows() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let secret = enrolled(&world).await;
    world.advance(chrono::Duration::seconds(60));
    let wrong = |method: &str| match method {
        "totp" => other_than(&code_of(&secret, &world)),
        _ => "AAAAA-AAAAA-AAAAA".to_owned(),
    };
    for (method, state) in [("totp", StateName::Totp), ("recovery_code", StateName::RecoveryCode)] {
        let second = async || {
            let visit = world.visit().await;
            assert_eq!(
                world.sign_in(&visit).await.flow.state.name(),
                StateName::Totp,
                "the password is right"
            );
            if state != StateName::Totp {
                act(&world, &visit, begin(method)).await;
            }
            visit
        };
        let mut states = Vec::new();
        for _ in 0..3 {
            let visit = second().await;
            for _ in 0..2 {
                states.push(act(&world, &visit, answer(&wrong(method))).await.flow.state.name());
            }
        }
        assert_eq!(states[..5], [state; 5], "{method}");
        assert_eq!(states[5], StateName::Slowed, "{method}: three flows share one count");
        if method == "totp" {
            let early = second().await;
            let acted = act(&world, &early, answer(&code_of(&secret, &world))).await;
            assert_eq!(acted.flow.state.name(), StateName::Slowed, "the right code, too early");
            world.advance(chrono::Duration::seconds(2));
            let later = second().await;
            let acted = act(&world, &later, answer(&code_of(&secret, &world))).await;
            assert_eq!(acted.flow.state, FlowState::Continue);
        }
    }
}

#[tokio::test]
async fn the_secret_of_an_app_is_sealed_at_rest() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let secret = enrolled(&world).await;
    assert_eq!(secret.len(), 20, "160 bits");
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let stored = tx.credentials().find_credential(world.user, CredentialKind::Totp).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let CredentialSecret::Sealed(sealed) = &stored.secret else { panic!("not sealed") };
    let base32 = data_encoding::BASE32_NOPAD.encode(&secret);
    let base64 = data_encoding::BASE64_NOPAD.encode(&secret);
    let hex = data_encoding::HEXLOWER.encode(&secret);
    for spelling in [&secret[..], base32.as_bytes(), base64.as_bytes(), hex.as_bytes()] {
        assert!(!sealed.as_bytes().windows(spelling.len()).any(|part| part == spelling));
    }
    assert!(!stored.facts.values().any(|value| value.to_string().contains(&base32)));
}

#[tokio::test]
async fn a_forgotten_password_leads_in_by_the_new_one_and_the_app_where_two_factors_are_demanded() {
    let world = world(|settings| settings.mfa.policy = MfaPolicy::Required).await;
    let secret = enrolled(&world).await;
    world.advance(chrono::Duration::minutes(5));
    let visit = world.visit().await;
    act(&world, &visit, Command::Recover { username: None }).await;
    act(&world, &visit, Command::Recover { username: Some(ADA.to_owned()) }).await;
    let (code, _) = mailed(&world, &visit, ChallengePurpose::Recover).await;
    act(&world, &visit, answer(&code)).await;
    let new = "another horse battery staple";
    let chosen = act(&world, &visit, Command::NewPassword { password: Secret::new(new.to_owned()) }).await;
    assert_eq!(chosen.flow.state.name(), StateName::Totp, "{:?}", chosen.outcome);
    let acted = act(&world, &visit, answer(&code_of(&secret, &world))).await;
    // A mailbox and an app are not two factors: the new password is proven as well.
    assert_eq!(acted.flow.state, FlowState::Password);
    assert!(acted.session.is_none());
    let done = act(&world, &visit, password(new)).await;
    assert_eq!(done.flow.state, FlowState::Continue, "{:?}", done.outcome);
    assert_eq!(done.flow.acr(), Some(vestibule_kernel::assurance::Acr::MultiFactor));
}

#[tokio::test]
async fn who_was_invited_makes_an_account_with_that_address_and_nobody_else_does() {
    let world = world(|settings| settings.sign_up.mode = SignUpMode::Invited).await;
    let stranger = world.visit().await;
    let refused = world.act(&stranger, Command::SignUp(None)).await;
    assert!(matches!(refused, Err(FlowError::SignUpClosed)));
    assert!(matches!(world.act(&stranger, form("grace@new.test")).await, Err(FlowError::SignUpClosed)));
    let invited = |address: &str| NewFlowRequest {
        identifier: Some(address.to_owned()),
        ..NewFlowRequest::new(Intent::SignUp)
    };
    let guest = world.visit_with(invited("grace@new.test")).await;
    let other = act(&world, &guest, form("mallory@new.test")).await;
    assert_eq!(other.outcome, Outcome::Refused(Refusal::NotInvited));
    let sent = act(&world, &guest, form("Grace@new.test")).await;
    assert_eq!(sent.flow.state.name(), StateName::VerifyContact, "{:?}", sent.outcome);
    let (code, _) = mailed(&world, &guest, ChallengePurpose::VerifyContact).await;
    assert_eq!(act(&world, &guest, answer(&code)).await.flow.state, FlowState::Continue);
    assert!(holder(&world, "grace@new.test").await.is_some());
    // Leaving the form leaves the invitation.
    let guest = world.visit_with(invited("hal@new.test")).await;
    act(&world, &guest, Command::Restart).await;
    act(&world, &guest, identify("mallory@new.test", None)).await;
    assert!(world.act(&guest, Command::SignUp(None)).await.is_err());
    assert!(world.act(&guest, form("mallory@new.test")).await.is_err());
}
