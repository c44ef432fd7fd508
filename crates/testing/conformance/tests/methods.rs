//! The methods of the domain against the contract of a login method, and what is particular to each.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail loudly")]

use chrono::{DateTime, Duration};
use data_encoding::BASE32_NOPAD;
use serde_json::json;
use vestibule_authn::{
    method::{
        Answer, Begun, Delivery, Enrolled, Judgement, LoginMethod, MethodEffect, MethodError, MethodRealm,
        Person,
    },
    methods::{EmailCode, PhoneCode, RecoveryCodes, Totp, recovery_code::LEFT},
};
use vestibule_conformance::{
    method::{MethodCase, World, person, realm},
    method_tests,
};
use vestibule_kernel::{Secret, contact::Email};

fn code(text: &str) -> Answer {
    Answer::Code(Secret::new(text.to_owned()))
}

/// Another code of the same shape.
fn changed(text: &str) -> Answer {
    let last = if text.ends_with('0') { "1" } else { "0" };
    code(&format!("{}{last}", &text[..text.len() - 1]))
}

struct Sent<M>(M);

fn sent(begun: &Begun) -> String {
    match begun.delivery.as_ref().unwrap() {
        Delivery::Email { code, .. } | Delivery::Sms { code, .. } => code.expose().to_owned(),
    }
}

impl<M: LoginMethod + Copy + 'static> MethodCase for Sent<M> {
    fn method(&self) -> Box<dyn LoginMethod> {
        Box::new(self.0)
    }

    fn right(&mut self, _: &World, begun: &Begun) -> Answer {
        let sent = sent(begun);
        code(&format!(" {} - {}", &sent[..3], &sent[3..]))
    }

    fn wrong(&mut self, _: &World, begun: &Begun) -> Answer {
        changed(&sent(begun))
    }

    fn confirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        Some(code(&sent(begun)))
    }

    fn misconfirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        Some(changed(&sent(begun)))
    }

    fn malformed(&self) -> Vec<Answer> {
        vec![code("12345"), code("1234567"), code("12345a"), Answer::Document(json!({"code": "123456"}))]
    }

    fn remembers(&self) -> bool {
        false
    }
}

/// An authenticator app: reads the address that the page shows, and computes by RFC 6238.
#[derive(Default)]
struct App(Vec<u8>);

impl App {
    fn scan(&mut self, begun: &Begun) {
        let shown = Totp.present_enrolment(&begun.payload);
        let secret = shown.manual_key.unwrap().replace(' ', "");
        assert!(shown.otpauth.unwrap().contains(&secret));
        self.0 = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    }

    fn shows(&self, world: &World) -> String {
        let app = totp_rs::Builder::new().with_secret(self.0.clone()).build().unwrap();
        app.generate(u64::try_from(world.now.timestamp()).unwrap()).to_string()
    }
}

impl MethodCase for App {
    fn method(&self) -> Box<dyn LoginMethod> {
        Box::new(Totp)
    }

    fn right(&mut self, world: &World, _: &Begun) -> Answer {
        code(&self.shows(world))
    }

    fn wrong(&mut self, world: &World, _: &Begun) -> Answer {
        changed(&self.shows(world))
    }

    fn confirm(&mut self, world: &World, begun: &Begun) -> Option<Answer> {
        self.scan(begun);
        Some(code(&self.shows(world)))
    }

    fn misconfirm(&mut self, world: &World, begun: &Begun) -> Option<Answer> {
        self.scan(begun);
        Some(changed(&self.shows(world)))
    }

    fn malformed(&self) -> Vec<Answer> {
        vec![code("12345"), code("1234567"), code("+12345")]
    }

    fn remembers(&self) -> bool {
        true
    }
}

/// A sheet of paper.
#[derive(Default)]
struct Paper(Vec<String>);

impl MethodCase for Paper {
    fn method(&self) -> Box<dyn LoginMethod> {
        Box::new(RecoveryCodes)
    }

    fn right(&mut self, _: &World, _: &Begun) -> Answer {
        code(&self.0.remove(0).to_lowercase())
    }

    fn wrong(&mut self, _: &World, _: &Begun) -> Answer {
        changed(&self.0[0])
    }

    fn confirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        self.0 = RecoveryCodes.present_enrolment(&begun.payload).recovery_codes;
        Some(Answer::Document(json!({"saved": true})))
    }

    fn misconfirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        Some(changed(&RecoveryCodes.present_enrolment(&begun.payload).recovery_codes[0]))
    }

    fn malformed(&self) -> Vec<Answer> {
        vec![code("AAAAA-AAAAA"), code("UUUUU-UUUUU-UUUUU"), Answer::Document(json!({"saved": true}))]
    }

    fn remembers(&self) -> bool {
        true
    }
}

method_tests!(email_code, Sent(EmailCode));
method_tests!(phone_code, Sent(PhoneCode));
method_tests!(totp, App::default());
method_tests!(recovery_codes, Paper::default());

#[test]
fn rfc_6238_vectors_are_accepted() {
    // Appendix B, SHA-1, cut to six digits.
    let stored = |last| {
        let secret = BASE32_NOPAD.encode(b"12345678901234567890");
        serde_json::to_vec(&json!({"secret": secret, "last_step": last})).unwrap()
    };
    let mut app = App::default();
    let mut world = World::bound(&mut app);
    for (seconds, expected) in
        [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
    {
        world.now = DateTime::from_timestamp(seconds, 0).unwrap();
        world.credentials[0].secret = stored(0).into();
        let begun = Totp.begin(&world.cx()).unwrap();
        let judged = Totp.judge(&world.cx(), &begun.payload, &code(expected));
        assert!(matches!(judged, Ok(Judgement::Right { .. })), "{seconds}");
    }
}

#[test]
fn a_used_step_and_all_before_it_never_work_again() {
    let mut app = App::default();
    let mut world = World::bound(&mut app);
    let start = world.now;
    let at = |world: &mut World, offset: i64| {
        world.now = start + Duration::seconds(offset);
        app.shows(world)
    };
    let earlier = at(&mut world, -30);
    let later = at(&mut world, 30);
    let far = at(&mut world, 90);
    world.now = start;
    let begun = Totp.begin(&world.cx()).unwrap();
    let judge = |world: &World, text: &str| Totp.judge(&world.cx(), &begun.payload, &code(text)).unwrap();
    assert!(matches!(judge(&world, &far), Judgement::Wrong), "three steps ahead");
    assert!(matches!(judge(&world, &earlier), Judgement::Right { .. }), "one step behind");
    let Judgement::Right { effects, .. } = judge(&world, &later) else { panic!("one step ahead") };
    world.apply(effects);
    for used in [&earlier, &later, &app.shows(&world)] {
        assert!(matches!(judge(&world, used), Judgement::Wrong));
    }
}

#[test]
fn the_code_that_confirmed_an_app_does_not_sign_in() {
    let mut app = App::default();
    let mut world = World::default();
    world.bind(&mut app);
    let begun = Totp.begin(&world.cx()).unwrap();
    let answer = code(&app.shows(&world));
    assert!(matches!(Totp.judge(&world.cx(), &begun.payload, &answer), Ok(Judgement::Wrong)));
}

#[test]
fn hostile_names_make_a_valid_otpauth_address() {
    let world = World::default();
    let hostile = Person { login_name: "a:b&secret=AAAA#\"<é".to_owned(), ..person(1) };
    let hostile_realm = MethodRealm { name: "Acme & <Sons>: \"x\"?secret=B".to_owned(), ..realm(1) };
    let world = World { realm: hostile_realm, person: hostile, ..world };
    let begun = Totp.begin_enrolment(&world.cx()).unwrap();
    let shown = Totp.present_enrolment(&begun.payload);
    let address = shown.otpauth.unwrap();
    assert!(address.starts_with("otpauth://totp/") && address.matches("secret=").count() == 1, "{address}");
    assert!(address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'<'));
    assert_eq!(shown.manual_key.unwrap().split(' ').filter(|group| group.len() == 4).count(), 8);
}

#[test]
fn each_app_gets_160_random_bits() {
    let world = World::default();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let begun = Totp.begin_enrolment(&world.cx()).unwrap();
        let key = Totp.present_enrolment(&begun.payload).manual_key.unwrap().replace(' ', "");
        let secret = data_encoding::BASE32_NOPAD.decode(key.as_bytes()).unwrap();
        assert_eq!(secret.len(), 20, "RFC 6238 §5.1 and RFC 4226 §4: as long as the hash");
        assert!(seen.insert(secret), "a secret came twice");
    }
}

#[test]
fn each_of_ten_recovery_codes_works_once_and_the_count_falls() {
    let mut paper = Paper::default();
    let mut world = World::bound(&mut paper);
    let codes = paper.0.clone();
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 17));
    for (used, text) in codes.iter().enumerate() {
        let begun = RecoveryCodes.begin(&world.cx()).unwrap();
        let judged = RecoveryCodes.judge(&world.cx(), &begun.payload, &code(text)).unwrap();
        let Judgement::Right { effects, .. } = judged else { panic!("code {used}") };
        let MethodEffect::Update { facts, .. } = &effects[0] else { panic!("not an update") };
        assert_eq!(facts[LEFT], json!(9 - used));
        world.apply(effects);
        let again = RecoveryCodes.judge(&world.cx(), &begun.payload, &code(text)).unwrap();
        assert!(matches!(again, Judgement::Wrong));
    }
    assert!(matches!(RecoveryCodes.begin(&world.cx()), Err(MethodError::NothingBound)));
    let stored = String::from_utf8(world.credentials[0].secret.to_vec()).unwrap();
    assert!(codes.iter().all(|code| !stored.contains(&code[..5])));
}

#[test]
fn new_recovery_codes_replace_the_old_ones_and_a_typed_code_confirms_too() {
    let mut paper = Paper::default();
    let world = World::bound(&mut paper);
    let begun = RecoveryCodes.begin_enrolment(&world.cx()).unwrap();
    let shown = RecoveryCodes.present_enrolment(&begun.payload).recovery_codes;
    assert!(shown.iter().all(|code| !paper.0.contains(code)));
    let confirmed = RecoveryCodes.finish_enrolment(&world.cx(), &begun.payload, &code(&shown[3])).unwrap();
    let Enrolled::Right { replaces: true, credentials, .. } = confirmed else { panic!("not replaced") };
    assert_eq!(credentials[0].facts[LEFT], json!(10));
}

#[test]
fn a_code_sent_to_an_address_that_was_changed_since_proves_nothing() {
    let mut world = World::default();
    let begun = EmailCode.begin(&world.cx()).unwrap();
    let answer = code(&sent(&begun));
    world.person.email = Some(Email::parse("new@acme.test").unwrap());
    assert!(matches!(EmailCode.judge(&world.cx(), &begun.payload, &answer), Ok(Judgement::Wrong)));
    world.person.email = None;
    assert!(matches!(EmailCode.judge(&world.cx(), &begun.payload, &answer), Ok(Judgement::Wrong)));
}

#[test]
fn a_page_shows_where_a_code_went_without_telling() {
    let world = World::default();
    let shown = |method: &dyn LoginMethod| {
        let begun = method.begin(&world.cx()).unwrap();
        method.present(&begun.payload).sent_to.unwrap()
    };
    assert_eq!(shown(&EmailCode), "a•••@acme.test");
    assert_eq!(shown(&PhoneCode), "•••01");
}

#[test]
fn the_link_follows_the_setting_of_the_realm() {
    let mut world = World::default();
    for wanted in [true, false] {
        world.realm.email_link = wanted;
        let begun = EmailCode.begin(&world.cx()).unwrap();
        let Some(Delivery::Email { link, .. }) = begun.delivery else { panic!("no mail") };
        assert_eq!(link, wanted);
    }
}
