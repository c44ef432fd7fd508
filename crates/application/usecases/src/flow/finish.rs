//! What a finished flow leaves behind: the grant the person gave, and the session their proof opens.

use std::collections::BTreeSet;

use chrono::Duration;
use vestibule_authn::{Authenticated, Flow};
use vestibule_consent::Grant;
use vestibule_kernel::{Cx, OpaqueToken, SessionId, StoreError, TokenKind};
use vestibule_oauth::{
    Client,
    request::{Prompt, StoredRequest},
};
use vestibule_sessions::{ActiveSession, Lifetimes, RevocationCause, SessionScope};
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::User;

use crate::{App, RealmSnapshot, account::Device, admin::access_end, notice};

/// The end of a flow.
pub(super) struct End<'a> {
    pub(super) realm: &'a RealmSnapshot,
    pub(super) flow: &'a Flow,
    /// Who was proven.
    pub(super) user: Option<&'a User>,
    /// Whether this browser is known to them.
    pub(super) known: bool,
    /// The session this browser had.
    pub(super) session: Option<ActiveSession>,
}

/// A session that was opened or renewed.
pub(super) struct Opened {
    pub(super) id: SessionId,
    pub(super) cookie: OpaqueToken,
    pub(super) queued: bool,
}

/// Stores what the person agreed to in this flow.
pub(super) async fn give_grant(
    cx: &Cx,
    end: &End<'_>,
    request: Option<&StoredRequest>,
    client: Option<&Client>,
    tx: &mut dyn RealmTx,
) -> Result<(), StoreError> {
    let (Some(agreed), Some(user), Some(client)) = (&end.flow.consented, end.flow.user, client) else {
        return Ok(());
    };
    let anew = request.filter(|stored| stored.request.prompt.contains(&Prompt::Consent));
    let agreed: BTreeSet<String> = agreed.iter().cloned().collect();
    let change = match (tx.grants().find_grant(user, &client.id).await?, anew) {
        (None, _) => Grant::give(user, client.id.clone(), agreed, cx.now),
        (Some(grant), Some(stored)) => grant.decide_anew(&stored.request.consent_scopes(), agreed, cx.now),
        (Some(grant), None) => grant.widen(agreed, cx.now),
    };
    tx.grants().save_grant(change).await
}

/// How long sessions of the realm last.
pub(crate) fn session_lifetimes(realm: &RealmSnapshot) -> Lifetimes {
    let sessions = &realm.realm.settings.sessions;
    let seconds = |value: u64| Duration::seconds(i64::try_from(value).unwrap_or(i64::MAX / 1_000_000));
    Lifetimes { idle: seconds(sessions.idle_seconds), absolute: seconds(sessions.absolute_seconds) }
}

/// Opens a session, or renews the one this browser has if it is of the same user; another user's is ended first. The
/// cookie is new in each case.
pub(super) async fn open_session(
    app: &App,
    cx: &Cx,
    end: End<'_>,
    proof: &Authenticated,
    tx: &mut dyn RealmTx,
) -> Result<Opened, StoreError> {
    let lifetimes = session_lifetimes(end.realm);
    let cookie = app.entropy.token(TokenKind::Session);
    let device = (cx.origin.ip.map(|ip| ip.to_string()), cx.origin.user_agent.clone());
    let mut queued = tell_of_new_device(app, cx, &end, tx).await?;
    let renewed =
        end.session.map(|session| session.renew(cookie.digest(), proof, lifetimes, device.clone(), cx.now));
    let change = match renewed {
        Some(Ok(change)) => change,
        other => {
            if let Some(Err(of_another)) = other {
                let scope = SessionScope::One(of_another.get().id);
                access_end::end_sessions(app, tx, scope, RevocationCause::Replaced, cx.now).await?;
                queued = true;
            }
            let id = SessionId::from_uuid(app.entropy.uuid(cx.now));
            ActiveSession::open(id, cookie.digest(), proof, lifetimes, device, cx.now)
        }
    };
    let id = change.value.get().id;
    tx.sessions().save_session(change).await?;
    Ok(Opened { id, cookie, queued })
}

/// Queues a mail when the account is used from a browser not seen before.
async fn tell_of_new_device(
    app: &App,
    cx: &Cx,
    end: &End<'_>,
    tx: &mut dyn RealmTx,
) -> Result<bool, StoreError> {
    let (Some(user), Some(agent)) = (end.user, &cx.origin.user_agent) else { return Ok(false) };
    if end.known || !end.realm.realm.settings.login.new_device_notice {
        return Ok(false);
    }
    let ip = cx.origin.ip.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string());
    // In words that people know, never the browser's own line: what it says of itself is for whoever made it.
    let device = Device::of(Some(agent));
    let named = |name: Option<&str>| name.unwrap_or_default().to_owned();
    let data = notice::values([
        notice::time(cx),
        ("browser", named(device.browser)),
        ("system", named(device.system)),
        ("ip", ip),
    ]);
    notice::tell(app, cx, tx, user, (MessageKind::NewDevice, data)).await
}
