//! The flow: one typed state machine for every intent, stored server side and bound to one browser.

mod account_path;
pub mod state;
pub mod step;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_kernel::{
    AttemptId, Changed, ClientId, ConnectionId, Digest, FlowId, RequestId, SessionId, Timestamp, UserId,
    Version,
    assurance::{Acr, Amr, Factor},
    contact::{Email, Locale},
};

use crate::{events::AuthnEvent, proof::Authenticated};
pub use account_path::{AccountPath, NoAccountPath};
use state::FlowState;

/// What a flow is for. Each intent shares the machine; one can contain another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Sign in, and on to the parked request if there is one.
    SignIn,
    /// Agree to a client's request with a live session.
    Consent,
    /// Prove it again for a parked request (`prompt=login`, `max_age`, `acr_values`).
    StepUp,
    /// Confirm signing out.
    LogoutConfirm,
    /// Make an account, and on to the parked request if there is one.
    SignUp,
    /// Set a new password for a forgotten one.
    Recover,
}

impl Intent {
    /// Every intent.
    pub const ALL: [Self; 6] =
        [Self::SignIn, Self::Consent, Self::StepUp, Self::LogoutConfirm, Self::SignUp, Self::Recover];

    /// The word on the wire and in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Consent => "consent",
            Self::StepUp => "step_up",
            Self::LogoutConfirm => "logout_confirm",
            Self::SignUp => "sign_up",
            Self::Recover => "recover",
        }
    }

    /// The intent with this word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|intent| intent.as_str() == text)
    }
}

/// A factor proven in this flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Proof {
    /// Its class.
    pub factor: Factor,
    /// Its method.
    pub amr: Amr,
    /// When.
    pub at: Timestamp,
}

/// Where to return after signing out, once confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutReturn {
    /// The client that asked.
    pub client: Option<ClientId>,
    /// A registered address of that client, with `state` already appended.
    pub to: Option<String>,
}

/// An identity that a provider vouched for in this flow, and that no account has yet. It is linked when the flow
/// finishes for its user, and to nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingIdentity {
    /// The trip under which it waits.
    pub attempt: AttemptId,
    /// At which provider.
    pub connection: ConnectionId,
    /// Whose it becomes, once they prove themselves; `None`: that of the account which this flow makes.
    pub user: Option<UserId>,
    /// The name it has at the provider, to show.
    pub label: String,
    /// The address it brought.
    pub email: Option<Email>,
    /// Whether the provider's word proves that address here.
    pub proven: bool,
    /// What it brought for the profile of a new account.
    pub profile: Map<String, Value>,
}

/// One flow. Holds no secret: the browser's cookie is stored as a digest.
#[derive(Clone)]
pub struct Flow {
    /// Its id, part of the address.
    pub id: FlowId,
    /// Digest of the cookie that binds it to a browser.
    pub binding: Digest,
    /// What it is for.
    pub intent: Intent,
    /// Where it stands.
    pub state: FlowState,
    /// The authorization request it works towards.
    pub request: Option<RequestId>,
    /// The client of that request.
    pub client: Option<ClientId>,
    /// The session of this browser when the flow began.
    pub session: Option<SessionId>,
    /// Who it is about, once an identifier was given and matched, or a session was chosen. Not a proof.
    pub user: Option<UserId>,
    /// The identifier as typed, shown on the next pages.
    pub identifier: Option<String>,
    /// What was proven here.
    pub proofs: Vec<Proof>,
    /// Scopes agreed to in this flow.
    pub consented: Option<Vec<String>>,
    /// Whether a second factor that the realm's policy wants is waived, because the person trusts this browser.
    pub waived: bool,
    /// Whether who proves themselves here came by a forgotten password.
    pub recovered: bool,
    /// Whether an earlier session is not enough (`prompt=login`, `max_age`).
    pub fresh: bool,
    /// Where a sign-out returns to.
    pub logout: Option<LogoutReturn>,
    /// The page of the account it leads to, where it works towards no request.
    pub account: Option<AccountPath>,
    /// An identity that waits for its account.
    pub waiting: Option<WaitingIdentity>,
    /// The language that the application asked for or the person chose; none: that of each request.
    pub locale: Option<Locale>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Optimistic lock; also the action token of forms, so that a double submit is recognised.
    pub version: Version,
}

/// What a new flow is made of.
#[derive(Clone)]
#[expect(missing_docs, reason = "the fields are those of `Flow`")]
pub struct NewFlow {
    pub id: FlowId,
    pub binding: Digest,
    pub intent: Intent,
    pub state: FlowState,
    pub request: Option<RequestId>,
    pub client: Option<ClientId>,
    pub session: Option<SessionId>,
    pub user: Option<UserId>,
    pub identifier: Option<String>,
    pub fresh: bool,
    pub logout: Option<LogoutReturn>,
    pub account: Option<AccountPath>,
    pub locale: Option<Locale>,
    pub expires_at: Timestamp,
}

impl Flow {
    /// Starts a flow.
    pub fn start(new: NewFlow, now: Timestamp) -> Changed<Self> {
        let flow = Self {
            id: new.id,
            binding: new.binding,
            intent: new.intent,
            state: new.state,
            request: new.request,
            client: new.client,
            session: new.session,
            user: new.user,
            identifier: new.identifier,
            proofs: Vec::new(),
            consented: None,
            waived: false,
            recovered: false,
            fresh: new.fresh,
            logout: new.logout,
            account: new.account,
            waiting: None,
            locale: new.locale,
            created_at: now,
            expires_at: new.expires_at,
            version: Version::FIRST,
        };
        Changed::quiet(flow, None)
    }

    /// Goes on in a language that the person chose.
    pub fn speak(mut self, locale: Locale) -> Changed<Self> {
        let expected = self.version;
        self.locale = Some(locale);
        self.version = expected.next();
        Changed::quiet(self, Some(expected))
    }

    /// Whether its time is over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Whether the cookie is the one it began with, in constant time.
    pub fn is_bound_to(&self, cookie: &Digest) -> bool {
        self.binding.matches(cookie)
    }

    /// Forgets an identity that waits for somebody else than this user.
    pub(crate) fn release_unless_of(&mut self, user: UserId) {
        self.waiting = self.waiting.take().filter(|identity| identity.user == Some(user));
    }

    /// Forgets what was proven here and how, and what that waived.
    pub(crate) fn forget_proofs(&mut self) {
        self.proofs.clear();
        self.waived = false;
        self.recovered = false;
    }

    /// The factors proven here.
    pub fn factors(&self) -> BTreeSet<Factor> {
        self.proofs.iter().map(|proof| proof.factor).collect()
    }

    /// What the proofs of this flow add up to.
    pub fn acr(&self) -> Option<Acr> {
        Acr::of(&self.factors())
    }

    /// Turns a flow whose sign-in is complete into the proof of it, and moves it to `continue`. The machine reaches
    /// [`FlowState::Satisfied`] only when nothing is owed; from any other state there is no proof. A flow that proved
    /// nothing itself (consent with a live session) moves on without one.
    ///
    /// # Errors
    /// Gives the flow back when something is still owed.
    #[expect(clippy::result_large_err, reason = "the flow is handed back, not reported")]
    pub fn finish(mut self) -> Result<(Changed<Self>, Option<Authenticated>), Self> {
        if self.state != FlowState::Satisfied {
            return Err(self);
        }
        let amr: BTreeSet<Amr> = self.amr();
        let authenticated = match (self.user, self.acr(), self.proofs.iter().map(|proof| proof.at).max()) {
            (Some(user), Some(acr), Some(at)) => {
                let waived = self.waived && acr < Acr::MultiFactor;
                Some(Authenticated::new((self.id, user), (amr, acr, at), waived, self.session))
            }
            _ => None,
        };
        let expected = self.version;
        self.state = FlowState::Continue;
        self.version = expected.next();
        let changed = match &authenticated {
            Some(proof) => {
                let event = AuthnEvent::SignedIn {
                    user: proof.user(),
                    flow: self.id,
                    client: self.client.clone(),
                    amr: proof.amr().iter().copied().collect(),
                    acr: proof.acr(),
                };
                Changed::updated(self, expected, event)
            }
            None => Changed::quiet(self, Some(expected)),
        };
        Ok((changed, authenticated))
    }

    fn amr(&self) -> BTreeSet<Amr> {
        let mut amr: BTreeSet<Amr> = self.proofs.iter().map(|proof| proof.amr).collect();
        if self.acr() == Some(Acr::MultiFactor) {
            amr.insert(Amr::Mfa);
        }
        amr
    }
}
