//! Authenticators of users.

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use vestibule_authn::{
    Credential, CredentialKind, CredentialRepo, PasswordHash, credential::CredentialSecret,
};
use vestibule_kernel::{
    Changed, CredentialId, EventRecord, Page, PageRequest, Sealed, StoreError, UserId, Version,
};

use crate::{
    prepared::Prepared,
    schema::credentials,
    tx::{DbTx, after_id, corrupt, expected, guarded, page_limit, page_of, time},
    types::{Json, PTime, PUuid},
    wire::db,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = credentials, primary_key(realm_id, id), treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct CredentialRow {
    realm_id: PUuid,
    id: PUuid,
    user_id: PUuid,
    kind: String,
    hash: Option<String>,
    sealed: Option<Vec<u8>>,
    label: Option<String>,
    created_at: PTime,
    updated_at: PTime,
    last_used_at: Option<PTime>,
    version: i64,
    external_id: Option<Vec<u8>>,
    facts: Json<BTreeMap<String, Value>>,
}

impl CredentialRow {
    fn of(realm: PUuid, credential: Credential) -> Self {
        let (hash, sealed) = match credential.secret {
            CredentialSecret::Hash(hash) => (Some(hash.expose().to_owned()), None),
            CredentialSecret::Sealed(sealed) => (None, Some(sealed.as_bytes().to_vec())),
        };
        Self {
            realm_id: realm,
            id: PUuid(credential.id.as_uuid()),
            user_id: PUuid(credential.user.as_uuid()),
            kind: credential.kind.as_str().to_owned(),
            hash,
            sealed,
            label: credential.label,
            created_at: PTime(credential.created_at),
            updated_at: PTime(credential.updated_at),
            last_used_at: time(credential.last_used_at),
            version: credential.version.get(),
            external_id: credential.external_id,
            facts: Json(credential.facts),
        }
    }

    pub(super) fn rehydrate(self) -> Result<Credential, StoreError> {
        let secret = match (self.hash, self.sealed) {
            (Some(hash), None) => CredentialSecret::Hash(PasswordHash::from_stored(hash)),
            (None, Some(sealed)) => CredentialSecret::Sealed(Sealed::from_bytes(sealed)),
            _ => return Err(corrupt("credentials.hash")),
        };
        Ok(Credential {
            id: CredentialId::from_uuid(self.id.0),
            user: UserId::from_uuid(self.user_id.0),
            kind: CredentialKind::parse(&self.kind).ok_or_else(|| corrupt("credentials.kind"))?,
            secret,
            external_id: self.external_id,
            facts: self.facts.0,
            label: self.label,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            last_used_at: self.last_used_at.map(|at| at.0),
            version: Version::from_stored(self.version),
        })
    }
}

#[async_trait]
impl CredentialRepo for DbTx {
    async fn list_credentials(&mut self, user: UserId) -> Result<Vec<Credential>, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let rows = db!(self.wire, |c| {
            credentials::table
                .filter(credentials::realm_id.eq(realm))
                .filter(credentials::user_id.eq(user))
                .select(CredentialRow::as_select())
                .order((credentials::created_at.asc(), credentials::id.asc()))
                .load::<CredentialRow>(c)
                .await
        })?;
        rows.into_iter().map(CredentialRow::rehydrate).collect()
    }

    async fn find_credential(
        &mut self,
        user: UserId,
        kind: CredentialKind,
    ) -> Result<Option<Credential>, StoreError> {
        let (realm, user) = (self.realm, PUuid(user.as_uuid()));
        let row = db!(self.wire, |c| {
            credentials::table
                .filter(credentials::realm_id.eq(realm))
                .filter(credentials::user_id.eq(user))
                .filter(credentials::kind.eq(kind.as_str()))
                .select(CredentialRow::as_select())
                .first::<CredentialRow>(c)
                .await
                .optional()
        })?;
        row.map(CredentialRow::rehydrate).transpose()
    }

    async fn find_credential_by_external_id(
        &mut self,
        kind: CredentialKind,
        external_id: &[u8],
    ) -> Result<Option<Credential>, StoreError> {
        let (realm, external_id) = (self.realm, Some(external_id.to_vec()));
        let row = db!(self.wire, |c| {
            credentials::table
                .filter(credentials::realm_id.eq(realm))
                .filter(credentials::kind.eq(kind.as_str()))
                .filter(credentials::external_id.eq(external_id))
                .select(CredentialRow::as_select())
                .first::<CredentialRow>(c)
                .await
                .optional()
        })?;
        row.map(CredentialRow::rehydrate).transpose()
    }

    async fn save_credential(&mut self, change: Changed<Credential>) -> Result<(), StoreError> {
        let row = CredentialRow::of(self.realm, change.value);
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(credentials::table).values(row).execute(c).await)?;
            }
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = credentials::table
                        .filter(credentials::realm_id.eq(row.realm_id))
                        .filter(credentials::id.eq(row.id))
                        .filter(credentials::version.eq(version));
                    Prepared(diesel::update(mine).set(row)).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        self.record_all(change.events);
        Ok(())
    }

    async fn list_sealed_credentials(&mut self, page: &PageRequest) -> Result<Page<Credential>, StoreError> {
        let (realm, after) = (self.realm, after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut sealed = credentials::table
                .filter(credentials::realm_id.eq(realm))
                .filter(credentials::sealed.is_not_null())
                .select(CredentialRow::as_select())
                .order(credentials::id.asc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(after) = after {
                sealed = sealed.filter(credentials::id.gt(after));
            }
            sealed.load::<CredentialRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), CredentialRow::rehydrate)
    }

    async fn delete_credential(&mut self, id: CredentialId, event: EventRecord) -> Result<bool, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let gone = db!(self.wire, |c| {
            let mine =
                credentials::table.filter(credentials::realm_id.eq(realm)).filter(credentials::id.eq(id));
            diesel::delete(mine).execute(c).await
        })?;
        if gone > 0 {
            self.record(event);
        }
        Ok(gone > 0)
    }
}
