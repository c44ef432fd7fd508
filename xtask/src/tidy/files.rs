//! Rules of a single file: size, header, names, and marks of unfinished work.

use super::{
    Finding,
    lexer::{Source, has_word},
};

const MAX_LINES: usize = 600;
const MAX_HEADER: usize = 6;
const EMPTY_NAMES: &[&str] = &["utils", "util", "common", "helpers", "helper", "manager", "misc"];
/// The one place where a test may wait: it polls a condition under a deadline.
const POLLING: &str = "crates/testing/testkit/src/wait.rs";

pub(crate) fn check(source: &Source) -> Vec<Finding> {
    [length, header, name, unfinished, waiting].iter().flat_map(|rule| rule(source)).collect()
}

fn length(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().count();
    if lines <= MAX_LINES {
        return Vec::new();
    }
    vec![Finding::new(&source.path, lines, "length", format!("{lines} lines; split it below {MAX_LINES}"))]
}

fn header(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().take_while(|line| line.starts_with("//!")).count();
    let message = match lines {
        0 => "begin with `//!`: what the file decides and what it does not know".to_owned(),
        lines if lines > MAX_HEADER => format!("a header of {lines} lines; {MAX_HEADER} are enough"),
        _ => return Vec::new(),
    };
    vec![Finding::new(&source.path, 1, "header", message)]
}

fn name(source: &Source) -> Vec<Finding> {
    let parts = source.path.split('/').map(|part| part.trim_end_matches(".rs"));
    let empty = parts.filter(|part| EMPTY_NAMES.contains(part));
    empty
        .map(|part| Finding::new(&source.path, 1, "name", format!("'{part}' says nothing; name what it is")))
        .collect()
}

fn unfinished(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, code) in source.lines() {
        for mark in ["todo!", "unimplemented!", "dbg!", "#[ignore"] {
            if has_word(code, mark) {
                findings.push(Finding::new(
                    &source.path,
                    line,
                    "unfinished",
                    format!("`{mark}` is not allowed"),
                ));
            }
        }
    }
    findings
}

fn waiting(source: &Source) -> Vec<Finding> {
    if source.path == POLLING || source.is_in(&["xtask/"]) {
        return Vec::new();
    }
    let sleeps = source.lines().filter(|(line, code)| source.is_test_line(*line) && has_word(code, "sleep("));
    sleeps
        .map(|(line, _)| {
            Finding::new(&source.path, line, "sleep", "wait for a condition (testkit::wait), not for time")
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
    fn a_clean_file_has_no_findings() {
        assert!(rules("crates/x/src/clock.rs", "//! Time.\nfn a() { sleep(1) }\n").is_empty());
    }

    #[test]
    fn a_long_file_is_found() {
        assert_eq!(rules("a.rs", &format!("//! x\n{}", "\n".repeat(MAX_LINES))), ["length"]);
    }

    #[test]
    fn a_file_without_header_is_found() {
        assert_eq!(rules("a.rs", "use x;\n//! late\n"), ["header"]);
        assert_eq!(rules("a.rs", &"//! x\n".repeat(7)), ["header"]);
    }

    #[test]
    fn an_empty_name_is_found() {
        assert_eq!(rules("crates/x/src/utils/mod.rs", "//! x\n"), ["name"]);
        assert_eq!(rules("crates/x/src/manager.rs", "//! x\n"), ["name"]);
    }

    #[test]
    fn unfinished_work_is_found_in_code_only() {
        assert_eq!(rules("a.rs", "//! x\nfn a() { todo!() }"), ["unfinished"]);
        assert_eq!(rules("a.rs", "//! x\n#[ignore = \"slow\"]\nfn a() {}"), ["unfinished"]);
        assert!(rules("a.rs", "//! x\n// todo! later\nfn a() { \"dbg!\"; }").is_empty());
    }

    #[test]
    fn a_sleep_in_a_test_is_found() {
        let text = "//! x\n#[cfg(test)]\nmod tests {\n fn a() { tokio::time::sleep(x); }\n}";
        assert_eq!(rules("crates/x/src/a.rs", text), ["sleep"]);
        assert!(rules(POLLING, text).is_empty());
    }
}
