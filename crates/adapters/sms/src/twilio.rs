//! A form with a name and a password, as Twilio's `Messages` resource takes it, and those who copy it.

use vestibule_egress::{Authorization, Egress, Post};
use vestibule_kernel::ports::{Sms, SmsProvider};
use vestibule_oauth::FetchError;

const API: &str = "https://api.twilio.com";
/// How an account's own pools of senders begin.
const SERVICE: &str = "MG";

/// Posts one message.
pub(crate) async fn post(
    egress: &Egress,
    provider: &SmsProvider,
    sms: &Sms,
) -> Result<(u16, Vec<u8>), FetchError> {
    let base = provider.url.as_deref().unwrap_or(API).trim_end_matches('/');
    let url = format!("{base}/2010-04-01/Accounts/{}/Messages.json", provider.account);
    let from = if provider.sender.starts_with(SERVICE) { "MessagingServiceSid" } else { "From" };
    let body = form(&[("To", sms.to.as_str()), (from, &provider.sender), ("Body", &sms.text)]);
    let post = Post {
        content_type: "application/x-www-form-urlencoded",
        body: body.as_bytes(),
        headers: &[("idempotency-key", &sms.message_id)],
        authorization: Authorization::Basic(&provider.account, provider.secret.expose()),
    };
    egress.post(&url, &post).await
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
