//! What an answer of a provider means for the message: sent, refused for good, or to be tried again.

use serde_json::Value;
use vestibule_kernel::ports::MailOutcome;
use vestibule_oauth::FetchError;

/// Most characters of an answer that are kept.
const MAX_ANSWER: usize = 200;
/// More digits in a row than this are a number of somebody.
const MAX_DIGITS: usize = 6;

/// What becomes of the message.
pub(crate) fn of(answer: Result<(u16, Vec<u8>), FetchError>) -> MailOutcome {
    let (status, body) = match answer {
        Ok(answer) => answer,
        // An address that may not be called does not become one by waiting.
        Err(FetchError::Refused(why)) => return MailOutcome::Never(format!("the provider: {why}")),
        Err(FetchError::Failed(why)) => return MailOutcome::TryLater(format!("the provider: {why}")),
    };
    let text = told(status, &body);
    match status {
        200..300 => MailOutcome::Sent(text),
        300..400 => MailOutcome::Never(format!("{text}: it redirects, and is not followed")),
        // About this message: its number, its text.
        400 | 406 | 410 | 413 | 415 | 422 => MailOutcome::Rejected(text),
        // About the account, the address or the load: mended by somebody, or by waiting.
        _ => MailOutcome::TryLater(text),
    }
}

/// A provider's answer as one bounded line for administrators, without numbers of people.
fn told(status: u16, body: &[u8]) -> String {
    let document = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let word = |name: &str| match document.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let code = word("code").or_else(|| word("sid")).or_else(|| word("id"));
    let code = code.filter(|code| without_numbers(code) == *code);
    let said = word("message").or_else(|| word("error")).map(|text| without_numbers(&text));
    let parts = [Some(status.to_string()), code, said];
    let line = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_ANSWER).collect()
}

/// Each run of many digits, also a spaced one, gives way to a word.
fn without_numbers(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        if digits > MAX_DIGITS {
            out.push_str("(a number)");
            out.extend(run.chars().rev().take_while(|c| *c == ' '));
        } else {
            out.push_str(run);
        }
        run.clear();
    };
    let mut word = false;
    for c in line.chars() {
        let numeric = c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')');
        // Digits inside of a word, such as an id of the provider, are none of a phone.
        if !word && (numeric || (c == ' ' && !run.is_empty())) {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
            word = c.is_alphanumeric();
        }
    }
    flush(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_about_the_message_ends_it() {
        let judged = |status| of(Ok((status, Vec::new())));
        for status in [400, 410, 413, 422] {
            assert!(matches!(judged(status), MailOutcome::Rejected(_)), "{status}");
        }
        for status in [401, 403, 404, 408, 409, 425, 429, 500, 502, 503] {
            assert!(matches!(judged(status), MailOutcome::TryLater(_)), "{status}");
        }
        assert!(matches!(judged(302), MailOutcome::Never(_)));
        assert!(matches!(of(Err(FetchError::Refused("no"))), MailOutcome::Never(_)));
        assert!(matches!(of(Err(FetchError::Failed("no".to_owned()))), MailOutcome::TryLater(_)));
    }

    #[test]
    fn an_answer_is_one_bounded_line_that_names_nobody() {
        let body = br#"{"code": 21211, "message": "The 'To' number +49 171 1234567 is not\r\n valid: +491711234567."}"#;
        let MailOutcome::Rejected(said) = of(Ok((400, body.to_vec()))) else { panic!("not rejected") };
        assert_eq!(said, "400 21211 The 'To' number (a number) is not   valid: (a number).");
        let MailOutcome::Sent(said) = of(Ok((201, br#"{"sid": "SM1234567890abcdef"}"#.to_vec()))) else {
            panic!("not sent")
        };
        assert_eq!(said, "201 SM1234567890abcdef");
        let long = format!(r#"{{"message": "{}"}}"#, "x".repeat(5_000));
        let MailOutcome::TryLater(said) = of(Ok((500, long.into_bytes()))) else { panic!("not later") };
        assert_eq!(said.chars().count(), MAX_ANSWER);
        assert_eq!(of(Ok((200, b"<html>".to_vec()))), MailOutcome::Sent("200".to_owned()));
    }
}
