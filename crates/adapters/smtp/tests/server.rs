//! The transport against a real mail server on loopback: what is sent, how it is protected, and what each answer of the
//! server means.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::time::Duration;

use vestibule_kernel::{
    RealmId, Secret,
    contact::{Email, Locale},
    ports::{Mail, MailOutcome, Mailer},
};
use vestibule_smtp::{Senders, Server, Smtp, TlsMode};
use vestibule_testkit::{Conduct, SmtpServer, SmtpTls, programs::free_port};

const TIMEOUT: Duration = Duration::from_secs(10);

fn smtp(server: Server) -> Smtp {
    let address = Email::parse("id@vestibule.test").unwrap();
    Smtp::new(server, Senders { address, domains: Vec::new() }, "id.test")
}

fn plain(server: &SmtpServer) -> Smtp {
    smtp(Server::new(("127.0.0.1", server.port()), TlsMode::None, None, TIMEOUT).unwrap())
}

fn protected(server: &SmtpServer, host: &str, mode: TlsMode, trusted: bool) -> Smtp {
    let authority = trusted.then(|| server.certificate().as_bytes());
    let server = Server::new((host, server.port()), mode, authority, TIMEOUT).unwrap();
    smtp(server.with_login("vestibule".to_owned(), Secret::new("hunter2".to_owned())))
}

fn mail(to: &str, message_id: &str) -> Mail {
    Mail {
        message_id: message_id.to_owned(),
        from_name: "Acme".to_owned(),
        from: None,
        reply_to: None,
        to: Email::parse(to).unwrap(),
        subject: "Your code".to_owned(),
        text: "123456".to_owned(),
        html: "<p>123456</p>".to_owned(),
        locale: Locale::english(),
    }
}

async fn send(smtp: &Smtp, message_id: &str) -> MailOutcome {
    smtp.send(RealmId::from_uuid(uuid::Uuid::nil()), None, &mail("ada@acme.test", message_id)).await
}

fn later(outcome: MailOutcome) -> String {
    match outcome {
        MailOutcome::TryLater(why) => why,
        other => panic!("{other:?} is not to be tried again"),
    }
}

fn rejected(outcome: MailOutcome) -> String {
    match outcome {
        MailOutcome::Rejected(why) => why,
        other => panic!("{other:?} is no rejection"),
    }
}

#[tokio::test]
async fn a_message_arrives_and_the_connection_serves_the_next_one() {
    let server = SmtpServer::start(SmtpTls::None).await;
    let smtp = plain(&server);
    for id in ["1@id.test", "2@id.test"] {
        let MailOutcome::Sent(answer) = send(&smtp, id).await else { panic!("not sent") };
        assert_eq!(answer, "250 2.0.0 taken");
    }
    let received = server.received();
    assert_eq!(received.len(), 2);
    assert_eq!((received[0].from.as_str(), received[0].to.as_str()), ("id@vestibule.test", "ada@acme.test"));
    assert_eq!(received[0].header("From").unwrap(), "Acme <id@vestibule.test>");
    assert_eq!(received[0].header("Message-ID").unwrap(), "<1@id.test>");
    assert!(received[0].data.contains("123456"));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_died_is_replaced() {
    let server = SmtpServer::start(SmtpTls::None).await;
    let smtp = plain(&server);
    assert!(matches!(send(&smtp, "1@id.test").await, MailOutcome::Sent(_)));
    let port = server.port();
    drop(server);
    let why = later(send(&smtp, "2@id.test").await);
    assert!(why.starts_with("connecting to the mail server"), "{why}");
    let server = SmtpServer::start_on(port, SmtpTls::None).await;
    assert!(matches!(send(&smtp, "2@id.test").await, MailOutcome::Sent(_)));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_refused_recipient_or_message_is_refused_for_good_and_named_to_nobody() {
    let server = SmtpServer::start(SmtpTls::None).await;
    let smtp = plain(&server);
    server.then([
        Conduct::AnswerRecipient("550 5.1.1 <ada@acme.test> unknown".to_owned()),
        Conduct::AnswerContent("554 5.7.1 spam".to_owned()),
    ]);
    let why = rejected(send(&smtp, "1@id.test").await);
    assert!(why.contains("550") && why.contains("<the recipient> unknown"), "{why}");
    assert!(!why.contains("ada@"), "{why}");
    assert!(rejected(send(&smtp, "2@id.test").await).contains("554"));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let server = SmtpServer::start(SmtpTls::None).await;
    let smtp = plain(&server);
    server.then([
        Conduct::AnswerRecipient("451 4.7.1 greylisted".to_owned()),
        Conduct::AnswerContent("452 4.3.1 full".to_owned()),
        // The configuration is wrong, not the message.
        Conduct::AnswerSender("550 5.7.1 not yours".to_owned()),
    ]);
    for expected in ["greylisted", "full", "not yours"] {
        let why = later(send(&smtp, "1@id.test").await);
        assert!(why.contains(expected), "{why}");
    }
    assert!(matches!(send(&smtp, "1@id.test").await, MailOutcome::Sent(_)));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_connection_lost_before_the_answer_is_tried_again_under_the_same_id() {
    let server = SmtpServer::start(SmtpTls::None).await;
    let smtp = plain(&server);
    server.then([Conduct::DropInData]);
    later(send(&smtp, "1@id.test").await);
    assert!(server.received().is_empty());
    assert!(matches!(send(&smtp, "1@id.test").await, MailOutcome::Sent(_)));
    assert_eq!(server.received().len(), 1, "lost in DATA: once");

    // Nobody can know whether a server that fell silent took the message: the id tells the copies apart.
    server.then([Conduct::LoseAnswer]);
    later(send(&smtp, "2@id.test").await);
    assert!(matches!(send(&smtp, "2@id.test").await, MailOutcome::Sent(_)));
    let ids: Vec<_> = server.received().iter().filter_map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids, ["<1@id.test>", "<2@id.test>", "<2@id.test>"]);
}

#[tokio::test]
async fn a_server_that_falls_silent_costs_no_more_than_the_timeout() {
    let server = SmtpServer::start(SmtpTls::None).await;
    let timeout = Duration::from_millis(200);
    let smtp = smtp(Server::new(("127.0.0.1", server.port()), TlsMode::None, None, timeout).unwrap());
    server.then([Conduct::Stall]);
    let started = std::time::Instant::now();
    assert_eq!(later(send(&smtp, "1@id.test").await), "the mail server took too long");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_server_that_is_down_is_tried_again() {
    let port = free_port();
    let server = Server::new(("127.0.0.1", port), TlsMode::None, None, TIMEOUT).unwrap();
    let why = later(send(&smtp(server), "1@id.test").await);
    assert!(why.starts_with("connecting to the mail server"), "{why}");
}

#[tokio::test]
async fn starttls_and_tls_protect_password_and_message() {
    for (offered, mode) in [(SmtpTls::StartTls, TlsMode::StartTls), (SmtpTls::Implicit, TlsMode::Implicit)] {
        let server = SmtpServer::start(offered).await;
        let outcome = send(&protected(&server, "localhost", mode, true), "1@id.test").await;
        assert!(matches!(outcome, MailOutcome::Sent(_)), "{mode:?}: {outcome:?}");
        let received = server.received();
        assert!(received[0].encrypted);
        assert_eq!(received[0].login, Some(("vestibule".to_owned(), "hunter2".to_owned())));
    }
}

#[tokio::test]
async fn a_server_without_starttls_learns_neither_password_nor_message() {
    let server = SmtpServer::start(SmtpTls::None).await;
    let why = later(send(&protected(&server, "localhost", TlsMode::StartTls, true), "1@id.test").await);
    assert!(why.contains("does not offer STARTTLS"), "{why}");
    let commands = server.commands();
    assert!(commands.iter().all(|command| command.starts_with("EHLO")), "{commands:?}");
}

#[tokio::test]
async fn a_certificate_is_checked_for_its_signer_and_its_name() {
    let server = SmtpServer::start(SmtpTls::StartTls).await;
    for (host, trusted) in [("localhost", false), ("127.0.0.1", true)] {
        let why = later(send(&protected(&server, host, TlsMode::StartTls, trusted), "1@id.test").await);
        assert!(why.starts_with("protecting the connection"), "{host}: {why}");
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_for_the_operator_to_mend() {
    let server = SmtpServer::start(SmtpTls::StartTls).await;
    let authority = server.certificate().as_bytes();
    let checked = Server::new(("localhost", server.port()), TlsMode::StartTls, Some(authority), TIMEOUT);
    let login = checked.unwrap().with_login("vestibule".to_owned(), Secret::new("wrong".to_owned()));
    let why = later(send(&smtp(login), "1@id.test").await);
    assert!(why.starts_with("signing in to the mail server") && why.contains("535"), "{why}");
    assert!(!why.contains("wrong"), "{why}");
}
