//! What a page or a JSON answer shows of a flow: read only, the same for known and unknown identifiers.

use vestibule_authn::{
    ChallengePurpose, Credential, FailureReason, Flow, FlowState, MethodId, Requirements, StoredChallenge,
    Task, method::Presentation,
};
use vestibule_consent::Grant;
use vestibule_kernel::{ClientId, Cx, FlowId, OpaqueToken, Secret, StoreError, Timestamp, UserId};
use vestibule_oauth::request::StoredRequest;
use vestibule_sessions::ActiveSession;
use vestibule_storage::RealmTx;
use vestibule_users::User;

use super::{
    Browser, FlowError,
    challenge::{self, Has},
    check, complete_profile, invitation,
    policy::{self, Owed, Progress},
    sign_up,
};
use crate::{App, RealmSnapshot, challenge as kept, texting};

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
    tx.ends_with_next();
    let flow = tx.flows().find_flow(id).await?;
    tx.commit().await?;
    let flow = check(flow, browser, cx.now)?;
    let over = flow.state.name().is_final();
    let all = detail == Detail::Owed && !over;
    let wants_request = all || matches!(flow.state, FlowState::Consent { .. });
    let wants_session = all || matches!(flow.state, FlowState::ChooseAccount | FlowState::ConfirmLogout);
    let wants_ways = looks_up(app, realm, &flow);
    let wants_person = kept_out(&flow) || matches!(flow.state, FlowState::CompleteProfile { .. });
    if !wants_request && !wants_session && !wants_ways && !wants_person {
        let nothing = Gathered::default();
        return told(app, cx, realm, flow, nothing, false);
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
        FlowState::Consent { .. } | FlowState::CompleteProfile { .. } => flow.user,
        _ if kept_out(&flow) => flow.user,
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
    let (challenge, bound) =
        if wants_ways { look_up(app, realm, &flow, tx.as_mut()).await? } else { (None, None) };
    let texts = realm.realm.settings.mfa.phone_code;
    let second = match bound_to(&flow).filter(|_| texts) {
        Some(user) => tx.users().find_user(user).await?,
        None => None,
    };
    tx.commit().await?;
    let phone = second.is_some_and(|user| texting::reaches(app, realm, &user))
        && !challenge::by_text(flow.proofs.iter().map(|proof| &proof.amr));
    told(app, cx, realm, flow, Gathered { request, account, session, grant, challenge, bound, phone }, all)
}

/// Whether somebody proved themselves and was not let in: they are told why.
const fn kept_out(flow: &Flow) -> bool {
    matches!(flow.state, FlowState::Failed { reason: FailureReason::AccountInactive })
}

/// What was read besides the flow.
#[derive(Default)]
struct Gathered {
    request: Option<StoredRequest>,
    account: Option<User>,
    session: Option<ActiveSession>,
    grant: Option<Grant>,
    challenge: Option<StoredChallenge>,
    bound: Option<Vec<Credential>>,
    /// Whether a code by text message would be a second proof.
    phone: bool,
}

fn told(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: Flow,
    read: Gathered,
    all: bool,
) -> Result<Shown, FlowError> {
    let profile = complete_profile::owed_in(&flow.state);
    let facts = Owed {
        now: cx.now,
        request: read.request.as_ref().map(|stored| &stored.request),
        client: flow.client.as_ref().and_then(|id| realm.client(id)),
        session: read.session.as_ref(),
        grant: read.grant.as_ref(),
        mfa: policy::Mfa::of(app, realm),
        profile: profile.as_ref(),
    };
    let owed = if all { policy::owed(facts, &Progress::of(&flow)) } else { Requirements::default() };
    let mut offers = match task_of(&flow.state) {
        Some(task) => {
            let has = read.bound.as_deref().map(|bound| Has { bound, phone: read.phone });
            challenge::offers(app, realm, task, has)
        }
        None => Vec::new(),
    };
    match &flow.state {
        // Which contact was typed decides by what it is proven.
        FlowState::Challenge { task: Task::SignUp, .. } => offers.clear(),
        FlowState::Challenge { method, task, .. } => {
            offers.retain(|offer| offer != method);
            let named = flow.identifier.is_some() && realm.realm.settings.login.password;
            if *task == Task::First && named {
                offers.insert(0, MethodId::PASSWORD);
            }
        }
        _ => {}
    }
    let challenge = read.challenge.map(|stored| shown(app, cx, &stored)).transpose()?;
    let login = &realm.realm.settings.login;
    let recover = login.password && login.recovery && app.methods.get(&MethodId::EMAIL_CODE).is_some();
    let invited = invitation::invited(realm, &flow).is_some();
    let sign_up = sign_up::is_possible(app, realm, flow.waiting.as_ref(), invited);
    let Gathered { request, account, session, .. } = read;
    Ok(Shown { flow, request, account, session, owed, offers, challenge, sign_up, recover })
}

/// What the methods offered are for. Before anybody proved something they are those of the realm, whoever was named.
fn task_of(state: &FlowState) -> Option<Task> {
    match state {
        FlowState::Identify | FlowState::Password | FlowState::LinkAccount => Some(Task::First),
        FlowState::Challenge { task, .. } | FlowState::ChooseMethod { task } => Some(*task),
        FlowState::ChooseEnrolment => Some(Task::Enrol),
        _ => None,
    }
}

/// Whose authenticators decide what is offered.
fn bound_to(flow: &Flow) -> Option<UserId> {
    flow.user.filter(|_| task_of(&flow.state) == Some(Task::Second))
}

fn prompts_for_passkey(app: &App, realm: &RealmSnapshot, state: &FlowState) -> bool {
    matches!(state, FlowState::Identify | FlowState::Password)
        && realm.realm.settings.login.passkey
        && app.methods.get(&MethodId::PASSKEY).is_some()
}

/// Whether challenges or authenticators have to be read for the page.
fn looks_up(app: &App, realm: &RealmSnapshot, flow: &Flow) -> bool {
    matches!(flow.state, FlowState::Challenge { .. })
        || prompts_for_passkey(app, realm, &flow.state)
        || bound_to(flow).is_some()
}

/// The challenge of the page, and the authenticators that decide what else is offered.
async fn look_up(
    app: &App,
    realm: &RealmSnapshot,
    flow: &Flow,
    tx: &mut dyn RealmTx,
) -> Result<(Option<StoredChallenge>, Option<Vec<Credential>>), StoreError> {
    let challenge = match &flow.state {
        FlowState::Challenge { challenge, .. } => tx.challenges().find_challenge(*challenge).await?,
        state if prompts_for_passkey(app, realm, state) => {
            let purpose = ChallengePurpose::Prove;
            tx.challenges().find_flow_challenge(flow.id, &MethodId::PASSKEY, purpose).await?
        }
        _ => None,
    };
    let bound = match bound_to(flow) {
        Some(user) => Some(tx.credentials().list_credentials(user).await?),
        None => None,
    };
    Ok((challenge, bound))
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
        /// What it was sent for.
        purpose: ChallengePurpose,
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
        return Ok(LinkPage::Confirm { flow: Box::new(flow), purpose: stored.purpose });
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
