//! Mails and text messages: a subject of one line, a plain part of its own, and a small HTML part. Links lead to the
//! realm's issuer only; names and values are text, never markup and never a header. Beside them the page in a copy of
//! somebody's data.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context, value::Serde};
use rust_embed::RustEmbed;
use serde::Serialize;
use serde_json::Map;
use vestibule_kernel::{
    contact::{Locale, is_invisible},
    ports::Mail,
};
use vestibule_realms::{
    Issuer, PictureKind, PictureSlot,
    theme::{Colors, Scheme},
};
use vestibule_storage::jobs::{MessageKind, SmsKind};
use vestibule_usecases::{
    Look, RealmSnapshot,
    account::archive::data::PersonalData,
    ports::{MessageRenderer, Recipient, RenderError},
};

use crate::{
    contract,
    copy::Given,
    pages::{self, OF_MAILS, Pages},
    personal_data,
    themed::{Speaker, Themed},
};

#[derive(RustEmbed)]
#[folder = "../../../themes/default/emails"]
struct Files;

/// Longest subject and longest value of a header, in characters.
const MAX_LINE: usize = 150;

/// A template of a theme as mails know it.
fn of_mails(name: &str) -> Option<&str> {
    name.strip_prefix(OF_MAILS)
}

/// Renders mails from the embedded theme.
pub struct Mails {
    templates: Themed,
    /// Those of pages, for the page in a copy of somebody's data.
    pages: Arc<Themed>,
}

impl Mails {
    /// Reads the embedded theme; the copy is that of the pages.
    pub fn new(pages: &Pages) -> Self {
        let (voices, assets) = (pages.shared_voices(), pages.shared_assets());
        let templates = Themed::new(&voices, of_mails, move |dress| {
            let mut environment = Environment::new();
            environment.set_undefined_behavior(UndefinedBehavior::Strict);
            environment.set_auto_escape_callback(|name| {
                if name.rsplit_once('.').is_some_and(|(_, extension)| extension == "txt") {
                    AutoEscape::None
                } else {
                    AutoEscape::Html
                }
            });
            pages::add_functions(&mut environment, &dress, &assets);
            environment.set_loader(move |name| {
                let ours = || Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned());
                Ok(dress.template(name).or_else(ours))
            });
            environment
        });
        Self { templates, pages: pages.shared_templates() }
    }

    /// A part; ours, if the realm's own fails or is not what the built-in one is.
    fn part(
        speaker: &Speaker,
        (realm, kind): (&RealmSnapshot, MessageKind),
        part: &str,
        values: &Value,
        data: &Map<String, serde_json::Value>,
    ) -> Result<String, RenderError> {
        let name = &*format!("{}/{part}", kind.name());
        let judge = |ours: &str, theirs: &str| contract::part_faults(realm, part, (ours, theirs), data);
        let made = speaker.render(name, values, &judge).map_err(|error| {
            tracing::error!(template = name, kind = ?error.kind(), line = error.line(), "a mail could not be made");
            RenderError::Template(name.to_owned())
        })?;
        if let Some(error) = made.failed {
            tracing::warn!(
                template = name, kind = ?error.kind(), line = error.line(), why = error.detail(),
                "a realm's own template of a mail failed; the built-in one was sent"
            );
        }
        Ok(made.text)
    }

    /// What the parts of a mail are given.
    ///
    /// # Errors
    /// A link that leads elsewhere.
    pub(crate) fn values(
        realm: &RealmSnapshot,
        recipient: &Recipient,
        (locale, direction): (&Locale, &str),
        data: &Map<String, serde_json::Value>,
    ) -> Result<Value, RenderError> {
        let (lines, brand) = (lines(realm, data)?, Brand::of(realm));
        Ok(context! {
            language => locale.as_str(),
            direction => direction,
            brand => Value::from(Serde(&brand)),
            realm => brand.name.as_str(),
            name => recipient.name.as_deref().and_then(greetable),
            account => recipient.to.as_str(),
            data => Value::from(Serde(&lines)),
        })
    }

    /// A look to be tried in a language.
    pub(crate) fn on_trial(&self, look: &Look, locale: &Locale) -> Speaker {
        self.templates.on_trial(look, locale)
    }
}

/// One line without control or invisible characters, cut to a bound.
pub(crate) fn line(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_LINE).collect()
}

/// Whether an address lies below the realm's issuer: the same scheme, host and port, and a path below its path.
pub fn is_own_link(issuer: &Issuer, link: &str) -> bool {
    let below = |rest: &str| rest.is_empty() || rest.starts_with(['/', '?', '#']);
    let clean =
        !link.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '\\' | '"' | '<' | '>'));
    // A path that climbs would end above the issuer.
    clean
        && link.strip_prefix(issuer.as_str()).is_some_and(below)
        && !link.split(['/', '?']).any(|part| part == "..")
}

/// A name that may stand in a greeting: short, and nothing that a mail program could turn into a link.
fn greetable(name: &str) -> Option<String> {
    let name = line(name);
    let plain = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’') || is_mark(c));
    (plain && !name.is_empty() && name.chars().count() <= 60).then_some(name)
}

/// Combining marks, which names in many scripts need.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{963}')
}

/// The realm as the frame of a mail shows it.
#[derive(Serialize)]
struct Brand {
    name: String,
    light: Colors,
    dark: Colors,
    radius: u16,
    radius_card: u16,
    logo: Option<Logo>,
    home: String,
    support: Option<String>,
}

impl Brand {
    fn of(realm: &RealmSnapshot) -> Self {
        let (tokens, links) = (&realm.look.theme().tokens, &realm.realm.settings.branding);
        let support = links.support_uri.as_deref().map(|link| {
            // A path is one of the host that the issuer is on.
            if link.starts_with('/') { format!("{}{link}", realm.issuer.origin()) } else { link.to_owned() }
        });
        Self {
            name: line(realm.display_name()),
            light: tokens.colors(Scheme::Light),
            dark: tokens.colors(Scheme::Dark),
            radius: tokens.radius_control,
            radius_card: tokens.radius_card,
            logo: Logo::of(realm),
            home: realm.issuer.url("/"),
            support,
        }
    }
}

/// The logo as mails show it: 40 pixels high and at most 240 wide.
#[derive(Serialize)]
struct Logo {
    url: String,
    width: u32,
    height: u32,
}

impl Logo {
    /// Only if the realm wants it, and only a picture of the kind that programs for mail show.
    fn of(realm: &RealmSnapshot) -> Option<Self> {
        let info = realm.picture(PictureSlot::Logo).filter(|info| info.kind == PictureKind::Png)?;
        let shown = realm.realm.settings.mail.show_logo && info.width > 0 && info.height > 0;
        let wide = info.width.saturating_mul(40).div_ceil(info.height.max(1));
        let (width, height) =
            if wide <= 240 { (wide, 40) } else { (240, info.height.saturating_mul(240) / info.width.max(1)) };
        shown.then(|| Self { url: realm.issuer.url(&info.path()), width, height: height.max(1) })
    }
}

/// The values as lines of text; a link that leads elsewhere is refused before anything is rendered.
fn lines(
    realm: &RealmSnapshot,
    data: &Map<String, serde_json::Value>,
) -> Result<BTreeMap<String, String>, RenderError> {
    let mut out = BTreeMap::new();
    for (name, value) in data {
        let text = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if name.ends_with("link") {
            if !is_own_link(&realm.issuer, &text) {
                return Err(RenderError::ForeignLink(name.clone()));
            }
            out.insert(name.clone(), text);
        } else {
            out.insert(name.clone(), line(&text));
        }
    }
    Ok(out)
}

impl MessageRenderer for Mails {
    fn render(
        &self,
        realm: &RealmSnapshot,
        recipient: &Recipient,
        kind: MessageKind,
        data: &Map<String, serde_json::Value>,
        message_id: String,
    ) -> Result<Mail, RenderError> {
        let locale = realm.language(recipient.locale.as_ref());
        let speaker = self.templates.of(Some(&realm.look), &locale);
        let direction = speaker.voice.texts.direction();
        let values = Self::values(realm, recipient, (&locale, direction), data)?;
        let part = |name: &str| Self::part(&speaker, (realm, kind), name, &values, data);
        let subject = line(&part("subject.txt")?);
        let (text, html) = (part("text.txt")?, part("body.html")?);
        let sender = &realm.realm.settings.mail;
        let own_name = line(&sender.sender_name);
        Ok(Mail {
            message_id,
            from_name: if own_name.is_empty() { line(realm.display_name()) } else { own_name },
            from: sender.sender.clone(),
            reply_to: sender.reply_to.clone(),
            to: recipient.to.clone(),
            subject,
            text,
            html,
            locale,
        })
    }

    fn render_sms(
        &self,
        realm: &RealmSnapshot,
        locale: Option<&Locale>,
        kind: SmsKind,
        data: &Map<String, serde_json::Value>,
    ) -> Result<String, RenderError> {
        let lines = lines(realm, data)?;
        let name = line(realm.display_name());
        let key = match kind {
            SmsKind::SignInCode => "sms-sign-in-code",
            SmsKind::VerifyPhone => "sms-verify-phone",
            SmsKind::AccountExists => "sms-account-exists",
            SmsKind::Test => "sms-test",
        };
        let words = lines.iter().map(|(name, text)| (name.as_str(), given(name, text)));
        let values = words.chain([("realm", Given::Text(Cow::Borrowed(name.as_str())))]);
        let failed = || RenderError::Template(key.to_owned());
        let text = self
            .templates
            .of(Some(&realm.look), &realm.language(locale))
            .voice
            .texts
            .text(key, values)
            .ok_or_else(failed)?;
        let Some(code) = lines.get("code") else { return Ok(text) };
        let origin = realm.issuer.origin();
        let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
        let host = host.split(':').next().unwrap_or(host);
        Ok(format!("{text}\n\n@{host} #{code}"))
    }

    fn render_personal_data(
        &self,
        realm: &RealmSnapshot,
        locale: Option<&Locale>,
        data: &PersonalData,
    ) -> Result<String, RenderError> {
        personal_data::render(&self.pages, realm, &realm.language(locale), data)
    }
}

/// Minutes are counted; everything else is words, also a code that looks like a number.
fn given<'a>(name: &str, text: &'a str) -> Given<'a> {
    match text.parse() {
        Ok(count) if name == "minutes" => Given::Count(count),
        _ => Given::Text(Cow::Borrowed(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_reads_like_an_address_is_not_greeted() {
        assert_eq!(greetable("Ada Lovelace").as_deref(), Some("Ada Lovelace"));
        assert_eq!(greetable("آدا لوفلايس").as_deref(), Some("آدا لوفلايس"));
        for bad in ["Win at evil.test", "http://evil.test", "a@b.test", "", "<b>", "+49 900 1", "a\u{202e}/b"]
        {
            assert_eq!(greetable(bad), None, "{bad}");
        }
    }
}
