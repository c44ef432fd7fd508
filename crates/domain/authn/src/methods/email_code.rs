//! A code by mail. It proves a mailbox: a way in, never a second factor and no NIST level (SP 800-63B-4 §3.1.3.1).

use vestibule_kernel::{
    assurance::{Amr, Factor},
    contact::Email,
};

use super::{
    kept::{Ceremony, Kept},
    one_time::{LENGTH, MAX_ATTEMPTS, SentCode, lifetime},
    typed,
};
use crate::method::{
    Answer, Begun, Delivery, Judgement, LoginMethod, MethodCx, MethodEffect, MethodError, MethodFacts,
    MethodId, Presentation, Proven,
};

/// Six digits, and a link where the realm wants one, sent to the person's address.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmailCode;

type Payload = Kept<SentCode<Email>>;

impl LoginMethod for EmailCode {
    fn facts(&self) -> MethodFacts {
        MethodFacts {
            id: MethodId::EMAIL_CODE,
            factor: Factor::Mailbox,
            credential: None,
            first: true,
            second: false,
            several: false,
            discovers: false,
        }
    }

    fn begin(&self, cx: &MethodCx<'_>) -> Result<Begun, MethodError> {
        let to = cx.person.and_then(|person| person.email.clone()).ok_or(MethodError::NothingBound)?;
        let (code, kept) = SentCode::make(cx.entropy, to.clone());
        Ok(Begun {
            payload: Payload::seal(cx, MethodId::EMAIL_CODE, Ceremony::Prove, lifetime(), kept)?,
            delivery: Some(Delivery::Email { to, code, link: cx.realm.email_link }),
            lifetime: lifetime(),
            max_attempts: MAX_ATTEMPTS,
        })
    }

    fn present(&self, payload: &[u8]) -> Presentation {
        let sent_to = Payload::peek(payload).map(|kept| masked(&kept.data.to));
        Presentation { sent_to, ..Presentation::default() }
    }

    fn judge(&self, cx: &MethodCx<'_>, payload: &[u8], answer: &Answer) -> Result<Judgement, MethodError> {
        let code = typed::digits(answer, LENGTH)?;
        let kept = Payload::open(cx, &MethodId::EMAIL_CODE, Ceremony::Prove, payload)?;
        let (Some(kept), Some(person)) = (kept, cx.person) else { return Ok(Judgement::Wrong) };
        // The address may have changed since: a code sent to the old mailbox proves nothing any more.
        let current = person.email.as_ref().is_some_and(|email| email.normal() == kept.data.to.normal());
        if !kept.data.matches(&code) || !current {
            return Ok(Judgement::Wrong);
        }
        Ok(Judgement::Right {
            user: person.id,
            proven: vec![Proven { factor: Factor::Mailbox, amr: Amr::Otp }],
            effects: vec![MethodEffect::VerifyEmail(kept.data.to)],
        })
    }
}

/// An address that its owner recognises and nobody else learns: `a•••@acme.test`.
pub fn masked(email: &Email) -> String {
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or((email.as_str(), ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}
