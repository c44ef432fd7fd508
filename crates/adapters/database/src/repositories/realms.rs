//! The realm of the transaction.

use async_trait::async_trait;
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use vestibule_kernel::{Changed, RealmId, StoreError, Version};
use vestibule_realms::{Realm, RealmRepo, RealmSettings, RealmStatus, Slug};

use crate::{
    prepared::Prepared,
    schema::{realm_hosts, realms},
    tx::{DbTx, corrupt, expected, guarded},
    types::{Json, PTime, PUuid},
    wire::{Wire, db},
};

/// Settings as stored. Those that there are no more are passed over, whoever wrote them: during an update servers of
/// the version before still do.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct StoredSettings(RealmSettings);

/// Settings that there are no more: the section and the member.
const RETIRED: [(&str, &str); 6] = [
    ("branding", "logo"),
    ("branding", "accent"),
    ("branding", "accent_dark"),
    ("branding", "background"),
    ("branding", "background_dark"),
    ("branding", "radius"),
];

impl<'de> Deserialize<'de> for StoredSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut value = Value::deserialize(deserializer)?;
        for (section, member) in RETIRED {
            if let Some(members) = value.get_mut(section).and_then(Value::as_object_mut) {
                members.remove(member);
            }
        }
        serde_json::from_value(value).map(Self).map_err(serde::de::Error::custom)
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = realms)]
pub(super) struct RealmRow {
    pub(super) id: PUuid,
    pub(super) slug: String,
    status: String,
    settings: Json<StoredSettings>,
    config_version: i64,
    created_at: PTime,
    updated_at: PTime,
    version: i64,
}

impl RealmRow {
    pub(super) fn of(realm: &Realm) -> Self {
        Self {
            id: PUuid(realm.id.as_uuid()),
            slug: realm.slug.to_string(),
            status: realm.status.as_str().to_owned(),
            settings: Json(StoredSettings(realm.settings.clone())),
            config_version: realm.config_version,
            created_at: PTime(realm.created_at),
            updated_at: PTime(realm.updated_at),
            version: realm.version.get(),
        }
    }

    pub(super) fn rehydrate(self, hosts: Vec<String>) -> Result<Realm, StoreError> {
        Ok(Realm {
            id: RealmId::from_uuid(self.id.0),
            slug: Slug::parse(&self.slug)
                .map_err(|_error: vestibule_realms::RealmError| corrupt("realms.slug"))?,
            status: RealmStatus::parse(&self.status).ok_or_else(|| corrupt("realms.status"))?,
            hosts,
            settings: self.settings.0.0,
            config_version: self.config_version,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: Version::from_stored(self.version),
        })
    }
}

#[derive(AsChangeset)]
#[diesel(table_name = realms)]
struct RealmChange {
    status: String,
    settings: Json<StoredSettings>,
    updated_at: PTime,
    version: i64,
}

#[derive(Insertable)]
#[diesel(table_name = realm_hosts, treat_none_as_default_value = false)]
struct HostRow {
    realm_id: PUuid,
    host: String,
    position: i32,
}

/// Stores the hosts of a realm that has none stored.
pub(super) async fn insert_hosts(wire: &mut Wire, realm: PUuid, hosts: &[String]) -> Result<(), StoreError> {
    if hosts.is_empty() {
        return Ok(());
    }
    let rows: Vec<HostRow> = (0..)
        .zip(hosts)
        .map(|(position, host)| HostRow { realm_id: realm, host: host.clone(), position })
        .collect();
    db!(
        *wire,
        postgres | c | diesel::insert_into(realm_hosts::table).values(rows).execute(c).await,
        sqlite | c | {
            c.spawn_blocking(move |conn| {
                diesel::RunQueryDsl::execute(diesel::insert_into(realm_hosts::table).values(rows), conn)
            })
            .await
        }
    )?;
    Ok(())
}

/// The hosts of some realms, in order.
pub(super) async fn hosts_of(
    wire: &mut Wire,
    realms: Vec<PUuid>,
) -> Result<Vec<(PUuid, String)>, StoreError> {
    db!(*wire, |c| {
        realm_hosts::table
            .filter(realm_hosts::realm_id.eq_any(realms))
            .select((realm_hosts::realm_id, realm_hosts::host))
            .order((realm_hosts::realm_id.asc(), realm_hosts::position.asc()))
            .load::<(PUuid, String)>(c)
            .await
    })
}

/// Raises the realm's `config_version` and has other servers told at commit.
pub(super) async fn raise_config_version(wire: &mut Wire, realm: PUuid) -> Result<i64, StoreError> {
    let raised = db!(*wire, |c| {
        let raise = diesel::update(realms::table.filter(realms::id.eq(realm)))
            .set(realms::config_version.eq(realms::config_version + 1))
            .returning(realms::config_version);
        Prepared(raise).get_result::<i64>(c).await.optional()
    })?;
    wire.config_changed();
    raised.ok_or(StoreError::NotFound("realm"))
}

#[async_trait]
impl RealmRepo for DbTx {
    async fn get_realm(&mut self) -> Result<Realm, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            realms::table
                .filter(realms::id.eq(realm))
                .select(RealmRow::as_select())
                .first::<RealmRow>(c)
                .await
                .optional()
        })?
        .ok_or(StoreError::NotFound("realm"))?;
        let hosts = hosts_of(&mut self.wire, vec![realm]).await?;
        row.rehydrate(hosts.into_iter().map(|(_, host)| host).collect())
    }

    async fn save_realm(&mut self, change: Changed<Realm>) -> Result<(), StoreError> {
        let (realm, value) = (self.realm, change.value);
        if value.id != self.cx.realm {
            return Err(StoreError::NotFound("realm"));
        }
        let version = expected(change.expected).ok_or(StoreError::Stale)?;
        let set = RealmChange {
            status: value.status.as_str().to_owned(),
            settings: Json(StoredSettings(value.settings)),
            updated_at: PTime(value.updated_at),
            version: value.version.get(),
        };
        let changed = db!(self.wire, |c| {
            let mine = realms::table.filter(realms::id.eq(realm)).filter(realms::version.eq(version));
            diesel::update(mine)
                .set((set, realms::config_version.eq(realms::config_version + 1)))
                .execute(c)
                .await
        })?;
        guarded(changed)?;
        db!(self.wire, |c| {
            diesel::delete(realm_hosts::table.filter(realm_hosts::realm_id.eq(realm))).execute(c).await
        })?;
        insert_hosts(&mut self.wire, realm, &value.hosts).await?;
        self.wire.config_changed();
        self.record_all(change.events);
        Ok(())
    }

    async fn touch_config(&mut self) -> Result<i64, StoreError> {
        raise_config_version(&mut self.wire, self.realm).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_of_an_older_version_are_read_without_what_is_gone() {
        let old = json!({"display_name": "Acme", "branding": {"logo": "https://cdn.test/l.png"}});
        let read: StoredSettings = serde_json::from_value(old).unwrap();
        assert_eq!(read.0.display_name, "Acme");
        assert!(serde_json::from_value::<StoredSettings>(json!({"branding": {"loogo": 1}})).is_err());
    }
}
