//! Which texts a realm may put in place of ours: those that exist, with the values that ours have, in a syntax without
//! anything but words, values and plurals. What passes here can be rendered; what cannot is told with its place.

use std::{collections::BTreeSet, sync::Arc};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};
use vestibule_kernel::contact::{Locale, is_invisible};
use vestibule_realms::theme::{Theme, ThemeFault};
use vestibule_usecases::language::SPOKEN;

use crate::{
    copy::{Given, PerLanguage, Texts, source_of},
    pages::Pages,
    themed::Voice,
};

/// How the keys begin that name attributes of a realm's own, which the catalogue cannot know.
pub(crate) const ATTRIBUTE: &str = "attribute-";

/// The built-in texts, as rules for others.
pub struct CopyBook {
    voices: Arc<PerLanguage<Arc<Voice>>>,
}

impl CopyBook {
    /// With the texts of the pages.
    pub fn new(pages: &Pages) -> Self {
        Self { voices: pages.shared_voices() }
    }

    fn fault(&self, texts: &Texts, key: &str, text: &str) -> Option<String> {
        let of_attribute = || is_of_attribute(key).then(BTreeSet::new);
        let Some(ours) = texts.values_of(key).or_else(of_attribute) else {
            return Some("there is no text of this key".to_owned());
        };
        if text.trim().is_empty() {
            return Some("a text is not empty; null takes one back".to_owned());
        }
        let hidden = |c: char| {
            (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if text
            .chars()
            .any(|c| hidden(c) || (is_invisible(c) && !matches!(c, '\n' | '\u{200c}' | '\u{200d}')))
        {
            return Some("control characters and marks that turn text around are not allowed".to_owned());
        }
        let theirs = match values_in(key, text) {
            Ok(values) => values,
            Err(why) => return Some(why),
        };
        let named = |values: BTreeSet<&String>| {
            values.into_iter().map(|name| format!("{{ ${name} }}")).collect::<Vec<_>>().join(", ")
        };
        let unknown: BTreeSet<&String> = theirs.difference(&ours).collect();
        if !unknown.is_empty() {
            return Some(format!("there is no value {} here", named(unknown)));
        }
        let missing: BTreeSet<&String> = ours.difference(&theirs).collect();
        if !missing.is_empty() {
            return Some(format!("the value {} is missing", named(missing)));
        }
        let trial = Texts::with(
            &[(key.to_owned(), text.to_owned())].into(),
            &self.voices.of(&Locale::english()).texts,
        );
        let filled = ours.iter().map(|name| (name.as_str(), Given::Count(2)));
        trial.text(key, filled).is_none().then(|| "the text cannot be filled with its values".to_owned())
    }
}

impl CopyBook {
    /// Everything that is wrong with the texts of a theme.
    pub fn faults(&self, theme: &Theme) -> Vec<ThemeFault> {
        let mut faults = Vec::new();
        for (language, texts) in &theme.copy {
            if !SPOKEN.contains(&language.as_str()) {
                let spoken = format!("pages speak {}", SPOKEN.join(", "));
                faults.push(ThemeFault::new(format!("/copy/{language}"), spoken));
                continue;
            }
            let english = &self.voices.of(&Locale::english()).texts;
            for (key, text) in texts {
                if let Some(why) = self.fault(english, key, text) {
                    faults.push(ThemeFault::new(format!("/copy/{language}/{key}"), why));
                }
            }
        }
        faults
    }
}

/// Whether a key names an attribute of a realm's own (`attribute-plan`) or one of its options (`attribute-plan-pro`),
/// which the catalogue cannot know.
fn is_of_attribute(key: &str) -> bool {
    let name = key.strip_prefix(ATTRIBUTE).unwrap_or_default();
    let first = name.bytes().next();
    let named = first.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    named
        && name.len() <= 100
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The values that a text takes.
///
/// # Errors
/// It is no text, or more than a text.
fn values_in(key: &str, text: &str) -> Result<BTreeSet<String>, String> {
    let source = source_of(key, text);
    let resource = parser::parse(source.as_str()).map_err(|(_, errors)| {
        let first = errors.first().map(|error| error.kind.to_string()).unwrap_or_default();
        format!("the text cannot be read: {first}; braces hold values, {{\"{{\"}} is a brace")
    })?;
    let [Entry::Message(message)] = resource.body.as_slice() else {
        return Err("this is more than one text".to_owned());
    };
    let Some(pattern) = message.value.as_ref().filter(|_| message.attributes.is_empty()) else {
        return Err("attributes are not used here".to_owned());
    };
    let mut values = BTreeSet::new();
    note_pattern(pattern, &mut values, 0)?;
    Ok(values)
}

/// Deepest selectors inside each other.
const MAX_DEPTH: usize = 4;

fn note_pattern(pattern: &Pattern<&str>, values: &mut BTreeSet<String>, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("the selectors are too deep".to_owned());
    }
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression: Expression::Inline(inline) } => note(inline, values)?,
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                note(selector, values)?;
                for variant in variants {
                    note_pattern(&variant.value, values, depth + 1)?;
                }
            }
        }
    }
    Ok(())
}

fn note(inline: &InlineExpression<&str>, values: &mut BTreeSet<String>) -> Result<(), String> {
    match inline {
        InlineExpression::VariableReference { id } => {
            values.insert(id.name.to_owned());
            Ok(())
        }
        InlineExpression::StringLiteral { .. } => Ok(()),
        _ => Err("only values and quoted words stand in braces".to_owned()),
    }
}

/// The values that a message of ours takes.
pub(crate) fn values_of(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut values = BTreeSet::new();
    // Ours hold nothing else; a test says so.
    let _ = note_pattern(pattern, &mut values, 0);
    values
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn faults(language: &str, key: &str, text: &str) -> Vec<ThemeFault> {
        let book = CopyBook::new(&Pages::new(&Url::parse("http://localhost:8080").unwrap()));
        let texts = [(key.to_owned(), text.to_owned())].into();
        book.faults(&Theme { copy: [(language.to_owned(), texts)].into(), ..Theme::default() })
    }

    #[test]
    fn a_text_of_the_same_values_passes() {
        assert_eq!(faults("de", "identify-title", "Willkommen zurück"), []);
        assert_eq!(faults("en", "consent-title", "{ $app } wants in"), []);
        assert_eq!(faults("en", "consent-title", "two\nlines for { $app }"), []);
        let plural = "{ $count ->\n    [one] One try left\n   *[other] { $count } tries left\n}";
        assert_eq!(faults("en", "code-attempts-left", plural), []);
        assert_eq!(faults("de", "attribute-plan", "Tarif"), []);
        assert_eq!(faults("de", "attribute-t_shirt-XL", "Sehr groß"), []);
    }

    #[test]
    fn what_could_not_be_rendered_is_refused() {
        for (language, key, text) in [
            ("en", "no-such-text", "x"),
            ("en", "attribute-", "x"),
            ("en", "attribute-a b", "x"),
            ("en", "attribute-a = b\nidentify-title", "x"),
            ("en", "attribute-plan", "{ $app }"),
            ("pt", "identify-title", "x"),
            ("en", "identify-title", "  "),
            ("en", "consent-title", "no value"),
            ("en", "consent-title", "{ $app } and { $other }"),
            ("en", "consent-title", "{ $app"),
            ("en", "consent-title", "{ app }"),
            ("en", "consent-title", "{ -term } { $app }"),
            ("en", "consent-title", "{ NUMBER($app) }"),
            ("en", "identify-title", "x\n.label = y"),
            ("en", "identify-title", "x\u{202e}y"),
            ("en", "identify-title", "x\u{7}y"),
        ] {
            assert_eq!(faults(language, key, text).len(), 1, "{language} {key} {text:?}");
        }
        // A line that looks like another text is a line of this one.
        assert_eq!(faults("en", "identify-title", "x\nconsent-title = y"), []);
    }
}
