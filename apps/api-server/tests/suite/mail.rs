//! Mail over a real mail server: what people ask for never waits for it, nothing is lost, and administrators see what
//! became of it.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;
use vestibule_testkit::{
    Conduct, RealmDoc, Settings, SmtpServer, SmtpTls, TestServer, Visitor, programs::free_port, wait,
};

use crate::scene::{self, REALM, text};

const SOON: Duration = Duration::from_secs(30);

fn document() -> RealmDoc {
    RealmDoc::standard(REALM).settings(json!({
        "sign_up": {"mode": "open", "fields": []},
        "mail": {"sender_name": "Acme Shop", "sender": "hello@acme.test", "reply_to": "help@acme.test"},
    }))
}

fn with_mail(settings: Settings, port: u16) -> Settings {
    settings
        .with("MAIL__SERVER", "127.0.0.1")
        .with("MAIL__PORT", &port.to_string())
        .with("MAIL__TLS", "none")
        .with("MAIL__SENDER", "id@vestibule.test")
        .with("MAIL__SENDER_DOMAINS", "acme.test")
}

async fn started(port: u16) -> TestServer {
    let settings = with_mail(Settings::sqlite(), port);
    settings.import(&document());
    settings.start().await
}

/// Signs up up to the code by mail.
async fn sign_up(server: &TestServer, email: &str) {
    let mut visitor = Visitor::new();
    let start = server.url(&format!("/realms/{REALM}/flow/v1"));
    let begun = visitor.post_json(&start, &json!({})).await.expect(201).json();
    let mut visitor = visitor.with_header("x-csrf-token", &text(&begun, "csrf"));
    let opened = act(&mut visitor, &begun, json!({})).await;
    let account = json!({"email": email, "password": "a long enough pass phrase"});
    let asked = act(&mut visitor, &opened, account).await;
    assert_eq!(asked["state"], "verify_contact", "{asked}");
}

async fn act(visitor: &mut Visitor, document: &Value, fields: Value) -> Value {
    let actions = document["actions"].as_array().unwrap();
    let action = actions.iter().find(|offered| offered["name"] == "sign_up");
    let href: Url = text(action.expect("sign_up is offered"), "href").parse().unwrap();
    visitor.post_json(&href, &fields).await.expect(200).json()
}

/// What became of messages, newest first, as soon as there is one in this state.
async fn deliveries(server: &TestServer, state: &str) -> Vec<Value> {
    let token = scene::admin_token(server, REALM, "jobs:read").await;
    let url = server.url(&format!("/realms/{REALM}/admin/v1/deliveries?state={state}"));
    wait::until(SOON, state, || async {
        let listed = scene::bearer(&token).get(&url).await.expect(200).json();
        listed["items"].as_array().filter(|items| !items.is_empty()).cloned()
    })
    .await
}

#[tokio::test]
async fn a_sign_up_by_a_real_mail_server() {
    let smtp = SmtpServer::start(SmtpTls::None).await;
    let server = started(smtp.port()).await;
    sign_up(&server, "grace@example.test").await;
    let mail = smtp.until_received(1, SOON).await.remove(0);
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("hello@acme.test", "grace@example.test"));
    assert_eq!(mail.header("From").as_deref(), Some("\"Acme Shop\" <hello@acme.test>"));
    assert_eq!(mail.header("Reply-To").as_deref(), Some("help@acme.test"));
    let sent = deliveries(&server, "sent").await.remove(0);
    assert_eq!(sent["recipient"], "g•••@example.test");
    assert_eq!(sent["message"], "verify_email");
    assert_eq!(sent["answer"], "250 2.0.0 taken");
    assert!(mail.header("Message-ID").unwrap().starts_with(&format!("<{}@", text(&sent, "id"))));
}

#[tokio::test]
async fn sign_up_does_not_wait_for_a_mail_server_and_nothing_is_lost() {
    // Down: the address answers nobody.
    let port = free_port();
    let server = started(port).await;
    sign_up(&server, "grace@example.test").await;
    let deferred = deliveries(&server, "deferred").await.remove(0);
    assert!(text(&deferred, "answer").starts_with("connecting to the mail server"), "{deferred}");

    // Up again, and deaf to the next one: a second person is not held up.
    let smtp = SmtpServer::start_on(port, SmtpTls::None).await;
    smtp.then([Conduct::Stall]);
    let started = std::time::Instant::now();
    sign_up(&server, "alan@example.test").await;
    assert!(started.elapsed() < Duration::from_secs(8), "sign-up waited for the mail server");
    let received = smtp.until_received(2, Duration::from_secs(60)).await;
    let mut to: Vec<_> = received.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["alan@example.test", "grace@example.test"]);
}

#[tokio::test]
async fn a_rejected_mail_is_not_tried_again_and_leaves_an_event() {
    let smtp = SmtpServer::start(SmtpTls::None).await;
    smtp.then([Conduct::AnswerRecipient("550 5.1.1 <grace@example.test> unknown".to_owned())]);
    let server = started(smtp.port()).await;
    sign_up(&server, "grace@example.test").await;
    let rejected = deliveries(&server, "rejected").await.remove(0);
    assert_eq!(rejected["attempts"], 1);
    assert!(!rejected.to_string().contains("grace@"), "{rejected}");
    let token = scene::admin_token(&server, REALM, "jobs:read events:read").await;
    let get = async |path: &str| {
        let url = server.url(&format!("/realms/{REALM}/admin/v1/{path}"));
        scene::bearer(&token).get(&url).await.expect(200).json()
    };
    assert_eq!(get("jobs").await["items"], json!([]));
    let event = get("events?type=message.rejected").await["items"][0].clone();
    assert_eq!(event["data"]["recipient"], "g•••@example.test");
}

#[tokio::test]
async fn an_operator_tests_mail_and_reads_what_the_server_said() {
    let smtp = SmtpServer::start(SmtpTls::None).await;
    let server = started(smtp.port()).await;
    let token = scene::admin_token(&server, REALM, "realm:write").await;
    let url = server.url(&format!("/realms/{REALM}/admin/v1/mail:test"));
    let test = async |to: &str| scene::bearer(&token).post_json(&url, &json!({"to": to})).await;
    let answer = test("operator@example.test").await.expect(200).json();
    assert_eq!(answer, json!({"state": "sent", "answer": "250 2.0.0 taken"}));
    assert_eq!(smtp.received()[0].header("Subject").as_deref(), Some("Test message from Acme"));
    smtp.then([Conduct::AnswerRecipient("553 5.1.3 no such address".to_owned())]);
    let answer = test("nobody@example.test").await.expect(200).json();
    assert_eq!(answer["state"], "rejected");
    assert!(text(&answer, "answer").contains("553"), "{answer}");
    test("x@example.test\r\nBcc: all@victims.test").await.expect(422);
    for _ in 0..8 {
        test("operator@example.test").await.expect(200);
    }
    let refused = test("operator@example.test").await.expect(429);
    assert!(refused.header("retry-after").is_some());
}

/// What a test message comes to.
async fn tested(server: &TestServer) -> Value {
    let token = scene::admin_token(server, REALM, "realm:write").await;
    let url = server.url(&format!("/realms/{REALM}/admin/v1/mail:test"));
    scene::bearer(&token).post_json(&url, &json!({"to": "ada@example.test"})).await.expect(200).json()
}

/// A realm whose mail goes over a server of its own.
fn with_own_server(port: u16) -> RealmDoc {
    RealmDoc::standard(REALM).settings(json!({"mail": {
        "sender": "hello@acme.test",
        "server": {"host": "localhost", "port": port, "tls": "implicit", "username": "vestibule", "secret": "mail"},
    }}))
}

#[tokio::test]
async fn a_realm_sends_over_a_server_of_its_own_whose_password_is_sealed() {
    let (installation, own) =
        (SmtpServer::start(SmtpTls::None).await, SmtpServer::start(SmtpTls::Implicit).await);
    let authority = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(authority.path(), own.certificate()).unwrap();
    let settings = with_mail(Settings::sqlite(), installation.port())
        .with("MAIL__CA_FILE", &authority.path().display().to_string())
        .with("EGRESS__ALLOW", &format!("localhost:{}", own.port()));
    settings.import(&with_own_server(own.port()));
    let server = settings.start().await;
    let without = tested(&server).await;
    assert_eq!(without["state"], "failed", "no password yet: {without}");
    let token = scene::admin_token(&server, REALM, "realm:write").await;
    let url = server.url(&format!("/realms/{REALM}/admin/v1/secrets/mail"));
    scene::bearer(&token).put_json(&url, &json!({"value": "hunter2"})).await.expect(204);
    assert_eq!(tested(&server).await["state"], "sent");
    let mail = own.until_received(1, SOON).await.remove(0);
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("hello@acme.test", "ada@example.test"));
    assert!(mail.encrypted, "nothing crosses in clear");
    assert_eq!(mail.login, Some(("vestibule".to_owned(), "hunter2".to_owned())));
    assert!(installation.received().is_empty());
}

#[tokio::test]
async fn a_mail_server_of_a_realm_cannot_be_on_the_inside() {
    let inside = SmtpServer::start(SmtpTls::Implicit).await;
    for (host, port) in
        [("localhost", inside.port()), ("localhost", 465), ("127.0.0.1", 587), ("169.254.169.254", 465)]
    {
        let settings = Settings::sqlite();
        let server = json!({"host": host, "port": port, "tls": "implicit"});
        settings.import(
            &RealmDoc::standard(REALM).settings(json!({"mail": {"sender": "a@acme.test", "server": server}})),
        );
        let answer = tested(&settings.start().await).await;
        assert_eq!(answer["state"], "failed", "{host}:{port}: {answer}");
    }
    assert!(inside.received().is_empty());
}
