//! A signed document, posted to an address, in the form of Standard Webhooks (<https://www.standardwebhooks.com>): the
//! receiver checks with one key that it comes from us, is fresh, and was not seen before.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use vestibule_egress::{Authorization, Egress, Post};
use vestibule_kernel::{
    Secret, Timestamp,
    ports::{Sms, SmsProvider},
};
use vestibule_oauth::FetchError;

/// Posts one message.
pub(crate) async fn post(
    egress: &Egress,
    provider: &SmsProvider,
    sms: &Sms,
    now: Timestamp,
) -> Result<(u16, Vec<u8>), FetchError> {
    let url = provider.url.as_deref().ok_or(FetchError::Refused("no address is configured"))?;
    let timestamp = now.timestamp().to_string();
    let mut document = json!({
        "type": "sms.send", "id": sms.message_id, "timestamp": now.to_rfc3339(),
        "to": sms.to.as_str(), "text": sms.text,
    });
    if let Some(fields) = document.as_object_mut() {
        for (name, value) in [("from", &provider.sender), ("account", &provider.account)] {
            if !value.is_empty() {
                fields.insert(name.to_owned(), value.as_str().into());
            }
        }
    }
    let body = document.to_string();
    let signature = signature(&provider.secret, &sms.message_id, &timestamp, &body)
        .ok_or(FetchError::Refused("the key of the signature cannot be used"))?;
    let headers = [
        ("idempotency-key", sms.message_id.as_str()),
        ("webhook-id", &sms.message_id),
        ("webhook-timestamp", &timestamp),
        ("webhook-signature", &signature),
    ];
    let post = Post {
        content_type: "application/json",
        body: body.as_bytes(),
        headers: &headers,
        authorization: Authorization::None,
    };
    egress.post(url, &post).await
}

/// HMAC-SHA256 over id, time and body. A secret written as `whsec_…` holds the key in base64; any other is the key.
fn signature(secret: &Secret, id: &str, timestamp: &str, body: &str) -> Option<String> {
    let text = secret.expose();
    let key = match text.strip_prefix("whsec_") {
        Some(encoded) => STANDARD.decode(encoded).ok()?,
        None => text.as_bytes().to_vec(),
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let body = r#"{"test": 2432232314}"#;
        let made = signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body).unwrap();
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_key_that_is_no_base64_signs_nothing() {
        assert!(signature(&Secret::new("whsec_%".to_owned()), "1", "2", "3").is_none());
    }
}
