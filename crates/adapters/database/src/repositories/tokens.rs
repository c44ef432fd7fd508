//! The port of codes and tokens, answered by the files for codes, families, refresh tokens and one-time values.

use async_trait::async_trait;
use vestibule_kernel::{ClientId, Digest, EventRecord, FamilyId, SessionId, StoreError, Timestamp, UserId};
use vestibule_oauth::{
    AuthorizationCode, ClientAccess, CodeOutcome, RefreshOutcome, RefreshToken, TokenFamily, TokenLiveness,
    TokenRepo,
};

use crate::{tx::DbTx, types::PUuid};

#[async_trait]
impl TokenRepo for DbTx {
    async fn insert_code(&mut self, code: &AuthorizationCode) -> Result<(), StoreError> {
        self.store_code(code).await
    }

    async fn consume_code(&mut self, digest: &Digest, now: Timestamp) -> Result<CodeOutcome, StoreError> {
        self.take_code(digest, now).await
    }

    async fn insert_family(
        &mut self,
        family: &TokenFamily,
        refresh: Option<&RefreshToken>,
    ) -> Result<(), StoreError> {
        self.store_family(family).await?;
        match refresh {
            Some(token) => self.store_refresh_token(token, None).await,
            None => Ok(()),
        }
    }

    async fn find_family(&mut self, id: FamilyId) -> Result<Option<TokenFamily>, StoreError> {
        self.load_family(PUuid(id.as_uuid())).await
    }

    async fn consume_refresh_token(
        &mut self,
        digest: &Digest,
        grace_seconds: u64,
        now: Timestamp,
    ) -> Result<RefreshOutcome, StoreError> {
        self.take_refresh_token(digest, grace_seconds, now).await
    }

    async fn insert_refresh_token(
        &mut self,
        token: &RefreshToken,
        predecessor: &Digest,
    ) -> Result<(), StoreError> {
        self.store_refresh_token(token, Some(predecessor)).await
    }

    async fn find_refresh_token(
        &mut self,
        digest: &Digest,
    ) -> Result<Option<(RefreshToken, TokenFamily)>, StoreError> {
        self.load_refresh_token(digest).await
    }

    async fn revoke_family(
        &mut self,
        id: FamilyId,
        event: EventRecord,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.end_family(id, event, now).await
    }

    async fn revoke_user_families(&mut self, user: UserId, now: Timestamp) -> Result<u64, StoreError> {
        self.end_user_families(user, now).await
    }

    async fn list_client_access(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<ClientAccess>, StoreError> {
        self.client_access(user, now).await
    }

    async fn revoke_client_families(
        &mut self,
        user: UserId,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.end_client_families(user, client, now).await
    }

    async fn token_liveness(
        &mut self,
        id: FamilyId,
        _now: Timestamp,
    ) -> Result<Option<TokenLiveness>, StoreError> {
        self.liveness(id).await
    }

    async fn list_session_clients(
        &mut self,
        sessions: &[SessionId],
    ) -> Result<Vec<(SessionId, ClientId)>, StoreError> {
        self.session_clients(sessions).await
    }

    async fn remember_once(
        &mut self,
        purpose: &'static str,
        value: &Digest,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.remember(purpose, value, expires_at).await
    }

    async fn is_remembered(&mut self, purpose: &'static str, value: &Digest) -> Result<bool, StoreError> {
        self.remembers(purpose, value).await
    }
}
