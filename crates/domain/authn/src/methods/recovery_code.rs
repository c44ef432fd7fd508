//! Saved recovery codes (look-up secrets, NIST SP 800-63B-4 §3.1.2 and §4.2.1.1): ten of 75 bits, each good once. One
//! authenticator holds the set as digests, so that new codes replace the old ones whole and two uses of one code meet
//! at one optimistic lock.

use std::collections::BTreeMap;

use chrono::Duration;
use data_encoding::BASE64_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_kernel::{
    Digest,
    assurance::{Amr, Factor},
    ports::Entropy,
};
use zeroize::Zeroizing;

use super::{
    kept::{Ceremony, Kept},
    typed::{self, CROCKFORD},
};
use crate::{
    credential::CredentialKind,
    method::{
        Answer, Begun, Enrolled, Judgement, LoginMethod, MethodCx, MethodEffect, MethodError, MethodFacts,
        MethodId, NewCredential, OpenCredential, Presentation, Proven,
    },
};

const CODES: usize = 10;
/// Characters of a code: 75 bits.
const LENGTH: usize = 15;
const GROUP: usize = 5;
const MAX_ATTEMPTS: u32 = 5;

/// The fact that says how many codes are left.
pub const LEFT: &str = "left";

const fn lifetime() -> Duration {
    Duration::minutes(10)
}

/// Ten codes on paper.
#[derive(Debug, Clone, Copy, Default)]
pub struct RecoveryCodes;

/// What is stored of a set: the digests of the codes that were not used.
#[derive(Clone, Serialize, Deserialize)]
struct Stored {
    digests: Vec<String>,
}

impl LoginMethod for RecoveryCodes {
    fn facts(&self) -> MethodFacts {
        MethodFacts {
            id: MethodId::RECOVERY_CODE,
            factor: Factor::Possession,
            credential: Some(CredentialKind::RecoveryCode),
            first: false,
            second: true,
            several: false,
            discovers: false,
        }
    }

    fn begin(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let any = theirs(cx).any(|credential| {
            Stored::read(&credential.secret).is_some_and(|stored| !stored.digests.is_empty())
        });
        if !any {
            return Err(MethodError::NothingBound);
        }
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::RECOVERY_CODE, Ceremony::Prove, lifetime(), ())?,
            delivery: None,
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present(&self, _payload: &[u8]) -> Presentation {
        Presentation::default()
    }

    fn judge(&self, cx: &MethodCx<'_>, payload: &[u8], answer: &Answer) -> Result<Judgement, MethodError> {
        let code = typed::crockford(answer, LENGTH)?;
        let kept = Kept::<()>::open(cx, &MethodId::RECOVERY_CODE, Ceremony::Prove, payload)?;
        let (Some(_), Some(person)) = (kept, cx.person) else { return Ok(Judgement::Wrong) };
        for credential in theirs(cx) {
            let mut stored = Stored::read(&credential.secret).ok_or(MethodError::Unusable)?;
            if !stored.take(&code) {
                continue;
            }
            return Ok(Judgement::Right {
                user: person.id,
                proven: vec![Proven { factor: Factor::Possession, amr: Amr::Otp }],
                effects: vec![MethodEffect::Update {
                    credential: credential.id,
                    facts: stored.facts(),
                    secret: stored.write()?,
                }],
            });
        }
        Ok(Judgement::Wrong)
    }

    fn begin_enrolment(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        cx.person.ok_or(MethodError::NothingBound)?;
        let codes: Vec<String> = (0..CODES).map(|_| fresh(cx.entropy)).collect();
        Ok(Begun {
            payload: Kept::seal(cx, MethodId::RECOVERY_CODE, Ceremony::Enrol, lifetime(), codes)?,
            delivery: None,
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present_enrolment(&self, payload: &[u8]) -> Presentation {
        let recovery_codes = Kept::<Vec<String>>::peek(payload).map(|kept| kept.data).unwrap_or_default();
        Presentation { recovery_codes, ..Presentation::default() }
    }

    /// Confirmed by the document `{"saved": true}`, or by typing one of the new codes, which is not used up by that.
    fn finish_enrolment(
        &self,
        cx: &MethodCx<'_>,
        payload: &[u8],
        answer: &Answer,
    ) -> Result<Enrolled, MethodError> {
        let typed = match answer {
            Answer::Document(document) if document.get("saved") == Some(&Value::Bool(true)) => None,
            Answer::Document(_) => return Err(MethodError::Malformed),
            Answer::Code(_) => Some(typed::crockford(answer, LENGTH)?),
        };
        let kept = Kept::<Vec<String>>::open(cx, &MethodId::RECOVERY_CODE, Ceremony::Enrol, payload)?;
        let Some(kept) = kept else { return Ok(Enrolled::Wrong) };
        let stored =
            Stored { digests: kept.data.iter().map(|code| digest(&code.replace('-', ""))).collect() };
        if typed.is_some_and(|typed| !stored.clone().take(&typed)) {
            return Ok(Enrolled::Wrong);
        }
        Ok(Enrolled::Right {
            credentials: vec![NewCredential {
                kind: CredentialKind::RecoveryCode,
                external_id: None,
                label: None,
                facts: stored.facts(),
                secret: stored.write()?,
            }],
            replaces: true,
            effects: Vec::new(),
            proven: Vec::new(),
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

    fn facts(&self) -> BTreeMap<String, Value> {
        BTreeMap::from([(LEFT.to_owned(), json!(self.digests.len()))])
    }

    /// Removes the code from the set; false if it is not in it. Every digest is compared, each in constant time.
    fn take(&mut self, code: &str) -> bool {
        let given = Digest::of(code.as_bytes());
        let before = self.digests.len();
        self.digests.retain(|stored| {
            let stored = BASE64_NOPAD.decode(stored.as_bytes()).ok();
            !stored.and_then(|bytes| Digest::from_stored(&bytes)).is_some_and(|stored| stored.matches(&given))
        });
        self.digests.len() < before
    }
}

fn theirs<'a>(cx: &MethodCx<'a>) -> impl Iterator<Item = &'a OpenCredential> {
    let person = cx.person.map(|person| person.id);
    cx.credentials.iter().filter(move |credential| Some(credential.user) == person)
}

fn digest(code: &str) -> String {
    BASE64_NOPAD.encode(Digest::of(code.as_bytes()).as_bytes())
}

/// Three groups of five characters of Crockford's alphabet, each drawn from five bits of their own.
fn fresh(entropy: &dyn Entropy) -> String {
    let random = Zeroizing::new(entropy.bytes());
    let characters: Vec<char> = random
        .iter()
        .take(LENGTH)
        .filter_map(|byte| CROCKFORD.get(usize::from(byte & 31)).copied().map(char::from))
        .collect();
    let groups: Vec<String> = characters.chunks(GROUP).map(|group| group.iter().collect()).collect();
    groups.join("-")
}
