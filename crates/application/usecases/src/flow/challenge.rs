//! Challenges that a flow asks for: by a method, for a task, about somebody or nobody. Nobody's challenge looks and
//! costs like somebody's, and more messages than a contact's budget are asked for without being sent.

use chrono::Duration;
use serde_json::Value;
use vestibule_authn::{
    ChallengePurpose, Contact, Credential, CredentialKind, Flow, FlowState, Input, MethodId, StoredChallenge,
    Task,
    method::{Begun, LoginMethod, MethodError, OpenCredential, Person},
};
use vestibule_kernel::{
    Cx, StoreError, UserId,
    contact::{Email, Phone},
};
use vestibule_storage::RealmTx;
use vestibule_users::User;
use zeroize::Zeroizing;

use super::{
    FlowError,
    act::{Acted, Place},
    attempt::stand_in,
    effects::Effect,
    policy::Second,
    settle::{Move, Turn, settle},
};
use crate::{App, RealmSnapshot, challenge};

/// Messages to one contact in an hour.
const MESSAGES_PER_HOUR: u32 = 10;
/// How long a decoy lives: as long as a mailed code.
const DECOY_MINUTES: i64 = 10;

/// What a challenge of this task is stored as.
pub(super) const fn purpose(task: Task) -> ChallengePurpose {
    match task {
        Task::First | Task::Second => ChallengePurpose::Prove,
        Task::SignUp => ChallengePurpose::VerifyContact,
        Task::Recover => ChallengePurpose::Recover,
        Task::Enrol | Task::Offer => ChallengePurpose::Enrol,
    }
}

/// A challenge for somebody who does not exist or has nothing to answer by: it cannot be answered.
fn decoy(app: &App) -> Begun {
    Begun {
        payload: Zeroizing::new(app.entropy.bytes().to_vec()),
        delivery: None,
        lifetime: Duration::minutes(DECOY_MINUTES),
        max_attempts: 5,
    }
}

pub(super) fn fits(realm: &RealmSnapshot, method: &dyn LoginMethod, task: Task) -> bool {
    let facts = method.facts();
    let on = realm.realm.settings.allows_method(facts.id.as_str());
    match task {
        Task::First => facts.first && on,
        Task::Second => facts.second && on,
        Task::Enrol => facts.credential.is_some() && on,
        // Only what signs in by itself from then on is worth a page that nobody asked for.
        Task::Offer => facts.discovers && on,
        // The proof of an address is no sign-in by it: it is there even where codes do not sign in.
        Task::SignUp | Task::Recover => facts.credential.is_none(),
    }
}

/// Whether any method of the realm could do this task.
pub(super) fn is_possible(app: &App, realm: &RealmSnapshot, task: Task) -> bool {
    app.methods.iter().any(|method| fits(realm, method, task))
}

/// Whether any method of the realm could be a second factor by itself.
pub(crate) fn can_have_second_factor(app: &App, realm: &RealmSnapshot) -> bool {
    app.methods.iter().any(|method| {
        let kind = method.facts().credential.filter(|kind| *kind != CredentialKind::RecoveryCode);
        fits(realm, method, Task::Second) && kind.is_some()
    })
}

/// The methods a person may prove a factor by, in the order of the registry. `bound`: what they have, once that may be
/// told.
pub(super) fn offers(
    app: &App,
    realm: &RealmSnapshot,
    task: Task,
    bound: Option<&[Credential]>,
) -> Vec<MethodId> {
    let has = |method: &dyn LoginMethod| match (task, method.facts().credential, bound) {
        (Task::Enrol | Task::Offer, _, _) | (_, None, _) | (_, _, None) => true,
        (_, Some(kind), Some(bound)) => bound.iter().any(|credential| credential.kind == kind),
    };
    let offered = app.methods.iter().filter(|method| fits(realm, *method, task) && has(*method));
    offered.map(|method| method.facts().id).collect()
}

/// What of these is a second factor by itself: recovery codes stand in for one, they do not make one.
pub(crate) fn second_factor_of(app: &App, realm: &RealmSnapshot, bound: &[Credential]) -> Second {
    let mut found = Second::Missing;
    for method in app.methods.iter().filter(|method| fits(realm, *method, Task::Second)) {
        let facts = method.facts();
        let kind = facts.credential.filter(|kind| *kind != CredentialKind::RecoveryCode);
        if kind.is_some_and(|kind| bound.iter().any(|credential| credential.kind == kind)) {
            if !facts.first {
                return Second::Bound;
            }
            found = Second::Usable;
        }
    }
    found
}

/// The authenticators of a method's kind, opened for it.
pub(super) fn opened(
    app: &App,
    cx: &Cx,
    bound: &[Credential],
    method: &dyn LoginMethod,
) -> Result<Vec<OpenCredential>, StoreError> {
    let kind = method.facts().credential;
    let mut open = Vec::new();
    for credential in bound.iter().filter(|credential| Some(credential.kind) == kind) {
        open.extend(challenge::open_credential(app, cx.realm, credential)?);
    }
    Ok(open)
}

/// Whom a challenge is about.
#[derive(Default)]
pub(super) struct Subject {
    /// Whose row it belongs to.
    pub(super) user: Option<UserId>,
    /// Who is asked; nobody: a decoy.
    pub(super) person: Option<Person>,
    /// Their authenticators.
    pub(super) bound: Vec<Credential>,
    /// The contact that was typed: counted where nothing is sent.
    pub(super) typed: Option<Contact>,
    /// The account that is being made.
    pub(super) pending: Option<Value>,
}

/// What was typed, as a contact.
pub(super) fn typed_contact(text: &str) -> Option<Contact> {
    let email = Email::parse(text).ok().map(Contact::Email);
    email.or_else(|| Phone::parse(text).ok().map(Contact::Phone))
}

/// A challenge that was begun: what keeps it and what shows it.
pub(super) struct Beginning {
    pub(super) keep: Effect,
    pub(super) input: Input,
}

fn beginning(
    app: &App,
    cx: &Cx,
    flow: &Flow,
    (method, task): (&dyn LoginMethod, Task),
    (begun, subject): (&Begun, Subject),
) -> Result<(StoredChallenge, bool), StoreError> {
    let facts = method.facts();
    let sends = facts.credential.is_none();
    let new = challenge::NewChallenge {
        method: facts.id,
        purpose: purpose(task),
        flow: Some(flow.id),
        user: subject.user,
        asked_for: subject.typed.filter(|_| sends),
        pending: subject.pending,
    };
    Ok((challenge::seal(app, cx, new, begun)?, sends))
}

/// Asks a method for a challenge. For nobody, or somebody without what the method needs, a decoy.
pub(super) fn begin(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    (method, task): (&dyn LoginMethod, Task),
    subject: Subject,
) -> Result<(StoredChallenge, bool), FlowError> {
    // Whoever the chosen authenticator belongs to is meant: a question to one account would tell whether it is there.
    let open = task == Task::First && method.facts().discovers;
    let subject = if open { Subject { typed: subject.typed, ..Subject::default() } } else { subject };
    let credentials = opened(app, cx, &subject.bound, method)?;
    let seen = (subject.person.as_ref(), credentials.as_slice());
    let begun = challenge::with_method(app, cx, realm, purpose(task), seen, |method_cx| match task {
        Task::Enrol | Task::Offer => method.begin_enrolment(method_cx),
        Task::First | Task::Second | Task::SignUp | Task::Recover => method.begin(method_cx),
    });
    match begun {
        Ok(begun) => Ok(beginning(app, cx, flow, (method, task), (&begun, subject))?),
        Err(MethodError::NothingBound) if task != Task::Second && !task.binds() => {
            let nobody = Subject { typed: subject.typed, ..Subject::default() };
            Ok(beginning(app, cx, flow, (method, task), (&decoy(app), nobody))?)
        }
        Err(error) => Err(FlowError::Method(error)),
    }
}

/// Begins a challenge within the budget of its contact. Beyond it the page is the same and nothing is sent, also for
/// contacts that nobody here has; only who proved a first factor is told to wait. False: nothing is sent.
pub(super) async fn begin_within_budget(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (flow, tx): (&Flow, &mut dyn RealmTx),
    (method, task): (&dyn LoginMethod, Task),
    subject: Subject,
) -> Result<(Beginning, bool), FlowError> {
    let typed = subject.typed.clone();
    let (mut stored, sends) = begin(app, cx, realm, flow, (method, task), subject)?;
    let mut afforded = true;
    if sends {
        let asked = flow.identifier.clone().unwrap_or_default();
        let contact = stored.contact.as_ref().map_or(asked.as_str(), Contact::normal);
        let since = cx.now - Duration::hours(1);
        afforded = tx.challenges().count_challenges_to(contact, since).await? < MESSAGES_PER_HOUR;
        if !afforded && task == Task::Second {
            return Err(FlowError::Limited { retry_after_seconds: 3_600 });
        }
        if !afforded {
            let nobody = Subject { typed, ..Subject::default() };
            stored = beginning(app, cx, flow, (method, task), (&decoy(app), nobody))?.0;
        }
    }
    let input = Input::Challenged { method: method.facts().id, challenge: stored.id, task };
    Ok((Beginning { keep: Effect::Keep(Box::new(stored), sends), input }, afforded))
}

/// A set of recovery codes to save, where the realm has them.
pub(super) fn begin_codes(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    subject: Subject,
) -> Result<Option<StoredChallenge>, FlowError> {
    let task = Task::Enrol;
    let codes = app.methods.get(&MethodId::RECOVERY_CODE).filter(|method| fits(realm, *method, task));
    codes.map(|method| Ok(begin(app, cx, realm, flow, (method, task), subject)?.0)).transpose()
}

/// Keeps a passkey challenge for the first page of a new flow, so that the browser can offer passkeys by itself.
///
/// # Errors
/// The store or the cipher failed.
pub(crate) async fn offer_passkey(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    tx: &mut dyn RealmTx,
) -> Result<(), StoreError> {
    let asks = matches!(flow.state, FlowState::Identify | FlowState::Password);
    let passkeys = app.methods.get(&MethodId::PASSKEY).filter(|_| asks);
    let usable = |method: &&dyn LoginMethod| method.facts().discovers && fits(realm, *method, Task::First);
    let Some(method) = passkeys.filter(usable) else { return Ok(()) };
    match begin(app, cx, realm, flow, (method, Task::First), Subject::default()) {
        Ok((stored, _)) => tx.challenges().insert_challenge(&stored).await,
        Err(FlowError::Store(error)) => Err(error),
        Err(error) => {
            tracing::warn!(%error, "no passkey challenge could be made");
            Ok(())
        }
    }
}

/// Whom `begin` and `resend` are about. Nobody costs the same queries as somebody.
async fn subject_of(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (flow, tx): (&Flow, &mut dyn RealmTx),
    task: Task,
) -> Result<Subject, FlowError> {
    let named = flow.identifier.as_deref().unwrap_or_default();
    let typed = typed_contact(named);
    let before = match &flow.state {
        FlowState::Challenge { challenge, .. } => tx.challenges().find_challenge(*challenge).await?,
        _ => None,
    };
    if task == Task::SignUp {
        // The form waits in the challenge that is replaced.
        let opened = before.map(|stored| challenge::open(app, cx.realm, &stored)).transpose()?;
        let pending = opened.and_then(|opened| opened.pending);
        let person = pending.as_ref().and_then(super::sign_up::Pending::read).map(|pending| pending.person());
        return Ok(Subject { person, typed, pending, ..Subject::default() });
    }
    // Recovery names nobody in its flow: the challenge knows.
    let about = before.and_then(|stored| stored.user).or(flow.user);
    let sought = about.unwrap_or_else(|| stand_in(realm, named));
    let user = tx.users().find_user(sought).await?;
    let bound = tx.credentials().list_credentials(sought).await?;
    let person = user.as_ref().map(|user| challenge::person(user, purpose(task)));
    Ok(Subject { user: user.map(|user| user.id), person, bound, typed, pending: None })
}

/// `begin` and `resend`: a new challenge in place of the page's state, or beside the page.
pub(super) async fn start(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    method: Option<String>,
) -> Result<Acted, FlowError> {
    let (flow, mut tx) = match place.open(app, cx).await? {
        Ok(open) => open,
        Err(repeated) => return Ok(*repeated),
    };
    let begun = async {
        let (method, task) = wanted(&flow, method)?;
        let found = app.methods.named(&method).filter(|method| fits(realm, *method, task));
        let found = found.ok_or(FlowError::NoMethod)?;
        let subject = subject_of(app, cx, realm, (&flow, tx.as_mut()), task).await?;
        begin_within_budget(app, cx, realm, (&flow, tx.as_mut()), (found, task), subject).await
    };
    match begun.await {
        Ok((Beginning { keep, input }, _)) => {
            let moves = if place.beside { Vec::new() } else { vec![Move::Given(input)] };
            let turn = Turn { effects: vec![keep], ..Turn::plain(flow, moves) };
            settle(app, cx, realm, place, turn, Some(tx)).await
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// A new challenge in place of one that an answer spent, so that the page that comes again can be answered.
pub(super) async fn renew(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    acted: Acted,
) -> Result<Acted, FlowError> {
    let (method, beside) = match &acted.flow.state {
        FlowState::Challenge { method, .. } => (method.as_str().to_owned(), false),
        FlowState::Identify | FlowState::Password => (MethodId::PASSKEY.as_str().to_owned(), true),
        _ => return Ok(acted),
    };
    let place = Place { step: None, beside, ..*place };
    let renewed = start(app, cx, realm, &place, Some(method)).await?;
    Ok(Acted { outcome: acted.outcome, ..renewed })
}

/// The challenge after an identifier in a realm without passwords: of the first method that can be a first factor and
/// was not there already, beside the identifier.
pub(super) async fn first_way(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (flow, tx): (&Flow, &mut dyn RealmTx),
    (typed, user): (&str, Option<User>),
) -> Result<Beginning, FlowError> {
    let ways = || app.methods.iter().filter(|method| fits(realm, *method, Task::First));
    let asks = ways().find(|method| !method.facts().discovers);
    let method = asks.or_else(|| ways().next()).ok_or(FlowError::NoMethod)?;
    let sought = user.as_ref().map_or_else(|| stand_in(realm, typed), |user| user.id);
    let subject = Subject {
        bound: tx.credentials().list_credentials(sought).await?,
        user: user.as_ref().map(|user| user.id),
        person: user.as_ref().map(|user| challenge::person(user, ChallengePurpose::Prove)),
        typed: typed_contact(typed),
        pending: None,
    };
    let flow = Flow { identifier: Some(typed.to_owned()), ..flow.clone() };
    let (beginning, _) =
        begin_within_budget(app, cx, realm, (&flow, tx), (method, Task::First), subject).await?;
    Ok(beginning)
}

/// Which method for which task: `None` asks again for the one of the page.
fn wanted(flow: &Flow, method: Option<String>) -> Result<(String, Task), FlowError> {
    match (&flow.state, method) {
        (FlowState::Challenge { method, task, .. }, None) => Ok((method.as_str().to_owned(), *task)),
        (FlowState::Challenge { task, .. } | FlowState::ChooseMethod { task }, Some(method)) => {
            Ok((method, *task))
        }
        (FlowState::ChooseEnrolment, Some(method)) => Ok((method, Task::Enrol)),
        (_, Some(method)) => Ok((method, Task::First)),
        (state, None) => Err(FlowError::NotAllowed(state.name())),
    }
}
