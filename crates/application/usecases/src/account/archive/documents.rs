//! The documents of an archive, one per subject: collected in steps, each in a transaction of its own.

use serde::Serialize;
use vestibule_authn::{Credential, TrustedDevice};
use vestibule_events::{AuditEvent, EventFilter};
use vestibule_federation::Identity;
use vestibule_kernel::{Actor, PageRequest, StoreError, Timestamp, UserId};
use vestibule_sessions::Session;
use vestibule_storage::RealmTx;
use vestibule_users::User;

use super::data::{
    KeptAccount, KeptApplication, KeptAuthenticator, KeptBrowser, KeptEvent, KeptIdentity, KeptSession,
    PersonalData,
};
use crate::{
    App, RealmSnapshot,
    account::apps::{ConnectedApp, connected_apps},
    federation::provider_name,
};

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
        (app, realm): (&App, &RealmSnapshot),
        tx: &mut dyn RealmTx,
        user: &User,
        data: &mut PersonalData,
    ) -> Result<(), StoreError> {
        match self {
            Self::Account => data.account = account(user),
            Self::Authenticators => {
                let credentials = tx.credentials().list_credentials(user.id).await?;
                data.authenticators = credentials.into_iter().map(authenticator).collect();
            }
            Self::Sessions => {
                let page = tx.sessions().list_sessions(Some(user.id), data.made_at, &most()).await?;
                data.sessions = page.items.into_iter().map(session).collect();
            }
            Self::TrustedBrowsers => {
                let devices = tx.trusted_devices().list_trusted_devices(user.id, data.made_at).await?;
                data.trusted_browsers = devices.into_iter().map(trusted_browser).collect();
            }
            Self::Applications => {
                let apps = connected_apps(tx, user.id, data.made_at).await?;
                data.applications = apps.into_iter().map(|one| application(realm, one)).collect();
            }
            Self::ConnectedSignIns => {
                let page = tx.federation().list_identities(user.id, &most()).await?;
                let of = |identity| connected_sign_in(app, realm, identity);
                data.connected_sign_ins = page.items.into_iter().map(of).collect();
            }
            Self::Activity => data.activity = activity(tx, user).await?,
        }
        Ok(())
    }

    /// What it holds.
    pub(super) fn content(self, data: &PersonalData) -> Vec<u8> {
        match self {
            Self::Account => pretty(&data.account),
            Self::Authenticators => pretty(&data.authenticators),
            Self::Sessions => pretty(&data.sessions),
            Self::TrustedBrowsers => pretty(&data.trusted_browsers),
            Self::Applications => pretty(&data.applications),
            Self::ConnectedSignIns => pretty(&data.connected_sign_ins),
            Self::Activity => pretty(&data.activity),
        }
    }
}

impl PersonalData {
    /// What is known before anything is collected.
    pub(super) fn begin(user: &User, made_at: Timestamp) -> Self {
        Self {
            made_at,
            account: account(user),
            authenticators: Vec::new(),
            sessions: Vec::new(),
            trusted_browsers: Vec::new(),
            applications: Vec::new(),
            connected_sign_ins: Vec::new(),
            activity: Vec::new(),
        }
    }
}

/// JSON that people can read too.
pub(super) fn pretty<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec_pretty(value).unwrap_or_default()
}

fn most() -> PageRequest {
    PageRequest::new(PageRequest::MAX, None)
}

fn account(user: &User) -> KeptAccount {
    KeptAccount {
        id: user.id,
        name: user.display_name(),
        username: user.username.as_ref().map(ToString::to_string),
        emails: user.emails.clone(),
        phones: user.phones.clone(),
        profile: user.profile.values().clone(),
        locale: user.locale.clone(),
        metadata: user.public_metadata.clone(),
        created_at: user.created_at,
        updated_at: user.updated_at,
    }
}

fn authenticator(credential: Credential) -> KeptAuthenticator {
    KeptAuthenticator {
        kind: credential.kind,
        label: credential.label,
        facts: credential.facts,
        created_at: credential.created_at,
        last_used_at: credential.last_used_at,
    }
}

fn session(session: Session) -> KeptSession {
    KeptSession {
        id: session.id,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        signed_in_at: session.auth_time,
        ip: session.ip,
        user_agent: session.user_agent,
    }
}

fn trusted_browser(device: TrustedDevice) -> KeptBrowser {
    KeptBrowser {
        id: device.id,
        created_at: device.created_at,
        last_used_at: device.last_used_at,
        expires_at: device.expires_at,
        ip: device.ip,
        user_agent: device.user_agent,
    }
}

fn application(realm: &RealmSnapshot, app: ConnectedApp) -> KeptApplication {
    let name = realm.client(&app.client).map(|client| client.metadata.client_name.clone());
    KeptApplication {
        name: name.filter(|name| !name.is_empty()),
        client: app.client,
        scopes: app.scopes,
        since: app.since,
        last_used_at: app.last_used_at,
    }
}

fn connected_sign_in(app: &App, realm: &RealmSnapshot, identity: Identity) -> KeptIdentity {
    let connection = realm.connections.iter().find(|connection| connection.id == identity.connection);
    KeptIdentity {
        provider: connection.map(|connection| connection.key.to_string()),
        provider_name: connection.map(|connection| provider_name(app, connection)),
        subject: identity.subject,
        told_by_the_provider: identity.claims,
        since: identity.created_at,
        last_used_at: identity.last_used_at,
    }
}

/// An entry of the log. Where an administrator sits, and with what, is theirs.
fn event(owner: UserId, event: AuditEvent) -> KeptEvent {
    let own = event.actor == Actor::User(owner) || event.actor == Actor::Anonymous;
    KeptEvent {
        kind: event.kind,
        occurred_at: event.occurred_at,
        actor: event.actor,
        ip: event.ip.filter(|_| own),
        user_agent: event.user_agent.filter(|_| own),
        data: event.data,
    }
}

async fn activity(tx: &mut dyn RealmTx, user: &User) -> Result<Vec<KeptEvent>, StoreError> {
    let filter = EventFilter { kind: None, subject_id: Some(user.id.to_string()) };
    let mut found = Vec::new();
    let mut after = None;
    while found.len() < MOST_EVENTS {
        let page = tx.events().list_events(&filter, &PageRequest::new(PageRequest::MAX, after)).await?;
        found.extend(page.items.into_iter().map(|found| event(user.id, found)));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(found)
}
