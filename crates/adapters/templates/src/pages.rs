//! Renders pages: strict about undefined variables, escaping always on, templates read from the embedded theme only.

use std::{borrow::Cow, sync::Arc};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context,
    value::{Kwargs, Serde},
};
use rust_embed::RustEmbed;
use serde::Serialize;
use url::Url;
use vestibule_kernel::contact::Locale;
use vestibule_usecases::RealmSnapshot;

use crate::{
    assets::Assets,
    copy::{self, Given, PerLanguage, Texts},
    dates::Dates,
    icons::{self, Icons},
    message::Message,
    stylesheet,
    themed::{Themed, Voice},
    views::Site,
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
}

/// Where the form that changes the language goes, and what it brings back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chooser {
    /// The address of the form.
    pub action: String,
    /// The path of the page, to come back to.
    pub back: String,
}

/// A template that failed: a bug, told by name only. The page shows nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template {template} could not be rendered: {cause}")]
pub struct PageError {
    /// The template.
    pub template: &'static str,
    /// The engine's kind of error and the place; no value of the page.
    pub cause: String,
}

/// Everything a page is made of: templates, copy, assets. Built once.
pub struct Pages {
    voices: Arc<PerLanguage<Arc<Voice>>>,
    templates: Themed,
    assets: Arc<Assets>,
}

impl Pages {
    /// Reads the embedded theme. Assets are served below the path of the installation's public address.
    pub fn new(public_url: &Url) -> Self {
        let base = format!("{}/assets", public_url.path().trim_end_matches('/'));
        let assets = Arc::new(Assets::new(base));
        let voices = copy::embedded()
            .map(|texts| Arc::new(Voice { texts: Arc::clone(texts), dates: Dates::new(texts.language()) }));
        let own_assets = Arc::clone(&assets);
        let templates = Themed::new(&voices, move |voice| {
            let mut environment = Environment::new();
            environment.set_undefined_behavior(UndefinedBehavior::Strict);
            environment.set_auto_escape_callback(|_| AutoEscape::Html);
            environment.set_loader(|name| {
                Ok(Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()))
            });
            add_functions(&mut environment, voice, &own_assets);
            environment
        });
        Self { voices: Arc::new(voices), templates, assets }
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

    pub(crate) fn shared_assets(&self) -> Arc<Assets> {
        Arc::clone(&self.assets)
    }

    /// A sentence of a realm's pages in a language; its key if the catalogue lacks it.
    pub fn say(&self, realm: &RealmSnapshot, locale: &Locale, message: &Message) -> String {
        let speaker = self.templates.of(Some(&realm.look), locale);
        let text = speaker.voice.texts.text(message.key(), message.given());
        text.unwrap_or_else(|| message.key().to_owned())
    }

    /// Renders a page.
    ///
    /// # Errors
    /// The template failed.
    pub fn render<V: View>(&self, view: &V, context: PageContext<'_>) -> Result<String, PageError> {
        let speaker = self.templates.of(context.realm.map(|realm| &realm.look), context.locale);
        let site = Site::of(&context, |locale| &self.voices.of(locale).texts);
        let failed = |error: Error| PageError {
            template: V::TEMPLATE,
            cause: format!(
                "{:?} in {}:{}",
                error.kind(),
                error.name().unwrap_or("?"),
                error.line().unwrap_or(0)
            ),
        };
        let values = context! {
            page => Value::from(Serde(view)),
            site => Value::from(Serde(&site)),
            nonce => context.nonce,
            request_id => context.request_id,
        };
        speaker.environment.get_template(V::TEMPLATE).and_then(|page| page.render(values)).map_err(failed)
    }
}

/// A value of a template as texts take it.
fn given(value: &Value) -> Given<'static> {
    match i64::try_from(value.clone()) {
        Ok(count) if value.is_integer() => Given::Count(count),
        _ => Given::Text(Cow::Owned(value.to_string())),
    }
}

/// The functions templates may call: `t` (a text by key), `say` (a message of a view), `moment` and `day` (an RFC 3339
/// time in words), `word` (the word of a family for a name that may be unknown), `icon` and `qr` (inline SVG), `asset` (an address).
pub(crate) fn add_functions(
    environment: &mut Environment<'static>,
    voice: &Arc<Voice>,
    assets: &Arc<Assets>,
) {
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

fn missing(key: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("the catalogue has no usable text {key}"))
}

/// The stylesheet of a realm and the name it is served under.
pub fn realm_stylesheet(realm: &RealmSnapshot) -> (String, String) {
    stylesheet::of(&realm.look.theme().tokens)
}
