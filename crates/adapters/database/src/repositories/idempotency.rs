//! Remembered answers. A key is claimed by one conditional statement; one whose request never answered is free again
//! after a while.

use async_trait::async_trait;
use chrono::Duration;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, query_dsl::methods::FilterDsl,
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use vestibule_kernel::{Digest, StoreError, Timestamp};
use vestibule_storage::{IdempotencyRepo, IdempotencySlot, IdempotentResponse};

use crate::{
    schema::idempotency_keys::{self, dsl},
    tx::DbTx,
    types::{Json, PTime},
    wire::db,
};

/// How long an answer is remembered.
const REMEMBERED: Duration = Duration::days(1);
/// How long a claimed request may run before its key is free again: longer than the longest request, an import.
const RUNNING: Duration = Duration::minutes(11);

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    status: u16,
    body: String,
    location: Option<String>,
    etag: Option<String>,
}

#[async_trait]
impl IdempotencyRepo for DbTx {
    async fn claim_idempotency_key(
        &mut self,
        key: &Digest,
        body: &Digest,
        now: Timestamp,
    ) -> Result<IdempotencySlot, StoreError> {
        let (realm, key_bytes) = (self.realm, key.as_bytes().to_vec());
        let row = (
            dsl::realm_id.eq(realm),
            dsl::key.eq(key_bytes.clone()),
            dsl::body.eq(body.as_bytes().to_vec()),
            dsl::claimed_at.eq(PTime(now)),
            dsl::expires_at.eq(PTime(now + REMEMBERED)),
            dsl::response.eq(None::<Json<Answer>>),
        );
        let claimed = db!(self.wire, |c| {
            let abandoned = dsl::response
                .is_null()
                .and(dsl::claimed_at.le(PTime(now - RUNNING)))
                .and(dsl::body.eq(excluded(dsl::body)));
            let upsert = diesel::insert_into(idempotency_keys::table)
                .values(row)
                .on_conflict((dsl::realm_id, dsl::key))
                .do_update()
                .set((
                    dsl::body.eq(excluded(dsl::body)),
                    dsl::claimed_at.eq(excluded(dsl::claimed_at)),
                    dsl::expires_at.eq(excluded(dsl::expires_at)),
                    dsl::response.eq(excluded(dsl::response)),
                ));
            FilterDsl::filter(upsert, dsl::expires_at.le(PTime(now)).or(abandoned)).execute(c).await
        })?;
        if claimed == 1 {
            return Ok(IdempotencySlot::Fresh);
        }
        let stored = db!(self.wire, |c| {
            let mine = QueryDsl::filter(idempotency_keys::table, dsl::realm_id.eq(realm));
            let mine = QueryDsl::filter(mine, dsl::key.eq(key_bytes));
            QueryDsl::select(mine, (dsl::body, dsl::response))
                .first::<(Vec<u8>, Option<Json<Answer>>)>(c)
                .await
                .optional()
        })?;
        Ok(match stored {
            Some((stored, _)) if stored != body.as_bytes() => IdempotencySlot::Mismatch,
            Some((_, Some(Json(answer)))) => IdempotencySlot::Answered(IdempotentResponse {
                status: answer.status,
                body: answer.body,
                location: answer.location,
                etag: answer.etag,
            }),
            Some((_, None)) | None => IdempotencySlot::Running,
        })
    }

    async fn store_idempotent_response(
        &mut self,
        key: &Digest,
        response: &IdempotentResponse,
    ) -> Result<(), StoreError> {
        let (realm, key) = (self.realm, key.as_bytes().to_vec());
        let answer = Json(Answer {
            status: response.status,
            body: response.body.clone(),
            location: response.location.clone(),
            etag: response.etag.clone(),
        });
        let stored = db!(self.wire, |c| {
            let mine = QueryDsl::filter(idempotency_keys::table, dsl::realm_id.eq(realm));
            let mine = QueryDsl::filter(mine, dsl::key.eq(key));
            diesel::update(mine).set(dsl::response.eq(Some(answer))).execute(c).await
        })?;
        if stored == 1 { Ok(()) } else { Err(StoreError::NotFound("idempotency key")) }
    }

    async fn release_idempotency_key(&mut self, key: &Digest) -> Result<(), StoreError> {
        let (realm, key) = (self.realm, key.as_bytes().to_vec());
        db!(self.wire, |c| {
            let mine = QueryDsl::filter(idempotency_keys::table, dsl::realm_id.eq(realm));
            let mine = QueryDsl::filter(mine, dsl::key.eq(key));
            let mine = QueryDsl::filter(mine, dsl::response.is_null());
            diesel::delete(mine).execute(c).await
        })?;
        Ok(())
    }
}
