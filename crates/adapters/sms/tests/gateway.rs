//! The providers against a real server on loopback: what is sent, how it is signed, and what each answer means.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::{sync::Arc, time::Duration};

use vestibule_egress::{AllowedTarget, Egress, EgressConfig};
use vestibule_kernel::{
    RealmId, Secret, Timestamp,
    contact::Phone,
    ports::{Clock, MailOutcome, Sms, SmsProtocol, SmsProvider, SmsSender},
};
use vestibule_sms::Providers;
use vestibule_testkit::{Gateway, SmsGateway};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        chrono::DateTime::from_timestamp(1_764_504_000, 0).unwrap()
    }
}

fn providers(allowed: Option<&SmsGateway>, installation: Option<SmsProvider>) -> Providers {
    let target = |gateway: &SmsGateway| AllowedTarget { host: "127.0.0.1".to_owned(), port: gateway.port() };
    let allow = allowed.map(target).into_iter().collect();
    let egress = EgressConfig { allow, deadline: Duration::from_secs(2), ..EgressConfig::default() };
    Providers::new(Egress::new(&egress).unwrap(), Arc::new(Noon), installation)
}

fn provider(protocol: SmsProtocol, gateway: &SmsGateway) -> SmsProvider {
    SmsProvider {
        protocol,
        url: Some(format!("{}/", gateway.url())),
        account: "AC0123".to_owned(),
        sender: "+15005550006".to_owned(),
        secret: Secret::new("hunter2".to_owned()),
    }
}

async fn send(providers: &Providers, own: Option<&SmsProvider>, id: &str) -> MailOutcome {
    let text = "123456 is your code.\n\n@acme.test #123456".to_owned();
    let sms = Sms { message_id: id.to_owned(), to: Phone::parse("+491711234567").unwrap(), text };
    providers.send_sms(RealmId::from_uuid(uuid::Uuid::nil()), own, &sms).await
}

#[tokio::test]
async fn a_webhook_gets_a_signed_document() {
    let gateway = SmsGateway::start().await;
    let providers = providers(Some(&gateway), None);
    let own = provider(SmsProtocol::Webhook, &gateway);
    let sent = send(&providers, Some(&own), "job_1@id.test").await;
    assert_eq!(sent, MailOutcome::Sent("201 SM0123456789abcdef".to_owned()));
    let request = gateway.taken().remove(0);
    assert_eq!(request.line, "POST / HTTP/1.1");
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("idempotency-key"), Some("job_1@id.test"));
    assert_eq!(request.header("webhook-id"), Some("job_1@id.test"));
    assert_eq!(request.header("webhook-timestamp"), Some("1764504000"));
    let document: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(document["to"], "+491711234567");
    assert_eq!(document["from"], "+15005550006");
    assert_eq!(document["text"], "123456 is your code.\n\n@acme.test #123456");
    // Of the very bytes: made anew with another library's names, over id, time and body.
    let mac = {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"hunter2").unwrap();
        mac.update(format!("job_1@id.test.1764504000.{}", request.body).as_bytes());
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, mac.finalize().into_bytes())
    };
    assert_eq!(request.header("webhook-signature"), Some(format!("v1,{mac}").as_str()));
    assert!(!request.body.contains("hunter2"));
}

#[tokio::test]
async fn twilio_gets_a_form_with_name_and_password() {
    let gateway = SmsGateway::start().await;
    let providers = providers(Some(&gateway), Some(provider(SmsProtocol::Twilio, &gateway)));
    assert!(matches!(send(&providers, None, "1").await, MailOutcome::Sent(_)));
    let request = gateway.taken().remove(0);
    assert_eq!(request.line, "POST /2010-04-01/Accounts/AC0123/Messages.json HTTP/1.1");
    assert_eq!(request.header("authorization"), Some("Basic QUMwMTIzOmh1bnRlcjI="));
    assert_eq!(
        request.body,
        "To=%2B491711234567&From=%2B15005550006&Body=123456+is+your+code.%0A%0A%40acme.test+%23123456"
    );
    let pool = SmsProvider { sender: "MG42".to_owned(), ..provider(SmsProtocol::Twilio, &gateway) };
    assert!(matches!(send(&providers, Some(&pool), "2").await, MailOutcome::Sent(_)));
    assert!(gateway.taken().remove(1).body.contains("&MessagingServiceSid=MG42&"));
}

/// What every provider must do, whatever is on the other side.
async fn keeps_the_contract(protocol: SmsProtocol) {
    let gateway = SmsGateway::start().await;
    let providers = providers(Some(&gateway), None);
    let own = provider(protocol, &gateway);
    // Refused for good, and nobody is named.
    let says = |status, text: &str| Gateway::Says(status, text.to_owned());
    gateway.then([says(400, r#"{"code": 21211, "message": "+49 171 1234567 is no number"}"#)]);
    let MailOutcome::Rejected(why) = send(&providers, Some(&own), "1").await else { panic!("not rejected") };
    assert_eq!(why, "400 21211 (a number) is no number");
    // Tried again: out of order, overloaded, not let in, slow, endless, rude.
    let passing = [
        says(500, "<html>oops</html>"),
        says(429, r#"{"message": "too many"}"#),
        says(401, r#"{"code": 20003, "message": "Authenticate"}"#),
        Gateway::Stalls,
        Gateway::Floods,
        Gateway::Mumbles,
    ];
    for conduct in passing {
        gateway.then([conduct.clone()]);
        let started = std::time::Instant::now();
        let outcome = send(&providers, Some(&own), "1").await;
        assert!(matches!(outcome, MailOutcome::TryLater(_)), "{conduct:?}: {outcome:?}");
        assert!(started.elapsed() < Duration::from_secs(8), "{conduct:?} held it up");
    }
    assert!(gateway.taken().is_empty());
    // A redirect could lead anywhere: not followed.
    gateway.then([Gateway::Redirects]);
    assert!(matches!(send(&providers, Some(&own), "1").await, MailOutcome::Never(_)));
    // A lost answer: sent again under the same key, which the provider knows.
    gateway.then([Gateway::LosesAnswer]);
    assert!(matches!(send(&providers, Some(&own), "1").await, MailOutcome::TryLater(_)));
    assert!(matches!(send(&providers, Some(&own), "1").await, MailOutcome::Sent(_)));
    assert_eq!(gateway.taken().len(), 1);
    // Down.
    drop(gateway);
    assert!(matches!(send(&providers, Some(&own), "2").await, MailOutcome::TryLater(_)));
}

#[tokio::test]
async fn a_webhook_keeps_the_contract() {
    keeps_the_contract(SmsProtocol::Webhook).await;
}

#[tokio::test]
async fn twilio_keeps_the_contract() {
    keeps_the_contract(SmsProtocol::Twilio).await;
}

#[tokio::test]
async fn a_provider_of_a_realm_cannot_be_pointed_at_the_inside() {
    let gateway = SmsGateway::start().await;
    let providers = providers(None, None);
    for url in [gateway.url(), "https://127.0.0.1/".to_owned(), "https://169.254.169.254/".to_owned()] {
        let own = SmsProvider { url: Some(url.clone()), ..provider(SmsProtocol::Webhook, &gateway) };
        assert!(matches!(send(&providers, Some(&own), "1").await, MailOutcome::Never(_)), "{url}");
    }
    assert!(gateway.requests().is_empty());
    let nobody = send(&providers, None, "1").await;
    assert_eq!(nobody, MailOutcome::Never("no provider for text messages is configured".to_owned()));
}
