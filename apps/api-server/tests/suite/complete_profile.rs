//! What a sign-in asks for the profile, end to end: on pages with scripts and without, and over JSON.

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    Browser, RealmDoc, Settings, Visitor,
    browser::Scripts,
    oidc::claims,
    realm::{APP, PASSWORD},
};

use crate::{
    browser::{code_from, enter, pictures},
    scene::{self, REALM, text},
};

/// Settings alone: whoever is imported beside them would have to have the city already.
fn document() -> RealmDoc {
    RealmDoc::empty(REALM).settings(json!({
        "profile": [
            {"name": "city", "type": "text", "required": true, "max_length": 20, "scope": "profile"},
            {"name": "plan", "type": "text", "options": ["free", "pro"]},
            {"name": "newsletter", "type": "boolean"},
        ],
        "sign_up": {"fields": ["name"]},
        "login": {"ask_profile": ["birthdate", "newsletter", "plan", "city"]},
        "locales": {"default": "en", "supported": ["en", "de", "fr", "es", "ar"]},
    }))
}

/// The same, where nothing is required.
fn relaxed() -> RealmDoc {
    document().settings(json!({"profile": [
        {"name": "city", "type": "text"},
        {"name": "plan", "type": "text", "options": ["free", "pro"]},
        {"name": "newsletter", "type": "boolean"},
    ]}))
}

/// Users are imported before the realm asks for more than they have.
async fn started(asks: &RealmDoc) -> vestibule_testkit::TestServer {
    let settings = Settings::sqlite();
    settings.import(&RealmDoc::standard(REALM));
    settings.import(asks);
    settings.start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_completes_their_profile_on_the_way_in() {
    let server = started(&document()).await;
    let browser = Browser::start(Scripts::On).await;
    for language in ["ar", "en"] {
        browser.clear_cookies().await;
        browser.goto(&scene::request(&server).with("ui_locales", language).url()).await;
        enter(&browser, "ada", PASSWORD).await;
        browser.find("[name='profile.city']").await;
        assert!(!browser.has("#skip").await && !browser.has("[name='profile.plan']").await);
        pictures(&browser, &format!("complete-profile-needed-{language}")).await;
        let script = "document.querySelectorAll('form').forEach(form => form.noValidate = true)";
        browser.driver.execute(script, vec![]).await.unwrap();
        browser
            .driver
            .execute("document.querySelector(\"[name='profile.city']\").value = 'x'.repeat(50)", vec![])
            .await
            .unwrap();
        browser.click("#submit").await;
        browser.find("#error-summary").await;
        pictures(&browser, &format!("complete-profile-refused-{language}")).await;
    }
    browser.fill("[name='profile.city']", "London").await;
    browser.click("#submit").await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_leaves_it_for_another_day_without_scripts() {
    let server = started(&relaxed()).await;
    let browser = Browser::start(Scripts::Off).await;
    for language in ["ar", "en"] {
        browser.clear_cookies().await;
        browser.goto(&scene::request(&server).with("ui_locales", language).url()).await;
        enter(&browser, "ada", PASSWORD).await;
        browser.find("#skip").await;
        pictures(&browser, &format!("complete-profile-{language}")).await;
    }
    browser.click("#skip").await;
    code_from(&browser).await;
    // `prompt=none` shows no page, whatever is missing.
    browser.goto(&scene::request(&server).with("prompt", "none").url()).await;
    code_from(&browser).await;
    browser.quit().await;
}

#[tokio::test]
async fn attributes_of_the_realm_are_called_as_its_copy_says_in_the_language_of_the_page() {
    let copy = json!({
        "en": {"attribute-plan": "Tariff", "attribute-plan-pro": "For <b>professionals</b>"},
        "de": {"attribute-plan": "Tarif", "attribute-newsletter": "Neuigkeiten per Mail"},
    });
    let server = started(&relaxed().theme(json!({"copy": copy}))).await;
    for (language, plan, pro, newsletter) in [
        ("en", "Tariff", "For &lt;b&gt;professionals&lt;&#x2f;b&gt;", "newsletter"),
        ("de", "Tarif", "For &lt;b&gt;professionals&lt;&#x2f;b&gt;", "Neuigkeiten per Mail"),
        // English words before a bare name.
        ("fr", "Tariff", "For &lt;b&gt;professionals&lt;&#x2f;b&gt;", "newsletter"),
    ] {
        let request = scene::request(&server).with("ui_locales", language);
        let mut visitor = Visitor::new();
        let mut answer = visitor.visit(&request.url()).await;
        while answer.page().find_form("profile.plan").is_none() {
            answer = visitor.next(&answer, "ada", PASSWORD).await;
        }
        for words in [plan, pro, newsletter] {
            assert!(answer.body.contains(&format!(">{words}<")), "{language} {words}: {}", answer.body);
        }
    }
}

/// The original request goes on, and its token tells what was just said; on both databases.
#[tokio::test]
async fn what_was_said_is_in_the_token_of_the_request_that_waited() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        settings.import(&document());
        let server = settings.start().await;
        let request = scene::request(&server).with("scope", "openid profile").with("state", "kept");
        let mut visitor = Visitor::new();
        let mut answer = visitor.visit(&request.url()).await;
        while answer.page().find_form("profile.city").is_none() {
            answer = visitor.next(&answer, "ada", PASSWORD).await;
        }
        let form = answer.page().form_with("profile.city");
        let hostile = form.clone().set("profile.city", "<script>alert(1)</script>").press("submit");
        let refused = visitor.submit(&hostile).await.expect(422);
        assert!(refused.page().has("#error-summary"));
        assert!(!refused.body.contains("<script>alert"), "{}", refused.body);
        let form = refused.page().form_with("profile.city");
        let mut answer = visitor.submit_only(&form.set("profile.city", "London").press("submit")).await;
        let callback = loop {
            if let Some(callback) = request.callback(&answer) {
                break callback;
            }
            answer = visitor.next(&answer, "ada", PASSWORD).await;
        };
        assert_eq!(callback.get("state"), Some("kept"));
        let tokens = request.exchange(callback.code()).await.expect(200).json();
        let access = text(&tokens, "access_token");
        let info = scene::bearer(&access).get(&scene::endpoint(&server, "userinfo")).await.expect(200).json();
        assert_eq!((&info["city"], &info["name"]), (&json!("London"), &json!("ada")), "{info}");
        assert_eq!(claims(&text(&tokens, "id_token"))["sub"], info["sub"]);
        let mut again = Visitor::new();
        assert!(again.sign_in(&request, "ada", PASSWORD).await.get("code").is_some(), "not asked again");
    }
}

#[tokio::test]
async fn the_documents_ask_for_the_same() {
    let copy = json!({"en": {"attribute-city": "Where you live"}});
    let server = started(&document().theme(json!({"copy": copy}))).await;
    let mut visitor = Visitor::new();
    let url = server.url(&format!("/realms/{REALM}/flow/v1"));
    let started = visitor.post_json(&url, &json!({})).await.expect(201).json();
    let mut visitor = visitor.with_header("x-csrf-token", &text(&started, "csrf"));
    let href = |document: &Value, action: &str| -> Url {
        let actions = document["actions"].as_array().unwrap();
        let found = actions.iter().find(|offered| offered["name"] == action);
        text(found.unwrap_or_else(|| panic!("{action} is not offered: {document}")), "href").parse().unwrap()
    };
    let entered = json!({"username": "bob", "password": PASSWORD});
    let page = visitor.post_json(&href(&started, "identify"), &entered).await.expect(200).json();
    assert_eq!(page["state"], "complete_profile");
    let names: Vec<_> = page["actions"].as_array().unwrap().iter().map(|action| &action["name"]).collect();
    assert_eq!(names, ["save_profile", "restart"], "nothing that is needed can be left");
    assert_eq!(page["requirements"][0]["kind"], "profile");
    let wanted = json!([
        {"name": "city", "label": "Where you live", "type": "text", "required": true, "max_length": 20},
        {"name": "birthdate", "label": "Date of birth", "type": "date", "required": false},
        {"name": "newsletter", "label": "newsletter", "type": "boolean", "required": false},
    ]);
    assert_eq!(page["profile"], wanted);
    let save = href(&page, "save_profile");
    let skip: Url = save.as_str().replace("save_profile", "skip").parse().unwrap();
    for (to, body, field) in [
        (&skip, json!({}), "profile.city"),
        (&save, json!({}), "profile.city"),
        (&save, json!({"profile": {"city": "London", "birthdate": "yesterday"}}), "profile.birthdate"),
        (&save, json!({"profile": {"city": "London", "plan": "pro"}}), "profile.plan"),
        (&save, json!({"profile": {"city": {"a": 1}}}), "profile.city"),
    ] {
        let refused = visitor.post_json(to, &body).await.expect(422).json();
        assert_eq!(refused["messages"][0]["field"], field, "{refused}");
        assert_eq!(refused["state"], "complete_profile");
    }
    let wrong = visitor.post_json(&save, &json!({"profile": "London"})).await.expect(422).json();
    assert_eq!(wrong["code"], "VST-023");
    let done = visitor.post_json(&save, &json!({"profile": {"city": "London"}})).await.expect(200).json();
    assert_eq!(done["state"], "continue");
    assert!(done["continue"].as_str().is_some_and(|to| !to.starts_with(APP)), "{done}");
}
