//! The directory above realms.

use async_trait::async_trait;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Changed, Page, PageRequest, RealmId, StoreError};
use vestibule_realms::{Realm, RealmDirectory, Slug};

use super::realms::{RealmRow, hosts_of, insert_hosts};
use crate::{
    schema::{events, flows, jobs, lockouts, one_time_values, realm_hosts, realms},
    system::DbSystemTx,
    tx::{page_limit, page_of},
    types::PUuid,
    wire::db,
};

impl DbSystemTx {
    /// Adds the hosts to a realm's row.
    async fn with_hosts(&mut self, row: Option<RealmRow>) -> Result<Option<Realm>, StoreError> {
        let Some(row) = row else { return Ok(None) };
        let hosts = hosts_of(&mut self.wire, vec![row.id]).await?;
        row.rehydrate(hosts.into_iter().map(|(_, host)| host).collect()).map(Some)
    }
}

#[async_trait]
impl RealmDirectory for DbSystemTx {
    async fn list_realms(&mut self, page: &PageRequest) -> Result<Page<Realm>, StoreError> {
        let after = page.after.clone().unwrap_or_default();
        let rows = db!(self.wire, |c| {
            realms::table
                .filter(realms::slug.gt(&after))
                .select(RealmRow::as_select())
                .order(realms::slug.asc())
                .limit(page_limit(page))
                .load::<RealmRow>(c)
                .await
        })?;
        let hosts = hosts_of(&mut self.wire, rows.iter().map(|row| row.id).collect()).await?;
        page_of(
            rows,
            page,
            |row| row.slug.clone(),
            |row| {
                let mine = hosts.iter().filter(|(realm, _)| *realm == row.id).map(|(_, host)| host.clone());
                let mine = mine.collect();
                row.rehydrate(mine)
            },
        )
    }

    async fn list_config_versions(&mut self) -> Result<Vec<(RealmId, i64)>, StoreError> {
        let rows = db!(self.wire, |c| {
            realms::table.select((realms::id, realms::config_version)).load::<(PUuid, i64)>(c).await
        })?;
        Ok(rows.into_iter().map(|(id, version)| (RealmId::from_uuid(id.0), version)).collect())
    }

    async fn find_realm_by_slug(&mut self, slug: &Slug) -> Result<Option<Realm>, StoreError> {
        let row = db!(self.wire, |c| {
            realms::table
                .filter(realms::slug.eq(slug.as_str()))
                .select(RealmRow::as_select())
                .first::<RealmRow>(c)
                .await
                .optional()
        })?;
        self.with_hosts(row).await
    }

    async fn find_realm(&mut self, id: RealmId) -> Result<Option<Realm>, StoreError> {
        let row = db!(self.wire, |c| {
            realms::table
                .filter(realms::id.eq(PUuid(id.as_uuid())))
                .select(RealmRow::as_select())
                .first::<RealmRow>(c)
                .await
                .optional()
        })?;
        self.with_hosts(row).await
    }

    async fn find_realm_by_host(&mut self, host: &str) -> Result<Option<Realm>, StoreError> {
        let row = db!(self.wire, |c| {
            let named = realm_hosts::table.filter(realm_hosts::host.eq(host)).select(realm_hosts::realm_id);
            realms::table
                .filter(realms::id.eq_any(named))
                .select(RealmRow::as_select())
                .first::<RealmRow>(c)
                .await
                .optional()
        })?;
        self.with_hosts(row).await
    }

    async fn create_realm(&mut self, change: Changed<Realm>) -> Result<(), StoreError> {
        let realm = change.value;
        let row = RealmRow::of(&realm);
        db!(self.wire, |c| diesel::insert_into(realms::table).values(row).execute(c).await)?;
        insert_hosts(&mut self.wire, PUuid(realm.id.as_uuid()), &realm.hosts).await?;
        self.wire.config_changed();
        let cx = self.cx.in_realm(realm.id);
        self.wire.record_all(&cx, change.events);
        Ok(())
    }

    async fn delete_realm(&mut self, id: RealmId) -> Result<(), StoreError> {
        let id = PUuid(id.as_uuid());
        let gone =
            db!(self.wire, |c| diesel::delete(realms::table.filter(realms::id.eq(id))).execute(c).await)?;
        if gone == 0 {
            return Err(StoreError::NotFound("realm"));
        }
        // These have no foreign key to realms; see the migration.
        db!(self.wire, |c| {
            diesel::delete(events::table.filter(events::realm_id.eq(id))).execute(c).await
        })?;
        db!(self.wire, |c| diesel::delete(flows::table.filter(flows::realm_id.eq(id))).execute(c).await)?;
        db!(self.wire, |c| diesel::delete(lockouts::table.filter(lockouts::realm_id.eq(id)))
            .execute(c)
            .await)?;
        db!(self.wire, |c| diesel::delete(jobs::table.filter(jobs::realm_id.eq(id))).execute(c).await)?;
        db!(self.wire, |c| {
            diesel::delete(one_time_values::table.filter(one_time_values::realm_id.eq(id))).execute(c).await
        })?;
        self.wire.config_changed();
        Ok(())
    }
}
