//! Passkeys against the contract of a login method, and what WebAuthn says must be refused.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod shared;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use shared::{Kind, asked, made};
use vestibule_authn::{
    LoginMethod,
    method::{Answer, Enrolled, Judgement, MethodEffect, MethodError},
};
use vestibule_conformance::{
    authenticator::{Behaviour, SoftAuthenticator},
    method::{MethodCase, World, realm},
    method_tests,
};
use vestibule_kernel::assurance::{Acr, Amr};
use vestibule_webauthn::Passkeys;

impl Kind for Passkeys {
    const METHOD: Self = Self;

    fn honest() -> Behaviour {
        Behaviour::default()
    }

    fn wrong() -> Behaviour {
        Behaviour { verified: false, ..Behaviour::default() }
    }
}

type Device = shared::Device<Passkeys>;

method_tests!(passkey, Device::default());

#[test]
fn answers_that_are_not_for_this_site_and_question_are_wrong() {
    let mut lies = shared::lies::<Passkeys>();
    lies.push(("nobody verified", Passkeys::wrong()));
    shared::are_wrong::<Passkeys>(lies);
}

#[test]
fn keys_that_are_not_for_this_site_and_question_are_not_bound() {
    let mut lies = shared::lies::<Passkeys>();
    lies.push(("nobody verified", Passkeys::wrong()));
    shared::are_not_bound::<Passkeys>(lies);
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
        let offered = made::<Passkeys>(&begun)["pubKeyCredParams"].as_array().unwrap().clone();
        assert!(offered.iter().any(|one| one["alg"] == -7) && offered.iter().all(|one| one["alg"] != ES512));
        let answer = device.lying(behaviour, |device| device.create(&made::<Passkeys>(&begun)));
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
        let ask = asked::<Passkeys>(&Passkeys.begin(&world.cx()).unwrap());
        let make = made::<Passkeys>(&Passkeys.begin_enrolment(&world.cx()).unwrap());
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
    shared::copies_are_found::<Passkeys>();
}

#[test]
fn a_passkey_without_its_owner_s_handle_is_wrong() {
    let mut device = Device::default();
    let world = World::bound(&mut device);
    let begun = Passkeys.begin(&world.cx()).unwrap();
    let silent = Behaviour { handle: false, ..Behaviour::default() };
    let mut answer = device.lying(silent, |device| device.get(&asked::<Passkeys>(&begun)));
    let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer.clone()));
    assert!(matches!(judged, Ok(Judgement::Wrong)), "no handle");
    answer["response"]["userHandle"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let judged = Passkeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    assert!(matches!(judged, Ok(Judgement::Wrong)), "another one's handle");
}

#[test]
fn a_key_that_became_copyable_is_wrong() {
    shared::what_became_copyable_is_wrong::<Passkeys>();
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
    let options = made::<Passkeys>(&begun);
    assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
    assert_eq!(options["rp"]["id"], "id.example");
    assert_eq!(options["user"]["displayName"], "Ada, Acme: Shop");
    let handle = options["user"]["id"].clone();
    assert_ne!(handle, json!(world.person.id.to_string()));
    let again = Passkeys.begin_enrolment(&world.cx()).unwrap();
    assert_eq!(made::<Passkeys>(&again)["user"]["id"], handle);
    world.credentials.clear();
    let anew = Passkeys.begin_enrolment(&world.cx()).unwrap();
    assert_ne!(made::<Passkeys>(&anew)["user"]["id"], handle);
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
    assert_eq!(handle, made::<Passkeys>(&begun)["user"]["id"]);
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
        let options = asked::<Passkeys>(&begun);
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
    let answer = Answer::Document(device.create(&made::<Passkeys>(&begun)));
    Passkeys.finish_enrolment(&world.cx(), &begun.payload, &answer).unwrap()
}

#[test]
fn a_host_without_a_name_has_no_passkeys() {
    let mut world = World { realm: realm(1), ..World::default() };
    world.realm.rp_id = "192.0.2.1".to_owned();
    world.realm.origins = vec!["https://192.0.2.1".to_owned()];
    assert!(matches!(Passkeys.begin(&world.cx()), Err(MethodError::Unsupported)));
}
