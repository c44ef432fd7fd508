//! What users allowed clients.

use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_consent::{Grant, GrantRepo};
use vestibule_kernel::{
    Changed, ClientId, EventRecord, Page, PageRequest, StoreError, Timestamp, UserId, Version,
};

use super::clients::client_id;
use crate::{
    prepared::Prepared,
    schema::{grants, token_families},
    tx::{DbTx, expected, guarded, page_limit, page_of},
    types::{Json, PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = grants, primary_key(realm_id, user_id, client_id))]
pub(super) struct GrantRow {
    realm_id: PUuid,
    user_id: PUuid,
    client_id: String,
    scopes: Json<BTreeSet<String>>,
    created_at: PTime,
    updated_at: PTime,
    version: i64,
}

impl GrantRow {
    fn of(realm: PUuid, grant: Grant) -> Self {
        Self {
            realm_id: realm,
            user_id: PUuid(grant.user.as_uuid()),
            client_id: grant.client.as_str().to_owned(),
            scopes: Json(grant.scopes),
            created_at: PTime(grant.created_at),
            updated_at: PTime(grant.updated_at),
            version: grant.version.get(),
        }
    }

    pub(super) fn rehydrate(self) -> Result<Grant, StoreError> {
        Ok(Grant {
            user: UserId::from_uuid(self.user_id.0),
            client: client_id(&self.client_id)?,
            scopes: self.scopes.0,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: Version::from_stored(self.version),
        })
    }
}

/// The key of the last row of a page: user and client.
fn page_key(page: &PageRequest) -> Result<Option<(PUuid, String)>, StoreError> {
    let Some(key) = page.after.as_deref() else { return Ok(None) };
    let parsed = key
        .split_once('/')
        .and_then(|(user, client)| user.parse().ok().map(|user| (PUuid(user), client.to_owned())));
    parsed.map(Some).ok_or(StoreError::NotFound("page"))
}

#[async_trait]
impl GrantRepo for DbTx {
    async fn find_grant(&mut self, user: UserId, client: &ClientId) -> Result<Option<Grant>, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let row = db!(self.wire, |c| {
            grants::table
                .filter(grants::realm_id.eq(realm))
                .filter(grants::user_id.eq(user))
                .filter(grants::client_id.eq(client.as_str()))
                .select(GrantRow::as_select())
                .first::<GrantRow>(c)
                .await
                .optional()
        })?;
        row.map(GrantRow::rehydrate).transpose()
    }

    async fn list_grants(
        &mut self,
        user: Option<UserId>,
        page: &PageRequest,
    ) -> Result<Page<Grant>, StoreError> {
        let (realm, after) = (self.realm, page_key(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = grants::table
                .filter(grants::realm_id.eq(realm))
                .select(GrantRow::as_select())
                .order((grants::user_id.asc(), grants::client_id.asc()))
                .limit(page_limit(page))
                .into_boxed();
            if let Some(user) = user {
                query = query.filter(grants::user_id.eq(PUuid(user.as_uuid())));
            }
            if let Some((user, client)) = &after {
                let same_user = grants::user_id.eq(*user).and(grants::client_id.gt(client));
                query = query.filter(grants::user_id.gt(*user).or(same_user));
            }
            query.load::<GrantRow>(c).await
        })?;
        page_of(rows, page, |row| format!("{}/{}", row.user_id.0, row.client_id), GrantRow::rehydrate)
    }

    async fn save_grant(&mut self, change: Changed<Grant>) -> Result<(), StoreError> {
        let row = GrantRow::of(self.realm, change.value);
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(grants::table).values(row).execute(c).await)?;
            }
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = grants::table
                        .filter(grants::realm_id.eq(row.realm_id))
                        .filter(grants::user_id.eq(row.user_id))
                        .filter(grants::client_id.eq(row.client_id.clone()))
                        .filter(grants::version.eq(version));
                    Prepared(diesel::update(mine).set(row)).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        self.record_all(change.events);
        Ok(())
    }

    async fn withdraw_grant(
        &mut self,
        user: UserId,
        client: &ClientId,
        event: EventRecord,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let gone = db!(self.wire, |c| {
            let mine = grants::table
                .filter(grants::realm_id.eq(realm))
                .filter(grants::user_id.eq(user))
                .filter(grants::client_id.eq(client.as_str()));
            diesel::delete(mine).execute(c).await
        })?;
        if gone == 0 {
            return Ok(false);
        }
        db!(self.wire, |c| {
            let theirs = token_families::table
                .filter(token_families::realm_id.eq(realm))
                .filter(token_families::user_id.eq(user))
                .filter(token_families::client_id.eq(client.as_str()))
                .filter(token_families::revoked_at.is_null());
            diesel::update(theirs).set(token_families::revoked_at.eq(Some(PTime(now)))).execute(c).await
        })?;
        self.record(event);
        Ok(true)
    }
}
