//! Trips of browsers to upstream providers, and the port over them, connections and identities. What may happen once
//! is one conditional statement each.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_federation::{
    Attempt, AttemptClaim, Connection, ConnectionKey, FederationRepo, Identity, Purpose, Subject,
    UpstreamIdentity,
};
use vestibule_kernel::{
    AttemptId, Changed, ConnectionId, Digest, EventRecord, IdentityId, Page, PageRequest, Sealed, StoreError,
    Timestamp, UserId,
};

use crate::{
    schema::federation_attempts::{self, dsl},
    tx::{DbTx, digest, time},
    types::{Json, PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = federation_attempts, treat_none_as_default_value = false)]
struct AttemptRow {
    realm_id: PUuid,
    id: PUuid,
    state: Vec<u8>,
    connection_id: PUuid,
    binding: Vec<u8>,
    purpose: Json<Purpose>,
    secrets: Vec<u8>,
    answer: Option<Vec<u8>>,
    upstream: Option<Json<UpstreamIdentity>>,
    created_at: PTime,
    expires_at: PTime,
    consumed_at: Option<PTime>,
}

impl AttemptRow {
    fn of(realm: PUuid, attempt: &Attempt) -> Self {
        Self {
            realm_id: realm,
            id: PUuid(attempt.id.as_uuid()),
            state: attempt.state.as_bytes().to_vec(),
            connection_id: PUuid(attempt.connection.as_uuid()),
            binding: attempt.binding.as_bytes().to_vec(),
            purpose: Json(attempt.purpose),
            secrets: attempt.secrets.as_bytes().to_vec(),
            answer: attempt.answer.as_ref().map(|answer| answer.as_bytes().to_vec()),
            upstream: attempt.upstream.clone().map(Json),
            created_at: PTime(attempt.created_at),
            expires_at: PTime(attempt.expires_at),
            consumed_at: time(attempt.consumed_at),
        }
    }

    fn rehydrate(self) -> Result<Attempt, StoreError> {
        Ok(Attempt {
            id: AttemptId::from_uuid(self.id.0),
            state: digest(&self.state)?,
            connection: ConnectionId::from_uuid(self.connection_id.0),
            binding: digest(&self.binding)?,
            purpose: self.purpose.0,
            secrets: Sealed::from_bytes(self.secrets),
            answer: self.answer.map(Sealed::from_bytes),
            upstream: self.upstream.map(|upstream| upstream.0),
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
            consumed_at: self.consumed_at.map(|at| at.0),
        })
    }
}

fn claimed(row: Option<AttemptRow>) -> Result<AttemptClaim, StoreError> {
    match row {
        Some(row) => Ok(AttemptClaim::Claimed(Box::new(row.rehydrate()?))),
        None => Ok(AttemptClaim::Unknown),
    }
}

#[async_trait]
impl FederationRepo for DbTx {
    async fn list_connections(&mut self) -> Result<Vec<Connection>, StoreError> {
        self.connections_of_realm().await
    }

    async fn find_connection(&mut self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        self.connection(id).await
    }

    async fn find_connection_by_key(
        &mut self,
        key: &ConnectionKey,
    ) -> Result<Option<Connection>, StoreError> {
        self.connection_by_key(key).await
    }

    async fn save_connection(&mut self, change: Changed<Connection>) -> Result<(), StoreError> {
        self.store_connection(change).await
    }

    async fn count_identities(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        self.identities_at(connection).await
    }

    async fn delete_connection(&mut self, id: ConnectionId, event: EventRecord) -> Result<bool, StoreError> {
        self.remove_connection(id, event).await
    }

    async fn find_identity(
        &mut self,
        connection: ConnectionId,
        subject: &Subject,
    ) -> Result<Option<Identity>, StoreError> {
        self.identity(connection, subject).await
    }

    async fn list_identities(
        &mut self,
        user: UserId,
        page: &PageRequest,
    ) -> Result<Page<Identity>, StoreError> {
        self.identities_of(user, page).await
    }

    async fn save_identity(&mut self, change: Changed<Identity>) -> Result<(), StoreError> {
        self.store_identity(change).await
    }

    async fn delete_identity(
        &mut self,
        user: UserId,
        id: IdentityId,
        event: EventRecord,
    ) -> Result<bool, StoreError> {
        self.remove_identity(user, id, event).await
    }

    async fn insert_attempt(&mut self, attempt: &Attempt) -> Result<(), StoreError> {
        let row = AttemptRow::of(self.realm, attempt);
        db!(self.wire, |c| diesel::insert_into(federation_attempts::table).values(row).execute(c).await)?;
        Ok(())
    }

    async fn find_attempt_by_state(&mut self, state: &Digest) -> Result<Option<Attempt>, StoreError> {
        let (realm, state) = (self.realm, state.as_bytes().to_vec());
        let row = db!(self.wire, |c| {
            federation_attempts::table
                .filter(dsl::realm_id.eq(realm))
                .filter(dsl::state.eq(state))
                .select(AttemptRow::as_select())
                .first::<AttemptRow>(c)
                .await
                .optional()
        })?;
        row.map(AttemptRow::rehydrate).transpose()
    }

    async fn keep_answer(
        &mut self,
        id: AttemptId,
        reference: &Digest,
        answer: &Sealed,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (realm, id, now) = (self.realm, PUuid(id.as_uuid()), PTime(now));
        let (reference, answer) = (Some(reference.as_bytes().to_vec()), Some(answer.as_bytes().to_vec()));
        let kept = db!(self.wire, |c| {
            let open = federation_attempts::table
                .filter(dsl::realm_id.eq(realm))
                .filter(dsl::id.eq(id))
                .filter(dsl::reference.is_null())
                .filter(dsl::consumed_at.is_null())
                .filter(dsl::expires_at.gt(now));
            diesel::update(open).set((dsl::reference.eq(reference), dsl::answer.eq(answer))).execute(c).await
        })?;
        Ok(kept == 1)
    }

    async fn find_attempt_by_reference(&mut self, reference: &Digest) -> Result<Option<Attempt>, StoreError> {
        let (realm, reference) = (self.realm, Some(reference.as_bytes().to_vec()));
        let row = db!(self.wire, |c| {
            federation_attempts::table
                .filter(dsl::realm_id.eq(realm))
                .filter(dsl::reference.eq(reference))
                .select(AttemptRow::as_select())
                .first::<AttemptRow>(c)
                .await
                .optional()
        })?;
        row.map(AttemptRow::rehydrate).transpose()
    }

    async fn claim_attempt(&mut self, id: AttemptId, now: Timestamp) -> Result<AttemptClaim, StoreError> {
        let (realm, id, now) = (self.realm, PUuid(id.as_uuid()), PTime(now));
        let row = db!(self.wire, |c| {
            let open = federation_attempts::table
                .filter(dsl::realm_id.eq(realm))
                .filter(dsl::id.eq(id))
                .filter(dsl::consumed_at.is_null())
                .filter(dsl::expires_at.gt(now));
            diesel::update(open)
                .set(dsl::consumed_at.eq(Some(now)))
                .returning(AttemptRow::as_select())
                .get_result::<AttemptRow>(c)
                .await
                .optional()
        })?;
        claimed(row)
    }

    async fn keep_upstream(
        &mut self,
        id: AttemptId,
        upstream: &UpstreamIdentity,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let upstream = Some(Json(upstream.clone()));
        let changed = db!(self.wire, |c| {
            let mine = federation_attempts::table.filter(dsl::realm_id.eq(realm)).filter(dsl::id.eq(id));
            diesel::update(mine)
                .set((dsl::upstream.eq(upstream), dsl::expires_at.eq(PTime(expires_at))))
                .execute(c)
                .await
        })?;
        if changed == 1 { Ok(()) } else { Err(StoreError::NotFound("attempt")) }
    }

    async fn take_upstream(&mut self, id: AttemptId, now: Timestamp) -> Result<AttemptClaim, StoreError> {
        let (realm, id, now) = (self.realm, PUuid(id.as_uuid()), PTime(now));
        let row = db!(self.wire, |c| {
            let kept = federation_attempts::table
                .filter(dsl::realm_id.eq(realm))
                .filter(dsl::id.eq(id))
                .filter(dsl::upstream.is_not_null())
                .filter(dsl::expires_at.gt(now));
            diesel::delete(kept)
                .returning(AttemptRow::as_select())
                .get_result::<AttemptRow>(c)
                .await
                .optional()
        })?;
        claimed(row)
    }
}
