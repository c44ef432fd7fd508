//! Commands that end by themselves: what they print and how they end.

use vestibule_testkit::Visitor;

use crate::process::{Server, run, text};

#[test]
fn config_check_ends_with_0_or_7() {
    let folder = tempfile::tempdir().unwrap();
    let good = run(folder.path(), &[], &["config", "check"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    assert!(!folder.path().join("data").exists(), "a check makes nothing");
    for settings in [
        ("SERVER__LISTN", "127.0.0.1:1"),
        ("SERVER__LISTEN", "nonsense"),
        ("SERVER__PRODUCTION", "true"),
        ("SECRETS__MASTER_KEY", "short"),
    ] {
        let bad = run(folder.path(), &[settings], &["config", "check"]);
        assert_eq!(bad.status.code(), Some(7), "{settings:?}");
        let report = text(&bad.stderr);
        assert!(report.starts_with("error[VST-92") && report.contains("docs      /docs/errors/"), "{report}");
        assert!(bad.stdout.is_empty(), "messages belong to standard error");
    }
}

#[test]
fn config_show_names_sources_and_masks_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    std::fs::write(&file, "[server]\nworkers = 3\n").unwrap();
    let key = "1f".repeat(31) + "00";
    let settings = [("SECRETS__MASTER_KEY", key.as_str()), ("DATABASE__MAX_CONNECTIONS", "7")];
    let shown = run(folder.path(), &settings, &["config", "show", "--config", "own.toml"]);
    let shown = text(&shown.stdout);
    assert!(shown.contains("3   (from file own.toml)"), "{shown}");
    assert!(shown.contains("7   (from env VESTIBULE__DATABASE__MAX_CONNECTIONS)"), "{shown}");
    assert!(shown.contains("********   (from env VESTIBULE__SECRETS__MASTER_KEY)"), "{shown}");
    assert!(!shown.contains(&key), "{shown}");
}

#[test]
fn config_init_writes_a_usable_file_and_never_over_one() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &[], &["config", "init"]).status.code(), Some(0));
    let check = run(folder.path(), &[], &["--config", "vestibule.toml", "config", "check"]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stderr));
    assert_eq!(run(folder.path(), &[], &["config", "init"]).status.code(), Some(1));
}

#[test]
fn usage_mistakes_end_with_2() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &[], &["nonsense"]).status.code(), Some(2));
}

#[test]
fn an_unreachable_database_ends_with_5_and_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let key = "1f".repeat(31) + "00";
    let settings = [
        ("DATABASE__URL", "postgres://vestibule:sentinel@127.0.0.1:1/vestibule"),
        ("SECRETS__MASTER_KEY", key.as_str()),
        ("OPS__LISTEN", ""),
    ];
    let ended = run(folder.path(), &settings, &["serve"]);
    let report = text(&ended.stderr);
    assert_eq!(ended.status.code(), Some(5), "{report}");
    assert!(report.contains("error[VST-931]") && report.contains("env VESTIBULE__DATABASE__URL"), "{report}");
    assert!(!report.contains("sentinel"), "{report}");
}

#[test]
fn a_taken_port_and_a_taken_directory_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[], &["serve"], "all settings");
    let address = format!("127.0.0.1:{}", server.port);
    let same_folder = run(folder.path(), &[], &["serve"]);
    assert_eq!(same_folder.status.code(), Some(4));
    assert!(text(&same_folder.stderr).contains("VST-934"));
    let same_port = run(folder.path(), &[], &["serve", "--data", "other", "--listen", &address]);
    assert_eq!(same_port.status.code(), Some(5), "{}", text(&same_port.stderr));
    assert!(text(&same_port.stderr).contains("VST-933"));
}

#[test]
fn a_realm_is_imported_exported_and_given_new_keys() {
    let folder = tempfile::tempdir().unwrap();
    let document = "[realm]\nslug = \"shop\"\n[[clients]]\nclient_id = \"web\"\n\
                    token_endpoint_auth_method = \"none\"\nredirect_uris = [\"https://shop.test/cb\"]\n";
    std::fs::write(folder.path().join("shop.toml"), document).unwrap();
    let imported = run(folder.path(), &[], &["realm", "import", "shop.toml"]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert!(text(&imported.stdout).contains("\"realm_created\":true"), "{}", text(&imported.stdout));

    let exported = run(folder.path(), &[], &["realm", "export", "shop"]);
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    std::fs::write(folder.path().join("again.toml"), &exported.stdout).unwrap();
    let again = run(folder.path(), &[], &["realm", "import", "again.toml"]);
    let report: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(report["settings_changed"], false, "{report}");
    assert_eq!(report["clients"]["unchanged"], 1, "{report}");

    let rotated = run(folder.path(), &[], &["key", "rotate", "shop"]);
    assert!(rotated.status.success(), "{}", text(&rotated.stderr));
    assert!(text(&rotated.stdout).contains("ES256 "));

    let key = folder.path().join("data/master.key");
    std::fs::rename(&key, folder.path().join("kept.key")).unwrap();
    let lost = run(folder.path(), &[], &["realm", "export", "shop"]);
    assert_eq!(lost.status.code(), Some(7), "a lost key is told, not replaced: {}", text(&lost.stderr));
    assert!(text(&lost.stderr).contains("VST-925") && !key.exists(), "{}", text(&lost.stderr));
    std::fs::rename(folder.path().join("kept.key"), &key).unwrap();

    let wrong = run(folder.path(), &[], &["realm", "import", "missing.toml"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("VST-935"));
}

#[test]
fn after_key_reseal_the_previous_master_key_is_not_needed() {
    let folder = tempfile::tempdir().unwrap();
    let document = "[realm]\nslug = \"shop\"\n[secrets]\nsmtp = \"hunter2-hunter2\"\n";
    std::fs::write(folder.path().join("shop.toml"), document).unwrap();
    let (before, after) = ("1f".repeat(31) + "00", "2e".repeat(31) + "00");
    let first = [("SECRETS__MASTER_KEY", before.as_str())];
    let both = [("SECRETS__MASTER_KEY", after.as_str()), ("SECRETS__PREVIOUS_MASTER_KEY", before.as_str())];
    let last = [("SECRETS__MASTER_KEY", after.as_str())];
    let imported = run(folder.path(), &first, &["realm", "import", "shop.toml"]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));

    let early = run(folder.path(), &last, &["key", "reseal"]);
    assert!(!early.status.success(), "what no key opens is told, not skipped: {}", text(&early.stdout));
    for (settings, found) in [
        (&both[..], "shop: 2 signing keys, 1 secrets, 0 authenticators"),
        (&last[..], "shop: 0 signing keys, 0 secrets, 0 authenticators"),
    ] {
        let resealed = run(folder.path(), settings, &["key", "reseal"]);
        assert!(resealed.status.success(), "{}", text(&resealed.stderr));
        assert!(text(&resealed.stdout).contains(found), "{}", text(&resealed.stdout));
    }
    let late = run(folder.path(), &first, &["key", "reseal"]);
    assert!(!late.status.success(), "nothing is left for the key before: {}", text(&late.stdout));
}

#[test]
fn a_set_up_link_replaces_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let link = || text(&run(folder.path(), &[], &["admin", "create-link"]).stdout);
    let (first, second) = (link(), link());
    assert!(first.starts_with("http://localhost:8080/setup/vsu_"), "{first}");
    assert_ne!(first, second);
}

#[test]
fn openapi_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(folder.path(), &[], &["openapi"]);
    let document: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[test]
fn a_look_is_checked_and_written_without_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    let built_in = run(folder.path(), &[], &["theme", "check"]);
    assert!(built_in.status.success(), "{}{}", text(&built_in.stdout), text(&built_in.stderr));
    assert!(text(&built_in.stdout).contains("in 5 languages: no fault"), "{}", text(&built_in.stdout));
    write("look/theme.toml", "name = \"Mine\"\ncontract = 1\n[tokens]\nradius_card = 2\n");
    write("look/slots/footer.en.md", "[Imprint](https://acme.test)");
    let home = include_str!("../../../../themes/default/templates/home.html");
    write("look/templates/home.html", &home.replace("</h1>", "</h1><p>Mine</p>"));
    let good = run(folder.path(), &[], &["theme", "check", "look", "--write", "pages"]);
    assert!(good.status.success(), "{}{}", text(&good.stdout), text(&good.stderr));
    let page = std::fs::read_to_string(folder.path().join("pages/home.de.html")).unwrap();
    assert!(page.contains("<p>Mine</p>") && page.contains("https://acme.test"), "{page}");
    assert!(folder.path().join("pages/mail-sign_in_code.ar.html").exists());
    write("look/templates/home.html", &home.replace("</h1>", "</h1><script>alert(1)</script>"));
    let bad = run(folder.path(), &[], &["theme", "check", "look"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(text(&bad.stdout).contains("/templates/home.html: page home"), "{}", text(&bad.stdout));
    let report = text(&bad.stderr);
    let plural = report.contains("1 faults");
    assert!(report.contains("error[VST-938]: the command failed") && !plural, "{report}");
    let names = run(folder.path(), &[], &["theme", "templates"]);
    let names = text(&names.stdout);
    assert!(
        names.contains("identify.html\n") && names.contains("emails/sign_in_code/body.html\n"),
        "{names}"
    );
    assert!(!names.contains("setup.html") && !names.contains("base.html"), "{names}");
}

#[tokio::test]
async fn a_look_of_the_installation_lies_under_every_realm_and_a_bad_one_is_refused_at_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("look.toml"), "[copy.en]\nhome-title = \"Hello from the house\"\n")
        .unwrap();
    let server = Server::start(folder.path(), &[("SERVER__THEME", "look.toml")], &["serve"], "all settings");
    let page = Visitor::new().get(&server.url("/realms/operators/")).await.expect(200).body;
    assert!(page.contains("Hello from the house"), "{page}");
    drop(server);
    std::fs::write(folder.path().join("look.toml"), "[tokens.light]\ntext = \"#eeeeee\"\n").unwrap();
    let refused = run(folder.path(), &[("SERVER__THEME", "look.toml")], &["serve", "--data", "other"]);
    let report = text(&refused.stderr);
    assert!(!refused.status.success() && report.contains("/tokens/light/text"), "{report}");
    assert!(report.contains("env VESTIBULE__SERVER__THEME"), "{report}");
}

#[test]
fn what_is_no_archive_is_not_verified() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("keys.json"), "{\"keys\": []}").unwrap();
    std::fs::write(folder.path().join("copy.zip"), "PK").unwrap();
    let verify =
        ["export", "verify", "copy.zip", "--issuer", "https://id.test/realms/acme", "--jwks", "keys.json"];
    let refused = run(folder.path(), &[], &verify);
    assert_eq!(refused.status.code(), Some(1));
    let report = text(&refused.stderr);
    assert!(report.contains("error[VST-938]: the command failed"), "{report}");
    assert!(report.contains("no archive of somebody's data"), "{report}");
    assert!(!folder.path().join("data").exists(), "nothing is made");
}
