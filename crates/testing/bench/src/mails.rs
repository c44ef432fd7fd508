//! What making a mail costs: rendered in this process, without a queue or a mail server.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use url::Url;
use vestibule_kernel::contact::{Email, Locale};
use vestibule_storage::jobs::MessageKind;
use vestibule_templates::{Mails, Pages, samples};
use vestibule_usecases::{
    language::SPOKEN,
    ports::{MessageRenderer as _, Recipient},
};

use crate::machine;

/// Mails in a second on one processor, and the CPU time of one: every kind in every language, over and over.
pub(crate) fn render(time: Duration) -> Result<(f64, Duration)> {
    let public_url = Url::parse("http://localhost:8080")?;
    let mails = Mails::new(&Pages::new(&public_url));
    let realm = samples::realm(&public_url, &Locale::english()).context("a realm")?;
    let data = MessageKind::ALL.map(|kind| (kind, samples::message_data(kind, &realm.issuer)));
    let recipients = SPOKEN
        .iter()
        .map(|tag| {
            let (to, locale) = (Email::parse("ada@acme.test")?, Some(Locale::parse(tag)?));
            Ok(Recipient { to, name: Some("Ada Lovelace".to_owned()), locale })
        })
        .collect::<Result<Vec<_>>>()?;
    let round = || -> Result<u32> {
        let mut done = 0;
        for recipient in &recipients {
            for (kind, data) in &data {
                let mail = mails.render(&realm, recipient, *kind, data, "id@acme.test".to_owned())?;
                let whole = !mail.subject.is_empty()
                    && [&mail.text, &mail.html].iter().all(|part| part.contains("ada@acme.test"))
                    && Some(&mail.locale) == recipient.locale.as_ref();
                ensure!(whole, "{kind:?} in {} is no mail to Ada: {}", mail.locale.as_str(), mail.text);
                done += 1;
            }
        }
        Ok(done)
    };
    // The first round reads the templates of each language, once for as long as a worker lives.
    round()?;
    let before = machine::cpu_time(std::process::id())?;
    let (started, mut done) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        done += round()?;
    }
    let rate = f64::from(done) / started.elapsed().as_secs_f64();
    Ok((rate, machine::cpu_time(std::process::id())?.saturating_sub(before) / done.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_is_made() {
        render(Duration::ZERO).unwrap();
    }
}
