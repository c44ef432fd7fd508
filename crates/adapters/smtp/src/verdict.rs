//! What an answer of a mail server means for the message: sent, refused for good, or to be tried again.

use lettre::transport::smtp::{Error, response::Response};
use vestibule_kernel::ports::MailOutcome;

/// Most characters of a server's answer that are kept.
const MAX_ANSWER: usize = 200;

/// Where in a conversation something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Connect,
    Tls,
    Login,
    Sender,
    Recipient,
    Content,
}

impl Stage {
    const fn words(self) -> &'static str {
        match self {
            Self::Connect => "connecting to the mail server",
            Self::Tls => "protecting the connection to the mail server",
            Self::Login => "signing in to the mail server",
            Self::Sender => "naming the sender",
            Self::Recipient => "naming the recipient",
            Self::Content => "handing over the message",
        }
    }

    /// Whether a permanent refusal at this point is about this message. Before, it is about the server or its
    /// configuration: the message waits until somebody has mended that.
    const fn concerns_message(self) -> bool {
        match self {
            Self::Recipient | Self::Content => true,
            Self::Connect | Self::Tls | Self::Login | Self::Sender => false,
        }
    }
}

/// A conversation that did not end with a message handed over.
#[derive(Debug)]
pub(crate) struct Failure {
    stage: Stage,
    permanent: bool,
    answer: String,
}

impl Failure {
    pub(crate) fn new(stage: Stage, error: &Error) -> Self {
        Self { stage, permanent: error.is_permanent(), answer: error.to_string() }
    }

    pub(crate) fn permanent(stage: Stage, why: &str) -> Self {
        Self { stage, permanent: true, answer: why.to_owned() }
    }

    /// What becomes of the message. Texts go to administrators: the recipient is not named.
    pub(crate) fn outcome(&self, recipient: &str) -> MailOutcome {
        let text = format!("{}: {}", self.stage.words(), told(&self.answer, recipient));
        if self.permanent && self.stage.concerns_message() {
            MailOutcome::Rejected(text)
        } else {
            MailOutcome::TryLater(text)
        }
    }
}

/// A server's answer as one bounded line, without the recipient's address.
pub(crate) fn answer(response: &Response, recipient: &str) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    told(&format!("{} {text}", response.code()), recipient)
}

fn told(text: &str, recipient: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_000).collect();
    without(&line, recipient).chars().take(MAX_ANSWER).collect()
}

/// Replaces each mention of an address, however it is written. ASCII folding keeps the positions.
fn without(text: &str, recipient: &str) -> String {
    if recipient.is_empty() {
        return text.to_owned();
    }
    let (folded, wanted) = (text.to_ascii_lowercase(), recipient.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for (start, found) in folded.match_indices(&wanted) {
        out.push_str(text.get(rest..start).unwrap_or_default());
        out.push_str("the recipient");
        rest = start + found.len();
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_the_message_rejects_it() {
        let judged = |stage| Failure::permanent(stage, "550 no").outcome("a@b.test");
        for stage in [Stage::Recipient, Stage::Content] {
            assert!(matches!(judged(stage), MailOutcome::Rejected(_)), "{stage:?}");
        }
        for stage in [Stage::Connect, Stage::Tls, Stage::Login, Stage::Sender] {
            assert!(matches!(judged(stage), MailOutcome::TryLater(_)), "{stage:?}");
        }
    }

    #[test]
    fn an_answer_is_one_bounded_line_that_names_nobody() {
        let long = format!("550 5.1.1 <ADA@Acme.test>\r\nno such user {}", "x".repeat(5_000));
        let text = told(&long, "ada@acme.test");
        assert_eq!(text.chars().count(), MAX_ANSWER);
        assert!(text.starts_with("550 5.1.1 <the recipient>  no such user x"), "{text}");
        assert!(!text.contains(['\r', '\n']));
    }
}
