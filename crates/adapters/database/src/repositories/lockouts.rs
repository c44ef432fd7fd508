//! Counters of failed attempts. The rule is the domain's; here an attempt is counted so that no two share a count.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text},
};
use diesel_async::RunQueryDsl;
use vestibule_authn::{CredentialKind, Lockout, LockoutRepo, Reservation, lockout::MAX_FAILURES};
use vestibule_kernel::{StoreError, Timestamp, UserId};

use crate::{
    prepared::Prepared,
    schema::lockouts,
    tx::{DbTx, time},
    types::{DbTime, DbUuid, PTime, PUuid},
    wire::{Conn, db, later},
};

/// The row is locked by the upsert itself; a delayed or disabled counter is left alone and given as it was.
const RESERVE: &str = "\
    WITH counted AS (INSERT INTO lockouts AS l (realm_id, user_id, kind, failures, not_before) \
    VALUES ($1, $2, $3, 1, $4 + ($5)[1] * interval '1 microsecond') \
    ON CONFLICT (realm_id, user_id, kind) DO UPDATE SET failures = l.failures + 1, \
        not_before = $4 + ($5)[LEAST(l.failures + 1, cardinality($5))] * interval '1 microsecond' \
    WHERE l.failures < $6 AND (l.not_before IS NULL OR l.not_before <= $4) \
    RETURNING failures, not_before) \
    SELECT true AS granted, failures, not_before FROM counted \
    UNION ALL SELECT false, failures, not_before FROM lockouts \
    WHERE realm_id = $1 AND user_id = $2 AND kind = $3 AND NOT EXISTS (SELECT 1 FROM counted)";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Bool)]
    granted: bool,
    #[diesel(sql_type = Integer)]
    failures: i32,
    #[diesel(sql_type = Nullable<DbTime>)]
    not_before: Option<PTime>,
}

fn lockout(failures: i32, not_before: Option<PTime>) -> Lockout {
    Lockout { failures: u32::try_from(failures).unwrap_or_default(), not_before: not_before.map(|at| at.0) }
}

/// The wait after each count, in microseconds. Ends where it no longer grows.
fn delays() -> Vec<i64> {
    let mut delays: Vec<_> = (1..=MAX_FAILURES)
        .map(|failures| Lockout::delay_after(failures).num_microseconds().unwrap_or_default())
        .collect();
    while let [.., before, last] = delays.as_slice()
        && before == last
    {
        delays.pop();
    }
    delays
}

impl DbTx {
    async fn stored_lockout(
        &mut self,
        user: PUuid,
        kind: CredentialKind,
    ) -> Result<Option<Lockout>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            lockouts::table
                .filter(lockouts::realm_id.eq(realm))
                .filter(lockouts::user_id.eq(user))
                .filter(lockouts::kind.eq(kind.as_str()))
                .select((lockouts::failures, lockouts::not_before))
                .first::<(i32, Option<PTime>)>(c)
                .await
                .optional()
        })?;
        Ok(row.map(|(failures, not_before)| lockout(failures, not_before)))
    }

    /// One statement decides and counts, with the domain's delays as its argument.
    async fn reserve_by_upsert(
        &mut self,
        user: PUuid,
        kind: CredentialKind,
        now: Timestamp,
    ) -> Result<Reservation, StoreError> {
        let realm = self.realm;
        let counted = db!(
            self.wire,
            postgres | c | {
                let reserve = diesel::sql_query(RESERVE)
                    .bind::<DbUuid, _>(realm)
                    .bind::<DbUuid, _>(user)
                    .bind::<Text, _>(kind.as_str())
                    .bind::<DbTime, _>(PTime(now))
                    .bind::<Array<BigInt>, _>(delays())
                    .bind::<Integer, _>(i32::try_from(MAX_FAILURES).unwrap_or(i32::MAX));
                Prepared(reserve).get_result::<Counted>(c).await.optional()
            },
            sqlite | _c | Ok(None::<Counted>)
        )?;
        let Some(counted) = counted else { return Ok(Reservation::Delayed { until: now }) };
        let stored = lockout(counted.failures, counted.not_before);
        if counted.granted {
            return Ok(Reservation::Granted(stored));
        }
        Ok(match Lockout::reserve(Some(stored), now) {
            // Another attempt was counted after this statement began: the next try counts.
            Reservation::Granted(_) => Reservation::Delayed { until: now },
            refused => refused,
        })
    }

    /// Under SQLite's one writer, reading and writing cannot be interleaved.
    async fn store_lockout(
        &mut self,
        user: PUuid,
        kind: CredentialKind,
        lockout: Lockout,
    ) -> Result<(), StoreError> {
        let values = (
            lockouts::failures.eq(i32::try_from(lockout.failures).unwrap_or(i32::MAX)),
            lockouts::not_before.eq(time(lockout.not_before)),
        );
        let key =
            (lockouts::realm_id.eq(self.realm), lockouts::user_id.eq(user), lockouts::kind.eq(kind.as_str()));
        db!(self.wire, |c| {
            diesel::insert_into(lockouts::table)
                .values((key, values))
                .on_conflict((lockouts::realm_id, lockouts::user_id, lockouts::kind))
                .do_update()
                .set(values)
                .execute(c)
                .await
        })?;
        Ok(())
    }
}

#[async_trait]
impl LockoutRepo for DbTx {
    async fn reserve_attempt(
        &mut self,
        user: UserId,
        kind: CredentialKind,
        now: Timestamp,
    ) -> Result<Reservation, StoreError> {
        let user = PUuid(user.as_uuid());
        if matches!(self.wire.conn, Conn::Postgres(_)) {
            return self.reserve_by_upsert(user, kind, now).await;
        }
        let reservation = Lockout::reserve(self.stored_lockout(user, kind).await?, now);
        if let Reservation::Granted(lockout) = reservation {
            self.store_lockout(user, kind, lockout).await?;
        }
        Ok(reservation)
    }

    async fn reset_attempts(&mut self, user: UserId, kind: CredentialKind) -> Result<(), StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let mine = lockouts::table
            .filter(lockouts::realm_id.eq(realm))
            .filter(lockouts::user_id.eq(user))
            .filter(lockouts::kind.eq(kind.as_str()));
        later!(self.wire, "reset_attempts", diesel::delete(mine))
    }

    async fn release_attempt(&mut self, user: UserId, kind: CredentialKind) -> Result<(), StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let mine = lockouts::table
            .filter(lockouts::realm_id.eq(realm))
            .filter(lockouts::user_id.eq(user))
            .filter(lockouts::kind.eq(kind.as_str()))
            .filter(lockouts::failures.gt(0));
        let fewer = (lockouts::failures.eq(lockouts::failures - 1), lockouts::not_before.eq(None::<PTime>));
        later!(self.wire, "release_attempt", diesel::update(mine).set(fewer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delays_are_those_of_the_domain() {
        let delays = delays();
        for failures in 1..=MAX_FAILURES {
            let index = usize::try_from(failures).unwrap().min(delays.len()) - 1;
            let wait = delays[index];
            assert_eq!(Some(wait), Lockout::delay_after(failures).num_microseconds());
        }
        assert!(delays.len() < 20);
    }
}
