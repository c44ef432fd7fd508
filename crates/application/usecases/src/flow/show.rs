//! What a page or a JSON answer shows of a flow: read only, the same for known and unknown identifiers.

use vestibule_authn::{
    ChallengePurpose, Flow, FlowState, MethodId, Requirements, StoredChallenge, Task, method::Presentation,
};
use vestibule_kernel::{ClientId, Cx, FlowId, OpaqueToken, Secret, StoreError, Timestamp};
use vestibule_oauth::request::StoredRequest;
use vestibule_sessions::ActiveSession;
use vestibule_storage::RealmTx;
use vestibule_users::User;

use super::{
    Browser, FlowError, challenge, check,
    policy::{self, Owed, Progress},
    sign_up,
};
use crate::{App, RealmSnapshot, challenge as kept};

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
    /// The methods that could be asked for instead.
    pub offers: Vec<MethodId>,
    /// What the challenge of the page shows.
    pub challenge: Option<ShownChallenge>,
    /// Whether an account can be made.
    pub sign_up: bool,
    /// Whether a forgotten password can be replaced.
    pub recover: bool,
}

/// What a page shows of a challenge.
pub struct ShownChallenge {
    /// What the method says.
    pub presentation: Presentation,
    /// Whether a link came with the code.
    pub link: bool,
    /// Answers that are still judged.
    pub attempts_left: u32,
    /// Whether it can still be answered.
    pub open: bool,
    /// When it was made.
    pub created_at: Timestamp,
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
    let flow = tx.flows().find_flow(id).await?;
    let flow = match check(flow, browser, cx.now) {
        Ok(flow) => flow,
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    let over = flow.state.name().is_final();
    let all = detail == Detail::Owed && !over;
    let wants_request = all || matches!(flow.state, FlowState::Consent { .. });
    let wants_session = all || matches!(flow.state, FlowState::ChooseAccount | FlowState::ConfirmLogout);
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
    let (offers, challenge) = ways(app, cx, realm, &flow, tx.as_mut()).await?;
    tx.commit().await?;
    let facts = Owed {
        now: cx.now,
        request: request.as_ref().map(|stored| &stored.request),
        client,
        session: session.as_ref(),
        grant: grant.as_ref(),
        mfa: policy::Mfa::of(app, realm),
    };
    let owed = if all { policy::owed(facts, &Progress::of(&flow)) } else { Requirements::default() };
    let login = &realm.realm.settings.login;
    let recover = login.password && login.recovery && app.methods.get(&MethodId::EMAIL_CODE).is_some();
    let sign_up = sign_up::is_possible(app, realm, flow.waiting.as_ref());
    Ok(Shown { flow, request, account, session, owed, offers, challenge, sign_up, recover })
}

/// The methods that could be asked for, and the challenge of the page. Before anybody proved something the offers are
/// those of the realm, whoever was named.
async fn ways(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    tx: &mut dyn RealmTx,
) -> Result<(Vec<MethodId>, Option<ShownChallenge>), StoreError> {
    let task = match &flow.state {
        FlowState::Identify | FlowState::Password | FlowState::LinkAccount => Task::First,
        FlowState::Challenge { task, .. } | FlowState::ChooseMethod { task } => *task,
        FlowState::ChooseEnrolment => Task::Enrol,
        _ => return Ok((Vec::new(), None)),
    };
    let found = match &flow.state {
        FlowState::Challenge { challenge, .. } => tx.challenges().find_challenge(*challenge).await?,
        FlowState::Identify | FlowState::Password if app.methods.get(&MethodId::PASSKEY).is_some() => {
            let purpose = ChallengePurpose::Prove;
            tx.challenges().find_flow_challenge(flow.id, &MethodId::PASSKEY, purpose).await?
        }
        _ => None,
    };
    let bound = match (task, flow.user) {
        (Task::Second, Some(user)) => Some(tx.credentials().list_credentials(user).await?),
        _ => None,
    };
    let mut offers = challenge::offers(app, realm, task, bound.as_deref());
    if let FlowState::Challenge { method, .. } = &flow.state {
        offers.retain(|offer| offer != method);
    }
    Ok((offers, found.map(|stored| shown(app, cx, &stored)).transpose()?))
}

fn shown(app: &App, cx: &Cx, stored: &StoredChallenge) -> Result<ShownChallenge, StoreError> {
    let opened = kept::open(app, cx.realm, stored)?;
    let method = app.methods.get(&stored.method);
    let real = stored.user.is_some() || method.is_some_and(|method| method.facts().discovers);
    let presentation = match method.filter(|_| real) {
        Some(method) if stored.purpose == ChallengePurpose::Enrol => {
            method.present_enrolment(&opened.payload)
        }
        Some(method) => method.present(&opened.payload),
        None => Presentation::default(),
    };
    Ok(ShownChallenge {
        presentation,
        link: opened.link.is_some(),
        attempts_left: stored.max_attempts.saturating_sub(stored.attempts),
        open: stored.is_open(cx.now),
        created_at: stored.created_at,
    })
}

/// What a mailed link leads to. Looking at it changes nothing.
pub enum LinkPage {
    /// This browser asked for it: it can be confirmed.
    Confirm {
        /// The flow.
        flow: Box<Flow>,
        /// Whether it proves an address instead of signing in.
        verifies: bool,
    },
    /// Another browser asked for it: the code is typed there.
    Code {
        /// The code.
        code: Secret,
        /// Minutes it still works.
        minutes: u32,
        /// The client of the flow.
        client: Option<ClientId>,
    },
}

/// Looks at a mailed link.
///
/// # Errors
/// The link is over or unknown; the realm serves nobody; the store failed.
pub async fn look_at_link(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    browser: &Browser,
    token: &OpaqueToken,
) -> Result<LinkPage, FlowError> {
    if !realm.is_active() {
        return Err(FlowError::RealmSuspended);
    }
    let mut tx = app.store.read(cx).await?;
    let found = tx.challenges().find_challenge_by_link(&token.digest()).await?;
    let flow = match found.as_ref().and_then(|stored| stored.flow) {
        Some(flow) => tx.flows().find_flow(flow).await?,
        None => None,
    };
    tx.commit().await?;
    let stored = found.filter(|stored| stored.is_open(cx.now)).ok_or(FlowError::LinkGone)?;
    let flow = flow.filter(|flow| !flow.is_expired(cx.now)).ok_or(FlowError::LinkGone)?;
    // A newer page of the flow asked for something else.
    let current = matches!(&flow.state, FlowState::Challenge { challenge, .. } if *challenge == stored.id);
    if !current {
        return Err(FlowError::LinkGone);
    }
    if browser.flow.as_ref().is_some_and(|cookie| flow.is_bound_to(&cookie.digest())) {
        let verifies = stored.purpose != ChallengePurpose::Prove;
        return Ok(LinkPage::Confirm { flow: Box::new(flow), verifies });
    }
    let opened = kept::open(app, cx.realm, &stored)?;
    let code = opened.code().cloned().ok_or(FlowError::LinkGone)?;
    let left = (stored.expires_at - cx.now).num_minutes().max(1);
    Ok(LinkPage::Code { code, minutes: u32::try_from(left).unwrap_or(1), client: flow.client })
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
