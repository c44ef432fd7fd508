//! What the account's JSON says of profile, addresses, authenticators, accounts elsewhere and the log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use vestibule_authn::Credential;
use vestibule_events::AuditEvent;
use vestibule_usecases::{
    RealmSnapshot,
    account::{AccountCx, profile},
    federation::LinkedIdentity,
};
use vestibule_users::DataExport;

/// What the person says about themselves.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountProfile {
    /// Standard claims and attributes of the realm that they may change.
    #[schema(value_type = Object)]
    own: Map<String, Value>,
    /// The names of all attributes they may change.
    editable: Vec<String>,
    /// Attributes that others look after.
    #[schema(value_type = Object)]
    managed: Map<String, Value>,
    /// Their language.
    locale: Option<String>,
    /// The languages there are.
    locales: Vec<String>,
}

impl AccountProfile {
    pub(super) fn of(realm: &RealmSnapshot, me: &AccountCx) -> Self {
        let user = me.user();
        let editable = profile::own_fields(realm, user);
        let value =
            |name: &&str| user.profile.values().get(*name).map(|value| ((*name).to_owned(), value.clone()));
        let managed = profile::managed_fields(realm, user);
        Self {
            own: editable.iter().filter_map(value).collect(),
            editable: editable.iter().map(|name| (*name).to_owned()).collect(),
            managed: managed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            locale: user.locale.as_ref().map(|locale| locale.as_str().to_owned()),
            locales: profile::languages(realm).iter().map(|locale| locale.as_str().to_owned()).collect(),
        }
    }
}

/// A change of the profile; `null` removes a value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProfilePatch {
    /// Attributes by name.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(super) own: Map<String, Value>,
    /// A language, or `null` to leave it to the browser.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub(super) locale: Option<Option<String>>,
}

/// Tells `null` from nothing.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedEmail {
    /// The address.
    pub(super) email: String,
}

/// A challenge that waits for its answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingChallenge {
    /// Its id.
    pub(super) challenge: String,
}

/// The code that was sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactCode {
    /// The challenge.
    pub(super) challenge: String,
    /// The code as typed.
    pub(super) code: String,
}

/// An authenticator.
#[derive(Serialize, ToSchema)]
pub(crate) struct Authenticator {
    /// Its id.
    id: String,
    /// Its kind: `password`, `totp`, `passkey`, `recovery_code`, `security_key`.
    kind: &'static str,
    /// The person's name for it.
    label: Option<String>,
    /// When it was bound.
    created_at: DateTime<Utc>,
    /// When it last proved something.
    last_used_at: Option<DateTime<Utc>>,
    /// How many codes of a set are left.
    left: Option<u64>,
}

impl From<&Credential> for Authenticator {
    fn from(credential: &Credential) -> Self {
        let is_set = credential.kind == vestibule_authn::CredentialKind::RecoveryCode;
        Self {
            id: credential.id.to_string(),
            kind: credential.kind.as_str(),
            label: credential.label.clone(),
            created_at: credential.created_at,
            last_used_at: credential.last_used_at,
            left: is_set.then(|| super::factors::left(credential)),
        }
    }
}

/// Which authenticator is added: `totp`, `security_key` or `recovery_code`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFactor {
    /// The method.
    pub(super) method: String,
}

/// An authenticator that waits for its confirmation.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingFactor {
    /// The challenge.
    pub(super) challenge: String,
    /// The address of the QR code, for `totp`.
    pub(super) otpauth: Option<String>,
    /// The same secret to type.
    pub(super) manual_key: Option<String>,
    /// The options of `navigator.credentials.create()`, for `security_key`.
    #[schema(value_type = Option<Object>)]
    pub(super) webauthn: Option<Value>,
    /// The codes of the new set, for `recovery_code`.
    pub(super) recovery_codes: Vec<String>,
}

/// The confirmation of a new authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmFactor {
    /// The method.
    pub(super) method: String,
    /// The challenge.
    pub(super) challenge: String,
    /// A code of the app, for `totp`.
    pub(super) code: Option<String>,
    /// What `navigator.credentials.create()` gave, in its JSON form, for `security_key`.
    #[schema(value_type = Option<Object>)]
    pub(super) credential: Option<Value>,
    /// That the codes are saved, for `recovery_code`.
    pub(super) saved: Option<bool>,
    /// A name for it.
    pub(super) label: Option<String>,
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactorLabel {
    /// The name; empty: none.
    pub(super) label: String,
}

/// An account elsewhere.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkedAccount {
    /// Its id.
    id: String,
    /// The provider's name.
    provider: String,
    /// When it was connected.
    created_at: DateTime<Utc>,
    /// When it last signed in.
    last_used_at: DateTime<Utc>,
    /// Whether it can be taken off: something else opens the account.
    removable: bool,
}

impl From<LinkedIdentity> for LinkedAccount {
    fn from(linked: LinkedIdentity) -> Self {
        Self {
            id: linked.identity.id.to_string(),
            provider: linked.provider,
            created_at: linked.identity.created_at,
            last_used_at: linked.identity.last_used_at,
            removable: linked.removable,
        }
    }
}

/// Where an account is connected.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLink {
    /// The key of the connection.
    pub(super) connection: String,
}

/// Where to send the browser.
#[derive(Serialize, ToSchema)]
pub(crate) struct Onward {
    /// The address at the provider.
    pub(super) location: String,
}

/// An entry of the person's own log.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityEntry {
    /// Its id.
    id: String,
    /// Its kind, one of the catalogue.
    #[serde(rename = "type")]
    kind: String,
    /// When.
    occurred_at: DateTime<Utc>,
    /// Whether the person did it themselves.
    own: bool,
    /// Address of the request, if it was theirs.
    ip: Option<String>,
    /// User agent of the request, if it was theirs.
    user_agent: Option<String>,
    /// Details without secrets.
    #[schema(value_type = Object)]
    data: Value,
}

impl ActivityEntry {
    pub(super) fn of(me: &AccountCx, event: AuditEvent) -> Self {
        let own = vestibule_templates::activity::is_own(me.id(), &event.actor);
        Self {
            id: event.id.to_string(),
            kind: event.kind,
            occurred_at: event.occurred_at,
            own,
            ip: event.ip.filter(|_| own),
            user_agent: event.user_agent.filter(|_| own),
            data: event.data,
        }
    }
}

/// When the account is erased.
#[derive(Serialize, ToSchema)]
pub(crate) struct Due {
    /// Until then it can be kept.
    pub(super) due_at: DateTime<Utc>,
}

/// A copy of what is kept about the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountExport {
    /// Its id.
    id: String,
    /// `making` or `ready`.
    state: &'static str,
    /// How far it is.
    progress: ExportProgress,
    /// Size of the archive in bytes, once it is ready.
    size_bytes: Option<u64>,
    /// When it was asked for.
    requested_at: DateTime<Utc>,
    /// When it was ready.
    ready_at: Option<DateTime<Utc>>,
    /// When it is removed.
    expires_at: DateTime<Utc>,
    /// Where the archive is, below the account's JSON; needs a fresh sign-in.
    archive: Option<String>,
}

/// Steps of a copy.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportProgress {
    /// That are done.
    done: u16,
    /// In all.
    total: u16,
}

impl From<DataExport> for AccountExport {
    fn from(export: DataExport) -> Self {
        let ready = export.ready_at.is_some();
        Self {
            id: export.id.to_string(),
            state: if ready { "ready" } else { "making" },
            progress: ExportProgress { done: export.done, total: export.total },
            size_bytes: ready.then_some(export.size),
            requested_at: export.requested_at,
            ready_at: export.ready_at,
            expires_at: export.expires_at,
            archive: ready.then(|| format!("exports/{}/archive", export.id)),
        }
    }
}
