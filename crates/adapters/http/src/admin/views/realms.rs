//! Realms, keys and the report of an import.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vestibule_oauth::SigningKey;
use vestibule_realms::{Issuer, Realm, RealmSettings, RealmStatus, Slug, settings::Algorithm};
use vestibule_usecases::admin::realm_document::{Counts, ImportReport};

use crate::openapi::infer::SettingsSchema;

/// A realm.
#[derive(Serialize, ToSchema)]
#[schema(as = Realm)]
pub(in crate::admin) struct RealmView {
    /// Its id, `rlm_…`.
    id: String,
    /// Its name in addresses; never changes.
    slug: String,
    /// `active` or `suspended`.
    #[schema(value_type = String)]
    status: RealmStatus,
    /// Its own hosts; the first is part of the issuer.
    hosts: Vec<String>,
    /// The `iss` of its tokens.
    issuer: String,
    /// The audience (`resource`) of tokens for its admin API.
    admin_resource: String,
    /// Everything that can be set.
    #[schema(value_type = SettingsSchema)]
    settings: RealmSettings,
    /// When it was created.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}

impl RealmView {
    pub(in crate::admin) fn new(realm: Realm, public_url: &url::Url) -> Self {
        let issuer = Issuer::of(&realm, public_url);
        Self {
            id: realm.id.to_string(),
            slug: realm.slug.to_string(),
            status: realm.status,
            hosts: realm.hosts,
            issuer: issuer.as_str().to_owned(),
            admin_resource: issuer.admin_resource(),
            settings: realm.settings,
            created_at: realm.created_at,
            updated_at: realm.updated_at,
        }
    }
}

/// A new realm.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewRealm)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct NewRealmBody {
    /// Its name in addresses: 2 to 40 of `a-z 0-9 -`.
    #[schema(value_type = String)]
    pub(in crate::admin) slug: Slug,
    /// Its own hosts.
    #[serde(default)]
    pub(in crate::admin) hosts: Vec<String>,
    /// Its settings; what is left out has its default.
    #[serde(default)]
    #[schema(value_type = SettingsSchema)]
    pub(in crate::admin) settings: RealmSettings,
}

/// A signing key: its public part and where it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub(in crate::admin) struct KeyView {
    /// Its `kid`.
    kid: String,
    /// Its `alg`.
    alg: String,
    /// `next`, `active` or `retiring`.
    status: String,
    /// The public JWK.
    #[schema(value_type = Object)]
    jwk: Map<String, Value>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it began to sign, or will.
    activate_at: DateTime<Utc>,
    /// When it stopped signing.
    retired_at: Option<DateTime<Utc>>,
    /// When it leaves JWKS.
    remove_at: Option<DateTime<Utc>>,
}

impl From<SigningKey> for KeyView {
    fn from(key: SigningKey) -> Self {
        Self {
            kid: key.public.kid,
            alg: key.public.alg,
            status: key.status.as_str().to_owned(),
            jwk: key.public.jwk,
            created_at: key.created_at,
            activate_at: key.activate_at,
            retired_at: key.retired_at,
            remove_at: key.remove_at,
        }
    }
}

/// Which keys to replace.
#[derive(Deserialize, ToSchema)]
#[schema(as = RotateKeys)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct RotateKeysBody {
    /// The algorithm: `ES256`, `RS256`, `PS256` or `EdDSA`.
    #[schema(value_type = String)]
    pub(in crate::admin) algorithm: Algorithm,
}

/// How many entries were created, brought in line, or left alone.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportCounts)]
pub(in crate::admin) struct CountsView {
    /// New ones.
    created: u64,
    /// Those brought in line.
    updated: u64,
    /// Those that were as the document says.
    unchanged: u64,
}

impl From<Counts> for CountsView {
    fn from(counts: Counts) -> Self {
        Self { created: counts.created, updated: counts.updated, unchanged: counts.unchanged }
    }
}

/// What an import did.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub(in crate::admin) struct ImportView {
    /// The realm's id.
    realm_id: String,
    /// Its slug.
    realm: String,
    /// Whether it is new.
    realm_created: bool,
    /// Whether settings or hosts changed.
    settings_changed: bool,
    /// Signing keys made because an algorithm had none.
    keys_created: u64,
    /// Secrets set because the realm had none of that name, or another value.
    secrets_set: u64,
    /// Whether a new revision of the look was published.
    theme_published: bool,
    /// Pictures.
    pictures: CountsView,
    /// Clients.
    clients: CountsView,
    /// Connections to upstream providers.
    connections: CountsView,
    /// Users.
    users: CountsView,
    /// Passwords given to users who had none.
    passwords_set: u64,
}

impl From<ImportReport> for ImportView {
    fn from(report: ImportReport) -> Self {
        Self {
            realm_id: report.realm_id.to_string(),
            realm: report.realm,
            realm_created: report.realm_created,
            settings_changed: report.settings_changed,
            keys_created: report.keys_created,
            secrets_set: report.secrets_set,
            theme_published: report.theme_published,
            pictures: report.pictures.into(),
            clients: report.clients.into(),
            connections: report.connections.into(),
            users: report.users.into(),
            passwords_set: report.passwords_set,
        }
    }
}
