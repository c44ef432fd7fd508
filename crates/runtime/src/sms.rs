//! The transports for text messages there are: providers over HTTP, and the developer inbox.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_egress::Egress;
use vestibule_kernel::{
    Actor, Cx, MailId, Origin, RealmId,
    ports::{Clock, Entropy, MailOutcome, Sms, SmsProvider, SmsSender},
};
use vestibule_sms::Providers;
use vestibule_storage::Store;

use crate::config::Config;

/// Keeps text messages in the database for the pages under `/dev/mail`.
struct InboxSms {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

#[async_trait]
impl SmsSender for InboxSms {
    async fn send_sms(&self, realm: RealmId, _own: Option<&SmsProvider>, sms: &Sms) -> MailOutcome {
        let now = self.clock.now();
        let cx = Cx { realm, actor: Actor::System, now, origin: Origin::default() };
        let id = MailId::from_uuid(self.entropy.uuid(now));
        let kept = async {
            let mut tx = self.store.write(&cx).await?;
            tx.mailbox().keep_sms(id, sms, now).await?;
            tx.commit().await
        };
        match kept.await {
            Ok(()) => MailOutcome::Sent("kept in the developer inbox".to_owned()),
            Err(error) => MailOutcome::TryLater(error.to_string()),
        }
    }
}

/// The transport the configuration asks for. Connects to nothing. Without a provider of the installation, realms that
/// have one of their own send all the same.
pub fn sender(
    config: &Config,
    egress: Arc<Egress>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Arc<dyn SmsSender> {
    if config.dev.enabled {
        return Arc::new(InboxSms { store, clock, entropy });
    }
    Arc::new(Providers::new(egress, clock, installation(config)))
}

fn installation(config: &Config) -> Option<SmsProvider> {
    let sms = &config.sms;
    Some(SmsProvider {
        protocol: sms.provider?,
        url: sms.url.as_ref().map(ToString::to_string),
        account: sms.account.clone(),
        sender: sms.sender.clone(),
        secret: sms.secret.clone()?,
    })
}
