//! SSO sessions and their end.

use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper, dsl::exists, select,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{
    Changed, Digest, Page, PageRequest, SessionId, StoreError, Timestamp, UserId, Version,
    assurance::{Acr, Amr},
};
use vestibule_sessions::{ActiveSession, RevocationCause, Session, SessionEvent, SessionRepo, SessionScope};

use crate::{
    prepared::Prepared,
    schema::{sessions, token_families},
    tx::{DbTx, after_id, corrupt, digest, expected, guarded, page_limit, page_of, time},
    types::{Json, PTime, PUuid},
    wire::{db, later},
};

/// Most ids in one statement: SQLite binds each of them.
pub(super) const IDS_AT_ONCE: usize = 5_000;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sessions, primary_key(realm_id, id), treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct SessionRow {
    realm_id: PUuid,
    id: PUuid,
    secret: Vec<u8>,
    user_id: PUuid,
    auth_time: PTime,
    acr: String,
    amr: Json<BTreeSet<Amr>>,
    second_factor_waived: bool,
    ip: Option<String>,
    user_agent: Option<String>,
    created_at: PTime,
    last_seen_at: PTime,
    idle_expires_at: PTime,
    expires_at: PTime,
    revoked_at: Option<PTime>,
    version: i64,
}

impl SessionRow {
    fn of(realm: PUuid, session: Session) -> Self {
        Self {
            realm_id: realm,
            id: PUuid(session.id.as_uuid()),
            secret: session.secret.as_bytes().to_vec(),
            user_id: PUuid(session.user.as_uuid()),
            auth_time: PTime(session.auth_time),
            acr: session.acr.as_str().to_owned(),
            amr: Json(session.amr),
            second_factor_waived: session.second_factor_waived,
            ip: session.ip,
            user_agent: session.user_agent,
            created_at: PTime(session.created_at),
            last_seen_at: PTime(session.last_seen_at),
            idle_expires_at: PTime(session.idle_expires_at),
            expires_at: PTime(session.expires_at),
            revoked_at: time(session.revoked_at),
            version: session.version.get(),
        }
    }

    pub(super) fn rehydrate(self) -> Result<Session, StoreError> {
        Ok(Session {
            id: SessionId::from_uuid(self.id.0),
            secret: digest(&self.secret)?,
            user: UserId::from_uuid(self.user_id.0),
            auth_time: self.auth_time.0,
            acr: Acr::parse(&self.acr).ok_or_else(|| corrupt("sessions.acr"))?,
            amr: self.amr.0,
            second_factor_waived: self.second_factor_waived,
            ip: self.ip,
            user_agent: self.user_agent,
            created_at: self.created_at.0,
            last_seen_at: self.last_seen_at.0,
            idle_expires_at: self.idle_expires_at.0,
            expires_at: self.expires_at.0,
            revoked_at: self.revoked_at.map(|at| at.0),
            version: Version::from_stored(self.version),
        })
    }
}

impl DbTx {
    /// Ends the live sessions in scope and says which they were.
    async fn end_sessions(
        &mut self,
        scope: SessionScope,
        now: PTime,
    ) -> Result<Vec<(PUuid, PUuid)>, StoreError> {
        let realm = self.realm;
        let (one, user, except) = match scope {
            SessionScope::One(id) => (Some(id), None, None),
            SessionScope::User(user) => (None, Some(user), None),
            SessionScope::UserExcept(user, id) => (None, Some(user), Some(id)),
            SessionScope::Realm => (None, None, None),
        };
        db!(self.wire, |c| {
            let mut live = diesel::update(sessions::table)
                .set((sessions::revoked_at.eq(Some(now)), sessions::version.eq(sessions::version + 1)))
                .into_boxed()
                .filter(sessions::realm_id.eq(realm))
                .filter(sessions::revoked_at.is_null())
                .filter(sessions::idle_expires_at.gt(now))
                .filter(sessions::expires_at.gt(now));
            if let Some(id) = one {
                live = live.filter(sessions::id.eq(PUuid(id.as_uuid())));
            }
            if let Some(user) = user {
                live = live.filter(sessions::user_id.eq(PUuid(user.as_uuid())));
            }
            if let Some(id) = except {
                live = live.filter(sessions::id.ne(PUuid(id.as_uuid())));
            }
            live.returning((sessions::id, sessions::user_id)).get_results::<(PUuid, PUuid)>(c).await
        })
    }
}

#[async_trait]
impl SessionRepo for DbTx {
    async fn find_session_by_secret(&mut self, secret: &Digest) -> Result<Option<Session>, StoreError> {
        let (realm, secret) = (self.realm, secret.as_bytes().to_vec());
        let row = db!(self.wire, |c| {
            sessions::table
                .filter(sessions::realm_id.eq(realm))
                .filter(sessions::secret.eq(secret))
                .select(SessionRow::as_select())
                .first::<SessionRow>(c)
                .await
                .optional()
        })?;
        row.map(SessionRow::rehydrate).transpose()
    }

    async fn find_session(&mut self, id: SessionId) -> Result<Option<Session>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            sessions::table
                .filter(sessions::realm_id.eq(realm))
                .filter(sessions::id.eq(id))
                .select(SessionRow::as_select())
                .first::<SessionRow>(c)
                .await
                .optional()
        })?;
        row.map(SessionRow::rehydrate).transpose()
    }

    async fn list_sessions(
        &mut self,
        user: Option<UserId>,
        now: Timestamp,
        page: &PageRequest,
    ) -> Result<Page<Session>, StoreError> {
        let (realm, now, after) = (self.realm, PTime(now), after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = sessions::table
                .filter(sessions::realm_id.eq(realm))
                .filter(sessions::revoked_at.is_null())
                .filter(sessions::idle_expires_at.gt(now))
                .filter(sessions::expires_at.gt(now))
                .select(SessionRow::as_select())
                .order(sessions::id.asc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(user) = user {
                query = query.filter(sessions::user_id.eq(PUuid(user.as_uuid())));
            }
            if let Some(after) = after {
                query = query.filter(sessions::id.gt(after));
            }
            query.load::<SessionRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), SessionRow::rehydrate)
    }

    async fn knows_user_agent(&mut self, user: UserId, user_agent: &str) -> Result<bool, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        db!(self.wire, |c| {
            let seen = sessions::table
                .filter(sessions::realm_id.eq(realm))
                .filter(sessions::user_id.eq(user))
                .filter(sessions::user_agent.eq(user_agent));
            select(exists(seen)).get_result::<bool>(c).await
        })
    }

    async fn save_session(&mut self, change: Changed<ActiveSession>) -> Result<(), StoreError> {
        let row = SessionRow::of(self.realm, change.value.into_inner());
        match expected(change.expected) {
            None => later!(self.wire, "insert_session", diesel::insert_into(sessions::table).values(row))?,
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = sessions::table
                        .filter(sessions::realm_id.eq(row.realm_id))
                        .filter(sessions::id.eq(row.id))
                        .filter(sessions::version.eq(version));
                    Prepared(diesel::update(mine).set(row)).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        self.record_all(change.events);
        Ok(())
    }

    async fn revoke_sessions(
        &mut self,
        scope: SessionScope,
        cause: RevocationCause,
        now: Timestamp,
    ) -> Result<Vec<(SessionId, UserId)>, StoreError> {
        let (realm, now) = (self.realm, PTime(now));
        let ended = self.end_sessions(scope, now).await?;
        for some in ended.chunks(IDS_AT_ONCE) {
            let ids: Vec<PUuid> = some.iter().map(|(id, _)| *id).collect();
            db!(self.wire, |c| {
                let bound = token_families::table
                    .filter(token_families::realm_id.eq(realm))
                    .filter(token_families::session_id.eq_any(ids))
                    .filter(token_families::revoked_at.is_null());
                diesel::update(bound).set(token_families::revoked_at.eq(Some(now))).execute(c).await
            })?;
        }
        let ended: Vec<_> = ended
            .into_iter()
            .map(|(id, user)| (SessionId::from_uuid(id.0), UserId::from_uuid(user.0)))
            .collect();
        for (id, user) in &ended {
            self.record(SessionEvent::Revoked { id: *id, user: *user, cause }.into());
        }
        Ok(ended)
    }
}
