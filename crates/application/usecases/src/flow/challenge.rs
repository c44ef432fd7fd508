//! Challenges that a flow asks for: by a method, for a task, about somebody or nobody. Nobody's challenge looks and
//! costs like somebody's, and more messages than a contact's budget are asked for without being sent.

use chrono::Duration;
use serde_json::Value;
use vestibule_authn::{
    ChallengePurpose, Contact, Credential, CredentialKind, Flow, FlowState, Input, MethodId, StoredChallenge,
    Task,
    method::{Begun, Delivery, LoginMethod, MethodError, OpenCredential, Person},
};
use vestibule_kernel::{
    Cx, Secret, StoreError, UserId,
    assurance::Amr,
    contact::{Email, Identifier, Phone},
};
use vestibule_storage::RealmTx;
use vestibule_users::{User, user::MAX_CONTACTS};
use zeroize::Zeroizing;

use super::{
    FlowError,
    act::{Acted, Outcome, Place},
    attempt::stand_in,
    effects::Effect,
    policy::Second,
    settle::{Move, Turn, settle},
};
use crate::{
    App, RealmSnapshot, challenge,
    texting::{self, NoText},
};

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
    let settings = &realm.realm.settings;
    let on = settings.allows_method(facts.id.as_str());
    match task {
        Task::First => facts.first && settings.allows_first(facts.id.as_str()),
        Task::Second => facts.second && settings.allows_second(facts.id.as_str()),
        Task::Enrol => {
            (facts.credential.is_some() || facts.second) && settings.allows_second(facts.id.as_str())
        }
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
        let stands_in = method.facts().credential == Some(CredentialKind::RecoveryCode);
        fits(realm, method, Task::Second) && !stands_in
    })
}

/// What a person has to prove factors by.
#[derive(Clone, Copy)]
pub(crate) struct Has<'a> {
    /// Their authenticators.
    pub(crate) bound: &'a [Credential],
    /// Whether codes by text message reach them, and nothing was proven by one in this flow already.
    pub(crate) phone: bool,
}

impl<'a> Has<'a> {
    /// What somebody has who proved nothing yet.
    pub(crate) fn of(app: &App, realm: &RealmSnapshot, user: &User, bound: &'a [Credential]) -> Self {
        Self { bound, phone: texting::reaches(app, realm, user) }
    }

    fn what(self, method: &dyn LoginMethod) -> bool {
        let facts = method.facts();
        match facts.credential {
            Some(kind) => self.bound.iter().any(|credential| credential.kind == kind),
            None => facts.id != MethodId::PHONE_CODE || self.phone,
        }
    }
}

/// Whether one of these proofs is a text message: a second one would prove nothing new.
pub(super) fn by_text<'a>(amrs: impl IntoIterator<Item = &'a Amr>) -> bool {
    amrs.into_iter().any(|amr| *amr == Amr::Sms)
}

/// The methods a person may prove a factor by, in the order of the registry. `has`: what they have, once that may be
/// told.
pub(super) fn offers(app: &App, realm: &RealmSnapshot, task: Task, has: Option<Has<'_>>) -> Vec<MethodId> {
    let usable = |method: &dyn LoginMethod| match (task, has) {
        (Task::Enrol | Task::Offer, _) | (_, None) => true,
        (_, Some(has)) => has.what(method),
    };
    let offered = app.methods.iter().filter(|method| fits(realm, *method, task) && usable(*method));
    offered.map(|method| method.facts().id).collect()
}

/// What of these is a second factor by itself: recovery codes stand in for one, they do not make one.
pub(crate) fn second_factor_of(app: &App, realm: &RealmSnapshot, has: Has<'_>) -> Second {
    let mut found = Second::Missing;
    for method in app.methods.iter().filter(|method| fits(realm, *method, Task::Second)) {
        let stands_in = method.facts().credential == Some(CredentialKind::RecoveryCode);
        if !stands_in && has.what(method) {
            if !fits(realm, method, Task::First) {
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
    /// The number whose owner is told that they have an account, in place of a code: what is sent looks and costs alike.
    pub(super) instead: Option<Phone>,
    /// Whether the page is all there is: what was typed is somebody else's, and to them nothing is sent.
    pub(super) silent: bool,
}

/// What was typed, as a contact.
pub(super) fn typed_contact(app: &App, realm: &RealmSnapshot, text: &str) -> Option<Contact> {
    let email = Email::parse(text).ok().map(Contact::Email);
    email.or_else(|| texting::typed_phone(app, realm, text).map(Contact::Phone))
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
        Ok(begun) if subject.silent => {
            let begun = Begun { delivery: None, ..begun };
            Ok(beginning(app, cx, flow, (method, task), (&begun, subject))?)
        }
        Ok(begun) => Ok(beginning(app, cx, flow, (method, task), (&begun, subject))?),
        Err(MethodError::NothingBound) if task != Task::Second && !task.binds() => {
            let told = subject.instead.as_ref().map(|_| challenge::account_exists());
            let nobody = Subject { typed: subject.typed, pending: told, ..Subject::default() };
            let delivery = subject.instead.map(|to| Delivery::Sms { to, code: Secret::new(String::new()) });
            let begun = Begun { delivery, ..decoy(app) };
            Ok(beginning(app, cx, flow, (method, task), (&begun, nobody))?)
        }
        Err(error) => Err(FlowError::Method(error)),
    }
}

/// Why no code goes to a number now. Nobody's number costs the same query.
async fn no_text(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    tx: &mut dyn RealmTx,
    contact: Option<&Contact>,
) -> Result<Option<NoText>, StoreError> {
    let planned = match contact {
        Some(Contact::Phone(phone)) => texting::accepted(app, realm, phone.as_str()).map(Some),
        Some(Contact::Email(_)) | None => Ok(None),
    };
    let block = planned.as_ref().ok().and_then(Option::as_ref).map(|planned| planned.prefix.as_str());
    let full = texting::full(realm, tx, block, cx.now).await?;
    Ok(planned.err().or_else(|| full.map(|_| NoText::Unavailable)))
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
    let texts = method.facts().id == MethodId::PHONE_CODE;
    if texts {
        texting::limit_network(app, cx, realm).await?;
    }
    let (mut stored, sends) = begin(app, cx, realm, flow, (method, task), subject)?;
    let mut afforded = true;
    if sends {
        let asked = flow.identifier.clone().unwrap_or_default();
        let contact = stored.contact.as_ref().map_or(asked.as_str(), Contact::normal);
        let since = cx.now - Duration::hours(1);
        let most = if texts { realm.realm.settings.sms.limits.per_number_hour } else { MESSAGES_PER_HOUR };
        afforded = tx.challenges().count_challenges_to(contact, since).await? < most;
        if texts && let Some(why) = no_text(app, cx, realm, tx, stored.contact.as_ref()).await? {
            // Said of a number that was typed here, whoever has it, and to whoever proved a first factor. What is wrong
            // with a number that only the account knows is not said to who merely named the account.
            let theirs = matches!(&stored.contact, Some(Contact::Phone(_))) && stored.contact == typed;
            if theirs || task == Task::Second {
                return Err(FlowError::NoText(why));
            }
            afforded = false;
        }
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
    let typed = typed_contact(app, realm, named);
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
    let sought = about.unwrap_or_else(|| stand_in(app, realm, named));
    let user = tx.users().find_user(sought).await?;
    let bound = tx.credentials().list_credentials(sought).await?;
    let person = user.as_ref().map(|user| challenge::person(user, purpose(task)));
    Ok(Subject { user: user.map(|user| user.id), person, bound, typed, ..Subject::default() })
}

/// Whom the code of a number that is to be added is about: the person of the flow, at that number. For a number that
/// somebody else has the page is the same, and nothing is sent.
async fn subject_of_number(
    app: &App,
    realm: &RealmSnapshot,
    (flow, tx): (&Flow, &mut dyn RealmTx),
    typed: Option<&str>,
) -> Result<Subject, FlowError> {
    let before = match (&flow.state, typed) {
        (FlowState::Challenge { challenge, .. }, None) => tx.challenges().find_challenge(*challenge).await?,
        _ => None,
    };
    let asked = before.and_then(|stored| stored.contact);
    let typed = typed.or_else(|| asked.as_ref().map(Contact::normal)).unwrap_or_default();
    let phone = texting::accepted(app, realm, typed).map_err(FlowError::NoText)?.phone;
    let Some(id) = flow.user else { return Err(FlowError::NotAllowed(flow.state.name())) };
    let user = tx.users().find_user(id).await?.ok_or(FlowError::Unknown)?;
    let has = user.phones.iter().any(|number| number.phone == phone);
    if !has && user.phones.len() >= MAX_CONTACTS {
        return Err(FlowError::NoText(NoText::Malformed));
    }
    let holder = match Identifier::parse(phone.as_str()) {
        Ok(identifier) => tx.users().find_user_by_identifier(&identifier).await?,
        Err(_) => None,
    };
    let person = challenge::person(&user, ChallengePurpose::Enrol);
    Ok(Subject {
        user: Some(id),
        person: Some(Person { phone: Some(phone.clone()), ..person }),
        typed: Some(Contact::Phone(phone)),
        silent: holder.is_some_and(|holder| holder.id != id),
        ..Subject::default()
    })
}

/// `begin` and `resend`: a new challenge in place of the page's state, or beside the page.
pub(super) async fn start(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    (method, phone): (Option<String>, Option<String>),
) -> Result<Acted, FlowError> {
    let (flow, mut tx) = match place.open(app, cx).await? {
        Ok(open) => open,
        Err(repeated) => return Ok(*repeated),
    };
    if method.as_deref() == Some(MethodId::PASSWORD.as_str()) {
        if !realm.realm.settings.login.password || place.beside {
            tx.rollback().await?;
            return Err(FlowError::NoMethod);
        }
        let turn = Turn::plain(flow, vec![Move::Given(Input::ByPassword)]);
        return settle(app, cx, realm, place, turn, Some(tx)).await;
    }
    let begun = async {
        let again = method.is_none();
        let (method, task) = wanted(&flow, method)?;
        let found = app.methods.named(&method).filter(|method| fits(realm, *method, task));
        let found = found.ok_or(FlowError::NoMethod)?;
        let subject = if task.binds() && found.facts().id == MethodId::PHONE_CODE {
            let typed = if again { None } else { Some(phone.as_deref().unwrap_or_default()) };
            subject_of_number(app, realm, (&flow, tx.as_mut()), typed).await?
        } else {
            subject_of(app, cx, realm, (&flow, tx.as_mut()), task).await?
        };
        begin_within_budget(app, cx, realm, (&flow, tx.as_mut()), (found, task), subject).await
    };
    match begun.await {
        Ok((Beginning { keep, input }, _)) => {
            let moves = if place.beside { Vec::new() } else { vec![Move::Given(input)] };
            let turn = Turn { effects: vec![keep], ..Turn::plain(flow, moves) };
            settle(app, cx, realm, place, turn, Some(tx)).await
        }
        Err(FlowError::NoText(why)) => {
            tx.rollback().await?;
            Ok(Acted::of(flow, Outcome::Refused(why.into())))
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
    let renewed = start(app, cx, realm, &place, (Some(method), None)).await?;
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
    let contact = typed_contact(app, realm, typed);
    // Where a number was typed, a code goes to it.
    let by_phone = matches!(contact, Some(Contact::Phone(_)));
    let texts = ways().find(|method| by_phone && method.facts().id == MethodId::PHONE_CODE);
    let asks = texts.or_else(|| ways().find(|method| !method.facts().discovers));
    let method = asks.or_else(|| ways().next()).ok_or(FlowError::NoMethod)?;
    let sought = user.as_ref().map_or_else(|| stand_in(app, realm, typed), |user| user.id);
    let subject = Subject {
        bound: tx.credentials().list_credentials(sought).await?,
        user: user.as_ref().map(|user| user.id),
        person: user.as_ref().map(|user| challenge::person(user, ChallengePurpose::Prove)),
        typed: contact,
        ..Subject::default()
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
