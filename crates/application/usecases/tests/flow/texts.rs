//! Codes by text message: a way in, a second factor, one that is added on the way; numbers as people type them, and
//! which of them get codes.

use std::sync::Arc;

use chrono::Duration;
use vestibule_authn::{
    ChallengePurpose, FailureReason, FlowState, MethodId, Methods, StateName,
    methods::{EmailCode, PhoneCode, RecoveryCodes, Totp},
};
use vestibule_kernel::{
    Region, Secret, UserId,
    assurance::{Acr, Amr},
    contact::{Email, Phone},
};
use vestibule_realms::settings::{MfaPolicy, RealmSettings, SignUpContact, SignUpMode};
use vestibule_usecases::{
    challenge,
    flow::{self, Acted, Command, FlowError, Outcome, Refusal, SignUpForm},
};
use vestibule_users::{
    NewUser, User, UserPatch,
    user::{EmailAddress, PhoneNumber},
};

use crate::world::{ADA, Visit, World, identify};

/// Ada's number, as she types it.
const NUMBER: &str = "0171 1234567";
const NORMAL: &str = "+491711234567";

async fn world(change: impl FnOnce(&mut RealmSettings)) -> World {
    let mut world = World::with(|settings| {
        settings.login.phone_identifier = true;
        settings.login.phone_code = true;
        settings.sms.countries.insert(Region::parse("DE").unwrap());
        settings.sms.region = Region::parse("DE").ok();
        change(settings);
    })
    .await;
    world.app.methods =
        Methods::new(vec![Arc::new(EmailCode), Arc::new(Totp), Arc::new(PhoneCode), Arc::new(RecoveryCodes)]);
    world
}

/// A realm in which a confirmed number is a second factor and no way in.
async fn second(policy: MfaPolicy) -> World {
    world(|settings| {
        settings.login.phone_code = false;
        settings.mfa.phone_code = true;
        settings.mfa.policy = policy;
    })
    .await
}

async fn give(world: &World, user: UserId, number: &str) {
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    let stored = tx.users().find_user(user).await.unwrap().unwrap();
    let phone = Phone::parse(number).unwrap();
    let phones = vec![PhoneNumber { phone, verified_at: Some(world.now()), primary: true }];
    let patch = UserPatch { phones: Some(phones), ..UserPatch::default() };
    tx.users().save_user(stored.update(patch, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn phones(world: &World) -> Vec<(String, bool)> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    user.phones
        .iter()
        .map(|number| (number.phone.normal().to_owned(), number.verified_at.is_some()))
        .collect()
}

fn begin(method: &str) -> Command {
    Command::Begin { method: method.to_owned(), phone: None }
}

fn add(number: &str) -> Command {
    Command::Begin { method: "phone_code".to_owned(), phone: Some(number.to_owned()) }
}

fn answer(code: &str) -> Command {
    Command::Answer { code: Secret::new(code.to_owned()) }
}

async fn act(world: &World, visit: &Visit, command: Command) -> Acted {
    world.act(visit, command).await.unwrap()
}

/// The code that the flow's challenge has to send, and where to.
async fn texted(world: &World, visit: &Visit, purpose: ChallengePurpose) -> Option<String> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let method = MethodId::PHONE_CODE;
    let stored = tx.challenges().find_flow_challenge(visit.flow, &method, purpose).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let opened = challenge::open(&world.app, world.realm.realm.id, &stored).unwrap();
    opened.code().map(|code| code.expose().to_owned())
}

async fn amrs(world: &World, visit: &Visit) -> (Vec<Amr>, Option<Acr>) {
    let flow = world.stored(visit.flow).await;
    let amrs = flow.proofs.iter().map(|proof| proof.amr).collect();
    (amrs, Acr::of(&flow.factors()))
}

#[tokio::test]
async fn a_texted_code_signs_in_and_says_so() {
    let world = world(|_| {}).await;
    give(&world, world.user, NORMAL).await;
    let visit = world.visit().await;
    act(&world, &visit, identify(NUMBER, None)).await;
    let begun = act(&world, &visit, begin("phone_code")).await;
    assert_eq!(begun.flow.state.name(), StateName::PhoneCode, "{:?}", begun.outcome);
    let code = texted(&world, &visit, ChallengePurpose::Prove).await.unwrap();
    let right = act(&world, &visit, answer(&code)).await;
    assert_eq!(right.flow.state, FlowState::Continue, "{:?}", right.outcome);
    assert!(world.is_live(&right.session.unwrap()).await);
    let (amrs, acr) = amrs(&world, &visit).await;
    assert_eq!((amrs.as_slice(), acr), ([Amr::Sms, Amr::Otp].as_slice(), Some(Acr::SingleFactor)));
}

#[tokio::test]
async fn a_realm_without_passwords_texts_whoever_typed_a_number_and_mails_the_others() {
    let world = world(|settings| {
        settings.login.password = false;
        settings.login.email_code = true;
    })
    .await;
    for (name, state) in [(NUMBER, StateName::PhoneCode), (ADA, StateName::EmailCode)] {
        let visit = world.visit().await;
        let acted = act(&world, &visit, identify(name, None)).await;
        assert_eq!(acted.flow.state.name(), state, "{name}");
    }
}

#[tokio::test]
async fn a_number_of_nobody_looks_the_same() {
    let world = world(|_| {}).await;
    give(&world, world.user, NORMAL).await;
    let mut walks = Vec::new();
    for name in [NUMBER, "0171 7654321", ADA, "nobody@acme.test"] {
        let visit = world.visit().await;
        let mut walk = Vec::new();
        for command in [identify(name, None), begin("phone_code"), answer("000000"), Command::Resend] {
            let acted = act(&world, &visit, command).await;
            walk.push((acted.flow.state.name(), acted.outcome, acted.session.is_some()));
        }
        walks.push(walk);
    }
    assert!(walks.iter().all(|walk| *walk == walks[0]), "{walks:?}");
    let queued = world.jobs().await.into_iter().filter(|job| job.kind == "send_challenge").count();
    assert_eq!(queued, 8, "known and unknown people queue the same jobs");
}

#[tokio::test]
async fn a_number_that_gets_no_codes_is_refused_whoever_has_it() {
    let world = world(|_| {}).await;
    give(&world, world.user, "+33612345678").await;
    // Known, unknown, of a special price, of no plan.
    for (name, refusal) in [
        ("+33 6 12 34 56 78", Refusal::PhoneCountry),
        ("+33 6 98 76 54 32", Refusal::PhoneCountry),
        ("0900 1234567", Refusal::PhoneCountry),
        ("+999 123 45678", Refusal::PhoneMalformed),
    ] {
        let visit = world.visit().await;
        act(&world, &visit, identify(name, None)).await;
        let refused = act(&world, &visit, begin("phone_code")).await;
        assert_eq!(refused.outcome, Outcome::Refused(refusal), "{name}");
        assert_eq!(refused.flow.state, FlowState::Password, "{name}: the other ways are there");
    }
    // Who names the account by something else learns nothing about the number.
    let visit = world.visit().await;
    act(&world, &visit, identify(ADA, None)).await;
    let begun = act(&world, &visit, begin("phone_code")).await;
    assert_eq!((begun.flow.state.name(), begun.outcome), (StateName::PhoneCode, Outcome::Moved));
    assert_eq!(texted(&world, &visit, ChallengePurpose::Prove).await, None, "nothing is sent");
}

#[tokio::test]
async fn a_refused_number_is_told_on_the_first_page_where_there_are_no_passwords() {
    let world = world(|settings| settings.login.password = false).await;
    let visit = world.visit().await;
    let refused = act(&world, &visit, identify("+33 6 12 34 56 78", None)).await;
    assert_eq!(refused.outcome, Outcome::Refused(Refusal::PhoneCountry));
    assert_eq!(refused.flow.state, FlowState::Identify);
}

#[tokio::test]
async fn codes_to_one_number_and_from_one_network_are_bounded() {
    let world = world(|settings| {
        settings.sms.limits.per_number_hour = 2;
        settings.sms.limits.per_network_hour = 6;
    })
    .await;
    give(&world, world.user, NORMAL).await;
    for name in [NUMBER, "0171 7654321"] {
        let mut sent = 0;
        for _ in 0..3 {
            let visit = world.visit().await;
            act(&world, &visit, identify(name, None)).await;
            let begun = act(&world, &visit, begin("phone_code")).await;
            assert_eq!(begun.flow.state.name(), StateName::PhoneCode, "the page is the same");
            sent += usize::from(texted(&world, &visit, ChallengePurpose::Prove).await.is_some());
        }
        assert_eq!(sent, if name == NUMBER { 2 } else { 0 });
    }
    let visit = world.visit().await;
    act(&world, &visit, identify("0171 5555555", None)).await;
    let refused = world.act(&visit, begin("phone_code")).await;
    assert!(matches!(refused, Err(FlowError::Limited { .. })), "the network asked often enough");
}

#[tokio::test]
async fn digits_that_no_plan_has_stay_a_user_name() {
    let world = world(|settings| settings.login.phone_code = false).await;
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    let stored = tx.users().find_user(world.user).await.unwrap().unwrap();
    let username = vestibule_kernel::contact::Username::parse("4711").unwrap();
    let patch = UserPatch { username: Some(Some(username)), ..UserPatch::default() };
    tx.users().save_user(stored.update(patch, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let visit = world.visit().await;
    let acted = act(&world, &visit, identify("4711", Some(crate::world::PASSWORD))).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_confirmed_number_is_a_second_factor_where_the_realm_says_so() {
    let world = second(MfaPolicy::Optional).await;
    let visit = world.visit().await;
    let without = world.sign_in(&visit).await;
    assert_eq!(without.flow.state, FlowState::Continue, "there is no number yet");
    give(&world, world.user, NORMAL).await;
    world.advance(Duration::minutes(1));
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    assert_eq!(acted.flow.state.name(), StateName::PhoneCode);
    assert!(acted.session.is_none(), "a password alone is not enough");
    let code = texted(&world, &visit, ChallengePurpose::Prove).await.unwrap();
    let done = act(&world, &visit, answer(&code)).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    let (amrs, acr) = amrs(&world, &visit).await;
    assert_eq!((amrs, acr), (vec![Amr::Pwd, Amr::Sms, Amr::Otp], Some(Acr::MultiFactor)));
}

#[tokio::test]
async fn a_number_that_is_a_way_in_is_not_asked_for_after_a_password() {
    let world = world(|settings| settings.mfa.phone_code = true).await;
    give(&world, world.user, NORMAL).await;
    let visit = world.visit().await;
    assert_eq!(world.sign_in(&visit).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_number_of_a_country_that_gets_no_codes_is_no_second_factor() {
    let world = second(MfaPolicy::Optional).await;
    give(&world, world.user, "+33612345678").await;
    let visit = world.visit().await;
    assert_eq!(world.sign_in(&visit).await.flow.state, FlowState::Continue);
}

/// Signs Ada in by a mailed code, and by a texted one after it.
async fn by_two_codes(world: &World) -> (Visit, Acted) {
    let visit = world.visit().await;
    act(world, &visit, identify(ADA, None)).await;
    act(world, &visit, begin("email_code")).await;
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let method = MethodId::EMAIL_CODE;
    let found = tx.challenges().find_flow_challenge(visit.flow, &method, ChallengePurpose::Prove);
    let stored = found.await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let opened = challenge::open(&world.app, world.realm.realm.id, &stored).unwrap();
    let mailed = opened.code().unwrap().expose().to_owned();
    world.advance(Duration::seconds(5));
    let acted = act(world, &visit, answer(&mailed)).await;
    assert_eq!(acted.flow.state.name(), StateName::PhoneCode);
    world.advance(Duration::seconds(5));
    let code = texted(world, &visit, ChallengePurpose::Prove).await.unwrap();
    let done = act(world, &visit, answer(&code)).await;
    assert_ne!(amrs(world, &visit).await.1, Some(Acr::MultiFactor));
    (visit, done)
}

async fn codes(policy: MfaPolicy) -> World {
    let world = world(|settings| {
        settings.login.phone_code = false;
        settings.login.email_code = true;
        settings.mfa.phone_code = true;
        settings.mfa.policy = policy;
    })
    .await;
    give(&world, world.user, NORMAL).await;
    world
}

#[tokio::test]
async fn two_proofs_of_one_class_are_not_two_factors_and_a_password_beside_them_is() {
    // What the person has was asked for, and nothing is demanded.
    let (_, done) = by_two_codes(&codes(MfaPolicy::Optional).await).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    let world = codes(MfaPolicy::Required).await;
    let (visit, asked) = by_two_codes(&world).await;
    assert_eq!(asked.flow.state, FlowState::Password);
    assert!(asked.session.is_none());
    let wrong = act(&world, &visit, crate::world::password("not her password")).await;
    assert!(wrong.session.is_none());
    let done = act(&world, &visit, crate::world::password(crate::world::PASSWORD)).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    assert_eq!(amrs(&world, &visit).await.1, Some(Acr::MultiFactor));
}

#[tokio::test]
async fn whoever_has_no_password_is_told_that_two_factors_are_out_of_reach() {
    let world = codes(MfaPolicy::Required).await;
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    let bound = tx.credentials().list_credentials(world.user).await.unwrap();
    for credential in bound {
        let (user, id, kind) = (credential.user, credential.id, credential.kind);
        let gone = vestibule_authn::AuthnEvent::CredentialRemoved { user, id, kind };
        tx.credentials().delete_credential(id, gone.into()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (_, done) = by_two_codes(&world).await;
    assert_eq!(done.flow.state, FlowState::Failed { reason: FailureReason::Unmet });
    assert!(done.session.is_none());
}

#[tokio::test]
async fn who_came_in_by_a_text_is_not_texted_again() {
    let world = world(|settings| {
        settings.mfa.phone_code = true;
        settings.mfa.policy = MfaPolicy::Required;
    })
    .await;
    give(&world, world.user, NORMAL).await;
    let visit = world.visit().await;
    act(&world, &visit, identify(NUMBER, None)).await;
    act(&world, &visit, begin("phone_code")).await;
    let code = texted(&world, &visit, ChallengePurpose::Prove).await.unwrap();
    let acted = act(&world, &visit, answer(&code)).await;
    assert!(acted.session.is_none());
    assert_eq!(acted.flow.state, FlowState::ChooseEnrolment, "another authenticator is needed");
}

#[tokio::test]
async fn a_number_is_added_on_the_way_in_once_its_code_is_typed() {
    let world = second(MfaPolicy::Required).await;
    let visit = world.visit().await;
    assert_eq!(world.sign_in(&visit).await.flow.state, FlowState::ChooseEnrolment);
    for (number, refusal) in [
        ("", Refusal::PhoneMissing),
        ("ada", Refusal::PhoneMalformed),
        ("+33 6 12 34 56 78", Refusal::PhoneCountry),
    ] {
        assert_eq!(act(&world, &visit, add(number)).await.outcome, Outcome::Refused(refusal), "{number}");
    }
    let begun = act(&world, &visit, add(NUMBER)).await;
    assert_eq!(begun.flow.state.name(), StateName::EnrolPhone);
    assert_eq!(phones(&world).await, [], "nothing is kept before it is proven");
    let again = act(&world, &visit, Command::Resend).await;
    assert_eq!(again.flow.state.name(), StateName::EnrolPhone);
    let code = texted(&world, &visit, ChallengePurpose::Enrol).await.unwrap();
    let codes = act(&world, &visit, answer(&code)).await;
    assert_eq!(codes.flow.state.name(), StateName::RecoveryCodes, "{:?}", codes.outcome);
    assert_eq!(phones(&world).await, [(NORMAL.to_owned(), true)]);
    let done = act(&world, &visit, Command::Saved { saved: true }).await;
    assert_eq!(done.flow.state, FlowState::Continue, "what was just added is not asked for again");
    assert!(world.jobs().await.iter().any(|job| job.kind == "send_message"), "its owner is told");
    world.advance(Duration::minutes(1));
    let visit = world.visit().await;
    assert_eq!(world.sign_in(&visit).await.flow.state.name(), StateName::PhoneCode);
}

#[tokio::test]
async fn somebody_elses_number_cannot_be_added_and_nothing_tells_that_it_is() {
    let world = second(MfaPolicy::Required).await;
    let grace = UserId::from_uuid(world.app.entropy.uuid(world.now()));
    let new = NewUser {
        emails: vec![EmailAddress {
            email: Email::parse("grace@acme.test").unwrap(),
            verified_at: Some(world.now()),
            primary: true,
        }],
        ..NewUser::default()
    };
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    tx.users().save_user(User::create(grace, new, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    give(&world, grace, NORMAL).await;
    let mut shown = Vec::new();
    for number in [NUMBER, "0171 7654321"] {
        let visit = world.visit().await;
        world.sign_in(&visit).await;
        let begun = act(&world, &visit, add(number)).await;
        assert_eq!(begun.flow.state.name(), StateName::EnrolPhone);
        let cx = world.cx();
        let page = flow::show(&world.app, &cx, &world.realm, &visit.browser, visit.flow, flow::Detail::Page);
        let presented = page.await.unwrap().challenge.unwrap().presentation;
        shown.push(presented.sent_to.is_some());
        let wrong = act(&world, &visit, answer("000000")).await;
        assert_eq!(wrong.outcome, Outcome::Refused(Refusal::CodeWrong));
        let sent = texted(&world, &visit, ChallengePurpose::Enrol).await;
        assert_eq!(sent.is_some(), number != NUMBER, "to its owner nothing is sent");
    }
    assert_eq!(shown, [true, true]);
    assert_eq!(phones(&world).await, []);
}

/// Messages of the half hour before, and how many were answered.
async fn sent_before(world: &World, prefix: &str, (sent, answered): (usize, usize)) {
    let before = world.now() - Duration::minutes(40);
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    for _ in 0..sent {
        tx.text_counts().count_text_sent(prefix, before).await.unwrap();
    }
    for _ in 0..answered {
        tx.text_counts().count_text_answered(prefix, before).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn numbers_of_a_block_that_never_answers_are_refused_whoever_has_them() {
    let world = world(|settings| settings.sms.limits.stop_after = 10).await;
    give(&world, world.user, NORMAL).await;
    sent_before(&world, "+49171", (10, 1)).await;
    sent_before(&world, "+49160", (10, 9)).await;
    for (name, refused) in [(NUMBER, true), ("0171 7654321", true), ("0160 1234567", false)] {
        let visit = world.visit().await;
        act(&world, &visit, identify(name, None)).await;
        let begun = act(&world, &visit, begin("phone_code")).await;
        let expected = if refused { Outcome::Refused(Refusal::PhoneUnavailable) } else { Outcome::Moved };
        assert_eq!(begun.outcome, expected, "{name}");
    }
    let visit = world.visit().await;
    act(&world, &visit, identify(ADA, None)).await;
    let begun = act(&world, &visit, begin("phone_code")).await;
    assert_eq!(begun.outcome, Outcome::Moved, "nothing is said of a number that was not typed");
    assert_eq!(texted(&world, &visit, ChallengePurpose::Prove).await, None);
}

#[tokio::test]
async fn a_spent_budget_of_the_realm_is_told_alike() {
    let world = world(|settings| settings.sms.limits.per_hour = 3).await;
    give(&world, world.user, NORMAL).await;
    sent_before(&world, "+33612", (3, 3)).await;
    for name in [NUMBER, "0171 7654321"] {
        let visit = world.visit().await;
        act(&world, &visit, identify(name, None)).await;
        let begun = act(&world, &visit, begin("phone_code")).await;
        assert_eq!(begun.outcome, Outcome::Refused(Refusal::PhoneUnavailable), "{name}");
    }
}

#[tokio::test]
async fn a_second_factor_that_cannot_be_sent_leaves_the_other_ways() {
    let world = second(MfaPolicy::Optional).await;
    give(&world, world.user, NORMAL).await;
    sent_before(&world, "+49171", (30, 0)).await;
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    assert!(acted.session.is_none(), "a password alone is still not enough");
    assert_eq!(acted.flow.state.name(), StateName::ChooseMethod);
    let refused = act(&world, &visit, begin("phone_code")).await;
    assert_eq!(refused.outcome, Outcome::Refused(Refusal::PhoneUnavailable));
}

#[tokio::test]
async fn a_right_answer_is_counted_with_its_message() {
    let world = world(|_| {}).await;
    give(&world, world.user, NORMAL).await;
    let visit = world.visit().await;
    act(&world, &visit, identify(NUMBER, None)).await;
    act(&world, &visit, begin("phone_code")).await;
    let code = texted(&world, &visit, ChallengePurpose::Prove).await.unwrap();
    act(&world, &visit, answer("000000")).await;
    act(&world, &visit, answer(&code)).await;
    world.advance(Duration::minutes(40));
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let figures = tx.text_counts().text_figures("+49171", world.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(figures.answered, 1);
}

fn new_account(email: Option<&str>, phone: Option<&str>) -> Command {
    Command::SignUp(Some(Box::new(SignUpForm {
        email: email.map(str::to_owned),
        phone: phone.map(str::to_owned),
        password: Some(Secret::new("a quite long pass phrase".to_owned())),
        profile: serde_json::json!({"name": "Grace"}).as_object().cloned().unwrap(),
        ..SignUpForm::default()
    })))
}

async fn open_to(contact: SignUpContact) -> World {
    world(|settings| {
        settings.sign_up.mode = SignUpMode::Open;
        settings.sign_up.contact = contact;
    })
    .await
}

#[tokio::test]
async fn an_account_is_made_by_a_number_that_was_proven() {
    let world = open_to(SignUpContact::Phone).await;
    let visit = world.visit().await;
    act(&world, &visit, Command::SignUp(None)).await;
    let sent = act(&world, &visit, new_account(None, Some("0160 7654321"))).await;
    assert_eq!(sent.flow.state.name(), StateName::VerifyContact, "{:?}", sent.outcome);
    assert!(world.holder("+491607654321").await.is_none(), "not before it is proven");
    let code = texted(&world, &visit, ChallengePurpose::VerifyContact).await.unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let guessed = act(&world, &visit, answer(wrong)).await;
    assert_eq!(guessed.outcome, Outcome::Refused(Refusal::CodeWrong));
    let done = act(&world, &visit, answer(&code)).await;
    assert_eq!(done.flow.state, FlowState::Continue, "{:?}", done.outcome);
    assert!(world.is_live(&done.session.unwrap()).await);
    let user = world.holder("+491607654321").await.unwrap();
    assert!(user.emails.is_empty() && user.phones[0].verified_at.is_some());
    // It signs in from then on.
    let again = world.visit().await;
    act(&world, &again, identify("0160 7654321", None)).await;
    let password = Command::Password { password: Secret::new("a quite long pass phrase".to_owned()) };
    assert_eq!(act(&world, &again, password).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_known_number_gets_the_same_page_and_its_owner_is_told() {
    let world = open_to(SignUpContact::Phone).await;
    give(&world, world.user, NORMAL).await;
    let visit = world.visit().await;
    act(&world, &visit, Command::SignUp(None)).await;
    let sent = act(&world, &visit, new_account(None, Some(NUMBER))).await;
    assert_eq!(sent.flow.state.name(), StateName::VerifyContact);
    let code = texted(&world, &visit, ChallengePurpose::VerifyContact).await;
    assert_eq!(code.as_deref(), Some(""), "a message goes out, with nothing that could be answered");
    let guessed = act(&world, &visit, answer("123456")).await;
    assert_eq!(guessed.outcome, Outcome::Refused(Refusal::CodeWrong));
    assert_eq!(world.holder(NORMAL).await.map(|user| user.id), Some(world.user));
}

#[tokio::test]
async fn one_contact_is_asked_for_and_only_of_the_kind_that_the_realm_takes() {
    let refused = async |world: &World, email: Option<&str>, phone: Option<&str>| {
        let visit = world.visit().await;
        act(world, &visit, Command::SignUp(None)).await;
        match act(world, &visit, new_account(email, phone)).await.outcome {
            Outcome::Refused(refusal) => Some(refusal),
            _ => None,
        }
    };
    let either = open_to(SignUpContact::Either).await;
    let grace = Some("grace@new.test");
    assert_eq!(refused(&either, grace, Some(NUMBER)).await, Some(Refusal::OneContact));
    assert_eq!(refused(&either, None, None).await, Some(Refusal::OneContact));
    assert_eq!(refused(&either, grace, None).await, None);
    assert_eq!(refused(&either, None, Some("0160 1111111")).await, None);
    assert_eq!(refused(&either, None, Some("12")).await, Some(Refusal::PhoneMalformed));
    assert_eq!(refused(&either, None, Some("+1 201 555 0123")).await, Some(Refusal::PhoneCountry));
    let phone = open_to(SignUpContact::Phone).await;
    assert_eq!(refused(&phone, grace, None).await, Some(Refusal::PhoneMissing));
    let email = open_to(SignUpContact::Email).await;
    assert_eq!(refused(&email, None, Some(NUMBER)).await, Some(Refusal::EmailMissing));
}
