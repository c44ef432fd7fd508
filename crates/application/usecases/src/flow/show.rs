//! What a page or a JSON answer shows of a flow: read only, the same for known and unknown identifiers.

use vestibule_authn::{Flow, FlowState, Requirements};
use vestibule_kernel::{Cx, FlowId, StoreError};
use vestibule_oauth::request::StoredRequest;
use vestibule_sessions::ActiveSession;
use vestibule_users::User;

use super::{
    Browser, FlowError, check,
    policy::{self, Owed, Progress},
};
use crate::{App, RealmSnapshot};

/// A flow and what its page needs.
pub struct Shown {
    /// The flow.
    pub flow: Flow,
    /// The request it works towards, if the page needs it.
    pub request: Option<StoredRequest>,
    /// Whose account the page names: the chosen one of a consent, else the one signed in. Never the owner of an
    /// identifier that was only typed.
    pub account: Option<User>,
    /// The live session of this browser, if the page needs it.
    pub session: Option<ActiveSession>,
    /// What is still owed, if that was wanted.
    pub owed: Requirements,
}

/// How much of a flow is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What its page shows.
    Page,
    /// That, and everything that is still owed.
    Owed,
}

/// Loads a flow, and no more than is wanted.
///
/// # Errors
/// The flow is gone, of another browser or over; the realm serves nobody; the store failed.
pub async fn show(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    browser: &Browser,
    id: FlowId,
    detail: Detail,
) -> Result<Shown, FlowError> {
    if !realm.is_active() {
        return Err(FlowError::RealmSuspended);
    }
    let mut tx = app.store.read(cx).await?;
    tx.ends_with_next();
    let flow = tx.flows().find_flow(id).await?;
    tx.commit().await?;
    let flow = check(flow, browser, cx.now)?;
    let over = flow.state.name().is_final();
    let all = detail == Detail::Owed && !over;
    let wants_request = all || matches!(flow.state, FlowState::Consent { .. });
    let wants_session = all || matches!(flow.state, FlowState::ChooseAccount | FlowState::ConfirmLogout);
    if !wants_request && !wants_session {
        let (request, account, session, owed) = (None, None, None, Requirements::default());
        return Ok(Shown { flow, request, account, session, owed });
    }
    let mut tx = app.store.read(cx).await?;
    let request = match flow.request.filter(|_| wants_request) {
        Some(id) => tx.requests().find_request(id).await?,
        None => None,
    };
    let session = match browser.session.as_ref().filter(|_| wants_session) {
        Some(cookie) => tx.sessions().find_session_by_secret(&cookie.digest()).await?,
        None => None,
    };
    let session = session.and_then(|session| session.active(cx.now));
    let named = match flow.state {
        FlowState::Consent { .. } => flow.user,
        FlowState::ChooseAccount | FlowState::ConfirmLogout => {
            session.as_ref().map(|session| session.get().user)
        }
        _ => None,
    };
    let account = match named {
        Some(id) => tx.users().find_user(id).await?,
        None => None,
    };
    let client = flow.client.as_ref().and_then(|id| realm.client(id));
    let grant = match (client, &request, named) {
        (Some(client), Some(stored), Some(user)) if all && policy::asks_consent(client, &stored.request) => {
            tx.grants().find_grant(user, &client.id).await?
        }
        _ => None,
    };
    tx.commit().await?;
    let facts = Owed {
        now: cx.now,
        request: request.as_ref().map(|stored| &stored.request),
        client,
        session: session.as_ref(),
        grant: grant.as_ref(),
    };
    let owed = if all { policy::owed(facts, &Progress::of(&flow)) } else { Requirements::default() };
    Ok(Shown { flow, request, account, session, owed })
}

/// Who is signed in to the realm in this browser, for its home page.
///
/// # Errors
/// The store failed.
pub async fn home(
    app: &App,
    cx: &Cx,
    browser: &Browser,
) -> Result<Option<(ActiveSession, User)>, StoreError> {
    let Some(cookie) = &browser.session else { return Ok(None) };
    let mut tx = app.store.read(cx).await?;
    let session = tx.sessions().find_session_by_secret(&cookie.digest()).await?;
    let found = match session.and_then(|session| session.active(cx.now)) {
        Some(session) => {
            let user = tx.users().find_user(session.get().user).await?;
            user.filter(User::is_active).map(|user| (session, user))
        }
        None => None,
    };
    tx.commit().await?;
    Ok(found)
}
