//! Users and the identifiers they sign in with.

use async_trait::async_trait;
use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension,
    QueryDsl, Queryable, Selectable, SelectableHelper,
    dsl::exists,
    sql_types::{Array, Text},
};
use diesel_async::RunQueryDsl;
use serde_json::{Map, Value};
use vestibule_kernel::{
    Changed, EventRecord, Page, PageRequest, StoreError, UserId, Version,
    contact::{ContactError, Identifier, Locale, Username},
};
use vestibule_users::{EmailAddress, PhoneNumber, Profile, User, UserFilter, UserRepo, UserStatus};

use crate::{
    prepared::Prepared,
    schema::{lockouts, user_identifiers, users},
    tx::{DbTx, after_id, corrupt, expected, guarded, page_limit, page_of, time},
    types::{DbUuid, Json, PTime, PUuid},
    wire::{db, later},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, primary_key(realm_id, id), treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct UserRow {
    realm_id: PUuid,
    id: PUuid,
    status: String,
    username: Option<String>,
    emails: Json<Vec<EmailAddress>>,
    phones: Json<Vec<PhoneNumber>>,
    profile: Json<Map<String, Value>>,
    public_metadata: Json<Map<String, Value>>,
    private_metadata: Json<Map<String, Value>>,
    locale: Option<String>,
    admin_scopes: Json<Vec<String>>,
    created_at: PTime,
    updated_at: PTime,
    version: i64,
    deletion_due_at: Option<PTime>,
}

impl UserRow {
    fn of(realm: PUuid, user: User) -> Self {
        Self {
            realm_id: realm,
            id: PUuid(user.id.as_uuid()),
            status: user.status.as_str().to_owned(),
            username: user.username.map(|name| name.to_string()),
            emails: Json(user.emails),
            phones: Json(user.phones),
            profile: Json(user.profile.values().clone()),
            public_metadata: Json(user.public_metadata),
            private_metadata: Json(user.private_metadata),
            locale: user.locale.map(|locale| locale.as_str().to_owned()),
            admin_scopes: Json(user.admin_scopes),
            created_at: PTime(user.created_at),
            updated_at: PTime(user.updated_at),
            version: user.version.get(),
            deletion_due_at: time(user.deletion_due),
        }
    }

    pub(super) fn rehydrate(self) -> Result<User, StoreError> {
        let contact = |what: &'static str| move |_: ContactError| corrupt(what);
        Ok(User {
            id: UserId::from_uuid(self.id.0),
            status: UserStatus::parse(&self.status).ok_or_else(|| corrupt("users.status"))?,
            username: self
                .username
                .map(|name| Username::parse(&name).map_err(contact("users.username")))
                .transpose()?,
            emails: self.emails.0,
            phones: self.phones.0,
            profile: Profile::rehydrate(self.profile.0),
            public_metadata: self.public_metadata.0,
            private_metadata: self.private_metadata.0,
            locale: self
                .locale
                .map(|tag| Locale::parse(&tag).map_err(contact("users.locale")))
                .transpose()?,
            admin_scopes: self.admin_scopes.0,
            deletion_due: self.deletion_due_at.map(|at| at.0),
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: Version::from_stored(self.version),
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = user_identifiers, treat_none_as_default_value = false)]
struct IdentifierRow {
    realm_id: PUuid,
    value: String,
    user_id: PUuid,
    kind: &'static str,
}

fn identifiers(realm: PUuid, user: &User) -> Vec<IdentifierRow> {
    let row = |kind, value: &str| IdentifierRow {
        realm_id: realm,
        value: value.to_owned(),
        user_id: PUuid(user.id.as_uuid()),
        kind,
    };
    let mut rows: Vec<_> = user.username.iter().map(|username| row("username", username.normal())).collect();
    rows.extend(user.emails.iter().map(|address| row("email", address.email.normal())));
    rows.extend(user.phones.iter().map(|number| row("phone", number.phone.normal())));
    rows
}

const INSERT_IDENTIFIERS: &str = "INSERT INTO user_identifiers (realm_id, value, user_id, kind) \
                                  SELECT $1, value, $2, kind FROM unnest($3, $4) AS given (value, kind)";

impl DbTx {
    /// Stores the identifiers of a user who has none stored, by one statement.
    async fn insert_identifiers(&mut self, user: PUuid, rows: Vec<IdentifierRow>) -> Result<(), StoreError> {
        let realm = self.realm;
        db!(
            self.wire,
            postgres | c | {
                let (values, kinds): (Vec<_>, Vec<_>) =
                    rows.into_iter().map(|row| (row.value, row.kind)).unzip();
                let insert = diesel::sql_query(INSERT_IDENTIFIERS)
                    .bind::<DbUuid, _>(realm)
                    .bind::<DbUuid, _>(user)
                    .bind::<Array<Text>, _>(values)
                    .bind::<Array<Text>, _>(kinds);
                Prepared(insert).execute(c).await
            },
            sqlite | c | {
                c.spawn_blocking(move |conn| {
                    diesel::RunQueryDsl::execute(
                        diesel::insert_into(user_identifiers::table).values(rows),
                        conn,
                    )
                })
                .await
            }
        )?;
        Ok(())
    }

    async fn update_user(&mut self, row: UserRow, version: i64) -> Result<(), StoreError> {
        let (realm, id) = (self.realm, row.id);
        let changed = db!(self.wire, |c| {
            let mine = users::table
                .filter(users::realm_id.eq(realm))
                .filter(users::id.eq(id))
                .filter(users::version.eq(version));
            Prepared(diesel::update(mine).set(row)).execute(c).await
        })?;
        guarded(changed)?;
        db!(self.wire, |c| {
            let old = user_identifiers::table
                .filter(user_identifiers::realm_id.eq(realm))
                .filter(user_identifiers::user_id.eq(id));
            diesel::delete(old).execute(c).await
        })?;
        Ok(())
    }
}

#[async_trait]
impl UserRepo for DbTx {
    async fn find_user(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            users::table
                .filter(users::realm_id.eq(realm))
                .filter(users::id.eq(id))
                .select(UserRow::as_select())
                .first::<UserRow>(c)
                .await
                .optional()
        })?;
        row.map(UserRow::rehydrate).transpose()
    }

    async fn find_user_by_identifier(&mut self, identifier: &Identifier) -> Result<Option<User>, StoreError> {
        let realm = self.realm;
        let row = db!(self.wire, |c| {
            let owner =
                users::realm_id.eq(user_identifiers::realm_id).and(users::id.eq(user_identifiers::user_id));
            user_identifiers::table
                .inner_join(users::table.on(owner))
                .filter(user_identifiers::realm_id.eq(realm))
                .filter(user_identifiers::value.eq(identifier.normal()))
                .select(UserRow::as_select())
                .first::<UserRow>(c)
                .await
                .optional()
        })?;
        row.map(UserRow::rehydrate).transpose()
    }

    async fn list_users(
        &mut self,
        filter: &UserFilter,
        page: &PageRequest,
    ) -> Result<Page<User>, StoreError> {
        let (realm, after) = (self.realm, after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = users::table
                .filter(users::realm_id.eq(realm))
                .select(UserRow::as_select())
                .order(users::id.asc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(after) = after {
                query = query.filter(users::id.gt(after));
            }
            if let Some(status) = filter.status {
                query = query.filter(users::status.eq(status.as_str()));
            }
            if let Some(prefix) = &filter.identifier_prefix {
                // The last code point is above every text that starts with the prefix, in byte order.
                let end = format!("{prefix}\u{10FFFF}");
                query = query.filter(exists(
                    user_identifiers::table
                        .filter(user_identifiers::realm_id.eq(realm))
                        .filter(user_identifiers::user_id.eq(users::id))
                        .filter(user_identifiers::value.ge(prefix))
                        .filter(user_identifiers::value.lt(end)),
                ));
            }
            query.load::<UserRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), UserRow::rehydrate)
    }

    async fn save_user(&mut self, change: Changed<User>) -> Result<(), StoreError> {
        let names = identifiers(self.realm, &change.value);
        let row = UserRow::of(self.realm, change.value);
        let id = row.id;
        match expected(change.expected) {
            None => {
                db!(self.wire, |c| diesel::insert_into(users::table).values(row).execute(c).await)?;
            }
            Some(version) => self.update_user(row, version).await?,
        }
        self.insert_identifiers(id, names).await?;
        self.record_all(change.events);
        Ok(())
    }

    async fn delete_user(&mut self, id: UserId, event: EventRecord) -> Result<bool, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let gone = db!(self.wire, |c| {
            let mine = users::table.filter(users::realm_id.eq(realm)).filter(users::id.eq(id));
            diesel::delete(mine).execute(c).await
        })?;
        if gone > 0 {
            // Counters have no foreign key; see the migration.
            let counters =
                lockouts::table.filter(lockouts::realm_id.eq(realm)).filter(lockouts::user_id.eq(id));
            later!(self.wire, "delete_user_lockouts", diesel::delete(counters))?;
            self.record(event);
        }
        Ok(gone > 0)
    }
}
