//! The login methods over WebAuthn, on `webauthn-rs`. A passkey is discoverable and verifies its user, so it is both factors
//! of a sign-in; a security key answers to a touch, and is a second factor only. The ceremony's state stays sealed in the
//! challenge; nothing is kept here.
#![warn(missing_docs)]

mod model;
mod security_key;
mod wire;

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use vestibule_authn::{
    CredentialKind, LoginMethod, MethodId,
    credential::USER_HANDLE,
    method::{
        Answer, Begun, Enrolled, Judgement, MethodCx, MethodEffect, MethodError, MethodFacts, NewCredential,
        OpenCredential, Person, Presentation, Proven,
    },
    methods::kept::{Ceremony, Kept},
};
use vestibule_kernel::assurance::{Amr, Factor};
use webauthn_rs::prelude::{
    AuthenticationResult, Credential, DiscoverableAuthentication, Passkey, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};
use zeroize::Zeroizing;

pub use security_key::SecurityKeys;

/// How long a ceremony may take (WebAuthn §13.4.3: a challenge lives five minutes at most).
const LIFETIME_SECONDS: u32 = 300;
/// A challenge is spent by the first answer, right or wrong: it is counted before it is verified.
const MAX_ATTEMPTS: u32 = 1;
/// Longest credential id (WebAuthn §7.1, step 25).
const MAX_CREDENTIAL_ID: usize = 1_023;

/// Passkeys as a login method.
#[derive(Debug, Clone, Copy, Default)]
pub struct Passkeys;

/// A question for whichever passkey of the realm the person chooses.
#[derive(Serialize, Deserialize)]
struct Asked {
    options: Value,
    state: DiscoverableAuthentication,
}

/// A key that is being made.
#[derive(Serialize, Deserialize)]
struct Making<S> {
    options: Value,
    state: S,
    handle: Uuid,
}

/// What is kept of a key.
#[derive(Serialize, Deserialize)]
struct Stored<K> {
    /// The random name of its owner towards authenticators (WebAuthn §14.6.1): the same for all their keys of a method.
    handle: Uuid,
    key: K,
}

impl<K: Serialize + DeserializeOwned> Stored<K> {
    fn read(credential: &OpenCredential) -> Result<Self, MethodError> {
        serde_json::from_slice(&credential.secret)
            .map_err(|_damaged: serde_json::Error| MethodError::Unusable)
    }

    fn write(&self) -> Result<Zeroizing<Vec<u8>>, MethodError> {
        serde_json::to_vec(self)
            .map(Zeroizing::new)
            .map_err(|_not_json: serde_json::Error| MethodError::Unusable)
    }
}

fn lifetime() -> chrono::Duration {
    chrono::Duration::seconds(i64::from(LIFETIME_SECONDS))
}

/// The relying party of a realm: its host, and exactly its own origins. What the library calls a danger concerns security
/// keys alone: they are asked for a touch, and count as possession and nothing else.
fn relying_party(cx: &MethodCx<'_>) -> Result<Webauthn, MethodError> {
    let unsupported = |_error: WebauthnError| MethodError::Unsupported;
    let origins: Vec<Url> = cx.realm.origins.iter().filter_map(|origin| Url::parse(origin).ok()).collect();
    let (first, more) = origins.split_first().ok_or(MethodError::Unsupported)?;
    let builder = WebauthnBuilder::new(&cx.realm.rp_id, first).map_err(unsupported)?;
    let builder = builder.rp_name(&cx.realm.name).timeout(Duration::from_secs(u64::from(LIFETIME_SECONDS)));
    let builder = builder.danger_set_user_presence_only_security_keys(true);
    let builder = more.iter().fold(builder, WebauthnBuilder::append_allowed_origin);
    builder.build().map_err(unsupported)
}

/// The options of a ceremony as the page's script hands them to the browser.
fn options_of(ceremony: &impl Serialize) -> Result<Value, MethodError> {
    let unusable = |_not_json: serde_json::Error| MethodError::Unusable;
    let mut whole = serde_json::to_value(ceremony).map_err(unusable)?;
    let mut options = whole.get_mut("publicKey").map(Value::take).ok_or(MethodError::Unusable)?;
    if let Some(extensions) = options.get_mut("extensions").and_then(Value::as_object_mut) {
        // How the person was verified is not our business.
        extensions.remove("uvm");
    }
    Ok(options)
}

/// What browsers list: passkeys of all realms of a host stand in one list, so each says whose realm it is of.
fn shown_name(person: &Person, realm: &str) -> String {
    let name = Some(person.display_name.trim()).filter(|name| !name.is_empty());
    format!("{}, {realm}", name.unwrap_or(&person.login_name))
}

fn account_name(person: &Person) -> String {
    let name = Some(person.login_name.trim()).filter(|name| !name.is_empty());
    name.map_or_else(|| person.id.to_string(), str::to_owned)
}

/// The handle their other keys of the method have, else a new random one.
fn handle_of<K: Serialize + DeserializeOwned>(cx: &MethodCx<'_>) -> Result<Uuid, MethodError> {
    if let Some(known) = cx.credentials.first() {
        return Ok(Stored::<K>::read(known)?.handle);
    }
    let random = cx.entropy.bytes();
    let bytes = random.first_chunk::<16>().ok_or(MethodError::Unusable)?;
    Ok(Uuid::from_bytes(*bytes))
}

/// A key that may be copied to other devices is one in software; one that is bound to its device is one in hardware, as
/// far as can be known without attestation.
const fn possession(synced: bool) -> Proven {
    Proven { factor: Factor::Possession, amr: if synced { Amr::Swk } else { Amr::Hwk } }
}

fn proven(synced: bool) -> Vec<Proven> {
    vec![possession(synced), Proven { factor: Factor::Verification, amr: Amr::User }]
}

fn accepted(
    mut stored: Stored<Passkey>,
    found: &OpenCredential,
    result: &AuthenticationResult,
) -> Result<Judgement, MethodError> {
    let synced = result.backup_eligible();
    stored.key.update_credential(result);
    Ok(Judgement::Right {
        user: found.user,
        proven: proven(synced),
        effects: vec![MethodEffect::Update {
            credential: found.id,
            secret: stored.write()?,
            facts: BTreeMap::from([("backed_up".to_owned(), json!(result.backup_state()))]),
        }],
    })
}

impl LoginMethod for Passkeys {
    fn facts(&self) -> MethodFacts {
        MethodFacts {
            id: MethodId::PASSKEY,
            factor: Factor::Possession,
            credential: Some(CredentialKind::Passkey),
            first: true,
            second: true,
            several: true,
            discovers: true,
        }
    }

    /// No credential is listed, whoever is asked: the list would tell what an account has.
    fn begin(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let party = relying_party(cx)?;
        let (request, state) = party
            .start_discoverable_authentication()
            .map_err(|_error: WebauthnError| MethodError::Unsupported)?;
        let asked = Asked { options: options_of(&request)?, state };
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::PASSKEY, Ceremony::Prove, lifetime(), asked)?,
            delivery: None,
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present(&self, payload: &[u8]) -> Presentation {
        let options = Kept::<Asked>::peek(payload).map(|kept| kept.data.options);
        Presentation { webauthn: options, ..Presentation::default() }
    }

    fn names(&self, answer: &Answer) -> Option<Vec<u8>> {
        wire::raw_id(answer).filter(|id| id.len() <= MAX_CREDENTIAL_ID)
    }

    fn judge(&self, cx: &MethodCx<'_>, payload: &[u8], answer: &Answer) -> Result<Judgement, MethodError> {
        let answer: PublicKeyCredential = wire::read(answer)?;
        let kept = Kept::<Asked>::open(cx, &MethodId::PASSKEY, Ceremony::Prove, payload)?;
        let Some(kept) = kept else { return Ok(Judgement::Wrong) };
        let id = answer.get_credential_id();
        let theirs = |credential: &&OpenCredential| {
            credential.external_id.as_deref() == Some(id)
                && cx.person.is_none_or(|person| person.id == credential.user)
        };
        let Some(found) = cx.credentials.iter().find(theirs) else { return Ok(Judgement::Wrong) };
        let stored = Stored::<Passkey>::read(found)?;
        // §7.2 step 6: without an identified user the handle must be there, and be the owner's.
        let owner = answer.get_user_unique_id() == Some(stored.handle.as_bytes().as_slice());
        if !owner || !wire::is_own_page(&answer.response.client_data_json) {
            return Ok(Judgement::Wrong);
        }
        let party = relying_party(cx)?;
        match party.finish_discoverable_authentication_v2(&answer, kept.data.state, &stored.key) {
            Ok(result) if result.user_verified() => accepted(stored, found, &result),
            Err(WebauthnError::CredentialPossibleCompromise) => {
                Ok(Judgement::Cloned { user: found.user, credential: found.id })
            }
            Ok(_) | Err(_) => Ok(Judgement::Wrong),
        }
    }

    fn begin_enrolment(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let person = cx.person.ok_or(MethodError::NothingBound)?;
        let handle = handle_of::<Passkey>(cx)?;
        let has = cx.credentials.iter().filter_map(|credential| credential.external_id.clone());
        let has = has.collect();
        let shown = shown_name(person, &cx.realm.name);
        let (request, state) = relying_party(cx)?
            .start_passkey_registration(handle, &account_name(person), &shown, Some(has))
            .map_err(|_error: WebauthnError| MethodError::Unsupported)?;
        let mut options = options_of(&request)?;
        // The library leaves that to the authenticator; without it nobody could sign in by the passkey alone.
        if let Some(selection) = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
            selection.insert("residentKey".to_owned(), json!("required"));
            selection.insert("requireResidentKey".to_owned(), json!(true));
        }
        let making = Making { options, state, handle };
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::PASSKEY, Ceremony::Enrol, lifetime(), making)?,
            delivery: None,
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present_enrolment(&self, payload: &[u8]) -> Presentation {
        let options = Kept::<Making<PasskeyRegistration>>::peek(payload).map(|kept| kept.data.options);
        Presentation { webauthn: options, ..Presentation::default() }
    }

    fn finish_enrolment(
        &self,
        cx: &MethodCx<'_>,
        payload: &[u8],
        answer: &Answer,
    ) -> Result<Enrolled, MethodError> {
        let answer: RegisterPublicKeyCredential = wire::read(answer)?;
        let kept =
            Kept::<Making<PasskeyRegistration>>::open(cx, &MethodId::PASSKEY, Ceremony::Enrol, payload)?;
        let Some(kept) = kept else { return Ok(Enrolled::Wrong) };
        let resident = answer.extensions.cred_props.as_ref().and_then(|props| props.rk);
        let acceptable = answer.raw_id.len() <= MAX_CREDENTIAL_ID
            && resident != Some(false)
            && wire::is_own_page(&answer.response.client_data_json);
        if !acceptable {
            return Ok(Enrolled::Wrong);
        }
        let Ok(key) = relying_party(cx)?.finish_passkey_registration(&answer, &kept.data.state) else {
            return Ok(Enrolled::Wrong);
        };
        let facts: Credential = key.clone().into();
        let synced = facts.backup_eligible;
        let model = wire::model(&answer.response.attestation_object);
        let stored = Stored { handle: kept.data.handle, key };
        Ok(Enrolled::Right {
            credentials: vec![NewCredential {
                kind: CredentialKind::Passkey,
                external_id: Some(stored.key.cred_id().clone()),
                label: model.and_then(model::name).map(str::to_owned),
                secret: stored.write()?,
                facts: BTreeMap::from([
                    ("aaguid".to_owned(), json!(model)),
                    (USER_HANDLE.to_owned(), json!(URL_SAFE_NO_PAD.encode(kept.data.handle.as_bytes()))),
                    ("transports".to_owned(), json!(wire::transports(&answer))),
                    ("synced".to_owned(), json!(synced)),
                    ("backed_up".to_owned(), json!(facts.backup_state)),
                ]),
            }],
            replaces: false,
            effects: Vec::new(),
            proven: proven(synced),
        })
    }
}
