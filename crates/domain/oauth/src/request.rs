//! The authorization request: validated once, stored immutable, referred to by id.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use vestibule_kernel::{ClientId, Digest, RequestId, Timestamp};

use crate::token::claims::releasing_scope;

/// How the response comes back ([OAuth 2.0 Multiple Response Types](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html), form post).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// In the query.
    #[default]
    Query,
    /// In the fragment.
    Fragment,
    /// In a form that posts itself.
    FormPost,
}

impl ResponseMode {
    /// Every mode, also what metadata advertises.
    pub const ALL: [Self; 3] = [Self::Query, Self::Fragment, Self::FormPost];

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }

    /// The mode with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text)
    }
}

/// What the client asks of the pages (OpenID Connect Core §3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// No page at all.
    None,
    /// Sign in again.
    Login,
    /// Ask again.
    Consent,
    /// Choose an account.
    SelectAccount,
}

impl Prompt {
    /// Every prompt, also what metadata advertises.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }

    /// The prompt with this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prompt| prompt.as_str() == text)
    }
}

/// A request that passed every check. Only the ordered table of checks in `authorize` makes one from parameters;
/// storage gives it back unchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientId,
    /// Where the response goes: an exact registered address.
    pub redirect_uri: String,
    /// Whether the request named it (then the token request must too).
    pub redirect_uri_given: bool,
    /// How it goes there.
    pub response_mode: ResponseMode,
    /// Scopes asked for.
    pub scopes: BTreeSet<String>,
    /// Given back unchanged.
    pub state: Option<String>,
    /// Copied to the ID token.
    pub nonce: Option<String>,
    /// PKCE S256 challenge.
    pub code_challenge: Option<String>,
    /// Prompts.
    pub prompt: BTreeSet<Prompt>,
    /// Most seconds since the last sign-in.
    pub max_age: Option<u64>,
    /// Who is expected.
    pub login_hint: Option<String>,
    /// The subject of a verified `id_token_hint` or of `claims.id_token.sub.value`.
    pub expected_subject: Option<String>,
    /// Languages wanted.
    pub ui_locales: Vec<String>,
    /// Contexts wanted, in order of preference.
    pub acr_values: Vec<String>,
    /// Whether one of `acr_values` must be reached (`claims.id_token.acr.essential`).
    pub acr_essential: bool,
    /// Claims asked for in the ID token by name.
    pub id_token_claims: Vec<String>,
    /// Claims asked for at userinfo by name.
    pub userinfo_claims: Vec<String>,
    /// Resource indicators (RFC 8707).
    pub resources: Vec<String>,
    /// The raw `claims` parameter, for what is not modelled.
    pub claims: Option<Value>,
}

impl AuthorizationRequest {
    /// What people are asked to agree to: the scopes, and the scopes that release the claims asked for by name.
    pub fn consent_scopes(&self) -> BTreeSet<String> {
        let named = self.id_token_claims.iter().chain(&self.userinfo_claims);
        let implied = named.filter_map(|claim| releasing_scope(claim)).map(str::to_owned);
        self.scopes.iter().cloned().chain(implied).collect()
    }

    /// The request as far as it was agreed to: scopes and named claims outside are gone.
    #[must_use]
    pub fn limited_to(mut self, agreed: &BTreeSet<String>) -> Self {
        self.scopes.retain(|scope| agreed.contains(scope));
        let released = |claim: &String| releasing_scope(claim).is_some_and(|scope| agreed.contains(scope));
        self.id_token_claims.retain(released);
        self.userinfo_claims.retain(released);
        self
    }
}

/// The id of the row in which a pushed request waits for its answer. Derived from the pushed request's id, so that
/// however often the address is opened there is one row, and one answer.
pub fn answer_slot(pushed: RequestId) -> RequestId {
    RequestId::from_uuid(Uuid::from_u128(pushed.as_uuid().as_u128() ^ 1))
}

/// A stored request: pushed by the client, or parked while a flow runs.
#[derive(Clone)]
pub struct StoredRequest {
    /// Its id.
    pub id: RequestId,
    /// Digest of the random part of `request_uri`, if it was pushed.
    pub reference: Option<Digest>,
    /// What was asked.
    pub request: AuthorizationRequest,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When its answer was decided; claimed by one conditional statement.
    pub used_at: Option<Timestamp>,
}
