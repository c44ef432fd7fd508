//! Mails: a subject of one line, a plain part of its own, and a small HTML part. Links lead to the realm's issuer
//! only; names and values are text, never markup and never a header.

use std::sync::Arc;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context, value::Serde};
use rust_embed::RustEmbed;
use serde_json::Map;
use vestibule_kernel::{
    contact::{Locale, is_invisible},
    ports::Mail,
};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    RealmSnapshot,
    ports::{MessageRenderer, RenderError},
};
use vestibule_users::User;

use crate::{
    copy::Copy,
    pages::{self, Pages},
};

#[derive(RustEmbed)]
#[folder = "../../../themes/default/emails"]
struct Files;

/// Longest subject and longest value of a header, in characters.
const MAX_LINE: usize = 150;

/// Renders mails from the embedded theme.
pub struct Mails {
    environment: Environment<'static>,
    copy: Arc<Copy>,
}

impl Mails {
    /// Reads the embedded theme; the copy is that of the pages.
    pub fn new(pages: &Pages) -> Self {
        let copy = pages.shared_copy();
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| {
            if name.rsplit_once('.').is_some_and(|(_, extension)| extension == "txt") {
                AutoEscape::None
            } else {
                AutoEscape::Html
            }
        });
        environment.set_loader(|name| {
            Ok(Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned()))
        });
        pages::add_functions(&mut environment, &copy, &pages.shared_assets());
        Self { environment, copy }
    }

    fn part(&self, name: &str, values: &Value) -> Result<String, RenderError> {
        self.environment.get_template(name).and_then(|part| part.render(values)).map_err(|error| {
            tracing::error!(template = name, kind = ?error.kind(), line = error.line(), "a mail could not be made");
            RenderError::Template(name.to_owned())
        })
    }
}

/// The folder of a message's templates.
const fn folder(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::NewDevice => "new_device",
        MessageKind::PasswordChanged => "password_changed",
    }
}

/// One line without control or invisible characters, cut to a bound.
fn line(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_LINE).collect()
}

impl MessageRenderer for Mails {
    fn render(
        &self,
        realm: &RealmSnapshot,
        user: &User,
        kind: MessageKind,
        data: &Map<String, serde_json::Value>,
        message_id: String,
    ) -> Result<Mail, RenderError> {
        let to = user.primary_email().ok_or(RenderError::NoAddress)?.email.clone();
        let branding = &realm.realm.settings.branding;
        let lines: std::collections::BTreeMap<&str, String> = data
            .iter()
            .map(|(name, value)| (name.as_str(), line(value.as_str().unwrap_or_default())))
            .collect();
        let values = context! {
            realm => line(realm.display_name()),
            name => line(&user.display_name()),
            account => to.as_str(),
            home => realm.issuer.url("/"),
            accent => branding.accent.as_str(),
            on_accent => vestibule_realms::Branding::text_on(&branding.accent),
            data => Value::from(Serde(&lines)),
        };
        let folder = folder(kind);
        let subject = line(&self.part(&format!("{folder}/subject.txt"), &values)?);
        let text = self.part(&format!("{folder}/text.txt"), &values)?;
        let html = self.part(&format!("{folder}/body.html"), &values)?;
        let locale = Locale::parse(self.copy.language()).unwrap_or_else(|_| Locale::english());
        Ok(Mail { message_id, from_name: line(realm.display_name()), to, subject, text, html, locale })
    }
}
