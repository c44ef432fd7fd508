//! Coming back from a provider: whose the identity is, what is asked first, and that each trip works once, in the browser
//! that left.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use url::Url;
use vestibule_authn::{
    ChallengePurpose, Credential, FlowState, Intent, MethodId, Methods, PasswordHash, StateName,
    methods::{EmailCode, Totp},
};
use vestibule_federation::{
    ActiveConnection, Answer, AssertedEmail, AuthorizationDetails, Connection, ConnectionError,
    ConnectionKey, ConnectionSettings, Connector, ConnectorError, Connectors, ExchangeDetails, Identity,
    LinkRefusal, Preset, Protocol, ProviderKey, Subject, UpstreamIdentity,
};
use vestibule_kernel::{
    ConnectionId, CredentialId, IdentityId, OpaqueToken, PageRequest, Secret, TokenKind, UserId,
    contact::{Email, Identifier, Locale},
};
use vestibule_realms::settings::{MfaPolicy, RealmSettings};
use vestibule_storage::jobs::MessageKind;
use vestibule_usecases::{
    challenge,
    federation::{self, Brought, CallbackRequest, FederationError},
    flow::{
        self, Acted, Browser, Command, FederatedError, NewFlowRequest, NotTakenBack, SignUpForm, TakenBack,
    },
};
use vestibule_users::{EmailAddress, NewUser, User};

use crate::world::{ADA, PASSWORD, Visit, World, identify, password};

/// A provider that vouches for whomever the test names.
struct Told {
    preset: Preset,
    who: Mutex<UpstreamIdentity>,
}

#[async_trait]
impl Connector for Told {
    fn preset(&self) -> &Preset {
        &self.preset
    }

    fn check(&self, _: &ConnectionSettings) -> Result<(), ConnectionError> {
        Ok(())
    }

    async fn authorization_url(
        &self,
        _: ActiveConnection<'_>,
        details: AuthorizationDetails<'_>,
    ) -> Result<String, ConnectorError> {
        let language = details.ui_locales.unwrap_or_default();
        Ok(format!("https://globex.test/authorize?state={}&ui_locales={language}", details.state))
    }

    async fn exchange(
        &self,
        _: ActiveConnection<'_>,
        details: ExchangeDetails<'_>,
    ) -> Result<UpstreamIdentity, ConnectorError> {
        match details.answer.code.as_deref() {
            Some("good") => Ok(self.who.lock().unwrap().clone()),
            _ => Err(ConnectorError::Denied),
        }
    }
}

struct Only(Arc<Told>);

impl Connectors for Only {
    fn find(&self, provider: &str) -> Option<&dyn Connector> {
        (provider == "oidc").then_some(&*self.0)
    }

    fn presets(&self) -> Vec<&Preset> {
        vec![&self.0.preset]
    }
}

fn somebody(subject: &str, email: Option<(&str, bool)>) -> UpstreamIdentity {
    let email = email.map(|(text, verified)| AssertedEmail { email: Email::parse(text).unwrap(), verified });
    let profile: Map<String, Value> = json!({"name": "Grace Hopper"}).as_object().cloned().unwrap();
    UpstreamIdentity {
        subject: Subject::parse(subject).unwrap(),
        email,
        locale: None,
        claims: profile.clone(),
        profile,
    }
}

struct Scene {
    world: World,
    provider: Arc<Told>,
}

fn key() -> ConnectionKey {
    ConnectionKey::parse("globex").unwrap()
}

impl Scene {
    /// A realm with a connection that is authoritative for `acme.test`.
    async fn new(
        realm: impl FnOnce(&mut RealmSettings),
        connection: impl FnOnce(&mut ConnectionSettings),
    ) -> Self {
        let mut world = World::with(|settings| {
            settings.login.email_code = true;
            realm(settings);
        })
        .await;
        world.app.methods = Methods::new(vec![Arc::new(EmailCode), Arc::new(Totp)]);
        let preset = Preset {
            key: "oidc",
            name: "OpenID Connect",
            protocol: Protocol::OpenIdConnect,
            scopes: &["openid"],
            claims: &[],
            parameters: &[],
            form_post: false,
            pkce: true,
        };
        let provider = Arc::new(Told { preset, who: Mutex::new(somebody("grace", None)) });
        world.app.connectors = Arc::new(Only(Arc::clone(&provider)));
        let mut settings = ConnectionSettings::new(ProviderKey::parse("oidc").unwrap(), "us".to_owned());
        settings.authoritative_domains.insert("acme.test".to_owned());
        connection(&mut settings);
        let id = ConnectionId::from_uuid(world.app.entropy.uuid(world.now()));
        let change = Connection::create(id, key(), settings, world.now()).unwrap();
        let mut tx = world.app.store.write(&world.cx()).await.unwrap();
        tx.federation().save_connection(change).await.unwrap();
        tx.commit().await.unwrap();
        world.realm = world.app.snapshots.refresh(world.realm.realm.id).await.unwrap().unwrap();
        Self { world, provider }
    }

    fn says(&self, who: UpstreamIdentity) {
        *self.provider.who.lock().unwrap() = who;
    }

    /// Leaves for the provider: the `state`.
    async fn leave(&self, visit: &Visit) -> OpaqueToken {
        let place = (&visit.browser, visit.flow);
        let world = &self.world;
        let to = flow::leave(&world.app, &world.cx(), &world.realm, place, &key()).await.unwrap();
        state_of(&to)
    }

    async fn back(
        &self,
        browser: &Browser,
        state: &OpaqueToken,
        code: &str,
    ) -> Result<TakenBack, NotTakenBack> {
        let answer = Answer { code: Some(code.to_owned()), ..Answer::default() };
        let brought = Brought::Answer { state: state.clone(), answer };
        let request = CallbackRequest { connection: key(), brought, browser: browser.clone() };
        flow::take_back(&self.world.app, &self.world.cx(), &self.world.realm, request).await
    }

    /// There and back, as somebody.
    async fn come_back(&self, visit: &Visit, who: UpstreamIdentity) -> Acted {
        self.says(who);
        let state = self.leave(visit).await;
        match self.back(&visit.browser, &state, "good").await {
            Ok(TakenBack::Flow(acted)) => *acted,
            Ok(TakenBack::Linked { .. }) => panic!("nobody asked for linking"),
            Err(failed) => panic!("not taken back: {:?}", failed.error),
        }
    }

    async fn identities(&self, user: UserId) -> Vec<Identity> {
        let mut tx = self.world.app.store.read(&self.world.cx()).await.unwrap();
        let page = PageRequest::new(PageRequest::MAX, None);
        let found = tx.federation().list_identities(user, &page).await.unwrap();
        tx.commit().await.unwrap();
        found.items
    }

    async fn holder(&self, address: &str) -> Option<vestibule_users::User> {
        let mut tx = self.world.app.store.read(&self.world.cx()).await.unwrap();
        let identifier = Identifier::parse(address).unwrap();
        let found = tx.users().find_user_by_identifier(&identifier).await.unwrap();
        tx.commit().await.unwrap();
        found
    }

    async fn act(&self, visit: &Visit, command: Command) -> Acted {
        self.world.act(visit, command).await.unwrap()
    }

    async fn mailed_code(&self, visit: &Visit, purpose: ChallengePurpose) -> Secret {
        let world = &self.world;
        let mut tx = world.app.store.read(&world.cx()).await.unwrap();
        let method = MethodId::EMAIL_CODE;
        let stored =
            tx.challenges().find_flow_challenge(visit.flow, &method, purpose).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        challenge::open(&world.app, world.realm.realm.id, &stored).unwrap().code().cloned().unwrap()
    }
}

fn state_of(to: &str) -> OpaqueToken {
    let url = Url::parse(to).unwrap();
    let (_, state) = url.query_pairs().find(|(name, _)| name == "state").unwrap();
    OpaqueToken::parse(TokenKind::FederationState, &state).unwrap()
}

#[tokio::test]
async fn the_provider_is_told_the_language_of_the_flow_else_that_of_the_request() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    let world = &scene.world;
    let french = NewFlowRequest { locale: Locale::parse("fr").ok(), ..NewFlowRequest::new(Intent::SignIn) };
    for (visit, language) in [(world.visit().await, "de"), (world.visit_with(french).await, "fr")] {
        let place = (&visit.browser, visit.flow);
        let to = flow::leave(&world.app, &world.cx(), &world.realm, place, &key()).await.unwrap();
        assert!(to.ends_with(&format!("&ui_locales={language}")), "{to}");
    }
}

fn why(failed: Result<TakenBack, NotTakenBack>) -> &'static str {
    match failed {
        Err(NotTakenBack { error: FederatedError::Federation(error), .. }) => error.cause(),
        Err(NotTakenBack { error: FederatedError::Flow(_), .. }) => "flow",
        Ok(_) => "taken back",
    }
}

fn form(email: Option<&str>) -> Command {
    Command::SignUp(Some(Box::new(SignUpForm { email: email.map(str::to_owned), ..SignUpForm::default() })))
}

#[tokio::test]
async fn the_first_time_makes_an_account_and_the_second_finds_it() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    let grace = || somebody("grace", Some(("grace@acme.test", true)));
    let first = scene.world.visit().await;
    let acted = scene.come_back(&first, grace()).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert!(scene.world.is_live(&acted.session.unwrap()).await);
    let made = scene.holder("grace@acme.test").await.unwrap();
    assert!(made.emails[0].verified_at.is_some());
    assert_eq!(made.profile.values()["name"], "Grace Hopper");
    let second = scene.world.visit().await;
    // The address there may change; the subject is who it is.
    let acted = scene.come_back(&second, somebody("grace", Some((ADA, true)))).await;
    assert_eq!(acted.flow.user, Some(made.id));
    assert_eq!(scene.identities(made.id).await.len(), 1);
}

#[tokio::test]
async fn an_unverified_address_finds_no_account_and_is_nobodys() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    let visit = scene.world.visit().await;
    let acted = scene.come_back(&visit, somebody("mallory", Some((ADA, false)))).await;
    assert_eq!(acted.flow.state, FlowState::SignUp, "as for anybody new");
    assert_eq!(acted.flow.waiting.unwrap().email, None, "nor does the form tell that there is one");
    assert!(scene.identities(scene.world.user).await.is_empty());
    // Whoever types it all the same is asked for a code that goes to its owner.
    let asked = scene.act(&visit, form(Some(ADA))).await;
    assert_eq!(asked.flow.state.name(), StateName::VerifyContact);
    assert!(scene.identities(scene.world.user).await.is_empty());
}

#[tokio::test]
async fn an_account_proves_itself_before_it_is_linked_and_its_owner_is_told() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    // Who made the account just now is not told what they do.
    scene.world.advance(chrono::Duration::minutes(1));
    let visit = scene.world.visit().await;
    let acted = scene.come_back(&visit, somebody("ada", Some((ADA, true)))).await;
    assert_eq!(acted.flow.state, FlowState::LinkAccount);
    assert!(acted.session.is_none() && acted.flow.proofs.is_empty());
    let wrong = scene.act(&visit, password("not the password")).await;
    assert_eq!(wrong.flow.state, FlowState::LinkAccount);
    assert!(scene.identities(scene.world.user).await.is_empty());
    assert!(scene.world.told(MessageKind::IdentityLinked).await.is_empty(), "nothing happened yet");
    let right = scene.act(&visit, password(PASSWORD)).await;
    assert_eq!(right.flow.state, FlowState::Continue);
    assert_eq!(scene.identities(scene.world.user).await.len(), 1);
    assert_eq!(right.flow.waiting, None);
    assert_eq!(scene.world.told(MessageKind::IdentityLinked).await, [ADA], "the owner is told");
    let again = scene.world.visit().await;
    let acted = scene.come_back(&again, somebody("ada", Some((ADA, true)))).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
}

#[tokio::test]
async fn a_mailed_code_proves_the_account_too() {
    let scene = Scene::new(|settings| settings.login.password = false, |_| {}).await;
    let visit = scene.world.visit().await;
    scene.come_back(&visit, somebody("ada", Some((ADA, true)))).await;
    scene.act(&visit, Command::Begin { method: "email_code".to_owned(), phone: None }).await;
    let code = scene.mailed_code(&visit, ChallengePurpose::Prove).await;
    let acted = scene.act(&visit, Command::Answer { code }).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert_eq!(scene.identities(scene.world.user).await.len(), 1);
}

#[tokio::test]
async fn who_starts_over_links_nothing() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    let visit = scene.world.visit().await;
    scene.come_back(&visit, somebody("ada", Some((ADA, true)))).await;
    scene.act(&visit, Command::Restart).await;
    let acted = scene.act(&visit, identify(ADA, Some(PASSWORD))).await;
    assert_eq!(acted.flow.state, FlowState::Continue);
    assert!(scene.identities(scene.world.user).await.is_empty());
}

#[tokio::test]
async fn an_address_that_nobody_vouches_for_is_proven_here_before_there_is_an_account() {
    // The realm takes nobody new by itself; the connection does.
    let scene = Scene::new(|_| {}, |connection| connection.authoritative_domains.clear()).await;
    let visit = scene.world.visit().await;
    let acted = scene.come_back(&visit, somebody("grace", Some(("grace@acme.test", true)))).await;
    assert_eq!(acted.flow.state, FlowState::SignUp);
    let waiting = acted.flow.waiting.unwrap();
    assert_eq!((waiting.email.unwrap().as_str(), waiting.proven), ("grace@acme.test", false));
    scene.act(&visit, form(Some("grace@acme.test"))).await;
    assert!(scene.holder("grace@acme.test").await.is_none());
    let code = scene.mailed_code(&visit, ChallengePurpose::VerifyContact).await;
    let made = scene.act(&visit, Command::Answer { code }).await;
    assert_eq!(made.flow.state, FlowState::Continue);
    let user = scene.holder("grace@acme.test").await.unwrap().id;
    assert_eq!(scene.identities(user).await.len(), 1);
}

#[tokio::test]
async fn the_terms_are_asked_before_the_account_and_a_vouched_address_needs_no_code() {
    let ask = |settings: &mut RealmSettings| {
        settings.sign_up.accept_terms = true;
        settings.branding.terms_uri = Some("/terms".to_owned());
    };
    let scene = Scene::new(ask, |_| {}).await;
    let visit = scene.world.visit().await;
    let acted = scene.come_back(&visit, somebody("grace", Some(("grace@acme.test", true)))).await;
    assert_eq!(acted.flow.state, FlowState::SignUp);
    let refused = scene.act(&visit, form(Some("grace@acme.test"))).await;
    assert_eq!(refused.flow.state, FlowState::SignUp);
    assert!(scene.holder("grace@acme.test").await.is_none());
    let agreed = |email: &str| {
        let email = Some(email.to_owned());
        Command::SignUp(Some(Box::new(SignUpForm { email, accept_terms: true, ..SignUpForm::default() })))
    };
    // Another address than the one vouched for is proven by a code.
    let other = scene.world.visit().await;
    scene.come_back(&other, somebody("hugo", Some(("hugo@acme.test", true)))).await;
    let asked = scene.act(&other, agreed("somebody-else@acme.test")).await;
    assert_eq!(asked.flow.state.name(), StateName::VerifyContact);
    let made = scene.act(&visit, agreed("grace@acme.test")).await;
    assert_eq!(made.flow.state, FlowState::Continue);
    let user = scene.holder("grace@acme.test").await.unwrap();
    assert!(user.emails[0].verified_at.is_some());
    assert_eq!(scene.identities(user.id).await.len(), 1);
}

#[tokio::test]
async fn a_trip_is_good_once_also_in_parallel_and_in_its_own_browser_alone() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    scene.says(somebody("grace", Some(("grace@acme.test", true))));
    let visit = scene.world.visit().await;
    let state = scene.leave(&visit).await;
    let other = scene.world.visit().await;
    assert_eq!(why(scene.back(&other.browser, &state, "good").await), "foreign");
    let unknown = scene.world.app.entropy.token(TokenKind::FederationState);
    assert_eq!(why(scene.back(&visit.browser, &unknown, "good").await), "expired");
    let returns = (0..8).map(|_| scene.back(&visit.browser, &state, "good"));
    let returns = futures::future::join_all(returns).await;
    assert_eq!(returns.iter().filter(|returned| returned.is_ok()).count(), 1);
    let failed = scene.back(&visit.browser, &state, "good").await;
    assert!(matches!(&failed, Err(NotTakenBack { flow: Some(flow), .. }) if *flow == visit.flow));
    assert_eq!(why(failed), "expired");
    // A refused trip is spent, and so is one that took too long.
    let visit = scene.world.visit().await;
    let state = scene.leave(&visit).await;
    assert_eq!(why(scene.back(&visit.browser, &state, "bad").await), "denied");
    assert_eq!(why(scene.back(&visit.browser, &state, "good").await), "expired");
    let state = scene.leave(&visit).await;
    scene.world.advance(chrono::Duration::seconds(601));
    assert_eq!(why(scene.back(&visit.browser, &state, "good").await), "expired");
}

#[tokio::test]
async fn a_providers_word_is_one_factor() {
    let scene = Scene::new(|settings| settings.mfa.policy = MfaPolicy::Required, |_| {}).await;
    let visit = scene.world.visit().await;
    let acted = scene.come_back(&visit, somebody("grace", Some(("grace@acme.test", true)))).await;
    assert_eq!(acted.flow.state, FlowState::ChooseEnrolment);
    assert!(acted.session.is_none());
}

#[tokio::test]
async fn the_last_way_into_an_account_stays() {
    let mut scene = Scene::new(|_| {}, |_| {}).await;
    let visit = scene.world.visit().await;
    let acted = scene.come_back(&visit, somebody("grace", Some(("grace@acme.test", true)))).await;
    let (app, cx, realm) = (&scene.world.app, scene.world.cx(), &scene.world.realm);
    let grace = acted.flow.user.unwrap();
    let linked = federation::list_linked(app, &cx, realm, grace).await.unwrap();
    assert!(linked[0].removable, "a code to her mailbox signs her in");
    // Without codes nothing else is left.
    scene.world.app.methods = Methods::new(vec![Arc::new(Totp)]);
    let (app, realm) = (&scene.world.app, &scene.world.realm);
    let linked = federation::list_linked(app, &cx, realm, grace).await.unwrap();
    assert!(!linked[0].removable);
    assert_eq!(linked[0].provider, "OpenID Connect");
    let id = linked[0].identity.id;
    let refused = federation::unlink(app, &cx, realm, grace, id).await;
    assert!(matches!(refused, Err(FederationError::LastWayIn)));
    let foreign = federation::unlink(app, &cx, realm, scene.world.user, id).await;
    assert!(matches!(foreign, Err(FederationError::NoIdentity)), "somebody else's");
    assert_eq!(scene.identities(grace).await.len(), 1);
    scene.world.app.methods = Methods::new(vec![Arc::new(EmailCode)]);
    federation::unlink(&scene.world.app, &cx, &scene.world.realm, grace, id).await.unwrap();
    assert!(scene.identities(grace).await.is_empty());
}

#[tokio::test]
async fn a_signed_in_person_links_what_is_nobody_elses() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    let visit = scene.world.visit().await;
    let session = scene.world.sign_in(&visit).await.session.unwrap();
    let browser = Browser { session: Some(session), ..Browser::default() };
    let link = async |browser: &Browser| {
        let world = &scene.world;
        let cookie = browser.session.as_ref().unwrap();
        let mut tx = world.app.store.read(&world.cx()).await.unwrap();
        let found = tx.sessions().find_session_by_secret(&cookie.digest()).await.unwrap();
        tx.commit().await.unwrap();
        let live = found.and_then(|session| session.active(world.now())).unwrap();
        let to =
            federation::start_linking(&world.app, &world.cx(), &world.realm, &live, &key()).await.unwrap();
        scene.back(browser, &state_of(&to), "good").await
    };
    scene.says(somebody("ada-there", None));
    assert!(matches!(link(&browser).await, Ok(TakenBack::Linked { user }) if user == scene.world.user));
    // One there for one here, both ways.
    scene.says(somebody("another", None));
    assert_eq!(why(link(&browser).await), LinkRefusal::AnotherLinked.as_str());
    let other = scene.world.visit().await;
    let grace = scene.come_back(&other, somebody("grace", Some(("grace@acme.test", true)))).await;
    let browser = Browser { session: grace.session, ..Browser::default() };
    scene.says(somebody("ada-there", None));
    assert_eq!(why(link(&browser).await), LinkRefusal::LinkedElsewhere.as_str());
}

#[tokio::test]
async fn the_true_owner_of_an_address_inherits_nothing_of_who_claimed_it() {
    let scene = Scene::new(|_| {}, |_| {}).await;
    let (world, address) = (&scene.world, "victim@acme.test");
    let (id, now) = (UserId::from_uuid(world.app.entropy.uuid(world.now())), world.now());
    let claimed = EmailAddress { email: Email::parse(address).unwrap(), verified_at: None, primary: true };
    let account = User::create(id, NewUser { emails: vec![claimed], ..NewUser::default() }, now).unwrap();
    let credential = CredentialId::from_uuid(world.app.entropy.uuid(now));
    let hash = PasswordHash::from_stored("$argon2id$of the attacker".to_owned());
    let mut tx = world.app.store.write(&world.cx()).await.unwrap();
    tx.users().save_user(account).await.unwrap();
    tx.credentials().save_credential(Credential::password(credential, id, hash, now)).await.unwrap();
    let connection = tx.federation().find_connection_by_key(&key()).await.unwrap().unwrap();
    let identity = IdentityId::from_uuid(world.app.entropy.uuid(now));
    let attacker = somebody("mallory", None);
    let linked = Identity::link(identity, connection.id, &attacker, id, now);
    tx.federation().save_identity(linked).await.unwrap();
    tx.commit().await.unwrap();

    let visit = world.visit().await;
    scene.act(&visit, Command::Recover { username: None }).await;
    scene.act(&visit, Command::Recover { username: Some(address.to_owned()) }).await;
    let code = scene.mailed_code(&visit, ChallengePurpose::Recover).await;
    let proven = scene.act(&visit, Command::Answer { code }).await;
    assert_eq!(proven.flow.state, FlowState::NewPassword);
    assert!(scene.identities(id).await.is_empty());
    let mut tx = world.app.store.read(&world.cx()).await.unwrap();
    assert!(tx.credentials().list_credentials(id).await.unwrap().is_empty());
    tx.commit().await.unwrap();
}
