//! Details of somebody's own account over pages and JSON: what belongs to whom, and what a change tells.

use std::{collections::BTreeMap, io::Read, time::Duration};

use reqwest::Method;
use serde_json::json;
use vestibule_testkit::{RealmDoc, Settings, Visitor, realm::PASSWORD, wait::until};

use crate::{
    account::{at, call, proven, signed_in},
    scene::{self, REALM, text},
};

#[tokio::test]
async fn a_profile_is_changed_on_its_page_and_over_json() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let mut ada = signed_in(&server, "ada").await;
        let page = ada.get(&at(&server, "/profile")).await.expect(200).page();
        let form = page.form_with("profile.name").set("profile.name", "Ada Lovelace").press("submit");
        let done = ada.submit(&form).await.expect(200).page();
        assert_eq!(done.text("#done").as_deref(), Some("Your profile is saved."));
        let bad = form.set("profile.name", "evil\u{202e}name");
        assert!(ada.submit(&bad).await.expect(422).page().has("#error-summary"));
        let own = call(&server, &ada, (Method::GET, "/v1/profile"), None).await.expect(200).json();
        assert_eq!(own["own"]["name"], "Ada Lovelace");
        let change = json!({"own": {"nickname": "A", "plan": "gold"}});
        call(&server, &ada, (Method::PATCH, "/v1/profile"), Some(change)).await.expect(422);
        let change = json!({"own": {"given_name": null, "family_name": "Lovelace"}});
        call(&server, &ada, (Method::PATCH, "/v1/profile"), Some(change)).await.expect(204);
        let own = call(&server, &ada, (Method::GET, "/v1/profile"), None).await.expect(200).json();
        assert_eq!(own["own"], json!({"name": "Ada Lovelace", "family_name": "Lovelace"}));
    }
}

#[tokio::test]
async fn what_waits_for_one_person_is_unknown_to_another() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let (mut ada, mut bob) = (signed_in(&server, "ada").await, signed_in(&server, "bob").await);
        let page = ada.get(&at(&server, "/emails")).await.expect(200).page();
        let form = page.forms().into_iter().find(|form| form.has_button("submit")).unwrap();
        let sent = ada.submit(&form.set("email", "ada@lovelace.test").press("submit")).await.expect(200);
        assert!(sent.page().has("#code"), "{}", sent.body);
        assert_eq!(bob.get(&sent.url).await.status, 404);
        let page = ada.get(&at(&server, "/authenticators")).await.expect(200).page();
        let form = page.forms().into_iter().find(|form| form.has_button("submit")).unwrap();
        let new = ada.submit(&form.press("submit")).await.expect(200);
        assert!(new.page().has("svg.qr"), "{}", new.body);
        assert_eq!(bob.get(&new.url).await.status, 404);
        let wrong = new.page().form_with("code").set("code", "000000").press("submit");
        ada.submit(&wrong).await.expect(422);
        let list = call(&server, &ada, (Method::GET, "/v1/authenticators"), None).await.expect(200).json();
        let password = text(&list["items"][0], "id");
        let path = format!("/v1/authenticators/{password}");
        call(&server, &bob, (Method::DELETE, &path), None).await.expect(404);
        call(&server, &ada, (Method::DELETE, &path), None).await.expect(404);
    }
}

#[tokio::test]
async fn people_read_what_happened_and_secure_their_account() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let (mut here, there) = (signed_in(&server, "ada").await, signed_in(&server, "ada").await);
        signed_in(&server, "bob").await;
        let page = here.get(&at(&server, "/activity")).await.expect(200).page();
        let log = page.text("#activity").unwrap();
        assert!(log.contains("You signed in."), "{log}");
        assert!(!page.html.contains("bob"), "{}", page.html);
        let list = call(&server, &here, (Method::GET, "/v1/activity"), None).await.expect(200).json();
        assert!(list["items"].as_array().unwrap().iter().any(|entry| entry["type"] == "user.signed_in"));
        let form = page.forms().into_iter().find(|form| form.has_button("not-me")).unwrap().press("not-me");
        let next = here.submit(&form).await.expect(200);
        assert_eq!(next.url.path(), at(&server, "/password").path());
        call(&server, &there, (Method::GET, "/v1"), None).await.expect(401);
        call(&server, &here, (Method::GET, "/v1"), None).await.expect(200);
        here.get(&{
            let mut url = at(&server, "/activity");
            url.set_query(Some("after=nonsense"));
            url
        })
        .await
        .expect(404);
    }
}

#[tokio::test]
async fn who_leaves_can_come_back_within_their_days_of_grace() {
    for settings in scene::both(&RealmDoc::standard(REALM)).await {
        let server = settings.start().await;
        let mut ada = signed_in(&server, "ada").await;
        let page = ada.get(&at(&server, "/privacy")).await.expect(200).page();
        let form = page.forms().into_iter().find(|form| form.has_button("delete")).unwrap().press("delete");
        let unsure = ada.submit(&form).await.expect(422).page();
        assert!(unsure.has("#confirm[aria-invalid]"), "one click does not delete: {}", unsure.html);
        let form = form.set("confirm", "yes");
        let gone = ada.submit(&form).await.expect(200).page();
        assert!(gone.has("#due") && gone.has("#sign-in"), "{}", gone.html);
        call(&server, &ada, (Method::GET, "/v1"), None).await.expect(401);
        let mut elsewhere = Visitor::new();
        let login = server.url(&format!("/realms/{REALM}/login"));
        let mut told = elsewhere.get(&login).await;
        for _ in 0..5 {
            if told.status == 200 && told.page().has("#error-reference, #account") {
                break;
            }
            told = elsewhere.next(&told, "ada", PASSWORD).await;
        }
        let told = told.page();
        assert!(told.has("a#account"), "whoever comes by another way learns how to stay: {}", told.html);
        let mut back = Visitor::new();
        let answer = back.get(&at(&server, "")).await.expect(303);
        let leaving = proven(&mut back, answer, "ada").await;
        assert_eq!(leaving.url.path(), at(&server, "/leaving").path());
        let refused = call(&server, &back, (Method::GET, "/v1"), None).await.expect(403).json();
        assert_eq!(text(&refused, "code"), "VST-094");
        let form = leaving.page().forms().into_iter().find(|form| form.has_button("keep")).unwrap();
        let stolen = form.clone().set("csrf", "vcf_x").press("keep");
        back.submit(&stolen).await.expect(403);
        let kept = back.submit(&form.press("keep")).await.expect(200).page();
        assert!(kept.has("#done"), "{}", kept.html);
        call(&server, &back, (Method::GET, "/v1"), None).await.expect(200);
    }
}

#[tokio::test]
async fn a_copy_of_ones_data_is_complete_and_holds_no_secret() {
    let server = scene::standard().await;
    let mut ada = signed_in(&server, "ada").await;
    let page = ada.get(&at(&server, "/privacy")).await.expect(200).page();
    let form = page.forms().into_iter().find(|form| form.has_button("export")).unwrap().press("export");
    let asked = ada.submit(&form).await.expect(200).page();
    assert!(
        asked.has("#done") && (asked.has("[data-again]") || asked.has("[data-copy-ready]")),
        "{}",
        asked.html
    );
    let (at_server, by_ada) = (&server, &ada);
    let copy = until(Duration::from_secs(10), "a copy that is ready", || async move {
        let list = call(at_server, by_ada, (Method::GET, "/v1/exports"), None).await.expect(200).json();
        (list["items"][0]["state"] == "ready").then(|| list["items"][0].clone())
    })
    .await;
    assert_eq!(copy["progress"], json!({"done": 8, "total": 8}));
    let ready = ada.get(&at(&server, "/privacy")).await.expect(200).page();
    assert!(ready.has("[data-copy-ready] a[download]") && !ready.has("[data-again]"), "{}", ready.html);
    let id = text(&copy, "id");
    let path = format!("/v1/exports/{id}/archive");
    for archive in [
        call(&server, &ada, (Method::GET, &path), None).await.expect(200),
        ada.get(&at(&server, &format!("/exports/{id}"))).await.expect(200),
    ] {
        assert_eq!(archive.header("content-type"), Some("application/zip"));
        assert!(archive.header("content-disposition").unwrap().starts_with("attachment; filename=\"acme-"));
        let files = unpacked(&archive.bytes);
        let all = files.values().cloned().collect::<String>();
        for part in ["ada@example.test", "user.signed_in", "user.export_requested"] {
            assert!(all.contains(part), "{part}");
        }
        assert!(!all.contains("argon2") && !all.contains("bob@"));
        let page = &files["index.html"];
        assert!(page.starts_with("<!doctype html>") && page.contains("ada@example.test"), "{page}");
        assert!(page.contains("You signed in") && !page.contains("user.signed_in"), "{page}");
    }
    let archive = call(&server, &ada, (Method::GET, &path), None).await.expect(200);
    let keys = Visitor::new().get(&server.url(&format!("/realms/{REALM}/oauth/jwks"))).await.expect(200);
    let folder = tempfile::tempdir().unwrap();
    let (zip, jwks) = (folder.path().join("copy.zip"), folder.path().join("keys.json"));
    std::fs::write(&zip, &archive.bytes).unwrap();
    std::fs::write(&jwks, &keys.body).unwrap();
    let (zip, jwks, issuer) = (zip.to_str().unwrap(), jwks.to_str().unwrap(), server.issuer(REALM));
    let verify = ["export", "verify", zip, "--issuer", &issuer, "--jwks", jwks];
    let said = Settings::sqlite().run("api-server", &verify);
    assert!(said.contains("genuine. 8 files, made by"), "{said}");
    let bob = signed_in(&server, "bob").await;
    call(&server, &bob, (Method::GET, &path), None).await.expect(404);
    call(&server, &bob, (Method::GET, &format!("/v1/exports/{id}")), None).await.expect(404);
    let stranger = call(&server, &Visitor::new(), (Method::POST, "/v1/exports"), None).await.expect(401);
    assert_eq!(text(&stranger.json(), "code"), "VST-090");
}

fn unpacked(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let read = |name: String| {
        let mut content = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut content).unwrap();
        (name, content)
    };
    names.into_iter().map(read).collect()
}
