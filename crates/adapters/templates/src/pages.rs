//! Renders pages: strict about undefined variables, escaping always on, templates read from the embedded theme only.

use std::{borrow::Cow, sync::Arc, time::Duration};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, State, UndefinedBehavior, Value, context,
    value::{Kwargs, Serde},
};
use moka::sync::Cache;
use rust_embed::RustEmbed;
use serde::Serialize;
use url::Url;
use vestibule_kernel::contact::Locale;
use vestibule_usecases::{Look, RealmSnapshot};

use crate::{
    assets::Assets,
    contract,
    copy::{self, Given, PerLanguage, Texts},
    dates::Dates,
    icons::{self, Icons},
    message::Message,
    samples::Sample,
    stylesheet,
    themed::{Dress, Made, Speaker, Themed, Voice},
    views::{Site, Words},
};

#[derive(RustEmbed)]
#[folder = "../../../themes/default/templates"]
struct Files;

/// The typed content of one page. Holds nothing the page may not show.
pub trait View: Serialize {
    /// The template, by its path in the theme's `templates` folder.
    const TEMPLATE: &'static str;
}

/// What every page needs beside its content.
#[derive(Clone, Copy)]
pub struct PageContext<'a> {
    /// The realm whose look the page has; `None`: a page of the installation.
    pub realm: Option<&'a RealmSnapshot>,
    /// The language: one that the realm offers.
    pub locale: &'a Locale,
    /// How to change the language; `None`: not from this page.
    pub chooser: Option<&'a Chooser>,
    /// The nonce of scripts in the page's content security policy.
    pub nonce: &'a str,
    /// The request id, shown where somebody may have to name it.
    pub request_id: &'a str,
    /// The stylesheet of the look, in place of the realm's published one: for previews.
    pub stylesheet: Option<&'a str>,
}

/// Where the form that changes the language goes, and what it brings back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chooser {
    /// The address of the form.
    pub action: String,
    /// The path of the page, to come back to.
    pub back: String,
}

/// A template that failed, told by name only. The page shows nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {template} could not be rendered: {cause}")]
pub struct PageError {
    /// The template.
    pub template: &'static str,
    /// The engine's kind of error and the place; no value of the page.
    pub cause: String,
}

impl PageError {
    fn of(template: &'static str, error: &Error) -> Self {
        let (name, line) = (error.name().unwrap_or("?"), error.line().unwrap_or(0));
        Self { template, cause: format!("{:?} in {name}:{line}", error.kind()) }
    }
}

/// A page as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The page.
    pub html: String,
    /// A template of the realm's own that failed, so that the built-in one was taken. Told once in a while for each
    /// template and theme, not for each page.
    pub failed: Option<PageError>,
}

/// How long a failed template is not told of again.
const TOLD: Duration = Duration::from_mins(10);
/// Failed templates that are remembered.
const KEPT_FAILURES: u64 = 1_000;

/// Everything a page is made of: templates, copy, assets. Built once.
pub struct Pages {
    voices: Arc<PerLanguage<Arc<Voice>>>,
    templates: Arc<Themed>,
    assets: Arc<Assets>,
    told: Cache<(String, &'static str), ()>,
    public_url: Url,
}

impl Pages {
    /// Reads the embedded theme. Assets are served below the path of the installation's public address.
    pub fn new(public_url: &Url) -> Self {
        let base = format!("{}/assets", public_url.path().trim_end_matches('/'));
        let assets = Arc::new(Assets::new(base));
        let voices = copy::embedded()
            .map(|texts| Arc::new(Voice { texts: Arc::clone(texts), dates: Dates::new(texts.language()) }));
        let own_assets = Arc::clone(&assets);
        let templates = Themed::new(&voices, of_pages, move |dress| {
            let mut environment = Environment::new();
            environment.set_undefined_behavior(UndefinedBehavior::Strict);
            environment.set_auto_escape_callback(|_| AutoEscape::Html);
            add_functions(&mut environment, &dress, &own_assets);
            environment.set_loader(move |name| {
                let ours = || Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned());
                Ok(dress.template(name).or_else(ours))
            });
            environment
        });
        let told = Cache::builder().max_capacity(KEPT_FAILURES).time_to_live(TOLD).build();
        Self {
            voices: Arc::new(voices),
            templates: Arc::new(templates),
            assets,
            told,
            public_url: public_url.clone(),
        }
    }

    /// The static files.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// The texts of a language; English where there are none.
    pub fn texts(&self, locale: &Locale) -> &Texts {
        &self.voices.of(locale).texts
    }

    pub(crate) fn shared_voices(&self) -> Arc<PerLanguage<Arc<Voice>>> {
        Arc::clone(&self.voices)
    }

    pub(crate) fn shared_templates(&self) -> Arc<Themed> {
        Arc::clone(&self.templates)
    }

    pub(crate) fn shared_assets(&self) -> Arc<Assets> {
        Arc::clone(&self.assets)
    }

    pub(crate) const fn public_url(&self) -> &Url {
        &self.public_url
    }

    /// A sentence of a realm's pages in a language; its key if the catalogue lacks it.
    pub fn say(&self, realm: &RealmSnapshot, locale: &Locale, message: &Message) -> String {
        let speaker = self.templates.of(Some(&realm.look), locale);
        let text = speaker.voice.texts.text(message.key(), message.given());
        text.unwrap_or_else(|| message.key().to_owned())
    }

    /// Words as a realm's pages have them in a language.
    pub fn words(&self, realm: &RealmSnapshot, locale: &Locale, words: &Words) -> String {
        match words {
            Words::Message(message) => self.say(realm, locale, message),
            Words::Named { key, otherwise } => {
                let speaker = self.templates.of(Some(&realm.look), locale);
                speaker.voice.texts.text(key, []).unwrap_or_else(|| otherwise.clone())
            }
            Words::Text(text) => text.clone(),
        }
    }

    /// Renders a page.
    ///
    /// # Errors
    /// The template failed: the built-in one, if the realm has one of its own.
    pub fn render<V: View>(&self, view: &V, context: PageContext<'_>) -> Result<Rendered, PageError> {
        let speaker = self.templates.of(context.realm.map(|realm| &realm.look), context.locale);
        let values = self.values(Value::from(Serde(view)), context);
        let made = render_judged(&speaker, V::TEMPLATE, &values);
        let made = made.map_err(|error| PageError::of(V::TEMPLATE, &error))?;
        let failed = made.failed.and_then(|error| {
            let theme = context.realm.map(|realm| realm.look.key().to_owned()).unwrap_or_default();
            let first = self.told.entry((theme, V::TEMPLATE)).or_insert(()).is_fresh();
            first.then(|| PageError::of(V::TEMPLATE, &error))
        });
        Ok(Rendered { html: made.text, failed })
    }

    /// Renders a sample, in the look of the context's realm.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_sample(&self, sample: &Sample, context: PageContext<'_>) -> Result<String, PageError> {
        let speaker = self.templates.of(context.realm.map(|realm| &realm.look), context.locale);
        let values = self.values(sample.page.clone(), context);
        let made = render_judged(&speaker, sample.template, &values);
        made.map(|made| made.text).map_err(|error| PageError::of(sample.template, &error))
    }

    /// A look to be tried in a language.
    pub(crate) fn on_trial(&self, look: &Look, locale: &Locale) -> Speaker {
        self.templates.on_trial(look, locale)
    }

    /// Everything a template is given.
    pub(crate) fn values(&self, page: Value, context: PageContext<'_>) -> Value {
        let site = Site::of(&context, |locale| &self.voices.of(locale).texts);
        context! {
            page => page,
            site => Value::from(Serde(&site)),
            nonce => context.nonce,
            request_id => context.request_id,
        }
    }
}

/// A page, in the realm's own template where that is still the page beside the built-in one.
fn render_judged(speaker: &Speaker, name: &str, values: &Value) -> Result<Made, minijinja::Error> {
    let judge = |ours: &str, theirs: &str| contract::page_faults(ours, theirs, speaker.spelled());
    speaker.render(name, values, &judge)
}

/// Where the templates of mails begin among those of a theme.
pub(crate) const OF_MAILS: &str = "emails/";

/// A template of a theme as pages know it.
fn of_pages(name: &str) -> Option<&str> {
    (!name.starts_with(OF_MAILS)).then_some(name)
}

/// A value of a template as texts take it.
fn given(value: &Value) -> Given<'static> {
    match i64::try_from(value.clone()) {
        Ok(count) if value.is_integer() => Given::Count(count),
        _ => Given::Text(Cow::Owned(value.to_string())),
    }
}

/// The functions templates may call: `t` (a text by key), `say` (a message of a view), `moment` and `day` (an RFC 3339
/// time in words), `word` (the word of a family for a name that may be unknown), `icon` and `qr` (inline SVG), `asset` (an
/// address), `slot` and `plain_slot` (what the realm put in a place, as HTML and as text).
pub(crate) fn add_functions(environment: &mut Environment<'static>, dress: &Dress, assets: &Arc<Assets>) {
    let voice = &dress.voice;
    add_slots(environment, dress);
    let speaker = Arc::clone(voice);
    environment.add_function("t", move |key: String, values: Kwargs| {
        let mut filled = Vec::new();
        for name in values.args() {
            filled.push((name, given(&values.get::<Value>(name)?)));
        }
        speaker.texts.text(&key, filled).ok_or_else(|| missing(&key))
    });
    let speaker = Arc::clone(voice);
    environment.add_function("say", move |message: Value| {
        let key = message.get_attr("key")?.to_string();
        let otherwise = message.get_attr("otherwise")?;
        if let Some(otherwise) = otherwise.as_str() {
            return Ok(speaker.texts.text(&key, []).unwrap_or_else(|| otherwise.to_owned()));
        }
        let values = message.get_attr("values")?;
        let mut filled = Vec::new();
        for name in values.try_iter()? {
            filled.push((name.to_string(), given(&values.get_item(&name)?)));
        }
        let filled = filled.iter().map(|(name, value)| (name.as_str(), value.clone()));
        speaker.texts.text(&key, filled).ok_or_else(|| missing(&key))
    });
    let speaker = Arc::clone(voice);
    environment.add_function("moment", move |time: String| speaker.dates.moment(&time));
    let speaker = Arc::clone(voice);
    environment.add_function("word", move |family: String, name: String| {
        speaker.texts.text(&format!("{family}-{name}"), []).unwrap_or(name)
    });
    let speaker = Arc::clone(voice);
    environment.add_function("day", move |time: String| speaker.dates.day(&time));
    let icons = Icons::embedded();
    environment.add_function("icon", move |name: String| {
        let svg = icons.get(&name).map(|svg| Value::from_safe_string(svg.to_owned()));
        svg.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no icon {name}")))
    });
    environment.add_function("qr", |text: String, label: String| {
        let label = minijinja::HtmlEscape(&label).to_string();
        let svg = icons::qr(&text, &label).map(Value::from_safe_string);
        svg.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "too long for a QR code"))
    });
    let assets = Arc::clone(assets);
    environment.add_function("asset", move |name: String| {
        assets.url(&name).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "no such asset"))
    });
}

fn add_slots(environment: &mut Environment<'static>, dress: &Dress) {
    let no_slot = |name: &str| Error::new(ErrorKind::InvalidOperation, format!("no slot {name}"));
    let slots = Arc::clone(&dress.slots);
    environment.add_function("slot", move |state: &State<'_, '_>, name: String| {
        let html = slots.html(&name, &slot_values(state)).map(Value::from_safe_string);
        html.ok_or_else(|| no_slot(&name))
    });
    let slots = Arc::clone(&dress.slots);
    environment.add_function("plain_slot", move |state: &State<'_, '_>, name: String| {
        slots.text(&name, &slot_values(state)).ok_or_else(|| no_slot(&name))
    });
}

/// What a slot may name: the realm, and the application that the page is about, if it is about one.
fn slot_values(state: &State<'_, '_>) -> [(&'static str, String); 2] {
    let of = |value: Option<Value>, name: &str| value.and_then(|value| value.get_attr(name).ok());
    let words =
        |value: Option<Value>| value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    let realm = of(state.lookup("site"), "name").or_else(|| state.lookup("realm"));
    let app = of(of(state.lookup("page"), "app"), "name");
    let realm = words(realm);
    let app = words(app);
    [("app", if app.is_empty() { realm.clone() } else { app }), ("realm", realm)]
}

fn missing(key: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("the catalogue has no usable text {key}"))
}

/// The stylesheet of a realm and the name it is served under.
pub fn realm_stylesheet(realm: &RealmSnapshot) -> (String, String) {
    look_stylesheet(&realm.look)
}

/// The stylesheet of a look and the name it would be served under.
pub fn look_stylesheet(look: &Look) -> (String, String) {
    stylesheet::of(&look.theme().tokens)
}
