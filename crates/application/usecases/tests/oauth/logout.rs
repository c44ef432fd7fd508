//! RP-initiated logout.

use vestibule_oauth::OAuthError;
use vestibule_storage::jobs::JobState;
use vestibule_usecases::{
    flow::Browser,
    oauth::{LogoutCommand, LogoutOutcome, logout},
};

use crate::support::{World, asking, parameters_of, refresh_of};

const BYE: &str = "https://app.test/bye";

async fn leave(world: &World, cookies: &Browser, pairs: &[(&str, &str)]) -> LogoutOutcome {
    let realm = world.snapshot().await;
    let command = LogoutCommand {
        parameters: parameters_of(pairs),
        session: cookies.session.clone(),
        flow: cookies.flow.clone(),
        by_form: false,
    };
    logout(&world.app, &world.cx(), &realm, command).await.unwrap()
}

async fn shop() -> World {
    let world = World::plain().await;
    world.client("shop", |m| m.backchannel_logout_uri = Some("https://app.test/logout".into())).await;
    world.client("other", |_| ()).await;
    world.user("ada").await;
    world
}

#[tokio::test]
async fn a_genuine_hint_signs_out_at_once_and_tells_the_clients() {
    let world = shop().await;
    let mut browser = world.browser();
    let code = browser.code("ada", &asking(&[])).await;
    let tokens = world.redeem(&code).await.unwrap();
    let hint = tokens.id_token.clone().unwrap();
    // An expired hint is a hint.
    world.advance(5_000);
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "x y")];
    let LogoutOutcome::SignedOut { return_to, client } = leave(&world, &browser.cookies, &asked).await else {
        panic!("signed out")
    };
    assert_eq!(return_to.as_deref(), Some("https://app.test/bye?state=x+y"));
    assert_eq!(client.unwrap().as_str(), "shop");
    assert!(!world.honours(&tokens.access_token).await);
    assert!(world.refresh(&refresh_of(&tokens)).await.is_err());
    let silent = asking(&[("prompt", "none")]);
    let outcome = browser.open(&silent).await;
    assert_eq!(crate::support::answered(&outcome, "error").as_deref(), Some("login_required"));
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    let page = vestibule_kernel::PageRequest::new(10, None);
    let jobs = tx.jobs().list_jobs(Some(JobState::Queued), &page).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(jobs.items.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["backchannel_logout"]);
}

#[tokio::test]
async fn without_a_genuine_hint_the_person_is_asked() {
    let world = shop().await;
    let mut browser = world.browser();
    let code = browser.code("ada", &asking(&[])).await;
    let hint = world.redeem(&code).await.unwrap().id_token.unwrap();
    let modified = format!("{hint}x");
    for pairs in [
        &[][..],
        &[("state", "x")],
        &[("client_id", "shop"), ("post_logout_redirect_uri", BYE)],
        &[("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", modified.as_str()), ("client_id", "shop"), ("post_logout_redirect_uri", BYE)],
    ] {
        let outcome = leave(&world, &browser.cookies, pairs).await;
        assert!(matches!(outcome, LogoutOutcome::Ask(_)), "{pairs:?}");
    }
    code_still_comes(&mut browser).await;
    // Nobody signed in: nothing to ask, nowhere to go.
    let nobody = Browser::default();
    let pairs = [("client_id", "shop"), ("post_logout_redirect_uri", BYE)];
    let outcome = leave(&world, &nobody, &pairs).await;
    assert!(matches!(outcome, LogoutOutcome::SignedOut { return_to: None, .. }));
}

async fn code_still_comes(browser: &mut crate::support::Visitor<'_>) {
    crate::support::code_of(&browser.open(&asking(&[])).await);
}

#[tokio::test]
async fn an_address_or_hint_of_another_client_is_an_error_page() {
    let world = shop().await;
    let mut browser = world.browser();
    let code = browser.code("ada", &asking(&[])).await;
    let hint = world.redeem(&code).await.unwrap().id_token.unwrap();
    for other in ["https://app.test/bye/", "https://app.test/bye?x=1", "https://evil.test/"] {
        let pairs = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", other)];
        let outcome = leave(&world, &browser.cookies, &pairs).await;
        assert!(matches!(outcome, LogoutOutcome::Page(OAuthError::LogoutUriUnknown)), "{other}");
    }
    let pairs = [("id_token_hint", hint.as_str()), ("client_id", "other")];
    let outcome = leave(&world, &browser.cookies, &pairs).await;
    assert!(matches!(outcome, LogoutOutcome::Page(OAuthError::LogoutHintInvalid)));
    code_still_comes(&mut browser).await;
}
