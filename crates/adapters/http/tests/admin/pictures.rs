//! Pictures of a realm's brand: set by the API or a document, served by their realm, shown on its pages.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbaImage};
use serde_json::{Value, json};

use crate::harness::{Call, Harness, PUBLIC, Reply};

const SCOPES: [&str; 3] = ["realm:read", "realm:write", "events:read"];
const LOGO: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 48'><rect width='96' height='48' fill='#0b6e4f'/></svg>";

fn png(side: u32) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(RgbaImage::new(side, side)).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

async fn page(harness: &Harness, realm: &str) -> Reply {
    let mut page = Call::new("GET", format!("/realms/{realm}/")).send(harness).await.expect(200);
    page.text = page.text.replace("&#x2f;", "/");
    page
}

/// The path of an address of ours.
fn path(picture: &Value) -> String {
    picture["url"].as_str().unwrap().strip_prefix(PUBLIC).unwrap().to_owned()
}

#[actix_web::test]
async fn a_logo_is_served_by_its_realm_and_shown_on_its_pages_only() {
    let harness = Harness::start().await;
    harness.realm("acme", &SCOPES).await;
    harness.realm("other", &SCOPES).await;
    let token = harness.robot("acme", &SCOPES).await;
    let call = |method: &str, slot: &str| {
        Call::new(method, format!("/realms/acme/admin/v1/branding/{slot}")).token(&token)
    };
    call("GET", "logo").send(&harness).await.expect(404);
    let set = call("PUT", "logo").raw("image/svg+xml", LOGO).send(&harness).await.expect(200).json();
    assert_eq!((&set["media_type"], &set["width"]), (&json!("image/svg+xml"), &json!(96)));
    assert_eq!(call("GET", "logo").send(&harness).await.expect(200).json(), set);

    let served = Call::new("GET", path(&set)).send(&harness).await.expect(200);
    assert!(served.text.contains("#0b6e4f"), "{}", served.text);
    assert_eq!(served.header("content-type"), Some("image/svg+xml"));
    assert_eq!(served.header("x-content-type-options"), Some("nosniff"));
    assert!(served.header("cache-control").is_some_and(|value| value.contains("immutable")));
    let policy = served.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; sandbox") && !policy.contains("allow"), "{policy}");

    let shown = page(&harness, "acme").await;
    assert!(shown.text.contains(&format!("src=\"{}\"", path(&set))), "{}", shown.text);
    let policy = shown.header("content-security-policy").unwrap();
    assert!(policy.contains("img-src 'self';") && !policy.contains("http"), "{policy}");
    assert!(!page(&harness, "other").await.text.contains("picture-"));
    let elsewhere = path(&set).replace("/acme/", "/other/");
    Call::new("GET", elsewhere).send(&harness).await.expect(404);

    call("PUT", "logo-dark").raw("image/png", png(40)).send(&harness).await.expect(200);
    call("PUT", "favicon").raw("image/png", png(400)).send(&harness).await.expect(200);
    let shown = page(&harness, "acme").await.text;
    assert!(shown.contains("<source media=\"(prefers-color-scheme: dark)\""), "{shown}");
    assert!(shown.contains("rel=\"icon\" href=\"/realms/acme/flow/picture-"), "{shown}");

    call("DELETE", "logo").send(&harness).await.expect(204);
    call("DELETE", "logo").send(&harness).await.expect(404);
    Call::new("GET", path(&set)).send(&harness).await.expect(404);
    let events = Call::new("GET", "/realms/acme/admin/v1/events").token(&token).send(&harness).await;
    let events = events.expect(200).text;
    assert!(events.contains("realm.picture_set") && events.contains("realm.picture_removed"));
}

#[actix_web::test]
async fn files_that_are_no_harmless_picture_are_refused() {
    let harness = Harness::start().await;
    harness.realm("acme", &SCOPES).await;
    let token = harness.robot("acme", &SCOPES).await;
    let put = async |media_type: &str, file: Vec<u8>| {
        let call = Call::new("PUT", "/realms/acme/admin/v1/branding/logo").token(&token);
        call.raw(media_type, file).send(&harness).await
    };
    let hostile = LOGO.replace("<rect", "<script>alert(1)</script><rect").into_bytes();
    let refused = put("image/svg+xml", hostile).await.expect(422);
    assert!(refused.text.contains("the element script"), "{}", refused.text);
    assert_eq!(put("image/png", LOGO.into()).await.expect(422).problem(), "VST-023");
    put("image/svg+xml", png(8)).await.expect(422);
    put("image/png", png(8)[..40].to_vec()).await.expect(422);
    put("image/png", Vec::new()).await.expect(422);
    put("image/gif", b"GIF89a".to_vec()).await.expect(415);
    put("text/html", LOGO.into()).await.expect(415);
    put("image/png", vec![0; 512 * 1_024 + 1]).await.expect(413);
    let other = Call::new("PUT", "/realms/acme/admin/v1/branding/banner").token(&token);
    other.raw("image/png", png(8)).send(&harness).await.expect(404);
    let reader = harness.robot("acme", &["realm:read"]).await;
    let call = Call::new("PUT", "/realms/acme/admin/v1/branding/logo").token(&reader);
    call.raw("image/png", png(8)).send(&harness).await.expect(403);
    assert!(!page(&harness, "acme").await.text.contains("picture-"), "nothing was kept");
}

#[actix_web::test]
async fn a_document_carries_pictures_in_and_out() {
    let harness = Harness::start().await;
    let pixels = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, png(16));
    let document = json!({
        "realm": {"slug": "acme"},
        "pictures": {"logo": {"svg": LOGO}, "logo-dark": {"base64": pixels}},
    });
    let report = harness.import(document.clone()).await.unwrap();
    assert_eq!(report.pictures.created, 2);
    assert!(!harness.import(document).await.unwrap().changed());
    let cx = harness.app().system_cx(report.realm_id);
    let (scope, ceiling) = (
        vestibule_usecases::admin::realm_document::ExportScope::Configuration,
        vestibule_usecases::admin::Ceiling::Host,
    );
    let exported =
        vestibule_usecases::admin::realm_document::export(harness.app(), &cx, scope, ceiling).await.unwrap();
    let exported = exported.to_value().unwrap();
    assert!(exported["pictures"]["logo"]["svg"].as_str().is_some_and(|text| text.contains("#0b6e4f")));
    assert!(!harness.import(exported.clone()).await.unwrap().changed());
    let other = Harness::start().await;
    assert_eq!(other.import(exported).await.unwrap().pictures.created, 2);
    for bad in [json!({"file": "/etc/passwd"}), json!({"base64": "?"}), json!({"svg": "<svg/>"})] {
        let document = json!({"realm": {"slug": "acme"}, "pictures": {"logo": bad}});
        assert!(harness.import(document).await.is_err(), "{bad}");
    }
    assert!(page(&harness, "acme").await.text.contains("picture-"), "what is not listed stays");
}

#[actix_web::test]
async fn a_logo_of_another_host_is_no_setting() {
    let harness = Harness::start().await;
    harness.realm("acme", &SCOPES).await;
    let token = harness.robot("acme", &SCOPES).await;
    let call = Call::new("PATCH", "/realms/acme/admin/v1/realm").token(&token).header("If-Match", "*");
    let patch = json!({"settings": {"branding": {"logo": "https://cdn.test/logo.png"}}});
    call.json(&patch).send(&harness).await.expect(422);
}
