//! The rules of process configuration: precedence, unknown keys, secrets by reference, masking, production mode.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper that fails is a test that fails")]

use std::path::PathBuf;

use vestibule_runtime::{
    Config, OperatorError,
    config::{Given, SETTINGS, Sources, schema, template},
};

/// A directory of this test, empty at its start.
fn directory(test: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("configuration-{test}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn env(pairs: &[(&str, &str)]) -> Sources {
    let env = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { env, ..Sources::default() }
}

fn refused(sources: &Sources) -> OperatorError {
    Config::load(sources).err().expect("the configuration must be refused")
}

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[test]
fn the_built_in_defaults_are_a_working_embedded_server() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.public_url().as_str(), "http://localhost:8080/");
    assert!(config.is_embedded() && config.auto_migrate() && config.worker_in_process());
    assert!(config.server.listen.iter().all(|address| address.ip().is_loopback()));
    assert_eq!(config.database_path(), PathBuf::from("./data/vestibule.db"));
    assert!(!config.dev.enabled);
}

#[test]
fn later_sources_win_and_are_named() {
    let dir = directory("precedence");
    let (first, second) = (dir.join("a.toml"), dir.join("b.toml"));
    std::fs::write(
        &first,
        "[server]\nworkers = 2\nshutdown_seconds = 2\n[hashing]\nqueue = 2\nthreads = 2\n",
    )
    .unwrap();
    std::fs::write(&second, "[server]\nshutdown_seconds = 3\n[hashing]\nqueue = 3\nthreads = 3\n").unwrap();
    let mut sources = env(&[("VESTIBULE__HASHING__QUEUE", "4"), ("VESTIBULE__HASHING__THREADS", "4")]);
    let given =
        |key, text: &str, source: &str| Given { key, text: text.to_owned(), source: source.to_owned() };
    sources.defaults = vec![given("server.workers", "1", "demo"), given("worker.concurrency", "1", "demo")];
    sources.files = vec![first, second.clone()];
    sources.flags = vec![given("hashing.threads", "5", "flag --threads")];
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.worker.concurrency, 1);
    assert_eq!(config.server.workers, 2);
    assert_eq!(config.server.shutdown_seconds, 3);
    assert_eq!(config.hashing.queue, 4);
    assert_eq!(config.hashing.threads, 5);
    let source = |key| config.source_of(key).unwrap();
    assert_eq!(source("server.data_dir"), "built-in default");
    assert_eq!(source("worker.concurrency"), "demo");
    assert_eq!(source("server.shutdown_seconds"), format!("file {}", second.display()));
    assert_eq!(source("hashing.queue"), "env VESTIBULE__HASHING__QUEUE");
    assert_eq!(source("hashing.threads"), "flag --threads");
}

#[test]
fn unknown_keys_are_refused_with_a_suggestion() {
    let report = refused(&env(&[("VESTIBULE__DATABASE__ULR", "x")]));
    assert_eq!((report.fault.code, report.fault.exit.code()), ("VST-921", 7));
    let text = report.to_string();
    assert!(text.contains("did you mean `database.url`?"), "{text}");
    assert!(text.contains("env VESTIBULE__DATABASE__ULR"), "{text}");

    let file = directory("unknown").join("config.toml");
    for (content, suggestion) in
        [("[server]\nlisten_on = [\"x\"]\n", "server.listen"), ("[servr]\nlisten = []\n", "server.listen")]
    {
        std::fs::write(&file, content).unwrap();
        let text = refused(&Sources { files: vec![file.clone()], ..Sources::default() }).to_string();
        assert!(text.contains("VST-921") && text.contains(suggestion), "{text}");
    }
}

#[test]
fn secrets_come_from_files_and_references() {
    let dir = directory("secrets");
    let (secret, file) = (dir.join("key"), dir.join("config.toml"));
    std::fs::write(&secret, format!("{KEY}\n")).unwrap();
    let by_env = env(&[("VESTIBULE__SECRETS__MASTER_KEY_FILE", secret.to_str().unwrap())]);
    let config = Config::load(&by_env).unwrap();
    assert_eq!(config.secrets.master_key.as_ref().unwrap().expose(), KEY);
    assert!(config.source_of("secrets.master_key").unwrap().contains("MASTER_KEY_FILE"));

    std::fs::write(&file, format!("[secrets]\nmaster_key = {{ file = {secret:?} }}\n")).unwrap();
    let config = Config::load(&Sources { files: vec![file.clone()], ..Sources::default() }).unwrap();
    assert_eq!(config.secrets.master_key.as_ref().unwrap().expose(), KEY);

    std::fs::write(&file, "[secrets]\nmaster_key = { env = \"THE_KEY\" }\n").unwrap();
    let mut sources = env(&[("THE_KEY", KEY)]);
    sources.files = vec![file.clone()];
    assert_eq!(Config::load(&sources).unwrap().secrets.master_key.as_ref().unwrap().expose(), KEY);

    // Only secrets come by file: another setting of that name is a mistake.
    let report = refused(&env(&[("VESTIBULE__SERVER__WORKERS_FILE", "/nowhere")]));
    assert_eq!(report.fault.code, "VST-921");
    let report = refused(&env(&[("VESTIBULE__SECRETS__MASTER_KEY_FILE", "/nowhere/at/all")]));
    assert_eq!(report.fault.code, "VST-923");
}

#[test]
fn secrets_are_never_shown() {
    let sources = env(&[
        ("VESTIBULE__SECRETS__MASTER_KEY", KEY),
        ("VESTIBULE__DATABASE__URL", "postgres://vestibule:sentinel@db.test/vestibule?password=sentinel"),
    ]);
    let shown = serde_json::to_string(&Config::load(&sources).unwrap().shown()).unwrap();
    assert!(!shown.contains("sentinel") && !shown.contains(KEY), "{shown}");
    assert!(shown.contains("postgres://vestibule:********@db.test/vestibule"), "{shown}");
    assert!(shown.contains("env VESTIBULE__DATABASE__URL"));

    for (name, value) in [
        ("VESTIBULE__SECRETS__MASTER_KEY", "sentinel"),
        ("VESTIBULE__DATABASE__URL", "mysql://x:sentinel@db.test/"),
    ] {
        let text = refused(&env(&[(name, value)])).to_string();
        assert!(!text.contains("sentinel"), "{text}");
    }
    let file = directory("broken").join("config.toml");
    std::fs::write(&file, "[secrets]\nmaster_key = \"sentinel\n").unwrap();
    let text = refused(&Sources { files: vec![file], ..Sources::default() }).to_string();
    assert!(text.contains("line 2") && !text.contains("sentinel"), "{text}");
}

#[test]
fn values_of_the_wrong_type_or_out_of_bounds_name_key_and_source() {
    for (name, value, key) in [
        ("VESTIBULE__SERVER__LISTEN", "localhost", "server.listen"),
        ("VESTIBULE__SERVER__PRODUCTION", "yes", "server.production"),
        ("VESTIBULE__SERVER__SHUTDOWN_SECONDS", "0", "server.shutdown_seconds"),
        ("VESTIBULE__SERVER__TRUSTED_PROXIES", "10.0.0.0/99", "server.trusted_proxies"),
        ("VESTIBULE__SERVER__PUBLIC_URL", "http://login.example", "server.public_url"),
        ("VESTIBULE__SERVER__PUBLIC_URL", "https://login.example/?a=b", "server.public_url"),
        ("VESTIBULE__SERVER__PUBLIC_URL", "https://login.example/sso", "server.public_url"),
        ("VESTIBULE__EGRESS__ALLOW", "localhost", "egress.allow"),
        ("VESTIBULE__TELEMETRY__FORMAT", "xml", "telemetry.format"),
        ("VESTIBULE__TELEMETRY__LOG", "a=b=c", "telemetry.log"),
        ("VESTIBULE__OPS__LISTEN", "9090", "ops.listen"),
    ] {
        let text = refused(&env(&[(name, value)])).to_string();
        assert!(text.contains("VST-922") && text.contains(key) && text.contains(name), "{text}");
    }
}

#[test]
fn mail_needs_a_sender_a_protected_way_and_a_whole_login() {
    let server = ("VESTIBULE__MAIL__SERVER", "mail.test");
    let sender = ("VESTIBULE__MAIL__SENDER", "id@acme.test");
    for (settings, key) in [
        (vec![server], "mail.sender"),
        (vec![server, ("VESTIBULE__MAIL__SENDER", "id@acme.test\r\nBcc: x@y.test")], "mail.sender"),
        (vec![("VESTIBULE__MAIL__SERVER", "mail.test:587"), sender], "mail.server"),
        (vec![server, sender, ("VESTIBULE__MAIL__TLS", "none")], "mail.tls"),
        (vec![server, sender, ("VESTIBULE__MAIL__USERNAME", "id")], "mail.username"),
        (vec![server, sender, ("VESTIBULE__DEV__ENABLED", "true")], "mail.server"),
        (vec![server, sender, ("VESTIBULE__MAIL__TIMEOUT_SECONDS", "60")], "mail.timeout_seconds"),
    ] {
        let text = refused(&env(&settings)).to_string();
        assert!(text.contains("VST-922") && text.contains(&format!("key       {key} ")), "{key}: {text}");
    }
    let local = [("VESTIBULE__MAIL__SERVER", "127.0.0.1"), sender, ("VESTIBULE__MAIL__TLS", "none")];
    assert!(Config::load(&env(&local)).is_ok());
    let config = Config::load(&env(&[server, sender])).unwrap();
    assert_eq!((config.mail.port, config.mail.timeout_seconds), (587, 10));
}

#[test]
fn servers_that_share_a_database_need_a_shared_key() {
    let text = refused(&env(&[("VESTIBULE__DATABASE__URL", "postgres://db.test/v")])).to_string();
    assert!(text.contains("secrets.master_key"), "{text}");
}

#[test]
fn production_refuses_what_is_unsafe() {
    let dir = directory("production");
    let secret = dir.join("key");
    std::fs::write(&secret, KEY).unwrap();
    let mode = |bits: u32| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(bits)).unwrap();
    };
    mode(0o600);
    let good = [
        ("VESTIBULE__SERVER__PRODUCTION", "true"),
        ("VESTIBULE__SERVER__PUBLIC_URL", "https://login.example"),
        ("VESTIBULE__SECRETS__MASTER_KEY_FILE", secret.to_str().unwrap()),
        ("VESTIBULE__SERVER__DATA_DIR", dir.to_str().unwrap()),
    ];
    Config::load(&env(&good)).unwrap();

    let with = |name, value| env(&[&good[..], &[(name, value)]].concat());
    let unsafe_key = |sources: &Sources, key: &str| {
        let text = refused(sources).to_string();
        assert!(text.contains("VST-924") && text.contains(key), "{text}");
    };
    unsafe_key(&with("VESTIBULE__SERVER__PUBLIC_URL", "http://localhost"), "server.public_url");
    unsafe_key(&with("VESTIBULE__DEV__ENABLED", "true"), "dev.enabled");
    unsafe_key(&env(&[good[0], good[1], good[3]]), "secrets.master_key");
    mode(0o644);
    unsafe_key(&env(&good), "secrets.master_key");
    mode(0o600);
    std::fs::write(dir.join("vestibule.db"), "").unwrap();
    unsafe_key(&env(&good), "database.path");
}

#[test]
fn schema_and_template_hold_every_setting() {
    let (schema, template) = (schema(), template());
    for setting in SETTINGS {
        let (section, name) = setting.key.split_once('.').unwrap();
        let pointer = format!("/properties/{section}/properties/{name}");
        assert!(schema.pointer(&pointer).is_some(), "{}", setting.key);
        assert!(template.contains(&format!("# {name} = ")), "{}", setting.key);
    }
    let file = directory("template").join("config.toml");
    std::fs::write(&file, template).unwrap();
    Config::load(&Sources { files: vec![file], ..Sources::default() }).unwrap();
}
