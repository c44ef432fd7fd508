//! Passkeys against the contract of a login method, and what WebAuthn says must be refused.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule_authn::{
    LoginMethod,
    method::{Answer, Begun, Enrolled, Judgement, MethodEffect, MethodError},
};
use vestibule_conformance::{
    authenticator::{Behaviour, SoftAuthenticator},
    method::{MethodCase, World, realm},
    method_tests,
};
use vestibule_kernel::assurance::{Acr, Amr};
use vestibule_webauthn::Passkeys;

struct Device(SoftAuthenticator);

impl Default for Device {
    fn default() -> Self {
        Self(SoftAuthenticator::new("https://id.example"))
    }
}

fn asked(begun: &Begun) -> Value {
    Passkeys.present(&begun.payload).webauthn.unwrap()
}

fn made(begun: &Begun) -> Value {
    Passkeys.present_enrolment(&begun.payload).webauthn.unwrap()
}

impl Device {
    /// One answer while it behaves otherwise.
    fn lying<T>(&mut self, behaviour: Behaviour, run: impl FnOnce(&mut SoftAuthenticator) -> T) -> T {
        self.0.behaviour = behaviour;
        let answer = run(&mut self.0);
        self.0.behaviour = Behaviour::default();
        answer
    }
}

impl MethodCase for Device {
    fn method(&self) -> Box<dyn LoginMethod> {
        Box::new(Passkeys)
    }

    fn right(&mut self, _: &World, begun: &Begun) -> Answer {
        Answer::Document(self.0.get(&asked(begun)))
    }

    fn wrong(&mut self, _: &World, begun: &Begun) -> Answer {
        let unverified = Behaviour { verified: false, ..Behaviour::default() };
        Answer::Document(self.lying(unverified, |device| device.get(&asked(begun))))
    }

    fn confirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        Some(Answer::Document(self.0.create(&made(begun))))
    }

    fn misconfirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        let elsewhere = Behaviour { origin: Some("https://evil.example".to_owned()), ..Behaviour::default() };
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

method_tests!(passkey, Device::default());

/// Every lie of a browser or authenticator that WebAuthn §7 names.
fn lies() -> Vec<(&'static str, Behaviour)> {
    let honest = Behaviour::default;
    let text = |text: &str| Some(text.to_owned());
    vec![
        ("another origin", Behaviour { origin: text("https://evil.example"), ..honest() }),
        ("an origin that ends alike", Behaviour { origin: text("https://evilid.example"), ..honest() }),
        ("a subdomain", Behaviour { origin: text("https://a.id.example"), ..honest() }),
        ("another port", Behaviour { origin: text("https://id.example:8443"), ..honest() }),
        ("another relying party", Behaviour { rp_id: text("evil.example"), ..honest() }),
        ("another challenge", Behaviour { challenge: text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), ..honest() }),
        ("another ceremony", Behaviour { kind: Some("payment.get"), ..honest() }),
        ("a framed page", Behaviour { framed: true, ..honest() }),
        ("nobody verified", Behaviour { verified: false, ..honest() }),
        ("nobody present", Behaviour { present: false, ..honest() }),
        ("backed up without being eligible", Behaviour { claims_backup: true, ..honest() }),
    ]
}

#[test]
fn answers_that_are_not_for_this_site_and_question_are_wrong() {
    for (lie, behaviour) in lies() {
        let mut device = Device::default();
        let world = World::bound(&mut device);
        let begun = Passkeys.begin(&world.cx()).unwrap();
        let answer = device.lying(behaviour, |device| device.get(&asked(&begun)));
        let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Judgement::Wrong)), "{lie}");
    }
}

#[test]
fn keys_that_are_not_for_this_site_and_question_are_not_bound() {
    for (lie, behaviour) in lies() {
        let mut device = Device::default();
        let world = World::default();
        let begun = Passkeys.begin_enrolment(&world.cx()).unwrap();
        let answer = device.lying(behaviour, |device| device.create(&made(&begun)));
        let judged = Passkeys.finish_enrolment(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Enrolled::Wrong)), "{lie}");
    }
}

#[test]
fn a_new_key_is_of_an_offered_algorithm_and_has_an_id_that_can_be_kept() {
    const ES512: i8 = -36;
    let honest = Behaviour::default;
    let of = |algorithm: i8| Behaviour { algorithm: Some(algorithm), ..honest() };
    for (new, behaviour, bound) in [
        ("the longest id", Behaviour { id_length: 1_023, ..honest() }, true),
        ("an id too long by one", Behaviour { id_length: 1_024, ..honest() }, false),
        ("ES512, which the library knows and was not offered", of(ES512), false),
        ("no algorithm there is", of(-20), false),
    ] {
        let mut device = Device::default();
        let world = World::default();
        let begun = Passkeys.begin_enrolment(&world.cx()).unwrap();
        let offered = made(&begun)["pubKeyCredParams"].as_array().unwrap().clone();
        assert!(offered.iter().any(|one| one["alg"] == -7) && offered.iter().all(|one| one["alg"] != ES512));
        let answer = device.lying(behaviour, |device| device.create(&made(&begun)));
        let judged = Passkeys.finish_enrolment(&world.cx(), &begun.payload, &Answer::Document(answer));
        match judged {
            Ok(Enrolled::Right { credentials, .. }) => {
                assert!(bound, "{new} was bound");
                assert_eq!(credentials[0].external_id.as_ref().map(Vec::len), Some(1_023));
            }
            Ok(Enrolled::Wrong) => assert!(!bound, "{new} was refused"),
            Err(error) => panic!("{new}: {error}"),
        }
    }
}

#[test]
fn challenges_are_random_and_long_enough() {
    let mut device = Device::default();
    let world = World::bound(&mut device);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let ask = asked(&Passkeys.begin(&world.cx()).unwrap());
        let make = made(&Passkeys.begin_enrolment(&world.cx()).unwrap());
        for options in [ask, make] {
            let challenge = options["challenge"].as_str().unwrap();
            let bytes = URL_SAFE_NO_PAD.decode(challenge).unwrap();
            assert!(bytes.len() >= 16, "{challenge}");
            assert!(seen.insert(bytes), "a challenge came twice");
        }
    }
}

#[test]
fn a_sign_in_keeps_up_whether_a_key_is_backed_up() {
    let mut device = Device::default();
    device.0.behaviour.synced = true;
    let mut world = World::bound(&mut device);
    for backed_up in [false, true, false] {
        device.0.behaviour.backed_up = backed_up;
        let begun = Passkeys.begin(&world.cx()).unwrap();
        let answer = device.right(&world, &begun);
        let judged = Passkeys.judge(&world.cx(), &begun.payload, &answer);
        let Ok(Judgement::Right { effects, .. }) = judged else { panic!("a right answer is refused") };
        let MethodEffect::Update { facts, .. } = &effects[0] else { panic!("not an update") };
        assert_eq!(json!(facts), json!({"backed_up": backed_up}));
        world.apply(effects);
    }
}

#[test]
fn a_counter_that_goes_back_is_a_copy() {
    let mut device = Device::default();
    let mut world = World::bound(&mut device);
    let begun = Passkeys.begin(&world.cx()).unwrap();
    let answer = device.lying(Behaviour { counts: 7, ..Behaviour::default() }, |key| key.get(&asked(&begun)));
    let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    let Ok(Judgement::Right { effects, .. }) = judged else { panic!("a right answer is refused") };
    world.apply(effects);
    for back in [0, -1] {
        let begun = Passkeys.begin(&world.cx()).unwrap();
        let behaviour = Behaviour { counts: back, ..Behaviour::default() };
        let answer = device.lying(behaviour, |device| device.get(&asked(&begun)));
        let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Judgement::Cloned { .. })), "counted by {back}");
    }
}

#[test]
fn a_passkey_without_its_owner_s_handle_is_wrong() {
    let mut device = Device::default();
    let world = World::bound(&mut device);
    let begun = Passkeys.begin(&world.cx()).unwrap();
    let silent = Behaviour { handle: false, ..Behaviour::default() };
    let mut answer = device.lying(silent, |device| device.get(&asked(&begun)));
    let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer.clone()));
    assert!(matches!(judged, Ok(Judgement::Wrong)), "no handle");
    answer["response"]["userHandle"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    assert!(matches!(judged, Ok(Judgement::Wrong)), "another one's handle");
}

#[test]
fn a_key_that_became_copyable_is_wrong() {
    let mut device = Device::default();
    let world = World::bound(&mut device);
    let begun = Passkeys.begin(&world.cx()).unwrap();
    let synced = Behaviour { synced: true, ..Behaviour::default() };
    let answer = device.lying(synced, |device| device.get(&asked(&begun)));
    let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    assert!(matches!(judged, Ok(Judgement::Wrong)));
}

#[test]
fn a_passkey_is_two_factors_and_says_what_it_is() {
    for (synced, word) in [(false, Amr::Hwk), (true, Amr::Swk)] {
        let mut device = Device::default();
        device.0.behaviour.synced = synced;
        let world = World::bound(&mut device);
        let begun = Passkeys.begin(&world.cx()).unwrap();
        let answer = device.right(&world, &begun);
        let judged = Passkeys.judge(&world.cx(), &begun.payload, &answer);
        let Ok(Judgement::Right { proven, .. }) = judged else { panic!("a right answer is refused") };
        let factors = proven.iter().map(|one| one.factor).collect();
        assert_eq!(Acr::of(&factors), Some(Acr::MultiFactor));
        assert_eq!(proven.iter().map(|one| one.amr).collect::<Vec<_>>(), [word, Amr::User]);
    }
}

#[test]
fn handles_are_random_shared_by_a_person_s_keys_and_say_nothing() {
    let mut device = Device::default();
    let mut world = World::bound(&mut device);
    let begun = Passkeys.begin_enrolment(&world.cx()).unwrap();
    let options = made(&begun);
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(options["rp"]["id"], "id.example");
    assert_eq!(options["user"]["displayName"], "Ada, Acme: Shop");
    let handle = options["user"]["id"].clone();
    assert_ne!(handle, json!(world.person.id.to_string()));
    let again = Passkeys.begin_enrolment(&world.cx()).unwrap();
    assert_eq!(made(&again)["user"]["id"], handle);
    world.credentials.clear();
    let anew = Passkeys.begin_enrolment(&world.cx()).unwrap();
    assert_ne!(made(&anew)["user"]["id"], handle);
}

#[test]
fn a_new_key_is_named_after_its_maker_and_listed_with_plain_facts() {
    let mut device = Device::default();
    device.0.behaviour.synced = true;
    let world = World::default();
    let begun = Passkeys.begin_enrolment(&world.cx()).unwrap();
    let answer = device.confirm(&world, &begun).unwrap();
    let Ok(Enrolled::Right { credentials, .. }) =
        Passkeys.finish_enrolment(&world.cx(), &begun.payload, &answer)
    else {
        panic!("the enrolment was refused")
    };
    assert_eq!(credentials[0].label.as_deref(), Some("Google Password Manager"));
    let mut facts = credentials[0].facts.clone();
    // Random, and what the authenticator was given.
    let handle = facts.remove("user_handle").unwrap();
    assert_eq!(handle, made(&begun)["user"]["id"]);
    assert_eq!(
        json!(facts),
        json!({"aaguid": "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", "transports": ["hybrid", "internal"],
               "synced": true, "backed_up": true})
    );
}

#[test]
fn options_tell_nothing_of_the_account() {
    let mut device = Device::default();
    let world = World::bound(&mut device);
    for person in [None, Some(&world.person)] {
        let begun = Passkeys.begin(&world.cx_of(person)).unwrap();
        let options = asked(&begun);
        assert_eq!(options["allowCredentials"], json!([]));
        assert_eq!(options["userVerification"], "required");
        assert_eq!(options["rpId"], "id.example");
    }
}

#[test]
fn further_origins_of_the_realm_are_as_good_as_its_own() {
    let android = "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    for origin in ["https://acme.example", android] {
        let mut world = World { realm: realm(1), ..World::default() };
        let before = enrolled_from(&world, origin);
        assert!(matches!(before, Enrolled::Wrong), "{origin} is not named yet");
        world.realm.origins.push(origin.to_owned());
        assert!(matches!(enrolled_from(&world, origin), Enrolled::Right { .. }), "{origin}");
    }
}

/// What becomes of a passkey that a page or application of this origin makes.
fn enrolled_from(world: &World, origin: &str) -> Enrolled {
    let begun = Passkeys.begin_enrolment(&world.cx()).unwrap();
    let mut device = SoftAuthenticator::new(origin);
    let answer = Answer::Document(device.create(&made(&begun)));
    Passkeys.finish_enrolment(&world.cx(), &begun.payload, &answer).unwrap()
}

#[test]
fn a_host_without_a_name_has_no_passkeys() {
    let mut world = World { realm: realm(1), ..World::default() };
    world.realm.rp_id = "192.0.2.1".to_owned();
    world.realm.origins = vec!["https://192.0.2.1".to_owned()];
    assert!(matches!(Passkeys.begin(&world.cx()), Err(MethodError::Unsupported)));
}
