//! A code by text message. A restricted authenticator (NIST SP 800-63B-4 §3.1.3.3, §3.2.9): the realm has to switch it
//! on, the page that adds one tells the risk and offers another way, and the amr says `sms`. What is bound is the number
//! of the account itself, so there is no authenticator beside it.

use vestibule_kernel::{
    assurance::{Amr, Factor},
    contact::Phone,
};

use super::{
    kept::{Ceremony, Kept},
    one_time::{LENGTH, MAX_ATTEMPTS, SentCode, lifetime},
    typed,
};
use crate::method::{
    Answer, Begun, Delivery, Enrolled, Judgement, LoginMethod, MethodCx, MethodEffect, MethodError,
    MethodFacts, MethodId, Presentation, Proven,
};

/// Six digits sent to the person's phone.
#[derive(Debug, Clone, Copy, Default)]
pub struct PhoneCode;

type Payload = Kept<SentCode<Phone>>;

impl LoginMethod for PhoneCode {
    fn facts(&self) -> MethodFacts {
        MethodFacts {
            id: MethodId::PHONE_CODE,
            factor: Factor::Possession,
            credential: None,
            first: true,
            second: true,
            several: false,
            discovers: false,
        }
    }

    fn begin(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        text(cx, Ceremony::Prove)
    }

    fn present(&self, payload: &[u8]) -> Presentation {
        let sent_to = Payload::peek(payload).map(|kept| masked(&kept.data.to));
        Presentation { sent_to, ..Presentation::default() }
    }

    fn judge(&self, cx: &MethodCx<'_>, payload: &[u8], answer: &Answer) -> Result<Judgement, MethodError> {
        let code = typed::digits(answer, LENGTH)?;
        let kept = Payload::open(cx, &MethodId::PHONE_CODE, Ceremony::Prove, payload)?;
        let (Some(kept), Some(person)) = (kept, cx.person) else { return Ok(Judgement::Wrong) };
        // The number may have changed since: a code sent to the old one proves nothing any more.
        let current = person.phone.as_ref().is_some_and(|phone| phone.normal() == kept.data.to.normal());
        if !kept.data.matches(&code) || !current {
            return Ok(Judgement::Wrong);
        }
        Ok(Judgement::Right {
            user: person.id,
            proven: proven(),
            effects: vec![MethodEffect::VerifyPhone(kept.data.to)],
        })
    }

    /// Sends a code to the number that is to be theirs.
    fn begin_enrolment(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        text(cx, Ceremony::Enrol)
    }

    /// Binds no authenticator: the number becomes theirs, confirmed.
    fn finish_enrolment(
        &self,
        cx: &MethodCx<'_>,
        payload: &[u8],
        answer: &Answer,
    ) -> Result<Enrolled, MethodError> {
        let code = typed::digits(answer, LENGTH)?;
        let kept = Payload::open(cx, &MethodId::PHONE_CODE, Ceremony::Enrol, payload)?;
        match kept.filter(|kept| kept.user.is_some() && kept.data.matches(&code)) {
            Some(kept) => Ok(Enrolled::Right {
                credentials: Vec::new(),
                replaces: false,
                effects: vec![MethodEffect::VerifyPhone(kept.data.to)],
                proven: proven(),
            }),
            None => Ok(Enrolled::Wrong),
        }
    }
}

fn text(cx: &MethodCx<'_>, ceremony: Ceremony) -> Result<Begun, MethodError> {
    let to = cx.person.and_then(|person| person.phone.clone()).ok_or(MethodError::NothingBound)?;
    let (code, kept) = SentCode::make(cx.entropy, to.clone());
    Ok(Begun {
        payload: Payload::seal(cx, MethodId::PHONE_CODE, ceremony, lifetime(), kept)?,
        delivery: Some(Delivery::Sms { to, code }),
        lifetime: lifetime(),
        max_attempts: MAX_ATTEMPTS,
    })
}

fn proven() -> Vec<Proven> {
    [Amr::Sms, Amr::Otp].map(|amr| Proven { factor: Factor::Possession, amr }).to_vec()
}

/// A number that its owner recognises and nobody else learns: `•••42`.
pub fn masked(phone: &Phone) -> String {
    let mut last: Vec<char> = phone.as_str().chars().rev().take(2).collect();
    last.reverse();
    format!("•••{}", last.into_iter().collect::<String>())
}
