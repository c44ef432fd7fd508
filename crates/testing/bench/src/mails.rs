//! What making a mail costs: rendered in this process, without a queue or a mail server.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use chrono::DateTime;
use serde_json::{Map, Value, json};
use url::Url;
use uuid::Uuid;
use vestibule_kernel::{
    RealmId,
    contact::{Email, Locale},
};
use vestibule_realms::{Issuer, Realm, RealmSettings, Slug};
use vestibule_storage::jobs::MessageKind;
use vestibule_templates::{Mails, Pages};
use vestibule_usecases::{
    RealmSnapshot,
    language::SPOKEN,
    ports::{MessageRenderer as _, Recipient},
};

use crate::machine;

/// Mails in a second on one processor, and the CPU time of one: every kind in every language, over and over.
pub(crate) fn render(time: Duration) -> Result<(f64, Duration)> {
    let public_url = Url::parse("http://localhost:8080")?;
    let mails = Mails::new(&Pages::new(&public_url));
    let realm = realm(&public_url)?;
    let data = data(&realm.issuer);
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
            for kind in MessageKind::ALL {
                let mail = mails.render(&realm, recipient, kind, &data, "id@acme.test".to_owned())?;
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

/// A realm that offers every language.
fn realm(public_url: &Url) -> Result<RealmSnapshot> {
    let mut settings = RealmSettings { display_name: "Acme".to_owned(), ..RealmSettings::default() };
    settings.locales.supported = SPOKEN.iter().map(|tag| Locale::parse(tag)).collect::<Result<_, _>>()?;
    settings.branding.support_uri = Some("mailto:help@acme.test".to_owned());
    let (id, slug) = (RealmId::from_uuid(Uuid::nil()), Slug::parse("acme")?);
    let realm = Realm::create(id, slug, vec![], settings, DateTime::UNIX_EPOCH)?.value;
    let issuer = Issuer::of(&realm, public_url);
    Ok(RealmSnapshot::new(realm, issuer, HashMap::new(), Vec::new()))
}

/// Every value that a mail may take.
fn data(issuer: &Issuer) -> Map<String, Value> {
    let link = issuer.url("/flow/link/vml_x");
    [
        ("time", json!("2026-03-01T12:00:00Z")),
        ("date", json!("2026-03-31T12:00:00Z")),
        ("user_agent", json!("Firefox 140 on Linux")),
        ("ip", json!("192.0.2.7")),
        ("code", json!("482913")),
        ("minutes", json!("10")),
        ("days", json!("7")),
        ("link", json!(link)),
        ("recover_link", json!(link)),
        ("undo_link", json!(link)),
        ("old", json!("ada@acme.test")),
        ("new", json!("ada@new.test")),
        ("number", json!("•••67")),
        ("factor", json!("passkey")),
        ("left", json!("9")),
        ("provider", json!("Google")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_is_made() {
        render(Duration::ZERO).unwrap();
    }
}
