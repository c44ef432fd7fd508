//! Challenges as kept: sealed with everything that judging and delivering needs, opened again for one of the two.
//! Nobody but the worker, the judge and the page that shows an enrolment looks inside.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_authn::{
    ChallengePurpose, Contact, MethodId, StoredChallenge,
    challenge::PAYLOAD_PURPOSE,
    method::{Begun, Delivery, MethodRealm, OpenCredential, Person},
};
use vestibule_authn::{Credential, credential::CredentialSecret};
use vestibule_kernel::{
    ChallengeId, Cx, Digest, FlowId, JobId, OpaqueToken, RealmId, Secret, StoreError, TokenKind, UserId,
    ports::SealedPlace,
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
    /// The code that the message carries.
    pub code: Option<Secret>,
    /// The token of the link that the message carries.
    pub link: Option<OpaqueToken>,
    /// The account that is being made.
    pub pending: Option<Value>,
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
    /// What happens once it is answered.
    pub pending: Option<Value>,
}

fn place(realm: RealmId, id: &str) -> SealedPlace<'_> {
    SealedPlace { realm, purpose: PAYLOAD_PURPOSE, row: id }
}

fn sealing(error: vestibule_kernel::ports::SealError) -> StoreError {
    StoreError::Corrupt(format!("a challenge: {error}"))
}

/// Makes the row of a challenge that a method began.
///
/// # Errors
/// The cipher failed.
pub fn seal(app: &App, cx: &Cx, new: NewChallenge, begun: &Begun) -> Result<StoredChallenge, StoreError> {
    let id = ChallengeId::from_uuid(app.entropy.uuid(cx.now));
    let (code, contact, wants_link) = match &begun.delivery {
        Some(Delivery::Email { to, code, link }) => {
            (Some(code.expose().to_owned()), Some(Contact::Email(to.clone())), *link)
        }
        Some(Delivery::Sms { to, code }) => {
            (Some(code.expose().to_owned()), Some(Contact::Phone(to.clone())), false)
        }
        None => (None, None, false),
    };
    let link = wants_link.then(|| app.entropy.token(TokenKind::Link));
    let envelope = Envelope {
        payload: STANDARD.encode(begun.payload.as_slice()),
        code,
        link: link.as_ref().map(|token| token.expose().to_owned()),
        pending: new.pending,
    };
    let clear = Zeroizing::new(
        serde_json::to_vec(&envelope).map_err(|error| StoreError::Corrupt(error.to_string()))?,
    );
    let payload = app.vault.seal(place(cx.realm, &id.to_string()), &clear).map_err(sealing)?;
    Ok(StoredChallenge {
        id,
        method: new.method,
        purpose: new.purpose,
        flow: new.flow,
        user: new.user,
        contact,
        link: link.map(|token| token.digest()),
        payload,
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
    let id = challenge.id.to_string();
    let clear = app.vault.open(place(realm, &id), &challenge.payload).map_err(sealing)?;
    let corrupt = |what: &str| StoreError::Corrupt(format!("the challenge {id}: {what}"));
    let mut envelope: Envelope =
        serde_json::from_slice(&clear).map_err(|_cause: serde_json::Error| corrupt("its form"))?;
    let payload =
        STANDARD.decode(&envelope.payload).map_err(|_cause: base64::DecodeError| corrupt("its payload"))?;
    Ok(Opened {
        payload: Zeroizing::new(payload),
        code: envelope.code.take().map(Secret::new),
        link: envelope.link.as_deref().and_then(|text| OpaqueToken::parse(TokenKind::Link, text)),
        pending: envelope.pending.take(),
    })
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
        let job = Job::SendChallenge { challenge: challenge.id };
        tx.jobs().enqueue(JobId::from_uuid(app.entropy.uuid(cx.now)), &job, cx.now).await?;
    }
    Ok(())
}

/// The realm as methods see it.
pub fn method_realm(realm: &RealmSnapshot) -> MethodRealm {
    let origin = realm.issuer.origin();
    let host = url::Url::parse(&origin).ok().and_then(|url| url.host_str().map(str::to_owned));
    MethodRealm {
        id: realm.realm.id,
        name: realm.display_name().to_owned(),
        rp_id: host.unwrap_or_default(),
        origins: vec![origin],
        email_link: realm.realm.settings.login.magic_link,
    }
}

/// A user as methods see them: codes go to verified contacts only.
pub fn person(user: &User) -> Person {
    let email = user.primary_email().filter(|address| address.verified_at.is_some());
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
pub const CREDENTIAL_PURPOSE: &str = "credential";

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
    let secret = app.vault.open(place, sealed).map_err(sealing)?;
    Ok(Some(OpenCredential {
        id: credential.id,
        user: credential.user,
        external_id: credential.external_id.clone(),
        label: credential.label.clone(),
        secret,
        created_at: credential.created_at,
    }))
}

/// Whether a link's token is the one of this challenge.
pub fn link_matches(challenge: &StoredChallenge, token: &OpaqueToken) -> bool {
    challenge.link.as_ref().is_some_and(|link: &Digest| link.matches(&token.digest()))
}
