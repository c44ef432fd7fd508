//! OAuth clients and initial access tokens.

use async_trait::async_trait;
use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use vestibule_kernel::{
    Changed, ClientId, Digest, EventRecord, Page, PageRequest, StoreError, Timestamp, Version,
};
use vestibule_oauth::{Client, ClientMetadata, ClientRepo, ClientSecret, ClientStatus, Verification};

use super::realms::raise_config_version;
use crate::{
    prepared::Prepared,
    schema::{clients, initial_access_tokens},
    tx::{DbTx, corrupt, digest, expected, guarded, page_limit, page_of},
    types::{Json, PTime, PUuid},
    wire::db,
};

/// A client secret in its document.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SecretDocument {
    digest: String,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = clients, primary_key(realm_id, id), treat_none_as_null = true, treat_none_as_default_value = false)]
struct ClientRow {
    realm_id: PUuid,
    id: String,
    status: String,
    verification: String,
    metadata: Json<ClientMetadata>,
    secrets: Json<Vec<SecretDocument>>,
    registration_token: Option<Vec<u8>>,
    created_at: PTime,
    updated_at: PTime,
    version: i64,
}

const fn verification_word(verification: Verification) -> &'static str {
    match verification {
        Verification::Verified => "verified",
        Verification::Unverified => "unverified",
    }
}

impl ClientRow {
    fn of(realm: PUuid, client: Client) -> Self {
        let secrets = client.secrets.iter().map(|secret| SecretDocument {
            digest: data_encoding::HEXLOWER.encode(secret.digest.as_bytes()),
            created_at: secret.created_at,
            expires_at: secret.expires_at,
        });
        Self {
            realm_id: realm,
            id: client.id.as_str().to_owned(),
            status: client.status.as_str().to_owned(),
            verification: verification_word(client.verification).to_owned(),
            secrets: Json(secrets.collect()),
            metadata: Json(client.metadata),
            registration_token: client.registration_token.map(|token| token.as_bytes().to_vec()),
            created_at: PTime(client.created_at),
            updated_at: PTime(client.updated_at),
            version: client.version.get(),
        }
    }

    fn rehydrate(self) -> Result<Client, StoreError> {
        let verification = match self.verification.as_str() {
            "verified" => Verification::Verified,
            "unverified" => Verification::Unverified,
            _ => return Err(corrupt("clients.verification")),
        };
        let secret = |stored: SecretDocument| {
            let bytes = data_encoding::HEXLOWER
                .decode(stored.digest.as_bytes())
                .map_err(|_error: data_encoding::DecodeError| corrupt("clients.secrets"))?;
            Ok(ClientSecret {
                digest: digest(&bytes)?,
                created_at: stored.created_at,
                expires_at: stored.expires_at,
            })
        };
        Ok(Client {
            id: client_id(&self.id)?,
            status: ClientStatus::parse(&self.status).ok_or_else(|| corrupt("clients.status"))?,
            verification,
            metadata: self.metadata.0,
            secrets: self.secrets.0.into_iter().map(secret).collect::<Result<_, StoreError>>()?,
            registration_token: self.registration_token.as_deref().map(digest).transpose()?,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: Version::from_stored(self.version),
        })
    }
}

/// A stored client id.
pub(super) fn client_id(text: &str) -> Result<ClientId, StoreError> {
    ClientId::parse(text).map_err(|_error: vestibule_kernel::ids::IdError| corrupt("a client id"))
}

#[async_trait]
impl ClientRepo for DbTx {
    async fn find_client(&mut self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            clients::table
                .filter(clients::realm_id.eq(realm))
                .filter(clients::id.eq(id.as_str()))
                .select(ClientRow::as_select())
                .first::<ClientRow>(c)
                .await
                .optional()
        })?;
        row.map(ClientRow::rehydrate).transpose()
    }

    async fn list_clients(&mut self, page: &PageRequest) -> Result<Page<Client>, StoreError> {
        let (realm, after) = (self.realm, page.after.clone().unwrap_or_default());
        let rows = db!(self.wire, |c| {
            clients::table
                .filter(clients::realm_id.eq(realm))
                .filter(clients::id.gt(&after))
                .select(ClientRow::as_select())
                .order(clients::id.asc())
                .limit(page_limit(page))
                .load::<ClientRow>(c)
                .await
        })?;
        page_of(rows, page, |row| row.id.clone(), ClientRow::rehydrate)
    }

    async fn list_all_clients(&mut self) -> Result<Vec<Client>, StoreError> {
        let realm = self.realm;
        let rows = db!(self.wire, |c| {
            clients::table
                .filter(clients::realm_id.eq(realm))
                .select(ClientRow::as_select())
                .order(clients::id.asc())
                .load::<ClientRow>(c)
                .await
        })?;
        rows.into_iter().map(ClientRow::rehydrate).collect()
    }

    async fn count_registered_clients(&mut self) -> Result<u64, StoreError> {
        let realm = self.realm;
        let count = db!(self.wire, |c| {
            clients::table
                .filter(clients::realm_id.eq(realm))
                .filter(clients::registration_token.is_not_null())
                .count()
                .get_result::<i64>(c)
                .await
        })?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    async fn save_client(&mut self, change: Changed<Client>) -> Result<(), StoreError> {
        let row = ClientRow::of(self.realm, change.value);
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(clients::table).values(row).execute(c).await)?;
            }
            Some(version) => {
                let changed = db!(self.wire, |c| {
                    let mine = clients::table
                        .filter(clients::realm_id.eq(row.realm_id))
                        .filter(clients::id.eq(row.id.clone()))
                        .filter(clients::version.eq(version));
                    Prepared(diesel::update(mine).set(row)).execute(c).await
                })?;
                guarded(changed)?;
            }
        }
        raise_config_version(&mut self.wire, self.realm).await?;
        self.record_all(change.events);
        Ok(())
    }

    async fn delete_client(&mut self, id: &ClientId, event: EventRecord) -> Result<bool, StoreError> {
        let realm = self.realm;
        let gone = db!(self.wire, |c| {
            let mine = clients::table.filter(clients::realm_id.eq(realm)).filter(clients::id.eq(id.as_str()));
            diesel::delete(mine).execute(c).await
        })?;
        if gone == 0 {
            return Ok(false);
        }
        raise_config_version(&mut self.wire, realm).await?;
        self.record(event);
        Ok(true)
    }

    async fn save_initial_access_token(
        &mut self,
        digest: &Digest,
        uses: u32,
        expires_at: Timestamp,
        event: EventRecord,
    ) -> Result<(), StoreError> {
        let row = (
            initial_access_tokens::realm_id.eq(self.realm),
            initial_access_tokens::digest.eq(digest.as_bytes().to_vec()),
            initial_access_tokens::uses_left.eq(i32::try_from(uses).unwrap_or(i32::MAX)),
            initial_access_tokens::created_at.eq(PTime(self.cx.now)),
            initial_access_tokens::expires_at.eq(PTime(expires_at)),
        );
        db!(self.wire, |c| {
            diesel::insert_into(initial_access_tokens::table).values(row).execute(c).await
        })?;
        self.record(event);
        Ok(())
    }

    async fn consume_initial_access_token(
        &mut self,
        digest: &Digest,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (realm, digest) = (self.realm, digest.as_bytes().to_vec());
        let taken = db!(self.wire, |c| {
            let live = initial_access_tokens::table
                .filter(initial_access_tokens::realm_id.eq(realm))
                .filter(initial_access_tokens::digest.eq(digest))
                .filter(initial_access_tokens::uses_left.gt(0))
                .filter(initial_access_tokens::expires_at.gt(PTime(now)));
            diesel::update(live)
                .set(initial_access_tokens::uses_left.eq(initial_access_tokens::uses_left - 1))
                .execute(c)
                .await
        })?;
        Ok(taken == 1)
    }
}
