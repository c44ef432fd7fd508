//! Token families: what came of one authorization code, its end, and the one liveness check.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods,
    OptionalExtension, QueryDsl, Queryable, QueryableByName, Selectable, SelectableHelper,
    dsl::{max, min},
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{ClientId, EventRecord, FamilyId, SessionId, StoreError, Timestamp, UserId};
use vestibule_oauth::{ClientAccess, TokenFamily, TokenLiveness, family::FamilyDetails};
use vestibule_users::{User, UserStatus};

use super::{clients::client_id, sessions::IDS_AT_ONCE, users::UserRow};
use crate::{
    prepared::Prepared,
    schema::{refresh_tokens, sessions, token_families, users},
    tx::{DbTx, time},
    types::{Json, PTime, PUuid},
    wire::{db, later},
};

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = token_families, treat_none_as_default_value = false)]
pub(super) struct FamilyRow {
    realm_id: PUuid,
    id: PUuid,
    client_id: String,
    user_id: PUuid,
    session_id: Option<PUuid>,
    details: Json<FamilyDetails>,
    created_at: PTime,
    expires_at: PTime,
    revoked_at: Option<PTime>,
}

impl FamilyRow {
    pub(super) fn rehydrate(self) -> Result<TokenFamily, StoreError> {
        Ok(TokenFamily {
            id: FamilyId::from_uuid(self.id.0),
            client: client_id(&self.client_id)?,
            user: UserId::from_uuid(self.user_id.0),
            session: self.session_id.map(|id| SessionId::from_uuid(id.0)),
            details: self.details.0,
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
            revoked_at: self.revoked_at.map(|at| at.0),
        })
    }
}

/// A family that was not revoked, with its user and the session it hangs on.
macro_rules! living {
    ($realm:expr, $id:expr) => {{
        let owner = users::realm_id.eq(token_families::realm_id).and(users::id.eq(token_families::user_id));
        let session = sessions::realm_id
            .eq(token_families::realm_id)
            .and(sessions::id.nullable().eq(token_families::session_id));
        token_families::table
            .inner_join(users::table.on(owner))
            .left_join(sessions::table.on(session))
            .filter(token_families::realm_id.eq($realm))
            .filter(token_families::id.eq($id))
            .filter(token_families::revoked_at.is_null())
    }};
}

/// What a user's clients may still refresh: neither revoked nor over.
macro_rules! living_of {
    ($realm:expr, $user:expr, $now:expr) => {
        token_families::table
            .filter(token_families::realm_id.eq($realm))
            .filter(token_families::user_id.eq($user))
            .filter(token_families::revoked_at.is_null())
            .filter(token_families::expires_at.gt(PTime($now)))
    };
}

impl DbTx {
    pub(super) async fn store_family(&mut self, family: &TokenFamily) -> Result<(), StoreError> {
        let row = FamilyRow {
            realm_id: self.realm,
            id: PUuid(family.id.as_uuid()),
            client_id: family.client.as_str().to_owned(),
            user_id: PUuid(family.user.as_uuid()),
            session_id: family.session.map(|id| PUuid(id.as_uuid())),
            details: Json(family.details.clone()),
            created_at: PTime(family.created_at),
            expires_at: PTime(family.expires_at),
            revoked_at: time(family.revoked_at),
        };
        later!(self.wire, "insert_family", diesel::insert_into(token_families::table).values(row))
    }

    pub(super) async fn load_family(&mut self, id: PUuid) -> Result<Option<TokenFamily>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            token_families::table
                .filter(token_families::realm_id.eq(realm))
                .filter(token_families::id.eq(id))
                .select(FamilyRow::as_select())
                .first::<FamilyRow>(c)
                .await
                .optional()
        })?;
        row.map(FamilyRow::rehydrate).transpose()
    }

    pub(super) async fn end_family(
        &mut self,
        id: FamilyId,
        event: EventRecord,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let ended = db!(self.wire, |c| {
            let live = token_families::table
                .filter(token_families::realm_id.eq(realm))
                .filter(token_families::id.eq(id))
                .filter(token_families::revoked_at.is_null());
            Prepared(diesel::update(live).set(token_families::revoked_at.eq(Some(PTime(now)))))
                .execute(c)
                .await
        })?;
        self.record(event);
        Ok(ended == 1)
    }

    pub(super) async fn end_user_families(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let ended = db!(self.wire, |c| {
            let live = token_families::table
                .filter(token_families::realm_id.eq(realm))
                .filter(token_families::user_id.eq(user))
                .filter(token_families::revoked_at.is_null());
            Prepared(diesel::update(live).set(token_families::revoked_at.eq(Some(PTime(now)))))
                .execute(c)
                .await
        })?;
        Ok(u64::try_from(ended).unwrap_or(u64::MAX))
    }

    pub(super) async fn client_access(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<ClientAccess>, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let families = db!(self.wire, |c| {
            living_of!(realm, user, now)
                .group_by(token_families::client_id)
                .order(token_families::client_id.asc())
                .select((
                    token_families::client_id,
                    min(token_families::created_at),
                    max(token_families::created_at),
                ))
                .load::<(String, Option<PTime>, Option<PTime>)>(c)
                .await
        })?;
        let refreshed = db!(self.wire, |c| {
            let of_family = refresh_tokens::realm_id
                .eq(token_families::realm_id)
                .and(refresh_tokens::family_id.eq(token_families::id));
            living_of!(realm, user, now)
                .inner_join(refresh_tokens::table.on(of_family))
                .group_by(token_families::client_id)
                .select((token_families::client_id, max(refresh_tokens::issued_at)))
                .load::<(String, Option<PTime>)>(c)
                .await
        })?;
        let used = |id: &str| refreshed.iter().find(|(client, _)| client == id).and_then(|(_, at)| *at);
        let mut found = Vec::new();
        for (id, since, begun) in families {
            let (Some(since), Some(begun)) = (since, begun) else { continue };
            let last_used_at = used(&id).map_or(begun.0, |at| at.0.max(begun.0));
            found.push(ClientAccess { client: client_id(&id)?, since: since.0, last_used_at });
        }
        Ok(found)
    }

    pub(super) async fn end_client_families(
        &mut self,
        user: UserId,
        client: &ClientId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let ended = db!(self.wire, |c| {
            let live = token_families::table
                .filter(token_families::realm_id.eq(realm))
                .filter(token_families::user_id.eq(user))
                .filter(token_families::client_id.eq(client.as_str()))
                .filter(token_families::revoked_at.is_null());
            diesel::update(live).set(token_families::revoked_at.eq(Some(PTime(now)))).execute(c).await
        })?;
        Ok(u64::try_from(ended).unwrap_or(u64::MAX))
    }

    pub(super) async fn liveness(&mut self, id: FamilyId) -> Result<Option<TokenLiveness>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            living!(realm, id)
                .select((FamilyRow::as_select(), users::status, sessions::revoked_at.nullable()))
                .first::<(FamilyRow, String, Option<PTime>)>(c)
                .await
                .optional()
        })?;
        row.map(|(family, status, revoked_at)| {
            Ok(TokenLiveness {
                family: family.rehydrate()?,
                user_active: UserStatus::parse(&status) == Some(UserStatus::Active),
                session_revoked: revoked_at.is_some(),
            })
        })
        .transpose()
    }

    pub(super) async fn token_owner(
        &mut self,
        id: FamilyId,
    ) -> Result<Option<(TokenLiveness, User)>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            living!(realm, id)
                .select((FamilyRow::as_select(), UserRow::as_select(), sessions::revoked_at.nullable()))
                .first::<(FamilyRow, UserRow, Option<PTime>)>(c)
                .await
                .optional()
        })?;
        row.map(|(family, user, revoked_at)| {
            let (family, user) = (family.rehydrate()?, user.rehydrate()?);
            let (user_active, session_revoked) = (user.is_active(), revoked_at.is_some());
            Ok((TokenLiveness { family, user_active, session_revoked }, user))
        })
        .transpose()
    }

    pub(super) async fn session_clients(
        &mut self,
        of: &[SessionId],
    ) -> Result<Vec<(SessionId, ClientId)>, StoreError> {
        let realm = self.realm;
        let mut found = Vec::new();
        for some in of.chunks(IDS_AT_ONCE) {
            let ids: Vec<PUuid> = some.iter().map(|id| PUuid(id.as_uuid())).collect();
            let rows = db!(self.wire, |c| {
                token_families::table
                    .filter(token_families::realm_id.eq(realm))
                    .filter(token_families::session_id.eq_any(ids))
                    .filter(token_families::revoked_at.is_null())
                    .select((token_families::session_id, token_families::client_id))
                    .distinct()
                    .order((token_families::session_id.asc(), token_families::client_id.asc()))
                    .load::<(Option<PUuid>, String)>(c)
                    .await
            })?;
            for (session, client) in rows {
                if let Some(session) = session {
                    found.push((SessionId::from_uuid(session.0), client_id(&client)?));
                }
            }
        }
        Ok(found)
    }
}
