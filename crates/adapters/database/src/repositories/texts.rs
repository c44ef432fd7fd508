//! Counters of codes by text message.

use async_trait::async_trait;
use chrono::Duration;
use diesel::{
    ExpressionMethods, QueryableByName,
    query_dsl::methods::FilterDsl,
    sql_types::{BigInt, Nullable, Text},
    upsert::excluded,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{EventRecord, StoreError, Timestamp};
use vestibule_storage::texts::{TextCountRepo, TextFigures, judged_until, slot_of};

use crate::{
    schema::sms_counts,
    tx::DbTx,
    types::{DbTime, DbUuid, PTime},
    wire::db,
};

/// One pass over the slots of a day; the same text on both databases. SQLite numbers the arguments as they appear.
const FIGURES: &str = "\
    SELECT CAST(COALESCE(SUM(CASE WHEN starts_at > $1 THEN sent ELSE 0 END), 0) AS bigint) AS last_hour, \
    CAST(COALESCE(SUM(sent), 0) AS bigint) AS last_day, \
    CAST(COALESCE(SUM(CASE WHEN prefix = $2 AND starts_at <= $3 THEN sent ELSE 0 END), 0) AS bigint) AS judged, \
    CAST(COALESCE(SUM(CASE WHEN prefix = $2 AND starts_at <= $3 THEN answered ELSE 0 END), 0) AS bigint) AS answered, \
    MAX(CASE WHEN prefix = $2 THEN stopped_at END) AS stopped_at \
    FROM sms_counts WHERE realm_id = $4 AND starts_at > $5";

#[derive(QueryableByName)]
struct Figures {
    #[diesel(sql_type = BigInt)]
    last_hour: i64,
    #[diesel(sql_type = BigInt)]
    last_day: i64,
    #[diesel(sql_type = BigInt)]
    judged: i64,
    #[diesel(sql_type = BigInt)]
    answered: i64,
    #[diesel(sql_type = Nullable<DbTime>)]
    stopped_at: Option<PTime>,
}

impl DbTx {
    /// Adds to the counters of a slot by one statement.
    async fn count_text(
        &mut self,
        prefix: &str,
        slot: Timestamp,
        (sent, answered): (i64, i64),
    ) -> Result<(), StoreError> {
        let row = (
            sms_counts::realm_id.eq(self.realm),
            sms_counts::starts_at.eq(PTime(slot_of(slot))),
            sms_counts::prefix.eq(prefix.to_owned()),
            sms_counts::sent.eq(sent),
            sms_counts::answered.eq(answered),
        );
        db!(self.wire, |c| {
            diesel::insert_into(sms_counts::table)
                .values(row)
                .on_conflict((sms_counts::realm_id, sms_counts::starts_at, sms_counts::prefix))
                .do_update()
                .set((
                    sms_counts::sent.eq(sms_counts::sent + excluded(sms_counts::sent)),
                    sms_counts::answered.eq(sms_counts::answered + excluded(sms_counts::answered)),
                ))
                .execute(c)
                .await
        })?;
        Ok(())
    }
}

#[async_trait]
impl TextCountRepo for DbTx {
    async fn text_figures(&mut self, prefix: &str, now: Timestamp) -> Result<TextFigures, StoreError> {
        let (realm, prefix) = (self.realm, prefix.to_owned());
        let day = PTime(slot_of(now) - Duration::days(1));
        let hour = PTime(slot_of(now) - Duration::hours(1));
        let judged = PTime(judged_until(now));
        let found = db!(self.wire, |c| {
            diesel::sql_query(FIGURES)
                .bind::<DbTime, _>(hour)
                .bind::<Text, _>(prefix)
                .bind::<DbTime, _>(judged)
                .bind::<DbUuid, _>(realm)
                .bind::<DbTime, _>(day)
                .get_result::<Figures>(c)
                .await
        })?;
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(TextFigures {
            last_hour: count(found.last_hour),
            last_day: count(found.last_day),
            judged: count(found.judged),
            answered: count(found.answered),
            stopped_at: found.stopped_at.map(|at| at.0),
        })
    }

    async fn count_text_sent(&mut self, prefix: &str, slot: Timestamp) -> Result<(), StoreError> {
        self.count_text(prefix, slot, (1, 0)).await
    }

    async fn count_text_answered(&mut self, prefix: &str, slot: Timestamp) -> Result<(), StoreError> {
        self.count_text(prefix, slot, (0, 1)).await
    }

    async fn note_texts_stopped(
        &mut self,
        prefix: &str,
        now: Timestamp,
        event: EventRecord,
    ) -> Result<bool, StoreError> {
        let row = (
            sms_counts::realm_id.eq(self.realm),
            sms_counts::starts_at.eq(PTime(slot_of(now))),
            sms_counts::prefix.eq(prefix.to_owned()),
            sms_counts::sent.eq(0_i64),
            sms_counts::answered.eq(0_i64),
            sms_counts::stopped_at.eq(Some(PTime(now))),
        );
        let noted = db!(self.wire, |c| {
            let upsert = diesel::insert_into(sms_counts::table)
                .values(row)
                .on_conflict((sms_counts::realm_id, sms_counts::starts_at, sms_counts::prefix))
                .do_update()
                .set(sms_counts::stopped_at.eq(excluded(sms_counts::stopped_at)));
            FilterDsl::filter(upsert, sms_counts::stopped_at.is_null()).execute(c).await
        })?;
        if noted == 1 {
            self.record(event);
        }
        Ok(noted == 1)
    }
}
