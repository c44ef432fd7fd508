//! JWT access tokens ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};
use vestibule_kernel::{ClientId, FamilyId, SessionId, Timestamp};

use crate::token::Audience;

/// The `typ` header (RFC 9068 §2.1).
pub const TYP: &str = "at+jwt";

/// The claims of one access token, ready to be serialised.
#[derive(Debug, Serialize)]
pub struct AccessTokenClaims<'a> {
    /// The issuer.
    pub iss: &'a str,
    /// A user id, or the `client_id` of a client acting for itself; the two can never be equal.
    pub sub: &'a str,
    /// The resources it is for.
    pub aud: Audience<'a>,
    /// Whom it was issued to.
    pub client_id: &'a ClientId,
    /// Its id: `{family}.{random}` for a user's, plain random for a client's own.
    pub jti: &'a str,
    /// When it was issued.
    #[serde(serialize_with = "seconds")]
    pub iat: Timestamp,
    /// When it ends.
    #[serde(serialize_with = "seconds")]
    pub exp: Timestamp,
    /// What it may do; left out when empty.
    #[serde(serialize_with = "joined", skip_serializing_if = "BTreeSet::is_empty")]
    pub scope: &'a BTreeSet<String>,
    /// How the user signed in.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn<'a>>,
}

/// How the user of a token signed in.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SignIn<'a> {
    /// When, in seconds since the epoch.
    pub auth_time: i64,
    /// The context reached.
    pub acr: &'a str,
    /// The methods.
    pub amr: &'a [String],
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<SessionId>,
}

impl AccessTokenClaims<'_> {
    /// The claims as JSON bytes.
    pub fn to_json(&self) -> Vec<u8> {
        // Serialising plain texts and numbers to memory cannot fail; an empty payload would fail closed at every verifier.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The `jti` of a user's access token: it names the family, so that one query says whether the token is alive.
pub fn jti_in_family(family: FamilyId, random: &str) -> String {
    format!("{family}.{random}")
}

/// The family a `jti` names; `None` for a client's own token.
pub fn family_of(jti: &str) -> Option<FamilyId> {
    jti.split_once('.').and_then(|(family, _)| family.parse().ok())
}

fn seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.timestamp())
}

fn joined<S: Serializer>(scopes: &BTreeSet<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::scope::join(scopes))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn claims_are_those_of_rfc_9068() {
        let (audience, scopes) =
            (vec!["https://api.test".to_owned()], BTreeSet::from(["a".to_owned(), "b".to_owned()]));
        let client = ClientId::parse("shop").unwrap();
        let now = chrono::DateTime::UNIX_EPOCH;
        let amr = ["pwd".to_owned()];
        let claims = AccessTokenClaims {
            iss: "https://id.test",
            sub: "usr_1",
            aud: Audience(&audience),
            client_id: &client,
            jti: "x",
            iat: now,
            exp: now + chrono::Duration::seconds(600),
            scope: &scopes,
            sign_in: Some(SignIn { auth_time: 5, acr: "a", amr: &amr, sid: None }),
        };
        let value: Value = serde_json::from_slice(&claims.to_json()).unwrap();
        assert_eq!(
            value,
            json!({"iss": "https://id.test", "sub": "usr_1", "aud": "https://api.test", "client_id": "shop", "jti": "x",
                "iat": 0, "exp": 600, "scope": "a b", "auth_time": 5, "acr": "a", "amr": ["pwd"]})
        );
    }

    #[test]
    fn a_jti_names_its_family() {
        let family = FamilyId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(family_of(&jti_in_family(family, "abc")), Some(family));
        assert_eq!(family_of("abc"), None);
        assert_eq!(family_of("abc.def"), None);
    }
}
