//! Renders pages: strict about undefined variables, escaping always on, templates read from the embedded theme only.

use std::sync::Arc;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context,
    value::{Kwargs, Serde},
};
use rust_embed::RustEmbed;
use serde::Serialize;
use url::Url;
use vestibule_usecases::RealmSnapshot;

use crate::{
    assets::Assets,
    copy::Copy,
    icons::{self, Icons},
    message::Message,
    stylesheet,
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
    /// The nonce of scripts in the page's content security policy.
    pub nonce: &'a str,
    /// The request id, shown where somebody may have to name it.
    pub request_id: &'a str,
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
    environment: Environment<'static>,
    copy: Arc<Copy>,
    assets: Arc<Assets>,
}

impl Pages {
    /// Reads the embedded theme. Assets are served below the path of the installation's public address.
    pub fn new(public_url: &Url) -> Self {
        let base = format!("{}/assets", public_url.path().trim_end_matches('/'));
        let (assets, copy) = (Arc::new(Assets::new(base)), Arc::new(Copy::english()));
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_loader(|name| {
            Ok(Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()))
        });
        add_functions(&mut environment, &copy, &assets);
        Self { environment, copy, assets }
    }

    /// The static files.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// The texts.
    pub fn copy(&self) -> &Copy {
        &self.copy
    }

    pub(crate) fn shared_copy(&self) -> Arc<Copy> {
        Arc::clone(&self.copy)
    }

    pub(crate) fn shared_assets(&self) -> Arc<Assets> {
        Arc::clone(&self.assets)
    }

    /// A sentence in the language of the pages; its key if the catalogue lacks it.
    pub fn say(&self, message: &Message) -> String {
        self.copy.text(message.key(), |name| message.value(name)).unwrap_or_else(|| message.key().to_owned())
    }

    /// Renders a page.
    ///
    /// # Errors
    /// The template failed.
    pub fn render<V: View>(&self, view: &V, context: PageContext<'_>) -> Result<String, PageError> {
        let site = Site::of(context.realm, self.copy.language());
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
        self.environment.get_template(V::TEMPLATE).and_then(|page| page.render(values)).map_err(failed)
    }
}

/// The functions templates may call: `t` (a text by key), `say` (a message of a view), `icon` and `qr` (inline
/// SVG), `asset` (an address).
pub(crate) fn add_functions(environment: &mut Environment<'static>, copy: &Arc<Copy>, assets: &Arc<Assets>) {
    let texts = Arc::clone(copy);
    environment.add_function("t", move |key: String, values: Kwargs| {
        let mut given = Vec::new();
        for name in values.args() {
            given.push((name.to_owned(), values.get::<Value>(name)?.to_string()));
        }
        let lookup = |name: &str| given.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        texts.text(&key, lookup).ok_or_else(|| missing(&key))
    });
    let texts = Arc::clone(copy);
    environment.add_function("say", move |message: Value| {
        let key = message.get_attr("key")?.to_string();
        let values = message.get_attr("values")?;
        let mut given = Vec::new();
        for name in values.try_iter()? {
            given.push((name.to_string(), values.get_item(&name)?.to_string()));
        }
        let lookup = |name: &str| given.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        texts.text(&key, lookup).ok_or_else(|| missing(&key))
    });
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
    stylesheet::of(&realm.realm.settings.branding)
}
