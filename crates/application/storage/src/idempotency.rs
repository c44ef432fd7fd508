//! Answers remembered for a day under an `Idempotency-Key`, bound to caller, path and body.

use async_trait::async_trait;
use vestibule_kernel::{Digest, StoreError, Timestamp};

/// A remembered answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotentResponse {
    /// Status code.
    pub status: u16,
    /// JSON body.
    pub body: String,
    /// `Location`, if any.
    pub location: Option<String>,
    /// `ETag`, if any.
    pub etag: Option<String>,
}

/// The answer to claiming a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotencySlot {
    /// This call is the first; run it and store the answer.
    Fresh,
    /// The same request is running now.
    Running,
    /// It ran before; here is its answer.
    Answered(IdempotentResponse),
    /// The key was used for another body.
    Mismatch,
}

/// Keys of the transaction's realm.
#[async_trait]
pub trait IdempotencyRepo: Send {
    /// Claims a key (a digest of caller, method, path and key) for a body by one conditional statement.
    async fn claim_idempotency_key(
        &mut self,
        key: &Digest,
        body: &Digest,
        now: Timestamp,
    ) -> Result<IdempotencySlot, StoreError>;

    /// Stores the answer of a claimed key.
    async fn store_idempotent_response(
        &mut self,
        key: &Digest,
        response: &IdempotentResponse,
    ) -> Result<(), StoreError>;

    /// Forgets a claimed key whose request failed before it changed anything.
    async fn release_idempotency_key(&mut self, key: &Digest) -> Result<(), StoreError>;
}
