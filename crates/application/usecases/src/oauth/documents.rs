//! The two public documents of a realm, made once per snapshot: server metadata and JWKS, each with its entity tag.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use vestibule_kernel::{assurance::Acr, contact::Locale};
use vestibule_oauth::{
    SigningKey,
    metadata::{self, ServerFacts},
};
use vestibule_realms::{
    Issuer, Realm,
    settings::{Algorithm, RegistrationMode},
};

use crate::language;

/// A document as it is sent.
#[derive(Debug, Clone)]
pub struct Document {
    /// JSON.
    pub body: Vec<u8>,
    /// A strong entity tag, quoted.
    pub etag: String,
}

/// The public documents of a realm.
#[derive(Debug, Clone)]
pub struct Documents {
    /// Server metadata.
    pub discovery: Document,
    /// The published keys.
    pub jwks: Document,
}

impl Document {
    fn new(value: &Value) -> Self {
        let body = value.to_string().into_bytes();
        let digest: [u8; 32] = Sha256::digest(&body).into();
        Self { body, etag: format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest)) }
    }
}

impl Documents {
    /// Makes the documents of a realm.
    pub fn of(realm: &Realm, issuer: &Issuer, keys: &[SigningKey]) -> Self {
        let keys: Vec<Value> = keys.iter().map(|key| Value::Object(key.public.jwk.clone())).collect();
        Self {
            discovery: Document::new(&discovery(realm, issuer)),
            jwks: Document::new(&json!({"keys": keys})),
        }
    }
}

fn discovery(realm: &Realm, issuer: &Issuer) -> Value {
    let settings = &realm.settings;
    let default = settings.keys.default_algorithm;
    let others = settings.keys.algorithms.iter().copied().filter(|algorithm| *algorithm != default);
    let scoped: Vec<_> = settings
        .profile
        .iter()
        .filter_map(|rule| Some((rule.name.as_str(), rule.scope.as_deref()?)))
        .collect();
    let mut own_scopes: Vec<&str> = scoped.iter().map(|(_, scope)| *scope).collect();
    own_scopes.sort_unstable();
    own_scopes.dedup();
    let locales = language::offered(settings);
    // What can be reached here: recovery codes stand in for a second factor, they do not make one.
    let contexts = Acr::ALL
        .into_iter()
        .filter(|acr| *acr == Acr::SingleFactor || settings.mfa.totp || settings.login.passkey);
    let facts = ServerFacts {
        issuer: issuer.as_str(),
        algorithms: std::iter::once(default).chain(others).map(Algorithm::as_str).collect(),
        own_scopes,
        own_claims: scoped.iter().map(|(name, _)| *name).collect(),
        locales: locales.iter().map(Locale::as_str).collect(),
        contexts: contexts.map(Acr::as_str).collect(),
        registration: settings.registration.mode != RegistrationMode::Closed,
    };
    Value::Object(metadata::document(&facts))
}
