//! The catalogue of copy: keys by screen, one file per language, in the part of the Fluent syntax that needs no
//! selector: `key = text with { $variable }`.

use std::collections::BTreeMap;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../../themes/default/locales"]
struct Files;

/// The texts of one language.
pub struct Copy {
    language: &'static str,
    texts: BTreeMap<String, String>,
}

impl Copy {
    /// English, the language every installation has.
    pub fn english() -> Self {
        let mut texts = BTreeMap::new();
        for name in Files::iter().filter(|name| name.starts_with("en/")) {
            let Some(file) = Files::get(&name) else { continue };
            texts.extend(parse(&String::from_utf8_lossy(&file.data)));
        }
        Self { language: "en", texts }
    }

    /// The language the texts are in, for `lang`.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// The text of a key with its variables filled in; `None` for an unknown key or a variable that is not given.
    pub fn text<'a>(&self, key: &str, value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
        let mut rest = self.texts.get(key)?.as_str();
        let mut out = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once("{ $") {
            let (name, after) = after.split_once(" }")?;
            out.push_str(before);
            out.push_str(value(name)?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }

    /// Every key.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

fn parse(source: &str) -> impl Iterator<Item = (String, String)> {
    source
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, text)| (key.trim().to_owned(), text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_an_error_and_not_an_empty_text() {
        let texts = parse("# note\na-title = Sign in to { $app }\nb = Plain\n").collect();
        let copy = Copy { language: "en", texts };
        assert_eq!(copy.text("a-title", |_| Some("Acme")).as_deref(), Some("Sign in to Acme"));
        assert_eq!(copy.text("a-title", |_| None), None);
        assert_eq!(copy.text("b", |_| None).as_deref(), Some("Plain"));
        assert_eq!(copy.text("c", |_| None), None);
    }
}
