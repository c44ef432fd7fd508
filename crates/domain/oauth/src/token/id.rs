//! ID tokens ([OpenID Connect Core §2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha512};
use vestibule_kernel::ClientId;

use crate::token::access::SignIn;

/// The `typ` header.
pub const TYP: &str = "JWT";

/// The claims of one ID token, ready to be serialised.
#[derive(Debug, Serialize)]
pub struct IdTokenClaims<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// The user.
    pub sub: &'a str,
    /// The client.
    pub aud: &'a ClientId,
    /// When it was issued, in seconds since the epoch.
    pub iat: i64,
    /// When it ends, in seconds since the epoch.
    pub exp: i64,
    /// The `nonce` exactly as sent; not in ID tokens from a refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// Binds the access token of the same response.
    pub at_hash: &'a str,
    /// How the user signed in; at a refresh still the original sign-in (§12.2).
    #[serde(flatten)]
    pub sign_in: SignIn<'a>,
    /// Claims about the person asked for in the ID token.
    #[serde(flatten)]
    pub person: &'a Map<String, Value>,
}

impl IdTokenClaims<'_> {
    /// The claims as JSON bytes.
    pub fn to_json(&self) -> Vec<u8> {
        // Serialising to memory cannot fail; an empty payload would fail closed at every verifier.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The `at_hash` of an access token: the left half of its hash under the hash of the ID token's algorithm (§3.1.3.6);
/// Ed25519 hashes with SHA-512.
pub fn at_hash(access_token: &str, alg: &str) -> String {
    let bytes = access_token.as_bytes();
    if alg == "EdDSA" {
        let digest: [u8; 64] = Sha512::digest(bytes).into();
        URL_SAFE_NO_PAD.encode(digest.split_at(32).0)
    } else {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        URL_SAFE_NO_PAD.encode(digest.split_at(16).0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn at_hash_is_that_of_openid_connect_core() {
        // OpenID Connect Core §A.3 and §A.4.
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(at_hash(token, "RS256"), "77QmUPtjPfzWtF2AnpK9RQ");
    }

    #[test]
    fn person_claims_stand_beside_the_protocol_claims() {
        let person = json!({"email": "a@b.test"}).as_object().cloned().unwrap();
        let client = ClientId::parse("shop").unwrap();
        let claims = IdTokenClaims {
            iss: "https://id.test",
            sub: "usr_1",
            aud: &client,
            iat: 1,
            exp: 2,
            nonce: Some("n"),
            at_hash: "h",
            sign_in: SignIn { auth_time: 0, acr: "a", amr: &[], sid: None },
            person: &person,
        };
        let value: Value = serde_json::from_slice(&claims.to_json()).unwrap();
        assert_eq!(
            value,
            json!({"iss": "https://id.test", "sub": "usr_1", "aud": "shop", "iat": 1, "exp": 2, "nonce": "n",
                "at_hash": "h", "auth_time": 0, "acr": "a", "amr": [], "email": "a@b.test"})
        );
    }
}
