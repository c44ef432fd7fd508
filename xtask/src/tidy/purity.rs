//! Rules of the rings that show in source: the domain does no input or output, and no repository method names a realm
//! (the transaction already did).

use super::{
    Finding,
    lexer::{Source, has_word},
};

const IMPURE: &[&str] = &[
    "tokio::",
    "std::fs",
    "std::process",
    "std::env",
    "std::thread",
    "std::io",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "println!",
    "eprintln!",
];

pub(crate) fn check(source: &Source) -> Vec<Finding> {
    [domain_is_pure, repositories_name_no_realm].iter().flat_map(|rule| rule(source)).collect()
}

fn domain_is_pure(source: &Source) -> Vec<Finding> {
    if !source.is_in(&["crates/domain/"]) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (line, code) in source.product_lines() {
        if let Some(word) = IMPURE.iter().find(|word| has_word(code, word)) {
            let message = format!("`{word}` in the domain: take the value as an argument");
            findings.push(Finding::new(&source.path, line, "purity", message));
        }
    }
    findings
}

fn repositories_name_no_realm(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut depth = 0_usize;
    for (line, code) in source.product_lines() {
        let opens_repository = code.contains("trait ") && code.contains("Repo");
        if (opens_repository || depth > 0)
            && (has_word(code, "realm: RealmId") || has_word(code, "realm_id: RealmId"))
        {
            let message = "a repository method takes no realm: the transaction was opened for one";
            findings.push(Finding::new(&source.path, line, "realm-argument", message));
        }
        if opens_repository || depth > 0 {
            depth += code.matches('{').count();
            depth = depth.saturating_sub(code.matches('}').count());
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(&Source::parse(path, text)).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn input_and_output_in_the_domain_are_found() {
        assert_eq!(
            rules("crates/domain/users/src/a.rs", "use std::fs;\nlet t = Instant::now();"),
            ["purity"; 2]
        );
        assert!(rules("crates/adapters/smtp/src/a.rs", "use std::fs;").is_empty());
        assert!(
            rules("crates/domain/users/src/a.rs", "#[cfg(test)]\nmod tests {\n use std::fs;\n}").is_empty()
        );
    }

    #[test]
    fn a_realm_argument_of_a_repository_is_found() {
        let text = "pub trait UserRepo: Send {\n fn get(&mut self, realm: RealmId, id: UserId);\n}\n";
        assert_eq!(rules("crates/domain/users/src/ports.rs", text), ["realm-argument"]);
        let text = "pub trait Directory {\n fn get(&mut self, realm: RealmId);\n}\n";
        assert!(rules("crates/domain/users/src/ports.rs", text).is_empty());
    }
}
