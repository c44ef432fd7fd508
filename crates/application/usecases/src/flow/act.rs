//! One action of a person on a flow: checked, limited, then handed to the pure machine. A guess is reserved and
//! committed before it is compared, and nothing is compared inside a transaction.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use serde_json::{Map, Value};
use vestibule_authn::{ActionKind, Flow, Input};
use vestibule_kernel::{
    Cx, Digest, FlowId, OpaqueToken, Secret, Version,
    contact::{Email, Identifier, Phone},
};
use vestibule_storage::RealmTx;
use vestibule_storage::sign_in::Sought;

use super::{
    Browser, FlowError,
    answer::{self, Given},
    attempt, challenge, check, complete_profile, offer, recover,
    settle::{Move, Turn, settle},
    sign_up::{self, SignUpForm},
};
use crate::{
    App, RealmSnapshot,
    texting::{NoText, typed_phone},
};

/// What a person wants.
#[derive(Clone)]
pub enum Command {
    /// Say who they are, with the password if a manager filled both.
    Identify {
        /// As typed.
        username: String,
        /// The password, if it came along.
        password: Option<Secret>,
    },
    /// Give the password.
    Password {
        /// As typed.
        password: Secret,
    },
    /// Ask a method for a challenge.
    Begin {
        /// Its name.
        method: String,
        /// The number that is added by it, as typed.
        phone: Option<String>,
    },
    /// Answer by a code.
    Answer {
        /// As typed.
        code: Secret,
    },
    /// Answer by a WebAuthn credential.
    Passkey {
        /// The document of the browser.
        credential: Value,
    },
    /// Answer by the mailed link, in the browser that asked.
    ConfirmLink {
        /// Its token.
        token: OpaqueToken,
    },
    /// Send the code again.
    Resend,
    /// Ask for the form of a new account, or send it.
    SignUp(Option<Box<SignUpForm>>),
    /// Say that the password is forgotten, or whose.
    Recover {
        /// Whose.
        username: Option<String>,
    },
    /// Set a new password after recovery.
    NewPassword {
        /// As typed.
        password: Secret,
    },
    /// Say that the recovery codes are saved.
    Saved {
        /// Whether the box was ticked.
        saved: bool,
    },
    /// Fill in what the profile lacks.
    SaveProfile {
        /// Its values by name.
        profile: Map<String, Value>,
        /// What it says of a box that it was not sent.
        unsent: Unsent,
    },
    /// Leave what is offered, or asked for and not needed, for another day.
    Skip,
    /// Back to the identifier.
    Restart,
    /// Go on with the session of this browser.
    UseSession,
    /// Sign in with another account.
    UseAnother,
    /// Agree to these scopes.
    Allow {
        /// A subset of what is asked.
        scopes: Vec<String>,
    },
    /// Refuse.
    Deny,
    /// Sign out.
    SignOut,
    /// Stay signed in.
    Stay,
}

/// What a yes-or-no attribute that was not sent means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsent {
    /// No: a form says nothing of a box that is not ticked.
    MeansNo,
    /// Nothing: it is left.
    MeansNothing,
}

/// One action.
#[derive(Clone)]
pub struct ActRequest {
    /// On which flow.
    pub flow: FlowId,
    /// By whom.
    pub browser: Browser,
    /// The version the page was made from; another one means that the form was sent before. `None`: not checked.
    pub step: Option<Version>,
    /// What.
    pub command: Command,
    /// Only makes a challenge; the page stays as it is. For scripts that offer passkeys beside a form.
    pub beside: bool,
    /// Whether the person's device says that it can keep passkeys: then one may be offered.
    pub passkeys: bool,
    /// Whether the person asks not to be asked for a second factor again in this browser. Heard with an accepted second
    /// factor, where the realm lets people ask.
    pub remember_device: bool,
}

/// Why the same page comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No identifier.
    UsernameMissing,
    /// Nothing an account could be called.
    UsernameMalformed,
    /// No password.
    PasswordMissing,
    /// Longer than a password can be; not looked at.
    PasswordTooLong,
    /// Does not match, whether or not there is such an account.
    PasswordWrong,
    /// Proven, but the client asks for somebody else.
    UnexpectedAccount,
    /// No scope was left.
    NothingChosen,
    /// The code, passkey or security key does not match.
    CodeWrong,
    /// Nothing such a code could be; no attempt was counted.
    CodeMalformed,
    /// Used, over, replaced, or guessed at too often: a new one is needed.
    CodeSpent,
    /// A passkey or security key that nobody here has: of another site, or removed.
    PasskeyUnknown,
    /// The new passkey or security key is bound already.
    PasskeyExists,
    /// The recovery codes are not saved yet.
    CodesNotSaved,
    /// No number.
    PhoneMissing,
    /// Nothing a number could be.
    PhoneMalformed,
    /// No codes go to numbers of this country.
    PhoneCountry,
    /// No codes go there at the moment.
    PhoneUnavailable,
    /// The number belongs to another account.
    PhoneTaken,
    /// An address and a number, where one of them is the account's.
    OneContact,
    /// Another address than the one that was invited.
    NotInvited,
    /// No address.
    EmailMissing,
    /// Nothing an address could be.
    EmailMalformed,
    /// An address of a throw-away mail service.
    EmailDisposable,
    /// Somebody has this user name.
    UsernameTaken,
    /// The account was made meanwhile.
    AlreadyRegistered,
    /// Too short a password.
    PasswordTooShort,
    /// Among the most used passwords.
    PasswordCommon,
    /// Made of the person's or the service's name.
    PasswordContext,
    /// The terms were not accepted.
    TermsNotAccepted,
    /// A value of the profile is missing: the attribute's name.
    ProfileMissing(String),
    /// A value of the profile is not allowed: the attribute's name.
    ProfileInvalid(String),
    /// Several fields of one form, in their order; two at least, and none of them this again.
    Several(Vec<Self>),
}

impl Refusal {
    /// Everything that was refused of one form; `None`: nothing was.
    pub(super) fn all(mut refused: Vec<Self>) -> Option<Self> {
        match refused.len() {
            0 | 1 => refused.pop(),
            _ => Some(Self::Several(refused)),
        }
    }

    /// Each thing that was refused.
    pub fn each(&self) -> &[Self] {
        match self {
            Self::Several(refused) => refused,
            one => std::slice::from_ref(one),
        }
    }
}

impl From<NoText> for Refusal {
    fn from(why: NoText) -> Self {
        match why {
            NoText::Missing => Self::PhoneMissing,
            NoText::Malformed => Self::PhoneMalformed,
            NoText::Country => Self::PhoneCountry,
            NoText::Unavailable => Self::PhoneUnavailable,
        }
    }
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The flow moved.
    Moved,
    /// The form was sent before; the flow is as the first one left it.
    Repeated,
    /// Not accepted.
    Refused(Refusal),
}

/// The flow after an action.
#[derive(Clone)]
pub struct Acted {
    /// The flow as stored.
    pub flow: Flow,
    /// What happened.
    pub outcome: Outcome,
    /// A new session cookie.
    pub session: Option<OpaqueToken>,
    /// A new cookie that tells who signed in here before.
    pub device: Option<String>,
    /// The session of this browser ended; the cookie goes.
    pub signed_out: bool,
}

impl Acted {
    pub(super) const fn of(flow: Flow, outcome: Outcome) -> Self {
        Self { flow, outcome, session: None, device: None, signed_out: false }
    }
}

impl Command {
    /// The action of the state table.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Identify { .. } => ActionKind::Identify,
            Self::Password { .. } => ActionKind::Password,
            Self::Begin { .. } => ActionKind::Begin,
            Self::Answer { .. } => ActionKind::Answer,
            Self::Passkey { .. } => ActionKind::Passkey,
            Self::ConfirmLink { .. } => ActionKind::ConfirmLink,
            Self::Resend => ActionKind::Resend,
            Self::SignUp(_) => ActionKind::SignUp,
            Self::Recover { .. } => ActionKind::Recover,
            Self::NewPassword { .. } => ActionKind::NewPassword,
            Self::Saved { .. } => ActionKind::Saved,
            Self::SaveProfile { .. } => ActionKind::SaveProfile,
            Self::Skip => ActionKind::Skip,
            Self::Restart => ActionKind::Restart,
            Self::UseSession => ActionKind::UseSession,
            Self::UseAnother => ActionKind::UseAnother,
            Self::Allow { .. } => ActionKind::Allow,
            Self::Deny => ActionKind::Deny,
            Self::SignOut => ActionKind::SignOut,
            Self::Stay => ActionKind::Stay,
        }
    }
}

/// Takes one action.
///
/// # Errors
/// The flow is gone, of another browser or over; the action does not fit; a limit is reached; the store failed.
pub async fn act(app: &App, cx: &Cx, realm: &RealmSnapshot, request: ActRequest) -> Result<Acted, FlowError> {
    if !realm.is_active() {
        return Err(FlowError::RealmSuspended);
    }
    let ActRequest { flow, browser, step, command, beside, passkeys, remember_device } = request;
    let kind = command.kind();
    let refusal = super::attempt::precheck(app, realm, &command);
    let by_password = matches!(
        &command,
        Command::Password { .. } | Command::Identify { password: Some(_), .. } | Command::NewPassword { .. }
    );
    if by_password && !realm.realm.settings.login.password {
        return Err(FlowError::NoMethod);
    }
    if is_limited(kind) {
        limit_address(app, cx, realm).await?;
    }
    let place = Place { id: flow, browser: &browser, step, kind, beside, passkeys, remember_device };
    if let Some(refusal) = refusal {
        let flow = place.peek(app, cx).await?;
        return Ok(flow.map_or_else(|repeated| *repeated, |flow| Acted::of(flow, Outcome::Refused(refusal))));
    }
    match command {
        Command::Identify { username, password: Some(password) } => {
            Box::pin(attempt::run(app, cx, realm, &place, Some(username), password)).await
        }
        Command::Password { password } => {
            Box::pin(attempt::run(app, cx, realm, &place, None, password)).await
        }
        Command::Identify { username, password: None } => identify(app, cx, realm, &place, username).await,
        Command::Begin { method, phone } => {
            Box::pin(challenge::start(app, cx, realm, &place, (Some(method), phone))).await
        }
        Command::Resend => Box::pin(challenge::start(app, cx, realm, &place, (None, None))).await,
        Command::Answer { code } => Box::pin(answer::answer(app, cx, realm, &place, Given::Code(code))).await,
        Command::Passkey { credential } => {
            Box::pin(answer::answer(app, cx, realm, &place, Given::Document(credential))).await
        }
        Command::ConfirmLink { token } => {
            Box::pin(answer::answer(app, cx, realm, &place, Given::Link(token))).await
        }
        Command::Saved { .. } => Box::pin(answer::answer(app, cx, realm, &place, Given::Saved)).await,
        Command::SaveProfile { profile, unsent } => {
            Box::pin(complete_profile::save(app, cx, realm, &place, (profile, unsent))).await
        }
        Command::Skip => Box::pin(offer::skip(app, cx, realm, &place)).await,
        Command::SignUp(None) => sign_up::open_form(app, cx, realm, &place).await,
        Command::SignUp(Some(form)) => Box::pin(sign_up::submit(app, cx, realm, &place, *form)).await,
        Command::Recover { username } => Box::pin(recover::ask(app, cx, realm, &place, username)).await,
        Command::NewPassword { password } => Box::pin(recover::set(app, cx, realm, &place, password)).await,
        other => plain(app, cx, realm, &place, other).await,
    }
}

/// Whether an action counts against the limits of a network address.
fn is_limited(kind: ActionKind) -> bool {
    vestibule_authn::StateName::ALL
        .into_iter()
        .flat_map(vestibule_authn::StateName::actions)
        .any(|action| action.name == kind && action.limited)
}

/// Where an action is taken.
pub(super) struct Place<'a> {
    pub(super) id: FlowId,
    pub(super) browser: &'a Browser,
    pub(super) step: Option<Version>,
    pub(super) kind: ActionKind,
    /// The page stays while its script asks for a challenge (passkeys offered by the browser itself).
    pub(super) beside: bool,
    /// Whether the person's device can keep passkeys.
    pub(super) passkeys: bool,
    /// Whether the person asks for this browser to be trusted.
    pub(super) remember_device: bool,
}

impl Place<'_> {
    /// Opens a write transaction on the flow, or says that the form was sent before.
    pub(super) async fn open(
        &self,
        app: &App,
        cx: &Cx,
    ) -> Result<Result<(Flow, Box<dyn RealmTx>), Box<Acted>>, FlowError> {
        let mut tx = app.store.write(cx).await?;
        match self.enter(tx.flows().find_flow(self.id).await?, cx) {
            Ok(Ok(flow)) => Ok(Ok((flow, tx))),
            Ok(Err(repeated)) => {
                tx.rollback().await?;
                Ok(Err(repeated))
            }
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Checks a loaded flow; `Err` in the inner result: the form was sent before.
    pub(super) fn enter(&self, flow: Option<Flow>, cx: &Cx) -> Result<Result<Flow, Box<Acted>>, FlowError> {
        let flow = check(flow, self.browser, cx.now)?;
        if self.step.is_some_and(|step| step != flow.version) {
            return Ok(Err(Box::new(Acted::of(flow, Outcome::Repeated))));
        }
        let state = flow.state.name();
        if !state.actions().iter().any(|action| action.name == self.kind) {
            return Err(FlowError::NotAllowed(state));
        }
        Ok(Ok(flow))
    }

    pub(super) async fn peek(&self, app: &App, cx: &Cx) -> Result<Result<Flow, Box<Acted>>, FlowError> {
        let mut tx = app.store.read(cx).await?;
        tx.ends_with_next();
        let flow = tx.flows().find_flow(self.id).await?;
        tx.commit().await?;
        self.enter(flow, cx)
    }
}

/// Only an identifier: the next page is the same whether or not it matches.
async fn identify(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    username: String,
) -> Result<Acted, FlowError> {
    let identifier = accepted_identifier(app, realm, &username);
    let sought = identifier.as_ref().map_or(Sought::Nobody, Sought::Identifier);
    let mut tx = app.store.write(cx).await?;
    let file = tx.sign_in().load_sign_in(place.id, sought, None).await?;
    let flow = match place.enter(file.flow, cx) {
        Ok(Ok(flow)) => flow,
        Ok(Err(repeated)) => {
            tx.rollback().await?;
            return Ok(*repeated);
        }
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    let user = file.holder.map(|holder| holder.user);
    let identified =
        Input::Identified { identifier: username.clone(), user: user.as_ref().map(|user| user.id) };
    let mut turn = Turn::plain(flow, vec![Move::Given(identified)]);
    if !realm.realm.settings.login.password {
        // No page in between that asks for a password nobody has: the first other way.
        let begun = challenge::first_way(app, cx, realm, (&turn.flow, tx.as_mut()), (&username, user)).await;
        match begun {
            Ok(challenge::Beginning { keep, input }) => {
                turn.effects.push(keep);
                turn.moves.push(Move::Given(input));
            }
            Err(FlowError::NoText(why)) => {
                tx.rollback().await?;
                return Ok(Acted::of(turn.flow, Outcome::Refused(why.into())));
            }
            Err(error) => {
                tx.rollback().await?;
                return Err(error);
            }
        }
    }
    settle(app, cx, realm, place, turn, Some(tx)).await
}

async fn plain(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    command: Command,
) -> Result<Acted, FlowError> {
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let step = match command {
        Command::UseSession => Move::UseSession,
        Command::UseAnother => Move::Given(Input::UseAnother),
        Command::Allow { scopes } => Move::Given(Input::Allowed { scopes }),
        Command::Deny => Move::Given(Input::Denied),
        Command::SignOut => Move::Given(Input::SignOut),
        Command::Stay => Move::Given(Input::Stay),
        _ => Move::Given(Input::Restart),
    };
    if let (Move::Given(Input::Allowed { scopes }), vestibule_authn::FlowState::Consent { scopes: asked }) =
        (&step, &flow.state)
        && scopes.is_empty()
        && !asked.is_empty()
    {
        return Ok(Acted::of(flow, Outcome::Refused(Refusal::NothingChosen)));
    }
    settle(app, cx, realm, place, Turn::plain(flow, vec![step]), None).await
}

/// The identifier in the form that is looked up, if the realm accepts its kind.
pub(super) fn accepted_identifier(app: &App, realm: &RealmSnapshot, username: &str) -> Option<Identifier> {
    let login = &realm.realm.settings.login;
    if login.phone_identifier
        && let Some(phone) = typed_phone(app, realm, username)
    {
        return Identifier::parse(phone.as_str()).ok();
    }
    let accepted = if Email::parse(username).is_ok() {
        login.email_identifier
    } else if Phone::parse(username).is_ok() {
        false
    } else {
        login.username_identifier
    };
    if accepted { Identifier::parse(username).ok() } else { None }
}

/// What an identifier is counted by, known or not.
pub(super) fn normal_of(app: &App, realm: &RealmSnapshot, typed: &str) -> String {
    accepted_identifier(app, realm, typed).as_ref().map_or(typed, Identifier::normal).to_owned()
}

const MINUTE: Duration = Duration::from_mins(1);

pub(super) async fn limit_address(app: &App, cx: &Cx, realm: &RealmSnapshot) -> Result<(), FlowError> {
    let Some(ip) = cx.origin.ip else { return Ok(()) };
    let limit = realm.realm.settings.limits.sign_in_per_minute;
    limited(app, cx, ("sign_in_address", &network_of(ip)), (limit, MINUTE)).await
}

/// What requests of one customer of a network provider are counted under: an IPv4 address, or the /64 that whoever has
/// one IPv6 address has all of.
pub(crate) fn network_of(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

pub(super) async fn limit_identifier(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    identifier: &str,
) -> Result<(), FlowError> {
    let limit = realm.realm.settings.limits.identifier_per_minute;
    limited(app, cx, ("sign_in_identifier", identifier), (limit, MINUTE)).await
}

/// How what was typed is named in the key of a limit: half of its digest.
pub(crate) fn counted_as(about: &str) -> String {
    let digest = Digest::of(about.as_bytes());
    digest.as_bytes().iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Counts one request about something under a word; the something never stands in the key.
pub(crate) async fn limited(
    app: &App,
    cx: &Cx,
    (word, about): (&str, &str),
    (limit, window): (u32, Duration),
) -> Result<(), FlowError> {
    let short = counted_as(about);
    let quota = app.limiter.check(&format!("{word}:{}:{short}", cx.realm), limit, window).await;
    if quota.allowed {
        return Ok(());
    }
    Err(FlowError::Limited { retry_after_seconds: quota.reset.as_secs().max(1) })
}
