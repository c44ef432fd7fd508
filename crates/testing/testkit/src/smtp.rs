//! A small mail server on loopback that does as a test tells it, message by message: takes, refuses, defers, stalls,
//! hangs up. Speaks plain SMTP, STARTTLS or TLS, with a certificate of its own.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::wait;

/// How the server treats one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conduct {
    /// Takes it.
    Accept,
    /// Answers RCPT with this line, such as `550 5.1.1 no such user`.
    AnswerRecipient(String),
    /// Answers MAIL with this line.
    AnswerSender(String),
    /// Answers the message itself with this line.
    AnswerContent(String),
    /// Hangs up in the middle of DATA.
    DropInData,
    /// Takes it, and hangs up before saying so.
    LoseAnswer,
    /// Never answers RCPT.
    Stall,
}

/// How the server protects a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// It does not.
    None,
    /// When it is asked to.
    StartTls,
    /// From the first byte.
    Implicit,
}

/// A message the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipient.
    pub to: String,
    /// The message.
    pub data: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// Who signed in: name and password.
    pub login: Option<(String, String)>,
}

impl Received {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = self.data.split("\r\n\r\n").next()?.replace("\r\n ", " ");
        let start = format!("{}:", name.to_lowercase());
        head.lines()
            .find(|line| line.to_lowercase().starts_with(&start))
            .and_then(|line| line.split_once(':'))
            .map(|(_, value)| value.trim().to_owned())
    }

    /// The plain part of a message that has an HTML part too, decoded, with lines that end in `\n`.
    pub fn text(&self) -> Option<String> {
        let kind = self.header("Content-Type")?;
        let boundary = format!("--{}", kind.split("boundary=\"").nth(1)?.split('"').next()?);
        let mut parts = self.data.split(&boundary).skip(1);
        let part = parts.find(|part| part.contains("Content-Type: text/plain"))?;
        let (head, body) = part.split_once("\r\n\r\n")?;
        let body = if head.contains("quoted-printable") { unquoted(body)? } else { body.to_owned() };
        Some(body.replace("\r\n", "\n"))
    }
}

/// Quoted-printable, decoded (RFC 2045 §6.7).
fn unquoted(text: &str) -> Option<String> {
    let joined = text.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[derive(Default)]
struct State {
    conducts: VecDeque<Conduct>,
    received: Vec<Received>,
    /// Who waits for the next message to a recipient.
    waiting: HashMap<String, oneshot::Sender<Received>>,
    connections: usize,
    commands: Vec<String>,
}

impl State {
    fn take(&mut self, message: Received) {
        let unclaimed = match self.waiting.remove(&message.to) {
            Some(waiting) => waiting.send(message).err(),
            None => Some(message),
        };
        self.received.extend(unclaimed);
    }
}

/// The server. Ends with the value.
pub struct SmtpServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    certificate: String,
    task: JoinHandle<()>,
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpServer {
    /// Listens on a free port.
    pub async fn start(tls: SmtpTls) -> Self {
        Self::start_on(0, tls).await
    }

    /// Listens on this port: a server that was down is there again.
    ///
    /// # Panics
    /// If the port is taken.
    pub async fn start_on(port: u16, tls: SmtpTls) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let key = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
        let acceptor = acceptor(&key);
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            // Connections end with the server.
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let talk = Talk { state: Arc::clone(&shared), encrypted: false, login: None };
                open.spawn(serve(talk, stream, tls, acceptor.clone()));
            }
        });
        Self { address, state, certificate: key.cert.pem(), task }
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Its certificate, for `localhost`, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Says how the next messages are treated, one each; further ones are accepted.
    pub fn then(&self, conducts: impl IntoIterator<Item = Conduct>) {
        lock(&self.state).conducts.extend(conducts);
    }

    /// What it took.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// The next message to this recipient, from this call on; it does not stand among those received. One waits for each
    /// recipient: a later call takes the place of an earlier one, which then gets nothing.
    pub fn next_to(&self, recipient: &str) -> impl Future<Output = Option<Received>> + Send + use<> {
        let (sender, receiver) = oneshot::channel();
        lock(&self.state).waiting.insert(recipient.to_owned(), sender);
        async { receiver.await.ok() }
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        lock(&self.state).connections
    }

    /// The commands it was given, in order, without the content of messages.
    pub fn commands(&self) -> Vec<String> {
        lock(&self.state).commands.clone()
    }

    /// Waits until it has taken `count` messages.
    pub async fn until_received(&self, count: usize, deadline: Duration) -> Vec<Received> {
        wait::until(deadline, "mail", || async {
            let received = self.received();
            (received.len() >= count).then_some(received)
        })
        .await
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn acceptor(key: &rcgen::CertifiedKey<rcgen::KeyPair>) -> TlsAcceptor {
    let private = rustls::pki_types::PrivateKeyDer::try_from(key.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![key.cert.der().clone()], private)
        .expect("a certificate");
    TlsAcceptor::from(Arc::new(config))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

struct Talk {
    state: Arc<Mutex<State>>,
    encrypted: bool,
    login: Option<(String, String)>,
}

/// How a part of a conversation ended.
enum End {
    HungUp,
    StartTls,
}

async fn serve(mut talk: Talk, stream: TcpStream, tls: SmtpTls, acceptor: TlsAcceptor) {
    lock(&talk.state).connections += 1;
    let stream: Box<dyn Stream> = if tls == SmtpTls::Implicit {
        let Ok(stream) = acceptor.accept(stream).await else { return };
        talk.encrypted = true;
        Box::new(stream)
    } else {
        Box::new(stream)
    };
    let mut stream = BufReader::new(stream);
    if say(&mut stream, "220 testkit").await.is_none() {
        return;
    }
    while matches!(talk.commands(&mut stream, tls).await, Some(End::StartTls)) {
        let Ok(encrypted) = acceptor.accept(stream.into_inner()).await else { return };
        talk.encrypted = true;
        let encrypted: Box<dyn Stream> = Box::new(encrypted);
        stream = BufReader::new(encrypted);
    }
}

async fn say(stream: &mut BufReader<Box<dyn Stream>>, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

async fn line(stream: &mut BufReader<Box<dyn Stream>>) -> Option<String> {
    let mut text = String::new();
    let read = stream.read_line(&mut text).await.ok()?;
    (read > 0).then_some(text)
}

impl Talk {
    async fn commands(&mut self, stream: &mut BufReader<Box<dyn Stream>>, tls: SmtpTls) -> Option<End> {
        let (mut from, mut to, mut conduct) = (String::new(), String::new(), Conduct::Accept);
        loop {
            let command = line(stream).await?.trim_end().to_owned();
            lock(&self.state).commands.push(command.clone());
            let verb = command.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let offer =
                        if tls == SmtpTls::StartTls && !self.encrypted { "250-STARTTLS\r\n" } else { "" };
                    let offers = format!("250-testkit\r\n{offer}250-SMTPUTF8\r\n250 AUTH PLAIN");
                    say(stream, &offers).await?;
                }
                "STARTTLS" => {
                    say(stream, "220 go on").await?;
                    return Some(End::StartTls);
                }
                "AUTH" => {
                    let answer = self.sign_in(&command);
                    say(stream, answer).await?;
                }
                "MAIL" => {
                    conduct = lock(&self.state).conducts.pop_front().unwrap_or(Conduct::Accept);
                    from = path(&command);
                    let answer = match &conduct {
                        Conduct::AnswerSender(answer) => answer.as_str(),
                        _ => "250 sender",
                    };
                    say(stream, answer).await?;
                }
                "RCPT" => {
                    to = path(&command);
                    match &conduct {
                        Conduct::Stall => std::future::pending().await,
                        Conduct::AnswerRecipient(answer) => say(stream, answer).await?,
                        _ => say(stream, "250 recipient").await?,
                    }
                }
                "DATA" => {
                    if !self.data(stream, (&from, &to), &conduct).await? {
                        return Some(End::HungUp);
                    }
                }
                "QUIT" => {
                    say(stream, "221 bye").await?;
                    return Some(End::HungUp);
                }
                _ => say(stream, "250 ok").await?,
            }
        }
    }

    /// Reads a message; `false`: hang up.
    async fn data(
        &self,
        stream: &mut BufReader<Box<dyn Stream>>,
        (from, to): (&str, &str),
        conduct: &Conduct,
    ) -> Option<bool> {
        say(stream, "354 go on").await?;
        let mut data = String::new();
        loop {
            let line = line(stream).await?;
            if *conduct == Conduct::DropInData {
                return Some(false);
            }
            if line == ".\r\n" {
                break;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
        if let Conduct::AnswerContent(answer) = conduct {
            say(stream, answer).await?;
            return Some(true);
        }
        let (from, to) = (from.to_owned(), to.to_owned());
        let (encrypted, login) = (self.encrypted, self.login.clone());
        lock(&self.state).take(Received { from, to, data, encrypted, login });
        if *conduct == Conduct::LoseAnswer {
            return Some(false);
        }
        say(stream, "250 2.0.0 taken").await?;
        Some(true)
    }

    /// AUTH PLAIN (RFC 4616); the password `wrong` is refused.
    fn sign_in(&mut self, command: &str) -> &'static str {
        let encoded = command.split(' ').nth(2).unwrap_or_default();
        let decoded = STANDARD.decode(encoded).unwrap_or_default();
        let text = String::from_utf8_lossy(&decoded).into_owned();
        let mut parts = text.split('\0').skip(1);
        let (Some(name), Some(password)) = (parts.next(), parts.next()) else { return "501 malformed" };
        if password == "wrong" {
            return "535 5.7.8 no";
        }
        self.login = Some((name.to_owned(), password.to_owned()));
        "235 welcome"
    }
}

/// The address between the angle brackets.
fn path(command: &str) -> String {
    let after = command.split_once('<').map_or("", |(_, rest)| rest);
    after.split('>').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(to: &str, data: &str) -> Received {
        let (from, to, data) = ("id@acme.test".to_owned(), to.to_owned(), data.to_owned());
        Received { from, to, data, encrypted: false, login: None }
    }

    #[test]
    fn the_plain_part_is_read() {
        let data = "Content-Type: multipart/alternative;\r\n boundary=\"b\"\r\n\r\n--b\r\n\
            Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            482913\r\nhttp://localhost/?a=3Dvery=\r\nlong=E2=80=99s\r\n-- \r\n\
            --b\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n--b--\r\n";
        let text = message("ada@acme.test", data).text().unwrap();
        assert_eq!(text.trim_end(), "482913\nhttp://localhost/?a=verylong’s\n--");
        assert_eq!(message("ada@acme.test", "Subject: x\r\n\r\nHi").text(), None);
    }

    #[tokio::test]
    async fn who_waits_for_a_recipient_gets_the_next_message_to_them() {
        let server = SmtpServer::start(SmtpTls::None).await;
        let (ada, replaced) = (server.next_to("ada@acme.test"), server.next_to("bob@acme.test"));
        let bob = server.next_to("bob@acme.test");
        for (to, data) in [("bob@acme.test", "1"), ("ada@acme.test", "2"), ("ada@acme.test", "3")] {
            lock(&server.state).take(message(to, data));
        }
        assert_eq!(bob.await.unwrap().data, "1");
        assert_eq!(ada.await.unwrap().data, "2");
        assert_eq!(replaced.await, None);
        assert_eq!(server.received(), [message("ada@acme.test", "3")]);
    }
}
