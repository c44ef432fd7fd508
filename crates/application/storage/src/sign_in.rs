//! What crosses several repositories on the way of a person through the server, read together: signing in, coming back
//! from a flow, using a token. Each of these is one round trip on Postgres.

use async_trait::async_trait;
use vestibule_authn::{Credential, Flow};
use vestibule_consent::Grant;
use vestibule_kernel::{ClientId, Digest, FamilyId, FlowId, RequestId, StoreError, contact::Identifier};
use vestibule_oauth::{StoredRequest, TokenLiveness};
use vestibule_sessions::Session;
use vestibule_users::User;

/// Who an attempt is about.
#[derive(Debug, Clone, Copy)]
pub enum Sought<'a> {
    /// Whoever has this identifier.
    Identifier(&'a Identifier),
    /// Whoever the flow is about already.
    OfFlow,
    /// Nobody: what was typed cannot be an identifier here.
    Nobody,
}

/// The person found.
#[derive(Clone)]
pub struct Holder {
    /// Who.
    pub user: User,
    /// Their authenticators, in no order.
    pub credentials: Vec<Credential>,
    /// Whether they ever had a session with the user agent asked for.
    pub knows_user_agent: bool,
}

/// What an attempt looks at.
#[derive(Clone, Default)]
pub struct SignInFile {
    /// The flow, expired ones included until they are purged.
    pub flow: Option<Flow>,
    /// The parked request it works towards.
    pub request: Option<StoredRequest>,
    /// The person found.
    pub holder: Option<Holder>,
}

/// Whose browser it is.
#[derive(Clone)]
pub struct SignedIn {
    /// The session of the cookie, ended and idle ones included.
    pub session: Session,
    /// Whose it is.
    pub user: User,
    /// What they allowed the client asked for.
    pub grant: Option<Grant>,
}

/// What a browser that comes back from a flow brings.
#[derive(Clone, Default)]
pub struct ReturnFile {
    /// The parked request.
    pub request: Option<StoredRequest>,
    /// The flow.
    pub flow: Option<Flow>,
    /// Whose browser it is, with the grant for the client of the request.
    pub signed_in: Option<SignedIn>,
}

/// People on their way through the transaction's realm.
#[async_trait]
pub trait SignInRepo: Send {
    /// Reads flow, request and person together: one round trip on Postgres.
    async fn load_sign_in(
        &mut self,
        flow: FlowId,
        sought: Sought<'_>,
        user_agent: Option<&str>,
    ) -> Result<SignInFile, StoreError>;

    /// Reads session, user and grant together.
    async fn load_signed_in(
        &mut self,
        session: &Digest,
        client: &ClientId,
    ) -> Result<Option<SignedIn>, StoreError>;

    /// Reads request, flow, session, user and grant together.
    async fn load_return(
        &mut self,
        request: RequestId,
        flow: Option<FlowId>,
        session: Option<&Digest>,
    ) -> Result<ReturnFile, StoreError>;

    /// Reads whether a family is alive, as [`vestibule_oauth::TokenRepo::token_liveness`] does, with its user.
    async fn load_token_owner(
        &mut self,
        family: FamilyId,
    ) -> Result<Option<(TokenLiveness, User)>, StoreError>;
}
