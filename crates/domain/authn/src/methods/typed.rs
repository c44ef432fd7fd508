//! Codes as people type and paste them: grouped, full-width, in the digits of their keyboard. One spelling comes out.

use unicode_normalization::UnicodeNormalization;
use vestibule_kernel::contact::is_invisible;

use crate::method::{Answer, MethodError};

/// Longer input is no code.
const MAX_BYTES: usize = 128;

/// Zeros of the decimal digit blocks of scripts in use; NFKC has already folded the full-width ones.
const ZEROS: [char; 17] = [
    '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}', '\u{0BE6}',
    '\u{0C66}', '\u{0CE6}', '\u{0D66}', '\u{0E50}', '\u{0ED0}', '\u{0F20}', '\u{1040}', '\u{17E0}',
    '\u{1810}',
];

/// Crockford's base 32: no I, L, O and U, which people misread.
pub(super) const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code of exactly `length` digits. Spaces and dashes do not count.
///
/// # Errors
/// [`MethodError::Malformed`] for anything else, documents included.
pub fn digits(answer: &Answer, length: usize) -> Result<String, MethodError> {
    let code: String = meaningful(answer)?.map(western).collect();
    let shaped = code.len() == length && code.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { Ok(code) } else { Err(MethodError::Malformed) }
}

/// A code of exactly `length` characters of Crockford's alphabet, upper case, look-alikes folded.
///
/// # Errors
/// [`MethodError::Malformed`] for anything else, documents included.
pub fn crockford(answer: &Answer, length: usize) -> Result<String, MethodError> {
    let code: String = meaningful(answer)?
        .map(western)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let shaped = code.len() == length && code.bytes().all(|byte| CROCKFORD.contains(&byte));
    if shaped { Ok(code) } else { Err(MethodError::Malformed) }
}

fn meaningful(answer: &Answer) -> Result<impl Iterator<Item = char> + '_, MethodError> {
    match answer {
        Answer::Code(code) if code.expose().len() <= MAX_BYTES => {
            Ok(code.expose().nfkc().filter(|c| !is_filler(*c)))
        }
        Answer::Code(_) | Answer::Document(_) => Err(MethodError::Malformed),
    }
}

fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '.' | '_')
}

fn western(c: char) -> char {
    ZEROS
        .into_iter()
        .find_map(|zero| {
            let value = u32::from(c).checked_sub(u32::from(zero)).filter(|value| *value < 10)?;
            char::from_digit(value, 10)
        })
        .unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use vestibule_kernel::Secret;

    use super::*;

    fn typed(text: &str) -> Answer {
        Answer::Code(Secret::new(text.to_owned()))
    }

    #[test]
    fn grouping_and_foreign_digits_are_understood() {
        for text in [
            "123456",
            " 123 456 ",
            "123-456",
            "123\u{2013}456",
            "１２３４５６",
            "١٢٣٤٥٦",
            "۱۲۳۴۵۶",
            "१२३४५६",
            "123\u{200B}456",
        ] {
            assert_eq!(digits(&typed(text), 6), Ok("123456".to_owned()), "{text}");
        }
        assert_eq!(crockford(&typed("abcde-fghjk-oilxy"), 15), Ok("ABCDEFGHJK011XY".to_owned()));
    }

    #[test]
    fn other_texts_are_malformed() {
        for text in ["", "12345", "1234567", "12345a", "+12345", "1234\u{0}56", "１２３４５Ⅵ"] {
            assert_eq!(digits(&typed(text), 6), Err(MethodError::Malformed), "{text}");
        }
        assert_eq!(digits(&typed(&"1 ".repeat(100)), 6), Err(MethodError::Malformed));
        assert_eq!(digits(&Answer::Document(serde_json::json!("123456")), 6), Err(MethodError::Malformed));
        assert_eq!(crockford(&typed("ABCDE-FGHJK-UUUUU"), 15), Err(MethodError::Malformed));
    }
}
