//! The look of a realm: its draft and its revisions.

use async_trait::async_trait;
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Changed, EventRecord, StoreError, Version};
use vestibule_realms::{
    ThemeRepo,
    theme::{KEPT_REVISIONS, RevisionInfo, Theme, ThemeDraft, ThemeRevision},
};

use super::realms::raise_config_version;
use crate::{
    schema::{theme_drafts, theme_revisions},
    tx::{DbTx, expected, guarded},
    types::{Json, PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = theme_drafts, primary_key(realm_id))]
struct DraftRow {
    realm_id: PUuid,
    theme: Json<Theme>,
    based_on: i64,
    updated_at: PTime,
    version: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = theme_revisions)]
struct RevisionRow {
    realm_id: PUuid,
    number: i64,
    theme: Json<Theme>,
    note: String,
    published_at: PTime,
}

impl RevisionRow {
    fn rehydrate(self) -> ThemeRevision {
        ThemeRevision {
            number: self.number,
            theme: self.theme.0,
            note: self.note,
            published_at: self.published_at.0,
        }
    }
}

#[async_trait]
impl ThemeRepo for DbTx {
    async fn find_draft(&mut self) -> Result<Option<ThemeDraft>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            theme_drafts::table
                .filter(theme_drafts::realm_id.eq(realm))
                .select(DraftRow::as_select())
                .first::<DraftRow>(c)
                .await
                .optional()
        })?;
        Ok(row.map(|row| ThemeDraft {
            theme: row.theme.0,
            based_on: row.based_on,
            updated_at: row.updated_at.0,
            version: Version::from_stored(row.version),
        }))
    }

    async fn save_draft(&mut self, change: Changed<ThemeDraft>) -> Result<(), StoreError> {
        let draft = change.value;
        let row = DraftRow {
            realm_id: self.realm,
            theme: Json(draft.theme),
            based_on: draft.based_on,
            updated_at: PTime(draft.updated_at),
            version: draft.version.get(),
        };
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(theme_drafts::table).values(row).execute(c).await)?;
            }
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = theme_drafts::table
                        .filter(theme_drafts::realm_id.eq(row.realm_id))
                        .filter(theme_drafts::version.eq(version));
                    diesel::update(mine).set(row).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        self.record_all(change.events);
        Ok(())
    }

    async fn delete_draft(
        &mut self,
        version: Version,
        event: Option<EventRecord>,
    ) -> Result<bool, StoreError> {
        let (realm, version) = (self.realm, version.get());
        let gone = db!(self.wire, |c| {
            let mine = theme_drafts::table
                .filter(theme_drafts::realm_id.eq(realm))
                .filter(theme_drafts::version.eq(version));
            diesel::delete(mine).execute(c).await
        })?;
        if let Some(event) = event.filter(|_| gone > 0) {
            self.record(event);
        }
        Ok(gone > 0)
    }

    async fn current_revision(&mut self) -> Result<Option<ThemeRevision>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            theme_revisions::table
                .filter(theme_revisions::realm_id.eq(realm))
                .select(RevisionRow::as_select())
                .order(theme_revisions::number.desc())
                .first::<RevisionRow>(c)
                .await
                .optional()
        })?;
        Ok(row.map(RevisionRow::rehydrate))
    }

    async fn find_revision(&mut self, number: i64) -> Result<Option<ThemeRevision>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            theme_revisions::table
                .filter(theme_revisions::realm_id.eq(realm))
                .filter(theme_revisions::number.eq(number))
                .select(RevisionRow::as_select())
                .first::<RevisionRow>(c)
                .await
                .optional()
        })?;
        Ok(row.map(RevisionRow::rehydrate))
    }

    async fn list_revisions(&mut self) -> Result<Vec<RevisionInfo>, StoreError> {
        let realm = self.realm;
        let rows = db!(self.wire, |c| {
            theme_revisions::table
                .filter(theme_revisions::realm_id.eq(realm))
                .select((theme_revisions::number, theme_revisions::note, theme_revisions::published_at))
                .order(theme_revisions::number.desc())
                .load::<(i64, String, PTime)>(c)
                .await
        })?;
        let info =
            |(number, note, at): (i64, String, PTime)| RevisionInfo { number, note, published_at: at.0 };
        Ok(rows.into_iter().map(info).collect())
    }

    async fn publish_revision(&mut self, change: Changed<ThemeRevision>) -> Result<(), StoreError> {
        let (realm, revision) = (self.realm, change.value);
        let oldest = revision.number - KEPT_REVISIONS;
        let row = RevisionRow {
            realm_id: realm,
            number: revision.number,
            theme: Json(revision.theme),
            note: revision.note,
            published_at: PTime(revision.published_at),
        };
        db!(self.wire, |c| diesel::insert_into(theme_revisions::table).values(row).execute(c).await)?;
        db!(self.wire, |c| {
            let old = theme_revisions::table
                .filter(theme_revisions::realm_id.eq(realm))
                .filter(theme_revisions::number.le(oldest));
            diesel::delete(old).execute(c).await
        })?;
        raise_config_version(&mut self.wire, realm).await?;
        self.record_all(change.events);
        Ok(())
    }
}
