//! Secrets of a realm, sealed.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Changed, EventRecord, Sealed, StoreError};
use vestibule_realms::{RealmSecret, SecretInfo, SecretName, SecretRepo};

use super::realms::raise_config_version;
use crate::{
    schema::realm_secrets,
    tx::{DbTx, corrupt},
    types::{PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = realm_secrets)]
struct SecretRow {
    realm_id: PUuid,
    name: String,
    sealed: Vec<u8>,
    updated_at: PTime,
}

fn name(text: &str) -> Result<SecretName, StoreError> {
    SecretName::parse(text).map_err(|_ignored: vestibule_realms::RealmError| corrupt("realm_secrets.name"))
}

#[async_trait]
impl SecretRepo for DbTx {
    async fn save_secret(&mut self, change: Changed<RealmSecret>) -> Result<(), StoreError> {
        let row = SecretRow {
            realm_id: self.realm,
            name: change.value.name.as_str().to_owned(),
            sealed: change.value.sealed.as_bytes().to_vec(),
            updated_at: PTime(change.value.updated_at),
        };
        db!(self.wire, |c| {
            diesel::insert_into(realm_secrets::table)
                .values(row)
                .on_conflict((realm_secrets::realm_id, realm_secrets::name))
                .do_update()
                .set((
                    realm_secrets::sealed.eq(excluded(realm_secrets::sealed)),
                    realm_secrets::updated_at.eq(excluded(realm_secrets::updated_at)),
                ))
                .execute(c)
                .await
        })?;
        raise_config_version(&mut self.wire, self.realm).await?;
        self.record_all(change.events);
        Ok(())
    }

    async fn find_secret(&mut self, wanted: &SecretName) -> Result<Option<RealmSecret>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            realm_secrets::table
                .filter(realm_secrets::realm_id.eq(realm))
                .filter(realm_secrets::name.eq(wanted.as_str()))
                .select(SecretRow::as_select())
                .first::<SecretRow>(c)
                .await
                .optional()
        })?;
        row.map(|row| {
            Ok(RealmSecret {
                name: name(&row.name)?,
                sealed: Sealed::from_bytes(row.sealed),
                updated_at: row.updated_at.0,
            })
        })
        .transpose()
    }

    async fn list_secrets(&mut self) -> Result<Vec<SecretInfo>, StoreError> {
        let realm = self.realm;
        let rows = db!(self.wire, |c| {
            realm_secrets::table
                .filter(realm_secrets::realm_id.eq(realm))
                .select((realm_secrets::name, realm_secrets::updated_at))
                .order(realm_secrets::name.asc())
                .load::<(String, PTime)>(c)
                .await
        })?;
        rows.into_iter().map(|(text, at)| Ok(SecretInfo { name: name(&text)?, updated_at: at.0 })).collect()
    }

    async fn reseal_secret(
        &mut self,
        wanted: &SecretName,
        from: &Sealed,
        to: &Sealed,
    ) -> Result<bool, StoreError> {
        let realm = self.realm;
        let (from, to) = (from.as_bytes().to_vec(), to.as_bytes().to_vec());
        let changed = db!(self.wire, |c| {
            let mine = realm_secrets::table
                .filter(realm_secrets::realm_id.eq(realm))
                .filter(realm_secrets::name.eq(wanted.as_str()))
                .filter(realm_secrets::sealed.eq(from));
            diesel::update(mine).set(realm_secrets::sealed.eq(to)).execute(c).await
        })?;
        if changed == 1 {
            raise_config_version(&mut self.wire, realm).await?;
        }
        Ok(changed == 1)
    }

    async fn delete_secret(&mut self, wanted: &SecretName, event: EventRecord) -> Result<bool, StoreError> {
        let realm = self.realm;
        let gone = db!(self.wire, |c| {
            let mine = realm_secrets::table
                .filter(realm_secrets::realm_id.eq(realm))
                .filter(realm_secrets::name.eq(wanted.as_str()));
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
