//! Signing keys.

use async_trait::async_trait;
use diesel::{AsChangeset, ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Changed, Sealed, StoreError, Timestamp, Version};
use vestibule_oauth::{KeyRepo, KeyStatus, PublicKey, SigningKey};

use super::realms::raise_config_version;
use crate::{
    prepared::Prepared,
    schema::signing_keys,
    tx::{DbTx, corrupt, expected, guarded, time},
    types::{Json, PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = signing_keys, primary_key(realm_id, kid), treat_none_as_null = true, treat_none_as_default_value = false)]
struct KeyRow {
    realm_id: PUuid,
    kid: String,
    public_key: Json<PublicKey>,
    private_key: Vec<u8>,
    status: String,
    created_at: PTime,
    activate_at: PTime,
    retired_at: Option<PTime>,
    remove_at: Option<PTime>,
    version: i64,
}

impl KeyRow {
    fn of(realm: PUuid, key: SigningKey) -> Self {
        Self {
            realm_id: realm,
            kid: key.public.kid.clone(),
            public_key: Json(key.public),
            private_key: key.private.as_bytes().to_vec(),
            status: key.status.as_str().to_owned(),
            created_at: PTime(key.created_at),
            activate_at: PTime(key.activate_at),
            retired_at: time(key.retired_at),
            remove_at: time(key.remove_at),
            version: key.version.get(),
        }
    }

    fn rehydrate(self) -> Result<SigningKey, StoreError> {
        Ok(SigningKey {
            public: self.public_key.0,
            private: Sealed::from_bytes(self.private_key),
            status: KeyStatus::parse(&self.status).ok_or_else(|| corrupt("signing_keys.status"))?,
            created_at: self.created_at.0,
            activate_at: self.activate_at.0,
            retired_at: self.retired_at.map(|at| at.0),
            remove_at: self.remove_at.map(|at| at.0),
            version: Version::from_stored(self.version),
        })
    }
}

#[async_trait]
impl KeyRepo for DbTx {
    async fn list_keys(&mut self) -> Result<Vec<SigningKey>, StoreError> {
        let realm = self.realm;
        let rows = db!(self.wire, |c| {
            signing_keys::table
                .filter(signing_keys::realm_id.eq(realm))
                .select(KeyRow::as_select())
                .order((signing_keys::created_at.asc(), signing_keys::kid.asc()))
                .load::<KeyRow>(c)
                .await
        })?;
        rows.into_iter().map(KeyRow::rehydrate).collect()
    }

    async fn save_key(&mut self, change: Changed<SigningKey>) -> Result<(), StoreError> {
        let row = KeyRow::of(self.realm, change.value);
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(signing_keys::table).values(row).execute(c).await)?;
            }
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = signing_keys::table
                        .filter(signing_keys::realm_id.eq(row.realm_id))
                        .filter(signing_keys::kid.eq(row.kid.clone()))
                        .filter(signing_keys::version.eq(version));
                    Prepared(diesel::update(mine).set(row)).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        raise_config_version(&mut self.wire, self.realm).await?;
        self.record_all(change.events);
        Ok(())
    }

    async fn remove_retired_keys(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let realm = self.realm;
        let removed = db!(self.wire, |c| {
            let over = signing_keys::table
                .filter(signing_keys::realm_id.eq(realm))
                .filter(signing_keys::status.eq(KeyStatus::Retiring.as_str()))
                .filter(signing_keys::remove_at.le(PTime(now)));
            diesel::delete(over).execute(c).await
        })?;
        if removed > 0 {
            raise_config_version(&mut self.wire, realm).await?;
        }
        Ok(u64::try_from(removed).unwrap_or(u64::MAX))
    }
}
