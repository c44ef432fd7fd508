//! `TokenSigner` on josekit. Parsed private keys are kept by realm and `kid`; parsing one costs several signatures.

use std::sync::Arc;

use josekit::{
    JoseError,
    jwk::{KeyPair, alg::rsa::RsaKeyPair},
    jws::{self, ES256, EdDSA, JwsHeader, JwsSigner, PS256, RS256},
    util::HashAlgorithm,
};
use moka::sync::Cache;
use serde_json::{Map, Value};
use vestibule_federation::AssertionSigner;
use vestibule_kernel::{
    RealmId, Sealed, Secret,
    ports::{SealError, SealedPlace, Vault},
};
use vestibule_oauth::{GeneratedKey, SigningKey, TokenError, TokenSigner};
use zeroize::Zeroizing;

use crate::{
    jwk::{self, Alg},
    seal::Sealer,
    verifier::Verifiers,
};

const PURPOSE: &str = "signing_key";
const KEPT_KEYS: u64 = 20_000;

/// The key ring of every realm this process serves.
pub struct JoseSigner {
    sealer: Arc<Sealer>,
    signers: Cache<(RealmId, String), Arc<dyn JwsSigner>>,
    verifiers: Verifiers,
}

impl JoseSigner {
    /// Opens private keys with the sealer.
    pub fn new(sealer: Arc<Sealer>) -> Self {
        Self { sealer, signers: Cache::new(KEPT_KEYS), verifiers: Verifiers::new() }
    }

    fn signer(&self, realm: RealmId, key: &SigningKey) -> Result<Arc<dyn JwsSigner>, TokenError> {
        let name = (realm, key.public.kid.clone());
        if let Some(signer) = self.signers.get(&name) {
            return Ok(signer);
        }
        let alg = Alg::parse(&key.public.alg).ok_or(TokenError::Key)?;
        let place = SealedPlace { realm, purpose: PURPOSE, row: &key.public.kid };
        let der = self.sealer.open(place, &key.private).map_err(|_cause: SealError| TokenError::Key)?;
        let signer = parse(alg, &der, &key.public.kid).map_err(|_cause: JoseError| TokenError::Key)?;
        self.signers.insert(name, Arc::clone(&signer));
        Ok(signer)
    }
}

fn parse(alg: Alg, der: &[u8], kid: &str) -> Result<Arc<dyn JwsSigner>, JoseError> {
    Ok(match alg {
        Alg::Es256 => {
            let mut signer = ES256.signer_from_der(der)?;
            signer.set_key_id(kid);
            Arc::new(signer)
        }
        Alg::EdDsa => {
            let mut signer = EdDSA.signer_from_der(der)?;
            signer.set_key_id(kid);
            Arc::new(signer)
        }
        Alg::Rs256 => {
            let mut signer = RS256.signer_from_der(der)?;
            signer.set_key_id(kid);
            Arc::new(signer)
        }
        Alg::Ps256 => {
            // josekit takes only keys marked id-RSASSA-PSS here; ours are plain RSA keys.
            let marked = RsaKeyPair::from_der(der)?.into_rsa_pss_key_pair(
                HashAlgorithm::Sha256,
                HashAlgorithm::Sha256,
                32,
            );
            let marked = Zeroizing::new(marked.to_der_private_key());
            let mut signer = PS256.signer_from_der(marked.as_slice())?;
            signer.set_key_id(kid);
            Arc::new(signer)
        }
    })
}

impl TokenSigner for JoseSigner {
    fn generate(&self, realm: RealmId, alg: &str) -> Result<GeneratedKey, TokenError> {
        let alg = Alg::parse(alg).ok_or(TokenError::Key)?;
        let made = jwk::generate(alg)?;
        let place = SealedPlace { realm, purpose: PURPOSE, row: &made.public.kid };
        let private = self.sealer.seal(place, &made.private).map_err(|_cause: SealError| TokenError::Key)?;
        Ok(GeneratedKey { public: made.public, private })
    }

    fn reseal(&self, realm: RealmId, key: &SigningKey) -> Result<Option<Sealed>, TokenError> {
        let place = SealedPlace { realm, purpose: PURPOSE, row: &key.public.kid };
        self.sealer.reseal(place, &key.private).map_err(|_cause: SealError| TokenError::Key)
    }

    fn sign(&self, realm: RealmId, key: &SigningKey, typ: &str, claims: &[u8]) -> Result<String, TokenError> {
        let signer = self.signer(realm, key)?;
        let mut header = JwsHeader::new();
        header.set_token_type(typ);
        jws::serialize_compact(claims, &header, signer.as_ref()).map_err(|_cause: JoseError| TokenError::Key)
    }

    fn verify(&self, keys: &[SigningKey], typ: &str, token: &str) -> Result<Map<String, Value>, TokenError> {
        self.verifiers.own(keys, typ, token)
    }

    fn verify_foreign(
        &self,
        jwks: &Value,
        algorithms: &[&str],
        token: &str,
    ) -> Result<Map<String, Value>, TokenError> {
        self.verifiers.foreign(jwks, algorithms, token)
    }

    fn verify_published(
        &self,
        jwks: &Value,
        typ: &str,
        token: &str,
    ) -> Result<Map<String, Value>, TokenError> {
        self.verifiers.published(jwks, typ, token)
    }
}

impl AssertionSigner for JoseSigner {
    /// The key is read anew each time: it belongs to a connection that may change, and is used once per sign-in.
    fn sign_es256(&self, pkcs8_pem: &Secret, kid: &str, claims: &[u8]) -> Option<String> {
        let mut signer = ES256.signer_from_pem(pkcs8_pem.expose()).ok()?;
        signer.set_key_id(kid);
        jws::serialize_compact(claims, &JwsHeader::new(), &signer).ok()
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use chrono::DateTime;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::seal::MasterKey;

    const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];

    fn realm(number: u128) -> RealmId {
        RealmId::from_uuid(Uuid::from_u128(number))
    }

    fn ring() -> JoseSigner {
        JoseSigner::new(Arc::new(Sealer::new(&MasterKey::generate(), None)))
    }

    fn key(ring: &JoseSigner, alg: &str) -> SigningKey {
        let now = DateTime::UNIX_EPOCH;
        SigningKey::create(ring.generate(realm(1), alg).unwrap(), now, now).value
    }

    fn with_header(token: &str, header: &Value) -> String {
        let (_, rest) = token.split_once('.').unwrap();
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
    }

    fn header_of(token: &str) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn every_algorithm_signs_what_it_verifies() {
        let ring = ring();
        for alg in ALGORITHMS {
            let key = key(&ring, alg);
            let token = ring.sign(realm(1), &key, "at+jwt", br#"{"sub":"a"}"#).unwrap();
            assert_eq!(
                header_of(&token),
                json!({"typ": "at+jwt", "alg": alg, "kid": key.public.kid}),
                "{alg}"
            );
            let claims = ring.verify(std::slice::from_ref(&key), "at+jwt", &token).unwrap();
            assert_eq!(claims["sub"], "a", "{alg}");
            let jwks = json!({"keys": [key.public.jwk]});
            let token = ring.sign(realm(1), &key, "JWT", br#"{"sub":"a"}"#).unwrap();
            assert!(ring.verify_foreign(&jwks, &ALGORITHMS, &token).is_ok(), "{alg}");
        }
    }

    #[test]
    fn a_token_of_another_kind_or_without_kind_is_refused() {
        let ring = ring();
        let keys = [key(&ring, "ES256")];
        let token = ring.sign(realm(1), &keys[0], "JWT", b"{}").unwrap();
        assert!(ring.verify(&keys, "JWT", &token).is_ok());
        assert!(ring.verify(&keys, "at+jwt", &token).is_err());
        assert!(ring.verify(&keys, "logout+jwt", &token).is_err());
    }

    #[test]
    fn what_was_verified_before_is_held_to_the_key_and_kind_of_now() {
        let ring = ring();
        let (old, other) = (key(&ring, "ES256"), key(&ring, "ES256"));
        let token = ring.sign(realm(1), &old, "at+jwt", br#"{"sub":"x"}"#).unwrap();
        let first = ring.verify(std::slice::from_ref(&old), "at+jwt", &token).unwrap();
        assert_eq!(ring.verify(&[other.clone(), old.clone()], "at+jwt", &token).unwrap(), first);
        assert!(ring.verify(std::slice::from_ref(&old), "JWT", &token).is_err(), "another kind");
        assert!(ring.verify(std::slice::from_ref(&other), "at+jwt", &token).is_err(), "the key was retired");
        let mut posing = other;
        posing.public.kid.clone_from(&old.public.kid);
        assert!(ring.verify(&[posing], "at+jwt", &token).is_err(), "another key under the same name");
        assert!(ring.verify(&[old], "at+jwt", &format!("{token}A")).is_err(), "another signature");
    }

    #[test]
    fn the_header_decides_nothing() {
        let ring = ring();
        let keys = [key(&ring, "ES256"), key(&ring, "RS256")];
        let good = ring.sign(realm(1), &keys[0], "JWT", br#"{"a":1}"#).unwrap();
        let kid = keys[0].public.kid.as_str();
        let attacker = key(&ring, "ES256");
        for header in [
            json!({"typ": "JWT", "kid": kid, "alg": "none"}),
            json!({"typ": "JWT", "kid": kid, "alg": "HS256"}),
            json!({"typ": "JWT", "kid": kid, "alg": "RS256"}),
            json!({"typ": "JWT", "kid": keys[1].public.kid, "alg": "ES256"}),
            json!({"typ": "JWT", "kid": "other", "alg": "ES256", "jwk": attacker.public.jwk}),
            json!({"typ": "JWT", "alg": "ES256", "jwk": keys[0].public.jwk}),
            json!({"typ": "JWT", "kid": kid, "alg": "ES256", "crit": ["x"], "x": 1}),
            json!({"typ": "JWT", "kid": kid, "alg": "ES256", "crit": []}),
            json!({"typ": "JWT", "kid": kid, "alg": "ES256", "b64": false, "crit": ["b64"]}),
            json!({"typ": "JWT", "kid": [kid], "alg": "ES256"}),
        ] {
            assert!(ring.verify(&keys, "JWT", &with_header(&good, &header)).is_err(), "{header}");
        }
        // The attacker's own signature, with their key in the header and our kid.
        let forged = ring.sign(realm(1), &attacker, "JWT", br#"{"a":1}"#).unwrap();
        assert!(ring.verify(&keys, "JWT", &forged).is_err());
    }

    #[test]
    fn malformed_tokens_are_refused() {
        let ring = ring();
        let keys = [key(&ring, "EdDSA")];
        let good = ring.sign(realm(1), &keys[0], "JWT", b"{}").unwrap();
        let array = ring.sign(realm(1), &keys[0], "JWT", b"[1]").unwrap();
        let long = ring.sign(realm(1), &keys[0], "JWT", &vec![b' '; 9_000]).unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let unsigned = format!("{}.{}.", parts[0], parts[1]);
        let four = format!("{good}.x");
        let padded = format!("{good}=");
        let spaced = format!("{good}\n");
        for token in ["", ".", "..", "a.b.c", parts[0], &unsigned, &four, &padded, &spaced, &array, &long] {
            assert!(ring.verify(&keys, "JWT", token).is_err(), "{token}");
        }
    }

    #[test]
    fn a_foreign_key_is_found_by_kid_or_by_kind() {
        let ring = ring();
        let (a, b) = (key(&ring, "ES256"), key(&ring, "ES256"));
        let token = ring.sign(realm(1), &b, "JWT", b"{}").unwrap();
        let bare = |key: &SigningKey| {
            let mut jwk = key.public.jwk.clone();
            for name in ["kid", "alg", "use"] {
                jwk.remove(name);
            }
            jwk
        };
        let with_kids = json!({"keys": [a.public.jwk, b.public.jwk]});
        assert!(ring.verify_foreign(&with_kids, &["ES256"], &token).is_ok());
        // The token names a kid that the document does not have.
        let without = json!({"keys": [bare(&a), bare(&b)]});
        assert!(ring.verify_foreign(&without, &["ES256"], &token).is_err());
        let mut for_encryption = b.public.jwk.clone();
        for_encryption.insert("use".to_owned(), "enc".into());
        assert!(ring.verify_foreign(&json!({"keys": [for_encryption]}), &["ES256"], &token).is_err());
        for broken in [json!({}), json!([]), json!({"keys": {}}), json!({"keys": [1, null, {}]})] {
            assert!(ring.verify_foreign(&broken, &["ES256"], &token).is_err());
        }
    }

    #[test]
    fn a_key_of_one_realm_does_not_sign_for_another() {
        let ring = ring();
        let key = key(&ring, "ES256");
        assert_eq!(ring.sign(realm(2), &key, "JWT", b"{}"), Err(TokenError::Key));
        assert_eq!(ring.generate(realm(1), "HS256").err(), Some(TokenError::Key));
    }
}
