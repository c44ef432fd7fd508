//! Phone numbers of one's own account.

use std::sync::Arc;

use vestibule_authn::{
    FlowState, Methods,
    methods::{EmailCode, PhoneCode, RecoveryCodes, Totp},
};
use vestibule_kernel::{ChallengeId, Region, Secret, UserId, contact::Phone};
use vestibule_realms::settings::{MfaPolicy, RealmSettings};
use vestibule_usecases::{
    account::{self, AccountCx, AccountError, CodeError, PhoneRefusal},
    challenge,
    flow::Command,
    texting::NoText,
};
use vestibule_users::{NewUser, User, UserPatch, user::PhoneNumber};

use crate::world::{ADA, PASSWORD, World, identify};

const NUMBER: &str = "+491711234567";
const OTHER: &str = "+491601234567";

async fn world(change: impl FnOnce(&mut RealmSettings)) -> World {
    let mut world = World::with(|settings| {
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

async fn me(world: &World) -> AccountCx {
    let cookie = world.sign_in(&world.visit().await).await.session.unwrap();
    let entered = AccountCx::enter(&world.app, &world.cx(), &world.realm, Some(&cookie)).await;
    entered.unwrap_or_else(|error| panic!("{error}"))
}

async fn numbers(world: &World) -> Vec<(String, bool, bool)> {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let shown = |number: &PhoneNumber| {
        (number.phone.normal().to_owned(), number.verified_at.is_some(), number.primary)
    };
    user.phones.iter().map(shown).collect()
}

async fn set(world: &World, phones: Vec<PhoneNumber>) {
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap().unwrap();
    let patch = UserPatch { phones: Some(phones), ..UserPatch::default() };
    tx.users().save_user(user.update(patch, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

fn number(world: &World, text: &str, primary: bool) -> PhoneNumber {
    PhoneNumber { phone: phone(text), verified_at: Some(world.now()), primary }
}

/// The code that was texted for a challenge; empty where none was.
async fn texted(world: &World, id: ChallengeId) -> String {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let stored = tx.challenges().find_challenge(id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let opened = challenge::open(&world.app, world.realm.realm.id, &stored).unwrap();
    opened.code().map(|code| code.expose().to_owned()).unwrap_or_default()
}

async fn add(world: &World, me: &AccountCx, typed: &str) -> Result<ChallengeId, AccountError> {
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    account::add_phone(&world.app, &world.realm, &fresh, typed).await
}

async fn confirm(world: &World, me: &AccountCx, id: ChallengeId, code: &str) -> Result<Phone, AccountError> {
    account::confirm_phone(&world.app, &world.realm, me, id, Secret::new(code.to_owned())).await
}

async fn remove(world: &World, me: &AccountCx, text: &str) -> Result<(), AccountError> {
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    account::remove_phone(&world.app, &world.realm, &fresh, &phone(text)).await
}

fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

fn refusal<T>(result: Result<T, AccountError>) -> Option<PhoneRefusal> {
    match result {
        Err(AccountError::Phone(refusal)) => Some(refusal),
        _ => None,
    }
}

async fn messages(world: &World) -> usize {
    world.jobs().await.iter().filter(|job| job.kind == "send_message").count()
}

#[tokio::test]
async fn a_number_is_theirs_once_its_code_came_back_and_every_change_is_told() {
    let world = world(|_| {}).await;
    let me = me(&world).await;
    let id = add(&world, &me, "0171 1234567").await.unwrap();
    assert_eq!(numbers(&world).await, [], "nothing is held before the proof");
    let code = texted(&world, id).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert!(matches!(confirm(&world, &me, id, wrong).await, Err(AccountError::Code(CodeError::Wrong))));
    assert!(matches!(confirm(&world, &me, id, "x").await, Err(AccountError::Code(CodeError::Malformed))));
    let before = messages(&world).await;
    assert_eq!(confirm(&world, &me, id, &code).await.unwrap().normal(), NUMBER);
    assert_eq!(messages(&world).await, before + 1);
    let again = confirm(&world, &me, id, &code).await;
    assert!(matches!(again, Err(AccountError::Code(CodeError::Spent))), "a code works once");
    assert_eq!(numbers(&world).await, [(NUMBER.to_owned(), true, true)]);

    let second = add(&world, &me, OTHER).await.unwrap();
    let code = texted(&world, second).await;
    confirm(&world, &me, second, &code).await.unwrap();
    assert_eq!(refusal(remove(&world, &me, NUMBER).await), Some(PhoneRefusal::Main));
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let before = messages(&world).await;
    account::make_primary_phone(&world.app, &fresh, &phone(OTHER)).await.unwrap();
    remove(&world, &me, NUMBER).await.unwrap();
    assert_eq!(messages(&world).await, before + 2);
    assert_eq!(numbers(&world).await, [(OTHER.to_owned(), true, true)]);
    remove(&world, &me, OTHER).await.unwrap();
    assert_eq!(numbers(&world).await, [], "the last one goes: a password opens the account");
    assert!(matches!(remove(&world, &me, OTHER).await, Err(AccountError::NotFound("number"))));
}

#[tokio::test]
async fn numbers_that_cannot_be_used_are_refused_with_the_reason() {
    let world = world(|settings| settings.sms.limits.per_network_hour = 3).await;
    set(&world, vec![number(&world, NUMBER, true)]).await;
    let me = me(&world).await;
    for (typed, why) in [
        (" ", PhoneRefusal::NoText(NoText::Missing)),
        ("12", PhoneRefusal::NoText(NoText::Malformed)),
        ("+33612345678", PhoneRefusal::NoText(NoText::Country)),
        ("0171 1234567", PhoneRefusal::Yours),
    ] {
        assert_eq!(refusal(add(&world, &me, typed).await), Some(why), "{typed}");
    }
    for _ in 0..3 {
        add(&world, &me, OTHER).await.unwrap();
    }
    assert!(matches!(add(&world, &me, OTHER).await, Err(AccountError::Limited { .. })));
}

#[tokio::test]
async fn a_number_of_somebody_else_looks_the_same_and_is_never_theirs() {
    let world = world(|_| {}).await;
    let bob = UserId::from_uuid(world.app.entropy.uuid(world.now()));
    let new = NewUser { phones: vec![number(&world, OTHER, true)], ..NewUser::default() };
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    tx.users().save_user(User::create(bob, new, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    let me = me(&world).await;
    let id = add(&world, &me, OTHER).await.unwrap();
    assert_eq!(texted(&world, id).await, "");
    let waiting = account::waiting_phone(&world.app, &me, id).await.unwrap();
    assert_eq!((waiting.contact.normal(), waiting.open), (OTHER, true));
    for guess in ["000000", "123456"] {
        let refused = confirm(&world, &me, id, guess).await;
        assert!(matches!(refused, Err(AccountError::Code(CodeError::Wrong))));
    }
    assert_eq!(numbers(&world).await, []);
}

/// Signs in, by a texted code at the end.
async fn me_by_text(world: &World, first: Command) -> AccountCx {
    let visit = world.visit().await;
    let asked = world.act(&visit, first).await.unwrap();
    let FlowState::Challenge { challenge, .. } = asked.flow.state else { panic!("{:?}", asked.flow.state) };
    let code = Secret::new(texted(world, challenge).await);
    let cookie = world.act(&visit, Command::Answer { code }).await.unwrap().session.unwrap();
    let entered = AccountCx::enter(&world.app, &world.cx(), &world.realm, Some(&cookie)).await;
    entered.unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn the_last_second_factor_stays_where_one_is_needed() {
    let world = world(|settings| {
        settings.login.phone_code = false;
        settings.mfa.phone_code = true;
        settings.mfa.policy = MfaPolicy::Required;
    })
    .await;
    set(&world, vec![number(&world, NUMBER, true)]).await;
    let me = me_by_text(&world, identify(ADA, Some(PASSWORD))).await;
    assert_eq!(refusal(remove(&world, &me, NUMBER).await), Some(PhoneRefusal::LastFactor));
    let id = add(&world, &me, OTHER).await.unwrap();
    let code = texted(&world, id).await;
    confirm(&world, &me, id, &code).await.unwrap();
    remove(&world, &me, OTHER).await.unwrap();
    assert_eq!(numbers(&world).await, [(NUMBER.to_owned(), true, true)]);
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let world = world(|settings| {
        settings.login.password = false;
        settings.login.phone_identifier = true;
    })
    .await;
    set(&world, vec![number(&world, NUMBER, true)]).await;
    let me = me_by_text(&world, identify(NUMBER, None)).await;
    assert_eq!(refusal(remove(&world, &me, NUMBER).await), Some(PhoneRefusal::LastWayIn));
    assert_eq!(numbers(&world).await, [(NUMBER.to_owned(), true, true)]);
}

#[tokio::test]
async fn a_realm_without_codes_by_text_message_adds_no_numbers() {
    let world = world(|settings| settings.login.phone_code = false).await;
    let me = me(&world).await;
    assert!(matches!(add(&world, &me, NUMBER).await, Err(AccountError::SwitchedOff)));
    set(&world, vec![number(&world, NUMBER, true)]).await;
    remove(&world, &me, NUMBER).await.unwrap();
}
