//! Which looks a realm may have: texts that can be filled, slots in languages that pages speak, and templates that render
//! every page they stand for, in every language, and still do what the built-in ones do.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use minijinja::Value;
use vestibule_kernel::contact::{Email, Locale};
use vestibule_realms::{
    LookRules,
    theme::{Theme, ThemeFault, pointer_token},
};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{Look, RealmSnapshot, language::SPOKEN, ports::Recipient};

use crate::{
    contract,
    copy_book::CopyBook,
    folder::read_theme,
    mail::Mails,
    pages::{OF_MAILS, PageContext, Pages},
    samples::{self, Sample},
    sandbox::{self, Kind},
    themed::Speaker,
};

/// Frames of pages that may be replaced; with one of them, every page is tried.
const FRAMES: [&str; 3] = ["card.html", "document.html", "account/frame.html"];
/// The frame of mails.
const MAIL_FRAME: &str = "layout.html";
/// Parts of a mail.
const PARTS: [&str; 3] = ["subject.txt", "text.txt", "body.html"];
/// Faults that are told at most.
const MAX_FAULTS: usize = 50;

/// Judges looks. Renders with what pages and mails are made of.
pub struct LookBook {
    copy: CopyBook,
    pages: Arc<Pages>,
    mails: Mails,
}

/// What stands where in a theme.
fn at(name: &str, detail: impl Into<String>) -> ThemeFault {
    ThemeFault::new(format!("/templates/{}", pointer_token(name)), detail)
}

/// What a template stands for.
fn kind_of(name: &str, known: &BTreeSet<&'static str>) -> Option<Kind> {
    if FRAMES.contains(&name) {
        return Some(Kind::Frame);
    }
    if known.contains(name) {
        return Some(Kind::Page);
    }
    let part = name.strip_prefix(OF_MAILS)?;
    if part == MAIL_FRAME {
        return Some(Kind::MailFrame);
    }
    let (message, part) = part.split_once('/')?;
    let known = MessageKind::ALL.iter().any(|kind| kind.name() == message) && PARTS.contains(&part);
    known.then_some(Kind::Mail)
}

impl LookBook {
    /// With what pages are made of.
    pub fn new(pages: Arc<Pages>) -> Self {
        Self { copy: CopyBook::new(&pages), mails: Mails::new(&pages), pages }
    }

    /// Reads a look from a folder or a file, and judges it.
    ///
    /// # Errors
    /// What is wrong with it, one thing per line.
    pub fn load(&self, path: &Path) -> Result<Theme, String> {
        let theme = read_theme(path).map_err(|error| error.to_string())?;
        let mut faults = theme.faults();
        faults.extend(self.faults(&theme));
        if faults.is_empty() {
            return Ok(theme);
        }
        let line = |fault: ThemeFault| format!("{}: {}", fault.pointer, fault.detail);
        Err(faults.into_iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    /// Names of all templates that may be replaced.
    pub fn template_names() -> BTreeSet<String> {
        let pages = samples::pages().into_iter().filter(|sample| sample.of_realm);
        let mut names: BTreeSet<String> = pages.map(|sample| sample.template.to_owned()).collect();
        names.extend(FRAMES.map(str::to_owned));
        names.insert(format!("{OF_MAILS}{MAIL_FRAME}"));
        for kind in MessageKind::ALL {
            names.extend(PARTS.map(|part| format!("{OF_MAILS}{}/{part}", kind.name())));
        }
        names
    }

    fn slot_faults(theme: &Theme) -> Vec<ThemeFault> {
        let languages = theme
            .slots
            .iter()
            .flat_map(|(slot, texts)| texts.keys().map(move |language| (slot.as_str(), language)));
        languages
            .filter(|(_, language)| !SPOKEN.contains(&language.as_str()))
            .map(|(slot, language)| {
                let spoken = format!("pages speak {}", SPOKEN.join(", "));
                ThemeFault::new(format!("/slots/{slot}/{}", pointer_token(language)), spoken)
            })
            .collect()
    }

    fn template_faults(&self, theme: &Theme) -> Vec<ThemeFault> {
        let pages: Vec<Sample> = samples::pages().into_iter().filter(|sample| sample.of_realm).collect();
        let known: BTreeSet<&'static str> = pages.iter().map(|sample| sample.template).collect();
        let mut faults = Vec::new();
        for (name, source) in &theme.templates {
            let Some(kind) = kind_of(name, &known) else {
                faults.push(at(name, "there is no such template"));
                continue;
            };
            if let Err(why) = sandbox::check(kind, source) {
                faults.push(at(name, why));
            }
        }
        if !faults.is_empty() {
            return faults;
        }
        for language in SPOKEN {
            let Ok(locale) = Locale::parse(language) else { continue };
            let Some(realm) = samples::realm(self.pages.public_url(), &locale) else { continue };
            let realm = realm.with_look(Look::new(theme.clone()));
            // What a page does is the same in every language; that it can be made is tried in each.
            let strict = language == "en";
            faults.extend(self.pages_faults(theme, &realm, &locale, &pages, strict));
            faults.extend(self.mails_faults(theme, &realm, &locale, strict));
            if faults.len() > MAX_FAULTS {
                break;
            }
        }
        faults
    }

    fn pages_faults(
        &self,
        theme: &Theme,
        realm: &RealmSnapshot,
        locale: &Locale,
        pages: &[Sample],
        strict: bool,
    ) -> Vec<ThemeFault> {
        let framed = theme.templates.keys().find(|name| FRAMES.contains(&name.as_str()));
        let blamed = |sample: &Sample| {
            let own = theme.templates.contains_key(sample.template).then(|| sample.template.to_owned());
            own.or_else(|| framed.cloned())
        };
        let tried: Vec<(String, &Sample)> =
            pages.iter().filter_map(|sample| Some((blamed(sample)?, sample))).collect();
        if tried.is_empty() {
            return Vec::new();
        }
        let speaker = self.pages.on_trial(&realm.look, locale);
        let mut faults = Vec::new();
        for (name, sample) in tried {
            let values = self.values(realm, locale, sample);
            match speaker.render_own(sample.template, &values) {
                Err(error) => faults.push(at(&name, failure(sample.name, locale, &error))),
                Ok(own) if strict => {
                    let built_in = speaker.render_built_in(sample.template, &values).unwrap_or_default();
                    let wrong = contract::page_faults(&built_in, &own, speaker.spelled()).into_iter();
                    faults.extend(wrong.map(|why| at(&name, format!("page {}: {why}", sample.name))));
                }
                Ok(_) => {}
            }
        }
        faults
    }

    fn values(&self, realm: &RealmSnapshot, locale: &Locale, sample: &Sample) -> Value {
        let context = PageContext {
            realm: Some(realm),
            locale,
            chooser: Some(&samples::chooser()),
            nonce: "bm9uY2U",
            request_id: "5f2c9a1be0d47730a1b2c3d4",
            stylesheet: None,
        };
        self.pages.values(sample.page.clone(), context)
    }

    fn mails_faults(
        &self,
        theme: &Theme,
        realm: &RealmSnapshot,
        locale: &Locale,
        strict: bool,
    ) -> Vec<ThemeFault> {
        let frame = format!("{OF_MAILS}{MAIL_FRAME}");
        let framed = theme.templates.contains_key(&frame);
        let Ok(to) = Email::parse("ada@acme.test") else { return Vec::new() };
        let to = Recipient { to, name: Some("Ada Lovelace".to_owned()), locale: Some(locale.clone()) };
        let speaker = self.mails.on_trial(&realm.look, locale);
        let mut faults = Vec::new();
        for kind in MessageKind::ALL {
            let data = samples::message_data(kind, &realm.issuer);
            let direction = speaker.voice.texts.direction();
            let Ok(values) = Mails::values(realm, &to, (locale, direction), &data) else { continue };
            for part in PARTS {
                let path = format!("{}/{part}", kind.name());
                let own = format!("{OF_MAILS}{path}");
                let name = if theme.templates.contains_key(&own) {
                    own
                } else if framed && part == "body.html" {
                    frame.clone()
                } else {
                    continue;
                };
                let told = part_faults(&speaker, realm, (part, &path), &values, &data, strict);
                faults.extend(
                    told.into_iter()
                        .map(|why| at(&name, format!("mail {} in {}: {why}", kind.name(), locale.as_str()))),
                );
            }
        }
        faults
    }
}

fn part_faults(
    speaker: &Speaker,
    realm: &RealmSnapshot,
    (part, path): (&str, &str),
    values: &Value,
    data: &serde_json::Map<String, serde_json::Value>,
    strict: bool,
) -> Vec<String> {
    match speaker.render_own(path, values) {
        Ok(own) if strict => {
            let built_in = speaker.render_built_in(path, values).unwrap_or_default();
            contract::part_faults(realm, part, (&built_in, &own), data)
        }
        Ok(_) => Vec::new(),
        Err(error) => vec![short(&error)],
    }
}

fn short(error: &minijinja::Error) -> String {
    let line = error.line().unwrap_or(0);
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    format!("line {line}: {}{detail}", error.kind())
}

fn failure(sample: &str, locale: &Locale, error: &minijinja::Error) -> String {
    format!("page {sample} in {}: {}", locale.as_str(), short(error))
}

impl LookRules for LookBook {
    fn faults(&self, theme: &Theme) -> Vec<ThemeFault> {
        let mut faults = self.copy.faults(theme);
        faults.extend(Self::slot_faults(theme));
        // Templates are tried with the texts of the theme: these come first.
        if faults.is_empty() && !theme.templates.is_empty() {
            faults.extend(self.template_faults(theme));
        }
        faults.truncate(MAX_FAULTS);
        faults
    }
}
