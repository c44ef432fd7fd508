//! What every login method must do. A method's test crate writes a [`MethodCase`] (how a person answers) and runs
//! [`crate::method_tests!`].

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::Duration;
use serde_json::json;
use uuid::Uuid;
use vestibule_authn::{
    CredentialKind,
    method::{
        Answer, Begun, Enrolled, Judgement, LoginMethod, MethodCx, MethodEffect, MethodError, MethodRealm,
        OpenCredential, Person,
    },
};
use vestibule_kernel::{
    CredentialId, Digest, RealmId, Secret, Timestamp, UserId,
    contact::{Email, Phone},
    ports::Entropy,
};

/// How a person answers a method.
pub trait MethodCase {
    /// The method.
    fn method(&self) -> Box<dyn LoginMethod>;

    /// The right answer to a challenge that was begun now.
    fn right(&mut self, world: &World, begun: &Begun) -> Answer;

    /// A well-formed answer that is not right.
    fn wrong(&mut self, world: &World, begun: &Begun) -> Answer;

    /// Confirms an enrolment; `None` where nothing is bound.
    fn confirm(&mut self, world: &World, begun: &Begun) -> Option<Answer>;

    /// A well-formed answer that does not confirm an enrolment; `None` where there is none.
    fn misconfirm(&mut self, world: &World, begun: &Begun) -> Option<Answer>;

    /// Answers that the method must call malformed, beside those that no method understands.
    fn malformed(&self) -> Vec<Answer>;

    /// Whether an accepted answer is refused by what its effects stored, and not only because its challenge is spent.
    fn remembers(&self) -> bool;
}

/// Randomness that repeats in every run.
#[derive(Debug, Default)]
pub struct Sequence(AtomicU64);

impl Entropy for Sequence {
    fn bytes(&self) -> [u8; 32] {
        *Digest::of(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes()).as_bytes()
    }

    fn uuid(&self, _now: Timestamp) -> Uuid {
        Uuid::from_u128(u128::from(self.0.fetch_add(1, Ordering::Relaxed)))
    }
}

/// A realm, a person in it, and what they have bound.
pub struct World {
    /// The time.
    pub now: Timestamp,
    /// The realm.
    pub realm: MethodRealm,
    /// Who answers.
    pub person: Person,
    /// Their authenticators.
    pub credentials: Vec<OpenCredential>,
    /// Randomness.
    pub entropy: Sequence,
}

impl Default for World {
    fn default() -> Self {
        Self {
            now: Timestamp::UNIX_EPOCH + Duration::days(20_000),
            realm: realm(1),
            person: person(1),
            credentials: Vec::new(),
            entropy: Sequence::default(),
        }
    }
}

/// A realm on the host `id.example`.
pub fn realm(number: u128) -> MethodRealm {
    MethodRealm {
        id: RealmId::from_uuid(Uuid::from_u128(number)),
        name: "Acme: Shop".to_owned(),
        rp_id: "id.example".to_owned(),
        origins: vec!["https://id.example".to_owned()],
        email_link: true,
    }
}

/// A person with an address and a number.
pub fn person(number: u128) -> Person {
    Person {
        id: UserId::from_uuid(Uuid::from_u128(number)),
        login_name: format!("ada{number}@acme.test"),
        display_name: "Ada".to_owned(),
        email: Some(Email::parse(&format!("ada{number}@acme.test")).unwrap()),
        phone: Some(Phone::parse(&format!("+49301234{number:04}")).unwrap()),
        locale: None,
    }
}

impl World {
    /// What the method sees.
    pub fn cx(&self) -> MethodCx<'_> {
        self.cx_of(Some(&self.person))
    }

    /// What the method sees when it is about somebody else, or nobody.
    pub fn cx_of<'a>(&'a self, person: Option<&'a Person>) -> MethodCx<'a> {
        MethodCx {
            now: self.now,
            realm: &self.realm,
            entropy: &self.entropy,
            person,
            credentials: &self.credentials,
        }
    }

    /// A world in which the person has bound what the method needs.
    pub fn bound(case: &mut dyn MethodCase) -> Self {
        let mut world = Self::default();
        if case.method().facts().credential.is_some() {
            world.bind(case);
        }
        world.now += Duration::minutes(2);
        world
    }

    /// Binds one more authenticator.
    pub fn bind(&mut self, case: &mut dyn MethodCase) {
        let method = case.method();
        let begun = method.begin_enrolment(&self.cx()).unwrap();
        let answer = case.confirm(self, &begun).unwrap();
        let enrolled = method.finish_enrolment(&self.cx(), &begun.payload, &answer).unwrap();
        let Enrolled::Right { credentials, .. } = enrolled else { panic!("the enrolment was refused") };
        for new in credentials {
            self.credentials.push(OpenCredential {
                id: CredentialId::from_uuid(self.entropy.uuid(self.now)),
                user: self.person.id,
                external_id: new.external_id,
                label: new.label,
                secret: new.secret,
                created_at: self.now,
            });
        }
    }

    /// Carries out what an accepted answer asks for.
    pub fn apply(&mut self, effects: Vec<MethodEffect>) {
        for effect in effects {
            match effect {
                MethodEffect::Update { credential, secret, .. } => {
                    let stored = self.credentials.iter_mut().find(|stored| stored.id == credential);
                    stored.unwrap().secret = secret;
                }
                MethodEffect::Spend { credential } => {
                    self.credentials.retain(|stored| stored.id != credential);
                }
                MethodEffect::Used { .. } | MethodEffect::VerifyEmail(_) | MethodEffect::VerifyPhone(_) => {}
            }
        }
    }
}

/// Answers that no method understands.
fn nonsense() -> Vec<Answer> {
    let code = |text: &str| Answer::Code(Secret::new(text.to_owned()));
    vec![
        code(""),
        code("\u{0}"),
        code(&"7".repeat(100_000)),
        code("' OR 1=1 --"),
        Answer::Document(json!(null)),
        Answer::Document(json!([])),
        Answer::Document(json!({"id": 7, "rawId": {}, "response": []})),
        Answer::Document(json!({"id": "x".repeat(1_000_000)})),
    ]
}

fn is_wrong(judgement: Result<Judgement, MethodError>) -> bool {
    matches!(judgement, Ok(Judgement::Wrong))
}

/// The person's right answer is theirs, and proves what the method says it proves.
pub fn a_right_answer_proves_the_factor(case: &mut dyn MethodCase) {
    let mut world = World::bound(case);
    let method = case.method();
    let begun = method.begin(&world.cx()).unwrap();
    assert!(begun.max_attempts > 0 && begun.max_attempts <= 10);
    assert!(begun.lifetime > Duration::zero() && begun.lifetime <= Duration::minutes(10));
    let answer = case.right(&world, &begun);
    let judgement = method.judge(&world.cx(), &begun.payload, &answer).unwrap();
    let Judgement::Right { user, proven, effects } = judgement else { panic!("the right answer is wrong") };
    assert_eq!(user, world.person.id);
    assert!(proven.iter().any(|proven| proven.factor == method.facts().factor));
    if method.facts().credential.is_some() {
        let used = effects.iter().any(|effect| {
            matches!(
                effect,
                MethodEffect::Used { .. } | MethodEffect::Update { .. } | MethodEffect::Spend { .. }
            )
        });
        assert!(used, "what answered is not marked as used");
    }
    world.apply(effects);
    world.now += Duration::minutes(2);
    let again = method.begin(&world.cx()).unwrap();
    let answer = case.right(&world, &again);
    assert!(matches!(method.judge(&world.cx(), &again.payload, &answer), Ok(Judgement::Right { .. })));
}

/// Another answer proves nothing.
pub fn a_wrong_answer_is_wrong(case: &mut dyn MethodCase) {
    let world = World::bound(case);
    let begun = case.method().begin(&world.cx()).unwrap();
    let answer = case.wrong(&world, &begun);
    assert!(is_wrong(case.method().judge(&world.cx(), &begun.payload, &answer)));
}

/// What cannot be an answer is said to be malformed, whatever it is, and never panics.
pub fn malformed_answers_are_malformed(case: &mut dyn MethodCase) {
    let world = World::bound(case);
    let method = case.method();
    let begun = method.begin(&world.cx()).unwrap();
    for (index, answer) in nonsense().into_iter().chain(case.malformed()).enumerate() {
        let judged = method.judge(&world.cx(), &begun.payload, &answer);
        assert!(matches!(judged, Err(MethodError::Malformed)), "answer {index} of the malformed ones");
        let _ = method.names(&answer);
    }
    if let Ok(begun) = method.begin_enrolment(&world.cx()) {
        for (index, answer) in nonsense().into_iter().enumerate() {
            let judged = method.finish_enrolment(&world.cx(), &begun.payload, &answer);
            assert!(matches!(judged, Err(MethodError::Malformed)), "enrolment: answer {index}");
        }
    }
}

/// An accepted answer is not accepted again, where the method itself can know.
pub fn a_replayed_answer_is_wrong(case: &mut dyn MethodCase) {
    let mut world = World::bound(case);
    let method = case.method();
    let begun = method.begin(&world.cx()).unwrap();
    let answer = case.right(&world, &begun);
    let Ok(Judgement::Right { effects, .. }) = method.judge(&world.cx(), &begun.payload, &answer) else {
        panic!("the right answer is wrong")
    };
    world.apply(effects);
    if case.remembers() {
        let again = method.judge(&world.cx(), &begun.payload, &answer);
        assert!(matches!(again, Ok(Judgement::Wrong | Judgement::Cloned { .. })));
    }
    // Another challenge asks for another answer, unless the answer is one that is worth as much in both.
    if let Ok(other) = method.begin(&world.cx()) {
        let judged = method.judge(&world.cx(), &other.payload, &answer);
        assert!(!matches!(judged, Ok(Judgement::Right { .. })), "accepted for two challenges");
    }
}

/// The answer of one person is not the answer of another.
pub fn an_answer_counts_for_its_person_only(case: &mut dyn MethodCase) {
    let world = World::bound(case);
    let method = case.method();
    let begun = method.begin(&world.cx()).unwrap();
    let answer = case.right(&world, &begun);
    let other = person(2);
    assert!(is_wrong(method.judge(&world.cx_of(Some(&other)), &begun.payload, &answer)));
    if !method.facts().discovers {
        assert!(is_wrong(method.judge(&world.cx_of(None), &begun.payload, &answer)));
    }
}

/// What one realm asked is not answered in another.
pub fn an_answer_counts_in_its_realm_only(case: &mut dyn MethodCase) {
    let mut world = World::bound(case);
    let method = case.method();
    let begun = method.begin(&world.cx()).unwrap();
    let answer = case.right(&world, &begun);
    world.realm = realm(2);
    let judged = method.judge(&world.cx(), &begun.payload, &answer);
    assert!(matches!(judged, Err(MethodError::Unusable)));
}

/// An answer that comes too late is wrong.
pub fn an_expired_challenge_is_not_answered(case: &mut dyn MethodCase) {
    let mut world = World::bound(case);
    let method = case.method();
    let begun = method.begin(&world.cx()).unwrap();
    let answer = case.right(&world, &begun);
    world.now += begun.lifetime;
    assert!(is_wrong(method.judge(&world.cx(), &begun.payload, &answer)));
}

/// A damaged payload is an error, and shows nothing.
pub fn a_damaged_payload_is_unusable(case: &mut dyn MethodCase) {
    let world = World::bound(case);
    let method = case.method();
    let begun = method.begin(&world.cx()).unwrap();
    let answer = case.right(&world, &begun);
    for payload in [&b""[..], b"{}", b"\xff\xfe", &begun.payload[..begun.payload.len() / 2]] {
        assert!(matches!(method.judge(&world.cx(), payload, &answer), Err(MethodError::Unusable)));
        assert_eq!(method.present(payload), vestibule_authn::method::Presentation::default());
    }
}

/// Whoever has nothing to answer with gets no challenge, and nobody's page shows a secret.
pub fn nothing_is_begun_for_nobody(case: &mut dyn MethodCase) {
    let world = World::bound(case);
    let method = case.method();
    let nobody = method.begin(&world.cx_of(None));
    if method.facts().discovers {
        assert!(nobody.unwrap().delivery.is_none());
    } else {
        assert!(matches!(nobody, Err(MethodError::NothingBound)));
        let bare = Person { email: None, phone: None, ..person(2) };
        assert!(matches!(method.begin(&world.cx_of(Some(&bare))), Err(MethodError::NothingBound)));
    }
    let begun = method.begin(&world.cx()).unwrap();
    let code = match &begun.delivery {
        Some(
            vestibule_authn::method::Delivery::Email { code, .. }
            | vestibule_authn::method::Delivery::Sms { code, .. },
        ) => code.expose().to_owned(),
        None => return,
    };
    let kept = String::from_utf8(begun.payload.to_vec()).unwrap();
    assert!(!kept.contains(&code), "the payload holds the code in clear");
    let shown = serde_json::to_string(&method.present(&begun.payload)).unwrap();
    assert!(!shown.contains(&code), "the page shows the code");
}

/// Binding takes a right answer, in time, by the same person, in the same realm.
pub fn an_enrolment_is_confirmed_by_its_person(case: &mut dyn MethodCase) {
    let mut world = World::default();
    let method = case.method();
    let facts = method.facts();
    if facts.credential.is_none() && !facts.second {
        assert!(matches!(method.begin_enrolment(&world.cx()), Err(MethodError::Unsupported)));
        return;
    }
    assert!(method.begin_enrolment(&world.cx_of(None)).is_err());
    let begun = method.begin_enrolment(&world.cx()).unwrap();
    if let Some(wrong) = case.misconfirm(&world, &begun) {
        assert!(matches!(method.finish_enrolment(&world.cx(), &begun.payload, &wrong), Ok(Enrolled::Wrong)));
    }
    let answer = case.confirm(&world, &begun).unwrap();
    let other = person(2);
    let judged = method.finish_enrolment(&world.cx_of(Some(&other)), &begun.payload, &answer);
    assert!(matches!(judged, Ok(Enrolled::Wrong)));
    let right = method.finish_enrolment(&world.cx(), &begun.payload, &answer).unwrap();
    let Enrolled::Right { credentials, effects, .. } = right else { panic!("the enrolment was refused") };
    // What is bound is an authenticator, or a contact of the account.
    assert_eq!(credentials.is_empty(), facts.credential.is_none());
    assert_eq!(effects.is_empty(), facts.credential.is_some());
    for credential in &credentials {
        assert_eq!(Some(credential.kind), facts.credential);
        let facts = serde_json::to_string(&credential.facts).unwrap();
        assert!(facts.len() < 2_000, "facts are for lists");
    }
    let elsewhere = std::mem::replace(&mut world.realm, realm(2));
    let judged = method.finish_enrolment(&world.cx(), &begun.payload, &answer);
    assert!(matches!(judged, Err(MethodError::Unusable)));
    world.realm = elsewhere;
    world.now += begun.lifetime;
    let judged = method.finish_enrolment(&world.cx(), &begun.payload, &answer);
    assert!(matches!(judged, Ok(Enrolled::Wrong)));
}

/// A challenge of one ceremony does not serve the other.
pub fn an_enrolment_proves_nothing(case: &mut dyn MethodCase) {
    let world = World::bound(case);
    let method = case.method();
    let Ok(enrolment) = method.begin_enrolment(&world.cx()) else { return };
    let challenge = method.begin(&world.cx()).unwrap();
    let answer = case.right(&world, &challenge);
    let judged = method.judge(&world.cx(), &enrolment.payload, &answer);
    assert!(matches!(judged, Err(MethodError::Unusable)));
    let confirmation = case.confirm(&world, &enrolment).unwrap();
    let judged = method.finish_enrolment(&world.cx(), &challenge.payload, &confirmation);
    assert!(matches!(judged, Err(MethodError::Unusable)));
}

/// A second factor is never a mailbox, and a method is some factor.
pub fn facts_are_consistent(case: &mut dyn MethodCase) {
    let facts = case.method().facts();
    assert!(facts.first || facts.second);
    assert!(!(facts.second && facts.factor == vestibule_kernel::assurance::Factor::Mailbox));
    assert!(!(facts.discovers && facts.credential.is_none()));
    assert_ne!(facts.credential, Some(CredentialKind::Password));
    let shaped = |c: char| c.is_ascii_lowercase() || c == '_';
    assert!(facts.id.as_str().chars().all(shaped));
}

/// Makes one test per rule, in a module of the given name. The expression makes a fresh [`MethodCase`].
#[macro_export]
macro_rules! method_tests {
    ($module:ident, $case:expr) => {
        $crate::method_tests!(@rules $module, $case,
            a_right_answer_proves_the_factor,
            a_wrong_answer_is_wrong,
            malformed_answers_are_malformed,
            a_replayed_answer_is_wrong,
            an_answer_counts_for_its_person_only,
            an_answer_counts_in_its_realm_only,
            an_expired_challenge_is_not_answered,
            a_damaged_payload_is_unusable,
            nothing_is_begun_for_nobody,
            an_enrolment_is_confirmed_by_its_person,
            an_enrolment_proves_nothing,
            facts_are_consistent,
        );
    };
    (@rules $module:ident, $case:expr, $($rule:ident,)+) => {
        mod $module {
            use super::*;

            $(
                #[test]
                fn $rule() {
                    $crate::method::$rule(&mut $case);
                }
            )+
        }
    };
}
