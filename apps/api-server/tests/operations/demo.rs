//! The demo as a newcomer walks it: one command, two applications, refresh, sign-out everywhere.

use std::time::Duration;

use vestibule_testkit::{Answer, Visitor};

use crate::process::{Server, run, text};

const LAST_LINE: &str = "6  Health";

fn demo(folder: &std::path::Path) -> Server {
    Server::start(folder, &[], &["demo", "--data", "d"], LAST_LINE)
}

/// Walks pages of the issuer until the application's page is reached.
async fn walk(visitor: &mut Visitor, mut answer: Answer) -> Answer {
    for _ in 0..10 {
        let page = answer.page();
        if answer.url.path().starts_with("/demo/") {
            return answer;
        }
        if let Some(next) = page.link("a#continue") {
            answer = visitor.visit(&next).await;
            continue;
        }
        let mut form =
            page.forms().into_iter().find(|form| form.method == "post").unwrap_or_else(|| {
                panic!("nothing to do on {} ({}):\n{}", page.url, answer.status, page.html)
            });
        for (field, value) in [("username", "ada@acme.test"), ("password", "try-the-demo-now")] {
            if form.has(field) {
                form = form.set(field, value);
            }
        }
        let buttons = ["consent-accept", "logout-confirm", "submit"];
        if let Some(button) = buttons.into_iter().find(|button| form.has_button(button)) {
            form = form.press(button);
        }
        answer = visitor.submit(&form).await;
    }
    panic!("the walk does not end: {}\n{}", answer.url, answer.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_signs_in_refreshes_and_signs_out_of_both_applications() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path());
    let mut visitor = Visitor::new();

    let answer = visitor.visit(&server.url("/demo/shop/login")).await;
    let shop = walk(&mut visitor, answer).await;
    assert_eq!(shop.status.as_u16(), 200, "{}", shop.body);
    for expected in ["Ada Lovelace", "ada@acme.test", "Verified the ID token", "loyalty_tier", "nonce"] {
        assert!(shop.body.contains(expected), "{expected} is missing:\n{}", shop.body);
    }

    // The second application needs no password, but consent.
    let answer = visitor.visit(&server.url("/demo/insights/login")).await;
    assert!(answer.page().has("#consent-accept"), "{}", answer.body);
    let insights = walk(&mut visitor, answer).await;
    assert!(insights.body.contains("signed in to Partner Insights"), "{}", insights.body);

    let refreshed = visitor.post(&server.url("/demo/shop/refresh"), &[]).await;
    assert_eq!(refreshed.status.as_u16(), 303, "{}", refreshed.body);
    let page = visitor.post(&server.url("/demo/shop/userinfo"), &[]).await;
    assert_eq!(page.status.as_u16(), 303, "{}", page.body);
    let page = visitor.get(&server.url("/demo/shop")).await;
    assert!(page.body.contains("the refresh token was replaced"), "{}", page.body);
    assert!(page.body.contains("Claims of the userinfo endpoint"), "{}", page.body);

    // Signing out of the shop ends the session; the other application hears of it.
    let answer = visitor.post(&server.url("/demo/shop/logout"), &[]).await;
    let answer = visitor.visit(&answer.location().unwrap()).await;
    walk(&mut visitor, answer).await;
    vestibule_testkit::wait::until(Duration::from_secs(10), "the back-channel logout arrives", || async {
        let home = Visitor::new().get(&server.url("/demo")).await;
        home.body.contains("Partner Insights · 1 sign-in ended").then_some(())
    })
    .await;
    let gone = visitor.get(&server.url("/demo/insights")).await;
    assert_eq!(gone.status.as_u16(), 303, "the tokens are forgotten");

    let silent = visitor.visit(&server.url("/demo/shop/login?mode=silent")).await;
    assert!(silent.body.contains("login_required"), "{}", silent.body);
    server.terminate();
    let (status, _) = server.wait();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_continues_with_partner() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path());
    assert!(server.greeting.contains("Continue with Partner"), "{}", server.greeting);
    let mut visitor = Visitor::new();
    let mut answer = visitor.visit(&server.url("/demo/shop/login")).await;
    let form = answer.page().forms().into_iter().find(|form| form.has_button("provider-partner"));
    answer = visitor.submit(&form.unwrap().press("provider-partner")).await;
    for _ in 0..10 {
        let page = answer.page();
        if answer.url.path().starts_with("/demo/") {
            break;
        }
        if let Some(next) = page.link("a#continue") {
            answer = visitor.visit(&next).await;
            continue;
        }
        let mut form = page.form_with("csrf");
        for (field, value) in [("username", "grace@partner.test"), ("password", "try-the-demo-now")] {
            if form.has(field) {
                form = form.set(field, value);
            }
        }
        if page.has("#terms") {
            form = form.set("terms", "accepted");
        }
        answer = visitor.submit(&form.press("submit")).await;
    }
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
    for expected in ["Grace Adeyemi", "grace@partner.test", "fed"] {
        assert!(answer.body.contains(expected), "{expected} is missing:\n{}", answer.body);
    }
    server.terminate();
    assert!(server.wait().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_pages_and_mail_in_their_language() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path());
    let mut visitor = Visitor::new().with_header("Accept-Language", "de-DE, en;q=0.5");
    let answer = visitor.visit(&server.url("/realms/acme/sign-up")).await;
    assert_eq!(answer.page().attribute("html", "lang").as_deref(), Some("de"), "{}", answer.body);
    let form = answer.page().form_with("email").set("email", "lise@acme.test");
    let form = form
        .set("profile.name", "Lise Meitner")
        .set("terms", "accepted")
        .set("password", "a lamp in the attic");
    let asked = visitor.submit(&form.press("submit")).await;
    assert_eq!(asked.status.as_u16(), 200, "{}", asked.body);
    vestibule_testkit::wait::until(Duration::from_secs(10), "a mail in German arrives", || async {
        let inbox = Visitor::new().get(&server.url("/dev/mail/acme")).await;
        inbox.body.contains("Bestätigen Sie Ihre E-Mail-Adresse für Acme").then_some(())
    })
    .await;
    server.terminate();
    assert!(server.wait().0.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_is_ready_at_once_keeps_its_data_and_forgets_on_reset() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path());
    for line in ["✓ realm acme   7 users, 3 clients", "✓ partner      2 users", "/setup/vsu_"] {
        assert!(server.greeting.contains(line), "{line} is missing:\n{}", server.greeting);
    }
    let took = server.greeting.split_once("Ready in ").and_then(|(_, rest)| rest.split_once(" s."));
    let took: f64 = took.and_then(|(figure, _)| figure.parse().ok()).expect(&server.greeting);
    assert!(took.is_finite() && took >= 0.0, "{took}");
    let discovery = Visitor::new().get(&server.url("/realms/acme/.well-known/openid-configuration")).await;
    let issuer = format!("http://localhost:{}/realms/acme", server.port);
    assert_eq!(discovery.json()["issuer"], issuer.as_str());
    for path in ["/demo", "/demo/service/page", "/dev/mail", "/dev/mail/operators"] {
        let page = Visitor::new().get(&server.url(path)).await;
        assert_eq!(page.status.as_u16(), 200, "{path}: {}", page.body);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(!page.body.contains("<script") && !page.body.contains("style="), "{path}");
    }
    let service = Visitor::new().post(&server.url("/demo/service/run"), &[]).await;
    assert!(service.body.contains("stock:read") && service.body.contains("active"), "{}", service.body);
    server.terminate();
    assert!(server.wait().0.success());

    let again = demo(folder.path());
    assert!(again.greeting.contains("as you left it"), "{}", again.greeting);
    again.terminate();
    assert!(again.wait().0.success());
    let fresh = Server::start(folder.path(), &[], &["demo", "--data", "d", "--reset"], LAST_LINE);
    assert!(!fresh.greeting.contains("as you left it"), "{}", fresh.greeting);
}

#[test]
fn the_demo_never_takes_or_wipes_a_real_installation() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[], &["serve", "--data", "d"], "all settings");
    assert!(server.greeting.contains("master key lies in"), "{}", server.greeting);
    server.terminate();
    assert!(server.wait().0.success());
    let refused = run(folder.path(), &[], &["demo", "--data", "d", "--reset"]);
    assert_eq!(refused.status.code(), Some(7));
    assert!(text(&refused.stderr).contains("VST-926"));
    assert!(folder.path().join("d/vestibule.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_looks_at_every_page_of_the_realm() {
    let folder = tempfile::tempdir().unwrap();
    let server = demo(folder.path());
    let mut visitor = Visitor::new();
    let overview = visitor.visit(&server.url("/demo/look")).await.expect(200).page();
    assert!(overview.url.path().starts_with("/realms/acme/preview/"), "{}", overview.url);
    let page = overview.url.join(&format!("{}/identify?language=ar", overview.url.path())).unwrap();
    let shown = visitor.get(&page).await.expect(200).body;
    assert!(shown.contains("dir=\"rtl\"") && shown.contains("href=\"/dev/mail\""), "{shown}");
}
