//! What a sign-in asks for the profile: asked once, saved, left and asked for again; and where it is not asked.

use chrono::Duration;
use serde_json::{Map, Value, json};
use vestibule_authn::{ChallengePurpose, FlowState, Intent, Requirement, StateName, flow::AccountPath};
use vestibule_kernel::{Actor, Secret};
use vestibule_realms::settings::{MfaPolicy, RealmSettings};
use vestibule_usecases::flow::{
    self, Acted, Command, Detail, FlowError, NewFlowRequest, Outcome, Refusal, Unsent,
};
use vestibule_users::{User, UserPatch, user::UserStatus};

use crate::{
    ways::{self, answer, code_of, mailed},
    world::{ADA, PASSWORD, Visit, World, asked, identify, password},
};

/// Attributes of every type; whether `city` is required.
fn attributes(settings: &mut RealmSettings, required: bool) {
    let own = json!([
        {"name": "city", "type": "text", "max_length": 20, "required": required},
        {"name": "plan", "type": "text", "options": ["free", "pro"]},
        {"name": "employees", "type": "integer"},
        {"name": "newsletter", "type": "boolean"},
    ]);
    settings.profile = serde_json::from_value(own).unwrap();
}

fn asks(settings: &mut RealmSettings, names: &[&str]) {
    settings.login.ask_profile = names.iter().map(|name| (*name).to_owned()).collect();
}

/// A realm that asks for these, some time after Ada's account was made.
async fn world(names: &[&str], required: bool) -> World {
    let world = World::with(|settings| {
        attributes(settings, required);
        asks(settings, names);
    })
    .await;
    world.advance(Duration::hours(1));
    world
}

fn save(values: Value) -> Command {
    let profile = values.as_object().cloned().unwrap();
    Command::SaveProfile { profile, unsent: Unsent::MeansNothing }
}

/// What a form sends: text as typed, and nothing of a box that is not ticked.
fn save_form(values: Value) -> Command {
    let profile = values.as_object().cloned().unwrap();
    Command::SaveProfile { profile, unsent: Unsent::MeansNo }
}

async fn act(world: &World, visit: &Visit, command: Command) -> Acted {
    world.act(visit, command).await.unwrap()
}

async fn ada(world: &World) -> User {
    world.holder(ADA).await.unwrap()
}

async fn signed_in(world: &World) -> (Visit, Acted) {
    let visit = world.visit().await;
    let acted = world.sign_in(&visit).await;
    (visit, acted)
}

/// What the page asks for.
fn page(acted: &Acted) -> (Vec<&str>, bool) {
    match &acted.flow.state {
        FlowState::CompleteProfile { fields, skippable } => {
            (fields.iter().map(String::as_str).collect(), *skippable)
        }
        other => panic!("nothing is asked for but the flow is in {other:?}"),
    }
}

async fn update(world: &World, patch: UserPatch) {
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap().unwrap();
    tx.users().save_user(user.update(patch, world.now()).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
}

/// The last event of this kind: who did it, and what it says.
async fn last_event(world: &World, kind: &str) -> (Actor, Value) {
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let filter = vestibule_events::EventFilter::default();
    let page = vestibule_kernel::PageRequest::new(200, None);
    let events = tx.events().list_events(&filter, &page).await.unwrap();
    tx.commit().await.unwrap();
    let event = events.items.into_iter().find(|event| event.kind == kind).unwrap();
    (event.actor, event.data)
}

#[tokio::test]
async fn what_is_missing_is_asked_for_once_saved_and_the_request_goes_on() {
    let world = world(&["birthdate", "plan", "newsletter"], false).await;
    let visit = world.visit_client("partner", |_| {}).await;
    let request = world.stored(visit.flow).await.request;
    let acted = world.sign_in(&visit).await;
    assert_eq!(page(&acted), (vec!["birthdate", "plan", "newsletter"], true));
    assert!(acted.session.is_none(), "the session opens at the end");
    let (app, cx) = (&world.app, world.cx());
    let shown = flow::show(app, &cx, &world.realm, &visit.browser, visit.flow, Detail::Owed).await.unwrap();
    let owed: Vec<_> = shown.owed.iter().collect();
    assert!(
        matches!(owed[..], [Requirement::Profile { skippable: true, .. }, Requirement::Consent { .. }]),
        "{owed:?}"
    );
    let values = json!({"birthdate": "1815-12-10", "plan": "pro"});
    let saved = act(&world, &visit, save_form(values)).await;
    assert_eq!(asked(&saved.flow), ["email", "openid"], "and then the client is agreed to");
    let profile = ada(&world).await.profile;
    let wanted = json!({"birthdate": "1815-12-10", "plan": "pro", "newsletter": false});
    assert_eq!(json!(profile.values()), wanted, "a box that is not ticked says no");
    let (actor, told) = last_event(&world, "user.updated").await;
    assert_eq!(actor, Actor::User(world.user));
    assert_eq!(told["fields"], json!(["profile"]));
    let scopes = asked(&saved.flow);
    let done = act(&world, &visit, Command::Allow { scopes }).await;
    assert_eq!((&done.flow.state, done.flow.request), (&FlowState::Continue, request));
    assert!(world.is_live(&done.session.unwrap()).await);
    let (_, again) = signed_in(&world).await;
    assert_eq!(again.flow.state, FlowState::Continue, "nothing is missing any more");
}

#[tokio::test]
async fn a_sign_in_asks_for_three_things_and_the_next_one_for_more() {
    let world = world(&["nickname", "birthdate", "plan", "employees", "gender"], false).await;
    let (visit, acted) = signed_in(&world).await;
    assert_eq!(page(&acted).0, ["nickname", "birthdate", "plan"]);
    let values = json!({"nickname": "Countess", "birthdate": "1815-12-10", "plan": "free"});
    let saved = act(&world, &visit, save(values)).await;
    assert_eq!(saved.flow.state, FlowState::Continue, "one page in one sign-in");
    let (visit, acted) = signed_in(&world).await;
    assert_eq!(page(&acted).0, ["employees", "gender"]);
    act(&world, &visit, save(json!({"employees": 3, "gender": "f"}))).await;
    assert_eq!(signed_in(&world).await.1.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn what_is_left_is_asked_for_again_after_the_days_that_the_realm_sets() {
    let world = world(&["birthdate"], false).await;
    let (visit, _) = signed_in(&world).await;
    let left = act(&world, &visit, Command::Skip).await;
    assert_eq!(left.flow.state, FlowState::Continue);
    assert!(world.is_live(&left.session.unwrap()).await);
    assert!(ada(&world).await.profile.values().is_empty());
    let (actor, told) = last_event(&world, "user.updated").await;
    assert_eq!(actor, Actor::User(world.user));
    assert_eq!(told["fields"], json!(["private_metadata"]));
    for (days, is_asked) in [(0, false), (29, false), (2, true), (0, true)] {
        world.advance(Duration::days(days));
        let (_, acted) = signed_in(&world).await;
        let state = acted.flow.state.name();
        assert_eq!(state == StateName::CompleteProfile, is_asked, "after {days} more days: {state:?}");
    }
    let (visit, _) = signed_in(&world).await;
    let saved = act(&world, &visit, save(json!({"birthdate": "1815-12-10"}))).await;
    assert_eq!(saved.flow.state, FlowState::Continue);
    assert!(ada(&world).await.private_metadata.is_empty(), "nothing is left any more");
}

#[tokio::test]
async fn fields_left_empty_are_left_like_the_whole_page() {
    let world = world(&["birthdate", "plan"], false).await;
    update(
        &world,
        UserPatch { private_metadata: json!({"vip": true}).as_object().cloned(), ..UserPatch::default() },
    )
    .await;
    let (visit, _) = signed_in(&world).await;
    let saved = act(&world, &visit, save_form(json!({"birthdate": "", "plan": "pro"}))).await;
    assert_eq!(saved.flow.state, FlowState::Continue);
    assert_eq!(signed_in(&world).await.1.flow.state, FlowState::Continue);
    assert_eq!(ada(&world).await.private_metadata["vip"], true, "what administrators wrote stays");
    world.advance(Duration::days(30));
    assert_eq!(page(&signed_in(&world).await.1).0, ["birthdate"]);
}

#[tokio::test]
async fn what_the_realm_requires_cannot_be_left() {
    let world = world(&["birthdate", "city"], true).await;
    let (visit, acted) = signed_in(&world).await;
    assert_eq!(page(&acted), (vec!["city", "birthdate"], false), "the required ones first");
    let missing = Outcome::Refused(Refusal::ProfileMissing("city".to_owned()));
    for command in [Command::Skip, save(json!({})), save(json!({"city": " "})), save(json!({"city": null}))] {
        let refused = act(&world, &visit, command).await;
        assert_eq!(refused.outcome, missing);
        assert!(refused.session.is_none());
    }
    assert!(ada(&world).await.private_metadata.is_empty());
    let (_, again) = signed_in(&world).await;
    assert_eq!(page(&again).0, ["city", "birthdate"], "in another flow too");
    let saved = act(&world, &visit, save(json!({"city": "London"}))).await;
    assert_eq!(saved.flow.state, FlowState::Continue);
    assert_eq!(ada(&world).await.profile.text("city"), Some("London"));
    assert_eq!(signed_in(&world).await.1.flow.state, FlowState::Continue, "the other one was left");
}

#[tokio::test]
async fn another_account_can_be_used_instead() {
    let world = world(&["city"], true).await;
    let (visit, _) = signed_in(&world).await;
    let back = act(&world, &visit, Command::Restart).await;
    assert_eq!((&back.flow.state, back.flow.user), (&FlowState::Identify, None));
    assert!(back.flow.proofs.is_empty());
}

#[tokio::test]
async fn what_else_is_required_is_not_in_the_way() {
    let world = world(&["plan"], true).await;
    let (visit, _) = signed_in(&world).await;
    let saved = act(&world, &visit, save(json!({"plan": "pro"}))).await;
    assert_eq!(saved.flow.state, FlowState::Continue, "the city is not asked for");
}

#[tokio::test]
async fn hostile_values_are_refused_and_change_nothing() {
    let world = world(&["city", "plan", "employees", "newsletter", "birthdate", "website"], false).await;
    let (visit, acted) = signed_in(&world).await;
    assert_eq!(page(&acted).0, ["city", "plan", "employees"]);
    let long = "x".repeat(21);
    let before = ada(&world).await;
    for (name, value) in [
        ("city", json!(long)),
        ("city", json!("a\u{202e}b")),
        ("city", json!("a\u{0}b")),
        ("city", json!({"$ne": null})),
        ("city", json!(["London"])),
        ("city", json!(7)),
        ("plan", json!("gold")),
        ("employees", json!("three")),
        ("employees", json!(1.5)),
        ("newsletter", json!(true)),
        ("birthdate", json!("1815-12-10")),
        ("name", json!("Eve")),
        ("address", json!({"country": "UK"})),
        ("email_verified", json!(true)),
        ("", json!("x")),
    ] {
        let values: Map<String, Value> = [(name.to_owned(), value.clone())].into_iter().collect();
        let refused = act(&world, &visit, save(Value::Object(values))).await;
        let wanted = Outcome::Refused(Refusal::ProfileInvalid(name.to_owned()));
        assert_eq!(refused.outcome, wanted, "{name}: {value}");
    }
    let mixed = act(&world, &visit, save(json!({"city": "London", "plan": "gold"}))).await;
    assert!(matches!(mixed.outcome, Outcome::Refused(_)), "all or nothing");
    assert_eq!(ada(&world).await, before);
    assert_eq!(world.state(&visit).await, StateName::CompleteProfile);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_answered_once() {
    let world = world(&["city"], false).await;
    let (visit, _) = signed_in(&world).await;
    let both = ["London", "Paris"].map(|city| world.act(&visit, save(json!({"city": city}))));
    let outcomes = futures::future::join_all(both).await;
    let opened =
        outcomes.iter().filter(|outcome| outcome.as_ref().is_ok_and(|acted| acted.session.is_some()));
    assert_eq!(opened.count(), 1);
    assert!(ada(&world).await.profile.text("city").is_some());
    let late = world.act(&visit, save(json!({"city": "Rome"}))).await;
    assert!(matches!(late, Err(FlowError::NotAllowed(StateName::Continue))));
}

#[tokio::test]
async fn nobody_is_asked_on_the_way_to_something_else() {
    let world = world(&["city"], true).await;
    let account = NewFlowRequest {
        account: Some(AccountPath::parse("/password").unwrap()),
        ..NewFlowRequest::new(Intent::SignIn)
    };
    for (what, new) in [("a step-up", NewFlowRequest::new(Intent::StepUp)), ("the account", account)] {
        let visit = world.visit_with(new).await;
        let acted = world.sign_in(&visit).await;
        assert_eq!(acted.flow.state, FlowState::Continue, "{what}");
        assert!(acted.session.is_some());
    }
    assert_eq!(page(&signed_in(&world).await.1).0, ["city"], "a sign-in is");
}

#[tokio::test]
async fn nobody_is_asked_after_a_forgotten_password_even_where_an_app_is_asked_for() {
    let world = ways::world(|settings| {
        attributes(settings, false);
        asks(settings, &["city"]);
        settings.mfa.policy = MfaPolicy::Required;
    })
    .await;
    // In the moment in which the account was made: nothing is asked for yet.
    let secret = ways::enrolled(&world).await;
    world.advance(Duration::hours(1));
    let visit = world.visit().await;
    act(&world, &visit, Command::Recover { username: None }).await;
    act(&world, &visit, Command::Recover { username: Some(ADA.to_owned()) }).await;
    let (code, _) = mailed(&world, &visit, ChallengePurpose::Recover).await;
    act(&world, &visit, answer(&code)).await;
    let new = "an altogether new pass phrase";
    let set = act(&world, &visit, Command::NewPassword { password: Secret::new(new.to_owned()) }).await;
    assert_eq!(set.flow.state.name(), StateName::Totp);
    let both = act(&world, &visit, answer(&code_of(&secret, &world))).await;
    assert_eq!(both.flow.state, FlowState::Password, "two things that somebody has are one factor");
    let done = act(&world, &visit, password(new)).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    world.advance(Duration::minutes(5));
    let visit = world.visit().await;
    act(&world, &visit, identify(ADA, Some(new))).await;
    let proven = act(&world, &visit, answer(&code_of(&secret, &world))).await;
    assert_eq!(page(&proven).0, ["city"], "after both proofs of the next sign-in");
}

#[tokio::test]
async fn whoever_just_made_the_account_is_not_asked() {
    let world = ways::world(|settings| asks(settings, &["birthdate"])).await;
    let visit = world.visit().await;
    world.advance(Duration::minutes(1));
    act(&world, &visit, Command::SignUp(None)).await;
    act(&world, &visit, ways::form("grace@new.test")).await;
    let (code, _) = mailed(&world, &visit, ChallengePurpose::VerifyContact).await;
    let done = act(&world, &visit, answer(&code)).await;
    assert_eq!(done.flow.state, FlowState::Continue);
    world.advance(Duration::minutes(1));
    let again = world.visit().await;
    let acted = act(&world, &again, identify("grace@new.test", Some("a quite long pass phrase"))).await;
    assert_eq!(page(&acted).0, ["birthdate"], "a later sign-in asks");
}

#[tokio::test]
async fn whoever_was_suspended_while_the_page_was_open_does_not_get_in() {
    for command in [Command::Skip, save(json!({"city": "London"}))] {
        let world = world(&["city"], false).await;
        let (visit, _) = signed_in(&world).await;
        world.set_status(UserStatus::Suspended).await;
        let acted = act(&world, &visit, command).await;
        assert_eq!(acted.flow.state.name(), StateName::Failed);
        assert!(acted.session.is_none() && ada(&world).await.profile.values().is_empty());
    }
}

#[tokio::test]
async fn a_note_that_finds_no_room_keeps_nobody_out() {
    let world = world(&["city"], false).await;
    let full = json!({"note": "x".repeat(16 * 1024 - 20)});
    let private_metadata = full.as_object().cloned();
    update(&world, UserPatch { private_metadata, ..UserPatch::default() }).await;
    let (visit, _) = signed_in(&world).await;
    assert_eq!(act(&world, &visit, Command::Skip).await.flow.state, FlowState::Continue);
    let (visit, acted) = signed_in(&world).await;
    assert_eq!(page(&acted).0, ["city"], "it is asked for again");
    act(&world, &visit, save(json!({"city": "London"}))).await;
    assert_eq!(ada(&world).await.profile.text("city"), Some("London"));
}

#[tokio::test]
async fn what_administrators_wrote_where_the_note_stands_is_no_note() {
    let world = world(&["city"], false).await;
    for odd in [json!("x"), json!({"city": 7}), json!({"city": "yesterday"}), json!([1])] {
        let private_metadata = json!({"profile_left": odd}).as_object().cloned();
        update(&world, UserPatch { private_metadata, ..UserPatch::default() }).await;
        assert_eq!(page(&signed_in(&world).await.1).0, ["city"], "{odd}");
    }
    let (visit, _) = signed_in(&world).await;
    assert_eq!(act(&world, &visit, Command::Skip).await.flow.state, FlowState::Continue);
    assert_eq!(signed_in(&world).await.1.flow.state, FlowState::Continue, "and is replaced by one");
}

#[tokio::test]
async fn a_way_that_asks_for_nothing_is_as_before() {
    let world = world(&[], true).await;
    let visit = world.visit().await;
    let acted = act(&world, &visit, identify(ADA, Some(PASSWORD))).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
}
