//! By whom a realm sends text messages.

use serde::{Deserialize, Serialize};
use vestibule_kernel::ports::SmsProtocol;

use super::{SettingsError, text};
use crate::secret::SecretName;

/// The provider of a realm's text messages.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsAccount {
    /// How it is spoken to; none: the installation's provider is used.
    pub provider: Option<SmsProtocol>,
    /// Its address, `https:`; needed for a webhook.
    pub url: Option<String>,
    /// The name of the account with it.
    pub account: String,
    /// The number, name or pool that messages come from.
    pub sender: String,
    /// The realm's secret that holds the key of the signature, or the password.
    pub secret: Option<SecretName>,
}

impl SmsAccount {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong = |why| Err(SettingsError::Contradiction(why));
        text("sms.sender", &self.sender, 64)?;
        // It becomes a part of an address.
        if self.account.len() > 64 || !self.account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return wrong("sms.account has at most 64 letters and digits");
        }
        if self.url.as_deref().is_some_and(|url| !is_address(url)) {
            return wrong("sms.url must be an https address without credentials, query or fragment");
        }
        match self.provider {
            Some(_) if self.secret.is_none() => {
                wrong("sms.provider needs sms.secret, the name of a secret of the realm")
            }
            Some(SmsProtocol::Webhook) if self.url.is_none() => wrong("sms.provider = webhook needs sms.url"),
            Some(SmsProtocol::Twilio) if self.account.is_empty() || self.sender.is_empty() => {
                wrong("sms.provider = twilio needs sms.account and sms.sender")
            }
            None | Some(SmsProtocol::Webhook | SmsProtocol::Twilio) => Ok(()),
        }
    }
}

/// Whether it may be called is decided when it is: the guard knows which hosts may be reached without TLS.
fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    }) && text.len() <= 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_whole_or_refused() {
        let secret = Some(SecretName::parse("sms").unwrap());
        let url = Some("https://sms.example/send".to_owned());
        let webhook =
            SmsAccount { provider: Some(SmsProtocol::Webhook), url, secret, ..SmsAccount::default() };
        assert!(SmsAccount::default().check().is_ok());
        assert!(webhook.check().is_ok());
        for bad in ["ftp://a.test", "https://u:p@a.test/", "https://a.test/?to=x", "sms", "https://a.test/#x"]
        {
            let with = SmsAccount { url: Some(bad.to_owned()), ..webhook.clone() };
            assert!(with.check().is_err(), "{bad}");
        }
        assert!(SmsAccount { secret: None, ..webhook.clone() }.check().is_err());
        assert!(SmsAccount { url: None, ..webhook.clone() }.check().is_err());
        let twilio = SmsAccount { provider: Some(SmsProtocol::Twilio), url: None, ..webhook };
        assert!(twilio.check().is_err());
        let twilio = SmsAccount { account: "AC01".to_owned(), sender: "+15005550006".to_owned(), ..twilio };
        assert!(twilio.check().is_ok());
        assert!(SmsAccount { account: "../AC01".to_owned(), ..twilio }.check().is_err());
    }
}
