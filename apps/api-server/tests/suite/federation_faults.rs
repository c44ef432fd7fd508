//! A provider that does something wrong, from outside: whatever it says or does not say, nobody is signed in, the page
//! names what happened, and there is a way back to the sign-in.

use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;
use vestibule_crypto::{JoseSigner, MasterKey, Sealer};
use vestibule_testkit::{
    Answer, AuthorizeRequest, RealmDoc, Settings, TestServer, Visitor,
    oidc::claims,
    programs::free_port,
    upstream::{CLIENT, CODE, Fault, Provider},
};

use crate::scene::{REALM, request, text};

struct Scene {
    server: TestServer,
    provider: Provider,
}

impl Scene {
    async fn new() -> Self {
        let signer = Arc::new(JoseSigner::new(Arc::new(Sealer::new(&MasterKey::generate(), None))));
        let provider = Provider::start(signer).await;
        let allow = format!("127.0.0.1:{},127.0.0.1:{}", provider.port(), 9);
        let settings = Settings::sqlite().with("EGRESS__ALLOW", &allow);
        let mut realm = RealmDoc::standard(REALM).json().clone();
        let connection = |key: &str, issuer: String| {
            json!({
                "key": key, "provider": "oidc", "display_name": "Globex ID",
                "client_id": CLIENT.0, "client_secret": CLIENT.1,
                "endpoints": {"issuer": issuer}, "authoritative_domains": ["acme.test"],
            })
        };
        // Nobody listens at the second.
        realm["connections"] = json!([
            connection("globex", provider.issuer()),
            connection("gone", "http://127.0.0.1:9".to_owned()),
        ]);
        let file = settings.folder().join("realm.json");
        std::fs::write(&file, realm.to_string()).unwrap();
        let import = || settings.run("api-server", &["realm", "import", file.to_str().unwrap()]);
        let report: Value = serde_json::from_str(import().trim()).unwrap();
        assert_eq!(report["connections"], json!({"created": 2, "updated": 0, "unchanged": 0}));
        let again: Value = serde_json::from_str(import().trim()).unwrap();
        assert_eq!(again["connections"], json!({"created": 0, "updated": 0, "unchanged": 2}));
        assert_eq!(again["secrets_set"], 0);
        let server = TestServer::start(settings, free_port()).await;
        Self { server, provider }
    }

    /// Presses a provider's button.
    async fn press(&self, visitor: &mut Visitor, request: &AuthorizeRequest, key: &str) -> Answer {
        let page = visitor.visit(&request.url()).await.page();
        let button = format!("provider-{key}");
        let form = page.forms().into_iter().find(|form| form.has_button(&button));
        visitor.submit_only(&form.unwrap().press(&button)).await
    }

    /// Goes to the provider, which learns what it is asked: the address of the way back.
    async fn leave(&self, visitor: &mut Visitor, request: &AuthorizeRequest) -> Url {
        let left = self.press(visitor, request, "globex").await.expect(200);
        let asked = left.page().link("a#continue").unwrap();
        let get = |name: &str| {
            let found = asked.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
            found.unwrap_or_else(|| panic!("no {name} in {asked}"))
        };
        assert_eq!((get("code_challenge_method").as_str(), get("response_type").as_str()), ("S256", "code"));
        self.provider.expect(&get("nonce"), Some(&get("code_challenge")));
        let mut back = Url::parse(&get("redirect_uri")).unwrap();
        let issuer = self.provider.issuer();
        let pairs = [("state", get("state")), ("code", CODE.to_owned()), ("iss", issuer)];
        back.query_pairs_mut().extend_pairs(pairs);
        back
    }
}

/// A page that says what happened and leads back to the flow.
fn assert_refused(answer: &Answer, code: &str, why: &str) {
    assert!(!matches!(answer.status.as_u16(), 200..400 | 500), "{why}: {}", answer.status);
    let page = answer.page();
    assert_eq!(page.text("#error-code").as_deref(), Some(code), "{why}: {}", page.html);
    let back = page.link("a#start-again").unwrap_or_else(|| panic!("{why}: no way back"));
    assert!(back.path().contains("/flow/"), "{why}: {back}");
    assert!(!answer.headers.contains_key("set-cookie"), "{why}: a cookie was set");
}

#[tokio::test]
async fn whatever_a_provider_does_wrong_nobody_is_signed_in_and_there_is_a_way_back() {
    let scene = Scene::new().await;
    let request = request(&scene.server);
    for (fault, code) in [
        (Fault::ForeignKey, "VST-075"),
        (Fault::Unsigned, "VST-075"),
        (Fault::WrongIssuer, "VST-075"),
        (Fault::WrongAudience, "VST-075"),
        (Fault::SeveralAudiences, "VST-075"),
        (Fault::WrongNonce, "VST-075"),
        (Fault::Expired, "VST-075"),
        (Fault::WrongHash, "VST-075"),
        (Fault::EmptySubject, "VST-075"),
        (Fault::Html, "VST-075"),
        (Fault::Redirects, "VST-075"),
        (Fault::Broken, "VST-074"),
    ] {
        scene.provider.fault(None);
        let mut visitor = Visitor::new();
        let back = scene.leave(&mut visitor, &request).await;
        scene.provider.fault(Some(fault));
        let answer = visitor.get(&back).await;
        assert_refused(&answer, code, &format!("{fault:?}"));
        // The trip is spent, whatever became of it.
        scene.provider.fault(None);
        assert_refused(&visitor.get(&back).await, "VST-071", "used");
        let page = visitor.get(&answer.page().link("a#start-again").unwrap()).await.expect(200).page();
        assert!(page.has("#provider-globex"), "the sign-in goes on");
    }
}

#[tokio::test]
async fn the_answer_names_its_issuer_and_a_refusal_of_the_person_is_told() {
    let scene = Scene::new().await;
    let request = request(&scene.server);
    for (replace, code, why) in [
        (("iss", "https://other.test"), "VST-075", "another issuer answers (mix-up)"),
        (("code", "another-code"), "VST-075", "a code that the provider does not know"),
    ] {
        let mut visitor = Visitor::new();
        let mut back = scene.leave(&mut visitor, &request).await;
        let pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
        let changed = pairs.into_iter().map(|(name, value)| {
            let value = if name == replace.0 { replace.1.to_owned() } else { value };
            (name, value)
        });
        let changed: Vec<_> = changed.collect();
        back.query_pairs_mut().clear().extend_pairs(changed);
        assert_refused(&visitor.get(&back).await, code, why);
    }
    let mut visitor = Visitor::new();
    let mut back = scene.leave(&mut visitor, &request).await;
    let pairs: Vec<(String, String)> = back.query_pairs().into_owned().collect();
    let kept: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "code").collect();
    back.query_pairs_mut().clear().extend_pairs(kept).append_pair("error", "access_denied");
    assert_refused(&visitor.get(&back).await, "VST-073", "the person said no");
}

#[tokio::test]
async fn a_provider_that_is_down_costs_a_page_and_not_the_sign_in() {
    let scene = Scene::new().await;
    let request = request(&scene.server);
    let mut visitor = Visitor::new();
    let down = scene.press(&mut visitor, &request, "gone").await;
    assert_refused(&down, "VST-074", "nobody listens");
    // The same flow still goes on, by the other provider.
    let flow = visitor.get(&down.page().link("a#start-again").unwrap()).await.expect(200).page();
    assert!(flow.has("#username") && flow.has("#provider-globex") && flow.has("#provider-gone"));
}

#[tokio::test]
async fn new_keys_of_a_provider_are_fetched_when_one_is_not_known() {
    let scene = Scene::new().await;
    let request = request(&scene.server);
    let mut subjects = Vec::new();
    for _ in 0..2 {
        let mut visitor = Visitor::new();
        let back = scene.leave(&mut visitor, &request).await;
        let mut answer = visitor.get(&back).await;
        let callback = loop {
            if let Some(callback) = request.callback(&answer) {
                break callback;
            }
            answer = visitor.next(&answer, "", "").await;
        };
        let tokens = request.exchange(callback.code()).await.expect(200).json();
        subjects.push(text(&claims(&text(&tokens, "id_token")), "sub"));
        scene.provider.rotate();
    }
    assert_eq!(subjects[0], subjects[1]);
}
