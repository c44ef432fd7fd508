//! A new account. Nothing is stored as an account before its contact is proven: the form waits, sealed, in the
//! challenge, so that nobody can hold an address that is not theirs, and a known address gets the same page (and a mail
//! of its own).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_authn::{
    Contact, Credential, Flow, HashError, Input, MethodId, PasswordHash, Task,
    flow::{Proof, WaitingIdentity},
    method::Person,
    password::PasswordError,
};
use vestibule_kernel::{
    Actor, CredentialId, Cx, Secret, StoreError, Timestamp, UserId,
    contact::{ContactError, Email, Identifier, Locale, Phone, Username},
};
use vestibule_realms::settings::{SignUpContact, SignUpMode, SignUpPassword};
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::{
    NewUser, PhoneNumber, Profile, User,
    profile::ProfileError,
    user::{EmailAddress, TERMS_ACCEPTED},
};

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal, limited},
    challenge::{Beginning, Subject, begin_within_budget},
    disposable,
    effects::Effect,
    federated, invitation,
    settle::{Move, Turn, settle},
};
use crate::{
    App, RealmSnapshot,
    admin::{passwords, profile_rules::profile_rules},
    texting,
};

/// The form of a new account, as typed.
#[derive(Clone, Default)]
pub struct SignUpForm {
    /// The address.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// The password.
    pub password: Option<Secret>,
    /// Values of the profile.
    pub profile: Map<String, Value>,
    /// Whether the terms were accepted.
    pub accept_terms: bool,
}

/// An account that waits for its proof.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    user: UserId,
    /// One of the two.
    #[serde(default)]
    email: Option<Email>,
    #[serde(default)]
    phone: Option<Phone>,
    username: Option<Username>,
    profile: Map<String, Value>,
    locale: Option<Locale>,
    password: Option<String>,
    terms: Option<String>,
}

impl Pending {
    pub(super) fn read(value: &Value) -> Option<Self> {
        serde_json::from_value(value.clone()).ok()
    }

    /// The person to be, for the method that proves their contact.
    pub(super) fn person(&self) -> Person {
        let name = self.contact().map_or_else(String::new, |contact| contact.as_str().to_owned());
        Person {
            id: self.user,
            login_name: name.clone(),
            display_name: name,
            email: self.email.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
        }
    }

    /// What they prove.
    fn contact(&self) -> Option<Contact> {
        let email = self.email.clone().map(Contact::Email);
        email.or_else(|| self.phone.clone().map(Contact::Phone))
    }
}

/// A form that was checked.
struct Checked {
    contact: Contact,
    username: Option<Username>,
    profile: Profile,
    password: Option<Secret>,
}

/// Takes the form.
pub(super) async fn submit(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    form: SignUpForm,
) -> Result<Acted, FlowError> {
    if let Some(ip) = cx.origin.ip {
        let (most, hour) = (realm.realm.settings.sign_up.per_address_hour, Duration::from_hours(1));
        limited(app, cx, ("sign_up", &ip.to_string()), (most, hour)).await?;
    }
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let waiting = flow.waiting.as_ref();
    let guest = invitation::invited(realm, &flow);
    if !is_possible(app, realm, waiting, guest.is_some()) {
        return Err(FlowError::SignUpClosed);
    }
    let checked = match check(app, realm, &form, waiting) {
        Ok(checked) if guest.is_some_and(|guest| !is_address(guest, &checked.contact)) => {
            return Ok(Acted::of(flow, Outcome::Refused(Refusal::NotInvited)));
        }
        Ok(checked) => checked,
        Err(refusal) => return Ok(Acted::of(flow, Outcome::Refused(refusal))),
    };
    // Hashed for everybody, known or not, before any transaction.
    let hash = match &checked.password {
        Some(password) => Some(hash(app, realm, password).await?),
        None => None,
    };
    let terms = realm.realm.settings.branding.terms_uri.clone().filter(|_| form.accept_terms);
    let typed = checked.contact.as_str().to_owned();
    let (email, phone) = parted(checked.contact);
    let pending = Pending {
        user: UserId::from_uuid(app.entropy.uuid(cx.now)),
        email,
        phone,
        username: checked.username,
        profile: checked.profile.values().clone(),
        locale: flow.locale.as_ref().or(cx.origin.language.as_ref()).cloned(),
        password: hash.map(|hash| hash.expose().to_owned()),
        terms,
    };
    let flow = Flow { identifier: Some(typed), ..flow };
    let mut tx = app.store.write(cx).await?;
    if vouched(&flow, &pending, tx.as_mut()).await? {
        tx.rollback().await?;
        let proofs = vec![federated::word(cx)];
        return complete(app, cx, realm, place, (flow, pending), proofs, Vec::new()).await;
    }
    match wait(app, cx, realm, (&flow, tx.as_mut()), &pending).await {
        Ok(Ok((effects, input))) => {
            let turn = Turn { effects, ..Turn::plain(flow, vec![Move::Given(input)]) };
            settle(app, cx, realm, place, turn, Some(tx)).await
        }
        Ok(Err(refusal)) => {
            tx.rollback().await?;
            Ok(Acted::of(flow, Outcome::Refused(refusal)))
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

/// Whether an invitation went to this contact.
fn is_address(invited: &str, contact: &Contact) -> bool {
    Email::parse(invited).is_ok_and(|email| email.normal() == contact.normal())
}

/// A contact as one of two.
fn parted(contact: Contact) -> (Option<Email>, Option<Phone>) {
    match contact {
        Contact::Email(email) => (Some(email), None),
        Contact::Phone(phone) => (None, Some(phone)),
    }
}

/// Whether a provider's word proved the address, and nobody has taken it or the user name meanwhile.
async fn vouched(flow: &Flow, pending: &Pending, tx: &mut dyn RealmTx) -> Result<bool, StoreError> {
    let proven = flow.waiting.as_ref().filter(|waiting| waiting.proven && waiting.user.is_none());
    let proven = proven.and_then(|waiting| waiting.email.as_ref());
    let Some(typed) = pending.email.as_ref() else { return Ok(false) };
    if proven.is_none_or(|email| email.normal() != typed.normal()) {
        return Ok(false);
    }
    let names = [Some(typed.as_str()), pending.username.as_ref().map(Username::as_str)];
    for name in names.into_iter().flatten().filter_map(|text| Identifier::parse(text).ok()) {
        if tx.users().find_user_by_identifier(&name).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The challenge that the new account waits for; for a known contact a decoy, and a message to its owner.
async fn wait(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (flow, tx): (&Flow, &mut dyn RealmTx),
    pending: &Pending,
) -> Result<Result<(Vec<Effect>, Input), Refusal>, FlowError> {
    let holder = |text: &str| Identifier::parse(text).ok();
    if let Some(name) = pending.username.as_ref().and_then(|name| holder(name.as_str()))
        && tx.users().find_user_by_identifier(&name).await?.is_some()
    {
        // A user name is public by nature.
        return Ok(Err(Refusal::UsernameTaken));
    }
    let contact = pending.contact().ok_or_else(|| StoreError::Corrupt("a pending account".to_owned()))?;
    let known = match holder(contact.as_str()) {
        Some(name) => tx.users().find_user_by_identifier(&name).await?,
        None => None,
    };
    let form = serde_json::to_value(pending).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let typed = Some(contact.clone());
    let subject = match (&known, &contact) {
        // Its owner learns of it by the same message that would have brought the code.
        (Some(_), Contact::Phone(phone)) => {
            Subject { typed, instead: Some(phone.clone()), ..Subject::default() }
        }
        (Some(_), Contact::Email(_)) => Subject { typed, ..Subject::default() },
        (None, _) => {
            Subject { person: Some(pending.person()), pending: Some(form), typed, ..Subject::default() }
        }
    };
    let proves = match &contact {
        Contact::Email(_) => MethodId::EMAIL_CODE,
        Contact::Phone(_) => MethodId::PHONE_CODE,
    };
    let method = app.methods.get(&proves).ok_or(FlowError::NoMethod)?;
    let task = (method, Task::SignUp);
    let begun = begin_within_budget(app, cx, realm, (flow, tx), task, subject).await;
    let (Beginning { keep, input }, afforded) = match begun {
        Ok(begun) => begun,
        Err(FlowError::NoText(why)) => return Ok(Err(why.into())),
        Err(error) => return Err(error),
    };
    let mut effects = vec![keep];
    let told = known.filter(|_| afforded).zip(pending.email.clone());
    effects.extend(told.map(|(owner, address)| {
        let link = |path: &str| Value::String(realm.issuer.url(path));
        let links = [("link", link("/login")), ("recover_link", link("/recover"))];
        let data = links.into_iter().map(|(name, link)| (name.to_owned(), link)).collect();
        // To the address that was typed alone: it is not for a stranger to write to the others.
        let to = vec![address];
        Effect::Tell(owner.id, to, MessageKind::AccountExists, data)
    }));
    Ok(Ok((effects, input)))
}

/// Makes the account: its contact was proven.
pub(super) async fn complete(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    (mut flow, pending): (Flow, Pending),
    proofs: Vec<Proof>,
    consumed: Vec<Effect>,
) -> Result<Acted, FlowError> {
    let cx = &cx.acting_as(Actor::User(pending.user));
    if let Some(waiting) = flow.waiting.as_mut().filter(|waiting| waiting.user.is_none()) {
        // The identity that led to the form becomes the new account's.
        waiting.user = Some(pending.user);
    }
    let unusable = |error: String| StoreError::Corrupt(format!("a pending account: {error}"));
    let new = NewUser {
        username: pending.username,
        emails: address(pending.email, Some(cx.now)),
        phones: number(pending.phone, Some(cx.now)),
        profile: Profile::parse(pending.profile, &profile_rules(&realm.realm.settings))
            .map_err(|error| unusable(error.to_string()))?,
        locale: pending.locale,
        private_metadata: accepted(pending.terms, cx),
        ..NewUser::default()
    };
    let change = User::create(pending.user, new, cx.now).map_err(|error| unusable(error.to_string()))?;
    let user = change.value.clone();
    let mut effects = consumed;
    effects.push(Effect::SaveUser(Box::new(change)));
    if let Some(hash) = pending.password {
        let id = CredentialId::from_uuid(app.entropy.uuid(cx.now));
        let hash = PasswordHash::from_stored(hash);
        effects.push(Effect::Bind(Box::new(Credential::password(id, user.id, hash, cx.now))));
    }
    let moves = vec![Move::Given(Input::Proved { user: user.id, proofs, account_active: true })];
    let turn = Turn { effects, user: Some(user), ..Turn::plain(flow.clone(), moves) };
    match settle(app, cx, realm, place, turn, None).await {
        // Somebody made the same account meanwhile; its owner is at the keyboard and may know.
        Err(FlowError::Store(StoreError::Conflict(_))) => {
            Ok(Acted::of(flow, Outcome::Refused(Refusal::AlreadyRegistered)))
        }
        other => other,
    }
}

fn address(email: Option<Email>, verified_at: Option<Timestamp>) -> Vec<EmailAddress> {
    email.map(|email| EmailAddress { email, verified_at, primary: true }).into_iter().collect()
}

fn number(phone: Option<Phone>, verified_at: Option<Timestamp>) -> Vec<PhoneNumber> {
    phone.map(|phone| PhoneNumber { phone, verified_at, primary: true }).into_iter().collect()
}

/// The acceptance of the terms, kept with the account.
fn accepted(terms: Option<String>, cx: &Cx) -> Map<String, Value> {
    let accepted = terms.map(|uri| {
        let at = cx.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        (TERMS_ACCEPTED.to_owned(), serde_json::json!({"uri": uri, "at": at}))
    });
    accepted.into_iter().collect()
}

/// The contact that was given: one of those that the realm takes. Who comes from a provider has an address there.
fn contact(
    app: &App,
    realm: &RealmSnapshot,
    form: &SignUpForm,
    waiting: Option<&WaitingIdentity>,
) -> Result<Contact, Refusal> {
    let settings = &realm.realm.settings.sign_up;
    let by_mail = waiting.is_some() || settings.mode == SignUpMode::Invited;
    let takes = if by_mail { SignUpContact::Email } else { settings.contact };
    let text =
        |value: &Option<String>, takes: bool| value.clone().filter(|text| takes && !text.trim().is_empty());
    let (email, phone) = (text(&form.email, takes.takes_email()), text(&form.phone, takes.takes_phone()));
    let typed = match (email, phone) {
        (Some(_), Some(_)) => return Err(Refusal::OneContact),
        (None, None) if takes == SignUpContact::Phone => return Err(Refusal::PhoneMissing),
        (None, None) if takes == SignUpContact::Either => return Err(Refusal::OneContact),
        (None, None) => return Err(Refusal::EmailMissing),
        (None, Some(phone)) => {
            return Ok(Contact::Phone(texting::accepted(app, realm, &phone)?.phone));
        }
        (Some(email), None) => email,
    };
    let email = Email::parse(typed.trim()).map_err(|_cause: ContactError| Refusal::EmailMalformed)?;
    if settings.refuse_disposable && disposable::is_disposable(email.domain()) {
        return Err(Refusal::EmailDisposable);
    }
    Ok(Contact::Email(email))
}

/// Looks at every field, so that whoever fills in the form learns of everything at once.
fn check(
    app: &App,
    realm: &RealmSnapshot,
    form: &SignUpForm,
    waiting: Option<&WaitingIdentity>,
) -> Result<Checked, Refusal> {
    let settings = &realm.realm.settings.sign_up;
    let mut refused = Vec::new();
    let contact = noted(&mut refused, contact(app, realm, form, waiting));
    let username = if settings.username { noted(&mut refused, username(form)) } else { None };
    let (profile, faults) = profile(realm, &form.profile);
    refused.extend(faults);
    // Who comes from a provider signs in there; a password can be set in the account.
    let asked = if waiting.is_some() { SignUpPassword::None } else { settings.password };
    let password = form.password.clone().filter(|password| !password.expose().is_empty());
    let password = match (asked, password) {
        (SignUpPassword::None, _) | (SignUpPassword::Optional, None) => None,
        (SignUpPassword::Required, None) => noted(&mut refused, Err(Refusal::PasswordMissing)),
        (SignUpPassword::Required | SignUpPassword::Optional, Some(password)) => {
            let (email, phone) = contact.clone().map_or((None, None), parted);
            let person = NewUser {
                username: username.clone(),
                emails: address(email, None),
                phones: number(phone, None),
                profile: profile.clone(),
                ..NewUser::default()
            };
            let normal = passwords::check(&realm.realm, &person, &password);
            noted(&mut refused, normal.map_err(|error| refusal_of(&error)))
        }
    };
    if settings.accept_terms && !form.accept_terms {
        refused.push(Refusal::TermsNotAccepted);
    }
    match (contact, Refusal::all(refused)) {
        (Some(contact), None) => Ok(Checked { contact, username, profile, password }),
        (_, Some(refusal)) => Err(refusal),
        (None, None) => Err(Refusal::EmailMissing),
    }
}

/// What was made of a field; else why not is noted.
fn noted<T>(refused: &mut Vec<Refusal>, outcome: Result<T, Refusal>) -> Option<T> {
    outcome.map_err(|refusal| refused.push(refusal)).ok()
}

fn username(form: &SignUpForm) -> Result<Username, Refusal> {
    let typed = form.username.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let typed = typed.ok_or(Refusal::UsernameMissing)?;
    Username::parse(typed).map_err(|_cause: ContactError| Refusal::UsernameMalformed)
}

/// Why the policy refuses a password.
pub(super) const fn refusal_of(error: &PasswordError) -> Refusal {
    match error {
        PasswordError::TooShort(_) => Refusal::PasswordTooShort,
        PasswordError::TooLong(_) => Refusal::PasswordTooLong,
        PasswordError::Common => Refusal::PasswordCommon,
        PasswordError::Context => Refusal::PasswordContext,
    }
}

/// The profile that the form of a new account makes, and what of it is refused.
fn profile(realm: &RealmSnapshot, values: &Map<String, Value>) -> (Profile, Vec<Refusal>) {
    let settings = &realm.realm.settings;
    let given = match given(&settings.sign_up_fields(), values) {
        Ok(given) => given,
        Err(refusal) => return (Profile::default(), vec![refusal]),
    };
    let (profile, faults) = Profile::sift(given, &profile_rules(settings));
    (profile, faults.into_iter().map(profile_refusal).collect())
}

/// The values of a form that asks for these attributes: others are refused, empty ones left out.
pub(super) fn given(asked: &[&str], values: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let mut given = Map::new();
    for (name, value) in values {
        if !asked.contains(&name.as_str()) {
            return Err(Refusal::ProfileInvalid(name.clone()));
        }
        let empty = value.as_str().is_some_and(|text| text.trim().is_empty());
        if !empty {
            given.insert(name.clone(), value.clone());
        }
    }
    Ok(given)
}

/// Why the realm's schema refuses a value.
pub(super) fn profile_refusal(error: ProfileError) -> Refusal {
    match error {
        ProfileError::Missing(name) => Refusal::ProfileMissing(name),
        ProfileError::Unknown(name) | ProfileError::Invalid(name) => Refusal::ProfileInvalid(name),
    }
}

pub(super) async fn hash(
    app: &App,
    realm: &RealmSnapshot,
    password: &Secret,
) -> Result<PasswordHash, FlowError> {
    match app.hasher.hash(password, passwords::cost(&realm.realm.settings)).await {
        Ok(hash) => Ok(hash),
        Err(HashError::Busy { retry_after_seconds }) => Err(FlowError::Busy { retry_after_seconds }),
        Err(HashError::Unusable) => {
            Err(FlowError::Store(StoreError::Corrupt("a new password hash".to_owned())))
        }
    }
}

/// Goes to the form.
pub(super) async fn open_form(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
) -> Result<Acted, FlowError> {
    if !is_possible(app, realm, None, false) {
        return Err(FlowError::SignUpClosed);
    }
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let turn = Turn::plain(flow, vec![Move::Given(Input::SigningUp)]);
    settle(app, cx, realm, place, turn, None).await
}

/// Whether accounts can be made: the realm is open, and contacts can be proven. For somebody who came from a provider
/// its connection has decided that, and its word may be the proof.
pub(super) fn is_possible(
    app: &App,
    realm: &RealmSnapshot,
    waiting: Option<&WaitingIdentity>,
    invited: bool,
) -> bool {
    let settings = &realm.realm.settings;
    if let Some(waiting) = waiting {
        let proves = waiting.proven || app.methods.get(&MethodId::EMAIL_CODE).is_some();
        return waiting.user.is_none() && proves;
    }
    let contact = settings.sign_up.contact;
    let by_mail = contact.takes_email()
        && settings.login.email_identifier
        && app.methods.get(&MethodId::EMAIL_CODE).is_some();
    let by_text = contact.takes_phone()
        && settings.login.phone_identifier
        && app.methods.get(&MethodId::PHONE_CODE).is_some();
    match settings.sign_up.mode {
        SignUpMode::Closed => false,
        // Invitations go to addresses.
        SignUpMode::Invited => invited && app.methods.get(&MethodId::EMAIL_CODE).is_some(),
        SignUpMode::Open => by_mail || by_text,
    }
}
