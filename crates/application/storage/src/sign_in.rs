//! What one sign-in attempt looks at, read together: a sign-in is the most frequent writer, and each of its round trips
//! counts.

use async_trait::async_trait;
use vestibule_authn::{Credential, CredentialKind, Flow};
use vestibule_kernel::{FlowId, StoreError, contact::Identifier};
use vestibule_oauth::StoredRequest;
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
    /// Their authenticator of the kind asked for.
    pub credential: Option<Credential>,
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

/// Sign-in attempts of the transaction's realm.
#[async_trait]
pub trait SignInRepo: Send {
    /// Reads flow, request and person together: one round trip on Postgres.
    async fn load_sign_in(
        &mut self,
        flow: FlowId,
        sought: Sought<'_>,
        kind: CredentialKind,
        user_agent: Option<&str>,
    ) -> Result<SignInFile, StoreError>;
}
