//! Proof Key for Code Exchange ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)), method S256 alone: `plain` cannot
//! be represented.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::error::OAuthError;

/// The methods metadata advertises.
pub const METHODS: [&str; 1] = ["S256"];

/// Whether a text can be an S256 challenge: the canonical unpadded base64url of 32 bytes.
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// Whether a text can be a verifier: 43 to 128 unreserved characters (RFC 7636 §4.1).
pub fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'))
}

/// Compares a verifier with the challenge of the request (RFC 7636 §4.6).
///
/// Stops: stolen codes, and the downgrade where a verifier arrives for a request that had no challenge
/// ([RFC 9700 §4.8](https://www.rfc-editor.org/rfc/rfc9700#section-4.8)).
///
/// # Errors
/// Missing, unexpected or wrong verifier.
pub fn verify(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), OAuthError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(OAuthError::VerifierUnexpected),
        (Some(_), None) => Err(OAuthError::VerifierMissing),
        (Some(challenge), Some(verifier)) => {
            let computed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            // The challenge is no secret: a plain comparison of exact bytes is enough.
            if is_verifier(verifier) && computed == challenge {
                Ok(())
            } else {
                Err(OAuthError::VerifierWrong)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn challenge_of(verifier: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
    }

    #[test]
    fn the_vector_of_rfc_7636_verifies() {
        assert!(is_challenge(CHALLENGE));
        assert_eq!(verify(Some(CHALLENGE), Some(VERIFIER)), Ok(()));
    }

    #[test]
    fn missing_wrong_and_unexpected_verifiers_are_told_apart() {
        assert_eq!(verify(None, None), Ok(()));
        assert_eq!(verify(None, Some(VERIFIER)), Err(OAuthError::VerifierUnexpected));
        assert_eq!(verify(Some(CHALLENGE), None), Err(OAuthError::VerifierMissing));
        assert_eq!(verify(Some(CHALLENGE), Some(CHALLENGE)), Err(OAuthError::VerifierWrong));
        assert_eq!(verify(Some(VERIFIER), Some(VERIFIER)), Err(OAuthError::VerifierWrong), "plain");
    }

    #[test]
    fn verifiers_have_43_to_128_unreserved_characters() {
        for length in [43, 128] {
            let verifier = "a".repeat(length);
            assert_eq!(verify(Some(&challenge_of(&verifier)), Some(&verifier)), Ok(()));
        }
        for bad in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43)), "ä".repeat(43)] {
            assert_eq!(verify(Some(&challenge_of(&bad)), Some(&bad)), Err(OAuthError::VerifierWrong));
        }
    }

    #[test]
    fn a_padded_challenge_never_matches() {
        assert!(!is_challenge(&format!("{CHALLENGE}=")));
        assert_eq!(verify(Some(&format!("{CHALLENGE}=")), Some(VERIFIER)), Err(OAuthError::VerifierWrong));
    }
}
