//! What is kept about a person, one document per subject.

use serde_json::{Value, json};
use vestibule_authn::Credential;
use vestibule_kernel::{PageRequest, StoreError, Timestamp};
use vestibule_storage::RealmTx;
use vestibule_users::User;

use crate::RealmSnapshot;

/// Most entries of the log in a copy, the newest ones.
const MOST_EVENTS: usize = 10_000;

/// The documents of an archive, in the order they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Document {
    Account,
    Authenticators,
    Sessions,
    TrustedBrowsers,
    Applications,
    ConnectedSignIns,
    Activity,
}

impl Document {
    pub(super) const ALL: [Self; 7] = [
        Self::Account,
        Self::Authenticators,
        Self::Sessions,
        Self::TrustedBrowsers,
        Self::Applications,
        Self::ConnectedSignIns,
        Self::Activity,
    ];

    /// Its name in the archive.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Authenticators => "authenticators",
            Self::Sessions => "sessions",
            Self::TrustedBrowsers => "trusted_browsers",
            Self::Applications => "applications",
            Self::ConnectedSignIns => "connected_sign_ins",
            Self::Activity => "activity",
        }
    }

    /// Collects it.
    pub(super) async fn collect(
        self,
        realm: &RealmSnapshot,
        tx: &mut dyn RealmTx,
        user: &User,
        now: Timestamp,
    ) -> Result<Value, StoreError> {
        let items = match self {
            Self::Account => return Ok(account(user)),
            Self::Authenticators => {
                tx.credentials().list_credentials(user.id).await?.iter().map(authenticator).collect()
            }
            Self::Sessions => sessions(tx, user, now).await?,
            Self::TrustedBrowsers => trusted_browsers(tx, user, now).await?,
            Self::Applications => applications(tx, user, now).await?,
            Self::ConnectedSignIns => connected_sign_ins(realm, tx, user).await?,
            Self::Activity => activity(tx, user).await?,
        };
        Ok(Value::Array(items))
    }
}

fn most() -> PageRequest {
    PageRequest::new(PageRequest::MAX, None)
}

async fn sessions(tx: &mut dyn RealmTx, user: &User, now: Timestamp) -> Result<Vec<Value>, StoreError> {
    let sessions = tx.sessions().list_sessions(Some(user.id), now, &most()).await?.items;
    let session = |session: &vestibule_sessions::Session| {
        json!({
            "id": session.id, "created_at": session.created_at, "last_seen_at": session.last_seen_at,
            "signed_in_at": session.auth_time, "ip": session.ip, "user_agent": session.user_agent,
        })
    };
    Ok(sessions.iter().map(session).collect())
}

async fn trusted_browsers(
    tx: &mut dyn RealmTx,
    user: &User,
    now: Timestamp,
) -> Result<Vec<Value>, StoreError> {
    let devices = tx.trusted_devices().list_trusted_devices(user.id, now).await?;
    let device = |device: &vestibule_authn::TrustedDevice| {
        json!({
            "id": device.id, "created_at": device.created_at, "last_used_at": device.last_used_at,
            "expires_at": device.expires_at, "ip": device.ip, "user_agent": device.user_agent,
        })
    };
    Ok(devices.iter().map(device).collect())
}

async fn applications(tx: &mut dyn RealmTx, user: &User, now: Timestamp) -> Result<Vec<Value>, StoreError> {
    let grants = tx.grants().list_grants(Some(user.id), &most()).await?.items;
    let access = tx.tokens().list_client_access(user.id, now).await?;
    let grant = |grant: &vestibule_consent::Grant| {
        let used = access.iter().find(|of| of.client == grant.client).map(|of| of.last_used_at);
        json!({
            "client": grant.client, "scopes": grant.scopes, "since": grant.created_at, "last_used_at": used,
        })
    };
    Ok(grants.iter().map(grant).collect())
}

async fn connected_sign_ins(
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    user: &User,
) -> Result<Vec<Value>, StoreError> {
    let provider = |id| {
        let found = realm.connections.iter().find(|connection| connection.id == id);
        found.map(|connection| connection.key.to_string())
    };
    let identities = tx.federation().list_identities(user.id, &most()).await?.items;
    let identity = |identity: &vestibule_federation::Identity| {
        json!({
            "provider": provider(identity.connection), "subject": identity.subject,
            "told_by_the_provider": identity.claims, "since": identity.created_at,
            "last_used_at": identity.last_used_at,
        })
    };
    Ok(identities.iter().map(identity).collect())
}

fn account(user: &User) -> Value {
    let emails: Vec<Value> = user
        .emails
        .iter()
        .map(|address| json!({"email": address.email, "verified_at": address.verified_at, "primary": address.primary}))
        .collect();
    let phones: Vec<Value> = user
        .phones
        .iter()
        .map(|number| json!({"phone": number.phone, "verified_at": number.verified_at, "primary": number.primary}))
        .collect();
    json!({
        "id": user.id, "username": user.username.as_ref().map(ToString::to_string), "emails": emails,
        "phones": phones, "profile": user.profile.values(), "locale": user.locale,
        "metadata": user.public_metadata,
        "created_at": user.created_at, "updated_at": user.updated_at,
    })
}

/// What is known of an authenticator, never what it is verified against.
fn authenticator(credential: &Credential) -> Value {
    json!({
        "kind": credential.kind, "label": credential.label, "facts": credential.facts,
        "created_at": credential.created_at, "last_used_at": credential.last_used_at,
    })
}

async fn activity(tx: &mut dyn RealmTx, user: &User) -> Result<Vec<Value>, StoreError> {
    let filter = vestibule_events::EventFilter { kind: None, subject_id: Some(user.id.to_string()) };
    let mut found = Vec::new();
    let mut after = None;
    while found.len() < MOST_EVENTS {
        let page = tx.events().list_events(&filter, &PageRequest::new(PageRequest::MAX, after)).await?;
        found.extend(page.items.iter().map(|event| {
            json!({
                "type": event.kind, "occurred_at": event.occurred_at, "actor": event.actor, "ip": event.ip,
                "user_agent": event.user_agent, "data": event.data,
            })
        }));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(found)
}
