//! Event kinds: whatever is emitted is in the catalogue, and the catalogue names nothing that is never emitted.

use std::collections::BTreeMap;

use super::{Finding, lexer::Source};

const CATALOGUE: &str = "crates/domain/events/src/catalogue.rs";
const MAKERS: &[&str] = &["::about(", "::plain("];

pub(crate) fn check(sources: &[Source]) -> Vec<Finding> {
    let mut listed: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    let mut emitted: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for source in sources {
        for literal in source.strings.iter().filter(|literal| !source.is_test_line(literal.line)) {
            let place = (source.path.as_str(), literal.line);
            if source.path == CATALOGUE && is_kind(&literal.value) {
                listed.insert(&literal.value, place);
            } else if MAKERS.iter().any(|maker| literal.before.ends_with(maker)) {
                emitted.entry(&literal.value).or_insert(place);
            }
        }
    }
    let unlisted =
        emitted.iter().filter(|(kind, _)| !listed.contains_key(*kind)).map(|(kind, (file, line))| {
            Finding::new(file, *line, "event", format!("'{kind}' is not in the catalogue ({CATALOGUE})"))
        });
    let silent = listed
        .iter()
        .filter(|(kind, _)| !emitted.contains_key(*kind))
        .map(|(kind, (file, line))| Finding::new(file, *line, "event", format!("'{kind}' is never emitted")));
    unlisted.chain(silent).collect()
}

/// `noun.past_verb`.
fn is_kind(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    text.split_once('.').is_some_and(|(noun, verb)| word(noun) && word(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unlisted_and_a_silent_kind_are_found() {
        let catalogue = Source::parse(
            CATALOGUE,
            "const C: X = &[(\"user.created\", \"A user\"), (\"user.lost\", \"x\")];",
        );
        let emitter = Source::parse(
            "crates/domain/users/src/events.rs",
            "fn a() { Self::about(\"user.created\", \"user\"); EventRecord::plain(\n    \"user.gone\", x) }",
        );
        let messages: Vec<String> =
            check(&[catalogue, emitter]).into_iter().map(|finding| finding.message).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(messages.iter().any(|message| message.contains("'user.gone' is not in the catalogue")));
        assert!(messages.iter().any(|message| message.contains("'user.lost' is never emitted")));
    }
}
