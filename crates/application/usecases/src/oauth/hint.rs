//! `id_token_hint`: an ID token of this realm, expired or not (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §4).

use serde_json::{Map, Value};
use vestibule_kernel::ClientId;
use vestibule_oauth::token::id;

use crate::{App, RealmSnapshot};

/// A genuine hint.
pub(super) struct VerifiedHint {
    claims: Map<String, Value>,
}

impl VerifiedHint {
    /// Verifies signature, kind and issuer. `None` for anything else.
    pub(super) fn verify(app: &App, realm: &RealmSnapshot, token: &str) -> Option<Self> {
        let claims = app.signer.verify(&realm.keys, id::TYP, token).ok()?;
        let ours = claims.get("iss").and_then(Value::as_str) == Some(realm.issuer.as_str());
        ours.then_some(Self { claims })
    }

    /// A textual claim.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// The client it was issued to.
    pub(super) fn client(&self) -> Option<ClientId> {
        self.text("aud").and_then(|id| ClientId::parse(id).ok())
    }
}
