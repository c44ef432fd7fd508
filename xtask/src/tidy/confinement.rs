//! Things that may be named in one place only: SQL, actix, outgoing HTTP and mail, JOSE, the environment, the clock, stored
//! aggregates.

use super::{
    Finding,
    lexer::{Source, has_word},
};

/// Words confined to some folders; tests may use them everywhere unless `tests_too`.
struct Confined {
    rule: &'static str,
    words: &'static [&'static str],
    folders: &'static [&'static str],
    tests_too: bool,
}

const CONFINED: &[Confined] = &[
    Confined {
        rule: "diesel",
        words: &["diesel::", "diesel_async::", "tokio_postgres::"],
        folders: &["crates/adapters/database/", "crates/testing/"],
        tests_too: false,
    },
    Confined {
        rule: "actix",
        words: &["actix_web::", "actix_web", "actix_cors::", "actix_rt::"],
        folders: &["crates/adapters/http/", "apps/api-server/"],
        tests_too: true,
    },
    Confined {
        rule: "outgoing-http",
        words: &["reqwest::"],
        folders: &["crates/adapters/egress/", "crates/testing/", "xtask/"],
        tests_too: false,
    },
    Confined {
        rule: "outgoing-mail",
        words: &["lettre::"],
        folders: &["crates/adapters/smtp/"],
        tests_too: true,
    },
    Confined {
        rule: "jose",
        words: &["josekit::", "openssl::"],
        folders: &["crates/adapters/crypto/"],
        tests_too: false,
    },
    Confined {
        rule: "environment",
        words: &["env::var", "env::var_os", "env::vars", "env::vars_os"],
        folders: &["crates/runtime/", "crates/testing/", "crates/adapters/database/src/testing.rs", "xtask/"],
        tests_too: false,
    },
    Confined {
        rule: "clock",
        words: &["Utc::now", "SystemTime::now", "Local::now"],
        folders: &["crates/adapters/crypto/", "crates/runtime/", "xtask/"],
        tests_too: false,
    },
    Confined {
        rule: "entropy",
        words: &["thread_rng", "getrandom::", "Uuid::new_v4", "Uuid::now_v7", "rand::rng"],
        folders: &[
            "crates/adapters/crypto/",
            // Ids of events, which repositories append by themselves, and names of temporary databases.
            "crates/adapters/database/src/repositories/events.rs",
            "crates/adapters/database/src/testing.rs",
            "crates/runtime/",
            "xtask/",
        ],
        tests_too: false,
    },
    Confined {
        rule: "rehydrate",
        words: &["::rehydrate", ".rehydrate"],
        folders: &["crates/adapters/database/"],
        tests_too: false,
    },
];

pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = sql(source);
    for Confined { rule, words, folders, tests_too } in CONFINED {
        if source.is_in(folders) || source.path.ends_with("/build.rs") {
            continue;
        }
        for (line, code) in source.lines() {
            if !tests_too && source.is_test_line(line) {
                continue;
            }
            if let Some(word) = words.iter().find(|word| has_word(code, word)) {
                let allowed = folders.join(", ");
                findings.push(Finding::new(
                    &source.path,
                    line,
                    rule,
                    format!("`{word}` belongs to {allowed}"),
                ));
            }
        }
    }
    findings
}

fn sql(source: &Source) -> Vec<Finding> {
    if source.is_in(&["crates/adapters/database/", "crates/testing/", "xtask/"]) {
        return Vec::new();
    }
    let statements = source.strings.iter().filter(|literal| {
        let text = literal.value.trim_start();
        let is = |head: &str, word: &str| text.starts_with(head) && text.contains(word);
        let sql = is("SELECT ", " FROM ") || is("INSERT INTO ", "(") || is("UPDATE ", " SET ");
        (sql || is("DELETE FROM ", "") || is("CREATE TABLE ", "") || is("ALTER TABLE ", ""))
            && !source.is_test_line(literal.line)
    });
    statements
        .map(|literal| {
            Finding::new(&source.path, literal.line, "sql", "SQL belongs to crates/adapters/database/")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        check(&Source::parse(path, text)).into_iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn each_word_is_found_outside_its_place_only() {
        let use_case = "crates/application/usecases/src/a.rs";
        for (rule, text, home) in [
            ("sql", "fn a() { q(\"SELECT id FROM users\") }", "crates/adapters/database/src/a.rs"),
            ("diesel", "use diesel::prelude::*;", "crates/adapters/database/src/a.rs"),
            ("actix", "use actix_web::web;", "crates/adapters/http/src/a.rs"),
            ("outgoing-http", "fn a() { reqwest::get(x) }", "crates/adapters/egress/src/a.rs"),
            ("outgoing-mail", "use lettre::Message;", "crates/adapters/smtp/src/a.rs"),
            ("jose", "use josekit::jws;", "crates/adapters/crypto/src/a.rs"),
            ("environment", "let a = std::env::var(x);", "crates/runtime/src/a.rs"),
            ("clock", "let now = Utc::now();", "crates/adapters/crypto/src/a.rs"),
            ("entropy", "let id = Uuid::now_v7();", "crates/adapters/crypto/src/a.rs"),
            ("rehydrate", "let user = User::rehydrate(row);", "crates/adapters/database/src/a.rs"),
        ] {
            assert_eq!(rules(use_case, text), [rule], "{text}");
            assert!(rules(home, text).is_empty(), "{text}");
        }
    }

    #[test]
    fn tests_prose_and_arguments_are_free() {
        assert!(rules("apps/api-server/tests/a.rs", "let a = std::env::var(x); reqwest::get(x);").is_empty());
        assert!(
            rules("crates/domain/users/src/a.rs", "// use diesel::x\nlet a = std::env::args();").is_empty()
        );
        assert_eq!(rules("crates/domain/users/tests/a.rs", "use actix_web::web;"), ["actix"]);
    }
}
