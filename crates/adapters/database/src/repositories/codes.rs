//! Authorization codes.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Digest, FamilyId, SessionId, StoreError, Timestamp, UserId};
use vestibule_oauth::{AuthorizationCode, CodeOutcome, code::CodeDetails};

use super::clients::client_id;
use crate::{
    prepared::Prepared,
    schema::authorization_codes,
    tx::{DbTx, digest, time},
    types::{Json, PTime, PUuid},
    wire::{db, later},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = authorization_codes, treat_none_as_default_value = false)]
struct CodeRow {
    realm_id: PUuid,
    digest: Vec<u8>,
    family_id: PUuid,
    client_id: String,
    user_id: PUuid,
    session_id: PUuid,
    details: Json<CodeDetails>,
    issued_at: PTime,
    expires_at: PTime,
    consumed_at: Option<PTime>,
}

impl CodeRow {
    fn rehydrate(self) -> Result<Box<AuthorizationCode>, StoreError> {
        Ok(Box::new(AuthorizationCode {
            digest: digest(&self.digest)?,
            family: FamilyId::from_uuid(self.family_id.0),
            client: client_id(&self.client_id)?,
            user: UserId::from_uuid(self.user_id.0),
            session: SessionId::from_uuid(self.session_id.0),
            details: self.details.0,
            issued_at: self.issued_at.0,
            expires_at: self.expires_at.0,
            consumed_at: self.consumed_at.map(|at| at.0),
        }))
    }
}

impl DbTx {
    pub(super) async fn store_code(&mut self, code: &AuthorizationCode) -> Result<(), StoreError> {
        let row = CodeRow {
            realm_id: self.realm,
            digest: code.digest.as_bytes().to_vec(),
            family_id: PUuid(code.family.as_uuid()),
            client_id: code.client.as_str().to_owned(),
            user_id: PUuid(code.user.as_uuid()),
            session_id: PUuid(code.session.as_uuid()),
            details: Json(code.details.clone()),
            issued_at: PTime(code.issued_at),
            expires_at: PTime(code.expires_at),
            consumed_at: time(code.consumed_at),
        };
        later!(self.wire, "insert_code", diesel::insert_into(authorization_codes::table).values(row))
    }

    pub(super) async fn take_code(
        &mut self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<CodeOutcome, StoreError> {
        let (realm, digest) = (self.realm, digest.as_bytes().to_vec());
        let taken = db!(self.wire, |c| {
            let unused = authorization_codes::table
                .filter(authorization_codes::realm_id.eq(realm))
                .filter(authorization_codes::digest.eq(&digest))
                .filter(authorization_codes::consumed_at.is_null());
            let claim = diesel::update(unused)
                .set(authorization_codes::consumed_at.eq(Some(PTime(now))))
                .returning(CodeRow::as_returning());
            Prepared(claim).get_result::<CodeRow>(c).await.optional()
        })?;
        if let Some(row) = taken {
            return row.rehydrate().map(CodeOutcome::Consumed);
        }
        let used = db!(self.wire, |c| {
            authorization_codes::table
                .filter(authorization_codes::realm_id.eq(realm))
                .filter(authorization_codes::digest.eq(&digest))
                .select(CodeRow::as_select())
                .first::<CodeRow>(c)
                .await
                .optional()
        })?;
        match used {
            Some(row) => row.rehydrate().map(CodeOutcome::Reused),
            None => Ok(CodeOutcome::Unknown),
        }
    }
}
