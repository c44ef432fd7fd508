//! Just enough of Rust's lexical rules to tell code from comments, strings and tests, so that a rule on code is not
//! fooled by prose. Knows no grammar.

/// A source file, taken apart.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the workspace, with slashes.
    pub(crate) path: String,
    /// As it is.
    pub(crate) text: String,
    /// The same lines with comments and the contents of strings blanked out.
    pub(crate) code: String,
    /// Contents of string literals.
    pub(crate) strings: Vec<Literal>,
    /// Whether a line (from 1) belongs to a test.
    in_test: Vec<bool>,
}

/// A string literal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    /// Line of its opening quote, from 1.
    pub(crate) line: usize,
    /// Without escapes resolved.
    pub(crate) value: String,
    /// The code just before it, white space removed, at most 40 characters.
    pub(crate) before: String,
}

impl Source {
    pub(crate) fn parse(path: &str, text: &str) -> Self {
        let mut scanner =
            Scanner { rest: text.chars().collect(), at: 0, code: String::new(), strings: Vec::new() };
        scanner.scan();
        let Scanner { code, strings, .. } = scanner;
        let in_test = test_lines(path, &code);
        Self { path: path.to_owned(), text: text.to_owned(), code, strings, in_test }
    }

    /// Whether a line (from 1) belongs to a test.
    pub(crate) fn is_test_line(&self, line: usize) -> bool {
        self.in_test.get(line).copied().unwrap_or(false)
    }

    /// Lines of code with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Lines of code outside tests.
    pub(crate) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().filter(|(line, _)| !self.is_test_line(*line))
    }

    /// Whether the file lies in one of the folders.
    pub(crate) fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

fn is_test_path(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.starts_with("crates/testing/")
}

/// Whether a word occurs in a line of code, not as a part of a longer word.
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|head| head.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|tail| tail.chars().next());
        let opens = !word.starts_with(part) || !before.is_some_and(part);
        let closes = !word.ends_with(part) || !after.is_some_and(part);
        opens && closes
    })
}

struct Scanner {
    rest: Vec<char>,
    at: usize,
    code: String,
    strings: Vec<Literal>,
}

impl Scanner {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    /// Takes one character over into the code.
    fn keep(&mut self) {
        if let Some(c) = self.peek(0) {
            self.code.push(c);
            self.at += 1;
        }
    }

    /// Takes one character out of the code, line breaks excepted.
    fn blank(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.code.push(if c == '\n' { '\n' } else { ' ' });
        self.at += 1;
        Some(c)
    }

    fn scan(&mut self) {
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(),
                ('r', Some('"' | '#')) if !self.inside_word() && self.raw_hashes().is_some() => {
                    self.raw_string();
                }
                ('\'', _) => self.quote(),
                _ => self.keep(),
            }
        }
    }

    /// Whether the last character kept belongs to a word other than the prefixes `b` and `c`.
    fn inside_word(&self) -> bool {
        let mut before = self.code.chars().rev();
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        match before.next() {
            Some('b' | 'c') => before.next().is_some_and(is_part),
            Some(c) => is_part(c),
            None => false,
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_u32;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.blank();
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.blank();
                    if depth == 0 {
                        self.blank();
                        return;
                    }
                }
                (None, _) => return,
                _ => {}
            }
            self.blank();
        }
    }

    fn string(&mut self) {
        let (line, before) = self.position();
        self.keep();
        let mut value = String::new();
        while let Some(c) = self.peek(0).filter(|c| *c != '"') {
            value.push(c);
            self.blank();
            if c == '\\' {
                value.extend(self.blank());
            }
        }
        self.keep();
        self.strings.push(Literal { line, value, before });
    }

    /// How many `#` follow the `r` of a raw string; `None` for a raw identifier.
    fn raw_hashes(&self) -> Option<usize> {
        let mut hashes = 0;
        while self.peek(1 + hashes) == Some('#') {
            hashes += 1;
        }
        (self.peek(1 + hashes) == Some('"')).then_some(hashes)
    }

    fn raw_string(&mut self) {
        let (line, before) = self.position();
        let hashes = self.raw_hashes().unwrap_or(0);
        for _ in 0..hashes + 2 {
            self.keep();
        }
        let mut value = String::new();
        loop {
            let closes =
                self.peek(0) == Some('"') && (0..hashes).all(|index| self.peek(1 + index) == Some('#'));
            if closes {
                break;
            }
            match self.blank() {
                Some(c) => value.push(c),
                None => return,
            }
        }
        for _ in 0..=hashes {
            self.keep();
        }
        self.strings.push(Literal { line, value, before });
    }

    /// A character literal, or the start of a lifetime.
    fn quote(&mut self) {
        self.keep();
        match (self.peek(0), self.peek(1)) {
            (Some('\\'), _) => {
                self.blank();
                self.blank();
                while self.peek(0).is_some_and(|c| c != '\'') {
                    self.blank();
                }
                self.keep();
            }
            (Some(_), Some('\'')) => {
                self.blank();
                self.keep();
            }
            _ => {}
        }
    }

    fn position(&self) -> (usize, String) {
        let line = self.code.matches('\n').count() + 1;
        let near: Vec<char> = self.code.chars().rev().filter(|c| !c.is_whitespace()).take(40).collect();
        (line, near.into_iter().rev().collect())
    }
}

/// For each line (from 1; entry 0 is unused) whether it belongs to a test: a test file, or an item under `cfg(test)`.
fn test_lines(path: &str, code: &str) -> Vec<bool> {
    let mut in_test = vec![is_test_path(path); code.lines().count() + 2];
    for (at, _) in code.match_indices("#[cfg(test)]") {
        let first = code.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let length = item_length(code.get(at..).unwrap_or_default());
        let last = code.get(..at + length).unwrap_or_default().matches('\n').count() + 1;
        for line in in_test.iter_mut().take(last + 1).skip(first) {
            *line = true;
        }
    }
    in_test
}

/// Bytes up to the end of the first item: its `;` or the brace that closes its first.
fn item_length(code: &str) -> usize {
    let mut depth = 0_u32;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let text = "let a = \"todo!() \\\" x\"; // todo!()\nlet b = r#\"dbg!(\"\"#; /* a /* b */ c */ let c = '\"'; let d: &'a str = b\"x\";";
        let source = Source::parse("crates/x/src/a.rs", text);
        assert!(!source.code.contains("todo") && !source.code.contains("dbg"), "{}", source.code);
        assert!(source.code.contains("let c") && source.code.contains("&'a str"));
        let values: Vec<&str> = source.strings.iter().map(|literal| literal.value.as_str()).collect();
        assert_eq!(values, ["todo!() \\\" x", "dbg!(\"", "x"]);
    }

    #[test]
    fn tests_are_told_from_the_product() {
        let source = Source::parse(
            "crates/x/src/a.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { let _ = 1; }\n}\nfn c() {}\n",
        );
        let product: Vec<usize> = source.product_lines().map(|(line, _)| line).collect();
        assert_eq!(product, [1, 6]);
        assert!(Source::parse("apps/x/tests/a.rs", "fn a() {}").is_test_line(1));
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use tokio::sync;", "tokio"));
        assert!(!has_word("use my_tokio;", "tokio"));
        assert!(has_word("x.unwrap(); dbg!(y)", "dbg!"));
    }
}
