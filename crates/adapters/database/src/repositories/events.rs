//! The audit log. Events of a transaction are kept until its commit and inserted by one statement.

use async_trait::async_trait;
use chrono::Timelike;
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, QueryResult, Queryable, Selectable, SelectableHelper,
    SqliteConnection,
    sql_types::{Array, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;
use vestibule_events::{AuditEvent, EventFilter, EventRepo};
use vestibule_kernel::{Actor, Cx, EventId, EventRecord, Page, PageRequest, StoreError, Subject, Timestamp};

use crate::{
    pipeline::Deferred,
    prepared::Prepared,
    schema::events,
    tx::{DbTx, after_id, page_limit, page_of},
    types::{DbJson, DbTime, DbUuid, Json, PTime, PUuid},
    wire::{Conn, Wire, db, enter},
};

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(crate) struct EventRow {
    realm_id: PUuid,
    id: PUuid,
    kind: String,
    occurred_at: PTime,
    actor: Json<Actor>,
    subject_kind: Option<String>,
    subject_id: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: String,
    details: Json<Value>,
}

impl EventRow {
    /// The row of an event, the `position`th of its transaction.
    pub(crate) fn new(cx: &Cx, event: EventRecord, position: u64) -> Result<Self, StoreError> {
        let mut random = [0; 8];
        getrandom::fill(&mut random)
            .map_err(|_error: getrandom::Error| StoreError::Unavailable("no randomness".to_owned()))?;
        let (subject_kind, subject_id) =
            event.subject.map_or((None, None), |subject| (Some(subject.kind), Some(subject.id)));
        Ok(Self {
            realm_id: PUuid(cx.realm.as_uuid()),
            id: PUuid(event_id(cx.now, position, random)),
            kind: event.kind.to_owned(),
            occurred_at: PTime(cx.now),
            actor: Json(cx.actor.clone()),
            subject_kind,
            subject_id,
            ip: cx.origin.ip.map(|ip| ip.to_string()),
            user_agent: cx.origin.user_agent.clone(),
            request_id: cx.origin.request_id.clone(),
            details: Json(event.payload),
        })
    }

    fn rehydrate(self) -> AuditEvent {
        let subject = match (self.subject_kind, self.subject_id) {
            (Some(kind), Some(id)) => Some(Subject { kind, id }),
            _ => None,
        };
        AuditEvent {
            id: EventId::from_uuid(self.id.0),
            kind: self.kind,
            occurred_at: self.occurred_at.0,
            actor: self.actor.0,
            subject,
            ip: self.ip,
            user_agent: self.user_agent,
            request_id: self.request_id,
            data: self.details.0,
        }
    }
}

/// A UUIDv7 ordered by microsecond, then by the position in its transaction (RFC 9562 §6.2, methods 3 and 1).
fn event_id(at: Timestamp, position: u64, random: [u8; 8]) -> Uuid {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    let micros = u64::from(at.nanosecond() / 1_000 % 1_000);
    let high = (millis << 16) | (0x7 << 12) | (micros << 2);
    let low = (u64::from_be_bytes(random) & 0x3FFF_FFFF_FFFF) | ((position & 0xFFFF) << 46) | (0b10 << 62);
    Uuid::from_u64_pair(high, low)
}

/// Several rows by one statement whose text does not depend on their number.
const INSERT: &str = "INSERT INTO events (realm_id, id, kind, occurred_at, actor, subject_kind, subject_id, ip, \
                      user_agent, request_id, details) \
                      SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

async fn insert_postgres(conn: &AsyncPgConnection, rows: Vec<EventRow>) -> QueryResult<usize> {
    let mut conn = conn;
    let column = |read: fn(&EventRow) -> Option<String>| rows.iter().map(read).collect::<Vec<_>>();
    let insert = diesel::sql_query(INSERT)
        .bind::<Array<DbUuid>, _>(rows.iter().map(|row| row.realm_id).collect::<Vec<_>>())
        .bind::<Array<DbUuid>, _>(rows.iter().map(|row| row.id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(rows.iter().map(|row| row.kind.clone()).collect::<Vec<_>>())
        .bind::<Array<DbTime>, _>(rows.iter().map(|row| row.occurred_at).collect::<Vec<_>>())
        .bind::<Array<DbJson>, _>(rows.iter().map(|row| row.actor.clone()).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(column(|row| row.subject_kind.clone()))
        .bind::<Array<Nullable<Text>>, _>(column(|row| row.subject_id.clone()))
        .bind::<Array<Nullable<Text>>, _>(column(|row| row.ip.clone()))
        .bind::<Array<Nullable<Text>>, _>(column(|row| row.user_agent.clone()))
        .bind::<Array<Text>, _>(rows.iter().map(|row| row.request_id.clone()).collect::<Vec<_>>())
        .bind::<Array<DbJson>, _>(rows.iter().map(|row| row.details.clone()).collect::<Vec<_>>());
    Prepared(insert).execute(&mut conn).await
}

/// Inserts rows by one statement; on Postgres it travels with whatever comes next.
pub(crate) async fn insert_rows(wire: &mut Wire, rows: Vec<EventRow>) -> Result<(), StoreError> {
    let result = match &mut wire.conn {
        Conn::Postgres(_) => {
            let insert = Deferred::new("insert_events", move |conn| Box::pin(insert_postgres(conn, rows)));
            wire.prelude.deferred.push(insert);
            return Ok(());
        }
        Conn::Sqlite(held) => match enter(held, &mut wire.prelude, &wire.shared).await {
            Ok(()) => {
                let insert = move |conn: &mut SqliteConnection| {
                    diesel::RunQueryDsl::execute(diesel::insert_into(events::table).values(rows), conn)
                };
                held.inner.spawn_blocking(insert).await
            }
            Err(error) => Err(error),
        },
        Conn::Gone => Err(diesel::result::Error::NotInTransaction),
    };
    wire.settled(result).map(drop)
}

#[async_trait]
impl EventRepo for DbTx {
    async fn append_event(&mut self, event: EventRecord) -> Result<(), StoreError> {
        self.record(event);
        Ok(())
    }

    async fn list_events(
        &mut self,
        filter: &EventFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditEvent>, StoreError> {
        self.wire.flush_events().await?;
        let (realm, before) = (self.realm, after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = events::table
                .filter(events::realm_id.eq(realm))
                .select(EventRow::as_select())
                .order(events::id.desc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(before) = before {
                query = query.filter(events::id.lt(before));
            }
            if let Some(kind) = &filter.kind {
                query = query.filter(events::kind.eq(kind));
            }
            if let Some(subject) = &filter.subject_id {
                query = query.filter(events::subject_id.eq(subject));
            }
            query.load::<EventRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), |row| Ok(row.rehydrate()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_time_and_position() {
        let at = |micros| chrono::DateTime::from_timestamp_micros(micros).unwrap();
        let ids = [
            event_id(at(1_700_000_000_000_000), 0, [0xFF; 8]),
            event_id(at(1_700_000_000_000_000), 1, [0; 8]),
            event_id(at(1_700_000_000_000_001), 0, [0xFF; 8]),
            event_id(at(1_700_000_000_001_000), 0, [0; 8]),
        ];
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
    }
}
