//! Text messages through a real provider on loopback, and the developer inbox.

use serde_json::{Value, json};
use vestibule_testkit::{Gateway, RealmDoc, Settings, SmsGateway, TestServer, Visitor};

use crate::scene::{self, REALM, text};

fn with_provider(settings: Settings, gateway: &SmsGateway) -> Settings {
    settings.with("EGRESS__ALLOW", &format!("127.0.0.1:{}", gateway.port()))
}

async fn test(server: &TestServer, to: &str) -> Value {
    let token = scene::admin_token(server, REALM, "realm:write").await;
    let url = server.url(&format!("/realms/{REALM}/admin/v1/sms:test"));
    scene::bearer(&token).post_json(&url, &json!({"to": to})).await.expect(200).json()
}

#[tokio::test]
async fn an_operator_tests_the_provider_of_the_installation() {
    let gateway = SmsGateway::start().await;
    let settings = with_provider(Settings::sqlite(), &gateway)
        .with("SMS__PROVIDER", "webhook")
        .with("SMS__URL", &gateway.url())
        .with("SMS__SECRET", "hunter2");
    settings.import(&RealmDoc::standard(REALM));
    let server = settings.start().await;
    let answer = test(&server, "+49 171 1234567").await;
    assert_eq!(answer, json!({"state": "sent", "answer": "201 SM0123456789abcdef"}));
    let request = gateway.taken().remove(0);
    let document: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(document["to"], "+491711234567");
    assert!(text(&document, "text").starts_with("Text messages from"), "{document}");
    assert!(request.header("webhook-signature").is_some());
    gateway.then([Gateway::Says(400, r#"{"message": "no such number"}"#.to_owned())]);
    assert_eq!(test(&server, "+491711234567").await["state"], "rejected");

    let token = scene::admin_token(&server, REALM, "realm:write").await;
    let url = server.url(&format!("/realms/{REALM}/admin/v1/sms:test"));
    scene::bearer(&token).post_json(&url, &json!({"to": "12"})).await.expect(422);
    for _ in 0..8 {
        test(&server, "+491711234567").await;
    }
    let refused = scene::bearer(&token).post_json(&url, &json!({"to": "+491711234567"})).await;
    assert!(refused.expect(429).header("retry-after").is_some());
}

#[tokio::test]
async fn a_realm_has_a_provider_of_its_own_whose_secret_is_write_only() {
    let gateway = SmsGateway::start().await;
    let settings = with_provider(Settings::sqlite(), &gateway);
    let provider = json!({"sms": {
        "provider": "twilio", "url": gateway.url(), "account": "AC0123", "sender": "+15005550006", "secret": "sms",
    }});
    settings.import(&RealmDoc::standard(REALM).settings(provider));
    let server = settings.start().await;
    let without = test(&server, "+491711234567").await;
    assert_eq!(without["state"], "failed", "{without}");
    let token = scene::admin_token(&server, REALM, "realm:write realm:read").await;
    let url = server.url(&format!("/realms/{REALM}/admin/v1/secrets/sms"));
    scene::bearer(&token).put_json(&url, &json!({"value": "the token of the account"})).await.expect(204);
    assert_eq!(test(&server, "+491711234567").await["state"], "sent");
    let request = gateway.taken().remove(0);
    assert!(request.line.starts_with("POST /2010-04-01/Accounts/AC0123/Messages.json"), "{}", request.line);
    assert!(request.header("authorization").unwrap().starts_with("Basic "));
    let url = server.url(&format!("/realms/{REALM}/admin/v1/realm"));
    let shown = scene::bearer(&token).get(&url).await.expect(200).body;
    assert!(!shown.contains("the token of"), "{shown}");
}

#[tokio::test]
async fn the_developer_inbox_shows_text_messages_in_a_tab_of_their_own() {
    let settings = Settings::sqlite().with("DEV__ENABLED", "true");
    settings.import(&RealmDoc::standard(REALM));
    let server = settings.start().await;
    assert_eq!(test(&server, "+491711234567").await["answer"], "kept in the developer inbox");
    let mut visitor = Visitor::new();
    let texts = visitor.get(&server.url(&format!("/dev/mail/{REALM}/sms"))).await.expect(200).body;
    assert!(texts.contains("+491711234567") && texts.contains("Text messages from"), "{texts}");
    let mails = visitor.get(&server.url(&format!("/dev/mail/{REALM}"))).await.expect(200).body;
    assert!(!mails.contains("+491711234567"), "{mails}");
}
