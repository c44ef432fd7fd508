//! The second transaction of an action: steps the machine, and saves the flow together with everything that follows
//! from the step. Repeated when a row beside the flow moved meanwhile; a flow that moved was answered by another
//! request.

use vestibule_authn::{
    ChallengePurpose, Credential, CredentialKind, Decision, Flow, FlowState, Input, MethodId, Requirement,
    Requirements, StepContext, StepError, Task, method::MethodError, step,
};
use vestibule_consent::Grant;
use vestibule_kernel::{
    Changed, Cx, DeviceId, EventRecord, StoreError, UserId, Version,
    assurance::{Acr, Factor},
};
use vestibule_oauth::{Client, request::StoredRequest};
use vestibule_realms::settings::MfaPolicy;
use vestibule_sessions::{ActiveSession, RevocationCause, SessionScope};
use vestibule_storage::RealmTx;
use vestibule_users::User;

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal},
    challenge::{self, Beginning, Has, Subject},
    complete_profile,
    device::KnownDevices,
    effects::{self, Effect},
    federated, finish, offer,
    policy::{self, Mfa, Owed, Progress, Second},
};
use crate::{App, RealmSnapshot, admin::access_end, challenge as kept, texting};

/// How often a turn is taken when somebody else changes the same rows.
const TRIES: u32 = 3;

/// One input of the machine; what depends on the session is made once that is loaded.
#[derive(Clone)]
pub(super) enum Move {
    Given(Input),
    UseSession,
}

/// Everything one action does.
#[derive(Clone)]
pub(super) struct Turn {
    pub(super) flow: Flow,
    pub(super) request: Option<StoredRequest>,
    pub(super) moves: Vec<Move>,
    /// Who was proven.
    pub(super) user: Option<User>,
    /// Whose failures are forgotten, with which kind of authenticator.
    pub(super) reset: Option<(UserId, CredentialKind)>,
    /// Their authenticators, if they were loaded already.
    pub(super) bound: Option<Vec<Credential>>,
    /// What is stored with the flow.
    pub(super) effects: Vec<Effect>,
    /// What is recorded beside the machine's own events.
    pub(super) events: Vec<EventRecord>,
    /// Whether this browser is known to the one who was proven.
    pub(super) knows_user_agent: bool,
    /// The browser that the person trusts from now on.
    pub(super) trusts: Option<DeviceId>,
    /// What the page says when the machine refuses.
    pub(super) refusal: Option<Refusal>,
}

impl Turn {
    pub(super) const fn plain(flow: Flow, moves: Vec<Move>) -> Self {
        Self {
            flow,
            request: None,
            moves,
            user: None,
            reset: None,
            bound: None,
            effects: Vec::new(),
            events: Vec::new(),
            knows_user_agent: true,
            trusts: None,
            refusal: None,
        }
    }
}

/// Takes a turn, in the transaction already begun if there is one.
pub(super) async fn settle(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    turn: Turn,
    mut begun: Option<Box<dyn RealmTx>>,
) -> Result<Acted, FlowError> {
    let cx = &cx.speaking(turn.flow.locale.as_ref());
    for _ in 0..TRIES {
        let tx = match begun.take() {
            Some(tx) => tx,
            None => app.store.write(cx).await?,
        };
        match Box::pin(once(app, cx, realm, place, turn.clone(), tx)).await {
            Err(FlowError::Store(StoreError::Stale)) => {}
            other => return other,
        }
        let mut tx = app.store.read(cx).await?;
        tx.ends_with_next();
        let flow = tx.flows().find_flow(place.id).await?.ok_or(FlowError::Unknown)?;
        tx.commit().await?;
        if flow.version != turn.flow.version {
            return Ok(Acted::of(flow, Outcome::Repeated));
        }
    }
    Err(FlowError::Store(StoreError::Unavailable("the rows of this flow keep changing".to_owned())))
}

/// The machine with the events it made, saved as one change.
struct Walk {
    flow: Flow,
    expected: Version,
    events: Vec<EventRecord>,
}

impl Walk {
    fn step(&mut self, input: Input, context: &StepContext) -> Result<Decision, FlowError> {
        let transition = step(self.flow.clone(), input, context).map_err(|error| match error {
            StepError::NotAllowed(state) => FlowError::NotAllowed(state),
            StepError::Needed => FlowError::NotAllowed(self.flow.state.name()),
            StepError::Expired => FlowError::Expired { request: self.flow.request },
            StepError::ScopeNotAsked => FlowError::ScopeNotAsked,
        })?;
        self.take(transition.flow);
        Ok(transition.decision)
    }

    fn take(&mut self, change: Changed<Flow>) {
        self.flow = change.value;
        self.events.extend(change.events);
    }
}

async fn once(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    turn: Turn,
    mut tx: Box<dyn RealmTx>,
) -> Result<Acted, FlowError> {
    let trusts = turn.trusts;
    match within(app, cx, realm, place, turn, tx.as_mut()).await {
        Ok((acted, queued)) => {
            tx.commit().await?;
            if queued {
                app.jobs_wake.notify_one();
            }
            let device = acted.flow.user.filter(|_| acted.session.is_some() || trusts.is_some());
            let device = device.and_then(|user| {
                let known = KnownDevices::open(app, cx, place.browser.device.as_deref());
                let device = trusts.unwrap_or_else(|| known.of_or_new(app, cx, user));
                known.remember(app, cx, user, device)
            });
            Ok(Acted { device, ..acted })
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn within(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    turn: Turn,
    tx: &mut dyn RealmTx,
) -> Result<(Acted, bool), FlowError> {
    let mut queued = effects::carry_out(app, cx, tx, turn.effects.clone()).await?;
    let session = session_of(&turn, place, cx, tx).await?;
    let surroundings = Surroundings::load(app, cx, realm, &turn, session.as_ref(), tx).await?;
    let waived = surroundings.waives(app, cx, (realm, place), &turn, tx).await?;
    let offered = matches!(turn.flow.state, FlowState::Challenge { task: Task::Offer, .. });
    let mut walk = Walk { expected: turn.flow.version, flow: turn.flow, events: turn.events };
    let mut decision = Decision::Advanced;
    for step in turn.moves {
        let input = input_of(step, session.as_ref());
        walk.flow.waived |= waived && matches!(input, Input::Proved { .. });
        let owed = surroundings.owed_after(cx, &walk.flow, &input, session.as_ref());
        let asks_password = owed.iter().any(|requirement| *requirement == Requirement::FirstFactor);
        if let (Input::UseSession { user }, true) = (&input, asks_password) {
            // The account was chosen: its password is asked for next, not its name.
            walk.flow.identifier = tx.users().find_user(*user).await?.as_ref().map(login_name);
        }
        let leaving = matches!(input, Input::SignOut);
        decision = walk.step(input, &StepContext { now: cx.now, owed })?;
        if leaving && let Some(session) = &session {
            sign_out(app, cx, tx, session).await?;
            queued = true;
        }
    }
    if let Some((user, kind)) = turn.reset {
        tx.lockouts().reset_attempts(user, kind).await?;
    }
    queued |= second_factor(app, cx, realm, &mut walk, turn.user.as_ref(), &surroundings, tx).await?;
    if decision == Decision::Satisfied
        && !offered
        && let Some((keep, input)) =
            offer::passkey(app, cx, realm, place, (&walk.flow, turn.user.as_ref()), &mut *tx).await?
    {
        queued |= effects::carry_out(app, cx, tx, vec![keep]).await?;
        decision = walk.step(input, &StepContext { now: cx.now, owed: Requirements::default() })?;
    }
    let mut cookie = None;
    if decision == Decision::Satisfied {
        let ended = walk.flow.clone().finish();
        let (flow, proof) = ended.map_err(|flow| FlowError::NotAllowed(flow.state.name()))?;
        walk.take(flow);
        let known = is_known(app, cx, place, (turn.user.as_ref(), &walk.flow, turn.knows_user_agent));
        let end = finish::End { realm, flow: &walk.flow, user: turn.user.as_ref(), known, session };
        finish::give_grant(cx, &end, surroundings.request.as_ref(), surroundings.client, tx).await?;
        if let Some(proof) = proof {
            let opened = finish::open_session(app, cx, end, &proof, tx).await?;
            walk.flow.session = Some(opened.id);
            queued |= opened.queued;
            queued |= federated::adopt(app, cx, tx, &mut walk.flow, proof.user()).await?;
            cookie = Some(opened.cookie);
        }
    }
    let (flow, signed_out) = (walk.flow.clone(), walk.flow.state == FlowState::SignedOut);
    let change = Changed { value: walk.flow, expected: Some(walk.expected), events: walk.events };
    tx.flows().save_flow(change).await?;
    let outcome = match (decision, turn.refusal) {
        (Decision::Refused, Some(refusal)) => Outcome::Refused(refusal),
        _ => Outcome::Moved,
    };
    Ok((Acted { session: cookie, signed_out, ..Acted::of(flow, outcome) }, queued))
}

async fn sign_out(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    session: &ActiveSession,
) -> Result<(), StoreError> {
    let scope = SessionScope::One(session.get().id);
    access_end::end_sessions(app, tx, scope, RevocationCause::SignedOut, cx.now).await?;
    Ok(())
}

fn input_of(step: Move, session: Option<&ActiveSession>) -> Input {
    match (step, session) {
        (Move::Given(input), _) => input,
        (Move::UseSession, Some(session)) => Input::UseSession { user: session.get().user },
        (Move::UseSession, None) => Input::UseAnother,
    }
}

/// Where a second factor is owed, asks the first method that the person has for a challenge: no page in between that
/// offers one thing.
async fn second_factor(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    walk: &mut Walk,
    user: Option<&User>,
    surroundings: &Surroundings<'_>,
    tx: &mut dyn RealmTx,
) -> Result<bool, FlowError> {
    let (FlowState::ChooseMethod { task: Task::Second }, Some(user)) = (&walk.flow.state, user) else {
        return Ok(false);
    };
    let has = Has { phone: surroundings.phone, bound: &surroundings.bound };
    for id in challenge::offers(app, realm, Task::Second, Some(has)) {
        let Some(method) = app.methods.get(&id) else { continue };
        let subject = Subject {
            user: Some(user.id),
            person: Some(kept::person(user, ChallengePurpose::Prove)),
            bound: surroundings.bound.clone(),
            ..Subject::default()
        };
        let task = (method, Task::Second);
        let begun =
            challenge::begin_within_budget(app, cx, realm, (&walk.flow, &mut *tx), task, subject).await;
        match begun {
            Ok((Beginning { keep, input }, _)) => {
                let queued = effects::carry_out(app, cx, tx, vec![keep]).await?;
                walk.step(input, &StepContext { now: cx.now, owed: Requirements::default() })?;
                return Ok(queued);
            }
            Err(FlowError::Method(MethodError::NothingBound)) => {}
            // The page of all methods says so once it is asked for by hand.
            Err(FlowError::NoText(_) | FlowError::Limited { .. }) if id == MethodId::PHONE_CODE => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Whether somebody signed in here before, as a browser tells by its cookie: what it says of itself tells nothing, for half of
/// all browsers say the same. It is all there is where no cookies are kept. Who made the account here just now need not be
/// told of it.
fn is_known(
    app: &App,
    cx: &Cx,
    place: &Place<'_>,
    (user, flow, says_so): (Option<&User>, &Flow, bool),
) -> bool {
    match user {
        Some(user) if place.browser.keeps_cookies => {
            let devices = KnownDevices::open(app, cx, place.browser.device.as_deref());
            devices.of(user.id).is_some() || user.created_at >= flow.created_at
        }
        _ => says_so,
    }
}

/// The live session of this browser, looked up only where it matters.
async fn session_of(
    turn: &Turn,
    place: &Place<'_>,
    cx: &Cx,
    tx: &mut dyn RealmTx,
) -> Result<Option<ActiveSession>, StoreError> {
    let matters = turn.moves.iter().any(|step| match step {
        Move::UseSession => true,
        Move::Given(input) => {
            matches!(
                input,
                Input::Proved { .. }
                    | Input::ProfileSaved
                    | Input::Allowed { .. }
                    | Input::Skipped
                    | Input::SignOut
            )
        }
    });
    match &place.browser.session {
        Some(cookie) if matters => {
            let session = tx.sessions().find_session_by_secret(&cookie.digest()).await?;
            Ok(session.and_then(|session| session.active(cx.now)))
        }
        _ => Ok(None),
    }
}

/// Whether a text message proved something in this flow, or does now.
fn proven_by_text(turn: &Turn) -> bool {
    let now = turn.moves.iter().filter_map(|step| match step {
        Move::Given(Input::Proved { proofs, .. }) => Some(proofs),
        _ => None,
    });
    let proofs = now.flatten().chain(&turn.flow.proofs);
    challenge::by_text(proofs.map(|proof| &proof.amr))
}

/// Whether codes by text message reach whom this turn is about, where they are a second factor.
async fn gets_texts(
    app: &App,
    realm: &RealmSnapshot,
    (turn, id): (&Turn, UserId),
    tx: &mut dyn RealmTx,
) -> Result<bool, StoreError> {
    if !realm.realm.settings.mfa.phone_code {
        return Ok(false);
    }
    if let Some(user) = turn.user.as_ref().filter(|user| user.id == id) {
        return Ok(texting::reaches(app, realm, user));
    }
    let user = tx.users().find_user(id).await?;
    Ok(user.is_some_and(|user| texting::reaches(app, realm, &user)))
}

/// What the policy looks at beside the flow.
struct Surroundings<'a> {
    request: Option<StoredRequest>,
    client: Option<&'a Client>,
    grant: Option<Grant>,
    mfa: Mfa,
    bound: Vec<Credential>,
    /// Whether a code by text message would be a second proof.
    phone: bool,
    /// What the profile of whoever proves themselves now lacks.
    profile: Option<Requirement>,
}

impl<'a> Surroundings<'a> {
    async fn load(
        app: &App,
        cx: &Cx,
        realm: &'a RealmSnapshot,
        turn: &Turn,
        session: Option<&ActiveSession>,
        tx: &mut dyn RealmTx,
    ) -> Result<Self, StoreError> {
        let decides = turn.moves.iter().any(|step| match step {
            Move::UseSession => true,
            Move::Given(input) => {
                matches!(
                    input,
                    Input::Proved { .. } | Input::ProfileSaved | Input::Allowed { .. } | Input::Skipped
                )
            }
        });
        let client = turn.flow.client.as_ref().and_then(|id| realm.client(id));
        if !decides {
            let mfa = Mfa { policy: MfaPolicy::Off, second: Second::Unknown, password: false };
            let (request, grant, bound, profile) = (None, None, Vec::new(), None);
            return Ok(Self { request, client, grant, mfa, bound, phone: false, profile });
        }
        let request = match (&turn.request, turn.flow.request) {
            (Some(request), _) => Some(request.clone()),
            (None, Some(id)) => tx.requests().find_request(id).await?,
            (None, None) => None,
        };
        let user = turn
            .user
            .as_ref()
            .map(|user| user.id)
            .or(turn.flow.user)
            .or_else(|| session.map(|session| session.get().user));
        let grant = match (client, &request, user) {
            (Some(client), Some(stored), Some(user)) if policy::asks_consent(client, &stored.request) => {
                tx.grants().find_grant(user, &client.id).await?
            }
            _ => None,
        };
        let policy = realm.realm.settings.mfa.policy;
        let wants = request.as_ref().is_some_and(|stored| policy::wants_second_factor(&stored.request));
        let proves = turn.moves.iter().any(|step| matches!(step, Move::Given(Input::Proved { .. })));
        let Mfa { mut second, mut password, .. } = Mfa::of(app, realm);
        let (mut bound, mut phone) = (Vec::new(), false);
        let asks = proves && (wants || policy != MfaPolicy::Off) && second != Second::Impossible;
        if let (Some(user), true) = (user, asks) {
            bound = match &turn.bound {
                Some(bound) => bound.clone(),
                None => tx.credentials().list_credentials(user).await?,
            };
            phone = !proven_by_text(turn) && gets_texts(app, realm, (turn, user), tx).await?;
            second = challenge::second_factor_of(app, realm, Has { bound: &bound, phone });
            password &= bound.iter().any(|credential| credential.kind == CredentialKind::Password);
        }
        let mut profile = None;
        if let (Some(user), true) = (user, proves) {
            let about = (&turn.flow, turn.user.as_ref());
            profile = complete_profile::asked(cx, realm, about, user, tx).await?;
        }
        Ok(Self { request, client, grant, mfa: Mfa { policy, second, password }, bound, phone, profile })
    }

    /// Whether the second factor that the policy wants of who proves themselves now is waived in this browser. Asked for
    /// only where one would be asked for; and not on the way to the account's own pages, where a second factor can be
    /// taken away.
    async fn waives(
        &self,
        app: &App,
        cx: &Cx,
        (realm, place): (&RealmSnapshot, &Place<'_>),
        turn: &Turn,
        tx: &mut dyn RealmTx,
    ) -> Result<bool, StoreError> {
        let allowed = realm.realm.settings.mfa.remember_device_days > 0 && turn.flow.account.is_none();
        let asked = self.mfa.policy != MfaPolicy::Off
            && matches!(self.mfa.second, Second::Bound | Second::Usable)
            && turn.flow.acr() != Some(Acr::MultiFactor);
        let proves = turn.moves.iter().find_map(|step| match step {
            Move::Given(Input::Proved { user, .. }) => Some(*user),
            _ => None,
        });
        let Some(user) = proves.filter(|_| allowed && asked) else { return Ok(false) };
        match KnownDevices::open(app, cx, place.browser.device.as_deref()).of(user) {
            Some(device) => tx.trusted_devices().use_trusted_device(user, device, cx.now).await,
            None => Ok(false),
        }
    }

    /// What would be owed once the input was taken.
    fn owed_after(
        &self,
        cx: &Cx,
        flow: &Flow,
        input: &Input,
        session: Option<&ActiveSession>,
    ) -> vestibule_authn::Requirements {
        let mut progress = Progress::of(flow);
        match input {
            Input::Proved { user, proofs, .. } => {
                if progress.user.is_some_and(|known| known != *user) {
                    progress.factors.clear();
                    progress.waived = false;
                    progress.answers = 0;
                    progress.consented = false;
                }
                progress.user = Some(*user);
                progress.answers += usize::from(!proofs.is_empty());
                progress.factors.extend(proofs.iter().map(|proof| proof.factor));
            }
            Input::UseSession { user } => progress.user = Some(*user),
            Input::Allowed { .. } => progress.consented = true,
            Input::ProfileSaved | Input::Skipped => {}
            _ => progress.factors = std::iter::empty::<Factor>().collect(),
        }
        let facts = Owed {
            now: cx.now,
            request: self.request.as_ref().map(|stored| &stored.request),
            client: self.client,
            session,
            grant: self.grant.as_ref(),
            mfa: self.mfa,
            profile: self.profile.as_ref(),
        };
        policy::owed(facts, &progress)
    }
}

/// The name a person would type to sign in.
pub fn login_name(user: &User) -> String {
    let email = user.primary_email().map(|address| address.email.to_string());
    email.or_else(|| user.username.as_ref().map(ToString::to_string)).unwrap_or_else(|| user.display_name())
}
