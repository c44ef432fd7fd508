//! What never reaches a log: passwords, codes, tokens, cookies, addresses and names of people.

use vestibule_testkit::{AuthorizeRequest, Settings, Visitor};

const DOCUMENT: &str = r#"
[realm]
slug = "quiet"
[[clients]]
client_id = "web"
token_endpoint_auth_method = "client_secret_post"
secret = "sentinel-client-secret-6f1d2c"
require_consent = false
redirect_uris = ["https://web.test/cb"]
[[users]]
username = "sentinel-username"
emails = [{ email = "sentinel-mail@quiet.test", verified = true }]
password = "sentinel-password-1"
profile = { name = "Sentinel Name" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_sign_in_at_debug_level_leaves_no_secret_and_no_personal_data() {
    let settings = Settings::sqlite().with("TELEMETRY__LOG", "debug,vestibule=trace");
    std::fs::write(settings.folder().join("quiet.toml"), DOCUMENT).unwrap();
    settings.run("api-server", &["realm", "import", "quiet.toml"]);
    let server = settings.start().await;

    let request = AuthorizeRequest::new(&server.issuer("quiet"), "web", "https://web.test/cb")
        .with("login_hint", "sentinel-mail@quiet.test");
    let mut visitor = Visitor::new();
    let callback = visitor.sign_in(&request, "sentinel-mail@quiet.test", "sentinel-password-1").await;
    let code = callback.code().to_owned();
    let mut fields = request.exchange_fields(&code);
    fields.push(("client_secret".to_owned(), "sentinel-client-secret-6f1d2c".to_owned()));
    let tokens = Visitor::new().post(&server.url("/realms/quiet/oauth/token"), &fields).await;
    assert_eq!(tokens.status.as_u16(), 200, "{}", tokens.body);
    let tokens = tokens.json();
    // A wrong password and an unknown client are logged most eagerly.
    fields.retain(|(name, _)| name != "client_secret");
    fields.push(("client_secret".to_owned(), "sentinel-wrong-secret".to_owned()));
    Visitor::new().post(&server.url("/realms/quiet/oauth/token"), &fields).await;

    let mut secrets = vec![
        "sentinel-password-1".to_owned(),
        "sentinel-client-secret-6f1d2c".to_owned(),
        "sentinel-wrong-secret".to_owned(),
        "sentinel-mail".to_owned(),
        "sentinel-username".to_owned(),
        "Sentinel Name".to_owned(),
        code,
        request.pkce.verifier.clone(),
        tokens["access_token"].as_str().unwrap().to_owned(),
        tokens["id_token"].as_str().unwrap().to_owned(),
    ];
    secrets.extend(tokens["refresh_token"].as_str().map(str::to_owned));
    for name in visitor.cookie_names() {
        secrets.push(visitor.cookie(name).unwrap().to_owned());
    }
    let log = server.log();
    assert!(log.contains("oauth/token"), "the log must hold the requests:\n{log}");
    for secret in secrets {
        let found = log.lines().find(|line| line.contains(&secret));
        assert!(found.is_none(), "the log holds {secret}: {}", found.unwrap_or_default());
    }
}
