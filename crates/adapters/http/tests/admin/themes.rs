//! The look of a realm: a draft that nobody else sees, revisions that everybody sees, and the way back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule_kernel::ports::SealedPlace;

use crate::harness::{Call, Harness, Reply};

const BASE: &str = "/realms/acme/admin/v1/theme";
const SCOPES: [&str; 3] = ["realm:read", "realm:write", "events:read"];

async fn page(harness: &Harness, realm: &str) -> String {
    let page = Call::new("GET", format!("/realms/{realm}/")).send(harness).await.expect(200);
    page.text.replace("&#x2f;", "/")
}

/// The realm's stylesheet, as its pages name it.
async fn sheet(harness: &Harness, realm: &str) -> Reply {
    let page = page(harness, realm).await;
    let path = page.split('"').find(|part| part.contains("/flow/theme-")).unwrap().to_owned();
    Call::new("GET", path).send(harness).await.expect(200)
}

struct Admin {
    harness: Harness,
    token: String,
}

impl Admin {
    async fn start() -> Self {
        let harness = Harness::start().await;
        harness.realm("acme", &SCOPES).await;
        harness.realm("other", &SCOPES).await;
        let token = harness.robot("acme", &SCOPES).await;
        Self { harness, token }
    }

    fn call(&self, method: &str, path: &str) -> Call {
        Call::new(method, format!("{BASE}{path}")).token(&self.token)
    }

    async fn patch(&self, etag: &str, patch: Value) -> Reply {
        self.call("PATCH", "/draft").header("If-Match", etag).json(&patch).send(&self.harness).await
    }

    async fn publish(&self, etag: &str, note: &str) -> Reply {
        let call = self.call("POST", "/draft:publish").header("If-Match", etag);
        call.json(&json!({"note": note})).send(&self.harness).await
    }
}

#[actix_web::test]
async fn a_draft_is_seen_by_nobody_until_it_is_published_and_a_revision_can_come_back() {
    let admin = Admin::start().await;
    let (harness, before) = (&admin.harness, sheet(&admin.harness, "acme").await.text);
    let begun = admin.call("GET", "/draft").send(harness).await.expect(200);
    assert_eq!((begun.header("etag"), &begun.json()["based_on"]), (Some("\"0\""), &json!(0)));
    let patch = json!({
        "tokens": {"light": {"accent": "#7a1fa2"}, "radius_control": 2},
        "copy": {"en": {"home-title": "Hello from Acme"}},
    });
    assert_eq!(admin.patch("\"7\"", patch.clone()).await.status, 412);
    let draft = admin.patch("\"0\"", patch).await.expect(200);
    assert_eq!(draft.header("etag"), Some("\"1\""));
    assert_eq!(draft.json()["tokens"]["light"], json!({"accent": "#7a1fa2"}));
    assert_eq!(sheet(harness, "acme").await.text, before, "a draft is nobody's business");

    let published = admin.publish("\"1\"", "violet").await.expect(201);
    assert_eq!(published.json()["number"], 1);
    let css = sheet(harness, "acme").await;
    assert!(css.text.contains("#7a1fa2") && css.text.contains("--radius:2px"), "{}", css.text);
    assert!(css.header("cache-control").is_some_and(|value| value.contains("immutable")));
    assert!(page(harness, "acme").await.contains("Hello from Acme"));
    assert!(!page(harness, "other").await.contains("Hello from Acme"));
    assert_eq!(sheet(harness, "other").await.text, before);
    assert_eq!(admin.publish("\"1\"", "again").await.status, 412, "the draft is over");

    admin.patch("\"0\"", json!({"tokens": {"light": {"accent": null}}, "copy": null})).await.expect(200);
    assert_eq!(admin.publish("\"1\"", "plain").await.expect(201).json()["number"], 2);
    assert!(!page(harness, "acme").await.contains("Hello from Acme"));
    let back = admin.call("POST", "/revisions/1:restore").send(harness).await.expect(201).json();
    assert_eq!((&back["number"], &back["note"]), (&json!(3), &json!("back to revision 1")));
    assert!(page(harness, "acme").await.contains("Hello from Acme"));
    let all = admin.call("GET", "/revisions").send(harness).await.expect(200).json();
    let notes: Vec<_> = all["items"].as_array().unwrap().iter().map(|one| one["note"].clone()).collect();
    assert_eq!(notes, ["back to revision 1", "plain", "violet"]);
    assert_eq!(admin.call("GET", "/revisions/2").send(harness).await.expect(200).json()["number"], 2);
    admin.call("GET", "/revisions/9").send(harness).await.expect(404);
    admin.call("POST", "/revisions/9:restore").send(harness).await.expect(404);
    let events = Call::new("GET", "/realms/acme/admin/v1/events").token(&admin.token);
    assert_eq!(events.send(harness).await.expect(200).text.matches("theme.published").count(), 3);
}

#[actix_web::test]
async fn what_people_could_not_read_is_refused_with_a_way_out() {
    let admin = Admin::start().await;
    let pale =
        json!({"tokens": {"light": {"link": "#ffee88"}, "dark": {"text": "#202020"}, "card_width": 20}});
    let refused = admin.patch("\"0\"", pale).await.expect(422);
    let errors = refused.json()["errors"].clone();
    let pointers: Vec<_> =
        errors.as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(
        pointers,
        ["/tokens/card_width", "/tokens/light/link", "/tokens/dark/text"],
        "{}",
        refused.text
    );
    let detail = errors[1]["detail"].as_str().unwrap();
    let suggestion = detail.rsplit(' ').next().unwrap();
    assert!(detail.contains("contrast") && suggestion.starts_with('#'), "{detail}");
    admin.patch("\"0\"", json!({"tokens": {"light": {"link": suggestion}}})).await.expect(200);
}

#[actix_web::test]
async fn texts_that_could_not_be_shown_and_free_css_are_refused() {
    let admin = Admin::start().await;
    for bad in [
        json!({"copy": {"en": {"no-such-text": "x"}}}),
        json!({"copy": {"tlh": {"home-title": "x"}}}),
        json!({"copy": {"en": {"consent-title": "without the name"}}}),
        json!({"copy": {"en": {"consent-title": "{ $app "}}}),
        json!({"copy": {"en": {"home-title": "x".repeat(2_001)}}}),
        json!({"tokens": {"light": {"accent": "red;}*{display:none"}}}),
        json!({"tokens": {"css": "body{}"}}),
        json!({"tokens": 7}),
        json!({"templates": {"base.html": "x"}}),
        json!({"templates": {"home.html": "{% set x = 1 %}"}}),
        json!({"slots": {"nowhere": {"en": "x"}}}),
        json!({"slots": {"footer": {"en": "x".repeat(4_001)}}}),
    ] {
        let answer = admin.patch("\"0\"", bad.clone()).await;
        assert_eq!(answer.status, 422, "{bad}: {}", answer.text);
    }
    let markup = json!({"copy": {"en": {"home-title": "<script>alert(1)</script>"}}});
    admin.patch("\"0\"", markup).await.expect(200);
    admin.publish("\"1\"", "").await.expect(201);
    let page = page(&admin.harness, "acme").await;
    assert!(page.contains("&lt;script&gt;alert(1)"), "texts are text: {page}");
    assert_eq!(admin.publish("\"0\"", "").await.status, 409, "nothing to publish");
    assert_eq!(admin.publish("*", "two\nlines").await.status, 422);
}

#[actix_web::test]
async fn a_draft_that_was_overtaken_is_not_published() {
    let admin = Admin::start().await;
    admin.patch("*", json!({"tokens": {"radius_control": 1}})).await.expect(200);
    admin.publish("*", "").await.expect(201);
    admin.patch("*", json!({"tokens": {"radius_control": 2}})).await.expect(200);
    let document = json!({"realm": {"slug": "acme"}, "theme": {"tokens": {"radius_control": 3}}});
    // The import brings the realm in line otherwise too; the robot's client is not listed and stays.
    assert!(admin.harness.import(document.clone()).await.unwrap().theme_published);
    assert!(!admin.harness.import(document).await.unwrap().theme_published);
    assert_eq!(admin.publish("*", "").await.expect(409).problem(), "VST-032");
    let discard = admin.call("DELETE", "/draft").header("If-Match", "*");
    discard.send(&admin.harness).await.expect(204);
    let again = admin.call("GET", "/draft").send(&admin.harness).await.expect(200).json();
    assert_eq!((&again["based_on"], &again["tokens"]["radius_control"]), (&json!(2), &json!(3)));
    let bad = json!({"realm": {"slug": "acme"}, "theme": {"tokens": {"light": {"text": "#eeeeee"}}}});
    assert!(admin.harness.import(bad).await.is_err());
}

/// The other realm's administrator reads and changes its own look only.
#[actix_web::test]
async fn a_second_realm_has_a_look_of_its_own() {
    let admin = Admin::start().await;
    admin.patch("*", json!({"tokens": {"radius_control": 1}})).await.expect(200);
    admin.publish("*", "").await.expect(201);
    let token = admin.harness.robot("other", &SCOPES).await;
    let call = |method: &str, path: &str| {
        Call::new(method, format!("/realms/other/admin/v1/theme{path}")).token(&token)
    };
    call("GET", "/revisions/1").send(&admin.harness).await.expect(404);
    call("POST", "/revisions/1:restore").send(&admin.harness).await.expect(404);
    let list = call("GET", "/revisions").send(&admin.harness).await.expect(200).json();
    assert_eq!(list["items"], json!([]));
    Call::new("GET", format!("{BASE}/draft")).token(&token).send(&admin.harness).await.expect(401);
}

#[actix_web::test]
async fn a_template_and_a_slot_of_its_own_are_published_and_taken_back() {
    let admin = Admin::start().await;
    let built_in = include_str!("../../../../../themes/default/templates/home.html");
    let own = built_in.replace("</h1>", "</h1><p class=\"own\">Made for {{ site.name }}</p>");
    let broken = built_in.replace("</h1>", "</h1>{{ page.nothing }}");
    let patch = json!({"templates": {"home.html": broken}});
    let refused = admin.patch("\"0\"", patch).await.expect(422).json();
    assert_eq!(refused["errors"][0]["pointer"], "/templates/home.html");
    let patch =
        json!({"templates": {"home.html": own}, "slots": {"head_note": {"en": "Closed on **Monday**"}}});
    let draft = admin.patch("\"0\"", patch).await.expect(200);
    assert!(
        draft.json()["templates"]["home.html"].as_str().is_some_and(|text| text.contains("class=\"own\""))
    );
    admin.publish("\"1\"", "").await.expect(201);
    let shown = page(&admin.harness, "acme").await;
    assert!(shown.contains("<p class=\"own\">Made for acme</p>"), "{shown}");
    assert!(shown.contains("Closed on <strong>Monday</strong>"), "{shown}");
    assert!(!page(&admin.harness, "other").await.contains("class=\"own\""));
    let patch = json!({"templates": {"home.html": null}, "slots": {"head_note": {"en": null}}});
    admin.patch("\"0\"", patch).await.expect(200);
    admin.publish("\"1\"", "").await.expect(201);
    assert!(!page(&admin.harness, "acme").await.contains("class=\"own\""));
}

#[actix_web::test]
async fn a_link_shows_the_draft_in_every_page_and_mail_and_nothing_acts_there() {
    let admin = Admin::start().await;
    let harness = &admin.harness;
    let patch =
        json!({"tokens": {"light": {"accent": "#7a1fa2"}}, "copy": {"en": {"identify-title": "Come in"}}});
    admin.patch("\"0\"", patch).await.expect(200);
    let link = admin.call("POST", "/draft:preview").send(harness).await.expect(201).json();
    let url = link["url"].as_str().unwrap();
    let path = &url[url.find("/realms/acme/preview/").unwrap()..];
    let get = |path: String| async move { Call::new("GET", path).send(harness).await };
    let overview = get(path.to_owned()).await.expect(200);
    let text = overview.text.replace("&#x2f;", "/");
    assert!(text.contains(&format!("{path}/identify?language=en")), "{text}");
    assert!(overview.header("content-security-policy").unwrap().contains("frame-src 'self'"));
    let page = get(format!("{path}/identify?language=en&scheme=dark")).await.expect(200);
    assert!(page.text.contains("Come in"), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(!policy.contains("script-src") && policy.contains("default-src 'none'"), "{policy}");
    let css = get(format!("{path}/theme.css?scheme=dark")).await.expect(200);
    assert!(css.text.contains("#7a1fa2") && css.text.contains("color-scheme:dark"), "{}", css.text);
    let german = get(format!("{path}/identify?language=de")).await.expect(200);
    assert!(german.text.contains("lang=\"de\""));
    let mails = get(format!("{path}?part=mails")).await.expect(200);
    assert!(mails.text.contains("mail-sign_in_code"), "{}", mails.text);
    let mail = get(format!("{path}/mail-sign_in_code?language=ar&scheme=dark")).await.expect(200);
    assert!(mail.text.contains("dir=\"rtl\"") && mail.text.contains("482913"), "{}", mail.text);
    for part in ["account", "other", "flow", "nonsense"] {
        get(format!("{path}?part={part}&width=narrow")).await.expect(200);
    }
    for nothing in ["/no-such-page", "/mail-nothing", "/setup", "/reference"] {
        get(format!("{path}{nothing}")).await.expect(404);
    }
    // Of this realm only, and only as it was made.
    get(path.replace("/realms/acme/", "/realms/other/")).await.expect(404);
    get(format!("{}x", &path[..path.len() - 1])).await.expect(404);
    get(format!("/realms/acme/preview/{}", "A".repeat(5_000))).await.expect(404);
    admin.call("POST", "/revisions/9:preview").send(harness).await.expect(404);
    admin.publish("*", "").await.expect(201);
    let link = admin.call("POST", "/revisions/1:preview").send(harness).await.expect(201).json();
    let url = link["url"].as_str().unwrap();
    let page = get(format!("{}/identify", &url[url.find("/realms/").unwrap()..])).await.expect(200);
    assert!(page.text.contains("Come in"));
    // An hour later.
    let app = harness.app();
    let realm = app.snapshots.by_slug("acme").await.unwrap().unwrap().realm.id;
    let place = SealedPlace { realm, purpose: "theme_preview", row: "link" };
    let made = |seconds: i64| {
        let until = app.clock.now() + chrono::Duration::seconds(seconds);
        let text = json!({"look": "draft", "expires_at": until}).to_string();
        let sealed = app.vault.seal(place, text.as_bytes()).unwrap();
        format!("/realms/acme/preview/{}", URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
    };
    get(made(60)).await.expect(200);
    get(made(-1)).await.expect(404);
}
