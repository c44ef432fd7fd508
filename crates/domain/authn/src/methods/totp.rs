//! Codes of an authenticator app ([RFC 6238](https://www.rfc-editor.org/rfc/rfc6238)): SHA-1, six digits, 30 seconds,
//! one step either way. An accepted step, and every one before it, never works again.

use std::collections::BTreeMap;

use chrono::Duration;
use data_encoding::BASE32_NOPAD;
use serde::{Deserialize, Serialize};
use vestibule_kernel::{
    Timestamp,
    assurance::{Amr, Factor},
};
use zeroize::{Zeroize, Zeroizing};

use super::{
    kept::{Ceremony, Kept},
    typed,
};
use crate::{
    credential::CredentialKind,
    method::{
        Answer, Begun, Enrolled, Judgement, LoginMethod, MethodCx, MethodEffect, MethodError, MethodFacts,
        MethodId, MethodRealm, NewCredential, Person, Presentation, Proven,
    },
};

const DIGITS: usize = 6;
/// 160 bits, the block RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
const MAX_ATTEMPTS: u32 = 5;

const fn lifetime() -> Duration {
    Duration::minutes(10)
}

/// An authenticator app.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totp;

/// What is stored of an app.
#[derive(Clone, Serialize, Deserialize, zeroize::ZeroizeOnDrop)]
struct Stored {
    /// Base 32 without padding.
    secret: String,
    /// The last step a code was accepted for.
    last_step: u64,
}

/// What is kept while an app is set up.
#[derive(Clone, Serialize, Deserialize, zeroize::ZeroizeOnDrop)]
struct SetUp {
    secret: String,
    otpauth: String,
}

impl LoginMethod for Totp {
    fn facts(&self) -> MethodFacts {
        MethodFacts {
            id: MethodId::TOTP,
            factor: Factor::Possession,
            credential: Some(CredentialKind::Totp),
            first: false,
            second: true,
            several: true,
            discovers: false,
        }
    }

    fn begin(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let person = cx.person.ok_or(MethodError::NothingBound)?;
        if !cx.credentials.iter().any(|credential| credential.user == person.id) {
            return Err(MethodError::NothingBound);
        }
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::TOTP, Ceremony::Prove, lifetime(), ())?,
            delivery: None,
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present(&self, _payload: &[u8]) -> Presentation {
        Presentation::default()
    }

    fn judge(&self, cx: &MethodCx<'_>, payload: &[u8], answer: &Answer) -> Result<Judgement, MethodError> {
        let code = typed::digits(answer, DIGITS)?;
        let kept = Kept::<()>::open(cx, &MethodId::TOTP, Ceremony::Prove, payload)?;
        let (Some(_), Some(person)) = (kept, cx.person) else { return Ok(Judgement::Wrong) };
        for credential in cx.credentials.iter().filter(|credential| credential.user == person.id) {
            let mut stored = Stored::read(&credential.secret).ok_or(MethodError::Unusable)?;
            let Some(step) = step_of(&stored.secret, &code, cx.now)? else { continue };
            if step <= stored.last_step {
                continue;
            }
            stored.last_step = step;
            return Ok(Judgement::Right {
                user: person.id,
                proven: vec![Proven { factor: Factor::Possession, amr: Amr::Otp }],
                effects: vec![MethodEffect::Update {
                    credential: credential.id,
                    secret: stored.write()?,
                    facts: BTreeMap::new(),
                }],
            });
        }
        Ok(Judgement::Wrong)
    }

    fn begin_enrolment(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let person = cx.person.ok_or(MethodError::NothingBound)?;
        let random = Zeroizing::new(cx.entropy.bytes());
        let bytes = random.get(..SECRET_BYTES).ok_or(MethodError::Unusable)?;
        let otpauth = address(bytes, cx.realm, person)?;
        let set_up = SetUp { secret: BASE32_NOPAD.encode(bytes), otpauth };
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::TOTP, Ceremony::Enrol, lifetime(), set_up)?,
            delivery: None,
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present_enrolment(&self, payload: &[u8]) -> Presentation {
        let Some(kept) = Kept::<SetUp>::peek(payload) else { return Presentation::default() };
        Presentation {
            otpauth: Some(kept.data.otpauth.clone()),
            manual_key: Some(in_groups(&kept.data.secret)),
            ..Presentation::default()
        }
    }

    fn finish_enrolment(
        &self,
        cx: &MethodCx<'_>,
        payload: &[u8],
        answer: &Answer,
    ) -> Result<Enrolled, MethodError> {
        let code = typed::digits(answer, DIGITS)?;
        let kept = Kept::<SetUp>::open(cx, &MethodId::TOTP, Ceremony::Enrol, payload)?;
        let Some(kept) = kept else { return Ok(Enrolled::Wrong) };
        let Some(step) = step_of(&kept.data.secret, &code, cx.now)? else { return Ok(Enrolled::Wrong) };
        // The code that confirms is used up: it does not sign in afterwards.
        let stored = Stored { secret: kept.data.secret.clone(), last_step: step };
        Ok(Enrolled::Right {
            credentials: vec![NewCredential {
                kind: CredentialKind::Totp,
                external_id: None,
                label: None,
                secret: stored.write()?,
                facts: BTreeMap::new(),
            }],
            replaces: false,
            effects: Vec::new(),
            proven: vec![Proven { factor: Factor::Possession, amr: Amr::Otp }],
        })
    }
}

impl Stored {
    fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    fn write(&self) -> Result<Zeroizing<Vec<u8>>, MethodError> {
        serde_json::to_vec(self)
            .map(Zeroizing::new)
            .map_err(|_not_json: serde_json::Error| MethodError::Unusable)
    }
}

fn app(secret: &[u8], issuer: Option<String>, account: String) -> Result<totp_rs::Totp, MethodError> {
    totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_secret(secret.to_vec())
        .with_issuer(issuer)
        .with_account_name(account)
        .build()
        .map_err(|_refused: totp_rs::TotpError| MethodError::Unusable)
}

/// The step a code belongs to, one before to one after now.
fn step_of(secret: &str, code: &str, now: Timestamp) -> Result<Option<u64>, MethodError> {
    let mut bytes = BASE32_NOPAD
        .decode(secret.as_bytes())
        .map_err(|_damaged: data_encoding::DecodeError| MethodError::Unusable)?;
    let app = app(&bytes, None, String::new());
    bytes.zeroize();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(app?.check(code, seconds))
}

/// The `otpauth:` address. Its parts may not hold a colon, which separates them.
fn address(secret: &[u8], realm: &MethodRealm, person: &Person) -> Result<String, MethodError> {
    let plain = |text: &str| text.replace(':', " ");
    let account = [&person.login_name, &person.display_name].into_iter().find(|name| !name.trim().is_empty());
    let account = account.map_or_else(|| person.id.to_string(), |name| plain(name));
    app(secret, Some(plain(&realm.name)), account)?
        .to_url()
        .map_err(|_refused: totp_rs::TotpError| MethodError::Unusable)
}

fn in_groups(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
