//! Connections to upstream providers and the identities people have there.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde_json::{Map, Value};
use vestibule_federation::{
    Connection, ConnectionError, ConnectionKey, ConnectionSettings, Identity, Subject,
};
use vestibule_kernel::{
    Changed, ConnectionId, EventRecord, IdentityId, Page, PageRequest, StoreError, UserId, Version,
};

use super::realms::raise_config_version;
use crate::{
    prepared::Prepared,
    schema::{connections, identities},
    tx::{DbTx, after_id, corrupt, expected, guarded, page_limit, page_of},
    types::{Json, PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = connections, primary_key(realm_id, id))]
struct ConnectionRow {
    realm_id: PUuid,
    id: PUuid,
    key: String,
    settings: Json<ConnectionSettings>,
    created_at: PTime,
    updated_at: PTime,
    version: i64,
}

impl ConnectionRow {
    fn of(realm: PUuid, connection: Connection) -> Self {
        Self {
            realm_id: realm,
            id: PUuid(connection.id.as_uuid()),
            key: connection.key.as_str().to_owned(),
            settings: Json(connection.settings),
            created_at: PTime(connection.created_at),
            updated_at: PTime(connection.updated_at),
            version: connection.version.get(),
        }
    }

    fn rehydrate(self) -> Result<Connection, StoreError> {
        let key =
            ConnectionKey::parse(&self.key).map_err(|_cause: ConnectionError| corrupt("connections.key"))?;
        Ok(Connection {
            id: ConnectionId::from_uuid(self.id.0),
            key,
            settings: self.settings.0,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: Version::from_stored(self.version),
        })
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = identities, primary_key(realm_id, id))]
struct IdentityRow {
    realm_id: PUuid,
    id: PUuid,
    connection_id: PUuid,
    subject: String,
    user_id: PUuid,
    claims: Json<Map<String, Value>>,
    created_at: PTime,
    last_used_at: PTime,
    version: i64,
}

impl IdentityRow {
    fn of(realm: PUuid, identity: Identity) -> Self {
        Self {
            realm_id: realm,
            id: PUuid(identity.id.as_uuid()),
            connection_id: PUuid(identity.connection.as_uuid()),
            subject: identity.subject.as_str().to_owned(),
            user_id: PUuid(identity.user.as_uuid()),
            claims: Json(identity.claims),
            created_at: PTime(identity.created_at),
            last_used_at: PTime(identity.last_used_at),
            version: identity.version.get(),
        }
    }

    fn rehydrate(self) -> Result<Identity, StoreError> {
        Ok(Identity {
            id: IdentityId::from_uuid(self.id.0),
            connection: ConnectionId::from_uuid(self.connection_id.0),
            subject: Subject::parse(&self.subject).ok_or_else(|| corrupt("identities.subject"))?,
            user: UserId::from_uuid(self.user_id.0),
            claims: self.claims.0,
            created_at: self.created_at.0,
            last_used_at: self.last_used_at.0,
            version: Version::from_stored(self.version),
        })
    }
}

impl DbTx {
    pub(super) async fn connections_of_realm(&mut self) -> Result<Vec<Connection>, StoreError> {
        let realm = self.realm;
        let rows = db!(self.wire, |c| {
            connections::table
                .filter(connections::realm_id.eq(realm))
                .select(ConnectionRow::as_select())
                .order(connections::key.asc())
                .load::<ConnectionRow>(c)
                .await
        })?;
        rows.into_iter().map(ConnectionRow::rehydrate).collect()
    }

    pub(super) async fn connection(&mut self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            connections::table
                .filter(connections::realm_id.eq(realm))
                .filter(connections::id.eq(id))
                .select(ConnectionRow::as_select())
                .first::<ConnectionRow>(c)
                .await
                .optional()
        })?;
        row.map(ConnectionRow::rehydrate).transpose()
    }

    pub(super) async fn connection_by_key(
        &mut self,
        key: &ConnectionKey,
    ) -> Result<Option<Connection>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            connections::table
                .filter(connections::realm_id.eq(realm))
                .filter(connections::key.eq(key.as_str()))
                .select(ConnectionRow::as_select())
                .first::<ConnectionRow>(c)
                .await
                .optional()
        })?;
        row.map(ConnectionRow::rehydrate).transpose()
    }

    pub(super) async fn store_connection(&mut self, change: Changed<Connection>) -> Result<(), StoreError> {
        let row = ConnectionRow::of(self.realm, change.value);
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(connections::table).values(row).execute(c).await)?;
            }
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = connections::table
                        .filter(connections::realm_id.eq(row.realm_id))
                        .filter(connections::id.eq(row.id))
                        .filter(connections::version.eq(version));
                    Prepared(diesel::update(mine).set(row)).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        raise_config_version(&mut self.wire, self.realm).await?;
        self.record_all(change.events);
        Ok(())
    }

    pub(super) async fn remove_connection(
        &mut self,
        id: ConnectionId,
        event: EventRecord,
    ) -> Result<bool, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let gone = db!(self.wire, |c| {
            let mine =
                connections::table.filter(connections::realm_id.eq(realm)).filter(connections::id.eq(id));
            diesel::delete(mine).execute(c).await
        })?;
        if gone == 0 {
            return Ok(false);
        }
        raise_config_version(&mut self.wire, realm).await?;
        self.record(event);
        Ok(true)
    }

    pub(super) async fn identities_at(&mut self, connection: ConnectionId) -> Result<u64, StoreError> {
        let (realm, connection) = (self.realm, PUuid(connection.as_uuid()));
        let count = db!(self.wire, |c| {
            identities::table
                .filter(identities::realm_id.eq(realm))
                .filter(identities::connection_id.eq(connection))
                .count()
                .get_result::<i64>(c)
                .await
        })?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    pub(super) async fn identity(
        &mut self,
        connection: ConnectionId,
        subject: &Subject,
    ) -> Result<Option<Identity>, StoreError> {
        let (realm, connection) = (self.realm, PUuid(connection.as_uuid()));
        let row = db!(self.wire, |c| {
            identities::table
                .filter(identities::realm_id.eq(realm))
                .filter(identities::connection_id.eq(connection))
                .filter(identities::subject.eq(subject.as_str()))
                .select(IdentityRow::as_select())
                .first::<IdentityRow>(c)
                .await
                .optional()
        })?;
        row.map(IdentityRow::rehydrate).transpose()
    }

    pub(super) async fn identities_of(
        &mut self,
        user: UserId,
        page: &PageRequest,
    ) -> Result<Page<Identity>, StoreError> {
        let (realm, user, after) = (self.realm, PUuid(user.as_uuid()), after_id(page)?);
        let after = after.unwrap_or(PUuid(uuid::Uuid::nil()));
        let rows = db!(self.wire, |c| {
            identities::table
                .filter(identities::realm_id.eq(realm))
                .filter(identities::user_id.eq(user))
                .filter(identities::id.gt(after))
                .select(IdentityRow::as_select())
                .order(identities::id.asc())
                .limit(page_limit(page))
                .load::<IdentityRow>(c)
                .await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), IdentityRow::rehydrate)
    }

    pub(super) async fn store_identity(&mut self, change: Changed<Identity>) -> Result<(), StoreError> {
        let row = IdentityRow::of(self.realm, change.value);
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(identities::table).values(row).execute(c).await)?;
            }
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = identities::table
                        .filter(identities::realm_id.eq(row.realm_id))
                        .filter(identities::id.eq(row.id))
                        .filter(identities::version.eq(version));
                    Prepared(diesel::update(mine).set(row)).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        self.record_all(change.events);
        Ok(())
    }

    pub(super) async fn remove_identity(
        &mut self,
        user: UserId,
        id: IdentityId,
        event: EventRecord,
    ) -> Result<bool, StoreError> {
        let (realm, user, id) = (self.realm, PUuid(user.as_uuid()), PUuid(id.as_uuid()));
        let gone = db!(self.wire, |c| {
            let mine = identities::table
                .filter(identities::realm_id.eq(realm))
                .filter(identities::user_id.eq(user))
                .filter(identities::id.eq(id));
            diesel::delete(mine).execute(c).await
        })?;
        if gone > 0 {
            self.record(event);
        }
        Ok(gone > 0)
    }
}
