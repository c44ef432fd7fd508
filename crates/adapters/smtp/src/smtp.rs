//! The mail port over one server. A message is one conversation under one deadline; connections are kept for the next.

use std::sync::Mutex;

use async_trait::async_trait;
use lettre::transport::smtp::extension::ClientId;
use vestibule_kernel::{
    RealmId,
    contact::Email,
    ports::{Mail, MailOutcome, MailServer, Mailer},
};

use crate::{
    connection::Connection,
    letter::{self, Letter},
    server::Server,
    verdict::Failure,
};

/// Connections that wait for the next message.
const MAX_IDLE: usize = 4;

/// As whom mail may be sent.
#[derive(Debug, Clone)]
pub struct Senders {
    /// The installation's own address.
    pub address: Email,
    /// Domains, in ASCII form, that realms may write from.
    pub domains: Vec<String>,
}

impl Senders {
    /// The address a message comes from, and the one that was asked for if it may not be used.
    pub(crate) fn choose<'a>(&'a self, wanted: Option<&'a Email>) -> (&'a Email, Option<&'a Email>) {
        match wanted {
            None => (&self.address, None),
            Some(wanted) if self.domains.iter().any(|domain| domain == wanted.domain()) => (wanted, None),
            Some(wanted) => (&self.address, Some(wanted)),
        }
    }
}

/// Sends mail over SMTP.
pub struct Smtp {
    server: Server,
    senders: Senders,
    hello: ClientId,
    idle: Mutex<Vec<Connection>>,
}

impl Smtp {
    /// A transport that calls itself `hello` when it greets the server.
    pub fn new(server: Server, senders: Senders, hello: &str) -> Self {
        let hello = ClientId::Domain(hello.to_owned());
        Self { server, senders, hello, idle: Mutex::default() }
    }

    async fn converse(&self, letter: &Letter) -> Result<String, Failure> {
        let mut connection = self.connection().await?;
        let answer = connection.hand_over(letter).await?;
        self.keep(connection);
        Ok(answer)
    }

    async fn connection(&self) -> Result<Connection, Failure> {
        while let Some(mut resting) = self.resting() {
            if resting.is_usable().await {
                return Ok(resting);
            }
        }
        Connection::open(&self.server, &self.hello).await
    }

    fn resting(&self) -> Option<Connection> {
        self.idle.lock().ok().and_then(|mut idle| idle.pop())
    }

    fn keep(&self, connection: Connection) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < MAX_IDLE
        {
            idle.push(connection);
        }
    }
}

#[async_trait]
impl Mailer for Smtp {
    /// Sends over this server, whatever the realm has. A message whose answer is lost may have arrived: it is tried again
    /// under the same `Message-ID`, which is how receivers drop the second copy.
    async fn send(&self, _realm: RealmId, _own: Option<&MailServer>, mail: &Mail) -> MailOutcome {
        let letter = match letter::write(mail, &self.senders) {
            Ok(letter) => letter,
            Err(why) => return MailOutcome::Rejected(why),
        };
        let outcome = match tokio::time::timeout(self.server.timeout, self.converse(&letter)).await {
            Ok(Ok(answer)) => MailOutcome::Sent(answer),
            Ok(Err(failure)) => failure.outcome(letter.to.as_ref()),
            Err(_elapsed) => MailOutcome::TryLater("the mail server took too long".to_owned()),
        };
        tracing::debug!(message.id = mail.message_id, ?outcome, "mail");
        outcome
    }
}
