//! No secret and no personal data reaches the log, at the most talkative level.

use serde_json::json;
use vestibule_testkit::{
    RealmDoc, Settings, Visitor,
    realm::{CLIENT_SECRET, PASSWORD},
};

use crate::scene::{self, REALM, text};

const WRONG_PASSWORD: &str = "sentinel-wrong-password-9f1c";
const MASTER_KEY: &str = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";

#[tokio::test]
async fn no_secret_reaches_the_log() {
    let settings = Settings::sqlite().with("TELEMETRY__LOG", "trace").with("SECRETS__MASTER_KEY", MASTER_KEY);
    settings.import(&RealmDoc::standard(REALM).user_with(
        "sentinel-person",
        json!({"password": PASSWORD, "profile": {"name": "Sentinella Personova"}}),
    ));
    let server = settings.start().await;
    let mut sentinels = vec![
        PASSWORD.to_owned(),
        WRONG_PASSWORD.to_owned(),
        CLIENT_SECRET.to_owned(),
        MASTER_KEY.to_owned(),
        "Sentinella Personova".to_owned(),
        "sentinel-person".to_owned(),
        "sentinel-query".to_owned(),
    ];

    let request = scene::request(&server).with("scope", "openid email profile offline_access");
    let request = request.with("login_hint", "sentinel-person@example.test").with("extra", "sentinel-query");
    let mut visitor = Visitor::new();
    let callback = visitor.sign_in(&request, "sentinel-person@example.test", PASSWORD).await;
    let tokens = request.exchange(callback.code()).await.expect(200).json();
    let machine = [("grant_type", "client_credentials"), ("scope", "reports:read")];
    let machine =
        scene::post_as("machine", &scene::endpoint(&server, "token"), &machine).await.expect(200).json();
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    scene::bearer(&access).get(&scene::endpoint(&server, "userinfo")).await.expect(200);
    scene::post_as("web", &scene::endpoint(&server, "introspect"), &[("token", &access)]).await.expect(200);
    let fields = [("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", refresh.as_str())];
    scene::post(&scene::endpoint(&server, "token"), &fields).await.expect(200);
    fail_to_sign_in(&server).await;

    sentinels.extend([
        callback.code().to_owned(),
        refresh,
        text(&tokens, "id_token"),
        text(&machine, "access_token"),
    ]);
    sentinels.extend([access, request.pkce.verifier.clone(), request.nonce.clone(), request.state.clone()]);
    for name in visitor.cookie_names() {
        sentinels.extend(visitor.cookie(name).map(ToOwned::to_owned));
    }
    let log = server.log();
    assert!(log.lines().count() > 20, "the log is too quiet to prove anything:\n{log}");
    for sentinel in sentinels {
        let line = log.lines().find(|line| line.contains(&sentinel));
        assert!(line.is_none(), "'{sentinel}' is in the log: {}", line.unwrap());
    }
}

async fn fail_to_sign_in(server: &vestibule_testkit::TestServer) {
    let mut visitor = Visitor::new();
    let page = visitor.visit(&scene::request(server).url()).await.page();
    let form = page.form_with("username").set("username", "sentinel-person").set("password", WRONG_PASSWORD);
    let form = if form.has_button("submit") { form.press("submit") } else { form };
    let answer = visitor.submit(&form).await;
    assert!(!answer.body.contains(WRONG_PASSWORD), "a password was echoed");
}
