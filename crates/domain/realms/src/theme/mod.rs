//! The look of a realm: tokens, copy, slots and templates, as revisions. What is published never changes; the next
//! revision takes its place. Does not know how a text or a template is read; [`crate::ports::LookRules`] does.

pub mod color;
mod contrast;
mod layers;
mod slot;
pub mod tokens;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vestibule_kernel::{Changed, Timestamp, Version};

use crate::events::RealmEvent;
pub use color::Color;
pub use slot::Slot;
pub use tokens::{Colors, Font, LogoPosition, Palette, Scheme, Shadow, Tokens};

/// Most texts of a language.
pub const MAX_TEXTS: usize = 500;
/// Most characters of a text.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// Most characters of a slot in a language.
pub const MAX_SLOT_CHARS: usize = 4_000;
/// Most bytes of a template.
pub const MAX_TEMPLATE_BYTES: usize = 64 * 1_024;
/// Most bytes of all templates together.
pub const MAX_TEMPLATES_BYTES: usize = 512 * 1_024;
/// Most characters of the note of a revision.
pub const MAX_NOTE_CHARS: usize = 200;
/// Revisions that are kept; older ones go when a new one is published.
pub const KEPT_REVISIONS: i64 = 50;

/// What is wrong with one value of a theme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeFault {
    /// JSON pointer of the value.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub detail: String,
}

impl ThemeFault {
    /// A fault.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// A look: tokens, and texts, slots and templates of the realm's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Theme {
    /// Tokens.
    pub tokens: Tokens,
    /// Texts in place of the built-in ones, by language and key.
    pub copy: BTreeMap<String, BTreeMap<String, String>>,
    /// Markdown for places that the built-in look leaves empty, by slot and language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: BTreeMap<Slot, BTreeMap<String, String>>,
    /// Templates in place of the built-in ones, by name: a page's path, or `emails/{message}/{part}`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub templates: BTreeMap<String, String>,
}

impl Theme {
    /// Every value that breaks a bound, and every pair of colours that cannot be read. Texts, slots and templates are
    /// measured only.
    pub fn faults(&self) -> Vec<ThemeFault> {
        let tokens = &self.tokens;
        let mut faults: Vec<ThemeFault> = [
            ("size_base", tokens.size_base, 14, 20),
            ("radius_control", tokens.radius_control, 0, 24),
            ("radius_card", tokens.radius_card, 0, 40),
            ("card_width", tokens.card_width, 360, 560),
            ("card_padding", tokens.card_padding, 16, 64),
        ]
        .into_iter()
        .filter(|(_, value, min, max)| !(min..=max).contains(&value))
        .map(|(name, _, min, max)| {
            ThemeFault::new(format!("/tokens/{name}"), format!("must be between {min} and {max}"))
        })
        .collect();
        faults.extend(contrast::faults(tokens));
        for (language, texts) in &self.copy {
            if texts.len() > MAX_TEXTS {
                let most = format!("at most {MAX_TEXTS} texts of a language");
                faults.push(ThemeFault::new(format!("/copy/{language}"), most));
            }
            let long = texts.iter().filter(|(_, text)| text.chars().count() > MAX_TEXT_CHARS);
            faults.extend(long.map(|(key, _)| {
                ThemeFault::new(
                    format!("/copy/{language}/{key}"),
                    format!("at most {MAX_TEXT_CHARS} characters"),
                )
            }));
        }
        faults.extend(self.large_slots());
        faults.extend(self.large_templates());
        faults
    }

    fn large_slots(&self) -> impl Iterator<Item = ThemeFault> {
        let all = self.slots.iter().flat_map(|(slot, texts)| {
            texts.iter().map(move |(language, text)| (slot, language, text.chars().count()))
        });
        all.filter(|(.., chars)| *chars > MAX_SLOT_CHARS).map(|(slot, language, _)| {
            let most = format!("at most {MAX_SLOT_CHARS} characters");
            ThemeFault::new(format!("/slots/{}/{language}", slot.as_str()), most)
        })
    }

    fn large_templates(&self) -> Vec<ThemeFault> {
        let large = self.templates.iter().filter(|(_, source)| source.len() > MAX_TEMPLATE_BYTES);
        let mut faults: Vec<ThemeFault> = large
            .map(|(name, _)| {
                let most = format!("at most {MAX_TEMPLATE_BYTES} bytes");
                ThemeFault::new(format!("/templates/{}", pointer_token(name)), most)
            })
            .collect();
        if self.templates.values().map(String::len).sum::<usize>() > MAX_TEMPLATES_BYTES {
            let most = format!("at most {MAX_TEMPLATES_BYTES} bytes in all templates together");
            faults.push(ThemeFault::new("/templates", most));
        }
        faults
    }
}

/// A name as a token of a JSON pointer ([RFC 6901 §3](https://www.rfc-editor.org/rfc/rfc6901#section-3)).
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A look that is being worked on. Nobody but those who work on it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeDraft {
    /// The look.
    pub theme: Theme,
    /// The revision it was begun from; 0: the built-in look.
    pub based_on: i64,
    /// When it was changed.
    pub updated_at: Timestamp,
    /// Its version.
    pub version: Version,
}

/// The version of a draft that nobody began.
pub const NO_DRAFT: Version = Version::from_stored(0);

impl ThemeDraft {
    /// What a draft is begun with: the published look.
    pub fn begin(current: Option<&ThemeRevision>, now: Timestamp) -> Self {
        Self {
            theme: current.map(|revision| revision.theme.clone()).unwrap_or_default(),
            based_on: current.map_or(0, |revision| revision.number),
            updated_at: now,
            version: NO_DRAFT,
        }
    }

    /// The draft with another look.
    pub fn change(self, theme: Theme, now: Timestamp) -> Changed<Self> {
        let expected = (self.version != NO_DRAFT).then_some(self.version);
        Changed {
            value: Self { theme, updated_at: now, version: self.version.next(), ..self },
            expected,
            events: vec![RealmEvent::ThemeDrafted.into()],
        }
    }
}

/// A revision without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionInfo {
    /// Its number.
    pub number: i64,
    /// Why it was made.
    pub note: String,
    /// When it was published.
    pub published_at: Timestamp,
}

/// A published look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeRevision {
    /// 1, 2, 3, …: the highest one is shown.
    pub number: i64,
    /// The look.
    pub theme: Theme,
    /// Why it was made, in the words of who did.
    pub note: String,
    /// When it was published.
    pub published_at: Timestamp,
}

impl ThemeRevision {
    /// The revision after the current one.
    pub fn publish(current: Option<&Self>, theme: Theme, note: String, now: Timestamp) -> Changed<Self> {
        let number = current.map_or(0, |revision| revision.number) + 1;
        Changed {
            value: Self { number, theme, note, published_at: now },
            expected: None,
            events: vec![RealmEvent::ThemePublished { number }.into()],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn theme(value: serde_json::Value) -> Theme {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_built_in_look_has_no_fault() {
        assert_eq!(Theme::default().faults(), []);
        assert_eq!(theme(json!({})), Theme::default());
    }

    #[test]
    fn unknown_tokens_and_free_css_are_refused() {
        for bad in [
            json!({"tokens": {"colour": "#fff"}}),
            json!({"tokens": {"light": {"accent": "red"}}}),
            json!({"tokens": {"light": {"accent": "#fff;}body{display:none"}}}),
            json!({"tokens": {"font_body": "Comic Sans"}}),
            json!({"tokens": {"radius_control": -1}}),
        ] {
            assert!(serde_json::from_value::<Theme>(bad.clone()).is_err(), "{bad}");
        }
        let wide = theme(json!({"tokens": {"card_width": 9000}})).faults();
        assert_eq!(wide[0].pointer, "/tokens/card_width");
    }

    #[test]
    fn an_unreadable_pair_is_told_with_a_colour_that_passes() {
        let pale = theme(json!({"tokens": {"light": {"accent": "#ffee88", "accent_text": "#ffffff"}}}));
        let faults = pale.faults();
        assert!(faults.iter().any(|fault| fault.pointer == "/tokens/light/accent_text"), "{faults:?}");
        assert!(
            faults.iter().any(|fault| fault.pointer == "/tokens/light/link"),
            "a link is as pale: {faults:?}"
        );
        let suggestion = faults[0].detail.rsplit(' ').next().and_then(Color::parse);
        assert!(suggestion.is_some(), "{faults:?}");
    }

    /// Taking every suggestion, again and again, ends in a theme without faults.
    #[test]
    fn suggestions_lead_out() {
        let mut value = json!({"tokens": {"light": {
            "background": "#ffe0e0", "surface": "#fff4b0", "accent": "#ffcc00", "text": "#998877", "danger": "#ff8888",
        }}});
        for _ in 0..20 {
            let faults = theme(value.clone()).faults();
            let Some(fault) = faults.first() else { return };
            let color = fault.detail.rsplit(' ').next().unwrap();
            let name = fault.pointer.rsplit('/').next().unwrap();
            value["tokens"]["light"][name] = json!(color);
        }
        panic!("{:?}", theme(value).faults());
    }
}
