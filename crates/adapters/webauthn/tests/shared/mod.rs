//! What passkeys and security keys have in common: a device that answers truthfully unless told to lie, and the lies.

use std::marker::PhantomData;

use serde_json::{Value, json};
use vestibule_authn::{
    LoginMethod,
    method::{Answer, Begun, Enrolled, Judgement},
};
use vestibule_conformance::{
    authenticator::{Behaviour, SoftAuthenticator},
    method::{MethodCase, World},
};

/// One of the two methods.
pub(crate) trait Kind: LoginMethod + Copy + 'static {
    const METHOD: Self;

    /// How its devices behave.
    fn honest() -> Behaviour;

    /// How one behaves that answers without its person.
    fn wrong() -> Behaviour;
}

/// A device of one of the methods.
pub(crate) struct Device<K>(pub(crate) SoftAuthenticator, PhantomData<K>);

impl<K: Kind> Default for Device<K> {
    fn default() -> Self {
        let mut device = SoftAuthenticator::new("https://id.example");
        device.behaviour = K::honest();
        Self(device, PhantomData)
    }
}

pub(crate) fn asked<K: Kind>(begun: &Begun) -> Value {
    K::METHOD.present(&begun.payload).webauthn.unwrap()
}

pub(crate) fn made<K: Kind>(begun: &Begun) -> Value {
    K::METHOD.present_enrolment(&begun.payload).webauthn.unwrap()
}

impl<K: Kind> Device<K> {
    /// One answer while it behaves otherwise.
    pub(crate) fn lying<T>(
        &mut self,
        behaviour: Behaviour,
        run: impl FnOnce(&mut SoftAuthenticator) -> T,
    ) -> T {
        self.0.behaviour = behaviour;
        let answer = run(&mut self.0);
        self.0.behaviour = K::honest();
        answer
    }
}

impl<K: Kind> MethodCase for Device<K> {
    fn method(&self) -> Box<dyn LoginMethod> {
        Box::new(K::METHOD)
    }

    fn right(&mut self, _: &World, begun: &Begun) -> Answer {
        Answer::Document(self.0.get(&asked::<K>(begun)))
    }

    fn wrong(&mut self, _: &World, begun: &Begun) -> Answer {
        Answer::Document(self.lying(K::wrong(), |device| device.get(&asked::<K>(begun))))
    }

    fn confirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        Some(Answer::Document(self.0.create(&made::<K>(begun))))
    }

    fn misconfirm(&mut self, _: &World, begun: &Begun) -> Option<Answer> {
        let elsewhere = Behaviour { origin: Some("https://evil.example".to_owned()), ..K::honest() };
        Some(Answer::Document(self.lying(elsewhere, |device| device.create(&made::<K>(begun)))))
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

/// Every lie of a browser or authenticator that WebAuthn §7 names for both methods.
pub(crate) fn lies<K: Kind>() -> Vec<(&'static str, Behaviour)> {
    let honest = K::honest;
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
        ("nobody present", Behaviour { present: false, ..honest() }),
        ("backed up without being eligible", Behaviour { claims_backup: true, ..honest() }),
    ]
}

/// None of these answers is taken.
///
/// # Panics
/// One is.
pub(crate) fn are_wrong<K: Kind>(lies: Vec<(&str, Behaviour)>) {
    for (lie, behaviour) in lies {
        let mut device = Device::<K>::default();
        let world = World::bound(&mut device);
        let begun = K::METHOD.begin(&world.cx()).unwrap();
        let answer = device.lying(behaviour, |device| device.get(&asked::<K>(&begun)));
        let judged = K::METHOD.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Judgement::Wrong)), "{lie}");
    }
}

/// None of these keys is bound.
///
/// # Panics
/// One is.
pub(crate) fn are_not_bound<K: Kind>(lies: Vec<(&str, Behaviour)>) {
    for (lie, behaviour) in lies {
        let mut device = Device::<K>::default();
        let world = World::default();
        let begun = K::METHOD.begin_enrolment(&world.cx()).unwrap();
        let answer = device.lying(behaviour, |device| device.create(&made::<K>(&begun)));
        let judged = K::METHOD.finish_enrolment(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Enrolled::Wrong)), "{lie}");
    }
}

/// A counter that goes back is a copy; so is a key that became copyable no longer ours.
///
/// # Panics
/// It is taken for something else.
pub(crate) fn copies_are_found<K: Kind>() {
    let mut device = Device::<K>::default();
    let mut world = World::bound(&mut device);
    let before = K::METHOD.begin(&world.cx()).unwrap();
    let begun = K::METHOD.begin(&world.cx()).unwrap();
    let ahead = Behaviour { counts: 7, ..K::honest() };
    let answer = device.lying(ahead, |device| device.get(&asked::<K>(&begun)));
    let judged = K::METHOD.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
    assert!(matches!(judged, Ok(Judgement::Right { .. })), "a right answer is refused");
    if let Ok(Judgement::Right { effects, .. }) = judged {
        world.apply(effects);
    }
    for (back, begun) in [
        (0, &K::METHOD.begin(&world.cx()).unwrap()),
        (-1, &K::METHOD.begin(&world.cx()).unwrap()),
        // What was counted since the question counts too.
        (-2, &before),
    ] {
        let behaviour = Behaviour { counts: back, ..K::honest() };
        let answer = device.lying(behaviour, |device| device.get(&asked::<K>(begun)));
        let judged = K::METHOD.judge(&world.cx(), &begun.payload, &Answer::Document(answer));
        assert!(matches!(judged, Ok(Judgement::Cloned { .. })), "counted by {back}");
    }
}

/// A key that could not leave its device and says that it can is not the one that was bound.
///
/// # Panics
/// It is taken.
pub(crate) fn what_became_copyable_is_wrong<K: Kind>() {
    are_wrong::<K>(vec![("became copyable", Behaviour { synced: true, ..K::honest() })]);
}
