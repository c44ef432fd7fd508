//! The mail transports there are: servers over SMTP, that of the installation and those of realms; and the developer
//! inbox.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use vestibule_egress::{Egress, FetchError};
use vestibule_kernel::{
    Actor, Cx, MailId, Origin, RealmId,
    ports::{Clock, Entropy, Mail, MailOutcome, MailProtection, MailServer, Mailer},
};
use vestibule_smtp::{Senders, Server, ServerError, Smtp, TlsMode};
use vestibule_storage::Store;

use crate::{
    config::{Config, MailTls},
    report::{Fault, INVALID_SETTING, OperatorError, UNREADABLE_FILE},
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
    async fn send(&self, realm: RealmId, _own: Option<&MailServer>, mail: &Mail) -> MailOutcome {
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

/// Mail over SMTP: over the server of the realm, else over that of the installation.
struct Servers {
    installation: Option<Smtp>,
    egress: Arc<Egress>,
    authority: Option<Vec<u8>>,
    hello: String,
    timeout: Duration,
}

impl Servers {
    /// A transport for one message over a realm's own server. Its address is asked for anew each time, and only a public
    /// one is connected to.
    async fn own(&self, own: &MailServer) -> Result<Smtp, MailOutcome> {
        let addresses = match self.egress.mail_server(&own.host, own.port).await {
            Ok(addresses) => addresses,
            Err(FetchError::Refused(why)) => return Err(MailOutcome::Never(why.to_owned())),
            Err(FetchError::Failed(why)) => return Err(MailOutcome::TryLater(why)),
        };
        let mode = match own.protection {
            MailProtection::Starttls => TlsMode::StartTls,
            MailProtection::Implicit => TlsMode::Implicit,
        };
        let named = (own.host.as_str(), own.port);
        let server = Server::new(named, mode, self.authority.as_deref(), self.timeout)
            .map_err(|error| MailOutcome::Never(error.to_string()))?
            .at(addresses);
        let server = match &own.login {
            Some((username, password)) => server.with_login(username.clone(), password.clone()),
            None => server,
        };
        // Its own server decides as whom it may send.
        let domains = vec![own.sender.domain().to_owned()];
        Ok(Smtp::new(server, Senders { address: own.sender.clone(), domains }, &self.hello))
    }
}

#[async_trait]
impl Mailer for Servers {
    async fn send(&self, realm: RealmId, own: Option<&MailServer>, mail: &Mail) -> MailOutcome {
        match (own, &self.installation) {
            (Some(own), _) => match self.own(own).await {
                Ok(smtp) => smtp.send(realm, None, mail).await,
                Err(outcome) => outcome,
            },
            (None, Some(smtp)) => smtp.send(realm, None, mail).await,
            // The job is parked where an operator sees it.
            (None, None) => MailOutcome::Never("no mail transport is configured".to_owned()),
        }
    }
}

/// The transport the configuration asks for. Connects to nothing. Without a server of the installation, realms that have
/// one of their own send all the same.
///
/// # Errors
/// An authority that cannot be read or used.
pub fn mailer(
    config: &Config,
    egress: Arc<Egress>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Arc<dyn Mailer>, OperatorError> {
    if config.dev.enabled {
        return Ok(Arc::new(InboxMailer::new(store, clock, entropy)));
    }
    let authority = authority(config)?;
    Ok(Arc::new(Servers {
        installation: smtp(config, authority.as_deref())?,
        egress,
        authority,
        hello: config.public_url().host_str().unwrap_or("localhost").to_owned(),
        timeout: Duration::from_secs(config.mail.timeout_seconds),
    }))
}

fn report(config: &Config, fault: Fault, key: &str) -> OperatorError {
    OperatorError::new(fault).key(key, &config.source_of(key).unwrap_or_else(|| "nowhere".to_owned()))
}

/// Certificates that are believed beside those of the operating system.
fn authority(config: &Config) -> Result<Option<Vec<u8>>, OperatorError> {
    let Some(file) = &config.mail.ca_file else { return Ok(None) };
    let read = std::fs::read(file).map_err(|error| {
        report(config, UNREADABLE_FILE, "mail.ca_file")
            .tried(file.display().to_string())
            .because(error.to_string())
    });
    read.map(Some)
}

fn smtp(config: &Config, authority: Option<&[u8]>) -> Result<Option<Smtp>, OperatorError> {
    let mail = &config.mail;
    let (Some(host), Some(sender)) = (&mail.server, &mail.sender) else { return Ok(None) };
    let mode = match mail.tls {
        MailTls::Starttls => TlsMode::StartTls,
        MailTls::Implicit => TlsMode::Implicit,
        MailTls::None => TlsMode::None,
    };
    let timeout = Duration::from_secs(mail.timeout_seconds);
    let mut server = Server::new((host, mail.port), mode, authority, timeout).map_err(|error| {
        let key = match &error {
            ServerError::Clear => "mail.tls",
            ServerError::Tls(_) => "mail.ca_file",
        };
        report(config, INVALID_SETTING, key).because(error.to_string())
    })?;
    if let (Some(username), Some(password)) = (&mail.username, &mail.password) {
        server = server.with_login(username.clone(), password.clone());
    }
    let domains = mail.sender_domains.iter().map(|domain| domain.to_ascii_lowercase()).collect();
    let senders = Senders { address: sender.clone(), domains };
    let public_url = config.public_url();
    Ok(Some(Smtp::new(server, senders, public_url.host_str().unwrap_or("localhost"))))
}
