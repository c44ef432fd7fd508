//! An address at which there is nothing: people get a page in the look of the realm it would be in, in their language and
//! with a reference that the log knows; programs get a problem.

use serde_json::json;
use vestibule_testkit::{Answer, Browser, RealmDoc, Settings, TestServer, Visitor, browser::Scripts};

use crate::{
    browser::pictures,
    scene::{self, REALM},
};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

fn nowhere() -> Vec<String> {
    vec![
        "/nowhere".to_owned(),
        format!("/realms/{REALM}/nowhere"),
        format!("/realms/{REALM}/account/nowhere"),
        format!("/realms/{REALM}/oauth/nowhere"),
        "/realms/nobody/nowhere".to_owned(),
        "/realms".to_owned(),
    ]
}

async fn opened(server: &TestServer, path: &str, language: &str) -> Answer {
    let mut visitor = Visitor::new().with_header("Accept", BROWSER).with_header("Accept-Language", language);
    visitor.get(&server.url(path)).await
}

#[tokio::test]
async fn people_get_a_page_with_a_reference_and_programs_a_problem() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        for path in nowhere() {
            let answer = opened(&server, &path, "en").await.expect(404);
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            assert_eq!(answer.header("vary"), Some("Accept"), "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
            assert!(
                answer.header("content-security-policy").unwrap().contains("default-src 'none'"),
                "{path}"
            );
            assert!(answer.header("set-cookie").is_none(), "{path}");
            let reference =
                answer.page().text("#error-reference").unwrap_or_else(|| panic!("{}", answer.body));
            let id = answer.header("x-request-id").unwrap();
            assert!(!id.is_empty() && reference.contains(id), "{path}: {reference} is not {id}");
            assert!(server.log().contains(id), "{path}: the log knows the reference");
            for told in ["There is nothing at this address", "VST-003"] {
                assert!(answer.body.contains(told), "{path}: {told} is missing:\n{}", answer.body);
            }
            for accept in ["*/*", "application/json", "application/json, text/html;q=0.9"] {
                let url = server.url(&path);
                let answer = Visitor::new().with_header("Accept", accept).get(&url).await.expect(404);
                assert_eq!(
                    answer.header("content-type"),
                    Some("application/problem+json"),
                    "{path} {accept}"
                );
                assert_eq!(answer.header("vary"), Some("Accept"), "{path}");
                assert_eq!(answer.json()["code"], "VST-003", "{path}");
                assert_eq!(answer.json()["request_id"].as_str(), answer.header("x-request-id"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn the_page_speaks_the_language_of_the_browser_and_looks_like_its_realm() {
    let settings = Settings::sqlite();
    let locales = json!({"default": "en", "supported": ["en", "de", "fr"]});
    settings.import(&RealmDoc::standard(REALM).settings(json!({"locales": locales})));
    let server = settings.start().await;
    for (language, told) in
        [("de", "Unter dieser Adresse gibt es nichts"), ("fr", "Il n’y a rien à cette adresse")]
    {
        for path in nowhere() {
            let answer = opened(&server, &path, language).await;
            let page = answer.page();
            assert_eq!(page.attribute("html", "lang").as_deref(), Some(language), "{path}");
            assert!(answer.body.contains(told), "{path}: {}", answer.body);
        }
    }
    let inside = opened(&server, &format!("/realms/{REALM}/nowhere"), "en").await;
    let theme = format!("link[href^='/realms/{REALM}/flow/theme-']");
    assert!(inside.page().has(&theme), "the realm's colours: {}", inside.body);
    for path in ["/nowhere", "/realms/nobody/nowhere"] {
        let outside = opened(&server, path, "en").await;
        assert!(!outside.page().has("link[href*='/flow/theme-']"), "{path}: {}", outside.body);
    }
    // What was asked for is not repeated.
    let hostile = opened(&server, "/%3Cscript%3Ealert(1)%3C/script%3E", "en").await.expect(404);
    assert!(!hostile.body.contains("alert(1)"), "{}", hostile.body);
}

#[tokio::test]
async fn a_form_that_goes_nowhere_gets_the_page_too() {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM));
    let server = settings.start().await;
    let url = server.url(&format!("/realms/{REALM}/nowhere"));
    let answer = Visitor::new().with_header("Accept", BROWSER).post(&url, &[]).await.expect(404);
    assert!(answer.page().has("#error-reference"), "{}", answer.body);
    assert_eq!(Visitor::new().post(&url, &[]).await.expect(404).json()["code"], "VST-003");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_be_looked_at() {
    let server = scene::standard().await;
    let browser = Browser::start(Scripts::On).await;
    for (path, name) in
        [("/nowhere".to_owned(), "not-found"), (format!("/realms/{REALM}/nowhere"), "not-found-realm")]
    {
        browser.goto(&server.url(&path)).await;
        browser.find("#error-reference").await;
        pictures(&browser, name).await;
    }
    browser.quit().await;
}
