//! The mail transports there are: the developer inbox, and none. A transport over SMTP comes with its own crate.

use std::sync::Arc;

use async_trait::async_trait;
use vestibule_kernel::{
    Actor, Cx, MailId, Origin, RealmId,
    ports::{Clock, Entropy, Mail, MailOutcome, Mailer, Sms, SmsSender},
};
use vestibule_storage::Store;

use crate::config::Config;

/// Keeps mail in the database for the pages under `/dev/mail`.
pub struct InboxMailer {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl InboxMailer {
    /// Keeps what is sent in the realm it is for.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, clock, entropy }
    }
}

#[async_trait]
impl Mailer for InboxMailer {
    async fn send(&self, realm: RealmId, mail: &Mail) -> MailOutcome {
        let now = self.clock.now();
        let cx = Cx { realm, actor: Actor::System, now, origin: Origin::default() };
        let id = MailId::from_uuid(self.entropy.uuid(now));
        let kept = async {
            let mut tx = self.store.write(&cx).await?;
            tx.mailbox().keep_mail(id, mail, now).await?;
            tx.commit().await
        };
        match kept.await {
            Ok(()) => MailOutcome::Sent,
            Err(error) => MailOutcome::TryLater(error.to_string()),
        }
    }
}

/// Sends nothing: the job is parked where an operator sees it.
pub struct NoMailer;

#[async_trait]
impl Mailer for NoMailer {
    async fn send(&self, _realm: RealmId, _mail: &Mail) -> MailOutcome {
        MailOutcome::Never("no mail transport is configured".to_owned())
    }
}

/// Sends no text message: the job is parked where an operator sees it.
pub struct NoSms;

#[async_trait]
impl SmsSender for NoSms {
    async fn send_sms(&self, _realm: RealmId, _sms: &Sms) -> MailOutcome {
        MailOutcome::Never("no provider for text messages is configured".to_owned())
    }
}

/// The transport the configuration asks for.
pub fn mailer(
    config: &Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Arc<dyn Mailer> {
    if config.dev.enabled { Arc::new(InboxMailer::new(store, clock, entropy)) } else { Arc::new(NoMailer) }
}
