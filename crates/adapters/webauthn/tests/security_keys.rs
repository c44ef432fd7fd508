//! Security keys against the contract of a login method, and what WebAuthn says must be refused.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod shared;

use serde_json::{Value, json};
use shared::{Kind, asked, made};
use vestibule_authn::{
    LoginMethod,
    method::{Answer, Enrolled, Judgement, MethodEffect, MethodError},
};
use vestibule_conformance::{
    authenticator::Behaviour,
    method::{MethodCase, World, person, realm},
    method_tests,
};
use vestibule_kernel::assurance::{Acr, Amr, Factor};
use vestibule_webauthn::{Passkeys, SecurityKeys};

/// Keys of the U2F kind, which verify nobody.
impl Kind for SecurityKeys {
    const METHOD: Self = Self;

    fn honest() -> Behaviour {
        Behaviour::touch()
    }

    fn wrong() -> Behaviour {
        Behaviour { present: false, ..Behaviour::touch() }
    }
}

type Key = shared::Device<SecurityKeys>;

method_tests!(security_key, Key::default());

#[test]
fn answers_that_are_not_for_this_site_and_question_are_wrong() {
    shared::are_wrong::<SecurityKeys>(shared::lies::<SecurityKeys>());
}

#[test]
fn keys_that_are_not_for_this_site_and_question_are_not_bound() {
    let mut lies = shared::lies::<SecurityKeys>();
    lies.push(("an id too long by one", Behaviour { id_length: 1_024, ..Behaviour::touch() }));
    shared::are_not_bound::<SecurityKeys>(lies);
}

#[test]
fn it_is_asked_for_a_touch_and_lists_the_keys_of_its_person() {
    let mut key = Key::default();
    let mut world = World::bound(&mut key);
    world.bind(&mut key);
    let ask = asked::<SecurityKeys>(&SecurityKeys.begin(&world.cx()).unwrap());
    assert_eq!(ask["userVerification"], "discouraged");
    assert_eq!(ask["rpId"], "id.example");
    assert_eq!(ask["allowCredentials"].as_array().unwrap().len(), 2);
    let make = made::<SecurityKeys>(&SecurityKeys.begin_enrolment(&world.cx()).unwrap());
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
    let ask = asked::<SecurityKeys>(&SecurityKeys.begin(&world.cx()).unwrap());
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
        let made = key.lying(behaviour.clone(), |device| device.create(&made::<SecurityKeys>(&begun)));
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
        let answer = key.lying(behaviour, |device| device.get(&asked::<SecurityKeys>(&begun)));
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
    shared::copies_are_found::<SecurityKeys>();
}

#[test]
fn a_key_that_became_copyable_is_wrong() {
    shared::what_became_copyable_is_wrong::<SecurityKeys>();
}

#[test]
fn a_handle_need_not_be_there_and_must_not_be_another_one_s() {
    let mut key = Key::default();
    let world = World::bound(&mut key);
    let begun = SecurityKeys.begin(&world.cx()).unwrap();
    let knowing = Behaviour { handle: true, ..Behaviour::touch() };
    let mut answer = key.lying(knowing, |device| device.get(&asked::<SecurityKeys>(&begun)));
    answer["response"]["userHandle"] = json!("AAAAAAAAAAAAAAAAAAAAAA");
    let judged = SecurityKeys.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    assert!(matches!(judged, Ok(Judgement::Wrong)), "another one's handle");
    for handle in [
        Some(made::<SecurityKeys>(&SecurityKeys.begin_enrolment(&world.cx()).unwrap())["user"]["id"].clone()),
        None,
    ] {
        let begun = SecurityKeys.begin(&world.cx()).unwrap();
        let mut answer = key.0.get(&asked::<SecurityKeys>(&begun));
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
    let answer = Answer::Document(key.0.get(&asked::<SecurityKeys>(&begun)));
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
