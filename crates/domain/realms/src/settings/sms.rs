//! By whom a realm sends text messages, to which countries and how many.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vestibule_kernel::{Region, ports::SmsProtocol};

use super::{SettingsError, text, within};
use crate::secret::SecretName;

/// A realm's text messages.
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
    /// The countries whose numbers get codes: two letters each. None by default, and then codes cannot be switched on:
    /// each one named is one that whoever makes us send can earn money in.
    pub countries: BTreeSet<Region>,
    /// The country of numbers that are typed without one; none: they are not read as numbers.
    pub region: Option<Region>,
    /// How many codes are sent at most.
    pub limits: SmsLimits,
}

/// Bounds on codes by text message, because each one costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SmsLimits {
    /// To one number in an hour.
    pub per_number_hour: u32,
    /// Asked for from one network address in an hour.
    pub per_network_hour: u32,
    /// From the realm in an hour.
    pub per_hour: u32,
    /// From the realm in a day.
    pub per_day: u32,
    /// Codes to one block of numbers (a country's code and three digits) in a day after which it is looked at how many
    /// were answered.
    pub stop_after: u32,
    /// The block gets no more when less than so many of a hundred were; 0: never.
    pub stop_below_percent: u32,
}

impl Default for SmsLimits {
    fn default() -> Self {
        Self {
            per_number_hour: 5,
            per_network_hour: 20,
            per_hour: 500,
            per_day: 2_000,
            stop_after: 30,
            stop_below_percent: 20,
        }
    }
}

impl SmsLimits {
    /// Whether a block of numbers gets no more codes: enough were sent there whose time to be answered is over, and too
    /// few were. Who is paid for messages sends for them to numbers that nobody reads.
    pub fn stops(&self, sent: u64, answered: u64) -> bool {
        let least = sent.saturating_mul(u64::from(self.stop_below_percent));
        sent >= u64::from(self.stop_after) && answered.saturating_mul(100) < least
    }
}

impl SmsAccount {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong = |why| Err(SettingsError::Contradiction(why));
        within("sms.limits.per_number_hour", u64::from(self.limits.per_number_hour), 1, 100)?;
        within("sms.limits.per_network_hour", u64::from(self.limits.per_network_hour), 1, 1_000_000)?;
        text("sms.sender", &self.sender, 64)?;
        within("sms.limits.per_hour", u64::from(self.limits.per_hour), 1, 10_000_000)?;
        within("sms.limits.per_day", u64::from(self.limits.per_day), 1, 10_000_000)?;
        within("sms.limits.stop_after", u64::from(self.limits.stop_after), 5, 100_000)?;
        within("sms.limits.stop_below_percent", u64::from(self.limits.stop_below_percent), 0, 90)?;
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
    fn a_block_that_answers_too_little_is_stopped() {
        let limits = SmsLimits { stop_after: 30, stop_below_percent: 20, ..SmsLimits::default() };
        assert!(!limits.stops(29, 0), "too few to tell");
        assert!(limits.stops(30, 0) && limits.stops(30, 5));
        assert!(!limits.stops(30, 6) && !limits.stops(1_000, 200));
        assert!(limits.stops(1_000, 199));
        let never = SmsLimits { stop_below_percent: 0, ..limits };
        assert!(!never.stops(1_000_000, 0));
    }

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
