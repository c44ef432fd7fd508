//! Values that may be seen once, until they expire.

use diesel::{
    ExpressionMethods, QueryDsl, dsl::exists, query_dsl::methods::FilterDsl, select, upsert::excluded,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Digest, StoreError, Timestamp};

use crate::{schema::one_time_values, tx::DbTx, types::PTime, wire::db};

impl DbTx {
    pub(super) async fn remember(
        &mut self,
        purpose: &'static str,
        value: &Digest,
        expires_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let now = PTime(self.cx.now);
        let row = (
            one_time_values::realm_id.eq(self.realm),
            one_time_values::purpose.eq(purpose),
            one_time_values::value.eq(value.as_bytes().to_vec()),
            one_time_values::expires_at.eq(PTime(expires_at)),
        );
        let new = db!(self.wire, |c| {
            // A value that is over but not swept yet may be remembered anew.
            let upsert = diesel::insert_into(one_time_values::table)
                .values(row)
                .on_conflict((one_time_values::realm_id, one_time_values::purpose, one_time_values::value))
                .do_update()
                .set(one_time_values::expires_at.eq(excluded(one_time_values::expires_at)));
            FilterDsl::filter(upsert, one_time_values::expires_at.le(now)).execute(c).await
        })?;
        Ok(new == 1)
    }

    pub(super) async fn remembers(
        &mut self,
        purpose: &'static str,
        value: &Digest,
    ) -> Result<bool, StoreError> {
        let (realm, now, value) = (self.realm, PTime(self.cx.now), value.as_bytes().to_vec());
        db!(self.wire, |c| {
            let live = QueryDsl::filter(one_time_values::table, one_time_values::realm_id.eq(realm));
            let live = QueryDsl::filter(live, one_time_values::purpose.eq(purpose));
            let live = QueryDsl::filter(live, one_time_values::value.eq(value));
            let live = QueryDsl::filter(live, one_time_values::expires_at.gt(now));
            select(exists(live)).get_result::<bool>(c).await
        })
    }
}
