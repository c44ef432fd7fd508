//! Sign-in flows: started, shown, acted on and finished here, over the pure machine of the domain. Pages and JSON use
//! the same functions.

pub mod act;
mod answer;
mod attempt;
mod challenge;
mod complete_profile;
mod device;
mod disposable;
mod effects;
pub mod federated;
mod finish;
pub mod headless;
mod invitation;
mod offer;
pub mod policy;
mod recover;
mod settle;
pub mod show;
mod sign_up;
pub mod start;

use vestibule_authn::{Flow, StateName};
use vestibule_kernel::{OpaqueToken, RequestId, StoreError, Timestamp};

use crate::{App, RealmSnapshot, texting::NoText};

pub use act::{ActRequest, Acted, Command, Outcome, Refusal, Unsent, act};
pub(crate) use act::{counted_as, limited, network_of};
pub(crate) use challenge::{Has, can_have_second_factor, offer_passkey, second_factor_of};
pub use device::DEVICE_LIFETIME;
pub(crate) use disposable::is_disposable;
pub use federated::{FederatedError, NotTakenBack, TakenBack, leave, take_back};
pub(crate) use finish::session_lifetimes;
pub use headless::{HeadlessError, HeadlessStart, start_headless};
pub use invitation::open_invitation;
pub(crate) use invitation::seal as seal_invitation;
pub use policy::{Owed, Progress, asks_consent, is_expected, opening, owed};
pub use settle::login_name;
pub use show::{Detail, LinkPage, Shown, ShownChallenge, home, look_at_link, show};
pub use sign_up::SignUpForm;
pub use start::{NewFlowRequest, StartedFlow, prepare_flow, start_flow};

/// What a browser (or a native client) carries beside the request.
#[derive(Clone, Default)]
pub struct Browser {
    /// The flow cookie, or the flow secret of a native client.
    pub flow: Option<OpaqueToken>,
    /// The session cookie.
    pub session: Option<OpaqueToken>,
    /// The cookie that tells who signed in here before.
    pub device: Option<String>,
    /// Whether cookies are kept at all: a native client has none.
    pub keeps_cookies: bool,
    /// The way by which somebody signed in here last, for the page to mark: a word of ours, and no secret.
    pub last_way: Option<String>,
}

/// Why a flow was not shown or moved.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// There is no such flow any more.
    #[error("there is no such flow")]
    Unknown,
    /// It was begun in another browser.
    #[error("the flow belongs to another browser")]
    Foreign,
    /// Its time is over.
    #[error("the flow has expired")]
    Expired {
        /// The parked request, to start again with.
        request: Option<RequestId>,
    },
    /// The state does not allow this action.
    #[error("not possible in the state {}", .0.as_str())]
    NotAllowed(StateName),
    /// A scope was agreed to that was not asked for.
    #[error("a scope was not asked for")]
    ScopeNotAsked,
    /// Too many requests from one address or for one identifier.
    #[error("too many sign-ins")]
    Limited {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// The hashing queue is full; nothing was counted.
    #[error("too many sign-ins at once")]
    Busy {
        /// When to come back.
        retry_after_seconds: u64,
    },
    /// The realm serves nobody at the moment.
    #[error("the realm is suspended")]
    RealmSuspended,
    /// The realm has switched every way in off.
    #[error("no way to sign in is switched on")]
    NoMethod,
    /// Nobody can make an account here.
    #[error("new accounts are not open in this realm")]
    SignUpClosed,
    /// The mailed link is over, used, or of a page that was left.
    #[error("the link does not work any more")]
    LinkGone,
    /// The challenge was claimed by another request.
    #[error("the challenge was answered before")]
    Spent,
    /// No code is sent to the number.
    #[error(transparent)]
    NoText(NoText),
    /// A method does not go on.
    #[error(transparent)]
    Method(vestibule_authn::method::MethodError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether flows of an intent can be started by a link of the realm.
///
/// # Errors
/// The realm has switched it off.
pub fn is_open(app: &App, realm: &RealmSnapshot, intent: vestibule_authn::Intent) -> Result<(), FlowError> {
    use vestibule_authn::Intent;
    let login = &realm.realm.settings.login;
    match intent {
        Intent::SignUp if !sign_up::is_possible(app, realm, None, false) => Err(FlowError::SignUpClosed),
        Intent::Recover if !(login.password && login.recovery) => Err(FlowError::NoMethod),
        Intent::SignIn
        | Intent::Consent
        | Intent::StepUp
        | Intent::LogoutConfirm
        | Intent::SignUp
        | Intent::Recover => Ok(()),
    }
}

/// Whether this browser may see and move the flow now. The order tells nothing to another browser.
fn check(flow: Option<Flow>, browser: &Browser, now: Timestamp) -> Result<Flow, FlowError> {
    let flow = flow.ok_or(FlowError::Unknown)?;
    let bound = browser.flow.as_ref().is_some_and(|cookie| flow.is_bound_to(&cookie.digest()));
    if !bound {
        return Err(FlowError::Foreign);
    }
    if flow.is_expired(now) {
        return Err(FlowError::Expired { request: flow.request });
    }
    Ok(flow)
}
