//! Challenges as kept: sealed with everything that judging and delivering needs, opened again for one of the two.
//! Nobody but the worker, the judge and the page that shows an enrolment looks inside. Authenticators are sealed and
//! opened here too.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_authn::{
    ChallengePurpose, Contact, Credential, MethodId, StoredChallenge,
    challenge::PAYLOAD_PURPOSE,
    credential::CredentialSecret,
    method::{Begun, Delivery, MethodCx, MethodRealm, OpenCredential, Person},
};
use vestibule_kernel::{
    ChallengeId, CredentialId, Cx, FlowId, JobId, OpaqueToken, RealmId, Sealed, Secret, StoreError,
    TokenKind, UserId,
    contact::{Email, Phone},
    ports::{SealError, SealedPlace},
};
use vestibule_storage::{Job, RealmTx};
use vestibule_users::User;
use zeroize::{Zeroize, Zeroizing};

use crate::{App, RealmSnapshot};

/// What is sealed in a challenge.
#[derive(Serialize, Deserialize)]
struct Envelope {
    /// What the method judges by, in base64.
    payload: String,
    /// Whom the message is for, as it is written to.
    email: Option<Email>,
    /// The number the message is for.
    phone: Option<Phone>,
    /// The code that the message carries.
    code: Option<String>,
    /// The token of the link that the message carries.
    link: Option<String>,
    /// What happens once it is answered, where a row would be too early: the account that is being made.
    pending: Option<Value>,
}

impl Drop for Envelope {
    fn drop(&mut self) {
        self.payload.zeroize();
        self.code.zeroize();
        self.link.zeroize();
    }
}

/// A challenge that was opened.
pub struct Opened {
    /// What the method judges by.
    pub payload: Zeroizing<Vec<u8>>,
    /// The message with its code, if there is one to send.
    pub delivery: Option<Delivery>,
    /// The token of the link that the message carries.
    pub link: Option<OpaqueToken>,
    /// The account that is being made.
    pub pending: Option<Value>,
}

impl Opened {
    /// The code that the message carries.
    pub fn code(&self) -> Option<&Secret> {
        let (Delivery::Email { code, .. } | Delivery::Sms { code, .. }) = self.delivery.as_ref()?;
        Some(code)
    }
}

/// What a challenge is made for.
pub struct NewChallenge {
    /// The method.
    pub method: MethodId,
    /// The purpose.
    pub purpose: ChallengePurpose,
    /// The flow it belongs to.
    pub flow: Option<FlowId>,
    /// Who it is about.
    pub user: Option<UserId>,
    /// Whom a message was asked for, where none is sent: counted like one that is.
    pub asked_for: Option<Contact>,
    /// What happens once it is answered.
    pub pending: Option<Value>,
}

fn sealing(error: SealError) -> StoreError {
    StoreError::Corrupt(format!("a sealed value: {error}"))
}

/// Makes the row of a challenge that a method began.
///
/// # Errors
/// The cipher failed.
pub fn seal(app: &App, cx: &Cx, new: NewChallenge, begun: &Begun) -> Result<StoredChallenge, StoreError> {
    let id = ChallengeId::from_uuid(app.entropy.uuid(cx.now));
    let text = |code: &Secret| Some(code.expose().to_owned());
    let (email, phone, code, wants_link) = match &begun.delivery {
        Some(Delivery::Email { to, code, link }) => (Some(to.clone()), None, text(code), *link),
        Some(Delivery::Sms { to, code }) => (None, Some(to.clone()), text(code), false),
        None => (None, None, None, false),
    };
    let sent_to = email.clone().map(Contact::Email).or_else(|| phone.clone().map(Contact::Phone));
    let link = wants_link.then(|| app.entropy.token(TokenKind::Link));
    let envelope = Envelope {
        payload: STANDARD.encode(begun.payload.as_slice()),
        email,
        phone,
        code,
        link: link.as_ref().map(|token| token.expose().to_owned()),
        pending: new.pending,
    };
    let clear = Zeroizing::new(
        serde_json::to_vec(&envelope).map_err(|error| StoreError::Corrupt(error.to_string()))?,
    );
    let row = id.to_string();
    let place = SealedPlace { realm: cx.realm, purpose: PAYLOAD_PURPOSE, row: &row };
    Ok(StoredChallenge {
        id,
        method: new.method,
        purpose: new.purpose,
        flow: new.flow,
        user: new.user,
        contact: sent_to.or(new.asked_for),
        link: link.map(|token| token.digest()),
        payload: app.vault.seal(place, &clear).map_err(sealing)?,
        attempts: 0,
        max_attempts: begun.max_attempts,
        created_at: cx.now,
        expires_at: cx.now + begun.lifetime,
        consumed_at: None,
    })
}

/// Opens a kept challenge.
///
/// # Errors
/// The row was damaged or moved.
pub fn open(app: &App, realm: RealmId, challenge: &StoredChallenge) -> Result<Opened, StoreError> {
    let row = challenge.id.to_string();
    let place = SealedPlace { realm, purpose: PAYLOAD_PURPOSE, row: &row };
    let clear = app.vault.open(place, &challenge.payload).map_err(sealing)?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("the challenge {row}: {what}"));
    let mut envelope: Envelope =
        serde_json::from_slice(&clear).map_err(|_cause: serde_json::Error| corrupt("its form"))?;
    let payload =
        STANDARD.decode(&envelope.payload).map_err(|_cause: base64::DecodeError| corrupt("its payload"))?;
    let link = envelope.link.as_deref().and_then(|text| OpaqueToken::parse(TokenKind::Link, text));
    let code = envelope.code.take().map(Secret::new);
    let delivery = match (envelope.email.take(), envelope.phone.take(), code) {
        (Some(to), _, Some(code)) => Some(Delivery::Email { to, code, link: link.is_some() }),
        (None, Some(to), Some(code)) => Some(Delivery::Sms { to, code }),
        _ => None,
    };
    Ok(Opened { payload: Zeroizing::new(payload), delivery, link, pending: envelope.pending.take() })
}

/// What waits in a challenge that tells its recipient of the account they have, and has no answer.
pub(crate) fn account_exists() -> Value {
    Value::String("account_exists".to_owned())
}

/// Stores a challenge and queues its message. A challenge without a recipient queues the same job, which finds nothing
/// to do: known and unknown people cost the same statements.
///
/// # Errors
/// The store failed.
pub async fn keep(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    challenge: &StoredChallenge,
    sends: bool,
) -> Result<(), StoreError> {
    tx.challenges().insert_challenge(challenge).await?;
    if sends {
        let job = Job::SendChallenge { challenge: challenge.id, locale: cx.origin.language.clone() };
        tx.jobs().enqueue(JobId::from_uuid(app.entropy.uuid(cx.now)), &job, cx.now).await?;
    }
    Ok(())
}

/// Runs a method with what it may look at. Mails of sign-up and recovery always come with a link; those of a sign-in
/// where the realm wants it.
pub fn with_method<T>(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    purpose: ChallengePurpose,
    (person, credentials): (Option<&Person>, &[OpenCredential]),
    run: impl FnOnce(&MethodCx<'_>) -> T,
) -> T {
    let origin = realm.issuer.origin();
    let host = url::Url::parse(&origin).ok().and_then(|url| url.host_str().map(str::to_owned));
    let login = &realm.realm.settings.login;
    let method_realm = MethodRealm {
        id: realm.realm.id,
        name: realm.display_name().to_owned(),
        rp_id: host.unwrap_or_default(),
        origins: std::iter::once(origin).chain(login.passkey_origins.iter().cloned()).collect(),
        email_link: purpose != ChallengePurpose::Prove || login.magic_link,
    };
    let entropy = app.entropy.as_ref();
    run(&MethodCx { now: cx.now, realm: &method_realm, entropy, person, credentials })
}

/// A user as methods see them: codes go to verified contacts only. A forgotten password is proven by the primary
/// address, verified or not: proving it verifies it.
pub fn person(user: &User, purpose: ChallengePurpose) -> Person {
    let any = purpose == ChallengePurpose::Recover;
    let email = user.primary_email().filter(|address| any || address.verified_at.is_some());
    let phone = user.primary_phone().filter(|number| number.verified_at.is_some());
    Person {
        id: user.id,
        login_name: crate::flow::login_name(user),
        display_name: user.display_name(),
        email: email.map(|address| address.email.clone()),
        phone: phone.map(|number| number.phone.clone()),
        locale: user.locale.clone(),
    }
}

/// The place name under which secrets of authenticators are sealed; the row is the authenticator's id.
const CREDENTIAL_PURPOSE: &str = "credential";

/// Seals the secret part of an authenticator for its row.
///
/// # Errors
/// The cipher failed.
pub fn seal_credential(
    app: &App,
    realm: RealmId,
    id: CredentialId,
    secret: &[u8],
) -> Result<Sealed, StoreError> {
    let row = id.to_string();
    app.vault.seal(SealedPlace { realm, purpose: CREDENTIAL_PURPOSE, row: &row }, secret).map_err(sealing)
}

/// The secret part of an authenticator sealed anew, if another master key than the current one sealed it.
///
/// # Errors
/// The row was damaged or moved.
pub(crate) fn reseal_credential(
    app: &App,
    realm: RealmId,
    credential: &Credential,
) -> Result<Option<Sealed>, SealError> {
    let CredentialSecret::Sealed(sealed) = &credential.secret else { return Ok(None) };
    let row = credential.id.to_string();
    app.vault.reseal(SealedPlace { realm, purpose: CREDENTIAL_PURPOSE, row: &row }, sealed)
}

/// Opens an authenticator for its method. `None`: it is verified by a hash.
///
/// # Errors
/// The row was damaged or moved.
pub fn open_credential(
    app: &App,
    realm: RealmId,
    credential: &Credential,
) -> Result<Option<OpenCredential>, StoreError> {
    let CredentialSecret::Sealed(sealed) = &credential.secret else { return Ok(None) };
    let row = credential.id.to_string();
    let place = SealedPlace { realm, purpose: CREDENTIAL_PURPOSE, row: &row };
    Ok(Some(OpenCredential {
        id: credential.id,
        user: credential.user,
        external_id: credential.external_id.clone(),
        label: credential.label.clone(),
        secret: app.vault.open(place, sealed).map_err(sealing)?,
        created_at: credential.created_at,
    }))
}
