//! Sessions: opened by proofs, renewed for the same person, replaced for another, ended on the way out.

use vestibule_authn::{FlowState, Intent, StateName};
use vestibule_kernel::{OpaqueToken, UserId};
use vestibule_oauth::request::Prompt;
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::flow::{Browser, Command, NewFlowRequest, Outcome, Refusal};
use vestibule_users::{User, user::NewUser};

use crate::world::{ADA, PASSWORD, Visit, World, identify, password};

fn with_session(visit: Visit, session: &OpaqueToken) -> Visit {
    Visit { browser: Browser { session: Some(session.clone()), ..visit.browser }, ..visit }
}

async fn signed_in(world: &World) -> OpaqueToken {
    world.sign_in(&world.visit().await).await.session.unwrap()
}

#[tokio::test]
async fn signing_in_again_renews_the_session_under_a_new_cookie() {
    let world = World::new().await;
    let old = signed_in(&world).await;
    let visit = with_session(world.visit().await, &old);
    let new = world.sign_in(&visit).await.session.unwrap();
    assert!(world.is_live(&new).await);
    assert!(!world.is_live(&old).await);
    let events = world.events().await;
    assert!(events.contains(&"session.renewed".to_owned()));
    assert!(!events.contains(&"session.revoked".to_owned()));
}

#[tokio::test]
async fn another_person_replaces_the_session() {
    let world = World::new().await;
    let bob = second_user(&world).await;
    let old = signed_in(&world).await;
    let visit = with_session(world.visit().await, &old);
    let acted = world.act(&visit, identify("bob", Some(PASSWORD))).await.unwrap();
    assert_eq!(acted.flow.user, Some(bob));
    assert!(world.is_live(&acted.session.unwrap()).await);
    assert!(!world.is_live(&old).await);
    assert!(world.events().await.contains(&"session.revoked".to_owned()));
}

#[tokio::test]
async fn a_chosen_session_needs_no_password_unless_the_client_wants_a_fresh_one() {
    let world = World::new().await;
    let session = signed_in(&world).await;
    for (fresh, expected) in [(false, StateName::Continue), (true, StateName::Password)] {
        let client = vestibule_kernel::ClientId::parse("shop").unwrap();
        let request = world
            .park(&client, |request| {
                request.prompt.insert(Prompt::SelectAccount);
                if fresh {
                    request.prompt.insert(Prompt::Login);
                }
            })
            .await;
        let new = NewFlowRequest {
            state: Some(FlowState::ChooseAccount),
            request: Some(request),
            client: Some(client),
            ..NewFlowRequest::new(Intent::SignIn)
        };
        let visit = with_session(world.visit_with(new).await, &session);
        let acted = world.act(&visit, Command::UseSession).await.unwrap();
        assert_eq!(acted.flow.state.name(), expected);
        assert!(acted.session.is_none());
        if fresh {
            assert_eq!(acted.flow.identifier.as_deref(), Some(ADA));
            let acted = world.act(&visit, password(PASSWORD)).await.unwrap();
            assert_eq!(acted.flow.state, FlowState::Continue);
            assert!(acted.session.is_some());
        }
    }
}

#[tokio::test]
async fn choosing_a_session_that_has_ended_asks_who_it_is() {
    let world = World::new().await;
    let new = NewFlowRequest { state: Some(FlowState::ChooseAccount), ..NewFlowRequest::new(Intent::SignIn) };
    let visit = world.visit_with(new).await;
    let acted = world.act(&visit, Command::UseSession).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Identify);
}

#[tokio::test]
async fn a_consent_flow_whose_session_ended_asks_for_the_password() {
    let world = World::new().await;
    let client = vestibule_kernel::ClientId::parse("partner").unwrap();
    let request = world.park(&client, |_| {}).await;
    let new = NewFlowRequest {
        state: Some(FlowState::Consent { scopes: vec!["openid".into(), "email".into()] }),
        request: Some(request),
        client: Some(client),
        user: Some(world.user),
        ..NewFlowRequest::new(Intent::Consent)
    };
    let visit = world.visit_with(new).await;
    let acted = world.act(&visit, Command::Allow { scopes: vec!["openid".into()] }).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Identify);
    assert!(acted.session.is_none());
    // Whoever signs in now is asked themselves: the agreement of the other one is gone.
    let acted = world.sign_in(&visit).await;
    assert!(matches!(acted.flow.state, FlowState::Consent { .. }));
}

#[tokio::test]
async fn an_account_other_than_the_expected_one_is_refused_after_the_proof() {
    let world = World::new().await;
    second_user(&world).await;
    let ada = world.user.to_string();
    let visit = world.visit_client("shop", |request| request.expected_subject = Some(ada)).await;
    let acted = world.act(&visit, identify("bob", Some(PASSWORD))).await.unwrap();
    assert_eq!(acted.outcome, Outcome::Refused(Refusal::UnexpectedAccount));
    assert!(acted.session.is_none());
    world.act(&visit, Command::Restart).await.unwrap();
    assert_eq!(world.sign_in(&visit).await.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_staying_keeps_it() {
    let world = World::new().await;
    let session = signed_in(&world).await;
    let logout = || NewFlowRequest::new(Intent::LogoutConfirm);
    let visit = with_session(world.visit_with(logout()).await, &session);
    let acted = world.act(&visit, Command::Stay).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert!(world.is_live(&session).await);
    let visit = with_session(world.visit_with(logout()).await, &session);
    let acted = world.act(&visit, Command::SignOut).await.unwrap();
    assert_eq!(acted.flow.state, FlowState::SignedOut);
    assert!(acted.signed_out);
    assert!(!world.is_live(&session).await);
}

#[tokio::test]
async fn a_browser_not_seen_before_is_told_of_once() {
    let world = World::new().await;
    signed_in(&world).await;
    signed_in(&world).await;
    assert_eq!(world.told(MessageKind::NewDevice).await, [ADA]);
    assert_eq!(world.jobs().await.len(), 1, "and nothing else is queued");
    let quiet = World::with(|settings| settings.login.new_device_notice = false).await;
    signed_in(&quiet).await;
    assert!(quiet.jobs().await.is_empty());
}

#[tokio::test]
async fn a_browser_that_keeps_cookies_is_known_by_them_and_not_by_what_it_says_of_itself() {
    let world = World::new().await;
    let sign_in = async |device: Option<String>| {
        world.advance(chrono::Duration::seconds(1));
        let visit = world.visit().await;
        let browser = Browser { keeps_cookies: true, device, ..visit.browser };
        world.sign_in(&Visit { browser, ..visit }).await.device
    };
    let told = async || world.told(MessageKind::NewDevice).await.len();
    let known = sign_in(None).await;
    assert_eq!((known.is_some(), told().await), (true, 1));
    sign_in(known).await;
    assert_eq!(told().await, 1, "it is known");
    sign_in(None).await;
    assert_eq!(told().await, 2, "another one of the same make is not");
}

/// Bob, with the same password.
pub(crate) async fn second_user(world: &World) -> UserId {
    let id = UserId::from_uuid(world.app.entropy.uuid(world.now()));
    let credential = vestibule_kernel::CredentialId::from_uuid(world.app.entropy.uuid(world.now()));
    let hash = world.hash().await;
    let username = vestibule_kernel::contact::Username::parse("bob").unwrap();
    let new = NewUser { username: Some(username), ..NewUser::default() };
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    tx.users().save_user(User::create(id, new, world.now()).unwrap()).await.unwrap();
    let password = vestibule_authn::Credential::password(credential, id, hash, world.now());
    tx.credentials().save_credential(password).await.unwrap();
    tx.commit().await.unwrap();
    id
}
