//! Copies of somebody's data: made once, signed, told of, and recognised when they were changed.

use std::io::{Cursor, Read, Write};

use serde_json::{Value, json};
use vestibule_kernel::{Digest, EventRecord, ExportId, FamilyId, UserId, contact::Locale, ports::Entropy};
use vestibule_oauth::{RefreshToken, TokenFamily, family::FamilyDetails};
use vestibule_storage::Job;
use vestibule_usecases::account::{ArchiveFault, verify_archive};
use vestibule_users::{DataExport, UserEvent, UserPatch};

use crate::harness::{World, client_id};

async fn ask(world: &World) -> ExportId {
    ask_for(world, world.user).await
}

async fn ask_for(world: &World, user: UserId) -> ExportId {
    let cx = world.app.system_cx(world.realm);
    let id = ExportId::from_uuid(vestibule_crypto::OsEntropy.uuid(cx.now));
    let mut tx = world.app.store.write(&cx).await.unwrap();
    tx.exports().insert_export(DataExport::request(id, user, 8, cx.now)).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn job(export: ExportId) -> Job {
    Job::ExportData { export, locale: Locale::parse("de").ok() }
}

async fn archive(world: &World, export: ExportId) -> Vec<u8> {
    let cx = world.app.system_cx(world.realm);
    let event: EventRecord = UserEvent::Exported { id: world.user, export }.into();
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let taken = tx.exports().take_export(world.user, export, cx.now, event).await.unwrap();
    tx.commit().await.unwrap();
    taken.unwrap().bytes
}

async fn jwks(world: &World) -> Value {
    let realm = world.app.snapshots.by_id(world.realm).await.unwrap().unwrap();
    json!({"keys": world.app.signer.public_keys(&realm.keys).iter().map(|key| &key.jwk).collect::<Vec<_>>()})
}

const ISSUER: &str = "https://id.test/realms/acme";

/// The archive with its files changed.
fn changed(bytes: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>, more: &[&str]) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut content).unwrap();
        if let Some(content) = change(&name, content) {
            to.start_file(&name, options).unwrap();
            to.write_all(&content).unwrap();
        }
    }
    for name in more {
        to.start_file(*name, options).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_copy_is_made_once_and_its_owner_is_told() {
    let world = World::new().await;
    let copy = ask(&world).await;
    world.enqueue(job(copy)).await;
    world.work().await;
    let first = archive(&world, copy).await;
    let text = changed(&first, |name, content| (name == "account.json").then_some(content), &[]);
    assert!(String::from_utf8_lossy(&text).contains("account.json"));
    let told: Vec<(String, String)> = {
        let got = world.postbox.got.lock().unwrap();
        got.iter().map(|(_, mail)| (mail.subject.clone(), mail.text.clone())).collect()
    };
    let [(subject, values)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(subject, "ExportReady");
    assert!(
        values.contains("https://id.test/realms/acme/account/privacy") && values.contains("\"7\""),
        "{values}"
    );
    // Twice is once.
    world.enqueue(job(copy)).await;
    world.work().await;
    assert!(archive(&world, copy).await == first && world.postbox.got.lock().unwrap().len() == 1);
}

/// A file of an archive.
fn file(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

async fn copy_of(world: &World) -> Vec<u8> {
    let copy = ask(world).await;
    world.enqueue(job(copy)).await;
    world.work().await;
    archive(world, copy).await
}

#[tokio::test]
async fn the_page_has_the_language_of_the_account_else_the_one_it_was_asked_for_in() {
    let world = World::new().await;
    assert_eq!(file(&copy_of(&world).await, "index.html"), "ada@acme.test in Some(\"de\")");
    let cx = world.app.system_cx(world.realm);
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let user = tx.users().find_user(world.user).await.unwrap().unwrap();
    let patch = UserPatch { locale: Some(Locale::parse("fr").ok()), ..UserPatch::default() };
    tx.users().save_user(user.update(patch, cx.now).unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(file(&copy_of(&world).await, "index.html"), "ada@acme.test in Some(\"fr\")");
}

#[tokio::test]
async fn applications_of_the_realm_itself_are_in_the_copy_although_they_asked_nobody() {
    let world = World::new().await;
    let cx = world.app.system_cx(world.realm);
    let family = TokenFamily {
        id: FamilyId::from_uuid(vestibule_crypto::OsEntropy.uuid(cx.now)),
        client: client_id(),
        user: world.user,
        session: None,
        details: FamilyDetails {
            scopes: ["openid".to_owned(), "offline_access".to_owned()].into(),
            resources: vec![],
            id_token_claims: vec![],
            userinfo_claims: vec![],
            auth_time: 1,
            acr: "a".to_owned(),
            amr: vec!["pwd".to_owned()],
            nonce: None,
        },
        created_at: cx.now,
        expires_at: cx.now + chrono::Duration::days(30),
        revoked_at: None,
    };
    let token = RefreshToken {
        digest: Digest::of(b"token"),
        family: family.id,
        issued_at: cx.now,
        expires_at: family.expires_at,
        consumed_at: None,
    };
    let mut tx = world.app.store.write(&cx).await.unwrap();
    tx.tokens().insert_family(&family, Some(&token)).await.unwrap();
    tx.commit().await.unwrap();
    let apps: Value = serde_json::from_str(&file(&copy_of(&world).await, "applications.json")).unwrap();
    let [app] = apps.as_array().unwrap().as_slice() else { panic!("{apps}") };
    assert_eq!((&app["client"], &app["scopes"]), (&json!(client_id()), &json!([])), "{app}");
    assert!(app["since"].is_string() && app["last_used_at"].is_string(), "{app}");
}

#[tokio::test]
async fn a_copy_whose_page_cannot_be_made_fails_where_it_is_seen() {
    let world = World::new().await;
    let nobody = UserId::from_uuid(vestibule_crypto::OsEntropy.uuid(world.app.system_cx(world.realm).now));
    world.save_user(nobody, vec![]).await;
    let copy = ask_for(&world, nobody).await;
    world.enqueue(job(copy)).await;
    world.work().await;
    let queue = world.queue().await;
    let [waiting] = queue.as_slice() else { panic!("{queue:?}") };
    assert_eq!(waiting.last_error.as_deref(), Some("the page could not be made"), "{waiting:?}");
    assert!(world.postbox.got.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_copy_of_somebody_who_was_erased_is_not_made() {
    let world = World::new().await;
    let copy = ask(&world).await;
    let cx = world.app.system_cx(world.realm);
    let mut tx = world.app.store.write(&cx).await.unwrap();
    let event = UserEvent::Deleted { id: world.user }.into();
    assert!(tx.users().delete_user(world.user, event).await.unwrap());
    tx.commit().await.unwrap();
    world.enqueue(job(copy)).await;
    world.work().await;
    assert!(world.queue().await.is_empty() && world.postbox.got.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_archive_tells_when_it_was_changed() {
    let world = World::new().await;
    let copy = ask(&world).await;
    world.enqueue(job(copy)).await;
    world.work().await;
    let (genuine, keys) = (archive(&world, copy).await, jwks(&world).await);
    let verify = |bytes: &[u8], issuer: &str, keys: &Value| {
        verify_archive(world.app.signer.as_ref(), bytes, (issuer, keys))
    };
    let good = verify(&genuine, ISSUER, &keys).unwrap();
    assert_eq!((good.issuer.as_str(), good.account.clone(), good.len()), (ISSUER, world.user.to_string(), 8));
    let same = |_: &str, content: Vec<u8>| Some(content);
    let other = |name: &'static str| {
        move |found: &str, mut content: Vec<u8>| {
            if found == name {
                content.push(b' ');
            }
            Some(content)
        }
    };
    let without =
        |name: &'static str| move |found: &str, content: Vec<u8>| (found != name).then_some(content);
    let forged = |found: &str, content: Vec<u8>| {
        let text = String::from_utf8(content.clone()).unwrap_or_default();
        Some(if found == "manifest.json" { text.replace("acme", "evil").into_bytes() } else { content })
    };
    for (bytes, fault) in [
        (changed(&genuine, other("account.json"), &[]), ArchiveFault::Changed("account.json".to_owned())),
        (changed(&genuine, without("sessions.json"), &[]), ArchiveFault::Missing("sessions.json".to_owned())),
        (changed(&genuine, same, &["more.html"]), ArchiveFault::Added("more.html".to_owned())),
        (changed(&genuine, forged, &[]), ArchiveFault::Manifest),
        (changed(&genuine, without("manifest.jws"), &[]), ArchiveFault::Unreadable),
        (b"PK".to_vec(), ArchiveFault::Unreadable),
    ] {
        assert_eq!(verify(&bytes, ISSUER, &keys), Err(fault));
    }
    let elsewhere = verify(&genuine, "https://id.test/realms/other", &keys);
    assert_eq!(elsewhere, Err(ArchiveFault::Issuer(ISSUER.to_owned())));
    let stranger = jwks(&World::new().await).await;
    assert_eq!(verify(&genuine, ISSUER, &stranger), Err(ArchiveFault::Signature));
}
