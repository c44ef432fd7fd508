//! Security keys: credentials that a touch is enough for, so a second factor and nothing else. They need not remember their
//! owner, as keys of the U2F kind cannot: who it is was proven before, and the question lists what they have.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_authn::{
    CredentialKind, LoginMethod, MethodId,
    method::{
        Answer, Begun, Enrolled, Judgement, MethodCx, MethodEffect, MethodError, MethodFacts, NewCredential,
        OpenCredential, Presentation,
    },
    methods::kept::{Ceremony, Kept},
};
use vestibule_kernel::assurance::Factor;
use webauthn_rs::prelude::{
    AuthenticationResult, AuthenticatorAttachment, Credential, ParsedAttestation, PublicKeyCredential,
    RegisterPublicKeyCredential, SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration,
    WebauthnError,
};

use super::{
    MAX_ATTEMPTS, MAX_CREDENTIAL_ID, Making, Stored, account_name, handle_of, lifetime, model, options_of,
    possession, relying_party, shown_name, wire,
};

/// Security keys as a login method.
#[derive(Debug, Clone, Copy, Default)]
pub struct SecurityKeys;

/// A question for one of the keys of a person.
#[derive(Serialize, Deserialize)]
struct Asked {
    options: Value,
    state: SecurityKeyAuthentication,
}

/// Whether the counter went back, against the key as it is now: the ceremony's own state is as old as its question, and
/// another answer may have counted since (WebAuthn §7.2 step 22).
fn counts_back(key: &SecurityKey, result: &AuthenticationResult) -> bool {
    let known = Credential::from(key.clone()).counter;
    (known > 0 || result.counter() > 0) && result.counter() <= known
}

fn accepted(
    mut stored: Stored<SecurityKey>,
    found: &OpenCredential,
    result: &AuthenticationResult,
) -> Result<Judgement, MethodError> {
    let synced = result.backup_eligible();
    stored.key.update_credential(result);
    Ok(Judgement::Right {
        user: found.user,
        // One that was unlocked by a PIN as well is one factor all the same: nobody asked for that.
        proven: vec![possession(synced)],
        effects: vec![MethodEffect::Update {
            credential: found.id,
            secret: stored.write()?,
            facts: BTreeMap::from([("backed_up".to_owned(), json!(result.backup_state()))]),
        }],
    })
}

impl LoginMethod for SecurityKeys {
    fn facts(&self) -> MethodFacts {
        MethodFacts {
            id: MethodId::SECURITY_KEY,
            factor: Factor::Possession,
            credential: Some(CredentialKind::SecurityKey),
            first: false,
            second: true,
            several: true,
            discovers: false,
        }
    }

    /// Lists the person's keys: a key of the U2F kind finds its own part by that list. So it is asked only of who proved a
    /// first factor.
    fn begin(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let person = cx.person.ok_or(MethodError::NothingBound)?;
        let theirs = cx.credentials.iter().filter(|credential| credential.user == person.id);
        let keys = theirs.map(|credential| Ok(Stored::<SecurityKey>::read(credential)?.key));
        let keys: Vec<SecurityKey> = keys.collect::<Result<_, MethodError>>()?;
        if keys.is_empty() {
            return Err(MethodError::NothingBound);
        }
        let (request, state) = relying_party(cx)?
            .start_securitykey_authentication(&keys)
            .map_err(|_error: WebauthnError| MethodError::Unsupported)?;
        let asked = Asked { options: options_of(&request)?, state };
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::SECURITY_KEY, Ceremony::Prove, lifetime(), asked)?,
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
        let kept = Kept::<Asked>::open(cx, &MethodId::SECURITY_KEY, Ceremony::Prove, payload)?;
        let (Some(kept), Some(person)) = (kept, cx.person) else { return Ok(Judgement::Wrong) };
        let id = answer.get_credential_id();
        let theirs = |credential: &&OpenCredential| {
            credential.external_id.as_deref() == Some(id) && credential.user == person.id
        };
        let Some(found) = cx.credentials.iter().find(theirs) else { return Ok(Judgement::Wrong) };
        let stored = Stored::<SecurityKey>::read(found)?;
        // §7.2 step 6: a key need not know its owner; one that does must know the right one.
        let handle = answer.get_user_unique_id().filter(|handle| !handle.is_empty());
        let owner = handle.is_none_or(|handle| handle == stored.handle.as_bytes());
        if !owner || !wire::is_own_page(&answer.response.client_data_json) {
            return Ok(Judgement::Wrong);
        }
        let cloned = Judgement::Cloned { user: found.user, credential: found.id };
        match relying_party(cx)?.finish_securitykey_authentication(&answer, &kept.data.state) {
            Ok(result) if counts_back(&stored.key, &result) => Ok(cloned),
            Ok(result) => accepted(stored, found, &result),
            Err(WebauthnError::CredentialPossibleCompromise) => Ok(cloned),
            Err(_) => Ok(Judgement::Wrong),
        }
    }

    /// Under a handle of its own: an authenticator that keeps the key all the same would write it over their passkey.
    fn begin_enrolment(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let person = cx.person.ok_or(MethodError::NothingBound)?;
        let handle = handle_of::<SecurityKey>(cx)?;
        let has = cx.credentials.iter().filter_map(|credential| credential.external_id.clone());
        let has = Some(has.collect());
        let shown = shown_name(person, &cx.realm.name);
        // Says the same as the hint that the library gives, to browsers that know no hints (§5.8.7).
        let attachment = Some(AuthenticatorAttachment::CrossPlatform);
        let (request, state) = relying_party(cx)?
            .start_securitykey_registration(handle, &account_name(person), &shown, has, None, attachment)
            .map_err(|_error: WebauthnError| MethodError::Unsupported)?;
        let making = Making { options: options_of(&request)?, state, handle };
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::SECURITY_KEY, Ceremony::Enrol, lifetime(), making)?,
            delivery: None,
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present_enrolment(&self, payload: &[u8]) -> Presentation {
        let options = Kept::<Making<SecurityKeyRegistration>>::peek(payload).map(|kept| kept.data.options);
        Presentation { webauthn: options, ..Presentation::default() }
    }

    fn finish_enrolment(
        &self,
        cx: &MethodCx<'_>,
        payload: &[u8],
        answer: &Answer,
    ) -> Result<Enrolled, MethodError> {
        let answer: RegisterPublicKeyCredential = wire::read(answer)?;
        let kept = Kept::<Making<SecurityKeyRegistration>>::open(
            cx,
            &MethodId::SECURITY_KEY,
            Ceremony::Enrol,
            payload,
        )?;
        let Some(kept) = kept else { return Ok(Enrolled::Wrong) };
        let acceptable =
            answer.raw_id.len() <= MAX_CREDENTIAL_ID && wire::is_own_page(&answer.response.client_data_json);
        if !acceptable {
            return Ok(Enrolled::Wrong);
        }
        let Ok(key) = relying_party(cx)?.finish_securitykey_registration(&answer, &kept.data.state) else {
            return Ok(Enrolled::Wrong);
        };
        // No attestation was asked for, and one that came all the same would be in every later challenge.
        let credential = Credential { attestation: ParsedAttestation::default(), ..key.into() };
        let (synced, backed_up) = (credential.backup_eligible, credential.backup_state);
        let model = wire::model(&answer.response.attestation_object);
        let stored = Stored { handle: kept.data.handle, key: SecurityKey::from(credential) };
        Ok(Enrolled::Right {
            credentials: vec![NewCredential {
                kind: CredentialKind::SecurityKey,
                external_id: Some(stored.key.cred_id().clone()),
                label: model.and_then(model::name).map(str::to_owned),
                secret: stored.write()?,
                facts: BTreeMap::from([
                    ("aaguid".to_owned(), json!(model)),
                    ("transports".to_owned(), json!(wire::transports(&answer))),
                    ("synced".to_owned(), json!(synced)),
                    ("backed_up".to_owned(), json!(backed_up)),
                ]),
            }],
            replaces: false,
            effects: Vec::new(),
            proven: vec![possession(synced)],
        })
    }
}
