//! What the account's JSON says.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_usecases::{
    RealmSnapshot,
    account::{AccountCx, ConnectedApp, OwnSession, OwnTrustedDevice},
};

/// The account of whoever is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    /// Its id, also the `sub` of tokens.
    id: String,
    /// What people see.
    name: String,
    /// The user name.
    username: Option<String>,
    /// Its addresses.
    emails: Vec<AccountEmail>,
    /// The language.
    locale: Option<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When the person last proved who they are.
    auth_time: DateTime<Utc>,
    /// Whether that is recent enough for sensitive changes.
    fresh: bool,
    /// Where to send the browser for a fresh proof; `to` is the page of the account to come back to.
    prove: String,
}

/// An address of the account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountEmail {
    /// The address.
    email: String,
    /// Whether the mailbox was proven.
    verified: bool,
    /// Whether it is the main one.
    primary: bool,
}

impl Account {
    pub(super) fn of(realm: &RealmSnapshot, me: &AccountCx) -> Self {
        let user = me.user();
        let emails = user.emails.iter().map(|address| AccountEmail {
            email: address.email.to_string(),
            verified: address.verified_at.is_some(),
            primary: address.primary,
        });
        Self {
            id: user.id.to_string(),
            name: user.display_name(),
            username: user.username.as_ref().map(ToString::to_string),
            emails: emails.collect(),
            locale: user.locale.as_ref().map(|locale| locale.as_str().to_owned()),
            created_at: user.created_at,
            auth_time: me.session().auth_time,
            fresh: me.is_fresh(),
            prove: realm.issuer.url("/account/prove"),
        }
    }
}

/// One of their sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountSession {
    /// Its id.
    id: String,
    /// Whether it is the one of this request.
    current: bool,
    /// The browser, as far as its user agent tells.
    browser: Option<&'static str>,
    /// The system.
    system: Option<&'static str>,
    /// The address it was opened from.
    ip: Option<String>,
    /// When it was opened.
    created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    last_seen_at: DateTime<Utc>,
    /// When it ends in any case.
    expires_at: DateTime<Utc>,
    /// Clients with tokens of it.
    clients: Vec<String>,
}

impl From<OwnSession> for AccountSession {
    fn from(own: OwnSession) -> Self {
        Self {
            id: own.session.id.to_string(),
            current: own.current,
            browser: own.device.browser,
            system: own.device.system,
            ip: own.session.ip,
            created_at: own.session.created_at,
            last_seen_at: own.session.last_seen_at,
            expires_at: own.session.expires_at,
            clients: own.clients.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A browser in which they are not asked for a second factor.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountTrustedDevice {
    /// Its id.
    id: String,
    /// The browser, as far as its user agent tells.
    browser: Option<&'static str>,
    /// The system.
    system: Option<&'static str>,
    /// The address it was trusted from.
    ip: Option<String>,
    /// When it was trusted.
    created_at: DateTime<Utc>,
    /// When it last spared its owner a second factor.
    last_used_at: DateTime<Utc>,
    /// From when on one is asked for again.
    expires_at: DateTime<Utc>,
}

impl From<OwnTrustedDevice> for AccountTrustedDevice {
    fn from(own: OwnTrustedDevice) -> Self {
        Self {
            id: own.trusted.id.to_string(),
            browser: own.device.browser,
            system: own.device.system,
            ip: own.trusted.ip,
            created_at: own.trusted.created_at,
            last_used_at: own.trusted.last_used_at,
            expires_at: own.trusted.expires_at,
        }
    }
}

/// One of their passkeys.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountPasskey {
    /// Its id.
    id: String,
    /// Its owner's name for it.
    label: Option<String>,
    /// Whether it may be copied to other devices.
    synced: bool,
    /// The model of what made it, as it says itself.
    aaguid: Option<String>,
    /// How it can be reached.
    transports: Vec<String>,
    /// When it was added.
    created_at: DateTime<Utc>,
    /// When it last signed in.
    last_used_at: Option<DateTime<Utc>>,
}

impl AccountPasskey {
    pub(super) fn of(credential: &vestibule_authn::Credential) -> Self {
        let fact = |name: &str| credential.facts.get(name);
        let transports = fact("transports").and_then(serde_json::Value::as_array);
        let words = transports.into_iter().flatten().filter_map(serde_json::Value::as_str);
        Self {
            id: credential.id.to_string(),
            label: credential.label.clone(),
            synced: fact("synced").and_then(serde_json::Value::as_bool).unwrap_or(false),
            aaguid: fact("aaguid").and_then(serde_json::Value::as_str).map(str::to_owned),
            transports: words.map(str::to_owned).collect(),
            created_at: credential.created_at,
            last_used_at: credential.last_used_at,
        }
    }
}

/// An application with access.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectedApp)]
pub(crate) struct ConnectedAppView {
    /// Its `client_id`.
    client_id: String,
    /// Its name.
    name: Option<String>,
    /// What the person agreed to; empty for those of the realm itself.
    scopes: Vec<String>,
    /// Since when.
    since: DateTime<Utc>,
    /// When it last got a token that it can still renew.
    last_used_at: Option<DateTime<Utc>>,
}

impl ConnectedAppView {
    pub(super) fn of(realm: &RealmSnapshot, app: ConnectedApp) -> Self {
        Self {
            name: realm.client(&app.client).map(|client| client.metadata.client_name.clone()),
            client_id: app.client.to_string(),
            scopes: app.scopes.into_iter().collect(),
            since: app.since,
            last_used_at: app.last_used_at,
        }
    }
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// As typed.
    pub(super) password: String,
}

/// How many ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct Ended {
    /// Sessions.
    pub(super) ended: u64,
}

/// Examples for the reference.
pub(crate) mod examples {
    use serde_json::{Value, json};

    pub(crate) fn account() -> Value {
        json!({
            "id": "usr_agm7jm2wcj3rfbaa4qxrhq6qhe", "name": "Ada Lovelace", "username": "ada",
            "emails": [{"email": "ada@acme.example", "verified": true, "primary": true}], "locale": "en",
            "created_at": "2026-01-31T09:30:00Z", "auth_time": "2026-02-01T08:00:00Z", "fresh": true,
            "prove": "https://id.example/realms/acme/account/prove",
        })
    }

    pub(crate) fn sessions() -> Value {
        json!({"items": [{
            "id": "ses_agm7jm2wcj3rfbaa4qxrhq6qhe", "current": true, "browser": "Firefox", "system": "Linux",
            "ip": "192.0.2.7", "created_at": "2026-02-01T08:00:00Z", "last_seen_at": "2026-02-01T08:10:00Z",
            "expires_at": "2026-03-03T08:00:00Z", "clients": ["shop"],
        }], "next": null})
    }

    pub(crate) fn trusted_devices() -> Value {
        json!({"items": [{
            "id": "dev_agm7jm2wcj3rfbaa4qxrhq6qhe", "browser": "Firefox", "system": "Linux", "ip": "192.0.2.7",
            "created_at": "2026-02-01T08:00:00Z", "last_used_at": "2026-02-14T08:10:00Z",
            "expires_at": "2026-03-03T08:00:00Z",
        }], "next": null})
    }

    pub(crate) fn passkeys() -> Value {
        json!({"items": [{
            "id": "crd_agm7jm2wcj3rfbaa4qxrhq6qhe", "label": "iCloud Keychain", "synced": true,
            "aaguid": "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", "transports": ["hybrid", "internal"],
            "created_at": "2026-01-31T09:30:00Z", "last_used_at": "2026-02-01T08:10:00Z",
        }], "next": null})
    }

    pub(crate) fn passkey_name() -> Value {
        json!({"label": "My phone"})
    }

    pub(crate) fn apps() -> Value {
        json!({"items": [{
            "client_id": "partner", "name": "Partner Shop", "scopes": ["email", "openid"],
            "since": "2026-01-31T09:30:00Z", "last_used_at": "2026-02-01T08:10:00Z",
        }], "next": null})
    }

    pub(crate) fn password() -> Value {
        json!({"password": "correct horse battery staple"})
    }

    pub(crate) fn ended() -> Value {
        json!({"ended": 2})
    }

    pub(crate) fn profile() -> Value {
        json!({
            "own": {"name": "Ada Lovelace"}, "editable": ["name", "given_name", "family_name"],
            "managed": {"plan": "pro"}, "locale": "en", "locales": ["en", "de"],
        })
    }

    pub(crate) fn profile_patch() -> Value {
        json!({"own": {"name": "Ada Lovelace"}, "locale": "de"})
    }

    pub(crate) fn email() -> Value {
        json!({"email": "ada@lovelace.example"})
    }

    pub(crate) fn waiting() -> Value {
        json!({"challenge": "chl_agm7jm2wcj3rfbaa4qxrhq6qhe"})
    }

    pub(crate) fn phone() -> Value {
        json!({"phone": "+491711234567"})
    }

    pub(crate) fn phones() -> Value {
        json!({"items": [{"phone": "+491711234567", "verified": true, "primary": true}], "next": null})
    }

    pub(crate) fn email_code() -> Value {
        json!({"challenge": "chl_agm7jm2wcj3rfbaa4qxrhq6qhe", "code": "123456"})
    }

    pub(crate) fn authenticators() -> Value {
        json!({"items": [{
            "id": "crd_agm7jm2wcj3rfbaa4qxrhq6qhe", "kind": "totp", "label": "My phone",
            "created_at": "2026-01-31T09:30:00Z", "last_used_at": "2026-02-01T08:10:00Z", "left": null,
        }], "next": null})
    }

    pub(crate) fn new_factor() -> Value {
        json!({"method": "totp"})
    }

    pub(crate) fn waiting_factor() -> Value {
        json!({
            "challenge": "chl_agm7jm2wcj3rfbaa4qxrhq6qhe",
            "otpauth": "otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP&issuer=Acme",
            "manual_key": "JBSW Y3DP EHPK 3PXP", "webauthn": null, "recovery_codes": [],
        })
    }

    pub(crate) fn confirm_factor() -> Value {
        json!({
            "method": "totp", "challenge": "chl_agm7jm2wcj3rfbaa4qxrhq6qhe", "code": "123456", "label": "My phone",
        })
    }

    pub(crate) fn label() -> Value {
        json!({"label": "My phone"})
    }

    pub(crate) fn linked() -> Value {
        json!({"items": [{
            "id": "idn_agm7jm2wcj3rfbaa4qxrhq6qhe", "provider": "Globex", "created_at": "2026-01-31T09:30:00Z",
            "last_used_at": "2026-02-01T08:10:00Z", "removable": true,
        }], "next": null})
    }

    pub(crate) fn new_link() -> Value {
        json!({"connection": "globex"})
    }

    pub(crate) fn onward() -> Value {
        json!({"location": "https://globex.example/authorize?client_id=us&state=vfs_…"})
    }

    pub(crate) fn activity() -> Value {
        json!({"items": [{
            "id": "evt_agm7jm2wcj3rfbaa4qxrhq6qhe", "type": "user.signed_in", "occurred_at": "2026-02-01T08:00:00Z",
            "own": true, "ip": "192.0.2.7", "user_agent": "Mozilla/5.0", "data": {"client": "shop"},
        }], "next": null})
    }

    pub(crate) fn export() -> Value {
        json!({
            "id": "exp_06fmhm8y79r5v0r2jf3f0qvkj8", "state": "ready", "progress": {"done": 8, "total": 8},
            "size_bytes": 38_412, "requested_at": "2026-02-01T08:00:00Z", "ready_at": "2026-02-01T08:00:01Z",
            "expires_at": "2026-02-08T08:00:01Z", "archive": "exports/exp_06fmhm8y79r5v0r2jf3f0qvkj8/archive",
        })
    }

    pub(crate) fn exports() -> Value {
        json!({"items": [export()], "next": null})
    }

    pub(crate) fn due() -> Value {
        json!({"due_at": "2026-02-15T08:00:00Z"})
    }
}
