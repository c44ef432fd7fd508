//! Refresh tokens: rotated by one conditional update. Whoever finds a token rotated already locks it first, so that
//! two retries of one lost answer cannot both miss the successor.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable,
    QueryableByName, Selectable, SelectableHelper, sql_types::Binary,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{Digest, FamilyId, StoreError, Timestamp};
use vestibule_oauth::{RefreshOutcome, RefreshToken, TokenFamily};

use super::families::FamilyRow;
use crate::{
    prepared::Prepared,
    schema::{refresh_tokens, token_families},
    tx::{DbTx, corrupt, digest, time},
    types::{DbTime, DbUuid, PTime, PUuid},
    wire::{db, later},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
struct TokenRow {
    realm_id: PUuid,
    digest: Vec<u8>,
    family_id: PUuid,
    predecessor: Option<Vec<u8>>,
    issued_at: PTime,
    expires_at: PTime,
    consumed_at: Option<PTime>,
}

impl TokenRow {
    fn of(realm: PUuid, token: &RefreshToken, predecessor: Option<&Digest>) -> Self {
        Self {
            realm_id: realm,
            digest: token.digest.as_bytes().to_vec(),
            family_id: PUuid(token.family.as_uuid()),
            predecessor: predecessor.map(|digest| digest.as_bytes().to_vec()),
            issued_at: PTime(token.issued_at),
            expires_at: PTime(token.expires_at),
            consumed_at: time(token.consumed_at),
        }
    }

    fn rehydrate(self) -> Result<RefreshToken, StoreError> {
        Ok(RefreshToken {
            digest: digest(&self.digest)?,
            family: FamilyId::from_uuid(self.family_id.0),
            issued_at: self.issued_at.0,
            expires_at: self.expires_at.0,
            consumed_at: self.consumed_at.map(|at| at.0),
        })
    }
}

/// Rotation and family in one round trip.
const ROTATE: &str = "\
    WITH rotated AS (UPDATE refresh_tokens SET consumed_at = $1 \
        WHERE realm_id = $2 AND digest = $3 AND consumed_at IS NULL \
        RETURNING realm_id, family_id, issued_at AS token_issued_at, expires_at AS token_expires_at) \
    SELECT f.*, rotated.token_issued_at, rotated.token_expires_at \
    FROM rotated JOIN token_families f ON f.realm_id = rotated.realm_id AND f.id = rotated.family_id";

#[derive(QueryableByName)]
struct Rotated {
    #[diesel(embed)]
    family: FamilyRow,
    #[diesel(sql_type = DbTime)]
    token_issued_at: PTime,
    #[diesel(sql_type = DbTime)]
    token_expires_at: PTime,
}

type TokenAndFamily = (RefreshToken, TokenFamily);

impl DbTx {
    pub(super) async fn store_refresh_token(
        &mut self,
        token: &RefreshToken,
        predecessor: Option<&Digest>,
    ) -> Result<(), StoreError> {
        let row = TokenRow::of(self.realm, token, predecessor);
        later!(self.wire, "insert_refresh_token", diesel::insert_into(refresh_tokens::table).values(row))
    }

    pub(super) async fn load_refresh_token(
        &mut self,
        digest: &Digest,
    ) -> Result<Option<TokenAndFamily>, StoreError> {
        let (realm, digest) = (self.realm, digest.as_bytes().to_vec());
        let row = db!(self.wire, |c| {
            let family = token_families::realm_id
                .eq(refresh_tokens::realm_id)
                .and(token_families::id.eq(refresh_tokens::family_id));
            refresh_tokens::table
                .inner_join(token_families::table.on(family))
                .filter(refresh_tokens::realm_id.eq(realm))
                .filter(refresh_tokens::digest.eq(digest))
                .select((TokenRow::as_select(), FamilyRow::as_select()))
                .first::<(TokenRow, FamilyRow)>(c)
                .await
                .optional()
        })?;
        row.map(|(token, family)| Ok((token.rehydrate()?, family.rehydrate()?))).transpose()
    }

    /// Rotates the token if nobody did before.
    async fn rotate(&mut self, token: &Digest, now: Timestamp) -> Result<Option<TokenAndFamily>, StoreError> {
        let (realm, key, at) = (self.realm, token.as_bytes().to_vec(), PTime(now));
        let rotated = db!(
            self.wire,
            postgres | c | {
                let rotate = diesel::sql_query(ROTATE)
                    .bind::<DbTime, _>(at)
                    .bind::<DbUuid, _>(realm)
                    .bind::<Binary, _>(key);
                Prepared(rotate).get_result::<Rotated>(c).await.optional()
            },
            sqlite | c | {
                let unused = refresh_tokens::table
                    .filter(refresh_tokens::realm_id.eq(realm))
                    .filter(refresh_tokens::digest.eq(key))
                    .filter(refresh_tokens::consumed_at.is_null());
                let token = diesel::update(unused)
                    .set(refresh_tokens::consumed_at.eq(Some(at)))
                    .returning(TokenRow::as_returning())
                    .get_result::<TokenRow>(c)
                    .await
                    .optional();
                match token {
                    Ok(Some(token)) => token_families::table
                        .filter(token_families::realm_id.eq(realm))
                        .filter(token_families::id.eq(token.family_id))
                        .select(FamilyRow::as_select())
                        .first::<FamilyRow>(c)
                        .await
                        .map(|family| {
                            let (issued, expires) = (token.issued_at, token.expires_at);
                            Some(Rotated { family, token_issued_at: issued, token_expires_at: expires })
                        }),
                    Ok(None) => Ok(None),
                    Err(error) => Err(error),
                }
            }
        )?;
        rotated
            .map(|rotated| {
                let family = rotated.family.rehydrate()?;
                let token = RefreshToken {
                    digest: *token,
                    family: family.id,
                    issued_at: rotated.token_issued_at.0,
                    expires_at: rotated.token_expires_at.0,
                    consumed_at: Some(now),
                };
                Ok((token, family))
            })
            .transpose()
    }

    /// Reads a rotated token and keeps others from answering for it until the transaction ends.
    async fn lock_refresh_token(&mut self, token: &Digest) -> Result<Option<RefreshToken>, StoreError> {
        let (realm, key) = (self.realm, token.as_bytes().to_vec());
        let row = db!(
            self.wire,
            postgres | c | {
                refresh_tokens::table
                    .filter(refresh_tokens::realm_id.eq(realm))
                    .filter(refresh_tokens::digest.eq(key))
                    .select(TokenRow::as_select())
                    .for_update()
                    .first::<TokenRow>(c)
                    .await
                    .optional()
            },
            sqlite | c | {
                refresh_tokens::table
                    .filter(refresh_tokens::realm_id.eq(realm))
                    .filter(refresh_tokens::digest.eq(key))
                    .select(TokenRow::as_select())
                    .first::<TokenRow>(c)
                    .await
                    .optional()
            }
        )?;
        row.map(TokenRow::rehydrate).transpose()
    }

    /// Ends the successor of a token if it was never used; false if there is none.
    async fn end_unused_successor(&mut self, token: &Digest, now: Timestamp) -> Result<bool, StoreError> {
        let (realm, key) = (self.realm, token.as_bytes().to_vec());
        let ended = db!(self.wire, |c| {
            let unused = refresh_tokens::table
                .filter(refresh_tokens::realm_id.eq(realm))
                .filter(refresh_tokens::predecessor.eq(key))
                .filter(refresh_tokens::consumed_at.is_null());
            Prepared(diesel::update(unused).set(refresh_tokens::consumed_at.eq(Some(PTime(now)))))
                .execute(c)
                .await
        })?;
        Ok(ended > 0)
    }

    pub(super) async fn take_refresh_token(
        &mut self,
        digest: &Digest,
        grace_seconds: u64,
        now: Timestamp,
    ) -> Result<RefreshOutcome, StoreError> {
        if let Some((token, family)) = self.rotate(digest, now).await? {
            return Ok(RefreshOutcome::Rotated { token: Box::new(token), family: Box::new(family) });
        }
        let Some(token) = self.lock_refresh_token(digest).await? else {
            return Ok(RefreshOutcome::Unknown);
        };
        let family = self
            .load_family(PUuid(token.family.as_uuid()))
            .await?
            .ok_or_else(|| corrupt("refresh_tokens.family_id"))?;
        let family = Box::new(family);
        if token.is_within_grace(grace_seconds, now) && self.end_unused_successor(digest, now).await? {
            return Ok(RefreshOutcome::Retried { token: Box::new(token), family });
        }
        Ok(RefreshOutcome::Reused { family })
    }
}
