//! What is still owed before somebody may enter a client: one function, asked before a flow, at each of its steps, and
//! once more when the request is resumed. Knows no storage and no page.

use std::collections::BTreeSet;

use vestibule_authn::{Flow, FlowState, Intent, Requirement, Requirements, Task};
use vestibule_consent::{ConsentRules, Grant, grant};
use vestibule_kernel::{
    Timestamp, UserId,
    assurance::{Acr, Factor},
};
use vestibule_oauth::{
    Client,
    request::{AuthorizationRequest, Prompt},
};
use vestibule_realms::settings::MfaPolicy;
use vestibule_sessions::ActiveSession;
use vestibule_users::{User, UserStatus};

use super::challenge;
use crate::{App, RealmSnapshot};

/// What the decision depends on outside the flow.
#[derive(Clone, Copy)]
pub struct Owed<'a> {
    /// The time of the request.
    pub now: Timestamp,
    /// What the client asks for; `None`: somebody signs in for no application.
    pub request: Option<&'a AuthorizationRequest>,
    /// The client.
    pub client: Option<&'a Client>,
    /// The live session of this browser.
    pub session: Option<&'a ActiveSession>,
    /// What the user (of the flow, else of the session) allowed this client before.
    pub grant: Option<&'a Grant>,
    /// What the realm wants of second factors, and what the person has.
    pub mfa: Mfa,
    /// What their profile lacks and this sign-in asks for.
    pub profile: Option<&'a Requirement>,
}

/// What is known of a person's second factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// Not looked up: a session that is still good was asked when it was opened.
    Unknown,
    /// They have one.
    Bound,
    /// They have one that is a way in of its own: asked for where a second factor is demanded, and not merely because
    /// it is there. Who added a passkey on one device still signs in by password on another.
    Usable,
    /// They have none, and can add one.
    Missing,
    /// No method of this realm could be one.
    Impossible,
}

/// Second factors, as far as the policy looks at them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mfa {
    /// Who is asked.
    pub policy: MfaPolicy,
    /// What the person has.
    pub second: Second,
    /// Whether they could prove a password as well; before they are known, whether the realm has any.
    pub password: bool,
}

impl Mfa {
    /// The realm's policy before anybody is known: whether any method could be a second factor.
    pub fn of(app: &App, realm: &RealmSnapshot) -> Self {
        let possible = challenge::is_possible(app, realm, Task::Second);
        let second = if possible { Second::Unknown } else { Second::Impossible };
        let settings = &realm.realm.settings;
        Self { policy: settings.mfa.policy, second, password: settings.login.password }
    }
}

/// What a flow has reached so far; the default is "nothing yet".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Who was chosen or proven.
    pub user: Option<UserId>,
    /// What was proven.
    pub factors: BTreeSet<Factor>,
    /// By how many answers.
    pub answers: usize,
    /// Whether the session does not count (`prompt=login`, "use another account").
    pub fresh: bool,
    /// Whether a second factor that the realm's policy wants is waived in this browser.
    pub waived: bool,
    /// Whether the client's request was agreed to.
    pub consented: bool,
    /// When the request was parked, once it is resumed: a sign-in or an agreement since then answers `prompt` and
    /// `max_age`.
    pub since: Option<Timestamp>,
}

impl Progress {
    /// Where a flow stands.
    pub fn of(flow: &Flow) -> Self {
        Self {
            user: flow.user,
            factors: flow.factors(),
            answers: flow.proofs.iter().map(|proof| proof.at).collect::<BTreeSet<_>>().len(),
            fresh: flow.fresh,
            waived: flow.waived,
            consented: flow.consented.is_some(),
            since: None,
        }
    }
}

/// Everything that is owed, in the fixed order of the pages; empty: the person may enter.
///
/// `prompt=login` and `max_age` are met only by proofs of the flow itself, or by a session that is young enough; a
/// session of another subject than the expected one never counts.
pub fn owed(facts: Owed<'_>, progress: &Progress) -> Requirements {
    let mut owed = Vec::new();
    let proven = !progress.factors.is_empty();
    let session = facts.session.filter(|session| !proven && session_counts(facts, progress, session));
    let asked_to_choose =
        facts.request.is_some_and(|request| request.prompt.contains(&Prompt::SelectAccount));
    if asked_to_choose && progress.user.is_none() && !progress.fresh && facts.session.is_some() && !proven {
        owed.push(Requirement::ChooseAccount);
    }
    if !proven && session.is_none() {
        owed.push(Requirement::FirstFactor);
    }
    let reached = Acr::of(&progress.factors).or(session.map(|session| session.get().acr));
    let waived = progress.waived || session.is_some_and(|session| session.get().second_factor_waived);
    // Two authenticators of one class, as a code by mail or text message and an app: no third of them makes them two, and a
    // password does.
    let paired = progress.answers > 1 && progress.factors.contains(&Factor::Possession);
    if let Some(second) = second_owed(facts, (reached, waived), (!proven, paired)) {
        if session.is_some() {
            // A session that is one factor short is proven anew: both factors then belong to one sign-in.
            owed.push(Requirement::FirstFactor);
        }
        owed.push(second);
    }
    owed.extend(facts.profile.filter(|_| proven).cloned());
    if !progress.consented {
        owed.extend(consent_owed(facts, progress.since));
    }
    Requirements::new(owed)
}

/// Whether a second factor is owed, in which form. A browser that the person trusts waives what the realm's policy wants,
/// never what the client asks for.
fn second_owed(
    facts: Owed<'_>,
    (reached, waived): (Option<Acr>, bool),
    (before, paired): (bool, bool),
) -> Option<Requirement> {
    if facts.request.is_some_and(demands_unknown_context) {
        return Some(Requirement::Unmet);
    }
    let asked = !context_reached(facts.request, reached);
    let reached = reached == Some(Acr::MultiFactor);
    let Mfa { policy, second, password } = facts.mfa;
    let required = asked || policy == MfaPolicy::Required && !reached && !waived;
    if paired && !reached {
        let owed = if password { Requirement::FirstFactor } else { Requirement::Unmet };
        return required.then_some(owed);
    }
    let has = !reached
        && match second {
            Second::Bound => {
                policy == MfaPolicy::Optional && !waived || facts.request.is_some_and(wishes_second_factor)
            }
            Second::Usable => facts.request.is_some_and(wishes_second_factor),
            Second::Unknown | Second::Missing | Second::Impossible => false,
        };
    if !(required || has) {
        return None;
    }
    match second {
        // Before the person is known only a demand of the client is worth saying.
        Second::Unknown if before && !asked && facts.session.is_none() => None,
        Second::Unknown | Second::Bound | Second::Usable => Some(Requirement::SecondFactor),
        Second::Missing => Some(Requirement::Enrolment),
        Second::Impossible => Some(Requirement::Unmet),
    }
}

/// Whether a realm's policy by itself asks somebody for a second factor, in a browser that they do not trust.
pub(crate) const fn asks_for_second_factor(policy: MfaPolicy, second: Second) -> bool {
    match policy {
        MfaPolicy::Off => false,
        MfaPolicy::Optional => matches!(second, Second::Bound),
        MfaPolicy::Required => matches!(second, Second::Bound | Second::Usable),
    }
}

/// Whether the request insists on contexts of which we know none: nothing that a person could do would meet it.
fn demands_unknown_context(request: &AuthorizationRequest) -> bool {
    request.acr_essential
        && !request.acr_values.is_empty()
        && request.acr_values.iter().all(|value| Acr::parse(value).is_none())
}

/// Whether the client's request asks for two factors by itself, as a demand or as a wish.
pub fn wants_second_factor(request: &AuthorizationRequest) -> bool {
    !context_reached(Some(request), Some(Acr::SingleFactor)) || wishes_second_factor(request)
}

/// Whether the client would like two factors most (`acr_values` are in order of preference). A wish is met by who has a
/// second factor; nobody is made to add one for it.
pub(crate) fn wishes_second_factor(request: &AuthorizationRequest) -> bool {
    request.acr_values.iter().find_map(|value| Acr::parse(value)) == Some(Acr::MultiFactor)
}

/// Whether people are asked before this client gets anything: a third party, or a client that wants them asked.
pub fn asks_consent(client: &Client, request: &AuthorizationRequest) -> bool {
    client.metadata.require_consent || request.prompt.contains(&Prompt::Consent)
}

/// Whether an account lets its owner in: an active one always, one that is going to be deleted only to its own pages,
/// where they can keep it.
pub(super) fn lets_in(flow: &Flow, user: &User) -> bool {
    user.is_active() || user.status == UserStatus::PendingDeletion && flow.account.is_some()
}

/// Whether the subject is the one the client expects (`id_token_hint`, `claims.id_token.sub`).
pub fn is_expected(request: Option<&AuthorizationRequest>, user: UserId) -> bool {
    let expected = request.and_then(|request| request.expected_subject.as_deref());
    expected.is_none_or(|subject| subject == user.to_string())
}

/// Whether this is who the flow is about: whom the client expects, and on the way to the account's own pages whoever is
/// signed in there already, until they say that they are somebody else.
pub(super) fn is_awaited(flow: &Flow, request: Option<&AuthorizationRequest>, user: UserId) -> bool {
    let confirms = flow.intent == Intent::StepUp && flow.account.is_some();
    let other = flow.user.is_some_and(|known| known != user);
    is_expected(request, user) && !(confirms && other)
}

fn session_counts(facts: Owed<'_>, progress: &Progress, session: &ActiveSession) -> bool {
    let user = session.get().user;
    if progress.fresh || progress.user.is_some_and(|chosen| chosen != user) {
        return false;
    }
    let Some(request) = facts.request else { return true };
    let max_age = request.max_age.or_else(|| facts.client.and_then(|client| client.metadata.default_max_age));
    let anew = progress.since.is_some_and(|parked| session.get().auth_time >= parked);
    is_expected(Some(request), user)
        && (anew
            || !request.prompt.contains(&Prompt::Login)
                && max_age.is_none_or(|seconds| session.is_fresher_than(seconds, facts.now)))
}

/// An essential `acr` must be reached; a voluntary one is a wish (OpenID Connect Core §5.5.1.1).
fn context_reached(request: Option<&AuthorizationRequest>, reached: Option<Acr>) -> bool {
    let Some(request) = request.filter(|request| request.acr_essential && !request.acr_values.is_empty())
    else {
        return true;
    };
    let wanted = request.acr_values.iter().filter_map(|value| Acr::parse(value)).min();
    // Nothing proven yet: a first factor is owed anyway and reaches at least one factor.
    let reached = reached.unwrap_or(Acr::SingleFactor);
    wanted.is_some_and(|wanted| reached >= wanted)
}

fn consent_owed(facts: Owed<'_>, since: Option<Timestamp>) -> Option<Requirement> {
    let (request, client) = (facts.request?, facts.client?);
    let rules = ConsentRules {
        asks: client.metadata.require_consent,
        again: request.prompt.contains(&Prompt::Consent),
        parked_at: since,
    };
    grant::owed(&request.consent_scopes(), facts.grant, rules).map(|scopes| Requirement::Consent { scopes })
}

/// How a flow begins, given what is owed: its intent and first state. `None`: nothing is owed, or nothing that a flow
/// could provide (a context no method of this build reaches: answer `unmet_authentication_requirements`).
pub fn opening(owed: &Requirements, session: Option<&ActiveSession>) -> Option<(Intent, FlowState)> {
    let unreachable = owed.iter().any(|requirement| *requirement == Requirement::Unmet);
    match owed.first() {
        // Only somebody who proves themselves is asked for the profile.
        None
        | Some(
            Requirement::SecondFactor
            | Requirement::Enrolment
            | Requirement::Unmet
            | Requirement::Profile { .. },
        ) => None,
        Some(_) if unreachable => None,
        Some(Requirement::ChooseAccount) => Some((Intent::SignIn, FlowState::ChooseAccount)),
        Some(Requirement::FirstFactor) if session.is_some() => Some((Intent::StepUp, FlowState::Identify)),
        Some(Requirement::FirstFactor) => Some((Intent::SignIn, FlowState::Identify)),
        Some(Requirement::Consent { scopes }) => {
            Some((Intent::Consent, FlowState::Consent { scopes: scopes.clone() }))
        }
    }
}
