//! A new account. Nothing is stored as an account before its contact is proven: the form waits, sealed, in the
//! challenge, so that nobody can hold an address that is not theirs, and a known address gets the same page (and a mail
//! of its own).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule_authn::{
    Credential, Flow, HashError, Input, MethodId, PasswordHash, StoredChallenge, Task,
    flow::Proof,
    method::{Delivery, LoginMethod, MethodCx, Person},
    password::PasswordError,
};
use vestibule_kernel::{
    Actor, CredentialId, Cx, Digest, Secret, StoreError, UserId,
    assurance::{Amr, Factor},
    contact::{Email, Identifier, Locale, Phone, Username},
};
use vestibule_realms::settings::{SignUpMode, SignUpPassword};
use vestibule_storage::{RealmTx, jobs::MessageKind};
use vestibule_users::{
    NewUser, Profile, User,
    profile::ProfileError,
    user::{EmailAddress, PhoneNumber},
};

use super::{
    FlowError,
    act::{Acted, Outcome, Place, Refusal},
    challenge::{decoy, purpose, within_budget},
    effects::Effect,
    settle::{Move, Turn, settle},
};
use crate::{
    App, RealmSnapshot,
    admin::{passwords, profile_rules::profile_rules},
    challenge,
};

/// The form of a new account, as typed.
#[derive(Clone, Default)]
pub struct SignUpForm {
    /// The address.
    pub email: Option<String>,
    /// The number.
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
    email: Option<String>,
    phone: Option<String>,
    username: Option<String>,
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
        let name = self.email.clone().or_else(|| self.phone.clone()).unwrap_or_default();
        Person {
            id: self.user,
            login_name: name.clone(),
            display_name: name,
            email: self.email.as_deref().and_then(|text| Email::parse(text).ok()),
            phone: self.phone.as_deref().and_then(|text| Phone::parse(text).ok()),
            locale: self.locale.clone(),
        }
    }
}

/// A form that was checked.
struct Checked {
    email: Option<Email>,
    phone: Option<Phone>,
    username: Option<Username>,
    profile: Profile,
    password: Option<Secret>,
}

impl Checked {
    fn contact(&self) -> Option<Identifier> {
        let text =
            self.email.as_ref().map(Email::as_str).or_else(|| self.phone.as_ref().map(Phone::as_str))?;
        Identifier::parse(text).ok()
    }
}

/// Takes the form.
pub(super) async fn submit(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    form: SignUpForm,
) -> Result<Acted, FlowError> {
    let settings = &realm.realm.settings.sign_up;
    if settings.mode == SignUpMode::Closed {
        return Err(FlowError::SignUpClosed);
    }
    if let Some(ip) = cx.origin.ip {
        limit(app, cx, &ip.to_string(), settings.per_address_hour).await?;
    }
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let checked = match check(realm, &form) {
        Ok(checked) => checked,
        Err(refusal) => return Ok(Acted::of(flow, Outcome::Refused(refusal))),
    };
    // Hashed for everybody, known or not, before any transaction.
    let hash = match &checked.password {
        Some(password) => Some(hash(app, realm, password).await?),
        None => None,
    };
    let mut tx = app.store.write(cx).await?;
    let terms = realm.realm.settings.branding.terms_uri.clone().filter(|_| form.accept_terms);
    let pending = Pending {
        user: UserId::from_uuid(app.entropy.uuid(cx.now)),
        email: checked.email.as_ref().map(|email| email.as_str().to_owned()),
        phone: checked.phone.as_ref().map(|phone| phone.as_str().to_owned()),
        username: checked.username.as_ref().map(|name| name.as_str().to_owned()),
        profile: checked.profile.values().clone(),
        locale: flow.locale.clone(),
        password: hash.map(|hash| hash.expose().to_owned()),
        terms,
    };
    match wait(app, cx, realm, (&flow, &checked, &pending), tx.as_mut()).await {
        Ok(Ok((effects, input))) => {
            let mut flow = flow;
            flow.identifier = pending.email.clone().or_else(|| pending.phone.clone());
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

/// The challenge that the new account waits for.
async fn wait(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    (flow, checked, pending): (&Flow, &Checked, &Pending),
    tx: &mut dyn RealmTx,
) -> Result<Result<(Vec<Effect>, Input), Refusal>, FlowError> {
    let username = checked.username.as_ref().and_then(|name| Identifier::parse(name.as_str()).ok());
    if let Some(name) = &username
        && tx.users().find_user_by_identifier(name).await?.is_some()
    {
        // A user name is public by nature.
        return Ok(Err(Refusal::UsernameTaken));
    }
    let known = match checked.contact() {
        Some(contact) => tx.users().find_user_by_identifier(&contact).await?,
        None => None,
    };
    let effects = waiting(app, cx, realm, flow, pending, known.as_ref())?;
    let mut input = None;
    for effect in &effects {
        within_budget(tx, cx, effect).await?;
        if let Effect::Keep(stored, _) = effect {
            let (method, challenge) = (method_for(pending), stored.id);
            input = Some(Input::Challenged { method, challenge, task: Task::SignUp });
        }
    }
    Ok(Ok((effects, input.ok_or(FlowError::NoMethod)?)))
}

const fn method_for(pending: &Pending) -> MethodId {
    if pending.email.is_some() { MethodId::EMAIL_CODE } else { MethodId::PHONE_CODE }
}

/// The challenge of a new account, or for a known contact a decoy and a mail to its owner.
fn waiting(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    flow: &Flow,
    pending: &Pending,
    known: Option<&User>,
) -> Result<Vec<Effect>, FlowError> {
    let id = method_for(pending);
    let method = app.methods.get(&id).ok_or(FlowError::NoMethod)?;
    let new = |pending: Option<Value>| challenge::NewChallenge {
        method: id.clone(),
        purpose: purpose(Task::SignUp),
        flow: Some(flow.id),
        user: None,
        pending,
    };
    if let Some(owner) = known {
        let stored = challenge::seal(app, cx, new(None), &decoy(app))?;
        let mut effects = vec![Effect::Keep(Box::new(stored), true)];
        if owner.primary_email().is_some() {
            let mut data = Map::new();
            data.insert("link".to_owned(), Value::String(realm.issuer.url("/login")));
            data.insert("recover_link".to_owned(), Value::String(realm.issuer.url("/recover")));
            effects.push(Effect::Tell(owner.id, MessageKind::AccountExists, data));
        }
        return Ok(effects);
    }
    let stored = begin(app, cx, realm, method, pending, new)?;
    Ok(vec![Effect::Keep(Box::new(stored), true)])
}

fn begin(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    method: &dyn LoginMethod,
    pending: &Pending,
    new: impl FnOnce(Option<Value>) -> challenge::NewChallenge,
) -> Result<StoredChallenge, FlowError> {
    let person = pending.person();
    let method_realm = challenge::method_realm(realm);
    let method_cx = MethodCx {
        now: cx.now,
        realm: &method_realm,
        entropy: app.entropy.as_ref(),
        person: Some(&person),
        credentials: &[],
    };
    let mut begun = method.begin(&method_cx).map_err(FlowError::Method)?;
    if let Some(Delivery::Email { link, .. }) = &mut begun.delivery {
        // The page says that the mail has both; a link is confirmed only in this browser.
        *link = true;
    }
    let sealed = serde_json::to_value(pending).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(challenge::seal(app, cx, new(Some(sealed)), &begun)?)
}

/// Sends the proof of a new account again: the same form, a new code.
pub(super) async fn resend(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    flow: Flow,
) -> Result<Acted, FlowError> {
    let vestibule_authn::FlowState::Challenge { challenge: id, .. } = &flow.state else {
        return Err(FlowError::NotAllowed(flow.state.name()));
    };
    let mut tx = app.store.write(cx).await?;
    let Some(found) = tx.challenges().find_challenge(*id).await? else {
        tx.rollback().await?;
        return Err(FlowError::NotAllowed(flow.state.name()));
    };
    let opened = challenge::open(app, cx.realm, &found)?;
    let method = app.methods.get(&found.method).ok_or(FlowError::NoMethod)?;
    let new = |pending: Option<Value>| challenge::NewChallenge {
        method: found.method.clone(),
        purpose: found.purpose,
        flow: Some(flow.id),
        user: None,
        pending,
    };
    let stored = match opened.pending.as_ref().and_then(Pending::read) {
        Some(pending) => begin(app, cx, realm, method, &pending, new)?,
        None => challenge::seal(app, cx, new(None), &decoy(app))?,
    };
    let input = Input::Challenged { method: found.method.clone(), challenge: stored.id, task: Task::SignUp };
    let keep = Effect::Keep(Box::new(stored), true);
    if let Err(error) = within_budget(tx.as_mut(), cx, &keep).await {
        tx.rollback().await?;
        return Err(error);
    }
    let turn = Turn { effects: vec![keep], ..Turn::plain(flow, vec![Move::Given(input)]) };
    settle(app, cx, realm, place, turn, Some(tx)).await
}

/// Makes the account: its contact was proven.
pub(super) async fn complete(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
    (flow, pending): (Flow, Pending),
    mut effects: Vec<Effect>,
) -> Result<Acted, FlowError> {
    let cx = &cx.acting_as(Actor::User(pending.user));
    let amr = if pending.email.is_some() { Amr::Otp } else { Amr::Sms };
    let factor = if pending.email.is_some() { Factor::Mailbox } else { Factor::Possession };
    let new = NewUser {
        username: pending.username.as_deref().and_then(|text| Username::parse(text).ok()),
        emails: contact(pending.email.as_deref(), |text| Email::parse(text).ok())
            .map(|email| EmailAddress { email, verified_at: Some(cx.now), primary: true })
            .into_iter()
            .collect(),
        phones: contact(pending.phone.as_deref(), |text| Phone::parse(text).ok())
            .map(|phone| PhoneNumber { phone, verified_at: Some(cx.now), primary: true })
            .into_iter()
            .collect(),
        profile: Profile::parse(pending.profile, &profile_rules(&realm.realm.settings))
            .map_err(|error| StoreError::Corrupt(format!("a pending account: {error}")))?,
        locale: pending.locale,
        private_metadata: accepted(pending.terms, cx),
        ..NewUser::default()
    };
    let change = User::create(pending.user, new, cx.now)
        .map_err(|error| StoreError::Corrupt(format!("a pending account: {error}")))?;
    let user = change.value.clone();
    effects.push(Effect::SaveUser(Box::new(change)));
    if let Some(hash) = pending.password {
        let id = CredentialId::from_uuid(app.entropy.uuid(cx.now));
        let hash = PasswordHash::from_stored(hash);
        effects.push(Effect::Bind(Box::new(Credential::password(id, user.id, hash, cx.now))));
    }
    let proof = Proof { factor, amr, at: cx.now };
    let moves = vec![Move::Given(Input::Proved { user: user.id, proofs: vec![proof], account_active: true })];
    let turn = Turn { effects, user: Some(user), ..Turn::plain(flow.clone(), moves) };
    match settle(app, cx, realm, place, turn, None).await {
        // Somebody made the same account meanwhile; its owner is at the keyboard and may know.
        Err(FlowError::Store(StoreError::Conflict(_))) => {
            Ok(Acted::of(flow, Outcome::Refused(Refusal::AlreadyRegistered)))
        }
        other => other,
    }
}

fn contact<T>(text: Option<&str>, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
    text.and_then(parse)
}

/// The acceptance of the terms, kept with the account.
fn accepted(terms: Option<String>, cx: &Cx) -> Map<String, Value> {
    let mut metadata = Map::new();
    if let Some(uri) = terms {
        let at = Value::String(cx.now.to_rfc3339());
        let accepted = Map::from_iter([("uri".to_owned(), Value::String(uri)), ("at".to_owned(), at)]);
        metadata.insert("terms_accepted".to_owned(), Value::Object(accepted));
    }
    metadata
}

fn check(realm: &RealmSnapshot, form: &SignUpForm) -> Result<Checked, Refusal> {
    let (settings, login) = (&realm.realm.settings.sign_up, &realm.realm.settings.login);
    let text = |value: &Option<String>| value.clone().filter(|text| !text.trim().is_empty());
    let (email, phone) = (text(&form.email), text(&form.phone));
    let email = match email.filter(|_| login.email_identifier) {
        Some(text) => Some(
            Email::parse(text.trim())
                .map_err(|_cause: vestibule_kernel::contact::ContactError| Refusal::EmailMalformed)?,
        ),
        None => None,
    };
    let phone = match phone.filter(|_| login.phone_identifier) {
        Some(text) => Some(
            Phone::parse(text.trim())
                .map_err(|_cause: vestibule_kernel::contact::ContactError| Refusal::PhoneMalformed)?,
        ),
        None => None,
    };
    if email.is_none() && phone.is_none() {
        return Err(if login.email_identifier { Refusal::EmailMissing } else { Refusal::PhoneMissing });
    }
    if settings.refuse_disposable
        && email.as_ref().is_some_and(|email| super::disposable::is_disposable(email.domain()))
    {
        return Err(Refusal::EmailDisposable);
    }
    let username = match text(&form.username).filter(|_| settings.username) {
        Some(text) => Some(
            Username::parse(text.trim())
                .map_err(|_cause: vestibule_kernel::contact::ContactError| Refusal::UsernameMalformed)?,
        ),
        None if settings.username => return Err(Refusal::UsernameMissing),
        None => None,
    };
    if settings.accept_terms && !form.accept_terms {
        return Err(Refusal::TermsNotAccepted);
    }
    let profile = profile(realm, &form.profile)?;
    let password = form.password.clone().filter(|password| !password.expose().is_empty());
    let password = match (settings.password, password) {
        (SignUpPassword::None, _) | (SignUpPassword::Optional, None) => None,
        (SignUpPassword::Required, None) => return Err(Refusal::PasswordMissing),
        (SignUpPassword::Required | SignUpPassword::Optional, Some(password)) => {
            let person = NewUser {
                username: username.clone(),
                emails: email
                    .iter()
                    .map(|email| EmailAddress { email: email.clone(), verified_at: None, primary: true })
                    .collect(),
                profile: profile.clone(),
                ..NewUser::default()
            };
            let normal = passwords::check(&realm.realm, &person, &password);
            Some(normal.map_err(|error| refusal_of(&error))?)
        }
    };
    Ok(Checked { email, phone, username, profile, password })
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

/// The profile values that the form asks for; others are refused, empty ones left out.
fn profile(realm: &RealmSnapshot, values: &Map<String, Value>) -> Result<Profile, Refusal> {
    let settings = &realm.realm.settings;
    let asked = |name: &str| {
        settings.sign_up.fields.iter().any(|field| field == name)
            || settings.profile.iter().any(|attribute| attribute.required && attribute.name == name)
    };
    let mut given = Map::new();
    for (name, value) in values {
        if !asked(name) {
            return Err(Refusal::ProfileInvalid);
        }
        let empty = value.as_str().is_some_and(|text| text.trim().is_empty());
        if !empty {
            given.insert(name.clone(), value.clone());
        }
    }
    Profile::parse(given, &profile_rules(settings)).map_err(|error| match error {
        ProfileError::Missing(_) => Refusal::ProfileMissing,
        ProfileError::Unknown(_) | ProfileError::Invalid(_) => Refusal::ProfileInvalid,
    })
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

async fn limit(app: &App, cx: &Cx, ip: &str, most: u32) -> Result<(), FlowError> {
    let short = data_encoding_of(ip);
    let hour = Duration::from_hours(1);
    let quota = app.limiter.check(&format!("sign_up:{}:{short}", cx.realm), most, hour).await;
    if quota.allowed {
        return Ok(());
    }
    Err(FlowError::Limited { retry_after_seconds: quota.reset.as_secs().max(1) })
}

fn data_encoding_of(text: &str) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(Digest::of(text.as_bytes()).as_bytes()).chars().take(22).collect()
}

/// Goes to the form.
pub(super) async fn open_form(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    place: &Place<'_>,
) -> Result<Acted, FlowError> {
    if realm.realm.settings.sign_up.mode == SignUpMode::Closed {
        return Err(FlowError::SignUpClosed);
    }
    let flow = match place.peek(app, cx).await? {
        Ok(flow) => flow,
        Err(repeated) => return Ok(*repeated),
    };
    let turn = Turn::plain(flow, vec![Move::Given(Input::SigningUp)]);
    settle(app, cx, realm, place, turn, None).await
}

/// The methods that can prove the contact of a new account exist in this installation.
pub(super) fn is_possible(app: &App, realm: &RealmSnapshot) -> bool {
    let login = &realm.realm.settings.login;
    let has = |id: &MethodId| app.methods.get(id).is_some();
    realm.realm.settings.sign_up.mode == SignUpMode::Open
        && (login.email_identifier && has(&MethodId::EMAIL_CODE)
            || login.phone_identifier && has(&MethodId::PHONE_CODE))
}
