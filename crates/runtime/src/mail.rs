//! The mail transports there are: a server over SMTP, the developer inbox, and none.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule_kernel::{
    Actor, Cx, MailId, Origin, RealmId,
    ports::{Clock, Entropy, Mail, MailOutcome, Mailer},
};
use vestibule_smtp::{Senders, Server, ServerError, Smtp, TlsMode};
use vestibule_storage::Store;

use crate::{
    config::{Config, MailTls},
    report::{INVALID_SETTING, OperatorError, UNREADABLE_FILE},
};

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
            Ok(()) => MailOutcome::Sent("kept in the developer inbox".to_owned()),
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

/// The transport the configuration asks for. Connects to nothing.
///
/// # Errors
/// An authority that cannot be read or used.
pub fn mailer(
    config: &Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Arc<dyn Mailer>, OperatorError> {
    if config.dev.enabled {
        return Ok(Arc::new(InboxMailer::new(store, clock, entropy)));
    }
    Ok(match smtp(config)? {
        Some(smtp) => Arc::new(smtp),
        None => Arc::new(NoMailer),
    })
}

fn smtp(config: &Config) -> Result<Option<Smtp>, OperatorError> {
    let mail = &config.mail;
    let (Some(host), Some(sender)) = (&mail.server, &mail.sender) else { return Ok(None) };
    let report = |fault, key: &str| {
        OperatorError::new(fault).key(key, &config.source_of(key).unwrap_or_else(|| "nowhere".to_owned()))
    };
    let authority = match &mail.ca_file {
        Some(file) => Some(std::fs::read(file).map_err(|error| {
            report(UNREADABLE_FILE, "mail.ca_file")
                .tried(file.display().to_string())
                .because(error.to_string())
        })?),
        None => None,
    };
    let mode = match mail.tls {
        MailTls::Starttls => TlsMode::StartTls,
        MailTls::Implicit => TlsMode::Implicit,
        MailTls::None => TlsMode::None,
    };
    let timeout = Duration::from_secs(mail.timeout_seconds);
    let mut server =
        Server::new((host, mail.port), mode, authority.as_deref(), timeout).map_err(|error| {
            let key = match &error {
                ServerError::Clear => "mail.tls",
                ServerError::Tls(_) => "mail.ca_file",
            };
            report(INVALID_SETTING, key).because(error.to_string())
        })?;
    if let (Some(username), Some(password)) = (&mail.username, &mail.password) {
        server = server.with_login(username.clone(), password.clone());
    }
    let domains = mail.sender_domains.iter().map(|domain| domain.to_ascii_lowercase()).collect();
    let senders = Senders { address: sender.clone(), domains };
    let public_url = config.public_url();
    Ok(Some(Smtp::new(server, senders, public_url.host_str().unwrap_or("localhost"))))
}
