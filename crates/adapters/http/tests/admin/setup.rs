//! The first operator: the link works once, however many press at the same time.

use vestibule_kernel::{Secret, SystemCx};
use vestibule_usecases::admin::{
    bootstrap,
    setup::{self, CompleteSetup, SetupError},
};

use crate::harness::{Call, Harness, PUBLIC};

fn form(code: &str, email: &str, password: &str) -> CompleteSetup {
    CompleteSetup {
        code: code.to_owned(),
        email: email.to_owned(),
        name: Some("Ada Lovelace".to_owned()),
        password: Secret::new(password.to_owned()),
    }
}

#[actix_web::test]
async fn of_parallel_completions_one_creates_the_owner() {
    let harness = Harness::start().await;
    let app = harness.app();
    let code = setup::create_code(app).await.unwrap().code;
    let cx = app.above_realms();
    let tries = (0..8).map(|n| {
        let form = form(code.expose(), &format!("owner{n}@example.test"), "correct horse battery");
        setup::complete(app, &cx, form)
    });
    let outcomes = futures::future::join_all(tries).await;
    let made = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes.iter().filter(|o| matches!(o, Err(SetupError::CodeInvalid))).count();
    assert_eq!((made, refused), (1, 7));
    assert!(!setup::is_live(app, &cx, code.expose()).await.unwrap());
}

#[actix_web::test]
async fn bad_input_does_not_use_the_code_up_and_old_codes_end() {
    let harness = Harness::start().await;
    let app = harness.app();
    let cx = app.above_realms();
    let old = setup::create_code(app).await.unwrap().code;
    let code = setup::create_code(app).await.unwrap().code;
    assert!(!setup::is_live(app, &cx, old.expose()).await.unwrap());
    let weak = setup::complete(app, &cx, form(code.expose(), "ada@example.test", "short")).await;
    assert!(matches!(weak, Err(SetupError::Password(_))));
    let bad = setup::complete(app, &cx, form(code.expose(), "no address", "correct horse battery")).await;
    assert!(matches!(bad, Err(SetupError::Email(_))));
    for wrong in ["", "vsu_x", "../../etc"] {
        let refused = setup::complete(app, &cx, form(wrong, "a@example.test", "correct horse battery")).await;
        assert!(matches!(refused, Err(SetupError::CodeInvalid)));
    }
    let late = SystemCx { now: app.clock.now() + setup::SETUP_LIFETIME, ..cx.clone() };
    let refused =
        setup::complete(app, &late, form(code.expose(), "a@example.test", "correct horse battery")).await;
    assert!(matches!(refused, Err(SetupError::CodeInvalid)));
    setup::complete(app, &cx, form(code.expose(), "ada@example.test", "correct horse battery"))
        .await
        .unwrap();
}

#[actix_web::test]
async fn servers_that_start_together_make_one_operators_realm() {
    let harness = Harness::start().await;
    let app = harness.app();
    let again = futures::future::join_all((0..4).map(|_| bootstrap::bootstrap(app))).await;
    let ids: Vec<_> = again.into_iter().map(Result::unwrap).collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]));
    let realm = app.snapshots.by_slug("operators").await.unwrap().unwrap();
    assert_eq!(realm.keys.len(), realm.realm.settings.keys.algorithms.len());
    assert_eq!(realm.clients.len(), 1);
}

#[actix_web::test]
async fn the_page_creates_the_owner_only_from_its_own_form() {
    let harness = Harness::start().await;
    let code = setup::create_code(harness.app()).await.unwrap().code;
    let path = format!("/setup/{}", code.expose());
    let page = Call::new("GET", &path).send(&harness).await.expect(200);
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"), "the code must not leave in a referrer");
    let csrf =
        page.text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let post = |fields: String| {
        Call::new("POST", &path)
            .header("Origin", PUBLIC)
            .header("Sec-Fetch-Site", "same-origin")
            .raw("application/x-www-form-urlencoded", fields)
    };
    let good = format!("csrf={csrf}&username=ada%40example.test&name=Ada&password=correct+horse+battery");
    let foreign = Call::new("POST", &path)
        .header("Origin", "https://evil.example")
        .raw("application/x-www-form-urlencoded", good.clone());
    foreign.send(&harness).await.expect(403);
    post(good.replace(&csrf, "vcf_x")).send(&harness).await.expect(403);
    let weak = post(good.replace("correct+horse+battery", "short")).send(&harness).await.expect(422);
    assert!(weak.text.contains("password-error") && weak.text.contains("ada@example.test"));
    assert!(!weak.text.contains("short\""), "a password is never shown again");
    let done = post(good.clone()).send(&harness).await.expect(200);
    assert!(done.text.contains("id=\"continue\"") && done.text.contains("ada@example.test"));
    Call::new("GET", &path).send(&harness).await.expect(410);
    post(good).send(&harness).await.expect(410);
    Call::new("GET", "/setup/nonsense").send(&harness).await.expect(410);
}
