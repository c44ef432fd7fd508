//! The sweep: what is over goes, in bounded batches, oldest first. What reuse detection or device recognition still
//! needs is kept for its time.

use chrono::Duration;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use vestibule_kernel::{StoreError, Timestamp};
use vestibule_storage::PurgeCounts;

use crate::{
    system::DbSystemTx,
    types::{DbTime, PTime},
    wire::db,
};

/// What is swept: table, primary key beside the realm, the time that counts, how long after it.
const RULES: [(&str, &str, &str, Duration); 18] = [
    ("flows", "id", "expires_at", Duration::zero()),
    // Kept for a day: budgets per address count them.
    ("challenges", "id", "expires_at", Duration::days(1)),
    ("authorization_requests", "id", "expires_at", Duration::zero()),
    // A used code is needed to recognise its reuse.
    ("authorization_codes", "digest", "expires_at", Duration::days(1)),
    // A rotated token is needed to recognise its reuse.
    ("refresh_tokens", "digest", "expires_at", Duration::days(1)),
    ("token_families", "id", "expires_at", Duration::days(1)),
    ("token_families", "id", "revoked_at", Duration::days(1)),
    // An ended session tells a known browser from a new one.
    ("sessions", "id", "idle_expires_at", Duration::days(30)),
    ("trusted_devices", "user_id, id", "expires_at", Duration::zero()),
    ("data_exports", "id", "expires_at", Duration::zero()),
    ("one_time_values", "purpose, value", "expires_at", Duration::zero()),
    ("idempotency_keys", "key", "expires_at", Duration::zero()),
    ("initial_access_tokens", "digest", "expires_at", Duration::zero()),
    ("mailbox", "id", "received_at", Duration::days(7)),
    ("deliveries", "id", "updated_at", Duration::days(30)),
    // The figures of a day are looked at.
    ("sms_counts", "starts_at, prefix", "starts_at", Duration::days(2)),
    ("federation_attempts", "id", "expires_at", Duration::zero()),
    ("setup_codes", "", "expires_at", Duration::days(1)),
];

/// Counters of stand-ins and of deleted users, a month after the last guess.
const IDLE_LOCKOUTS: &str = "\
    DELETE FROM lockouts WHERE (realm_id, user_id, kind) IN (\
        SELECT realm_id, user_id, kind FROM lockouts AS l WHERE not_before <= $1 AND NOT EXISTS (\
            SELECT 1 FROM users AS u WHERE u.realm_id = l.realm_id AND u.id = l.user_id) \
        ORDER BY not_before LIMIT $2)";

/// The rows of a rule that are over, as a subquery; the same text on both databases.
fn over(table: &str, key: &str, time: &str) -> String {
    format!("SELECT {key} FROM {table} WHERE {time} <= $1 ORDER BY {time}, {key} LIMIT $2")
}

impl DbSystemTx {
    pub(crate) async fn sweep(&mut self, now: Timestamp, batch: u32) -> Result<PurgeCounts, StoreError> {
        let mut counts = PurgeCounts::default();
        for (table, key, time, kept) in RULES {
            let key = match key {
                "" => "digest".to_owned(),
                key => format!("realm_id, {key}"),
            };
            let over = over(table, &key, time);
            let before = now - kept;
            if table == "sessions" {
                let detach = format!(
                    "UPDATE token_families SET session_id = NULL \
                     WHERE session_id IS NOT NULL AND (realm_id, session_id) IN ({over})"
                );
                self.sweep_one(detach, before, batch).await?;
            }
            let removed = self
                .sweep_one(format!("DELETE FROM {table} WHERE ({key}) IN ({over})"), before, batch)
                .await?;
            counts.0.push((table, removed));
        }
        let removed = self.sweep_one(IDLE_LOCKOUTS.to_owned(), now - Duration::days(30), batch).await?;
        counts.0.push(("lockouts", removed));
        Ok(counts)
    }

    async fn sweep_one(&mut self, sql: String, before: Timestamp, batch: u32) -> Result<u64, StoreError> {
        let changed = db!(self.wire, |c| {
            diesel::sql_query(sql)
                .bind::<DbTime, _>(PTime(before))
                .bind::<BigInt, _>(i64::from(batch))
                .execute(c)
                .await
        })?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }
}
