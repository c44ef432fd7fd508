//! Security keys against the contract of a login method, and what WebAuthn says must be refused.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use serde_json::{Value, json};
use vestibule_authn::{
    LoginMethod,
    method::{Answer, Begun, Enrolled, Judgement, MethodEffect, MethodError},
};
use vestibule_conformance::{
    authenticator::{Behaviour, SoftAuthenticator},
    method::{MethodCase, World, person, realm},
    method_tests,
};
use vestibule_kernel::assurance::{Acr, Amr, Factor};
use vestibule_webauthn::{Passkeys, SecurityKeys};

/// A key of the U2F kind.
struct Key(SoftAuthenticator);

impl Default for Key {
    fn default() -> Self {
        let mut device = SoftAuthenticator::new("https://id.example");
        device.behaviour = Behaviour::touch();
        Self(device)
    }
}

fn asked(begun: &Begun) -> Value {
    SecurityKeys.present(&begun.payload).webauthn.unwrap()
}

fn made(begun: &Begun) -> Value {
    SecurityKeys.present_enrolment(&begun.payload).webauthn.unwrap()
}

impl Key {
    /// One answer while it behaves otherwise.
    fn lying<T>(&mut self, behaviour: Behaviour, run: impl FnOnce(&mut SoftAuthenticator) -> T) -> T {
        self.0.behaviour = behaviour;
        let answer = run(&mut self.0);
        self.0.behaviour = Behaviour::touch();
        answer
    }
}

impl MethodCase for Key {
    fn method(&self) -> Box<dyn LoginMethod> {
        Box::new(SecurityKeys)
    }

    fn right(&mut self, _: &World, begun: &Begun) -> Answer {
        Answer::Document(self.0.get(&asked(begun)))
    }

    fn wrong(&mut self, _: &World, begun: &Begun) -> Answer {
        let untouched = Behaviour { present: false, ..Behaviour::touch() };
        Answer::Document(self.lying(untouched, |device| device.get(&asked(begun))))
    }

    fn confirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        Some(Answer::Document(self.0.create(&made(begun))))
    }

    fn misconfirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        let elsewhere = Behaviour { origin: Some("https://evil.example".to_owned()), ..Behaviour::touch() };
        Some(Answer::Document(self.lying(elsewhere, |device| device.create(&made(begun)))))
    }

    fn malformed(&self) -> Vec<Answer> {
        vec![
            Answer::Document(json!({"id": "AAAA", "rawId": "AAAA", "type": "public-key"})),
            Answer::Document(json!({"id": "!", "rawId": "!", "type": "public-key", "response": {
                "clientDataJSON": "?", "authenticatorData": "?", "signature": "?"}})),
        ]
    }

    fn remembers(&self) -> bool {
        true
    }
}

method_tests!(security_key, Key::default());

/// Every lie of a browser or authenticator that WebAuthn §7 names. That nobody was verified is none here.
fn lies() -> Vec<(&'static str, Behaviour)> {
    let honest = Behaviour::touch;
    let text = |text: &str| Some(text.to_owned());
    vec![
        ("another origin", Behaviour { origin: text("https://evil.example"), ..honest() }),
        ("a subdomain", Behaviour { origin: text("https://a.id.example"), ..honest() }),
        ("another relying party", Behaviour { rp_id: text("evil.example"), ..honest() }),
        ("another challenge", Behaviour { challenge: text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), ..honest() }),
        ("another ceremony", Behaviour { kind: Some("payment.get"), ..honest() }),
        ("a framed page", Behaviour { framed: true, ..honest() }),
        ("nobody present", Behaviour { present: false, ..honest() }),
        ("backed up without being eligible", Behaviour { claims_backup: true, ..honest() }),
    ]
}

#[test]
fn answers_that_are_not_for_this_site_and_question_are_wrong() {
    for (lie, behaviour) in lies() {
        let mut key = Key::default();
        let world = World::bound(&mut key);
        let begun = SecurityKeys.begin(&world.cx()).unwrap();
        let answer = key.lying(behaviour, |device| device.get(&asked(&begun)));
        let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Judgement::Wrong)), "{lie}");
    }
}

#[test]
fn keys_that_are_not_for_this_site_and_question_are_not_bound() {
    let mut lies = lies();
    lies.push(("an id too long by one", Behaviour { id_length: 1_024, ..Behaviour::touch() }));
    for (lie, behaviour) in lies {
        let mut key = Key::default();
        let world = World::default();
        let begun = SecurityKeys.begin_enrolment(&world.cx()).unwrap();
        let answer = key.lying(behaviour, |device| device.create(&made(&begun)));
        let judged = SecurityKeys.finish_enrolment(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Enrolled::Wrong)), "{lie}");
    }
}

#[test]
fn it_is_asked_for_a_touch_and_lists_the_keys_of_its_person() {
    let mut key = Key::default();
    let mut world = World::bound(&mut key);
    world.bind(&mut key);
    let ask = asked(&SecurityKeys.begin(&world.cx()).unwrap());
    assert_eq!(ask["userVerification"], "discouraged");
    assert_eq!(ask["rpId"], "id.example");
    assert_eq!(ask["allowCredentials"].as_array().unwrap().len(), 2);
    let make = made(&SecurityKeys.begin_enrolment(&world.cx()).unwrap());
    assert_eq!(make["excludeCredentials"].as_array().unwrap().len(), 2, "none is added twice");
    assert_eq!(
        make["authenticatorSelection"],
        json!({"authenticatorAttachment": "cross-platform", "residentKey": "discouraged",
               "requireResidentKey": false, "userVerification": "discouraged"})
    );
    assert_eq!(make["attestation"], "none");
    assert_eq!(make["hints"], json!(["security-key"]));
    // Nobody else's keys are listed, and without any there is no question.
    world.credentials[0].user = person(2).id;
    let ask = asked(&SecurityKeys.begin(&world.cx()).unwrap());
    assert_eq!(ask["allowCredentials"].as_array().unwrap().len(), 1);
    world.credentials[1].user = person(2).id;
    assert!(matches!(SecurityKeys.begin(&world.cx()), Err(MethodError::NothingBound)));
}

#[test]
fn it_is_one_factor_whatever_else_the_key_checked() {
    for (behaviour, word) in [
        (Behaviour::touch(), Amr::Hwk),
        (Behaviour { verified: true, ..Behaviour::touch() }, Amr::Hwk),
        (Behaviour { synced: true, ..Behaviour::touch() }, Amr::Swk),
    ] {
        let mut key = Key::default();
        let mut world = World::default();
        let begun = SecurityKeys.begin_enrolment(&world.cx()).unwrap();
        let made = key.lying(behaviour.clone(), |device| device.create(&made(&begun)));
        let made = SecurityKeys.finish_enrolment(&world.cx(), &begun.payload, &Answer::Document(made));
        let Ok(Enrolled::Right { credentials, proven, .. }) = made else { panic!("the key is refused") };
        assert_eq!(proven.len(), 1);
        assert_eq!(json!(credentials[0].facts)["synced"], behaviour.synced);
        let new = credentials.into_iter().next().unwrap();
        world.credentials.push(vestibule_authn::method::OpenCredential {
            id: vestibule_kernel::CredentialId::from_uuid(uuid::Uuid::from_u128(7)),
            user: world.person.id,
            external_id: new.external_id,
            label: new.label,
            secret: new.secret,
            created_at: world.now,
        });
        let begun = SecurityKeys.begin(&world.cx()).unwrap();
        let answer = key.lying(behaviour, |device| device.get(&asked(&begun)));
        let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        let Ok(Judgement::Right { proven, .. }) = judged else { panic!("a right answer is refused") };
        assert_eq!(
            proven.iter().map(|one| (one.factor, one.amr)).collect::<Vec<_>>(),
            [(Factor::Possession, word)]
        );
        let mut factors: std::collections::BTreeSet<_> = proven.iter().map(|one| one.factor).collect();
        assert_eq!(Acr::of(&factors), Some(Acr::SingleFactor));
        factors.insert(Factor::Knowledge);
        assert_eq!(Acr::of(&factors), Some(Acr::MultiFactor), "beside a password it is the second");
    }
}

#[test]
fn a_counter_that_goes_back_is_a_copy_also_against_what_was_counted_since_the_question() {
    let mut key = Key::default();
    let mut world = World::bound(&mut key);
    let before = SecurityKeys.begin(&world.cx()).unwrap();
    let begun = SecurityKeys.begin(&world.cx()).unwrap();
    let answer = key.lying(Behaviour { counts: 7, ..Behaviour::touch() }, |key| key.get(&asked(&begun)));
    let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    let Ok(Judgement::Right { effects, .. }) = judged else { panic!("a right answer is refused") };
    world.apply(effects);
    for (back, begun) in [
        (0, &SecurityKeys.begin(&world.cx()).unwrap()),
        (-1, &SecurityKeys.begin(&world.cx()).unwrap()),
        (-2, &before),
    ] {
        let behaviour = Behaviour { counts: back, ..Behaviour::touch() };
        let answer = key.lying(behaviour, |device| device.get(&asked(begun)));
        let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Judgement::Cloned { .. })), "counted by {back}");
    }
}

#[test]
fn a_key_that_became_copyable_is_wrong() {
    let mut key = Key::default();
    let world = World::bound(&mut key);
    let begun = SecurityKeys.begin(&world.cx()).unwrap();
    let synced = Behaviour { synced: true, ..Behaviour::touch() };
    let answer = key.lying(synced, |device| device.get(&asked(&begun)));
    let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    assert!(matches!(judged, Ok(Judgement::Wrong)));
}

#[test]
fn a_handle_need_not_be_there_and_must_not_be_another_one_s() {
    let mut key = Key::default();
    let world = World::bound(&mut key);
    let begun = SecurityKeys.begin(&world.cx()).unwrap();
    let knowing = Behaviour { handle: true, ..Behaviour::touch() };
    let mut answer = key.lying(knowing, |device| device.get(&asked(&begun)));
    answer["response"]["userHandle"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    assert!(matches!(judged, Ok(Judgement::Wrong)), "another one's handle");
    for handle in
        [Some(made(&SecurityKeys.begin_enrolment(&world.cx()).unwrap())["user"]["id"].clone()), None]
    {
        let begun = SecurityKeys.begin(&world.cx()).unwrap();
        let mut answer = key.0.get(&asked(&begun));
        answer["response"]["userHandle"] = handle.clone().unwrap_or_else(|| json!(""));
        let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Judgement::Right { .. })), "{handle:?}");
    }
}

#[test]
fn what_one_method_asked_the_other_does_not_judge() {
    let mut key = Key::default();
    let world = World::bound(&mut key);
    let begun = SecurityKeys.begin(&world.cx()).unwrap();
    let answer = Answer::Document(key.0.get(&asked(&begun)));
    assert!(matches!(Passkeys.judge(&world.cx(), &begun.payload, &answer), Err(MethodError::Unusable)));
    let other = Passkeys.begin(&world.cx()).unwrap();
    assert!(matches!(SecurityKeys.judge(&world.cx(), &other.payload, &answer), Err(MethodError::Unusable)));
}

#[test]
fn a_host_without_a_name_has_no_security_keys() {
    let mut world = World { realm: realm(1), ..World::default() };
    world.realm.rp_id = "192.0.2.1".to_owned();
    world.realm.origins = vec!["https://192.0.2.1".to_owned()];
    assert!(matches!(SecurityKeys.begin_enrolment(&world.cx()), Err(MethodError::Unsupported)));
}

/// What stays of an answer: neither challenges nor lists grow by what an authenticator says about itself.
#[test]
fn a_sign_in_keeps_up_the_counter_and_whether_a_key_is_backed_up() {
    let mut key = Key::default();
    let world = World::bound(&mut key);
    let begun = SecurityKeys.begin(&world.cx()).unwrap();
    let answer = key.right(&world, &begun);
    let Ok(Judgement::Right { effects, .. }) = SecurityKeys.judge(&world.cx(), &begun.payload, &answer)
    else {
        panic!("a right answer is refused")
    };
    let MethodEffect::Update { facts, secret, .. } = &effects[0] else { panic!("not an update") };
    assert_eq!(json!(facts), json!({"backed_up": false}));
    let stored: Value = serde_json::from_slice(secret).unwrap();
    assert_eq!(stored["key"]["cred"]["counter"], 1);
}
