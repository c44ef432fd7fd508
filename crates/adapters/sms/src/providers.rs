//! The port for text messages over the providers there are.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_egress::Egress;
use vestibule_kernel::{
    RealmId,
    ports::{Clock, MailOutcome, Sms, SmsProtocol, SmsProvider, SmsSender},
};

use crate::{twilio, verdict, webhook};

/// Sends text messages by a realm's provider or that of the installation.
pub struct Providers {
    egress: Arc<Egress>,
    clock: Arc<dyn Clock>,
    installation: Option<SmsProvider>,
}

impl Providers {
    /// With the provider of realms that have none of their own, if there is one.
    pub fn new(egress: Arc<Egress>, clock: Arc<dyn Clock>, installation: Option<SmsProvider>) -> Self {
        Self { egress, clock, installation }
    }
}

#[async_trait]
impl SmsSender for Providers {
    /// A message whose answer is lost may have been taken: it is sent again under the same key, by which the provider
    /// drops the second one.
    async fn send_sms(&self, _realm: RealmId, own: Option<&SmsProvider>, sms: &Sms) -> MailOutcome {
        let Some(provider) = own.or(self.installation.as_ref()) else {
            return MailOutcome::Never("no provider for text messages is configured".to_owned());
        };
        let answer = match provider.protocol {
            SmsProtocol::Webhook => webhook::post(&self.egress, provider, sms, self.clock.now()).await,
            SmsProtocol::Twilio => twilio::post(&self.egress, provider, sms).await,
        };
        let outcome = verdict::of(answer);
        tracing::debug!(message.id = sms.message_id, ?outcome, "text message");
        outcome
    }
}
