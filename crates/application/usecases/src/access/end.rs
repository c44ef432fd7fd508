//! Ending what somebody holds: sessions, the token families bound to them, offline access, and telling the clients
//! (OpenID Connect Back-Channel Logout). All inside the caller's transaction.

use vestibule_authn::TrustScope;
use vestibule_kernel::{JobId, PageRequest, SessionId, StoreError, Timestamp, UserId};
use vestibule_oauth::Client;
use vestibule_sessions::{RevocationCause, SessionScope};
use vestibule_storage::{Job, RealmTx};

use crate::App;

/// Most clients told in one call; beyond it, tokens die all the same but clients learn of it at their next refresh.
const MAX_LOGOUTS: usize = 20_000;

/// Ends the sessions in scope and queues a logout token for each client that has one and wants one. Returns how many
/// sessions ended.
pub(crate) async fn end_sessions(
    app: &App,
    tx: &mut dyn RealmTx,
    scope: SessionScope,
    cause: RevocationCause,
    now: Timestamp,
) -> Result<u64, StoreError> {
    // Asked before the families die: only live ones are told.
    let told = clients_to_tell(tx, scope, now).await?;
    let ended = tx.sessions().revoke_sessions(scope, cause, now).await?;
    for (session, user) in &ended {
        let clients = told.iter().filter(|(of, _)| of == session).map(|(_, client)| client);
        for client in clients {
            let job = Job::BackchannelLogout { client: client.id.clone(), session: *session, user: *user };
            tx.jobs().enqueue(JobId::from_uuid(app.entropy.uuid(now)), &job, now).await?;
        }
    }
    Ok(u64::try_from(ended.len()).unwrap_or(u64::MAX))
}

/// Ends everything a user holds: sessions, offline access that outlived its session, and the trust in browsers.
pub(crate) async fn end_access(
    app: &App,
    tx: &mut dyn RealmTx,
    user: UserId,
    cause: RevocationCause,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let ended = end_sessions(app, tx, SessionScope::User(user), cause, now).await?;
    tx.tokens().revoke_user_families(user, now).await?;
    tx.trusted_devices().forget_trusted_devices(TrustScope::User(user)).await?;
    Ok(ended)
}

async fn clients_to_tell(
    tx: &mut dyn RealmTx,
    scope: SessionScope,
    now: Timestamp,
) -> Result<Vec<(SessionId, Client)>, StoreError> {
    let sessions = sessions_in(tx, scope, now).await?;
    let mut told: Vec<(SessionId, Client)> = Vec::new();
    for chunk in sessions.chunks(200) {
        for (session, id) in tx.tokens().list_session_clients(chunk).await? {
            let known = told.iter().find(|(_, client)| client.id == id).map(|(_, client)| client.clone());
            let client = match known {
                Some(client) => Some(client),
                None => tx.clients().find_client(&id).await?,
            };
            let wants = client.filter(|client| client.metadata.backchannel_logout_uri.is_some());
            told.extend(wants.map(|client| (session, client)));
        }
        if told.len() > MAX_LOGOUTS {
            break;
        }
    }
    Ok(told)
}

async fn sessions_in(
    tx: &mut dyn RealmTx,
    scope: SessionScope,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let (user, except) = match scope {
        SessionScope::One(id) => return Ok(vec![id]),
        SessionScope::User(user) => (Some(user), None),
        SessionScope::UserExcept(user, except) => (Some(user), Some(except)),
        SessionScope::Realm => (None, None),
    };
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let request = PageRequest::new(PageRequest::MAX, after);
        let page = tx.sessions().list_sessions(user, now, &request).await?;
        found.extend(page.items.into_iter().map(|session| session.id).filter(|id| Some(*id) != except));
        match page.next {
            Some(next) if found.len() < MAX_LOGOUTS => after = Some(next),
            _ => return Ok(found),
        }
    }
}
