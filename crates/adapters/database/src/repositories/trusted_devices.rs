//! Browsers in which a second factor is waived.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper, upsert::excluded,
};
use diesel_async::RunQueryDsl;
use vestibule_authn::{AuthnEvent, TrustScope, TrustedDevice, TrustedDeviceRepo};
use vestibule_kernel::{Changed, DeviceId, StoreError, Timestamp, UserId};

use crate::{
    schema::{sessions, trusted_devices},
    tx::DbTx,
    types::{PTime, PUuid},
    wire::db,
};

/// Most browsers of one person that are listed.
const MAX_LISTED: i64 = 100;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = trusted_devices)]
struct TrustedDeviceRow {
    id: PUuid,
    user_id: PUuid,
    ip: Option<String>,
    user_agent: Option<String>,
    created_at: PTime,
    last_used_at: PTime,
    expires_at: PTime,
}

impl TrustedDeviceRow {
    fn of(device: TrustedDevice) -> Self {
        Self {
            id: PUuid(device.id.as_uuid()),
            user_id: PUuid(device.user.as_uuid()),
            ip: device.ip,
            user_agent: device.user_agent,
            created_at: PTime(device.created_at),
            last_used_at: PTime(device.last_used_at),
            expires_at: PTime(device.expires_at),
        }
    }

    fn rehydrate(self) -> TrustedDevice {
        TrustedDevice {
            id: DeviceId::from_uuid(self.id.0),
            user: UserId::from_uuid(self.user_id.0),
            ip: self.ip,
            user_agent: self.user_agent,
            created_at: self.created_at.0,
            last_used_at: self.last_used_at.0,
            expires_at: self.expires_at.0,
        }
    }
}

#[async_trait]
impl TrustedDeviceRepo for DbTx {
    async fn save_trusted_device(&mut self, change: Changed<TrustedDevice>) -> Result<(), StoreError> {
        let (realm, row) = (self.realm, TrustedDeviceRow::of(change.value));
        db!(self.wire, |c| {
            diesel::insert_into(trusted_devices::table)
                .values((trusted_devices::realm_id.eq(realm), row))
                .on_conflict((trusted_devices::realm_id, trusted_devices::user_id, trusted_devices::id))
                .do_update()
                .set((
                    trusted_devices::ip.eq(excluded(trusted_devices::ip)),
                    trusted_devices::user_agent.eq(excluded(trusted_devices::user_agent)),
                    trusted_devices::created_at.eq(excluded(trusted_devices::created_at)),
                    trusted_devices::last_used_at.eq(excluded(trusted_devices::last_used_at)),
                    trusted_devices::expires_at.eq(excluded(trusted_devices::expires_at)),
                ))
                .execute(c)
                .await
        })?;
        self.record_all(change.events);
        Ok(())
    }

    async fn use_trusted_device(
        &mut self,
        user: UserId,
        id: DeviceId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (realm, user, id, now) = (self.realm, PUuid(user.as_uuid()), PUuid(id.as_uuid()), PTime(now));
        let used = db!(self.wire, |c| {
            let mine = trusted_devices::table
                .filter(trusted_devices::realm_id.eq(realm))
                .filter(trusted_devices::user_id.eq(user))
                .filter(trusted_devices::id.eq(id))
                .filter(trusted_devices::expires_at.gt(now));
            diesel::update(mine).set(trusted_devices::last_used_at.eq(now)).execute(c).await
        })?;
        Ok(used > 0)
    }

    async fn list_trusted_devices(
        &mut self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<TrustedDevice>, StoreError> {
        let (realm, user, now) = (self.realm, PUuid(user.as_uuid()), PTime(now));
        let rows = db!(self.wire, |c| {
            trusted_devices::table
                .filter(trusted_devices::realm_id.eq(realm))
                .filter(trusted_devices::user_id.eq(user))
                .filter(trusted_devices::expires_at.gt(now))
                .select(TrustedDeviceRow::as_select())
                .order((trusted_devices::last_used_at.desc(), trusted_devices::id.asc()))
                .limit(MAX_LISTED)
                .load::<TrustedDeviceRow>(c)
                .await
        })?;
        Ok(rows.into_iter().map(TrustedDeviceRow::rehydrate).collect())
    }

    async fn forget_trusted_devices(&mut self, scope: TrustScope) -> Result<u64, StoreError> {
        let realm = self.realm;
        let (owner, only) = match scope {
            TrustScope::One(user, id) => (Some(PUuid(user.as_uuid())), Some(PUuid(id.as_uuid()))),
            TrustScope::User(user) => (Some(PUuid(user.as_uuid())), None),
            TrustScope::Realm => (None, None),
        };
        let gone = db!(self.wire, |c| {
            let mut theirs = diesel::delete(trusted_devices::table)
                .into_boxed()
                .filter(trusted_devices::realm_id.eq(realm));
            if let Some(owner) = owner {
                theirs = theirs.filter(trusted_devices::user_id.eq(owner));
            }
            if let Some(id) = only {
                theirs = theirs.filter(trusted_devices::id.eq(id));
            }
            theirs
                .returning((trusted_devices::user_id, trusted_devices::id))
                .get_results::<(PUuid, PUuid)>(c)
                .await
        })?;
        if gone.is_empty() {
            return Ok(0);
        }
        db!(self.wire, |c| {
            let mut waived = diesel::update(sessions::table)
                .set((sessions::second_factor_waived.eq(false), sessions::version.eq(sessions::version + 1)))
                .into_boxed()
                .filter(sessions::realm_id.eq(realm))
                .filter(sessions::second_factor_waived.eq(true));
            if let Some(owner) = owner {
                waived = waived.filter(sessions::user_id.eq(owner));
            }
            waived.execute(c).await
        })?;
        for (user, id) in &gone {
            let (user, id) = (UserId::from_uuid(user.0), DeviceId::from_uuid(id.0));
            self.record(AuthnEvent::DeviceForgotten { user, id }.into());
        }
        Ok(u64::try_from(gone.len()).unwrap_or(u64::MAX))
    }
}
