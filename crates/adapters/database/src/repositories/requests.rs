//! Stored authorization requests.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Digest, RequestId, StoreError, Timestamp};
use vestibule_oauth::{AuthorizationRequest, RequestRepo, StoredRequest};

use crate::{
    schema::authorization_requests::{self, dsl},
    tx::{DbTx, digest, time},
    types::{Json, PTime, PUuid},
    wire::{db, later, later_one},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = authorization_requests, treat_none_as_default_value = false)]
pub(super) struct RequestRow {
    realm_id: PUuid,
    id: PUuid,
    reference: Option<Vec<u8>>,
    client_id: String,
    request: Json<AuthorizationRequest>,
    created_at: PTime,
    expires_at: PTime,
    used_at: Option<PTime>,
}

impl RequestRow {
    pub(super) fn rehydrate(self) -> Result<StoredRequest, StoreError> {
        Ok(StoredRequest {
            id: RequestId::from_uuid(self.id.0),
            reference: self.reference.as_deref().map(digest).transpose()?,
            request: self.request.0,
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
            used_at: self.used_at.map(|at| at.0),
        })
    }
}

#[async_trait]
impl RequestRepo for DbTx {
    async fn insert_request(&mut self, request: &StoredRequest) -> Result<(), StoreError> {
        let row = RequestRow {
            realm_id: self.realm,
            id: PUuid(request.id.as_uuid()),
            reference: request.reference.map(|reference| reference.as_bytes().to_vec()),
            client_id: request.request.client.as_str().to_owned(),
            request: Json(request.request.clone()),
            created_at: PTime(request.created_at),
            expires_at: PTime(request.expires_at),
            used_at: time(request.used_at),
        };
        later!(self.wire, "insert_request", diesel::insert_into(authorization_requests::table).values(row))
    }

    async fn find_request(&mut self, id: RequestId) -> Result<Option<StoredRequest>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            authorization_requests::table
                .filter(dsl::realm_id.eq(realm))
                .filter(dsl::id.eq(id))
                .select(RequestRow::as_select())
                .first::<RequestRow>(c)
                .await
                .optional()
        })?;
        row.map(RequestRow::rehydrate).transpose()
    }

    async fn find_request_by_reference(
        &mut self,
        reference: &Digest,
    ) -> Result<Option<StoredRequest>, StoreError> {
        let (realm, reference) = (self.realm, reference.as_bytes().to_vec());
        let row = db!(self.wire, |c| {
            authorization_requests::table
                .filter(dsl::realm_id.eq(realm))
                .filter(dsl::reference.eq(reference))
                .select(RequestRow::as_select())
                .first::<RequestRow>(c)
                .await
                .optional()
        })?;
        row.map(RequestRow::rehydrate).transpose()
    }

    async fn consume_request(&mut self, id: RequestId, now: Timestamp) -> Result<(), StoreError> {
        let (realm, id, now) = (self.realm, PUuid(id.as_uuid()), PTime(now));
        let open = authorization_requests::table
            .filter(dsl::realm_id.eq(realm))
            .filter(dsl::id.eq(id))
            .filter(dsl::used_at.is_null())
            .filter(dsl::expires_at.gt(now));
        later_one!(self.wire, "consume_request", diesel::update(open).set(dsl::used_at.eq(Some(now))))
    }
}
