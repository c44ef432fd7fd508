//! From a [`Mail`] to the bytes of a message (RFC 5322). Headers are typed; text that could end one is flattened.

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{Header, HeaderName, HeaderValue},
    },
};
use vestibule_kernel::{contact::Email, ports::Mail};

use crate::smtp::Senders;

/// A message and its envelope.
pub(crate) struct Letter {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
}

/// Tells programs that answer by themselves not to (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The language of the message (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(String);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// Writes the message. Each attempt at the same mail has the same `Message-ID`.
pub(crate) fn write(mail: &Mail, senders: &Senders) -> Result<Letter, String> {
    let (from, displaced) = senders.choose(mail.from.as_ref());
    let from = address(from)?;
    let to = address(&mail.to)?;
    let mut message = Message::builder()
        .message_id(Some(format!("<{}>", token(&mail.message_id))))
        .from(Mailbox::new(Some(one_line(&mail.from_name)), from.clone()))
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(&mail.subject))
        .header(AutoSubmitted)
        .header(ContentLanguage(mail.locale.as_str().to_owned()));
    if let Some(reply_to) = mail.reply_to.as_ref().or(displaced) {
        message = message.reply_to(Mailbox::new(None, address(reply_to)?));
    }
    let body = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    let message = message.multipart(body).map_err(|error| error.to_string())?;
    Ok(Letter { from, to, bytes: message.formatted() })
}

/// The address as a mail server knows it: the local part as it was written, the domain in ASCII.
fn address(email: &Email) -> Result<Address, String> {
    let (local, _) = email.as_str().rsplit_once('@').unwrap_or_default();
    Address::new(local, email.domain()).map_err(|error| format!("an address cannot be used in mail: {error}"))
}

/// One line of text: what ends a line or hides is a space.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What may stand in a message id: nothing that ends it.
fn token(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.@+".contains(*c)).collect()
}

#[cfg(test)]
mod tests {
    use vestibule_kernel::contact::Locale;

    use super::*;

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    fn senders() -> Senders {
        Senders { address: email("id@vestibule.test"), domains: vec!["acme.test".to_owned()] }
    }

    fn mail() -> Mail {
        Mail {
            message_id: "job_1@id.test".to_owned(),
            from_name: "Acme".to_owned(),
            from: None,
            reply_to: None,
            to: email("Ada@bücher.example"),
            subject: "Your code".to_owned(),
            text: "Hällo\n.\nline".to_owned(),
            html: "<p>Hi</p>".to_owned(),
            locale: Locale::english(),
        }
    }

    /// The headers of the message, unfolded.
    fn headers(mail: &Mail) -> Vec<String> {
        let text = String::from_utf8(write(mail, &senders()).unwrap().bytes).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        head.lines().map(str::to_owned).collect()
    }

    fn header(mail: &Mail, name: &str) -> Option<String> {
        let start = format!("{name}: ");
        headers(mail).iter().find_map(|line| line.strip_prefix(&start).map(str::to_owned))
    }

    #[test]
    fn a_message_says_who_what_and_that_a_program_wrote_it() {
        let mail = mail();
        assert_eq!(header(&mail, "Message-ID").unwrap(), "<job_1@id.test>");
        assert_eq!(header(&mail, "From").unwrap(), "Acme <id@vestibule.test>");
        assert_eq!(header(&mail, "To").unwrap(), "Ada@xn--bcher-kva.example");
        assert_eq!(header(&mail, "Auto-Submitted").unwrap(), "auto-generated");
        assert_eq!(header(&mail, "Content-Language").unwrap(), "en");
        assert!(header(&mail, "Date").is_some() && header(&mail, "Reply-To").is_none());
        assert!(header(&mail, "Content-Type").unwrap().starts_with("multipart/alternative"));
        let letter = write(&mail, &senders()).unwrap();
        assert!(letter.bytes.is_ascii(), "no server needs 8BITMIME for it");
    }

    #[test]
    fn no_text_of_a_mail_can_add_a_header() {
        let attack = "Acme\r\nBcc: all@victims.test\r\n\r\n<script>";
        let mut mail = Mail {
            from_name: attack.to_owned(),
            subject: attack.to_owned(),
            message_id: format!("job_1@id.test>{attack}"),
            ..mail()
        };
        let plain = headers(&super::tests::mail()).len();
        assert_eq!(headers(&mail).len(), plain, "{:#?}", headers(&mail));
        for separator in ["\n", "\r", "\u{85}", "\u{2028}", "\0", "\u{b}"] {
            mail.subject = format!("a{separator}Bcc: all@victims.test");
            mail.from_name = mail.subject.clone();
            let found = headers(&mail);
            assert_eq!(found.len(), plain, "{separator:?}: {found:#?}");
            assert!(!found.iter().any(|line| line.to_lowercase().starts_with("bcc")), "{found:#?}");
        }
    }

    #[test]
    fn a_realm_writes_as_itself_only_from_domains_the_installation_sends_for() {
        let mut mail = mail();
        mail.from = Some(email("hello@acme.test"));
        assert_eq!(header(&mail, "From").unwrap(), "Acme <hello@acme.test>");
        assert_eq!(header(&mail, "Reply-To"), None);
        mail.from = Some(email("hello@bank.test"));
        assert_eq!(header(&mail, "From").unwrap(), "Acme <id@vestibule.test>");
        assert_eq!(header(&mail, "Reply-To").unwrap(), "hello@bank.test");
        mail.reply_to = Some(email("help@acme.test"));
        assert_eq!(header(&mail, "Reply-To").unwrap(), "help@acme.test");
        mail.from = Some(email("other@vestibule.test"));
        assert_eq!(
            header(&mail, "From").unwrap(),
            "Acme <id@vestibule.test>",
            "not every address of its domain"
        );
    }
}
