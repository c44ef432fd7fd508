//! Verification of compact JWS: the algorithm is that of the key record, the header only selects among records. Parsed
//! keys are kept, and so are the tokens of ours whose signature was right: whoever asks about a token asks again. Whether
//! such a token is still alive, in time and for whom, is never kept.

use std::sync::Arc;

use josekit::{
    JoseError,
    jwk::Jwk,
    jws::{self, ES256, EdDSA, JwsHeader, JwsVerifier, PS256, RS256},
};
use moka::sync::Cache;
use serde_json::{Map, Value};
use vestibule_kernel::Digest;
use vestibule_oauth::{PublicKey, SigningKey, TokenError};

use crate::jwk::{self, Alg};

/// Longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 8 * 1024;
/// Largest RSA modulus, in base64url characters: 8,192 bits. Larger ones only cost time.
const MAX_MODULUS_CHARS: usize = 1_366;
/// Smallest RSA modulus: 2,048 bits.
const MIN_MODULUS_CHARS: usize = 342;
/// Keys of a foreign document that are tried.
const MAX_FOREIGN_KEYS: usize = 32;
const KEPT_KEYS: u64 = 20_000;
/// Tokens whose signature is not checked again; of 1 to 2 kB each.
const KEPT_TOKENS: u64 = 4_096;

type Parsed = Arc<dyn JwsVerifier>;

/// Verifies tokens with parsed public keys that it keeps.
pub(crate) struct Verifiers {
    kept: Cache<[u8; 32], Parsed>,
    /// By the digest of the whole token.
    genuine: Cache<[u8; 32], Arc<Genuine>>,
}

/// A token of ours whose signature was right. What that depends on besides its bytes is compared at each use.
struct Genuine {
    typ: Option<String>,
    /// The key as it was then: a signature is right under this key and no other.
    key: PublicKey,
    claims: Map<String, Value>,
}

/// How a token's `typ` must look.
#[derive(Clone, Copy)]
enum Typ<'a> {
    /// This, with or without `application/`, in any case ([RFC 7515 §4.1.9](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9)).
    Exactly(&'a str),
    /// That of a client assertion, or none.
    Assertion,
}

impl Typ<'_> {
    fn admits(self, typ: Option<&str>) -> bool {
        let is = |wanted: &str, typ: &str| {
            let bare = match typ.split_at_checked(12) {
                Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
                _ => typ,
            };
            bare.eq_ignore_ascii_case(wanted)
        };
        match (self, typ) {
            (Self::Exactly(wanted), Some(typ)) => is(wanted, typ),
            (Self::Exactly(_), None) => false,
            (Self::Assertion, None) => true,
            (Self::Assertion, Some(typ)) => is("JWT", typ) || is("client-authentication+jwt", typ),
        }
    }
}

impl Verifiers {
    pub(crate) fn new() -> Self {
        Self { kept: Cache::new(KEPT_KEYS), genuine: Cache::new(KEPT_TOKENS) }
    }

    /// Against our own keys; see [`vestibule_oauth::TokenSigner::verify`].
    pub(crate) fn own(
        &self,
        keys: &[SigningKey],
        typ: &str,
        token: &str,
    ) -> Result<Map<String, Value>, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let name = Digest::of(token.as_bytes());
        if let Some(genuine) = self.genuine.get(name.as_bytes()) {
            let held = keys.iter().any(|key| key.public == genuine.key);
            let fits = held && Typ::Exactly(typ).admits(genuine.typ.as_deref());
            return if fits { Ok(genuine.claims.clone()) } else { Err(TokenError::Invalid) };
        }
        let header = self.header(token)?;
        if !Typ::Exactly(typ).admits(header.token_type()) {
            return Err(TokenError::Invalid);
        }
        let kid = header.key_id().ok_or(TokenError::Invalid)?;
        let key = keys.iter().find(|key| key.public.kid == kid).ok_or(TokenError::Invalid)?;
        let alg = Alg::parse(&key.public.alg).ok_or(TokenError::Invalid)?;
        let parsed = self.parsed(alg, &key.public.jwk).ok_or(TokenError::Invalid)?;
        let claims = claims(token, parsed.as_ref()).ok_or(TokenError::Invalid)?;
        let genuine = Genuine {
            typ: header.token_type().map(str::to_owned),
            key: key.public.clone(),
            claims: claims.clone(),
        };
        self.genuine.insert(*name.as_bytes(), Arc::new(genuine));
        Ok(claims)
    }

    /// Against somebody else's key document; see [`vestibule_oauth::TokenSigner::verify_foreign`].
    pub(crate) fn foreign(
        &self,
        jwks: &Value,
        algorithms: &[&str],
        token: &str,
    ) -> Result<Map<String, Value>, TokenError> {
        self.among(jwks, algorithms, Typ::Assertion, token)
    }

    /// Against the published keys of a server like this one; see [`vestibule_oauth::TokenSigner::verify_published`].
    pub(crate) fn published(
        &self,
        jwks: &Value,
        typ: &str,
        token: &str,
    ) -> Result<Map<String, Value>, TokenError> {
        self.among(jwks, &Alg::NAMES, Typ::Exactly(typ), token)
    }

    fn among(
        &self,
        jwks: &Value,
        algorithms: &[&str],
        typ: Typ<'_>,
        token: &str,
    ) -> Result<Map<String, Value>, TokenError> {
        let header = self.header(token)?;
        if !typ.admits(header.token_type()) {
            return Err(TokenError::Invalid);
        }
        // The header only chooses among the algorithms that the caller allows; each key is then held to it.
        let alg = header
            .algorithm()
            .filter(|name| algorithms.contains(name))
            .and_then(Alg::parse)
            .ok_or(TokenError::Invalid)?;
        let keys = jwks.get("keys").and_then(Value::as_array).ok_or(TokenError::Invalid)?;
        keys.iter()
            .take(MAX_FOREIGN_KEYS)
            .filter_map(Value::as_object)
            .filter(|key| is_for(key, alg, header.key_id()))
            .filter_map(|key| self.parsed(alg, key))
            .find_map(|parsed| claims(token, parsed.as_ref()))
            .ok_or(TokenError::Invalid)
    }

    /// The header, after the checks that need no key.
    #[expect(clippy::unused_self, reason = "reads like the other steps")]
    fn header(&self, token: &str) -> Result<JwsHeader, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let (header, _) = token.split_once('.').ok_or(TokenError::Invalid)?;
        let header = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header)
            .map_err(|_cause: base64::DecodeError| TokenError::Invalid)?;
        let header = JwsHeader::from_bytes(&header).map_err(|_cause: JoseError| TokenError::Invalid)?;
        // We understand no extension: `crit` names one that we would have to (RFC 7515 §4.1.11).
        if header.claim("crit").is_some() || header.claim("b64").is_some() {
            return Err(TokenError::Invalid);
        }
        Ok(header)
    }

    /// The parsed key; kept under a digest of its members and algorithm, so that a changed key is another entry.
    fn parsed(&self, alg: Alg, key: &Map<String, Value>) -> Option<Parsed> {
        let mut members = jwk::public_members(alg, |name| key.get(name))?;
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        if text("kty") != Some(alg.key_type()) || text("crv") != alg.curve() {
            return None;
        }
        if let Some(modulus) = text("n")
            && !(MIN_MODULUS_CHARS..=MAX_MODULUS_CHARS).contains(&modulus.len())
        {
            return None;
        }
        // A large exponent makes verification slow; nobody uses one.
        if text("e").is_some_and(|exponent| exponent.len() > 11) {
            return None;
        }
        let thumbprint = jwk::thumbprint(alg, &members)?;
        let name = Digest::of(format!("{} {thumbprint}", alg.name()).as_bytes());
        if let Some(parsed) = self.kept.get(name.as_bytes()) {
            return Some(parsed);
        }
        members.insert("alg".to_owned(), alg.name().into());
        let parsed = parse(alg, members)?;
        self.kept.insert(*name.as_bytes(), Arc::clone(&parsed));
        Some(parsed)
    }
}

fn parse(alg: Alg, members: Map<String, Value>) -> Option<Parsed> {
    let jwk = Jwk::from_map(members).ok()?;
    Some(match alg {
        Alg::Es256 => Arc::new(ES256.verifier_from_jwk(&jwk).ok()?),
        Alg::Rs256 => Arc::new(RS256.verifier_from_jwk(&jwk).ok()?),
        Alg::Ps256 => Arc::new(PS256.verifier_from_jwk(&jwk).ok()?),
        Alg::EdDsa => Arc::new(EdDSA.verifier_from_jwk(&jwk).ok()?),
    })
}

/// Whether a key of a foreign document may verify a token with this algorithm and `kid` (RFC 7517 §4).
fn is_for(key: &Map<String, Value>, alg: Alg, kid: Option<&str>) -> bool {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let names_verify = |operations: &Value| {
        operations.as_array().is_some_and(|operations| operations.iter().any(|one| one == "verify"))
    };
    text("kty") == Some(alg.key_type())
        && text("crv") == alg.curve()
        && key.get("use").is_none_or(|usage| usage == "sig")
        && key.get("alg").is_none_or(|name| name == alg.name())
        && key.get("key_ops").is_none_or(names_verify)
        && kid.is_none_or(|kid| text("kid") == Some(kid))
}

/// The claims, if the signature is that of the key and the payload is an object.
fn claims(token: &str, verifier: &dyn JwsVerifier) -> Option<Map<String, Value>> {
    let (payload, _) = jws::deserialize_compact(token, verifier).ok()?;
    serde_json::from_slice(&payload).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7515 A.3 (ES256) and A.2 (RS256) have no `typ` and no `kid`: read them as foreign tokens.
    #[test]
    fn rfc_7515_appendix_a_3_es256_verifies() {
        let jwks = json!({"keys": [{"kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]});
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc\
                     19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let verifiers = Verifiers::new();
        let claims = verifiers.foreign(&jwks, &["ES256"], token).unwrap();
        assert_eq!(claims["iss"], "joe");
        assert!(
            verifiers.foreign(&jwks, &["RS256"], token).is_err(),
            "an algorithm the caller does not allow"
        );
        let cut = &token[..token.len() - 4];
        assert!(verifiers.foreign(&jwks, &["ES256"], cut).is_err(), "a shortened signature");
    }

    #[test]
    fn rfc_7515_appendix_a_2_rs256_verifies() {
        let jwks = json!({"keys": [{"kty": "RSA", "e": "AQAB",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
                  T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB\
                  dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia\
                  GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}]});
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc\
                     19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YK\
                     t_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHl\
                     b1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUT\
                     I8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        assert_eq!(Verifiers::new().foreign(&jwks, &["RS256"], token).unwrap()["exp"], 1_300_819_380);
    }

    #[test]
    fn rfc_8037_appendix_a_4_eddsa_signature_verifies() {
        // Its payload is a sentence, not an object: the signature is checked below the claims.
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIb\
                     QR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let parsed = Verifiers::new().parsed(Alg::EdDsa, jwk.as_object().unwrap()).unwrap();
        let (payload, _) = jws::deserialize_compact(token, parsed.as_ref()).unwrap();
        assert_eq!(payload, b"Example of Ed25519 signing");
        assert!(claims(token, parsed.as_ref()).is_none());
    }

    #[test]
    fn typ_is_compared_as_a_media_type() {
        for fine in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
            assert!(Typ::Exactly("at+jwt").admits(Some(fine)), "{fine}");
        }
        for wrong in ["JWT", "at+jwt ", "application/", "x/at+jwt", "application/application/at+jwt", ""] {
            assert!(!Typ::Exactly("at+jwt").admits(Some(wrong)), "{wrong}");
        }
        assert!(!Typ::Exactly("at+jwt").admits(None));
        assert!(!Typ::Assertion.admits(Some("at+jwt")));
    }

    #[test]
    fn weak_foreign_keys_are_refused() {
        let verifiers = Verifiers::new();
        for key in [
            json!({"kty": "RSA", "e": "AQAB", "n": "A".repeat(171)}),
            json!({"kty": "RSA", "e": "AQAB", "n": "A".repeat(4_000)}),
            json!({"kty": "RSA", "e": "A".repeat(400), "n": "A".repeat(342)}),
            json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}),
            json!({"kty": "oct", "k": "AAAA"}),
            json!({"kty": "RSA"}),
        ] {
            for alg in [Alg::Rs256, Alg::Ps256, Alg::Es256, Alg::EdDsa] {
                assert!(verifiers.parsed(alg, key.as_object().unwrap()).is_none(), "{key}");
            }
        }
    }
}
