//! What a password must be (NIST SP 800-63B-4 §3.1.1): long enough, not common, not a word of its context. No
//! composition rules, no expiry; every character is accepted.

use unicode_normalization::UnicodeNormalization;
use vestibule_kernel::Secret;

/// Most bytes of a password that are looked at at all.
pub const MAX_BYTES: usize = 4_096;

/// Why a password was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer code points than the policy asks for.
    #[error("the password must have at least {0} characters")]
    TooShort(u64),
    /// More code points than the policy allows.
    #[error("the password must have at most {0} characters")]
    TooLong(u64),
    /// Among the most used passwords, or the realm's own blocklist.
    #[error("this password is too common")]
    Common,
    /// Made of the service's or the person's own name or address.
    #[error("the password must not be made of your name, your address or the name of this service")]
    Context,
}

/// The bounds of a realm.
#[derive(Debug, Clone)]
pub struct PasswordRules<'a> {
    /// Least code points.
    pub min_length: u64,
    /// Most code points.
    pub max_length: u64,
    /// Whether common and context words are refused.
    pub refuse_common: bool,
    /// The realm's own blocklist.
    pub blocklist: &'a [String],
    /// Words of the context: realm name, user name, address and its parts.
    pub context: Vec<String>,
}

/// The one form in which a password is hashed and verified: NFC, nothing cut, trimmed or folded. `None` above
/// [`MAX_BYTES`], before any work is done.
pub fn normalize(input: &Secret) -> Option<Secret> {
    if input.expose().len() > MAX_BYTES {
        return None;
    }
    Some(Secret::new(input.expose().nfc().collect()))
}

/// The most used passwords of at least eight characters, compared without case; a first line before the larger
/// offline filter.
const COMMON: &str = include_str!("common_passwords.txt");

/// Checks a new password.
///
/// # Errors
/// The first rule it breaks.
pub fn check(password: &Secret, rules: &PasswordRules<'_>) -> Result<(), PasswordError> {
    let text = password.expose();
    let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    if length < rules.min_length {
        return Err(PasswordError::TooShort(rules.min_length));
    }
    if length > rules.max_length {
        return Err(PasswordError::TooLong(rules.max_length));
    }
    let folded = text.to_lowercase();
    if rules.blocklist.iter().any(|word| word.to_lowercase() == folded) {
        return Err(PasswordError::Common);
    }
    if !rules.refuse_common {
        return Ok(());
    }
    let repeated = folded.chars().collect::<std::collections::BTreeSet<_>>().len() <= 2;
    if repeated || is_sequence(&folded) || COMMON.lines().any(|word| word == folded) {
        return Err(PasswordError::Common);
    }
    let stripped: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    let context =
        rules.context.iter().map(|word| word.to_lowercase()).filter(|word| word.chars().count() >= 3);
    for word in context {
        let bare: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        if folded == word || is_made_of(&stripped, &bare) {
            return Err(PasswordError::Context);
        }
    }
    Ok(())
}

/// Whether letters are a word's, once or, for a word of three letters or more, several times over.
fn is_made_of(letters: &str, word: &str) -> bool {
    let again = || word.chars().count() >= 3 && letters.replace(word, "").is_empty();
    !letters.is_empty() && !word.is_empty() && (letters == word || again())
}

/// `abcdefgh…`, `1234567890…` and their reverses.
fn is_sequence(text: &str) -> bool {
    // Keyboards put zero after nine.
    let row = "1234567890".repeat(text.len() / 10 + 2);
    let backwards: String = row.chars().rev().collect();
    if row.contains(text) || backwards.contains(text) {
        return true;
    }
    let codes: Vec<u32> = text.chars().map(u32::from).collect();
    let steady = |step: i64| {
        codes.windows(2).all(|pair| match pair {
            [a, b] => i64::from(*b) - i64::from(*a) == step,
            _ => true,
        })
    };
    codes.len() > 3 && (steady(1) || steady(-1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> PasswordRules<'static> {
        PasswordRules {
            min_length: 12,
            max_length: 256,
            refuse_common: true,
            blocklist: &[],
            context: vec!["Acme Shop".into(), "ada.lovelace".into()],
        }
    }

    fn verdict(text: &str) -> Result<(), PasswordError> {
        check(&Secret::new(text.to_owned()), &rules())
    }

    #[test]
    fn length_counts_code_points() {
        assert_eq!(verdict("short"), Err(PasswordError::TooShort(12)));
        assert_eq!(verdict("🦀🐚🦑🐙🦐🦞🐡🐠🐟🐬🐳🐋"), Ok(()));
        assert_eq!(verdict(&"x y".repeat(100)), Err(PasswordError::TooLong(256)));
    }

    #[test]
    fn no_composition_rule_but_common_and_context_words_are_refused() {
        assert_eq!(verdict("correct horse battery staple"), Ok(()));
        assert_eq!(verdict("aaaaaaaaaaaa"), Err(PasswordError::Common));
        assert_eq!(verdict("123456789012"), Err(PasswordError::Common));
        assert_eq!(verdict("abcdefghijkl"), Err(PasswordError::Common));
        assert_eq!(verdict("ADA.Lovelace"), Err(PasswordError::Context));
        assert_eq!(verdict("acme-shop-2026"), Err(PasswordError::Context));
    }

    #[test]
    fn a_context_word_again_and_again_is_refused_and_among_others_it_is_fine() {
        let rules = PasswordRules { context: vec!["Acme".into(), "a12".into()], ..rules() };
        let verdict = |text: &str| check(&Secret::new(text.to_owned()), &rules);
        for made_of_it in ["acme acme acme", "AcmeAcmeAcme2026!", "1-Acme-2-Acme", "Acme2026!!!!"] {
            assert_eq!(verdict(made_of_it), Err(PasswordError::Context), "{made_of_it}");
        }
        for fine in ["acme acme horse", "acme is where the staple is", "8402 9175 3316", "a7!a9?a2#a4a"] {
            assert_eq!(verdict(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn composed_and_decomposed_spellings_are_one_password() {
        let one = normalize(&Secret::new("jose\u{301}".into())).unwrap();
        let two = normalize(&Secret::new("jos\u{e9}".into())).unwrap();
        assert_eq!(one.expose(), two.expose());
        assert!(normalize(&Secret::new("x".repeat(MAX_BYTES + 1))).is_none());
        assert!(normalize(&Secret::new(" x ".into())).is_some_and(|kept| kept.expose() == " x "));
    }
}
