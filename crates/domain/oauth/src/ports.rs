//! How clients, requests, codes, tokens and keys are stored, and how tokens are signed.

use async_trait::async_trait;
use serde_json::{Map, Value};
use vestibule_kernel::{
    Changed, ClientId, Digest, EventRecord, FamilyId, Page, PageRequest, RealmId, RequestId, Sealed,
    SessionId, StoreError, Timestamp, UserId,
};

use crate::{
    client::Client,
    code::{AuthorizationCode, CodeOutcome},
    family::{ClientAccess, RefreshOutcome, RefreshToken, TokenFamily, TokenLiveness},
    keys::{GeneratedKey, PublicKey, SigningKey},
    request::StoredRequest,
};

/// Clients of the transaction's realm.
#[async_trait]
pub trait ClientRepo: Send {
    /// A client by `client_id`.
    async fn find_client(&mut self, id: &ClientId) -> Result<Option<Client>, StoreError>;

    /// Clients ordered by `client_id`.
    async fn list_clients(&mut self, page: &PageRequest) -> Result<Page<Client>, StoreError>;

    /// Every client of the realm, for the snapshot.
    async fn list_all_clients(&mut self) -> Result<Vec<Client>, StoreError>;

    /// How many clients registered themselves.
    async fn count_registered_clients(&mut self) -> Result<u64, StoreError>;

    /// Stores a new or changed client with its events and raises the realm's `config_version`. A taken id is
    /// `Conflict("clients_pkey")`; `Stale` when the version moved.
    async fn save_client(&mut self, change: Changed<Client>) -> Result<(), StoreError>;

    /// Removes a client with its grants, codes and tokens and raises `config_version`; false if there was none.
    async fn delete_client(&mut self, id: &ClientId, event: EventRecord) -> Result<bool, StoreError>;

    /// Stores an initial access token good for `uses` registrations.
    async fn save_initial_access_token(
        &mut self,
        digest: &Digest,
        uses: u32,
        expires_at: Timestamp,
        event: EventRecord,
    ) -> Result<(), StoreError>;

    /// Takes one use of an initial access token by one conditional statement; false if it is unknown, spent or over.
    async fn consume_initial_access_token(
        &mut self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}

/// Stored authorization requests of the transaction's realm.
#[async_trait]
pub trait RequestRepo: Send {
    /// Stores a pushed or parked request.
    async fn insert_request(&mut self, request: &StoredRequest) -> Result<(), StoreError>;

    /// A request by id.
    async fn find_request(&mut self, id: RequestId) -> Result<Option<StoredRequest>, StoreError>;

    /// A pushed request by the digest of the random part of its `request_uri`.
    async fn find_request_by_reference(
        &mut self,
        reference: &Digest,
    ) -> Result<Option<StoredRequest>, StoreError>;

    /// Claims the answer of a request by one conditional statement. `Stale` if it was claimed before or is over, at the
    /// latest from the commit: whoever's transaction commits has the claim.
    async fn consume_request(&mut self, id: RequestId, now: Timestamp) -> Result<(), StoreError>;
}

/// Authorization codes and token families of the transaction's realm.
#[async_trait]
pub trait TokenRepo: Send {
    /// Stores a fresh code.
    async fn insert_code(&mut self, code: &AuthorizationCode) -> Result<(), StoreError>;

    /// Claims a code by **one conditional update returning the row**.
    async fn consume_code(&mut self, digest: &Digest, now: Timestamp) -> Result<CodeOutcome, StoreError>;

    /// Stores a family and, if it has one, its first refresh token, in one statement.
    async fn insert_family(
        &mut self,
        family: &TokenFamily,
        refresh: Option<&RefreshToken>,
    ) -> Result<(), StoreError>;

    /// A family by id.
    async fn find_family(&mut self, id: FamilyId) -> Result<Option<TokenFamily>, StoreError>;

    /// Rotates a refresh token by **one conditional update returning the row**. A token rotated less than `grace`
    /// seconds ago whose successor is unused is [`RefreshOutcome::Retried`]: the successor dies in the same call.
    async fn consume_refresh_token(
        &mut self,
        digest: &Digest,
        grace_seconds: u64,
        now: Timestamp,
    ) -> Result<RefreshOutcome, StoreError>;

    /// Stores the refresh token that replaces `predecessor`.
    async fn insert_refresh_token(
        &mut self,
        token: &RefreshToken,
        predecessor: &Digest,
    ) -> Result<(), StoreError>;

    /// A refresh token with its family, without consuming it: for introspection and revocation.
    async fn find_refresh_token(
        &mut self,
        digest: &Digest,
    ) -> Result<Option<(RefreshToken, TokenFamily)>, StoreError>;

    /// Revokes a family and appends the event; false if it was dead already (the event is appended all the same).
    async fn revoke_family(
        &mut self,
        id: FamilyId,
        event: EventRecord,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Revokes every family of a user.
    async fn revoke_user_families(&mut self, user: UserId, now: Timestamp) -> Result<u64, StoreError>;

    /// What a user's clients still hold: one entry per client with a family that is neither revoked nor over, by client.
    async fn list_client_access(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<ClientAccess>, StoreError>;

    /// Revokes every family that a client has of a user.
    async fn revoke_client_families(
        &mut self,
        user: UserId,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// The one liveness check: family, user and session in one query; `None` if the family is unknown or revoked.
    async fn token_liveness(
        &mut self,
        id: FamilyId,
        now: Timestamp,
    ) -> Result<Option<TokenLiveness>, StoreError>;

    /// Clients with a live family in these sessions: whom a back-channel logout tells.
    async fn list_session_clients(
        &mut self,
        sessions: &[SessionId],
    ) -> Result<Vec<(SessionId, ClientId)>, StoreError>;

    /// Remembers a one-time value (`jti` of a client assertion, of a revoked access token) until it expires; false if
    /// it is remembered already. `purpose` keeps kinds apart.
    async fn remember_once(
        &mut self,
        purpose: &'static str,
        value: &Digest,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Whether a one-time value is remembered.
    async fn is_remembered(&mut self, purpose: &'static str, value: &Digest) -> Result<bool, StoreError>;
}

/// Signing keys of the transaction's realm.
#[async_trait]
pub trait KeyRepo: Send {
    /// Every key that is published, oldest first.
    async fn list_keys(&mut self) -> Result<Vec<SigningKey>, StoreError>;

    /// Stores a new or changed key with its events and raises the realm's `config_version`; `Stale` when the version
    /// moved.
    async fn save_key(&mut self, change: Changed<SigningKey>) -> Result<(), StoreError>;

    /// Removes retired keys whose time has come and raises `config_version` if there were any; returns how many.
    async fn remove_retired_keys(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Why a token was not signed or not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The key cannot be used.
    #[error("the signing key cannot be used")]
    Key,
    /// The token is malformed, badly signed, of another kind, or signed with an algorithm its key does not have.
    #[error("the token is not valid")]
    Invalid,
}

/// Signs and verifies JSON Web Tokens.
pub trait TokenSigner: Send + Sync {
    /// Makes a key for the algorithm (a JOSE name). Its private part is sealed for `realm`.
    ///
    /// # Errors
    /// [`TokenError::Key`] for an unknown algorithm or when the library fails.
    fn generate(&self, realm: RealmId, alg: &str) -> Result<GeneratedKey, TokenError>;

    /// The private part of a key sealed anew, if another master key than the current one sealed it.
    ///
    /// # Errors
    /// [`TokenError::Key`] when it cannot be opened.
    fn reseal(&self, realm: RealmId, key: &SigningKey) -> Result<Option<Sealed>, TokenError>;

    /// Signs claims (JSON bytes) into a compact JWS with `typ`, `alg` and `kid`. The parsed key is kept.
    ///
    /// # Errors
    /// [`TokenError::Key`] when the key cannot be opened.
    fn sign(&self, realm: RealmId, key: &SigningKey, typ: &str, claims: &[u8]) -> Result<String, TokenError>;

    /// Verifies a compact JWS against the realm's own keys and the exact `typ`: the algorithm comes from our key
    /// record, keys named in the header are ignored, an unknown `crit` is refused. Times and audience are the
    /// caller's.
    ///
    /// # Errors
    /// [`TokenError::Invalid`].
    fn verify(&self, keys: &[SigningKey], typ: &str, token: &str) -> Result<Map<String, Value>, TokenError>;

    /// Verifies a compact JWS of somebody else (client assertion) against their JWKS, with one of the given
    /// algorithms.
    ///
    /// # Errors
    /// [`TokenError::Invalid`].
    fn verify_foreign(
        &self,
        jwks: &Value,
        algorithms: &[&str],
        token: &str,
    ) -> Result<Map<String, Value>, TokenError>;

    /// Verifies a compact JWS that a server like this one signed, against the keys it publishes and the exact `typ`.
    ///
    /// # Errors
    /// [`TokenError::Invalid`].
    fn verify_published(
        &self,
        jwks: &Value,
        typ: &str,
        token: &str,
    ) -> Result<Map<String, Value>, TokenError>;

    /// The public parts.
    fn public_keys(&self, keys: &[SigningKey]) -> Vec<PublicKey> {
        keys.iter().map(|key| key.public.clone()).collect()
    }
}

/// Fetches a client's `jwks_uri` through the guarded egress, cached.
#[async_trait]
pub trait JwksSource: Send + Sync {
    /// The document; with `refresh` a cached one is not enough (an unknown `kid` was seen), at most once a minute.
    async fn jwks(&self, uri: &str, refresh: bool) -> Result<Value, FetchError>;
}

/// Why nothing was fetched or delivered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address may not be called: not https, a private address, a port outside the list.
    #[error("the address is not allowed: {0}")]
    Refused(&'static str),
    /// No answer, a bad answer, or too large an answer.
    #[error("the other side did not answer properly: {0}")]
    Failed(String),
}

/// Delivers logout tokens to clients through the guarded egress.
#[async_trait]
pub trait LogoutSender: Send + Sync {
    /// Posts `logout_token` to the client's registered address (OpenID Connect Back-Channel Logout §2.5).
    async fn send_logout(&self, uri: &str, logout_token: &str) -> Result<(), FetchError>;
}
