//! One connection to a mail server: opened, protected, signed in, and used for one message after another.

use std::time::{Duration, Instant};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailParameter},
};

use crate::{
    letter::Letter,
    server::{Server, TlsMode},
    verdict::{self, Failure, Stage},
};

/// A connection rests no longer than this before it is used again; servers end idle ones after minutes.
const MAX_REST: Duration = Duration::from_secs(30);
/// Messages over one connection; many servers take a hundred.
const MAX_USES: u32 = 50;

pub(crate) struct Connection {
    inner: AsyncSmtpConnection,
    uses: u32,
    used_at: Instant,
}

/// A failure at this point of the conversation.
fn at(stage: Stage) -> impl FnOnce(Error) -> Failure {
    move |error| Failure::new(stage, &error)
}

impl Connection {
    /// Connects. Nothing but EHLO is said before the protection that the configuration asks for is there.
    pub(crate) async fn open(server: &Server, hello: &ClientId) -> Result<Self, Failure> {
        let implicit = match server.mode {
            TlsMode::Implicit => server.tls.clone(),
            TlsMode::StartTls | TlsMode::None => None,
        };
        let wait = Some(server.timeout);
        let opened = match server.at.as_slice() {
            [] => {
                let named = (server.host.as_str(), server.port);
                AsyncSmtpConnection::connect_tokio1(named, wait, hello, implicit, None).await
            }
            checked => AsyncSmtpConnection::connect_tokio1(checked, wait, hello, implicit, None).await,
        };
        let mut inner = opened.map_err(|error| {
            Failure::new(if error.is_tls() { Stage::Tls } else { Stage::Connect }, &error)
        })?;
        if server.mode == TlsMode::StartTls {
            if !inner.can_starttls() {
                return Err(Failure::permanent(Stage::Tls, "the server does not offer STARTTLS"));
            }
            let parameters = server.tls.clone();
            let parameters = parameters.ok_or_else(|| Failure::permanent(Stage::Tls, "TLS is not set up"))?;
            inner.starttls(parameters, hello).await.map_err(at(Stage::Tls))?;
        }
        if let Some((username, password)) = &server.login {
            let credentials = Credentials::new(username.clone(), password.expose().to_owned());
            let known = [Mechanism::Plain, Mechanism::Login];
            inner.auth(&known, &credentials).await.map_err(at(Stage::Login))?;
        }
        Ok(Self { inner, uses: 0, used_at: Instant::now() })
    }

    /// Whether another message may go over it. Asks the server, since it may have gone away meanwhile.
    pub(crate) async fn is_usable(&mut self) -> bool {
        self.uses < MAX_USES && self.used_at.elapsed() < MAX_REST && self.inner.test_connected().await
    }

    /// Hands over one message and returns the server's last word. After a failure the connection is of no use.
    pub(crate) async fn hand_over(&mut self, letter: &Letter) -> Result<String, Failure> {
        let mut parameters = Vec::new();
        if !letter.to.to_string().is_ascii() || !letter.from.to_string().is_ascii() {
            if !self.inner.server_info().supports_feature(Extension::SmtpUtfEight) {
                let why = "the server takes no international addresses (SMTPUTF8)";
                return Err(Failure::permanent(Stage::Recipient, why));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let sender = Mail::new(Some(letter.from.clone()), parameters);
        self.inner.command(sender).await.map_err(at(Stage::Sender))?;
        let recipient = Rcpt::new(letter.to.clone(), Vec::new());
        self.inner.command(recipient).await.map_err(at(Stage::Recipient))?;
        self.inner.command(Data).await.map_err(at(Stage::Content))?;
        let response = self.inner.message(&letter.bytes).await.map_err(at(Stage::Content))?;
        self.uses += 1;
        self.used_at = Instant::now();
        Ok(verdict::answer(&response, letter.to.as_ref()))
    }
}
