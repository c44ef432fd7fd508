//! Keys as JSON Web Keys: making them, their public members, their RFC 7638 thumbprint.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::jwk::{
    KeyPair,
    alg::{
        ec::{EcCurve, EcKeyPair},
        ed::{EdCurve, EdKeyPair},
        rsa::RsaKeyPair,
    },
};
use serde_json::{Map, Value};
use vestibule_kernel::Digest;
use vestibule_oauth::{PublicKey, TokenError};
use zeroize::Zeroizing;

/// Length of RSA keys that are made here.
const RSA_BITS: u32 = 2_048;

/// An algorithm that keys here have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Alg {
    Es256,
    Rs256,
    Ps256,
    EdDsa,
}

impl Alg {
    pub(crate) const NAMES: [&'static str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The members of a JWK that make the key, in the order RFC 7638 §3.2 hashes them.
    pub(crate) const fn members(self) -> &'static [&'static str] {
        match self {
            Self::Es256 => &["crv", "kty", "x", "y"],
            Self::Rs256 | Self::Ps256 => &["e", "kty", "n"],
            Self::EdDsa => &["crv", "kty", "x"],
        }
    }

    pub(crate) const fn key_type(self) -> &'static str {
        match self {
            Self::Es256 => "EC",
            Self::Rs256 | Self::Ps256 => "RSA",
            Self::EdDsa => "OKP",
        }
    }

    /// The curve, for keys that have one.
    pub(crate) const fn curve(self) -> Option<&'static str> {
        match self {
            Self::Es256 => Some("P-256"),
            Self::EdDsa => Some("Ed25519"),
            Self::Rs256 | Self::Ps256 => None,
        }
    }
}

/// A key pair just made.
pub(crate) struct Generated {
    pub(crate) public: PublicKey,
    /// PKCS#8 DER.
    pub(crate) private: Zeroizing<Vec<u8>>,
}

/// Makes a key pair; its `kid` is the thumbprint of its public part.
pub(crate) fn generate(alg: Alg) -> Result<Generated, TokenError> {
    let made: Result<Box<dyn KeyPair>, _> = match alg {
        Alg::Es256 => EcKeyPair::generate(EcCurve::P256).map(|pair| pair.box_clone()),
        Alg::EdDsa => EdKeyPair::generate(EdCurve::Ed25519).map(|pair| pair.box_clone()),
        Alg::Rs256 | Alg::Ps256 => RsaKeyPair::generate(RSA_BITS).map(|pair| pair.box_clone()),
    };
    let pair = made.map_err(|_cause: josekit::JoseError| TokenError::Key)?;
    let jwk = pair.to_jwk_public_key();
    let mut members = public_members(alg, |name| jwk.parameter(name).or(None)).unwrap_or_default();
    members.insert("kty".to_owned(), alg.key_type().into());
    let kid = thumbprint(alg, &members).ok_or(TokenError::Key)?;
    members.insert("kid".to_owned(), kid.clone().into());
    members.insert("alg".to_owned(), alg.name().into());
    members.insert("use".to_owned(), "sig".into());
    let public = PublicKey { kid, alg: alg.name().to_owned(), jwk: members };
    Ok(Generated { public, private: Zeroizing::new(pair.to_der_private_key()) })
}

/// Copies exactly the public members that make a key of the algorithm; `None` if one is missing or no text.
pub(crate) fn public_members<'a>(
    alg: Alg,
    mut get: impl FnMut(&str) -> Option<&'a Value>,
) -> Option<Map<String, Value>> {
    let mut members = Map::new();
    for name in alg.members() {
        members.insert((*name).to_owned(), get(name)?.as_str()?.into());
    }
    Some(members)
}

/// SHA-256 thumbprint in base64url ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
pub(crate) fn thumbprint(alg: Alg, jwk: &Map<String, Value>) -> Option<String> {
    let canonical = alg
        .members()
        .iter()
        .map(|name| Some(format!("{}:{}", Value::from(*name), Value::from(jwk.get(*name)?.as_str()?))))
        .collect::<Option<Vec<_>>>()?
        .join(",");
    Some(URL_SAFE_NO_PAD.encode(Digest::of(format!("{{{canonical}}}").as_bytes()).as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rfc_7638_section_3_1_thumbprint() {
        let jwk = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRX\
                  jBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSq\
                  zs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHa\
                  Q-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"
        });
        assert_eq!(
            thumbprint(Alg::Rs256, jwk.as_object().unwrap()).as_deref(),
            Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        );
    }

    #[test]
    fn rfc_8037_appendix_a_3_thumbprint() {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        assert_eq!(
            thumbprint(Alg::EdDsa, jwk.as_object().unwrap()).as_deref(),
            Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        );
    }

    #[test]
    fn a_generated_key_shows_only_public_members() {
        for alg in [Alg::Es256, Alg::EdDsa, Alg::Rs256, Alg::Ps256] {
            let made = generate(alg).unwrap();
            let mut names: Vec<&str> = made.public.jwk.keys().map(String::as_str).collect();
            names.sort_unstable();
            let mut expected = [alg.members(), &["alg", "kid", "use"]].concat();
            expected.sort_unstable();
            assert_eq!(names, expected);
            assert_eq!(made.public.kid.len(), 43);
        }
    }
}
