//! The account's own guard: who is let in, and how long a proof counts as fresh.

use chrono::Duration;
use vestibule_authn::{FlowState, Intent, flow::AccountPath};
use vestibule_kernel::{OpaqueToken, Secret};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    account::{self, AccountCx, AccountError},
    flow::{Browser, Command, Outcome, Refusal},
};
use vestibule_users::UserStatus;

use crate::world::{ADA, PASSWORD, Visit, World, password};

async fn enter(world: &World, cookie: Option<&OpaqueToken>) -> Result<AccountCx, AccountError> {
    AccountCx::enter(&world.app, &world.cx(), &world.realm, cookie).await
}

async fn signed_in(world: &World) -> OpaqueToken {
    world.sign_in(&world.visit().await).await.session.unwrap()
}

#[tokio::test]
async fn only_a_live_session_of_an_active_user_enters() {
    let world = World::new().await;
    assert!(matches!(enter(&world, None).await, Err(AccountError::SignedOut)));
    let cookie = signed_in(&world).await;
    assert_eq!(enter(&world, Some(&cookie)).await.unwrap_or_else(|_| panic!("in")).id(), world.user);
    world.set_status(UserStatus::Suspended).await;
    assert!(matches!(enter(&world, Some(&cookie)).await, Err(AccountError::SignedOut)));
    world.set_status(UserStatus::Active).await;
    world.advance(Duration::days(8));
    assert!(matches!(enter(&world, Some(&cookie)).await, Err(AccountError::SignedOut)));
}

#[tokio::test]
async fn using_the_account_keeps_the_session_alive() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    for _ in 0..3 {
        world.advance(Duration::days(6));
        assert!(enter(&world, Some(&cookie)).await.is_ok());
    }
}

#[tokio::test]
async fn a_proof_grows_old_and_a_step_up_makes_a_new_one() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    world.advance(Duration::seconds(601));
    let me = enter(&world, Some(&cookie)).await.unwrap_or_else(|_| panic!("in"));
    assert!(matches!(me.fresh(), Err(AccountError::ProofNeeded)));
    let page = AccountPath::parse("/password").unwrap();
    let browser = Browser::default();
    let cx = world.cx();
    let started = account::start_proof(&world.app, &cx, &world.realm, &browser, (Some(&me), page.clone()))
        .await
        .unwrap();
    let flow = world.stored(started.flow).await;
    assert_eq!((flow.intent, flow.state), (Intent::StepUp, FlowState::Password));
    let browser = Browser { flow: Some(started.cookie), session: Some(cookie), ..Browser::default() };
    let acted = world.act(&Visit { flow: started.flow, browser }, password(PASSWORD)).await.unwrap();
    assert_eq!((acted.flow.state, acted.flow.account), (FlowState::Continue, Some(page)));
    let me = enter(&world, acted.session.as_ref()).await.unwrap_or_else(|_| panic!("in"));
    assert!(me.fresh().is_ok());
}

#[tokio::test]
async fn somebody_else_does_not_slip_in_where_one_confirms_who_one_is() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    crate::sessions::second_user(&world).await;
    world.advance(Duration::seconds(601));
    let me = enter(&world, Some(&cookie)).await.unwrap_or_else(|_| panic!("in"));
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    for credential in tx.credentials().list_credentials(world.user).await.unwrap() {
        let (user, id, kind) = (credential.user, credential.id, credential.kind);
        let gone = vestibule_authn::AuthnEvent::CredentialRemoved { user, id, kind };
        tx.credentials().delete_credential(id, gone.into()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (cx, to) = (world.cx(), (Some(&me), AccountPath::overview()));
    let started = account::start_proof(&world.app, &cx, &world.realm, &Browser::default(), to).await.unwrap();
    let flow = world.stored(started.flow).await;
    assert_eq!((flow.state, flow.user), (FlowState::Identify, Some(world.user)));
    let browser = Browser { flow: Some(started.cookie), session: Some(cookie), ..Browser::default() };
    let visit = Visit { flow: started.flow, browser };
    let bob =
        || Command::Identify { username: "bob".to_owned(), password: Some(Secret::new(PASSWORD.to_owned())) };
    let refused = world.act(&visit, bob()).await.unwrap();
    assert_eq!(refused.outcome, Outcome::Refused(Refusal::UnexpectedAccount));
    assert!(refused.session.is_none());
    // Whoever says that they are somebody else is.
    world.act(&visit, Command::Restart).await.unwrap();
    assert!(world.act(&visit, bob()).await.unwrap().session.is_some());
}

#[tokio::test]
async fn a_session_that_ended_meanwhile_changes_nothing() {
    let world = World::new().await;
    let (here, there) = (signed_in(&world).await, signed_in(&world).await);
    let here = enter(&world, Some(&here)).await.unwrap_or_else(|_| panic!("in"));
    let there = enter(&world, Some(&there)).await.unwrap_or_else(|_| panic!("in"));
    assert_eq!(account::end_other_sessions(&world.app, &there).await.unwrap(), 1);
    let (before, new) = (world.hash().await, Secret::new("another long one".to_owned()));
    let Ok(fresh) = here.fresh() else { panic!("fresh") };
    let changed = account::change_password(&world.app, &world.realm, &fresh, &new).await;
    assert!(matches!(changed, Err(AccountError::SignedOut)));
    assert_eq!(world.hash().await.expose(), before.expose());
}

#[tokio::test]
async fn a_new_password_is_told_and_ends_the_other_sessions() {
    let world = World::new().await;
    let (here, there) = (signed_in(&world).await, signed_in(&world).await);
    let me = enter(&world, Some(&here)).await.unwrap_or_else(|_| panic!("in"));
    let Ok(fresh) = me.fresh() else { panic!("fresh") };
    let new = Secret::new("another long one".to_owned());
    assert!(world.told(MessageKind::PasswordChanged).await.is_empty());
    account::change_password(&world.app, &world.realm, &fresh, &new).await.unwrap();
    assert!(world.is_live(&here).await && !world.is_live(&there).await);
    assert_eq!(world.told(MessageKind::PasswordChanged).await, [ADA]);
    assert!(world.events().await.contains(&"credential.replaced".to_owned()));
}
