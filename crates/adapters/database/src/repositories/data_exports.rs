//! Copies of what is kept about users.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Changed, EventRecord, ExportId, StoreError, Timestamp, UserId};
use vestibule_users::{DataExport, ExportContent, ExportRepo};

use crate::{
    schema::data_exports,
    tx::{DbTx, guarded},
    types::{PTime, PUuid},
    wire::db,
};

/// Most copies of one person that are listed.
const MAX_LISTED: i64 = 50;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = data_exports)]
struct ExportRow {
    id: PUuid,
    user_id: PUuid,
    done: i32,
    total: i32,
    size: i64,
    requested_at: PTime,
    ready_at: Option<PTime>,
    expires_at: PTime,
}

impl ExportRow {
    fn of(export: &DataExport) -> Self {
        Self {
            id: PUuid(export.id.as_uuid()),
            user_id: PUuid(export.user.as_uuid()),
            done: export.done.into(),
            total: export.total.into(),
            size: i64::try_from(export.size).unwrap_or(i64::MAX),
            requested_at: PTime(export.requested_at),
            ready_at: export.ready_at.map(PTime),
            expires_at: PTime(export.expires_at),
        }
    }

    fn rehydrate(self) -> DataExport {
        DataExport {
            id: ExportId::from_uuid(self.id.0),
            user: UserId::from_uuid(self.user_id.0),
            done: u16::try_from(self.done).unwrap_or_default(),
            total: u16::try_from(self.total).unwrap_or_default(),
            size: u64::try_from(self.size).unwrap_or_default(),
            requested_at: self.requested_at.0,
            ready_at: self.ready_at.map(|time| time.0),
            expires_at: self.expires_at.0,
        }
    }
}

#[async_trait]
impl ExportRepo for DbTx {
    async fn insert_export(&mut self, change: Changed<DataExport>) -> Result<(), StoreError> {
        let (realm, row) = (self.realm, ExportRow::of(&change.value));
        db!(self.wire, |c| {
            diesel::insert_into(data_exports::table)
                .values((data_exports::realm_id.eq(realm), row))
                .execute(c)
                .await
        })?;
        self.record_all(change.events);
        Ok(())
    }

    async fn find_export(&mut self, id: ExportId) -> Result<Option<DataExport>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            data_exports::table
                .filter(data_exports::realm_id.eq(realm))
                .filter(data_exports::id.eq(id))
                .select(ExportRow::as_select())
                .first::<ExportRow>(c)
                .await
                .optional()
        })?;
        Ok(row.map(ExportRow::rehydrate))
    }

    async fn list_exports(&mut self, user: UserId, now: Timestamp) -> Result<Vec<DataExport>, StoreError> {
        let (realm, user, now) = (self.realm, PUuid(user.as_uuid()), PTime(now));
        let rows = db!(self.wire, |c| {
            data_exports::table
                .filter(data_exports::realm_id.eq(realm))
                .filter(data_exports::user_id.eq(user))
                .filter(data_exports::expires_at.gt(now))
                .select(ExportRow::as_select())
                .order((data_exports::requested_at.desc(), data_exports::id.desc()))
                .limit(MAX_LISTED)
                .load::<ExportRow>(c)
                .await
        })?;
        Ok(rows.into_iter().map(ExportRow::rehydrate).collect())
    }

    async fn note_export_progress(&mut self, id: ExportId, done: u16) -> Result<bool, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let noted = db!(self.wire, |c| {
            let making = data_exports::table
                .filter(data_exports::realm_id.eq(realm))
                .filter(data_exports::id.eq(id))
                .filter(data_exports::ready_at.is_null());
            diesel::update(making).set(data_exports::done.eq(i32::from(done))).execute(c).await
        })?;
        Ok(noted > 0)
    }

    async fn finish_export(
        &mut self,
        change: Changed<DataExport>,
        archive: Vec<u8>,
    ) -> Result<(), StoreError> {
        let (realm, row) = (self.realm, ExportRow::of(&change.value));
        let kept = db!(self.wire, |c| {
            let making = data_exports::table
                .filter(data_exports::realm_id.eq(realm))
                .filter(data_exports::id.eq(row.id))
                .filter(data_exports::ready_at.is_null());
            diesel::update(making)
                .set((
                    data_exports::done.eq(row.done),
                    data_exports::size.eq(row.size),
                    data_exports::content.eq(archive),
                    data_exports::ready_at.eq(row.ready_at),
                    data_exports::expires_at.eq(row.expires_at),
                ))
                .execute(c)
                .await
        })?;
        guarded(kept)?;
        self.record_all(change.events);
        Ok(())
    }

    async fn take_export(
        &mut self,
        user: UserId,
        id: ExportId,
        now: Timestamp,
        event: EventRecord,
    ) -> Result<Option<ExportContent>, StoreError> {
        let (realm, user, id, now) = (self.realm, PUuid(user.as_uuid()), PUuid(id.as_uuid()), PTime(now));
        let found = db!(self.wire, |c| {
            data_exports::table
                .filter(data_exports::realm_id.eq(realm))
                .filter(data_exports::id.eq(id))
                .filter(data_exports::user_id.eq(user))
                .filter(data_exports::expires_at.gt(now))
                .select((data_exports::ready_at, data_exports::content))
                .first::<(Option<PTime>, Option<Vec<u8>>)>(c)
                .await
                .optional()
        })?;
        let Some((Some(ready_at), Some(bytes))) = found else { return Ok(None) };
        self.record(event);
        Ok(Some(ExportContent { ready_at: ready_at.0, bytes }))
    }
}
