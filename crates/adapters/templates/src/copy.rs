//! The catalogue of copy: Fluent messages, one bundle per language, English under each of them. Keys are named by
//! screen. A text that is missing, or lacks a value, is an error and never an empty place.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;
use vestibule_kernel::contact::Locale;
use vestibule_usecases::language::SPOKEN;

#[derive(RustEmbed)]
#[folder = "../../../themes/default/locales"]
struct Files;

/// A value that a text is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given<'a> {
    /// Words, told apart from the text around them where they run the other way.
    Text(Cow<'a, str>),
    /// A count, by which the text may choose its plural.
    Count(i64),
}

/// The texts of one language, with English behind them.
pub struct Texts {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
    english: Option<Arc<Self>>,
}

/// One thing for each language that there are texts in.
pub(crate) struct PerLanguage<T> {
    english: T,
    others: BTreeMap<&'static str, T>,
}

impl<T> PerLanguage<T> {
    /// Makes each; English first.
    pub(crate) fn new(english: T, other: impl Fn(&'static str, &T) -> T) -> Self {
        let others = SPOKEN.into_iter().filter(|language| *language != "en");
        let others = others.map(|language| (language, other(language, &english))).collect();
        Self { english, others }
    }

    /// The one for a locale, by its language; the English one where there is none.
    pub(crate) fn of(&self, locale: &Locale) -> &T {
        let language = locale.language().to_ascii_lowercase();
        self.others.get(language.as_str()).unwrap_or(&self.english)
    }

    /// Another thing from each.
    pub(crate) fn map<U>(&self, make: impl Fn(&T) -> U) -> PerLanguage<U> {
        let others = self.others.iter().map(|(language, one)| (*language, make(one))).collect();
        PerLanguage { english: make(&self.english), others }
    }
}

/// The texts of every language.
pub(crate) fn embedded() -> PerLanguage<Arc<Texts>> {
    PerLanguage::new(Arc::new(Texts::read("en", None)), |language, english| {
        Arc::new(Texts::read(language, Some(Arc::clone(english))))
    })
}

impl Texts {
    /// The texts of a theme, with ours behind them. One that cannot be read is left out: ours stands there.
    pub(crate) fn with(own: &BTreeMap<String, String>, ours: &Arc<Self>) -> Self {
        let mut texts = Self {
            language: ours.language,
            bundle: bundle_of(ours.language),
            english: Some(Arc::clone(ours)),
        };
        for (key, text) in own {
            match FluentResource::try_new(source_of(key, text)) {
                Ok(resource) if resource.entries().count() == 1 => {
                    let _ = texts.bundle.add_resource(resource);
                }
                _ => tracing::error!(key, language = ours.language, "a text of a theme cannot be read"),
            }
        }
        texts
    }

    /// The values that a text takes; `None` if there is no such text.
    pub(crate) fn values_of(&self, key: &str) -> Option<BTreeSet<String>> {
        let pattern = self.bundle.get_message(key)?.value()?;
        Some(crate::copy_book::values_of(pattern))
    }

    fn read(language: &'static str, english: Option<Arc<Self>>) -> Self {
        let mut bundle = bundle_of(language);
        for name in Files::iter().filter(|name| name.split('/').next() == Some(language)) {
            let Some(file) = Files::get(&name) else { continue };
            let source = String::from_utf8_lossy(&file.data).into_owned();
            let resource = FluentResource::try_new(source).unwrap_or_else(|(resource, errors)| {
                tracing::error!(file = %name, faults = errors.len(), "texts that cannot be read");
                resource
            });
            if bundle.add_resource(resource).is_err() {
                tracing::error!(file = %name, "texts with the same key");
            }
        }
        Self { language, bundle, english }
    }

    /// The language.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// Which way it is written, as the attribute `dir` says it.
    pub fn direction(&self) -> &'static str {
        if self.is_right_to_left() { "rtl" } else { "ltr" }
    }

    fn is_right_to_left(&self) -> bool {
        self.language == "ar"
    }

    /// Whether the language itself, without English behind it, has a text.
    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The text of a key with its values filled in; `None` for an unknown key or a value that is not given.
    pub fn text<'a>(
        &self,
        key: &str,
        values: impl IntoIterator<Item = (&'a str, Given<'a>)>,
    ) -> Option<String> {
        let mut given = FluentArgs::new();
        for (name, value) in values {
            match value {
                Given::Text(text) => given.set(name, FluentValue::from(self.isolated(&text).into_owned())),
                Given::Count(count) => given.set(name, FluentValue::from(count)),
            }
        }
        self.formatted(key, &given)
    }

    fn formatted(&self, key: &str, given: &FluentArgs<'_>) -> Option<String> {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return self.english.as_ref().and_then(|english| english.formatted(key, given));
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(given), &mut errors).into_owned();
        errors.is_empty().then_some(text)
    }

    /// Words that run against the language are kept together between isolating marks (UAX 9), so that a name cannot
    /// turn the sentence around it. So are telephone numbers, whose groups and sign would change sides.
    fn isolated<'a>(&self, words: &'a str) -> Cow<'a, str> {
        let against = |c: char| is_right_to_left(c) != self.is_right_to_left() && c.is_alphabetic();
        if self.is_right_to_left() && is_number(words) {
            Cow::Owned(format!("\u{2066}{words}\u{2069}"))
        } else if words.chars().any(against) {
            Cow::Owned(format!("\u{2068}{words}\u{2069}"))
        } else {
            Cow::Borrowed(words)
        }
    }
}

fn bundle_of(language: &str) -> FluentBundle<FluentResource> {
    let identifier: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // Only what runs the other way is isolated, by `isolated`: marks around every value would end up in
    // passwords, addresses and headers that people copy.
    bundle.set_use_isolating(false);
    bundle
}

/// A text as a message of Fluent: each line is indented, so that none of them begins another message.
pub(crate) fn source_of(key: &str, text: &str) -> String {
    let lines = text.lines().map(|line| format!("    {line}\n"));
    format!("{key} =\n{}", lines.collect::<String>())
}

/// Whether this is a telephone number, whole or masked.
fn is_number(words: &str) -> bool {
    words.starts_with(['+', '•'])
        && words.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '•' | ' ' | '-'))
}

/// Whether a letter belongs to a script that is written from right to left: Hebrew, Arabic and their neighbours.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(language: &str, key: &str, values: &[(&'static str, Given<'static>)]) -> Option<String> {
        embedded().of(&Locale::parse(language).unwrap()).text(key, values.iter().cloned())
    }

    fn text(words: &'static str) -> Given<'static> {
        Given::Text(Cow::Borrowed(words))
    }

    #[test]
    fn a_missing_value_is_an_error_and_not_an_empty_text() {
        let app = ("app", text("Acme"));
        assert_eq!(say("en", "consent-title", &[app]).as_deref(), Some("Acme asks for access"));
        assert_eq!(say("en", "consent-title", &[]), None);
        assert_eq!(say("en", "no-such-key", &[]), None);
    }

    #[test]
    fn counts_choose_the_plural_of_the_language() {
        let left = |language: &str, count: i64| {
            say(language, "code-attempts-left", &[("count", Given::Count(count))]).unwrap()
        };
        assert_eq!(left("en", 1), "1 try left with this code");
        assert_eq!(left("en", 2), "2 tries left with this code");
        assert_ne!(left("de", 1), left("de", 2).replace('2', "1"));
        // Arabic has a form for two of its own, without a numeral.
        assert!(!left("ar", 2).contains('2') && left("ar", 3).contains('3'));
    }

    #[test]
    fn a_name_that_runs_the_other_way_is_isolated() {
        assert_eq!(
            say("en", "consent-title", &[("app", text("متجر"))]).unwrap(),
            "\u{2068}متجر\u{2069} asks for access"
        );
        assert!(
            say("ar", "consent-title", &[("app", text("Acme"))]).unwrap().contains("\u{2068}Acme\u{2069}")
        );
        assert!(!say("ar", "consent-title", &[("app", text("متجر"))]).unwrap().contains('\u{2068}'));
        for number in ["+49 171 1234567", "•••67"] {
            let said = |language| say(language, "phone-code-lead", &[("to", text(number))]).unwrap();
            assert!(said("ar").contains(&format!("\u{2066}{number}\u{2069}")));
            assert!(!said("en").contains('\u{2066}'));
        }
    }

    #[test]
    fn another_region_of_a_language_has_its_texts_and_an_unknown_language_has_english() {
        assert_eq!(say("de-CH", "identify-title", &[]), say("de", "identify-title", &[]));
        assert_eq!(say("pt", "identify-title", &[]), say("en", "identify-title", &[]));
    }
}
