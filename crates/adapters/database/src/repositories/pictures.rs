//! Pictures of a realm's brand.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Changed, EventRecord, StoreError};
use vestibule_realms::{Picture, PictureInfo, PictureKind, PictureRepo, PictureSlot};

use super::realms::raise_config_version;
use crate::{
    schema::realm_pictures,
    tx::{DbTx, corrupt},
    types::PTime,
    wire::db,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = realm_pictures)]
struct InfoRow {
    slot: String,
    kind: String,
    hash: String,
    width: i32,
    height: i32,
    updated_at: PTime,
}

impl InfoRow {
    fn of(info: &PictureInfo) -> Self {
        Self {
            slot: info.slot.as_str().to_owned(),
            kind: info.kind.as_str().to_owned(),
            hash: info.hash.clone(),
            width: i32::try_from(info.width).unwrap_or(i32::MAX),
            height: i32::try_from(info.height).unwrap_or(i32::MAX),
            updated_at: PTime(info.updated_at),
        }
    }

    fn rehydrate(self) -> Result<PictureInfo, StoreError> {
        let slot = self
            .slot
            .parse()
            .map_err(|_ignored: vestibule_realms::picture::UnknownSlot| corrupt("realm_pictures.slot"))?;
        Ok(PictureInfo {
            slot,
            kind: PictureKind::parse(&self.kind).ok_or_else(|| corrupt("realm_pictures.kind"))?,
            hash: self.hash,
            width: u32::try_from(self.width).unwrap_or_default(),
            height: u32::try_from(self.height).unwrap_or_default(),
            updated_at: self.updated_at.0,
        })
    }
}

#[async_trait]
impl PictureRepo for DbTx {
    async fn save_picture(&mut self, change: Changed<Picture>) -> Result<(), StoreError> {
        let (realm, row) = (self.realm, InfoRow::of(&change.value.info));
        let content = change.value.content;
        db!(self.wire, |c| {
            diesel::insert_into(realm_pictures::table)
                .values((realm_pictures::realm_id.eq(realm), realm_pictures::content.eq(content), row))
                .on_conflict((realm_pictures::realm_id, realm_pictures::slot))
                .do_update()
                .set((
                    realm_pictures::kind.eq(excluded(realm_pictures::kind)),
                    realm_pictures::hash.eq(excluded(realm_pictures::hash)),
                    realm_pictures::content.eq(excluded(realm_pictures::content)),
                    realm_pictures::width.eq(excluded(realm_pictures::width)),
                    realm_pictures::height.eq(excluded(realm_pictures::height)),
                    realm_pictures::updated_at.eq(excluded(realm_pictures::updated_at)),
                ))
                .execute(c)
                .await
        })?;
        raise_config_version(&mut self.wire, self.realm).await?;
        self.record_all(change.events);
        Ok(())
    }

    async fn list_pictures(&mut self) -> Result<Vec<PictureInfo>, StoreError> {
        let realm = self.realm;
        let rows = db!(self.wire, |c| {
            realm_pictures::table
                .filter(realm_pictures::realm_id.eq(realm))
                .select(InfoRow::as_select())
                .order(realm_pictures::slot.asc())
                .load::<InfoRow>(c)
                .await
        })?;
        rows.into_iter().map(InfoRow::rehydrate).collect()
    }

    async fn find_picture_by_hash(&mut self, hash: &str) -> Result<Option<Picture>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            realm_pictures::table
                .filter(realm_pictures::realm_id.eq(realm))
                .filter(realm_pictures::hash.eq(hash))
                .select((InfoRow::as_select(), realm_pictures::content))
                .first::<(InfoRow, Vec<u8>)>(c)
                .await
                .optional()
        })?;
        row.map(|(row, content)| Ok(Picture { info: row.rehydrate()?, content })).transpose()
    }

    async fn delete_picture(&mut self, slot: PictureSlot, event: EventRecord) -> Result<bool, StoreError> {
        let realm = self.realm;
        let gone = db!(self.wire, |c| {
            let mine = realm_pictures::table
                .filter(realm_pictures::realm_id.eq(realm))
                .filter(realm_pictures::slot.eq(slot.as_str()));
            diesel::delete(mine).execute(c).await
        })?;
        if gone == 0 {
            return Ok(false);
        }
        raise_config_version(&mut self.wire, realm).await?;
        self.record(event);
        Ok(true)
    }
}
