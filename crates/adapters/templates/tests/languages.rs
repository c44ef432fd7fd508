//! The texts themselves: every key in every language, with the values that English has, used somewhere, and in the
//! tone of the house.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, Resource},
    parser,
};
use vestibule_usecases::language::SPOKEN;

/// Words for developers, whose pages are in English only.
const ENGLISH_ONLY: &str = "reference.ftl";

/// A text: the values it takes, and every wording it can have.
#[derive(Debug, Default)]
struct Text {
    values: BTreeSet<String>,
    wordings: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn folder(language: &str) -> PathBuf {
    root().join("themes/default/locales").join(language)
}

/// The texts of a language by file and key.
fn texts(language: &str) -> BTreeMap<(String, String), Text> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder(language)).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        let resource = match parser::parse(fs::read_to_string(&path).unwrap()) {
            Ok(resource) => resource,
            Err((_, errors)) => panic!("{}: {errors:?}", path.display()),
        };
        read(&resource, &file, &mut found);
    }
    found
}

fn read(resource: &Resource<String>, file: &str, into: &mut BTreeMap<(String, String), Text>) {
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        assert!(message.attributes.is_empty(), "{}: attributes are not used here", message.id.name);
        let mut text = Text::default();
        wordings(message.value.as_ref().unwrap(), &mut text);
        assert!(!text.wordings.iter().any(String::is_empty), "{} is empty", message.id.name);
        let key = (file.to_owned(), message.id.name.clone());
        assert!(into.insert(key, text).is_none(), "{} is there twice", message.id.name);
    }
}

/// A pattern is plain words with values, or one selector around such patterns.
fn wordings(pattern: &Pattern<String>, text: &mut Text) {
    let mut words = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => words.push_str(value),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                assert_eq!(pattern.elements.len(), 1, "no sentence is put together around a selector");
                note(selector, text);
                for variant in variants {
                    wordings(&variant.value, text);
                }
                return;
            }
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                note(inline, text);
                words.push('x');
            }
        }
    }
    text.wordings.push(words);
}

fn note(inline: &InlineExpression<String>, text: &mut Text) {
    match inline {
        InlineExpression::VariableReference { id } => {
            text.values.insert(id.name.clone());
        }
        other => panic!("only values stand in texts, not {other:?}"),
    }
}

#[test]
fn the_languages_that_are_announced_are_those_with_texts() {
    let there = fs::read_dir(folder("")).unwrap();
    let names: BTreeSet<String> =
        there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names, SPOKEN.map(str::to_owned).into());
}

#[test]
fn every_language_has_every_text_with_the_values_that_english_has() {
    let english = texts("en");
    let mut faults = Vec::new();
    for language in SPOKEN.into_iter().filter(|language| *language != "en") {
        let own = texts(language);
        for ((file, key), text) in english.iter().filter(|((file, _), _)| file != ENGLISH_ONLY) {
            match own.get(&(file.clone(), key.clone())) {
                None => faults.push(format!("{language}/{file} lacks {key}")),
                Some(found) if found.values != text.values => faults
                    .push(format!("{language}/{file}: {key} has {:?}, not {:?}", found.values, text.values)),
                Some(_) => {}
            }
        }
        let surplus = own.keys().filter(|key| !english.contains_key(*key));
        faults.extend(surplus.map(|(file, key)| format!("{language}/{file}: {key} is not in English")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every text of the tree under `folder` whose name ends in `extension`.
fn sources(folder: &Path, extension: &str, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, extension, into);
        } else if path.extension().is_some_and(|found| found == extension) {
            into.push(fs::read_to_string(&path).unwrap());
        }
    }
}

/// What stands between `before` and the next quotation mark.
fn quoted(text: &str, before: &str) -> BTreeSet<String> {
    text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn every_text_that_is_asked_for_exists_and_every_text_is_asked_for() {
    let mut templates = Vec::new();
    sources(&root().join("themes/default"), "html", &mut templates);
    sources(&root().join("themes/default"), "txt", &mut templates);
    let mut code = Vec::new();
    for folder in ["crates/adapters/templates/src", "crates/adapters/http/src", "apps/api-server/src"] {
        sources(&root().join(folder), "rs", &mut code);
    }
    let (templates, code) = (templates.concat(), code.concat());
    let known: BTreeSet<String> = texts("en").into_keys().map(|(_, key)| key).collect();
    let mut needed = quoted(&templates.replace("asset(", "").replace("slot(", ""), "t(\"");
    needed.extend(quoted(&code, "Message::new(\"").into_iter().filter(|key| !key.is_empty()));
    let missing: Vec<_> = needed.difference(&known).collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    // Families, whose keys are put together: words by name, problems by number, causes of the protocol.
    let mut families = quoted(&templates, "word(\"");
    let others = ["problem", "oauth", "preview-part", "preview-scheme", "preview-width"];
    families.extend(others.map(str::to_owned));
    let in_family = |key: &str| families.iter().any(|family| key.starts_with(&format!("{family}-")));
    let unused: Vec<_> = known
        .iter()
        .filter(|key| !needed.contains(*key) && !in_family(key) && !code.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "unused: {unused:?}");
}

#[test]
fn copy_has_no_exclamation_no_please_and_no_long_sentence() {
    let unwanted = ["please", "oops", "bitte", "s’il vous plaît", "por favor", "من فضلك", "الرجاء"];
    for language in SPOKEN {
        for ((file, key), text) in texts(language) {
            for words in &text.wordings {
                let lower = words.to_lowercase();
                let loud = words.contains(['!', '¡']);
                assert!(
                    !loud && !unwanted.iter().any(|word| lower.split_whitespace().any(|w| w == *word)),
                    "{language}/{file} {key}: {words}"
                );
                assert!(words.split_whitespace().count() <= 26, "{language}/{file} {key} is too long");
            }
        }
    }
}

/// The plural forms of a language are those of CLDR: a text that chooses by a count has them all.
#[test]
fn arabic_plurals_have_all_six_forms() {
    for ((file, key), text) in texts("ar") {
        assert!(matches!(text.wordings.len(), 1 | 6), "ar/{file} {key}: {} forms", text.wordings.len());
    }
}
