//! The first operator's set-up codes.

use diesel::{ExpressionMethods, QueryDsl, dsl::exists, select};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Digest, StoreError, Timestamp};

use crate::{schema::setup_codes, system::DbSystemTx, types::PTime, wire::db};

impl DbSystemTx {
    pub(crate) async fn store_setup_code(
        &mut self,
        digest: &Digest,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = (
            setup_codes::digest.eq(digest.as_bytes().to_vec()),
            setup_codes::expires_at.eq(PTime(expires_at)),
        );
        db!(self.wire, |c| {
            diesel::delete(setup_codes::table.filter(setup_codes::used_at.is_null())).execute(c).await
        })?;
        db!(self.wire, |c| diesel::insert_into(setup_codes::table).values(row).execute(c).await)?;
        Ok(())
    }

    pub(crate) async fn setup_code_is_live(
        &mut self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let digest = digest.as_bytes().to_vec();
        db!(self.wire, |c| {
            let live = setup_codes::table
                .filter(setup_codes::digest.eq(digest))
                .filter(setup_codes::used_at.is_null())
                .filter(setup_codes::expires_at.gt(PTime(now)));
            select(exists(live)).get_result::<bool>(c).await
        })
    }

    pub(crate) async fn take_setup_code(
        &mut self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let digest = digest.as_bytes().to_vec();
        let taken = db!(self.wire, |c| {
            let live = setup_codes::table
                .filter(setup_codes::digest.eq(digest))
                .filter(setup_codes::used_at.is_null())
                .filter(setup_codes::expires_at.gt(PTime(now)));
            diesel::update(live).set(setup_codes::used_at.eq(Some(PTime(now)))).execute(c).await
        })?;
        Ok(taken == 1)
    }
}
