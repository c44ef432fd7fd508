//! A realm on a temporary SQLite file with real cryptography, a clock that moves when told, and a browser that walks
//! flows by the use cases.

use std::{
    collections::BTreeSet,
    num::NonZeroUsize,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use url::Url;
use vestibule_authn::{Credential, Methods, ports::HashCost};
use vestibule_crypto::{Argon2Pool, JoseSigner, MasterKey, OsEntropy, PoolConfig, Sealer};
use vestibule_database::{
    DbStore,
    testing::{TempSqlite, temp_sqlite},
};
use vestibule_kernel::{
    Actor, ClientId, CredentialId, Cx, OpaqueToken, Origin, RealmId, Secret, SystemCx, Timestamp, UserId,
    contact::{Email, Locale},
    ports::{Clock, Entropy, Mail, MailOutcome, MailServer, Mailer, Sms, SmsProvider, SmsSender},
};
use vestibule_limits::ProcessLimiter;
use vestibule_oauth::{
    Client, ClientAuthMethod, ClientMetadata, ClientSecret, FetchError, GeneratedKey, GrantType, JwksSource,
    LogoutSender, Verification, authorize::Parameters, client::authentication::PresentedCredentials,
};
use vestibule_realms::{NoLook, NoPictures, Realm, RealmSettings, Slug};
use vestibule_storage::{
    Store,
    jobs::{MessageKind, SmsKind},
};
use vestibule_usecases::{
    App, Installation, Journal, RealmSnapshot, Snapshots,
    account::archive::data::PersonalData,
    flow::{self, ActRequest, Browser, Command},
    keys,
    oauth::{
        self, AuthorizeCommand, AuthorizeOutcome, ProtocolFailure, ResumeCommand, TokenRequest,
        TokenResponse, exchange_token,
    },
    ports::{MessageRenderer, Recipient, RenderError},
};
use vestibule_users::{EmailAddress, NewUser, Profile, User};

pub(crate) const CALLBACK: &str = "https://app.test/cb";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const SECRET: &str = "vcs_a-secret-with-more-than-128-bits-of-entropy";

/// A clock that stands still until moved.
pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        chrono::DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Keys that clients publish at an address.
#[derive(Default)]
pub(crate) struct Published(pub(crate) Mutex<Option<Value>>);

#[async_trait]
impl JwksSource for Published {
    async fn jwks(&self, _: &str, _: bool) -> Result<Value, FetchError> {
        self.0.lock().unwrap().clone().ok_or(FetchError::Refused("nothing is published"))
    }
}

struct Nobody;

#[async_trait]
impl LogoutSender for Nobody {
    async fn send_logout(&self, _: &str, _: &str) -> Result<(), FetchError> {
        Err(FetchError::Refused("no test sends"))
    }
}

#[async_trait]
impl SmsSender for Nobody {
    async fn send_sms(&self, _: RealmId, _: Option<&SmsProvider>, _: &Sms) -> MailOutcome {
        MailOutcome::Sent(String::new())
    }
}

#[async_trait]
impl Mailer for Nobody {
    async fn send(&self, _: RealmId, _: Option<&MailServer>, _: &Mail) -> MailOutcome {
        MailOutcome::Never("no test sends".to_owned())
    }
}

impl MessageRenderer for Nobody {
    fn render(
        &self,
        _: &RealmSnapshot,
        _: &Recipient,
        _: MessageKind,
        _: &Map<String, Value>,
        _: String,
    ) -> Result<Mail, RenderError> {
        Err(RenderError::Template("no test renders".to_owned()))
    }

    fn render_sms(
        &self,
        _: &RealmSnapshot,
        _: Option<&Locale>,
        _: SmsKind,
        _: &Map<String, Value>,
    ) -> Result<String, RenderError> {
        Err(RenderError::Template("no test renders".to_owned()))
    }

    fn render_personal_data(
        &self,
        _: &RealmSnapshot,
        _: Option<&Locale>,
        _: &PersonalData,
    ) -> Result<String, RenderError> {
        Err(RenderError::Template("no test renders".to_owned()))
    }
}

/// Everything a test reaches.
pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) published: Arc<Published>,
    pub(crate) realm: RealmId,
    _file: TempSqlite,
}

impl World {
    /// A realm `acme` with settings of the test.
    pub(crate) async fn new(change: impl FnOnce(&mut RealmSettings)) -> Self {
        let (config, file) = temp_sqlite();
        let store: Arc<dyn Store> = Arc::new(DbStore::open(config).await.unwrap());
        let clock = Arc::new(FakeClock(AtomicI64::new(1_800_000_000_000_000)));
        let published = Arc::new(Published::default());
        let app = Arc::new(app(store, Arc::clone(&clock), Arc::clone(&published)));
        let mut settings = RealmSettings::default();
        settings.hashing.memory_kib = 8_192;
        settings.hashing.passes = 1;
        settings.login.new_device_notice = false;
        change(&mut settings);
        let realm = RealmId::from_uuid(uuid::Uuid::from_u128(1));
        Self::create_realm(&app, realm, "acme", settings).await;
        Self { app, clock, published, realm, _file: file }
    }

    /// A realm with the default settings.
    pub(crate) async fn plain() -> Self {
        Self::new(|_| ()).await
    }

    async fn create_realm(app: &App, id: RealmId, slug: &str, settings: RealmSettings) {
        let now = app.clock.now();
        let change = Realm::create(id, Slug::parse(slug).unwrap(), vec![], settings, now).unwrap();
        let system = SystemCx::internal(now);
        let mut tx = app.store.system(&system).await.unwrap();
        tx.directory().create_realm(change).await.unwrap();
        tx.commit().await.unwrap();
        let made = keys_of(app, id).await;
        let mut tx = app.store.write(&system.in_realm(id)).await.unwrap();
        keys::save_missing(tx.as_mut(), made, now).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Another realm of the same installation.
    pub(crate) async fn another_realm(&self, slug: &str) -> Arc<RealmSnapshot> {
        let id = RealmId::from_uuid(uuid::Uuid::from_u128(2));
        Self::create_realm(&self.app, id, slug, RealmSettings::default()).await;
        self.app.snapshots.by_id(id).await.unwrap().unwrap()
    }

    pub(crate) fn cx(&self) -> Cx {
        let origin = Origin { ip: "192.0.2.1".parse().ok(), ..Origin::default() };
        Cx { realm: self.realm, actor: Actor::Anonymous, now: self.clock.now(), origin }
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The realm as it is configured now.
    pub(crate) async fn snapshot(&self) -> Arc<RealmSnapshot> {
        self.app.snapshots.refresh(self.realm).await.unwrap().unwrap()
    }

    /// A client with one secret; what is not said is what most applications have.
    pub(crate) async fn client(&self, id: &str, change: impl FnOnce(&mut ClientMetadata)) -> ClientId {
        let cx = self.cx();
        let id = ClientId::parse(id).unwrap();
        let mut metadata = ClientMetadata {
            redirect_uris: vec![CALLBACK.to_owned()],
            post_logout_redirect_uris: vec!["https://app.test/bye".to_owned()],
            grant_types: BTreeSet::from(GrantType::ALL),
            token_endpoint_auth_method: ClientAuthMethod::ClientSecretPost,
            scope: "openid profile email phone offline_access orders:read".to_owned(),
            require_consent: false,
            ..ClientMetadata::default()
        };
        change(&mut metadata);
        let digest = Secret::new(SECRET.to_owned()).digest();
        let secrets = vec![ClientSecret { digest, created_at: cx.now, expires_at: None }];
        let change = Client::create(id.clone(), metadata, Verification::Verified, secrets, None, cx.now);
        let mut tx = self.app.store.write(&cx).await.unwrap();
        tx.clients().save_client(change).await.unwrap();
        tx.commit().await.unwrap();
        self.snapshot().await;
        id
    }

    /// A user with an address and [`PASSWORD`].
    pub(crate) async fn user(&self, name: &str) -> UserId {
        let cx = self.cx();
        let id = UserId::from_uuid(self.app.entropy.uuid(cx.now));
        let address = format!("{name}@acme.test");
        let profile = json!({"name": name, "birthdate": "1815-12-10"}).as_object().cloned().unwrap();
        let new = NewUser {
            emails: vec![EmailAddress {
                email: Email::parse(&address).unwrap(),
                verified_at: Some(cx.now),
                primary: true,
            }],
            profile: Profile::parse(profile, &[]).unwrap(),
            ..NewUser::default()
        };
        let user = User::create(id, new, cx.now).unwrap();
        let cost = HashCost { memory_kib: 8_192, passes: 1, lanes: 1 };
        let hash = self.app.hasher.hash(&Secret::new(PASSWORD.to_owned()), cost).await.unwrap();
        let credential = CredentialId::from_uuid(self.app.entropy.uuid(cx.now));
        let mut tx = self.app.store.write(&cx).await.unwrap();
        tx.users().save_user(user).await.unwrap();
        tx.credentials().save_credential(Credential::password(credential, id, hash, cx.now)).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A browser without cookies.
    pub(crate) fn browser(&self) -> Visitor<'_> {
        Visitor { world: self, cookies: Browser::default() }
    }

    /// Exchanges one grant.
    pub(crate) async fn exchange(
        &self,
        presented: PresentedCredentials,
        request: TokenRequest,
    ) -> Result<TokenResponse, ProtocolFailure> {
        let realm = self.app.snapshots.by_id(self.realm).await.unwrap().unwrap();
        exchange_token(&self.app, &self.cx(), &realm, presented, &request).await
    }

    /// Redeems a code as `shop` with everything right.
    pub(crate) async fn redeem(&self, code: &str) -> Result<TokenResponse, ProtocolFailure> {
        self.exchange(post("shop"), code_request(code)).await
    }

    /// Refreshes as `shop`.
    pub(crate) async fn refresh(&self, token: &str) -> Result<TokenResponse, ProtocolFailure> {
        self.exchange(post("shop"), refresh_request(token)).await
    }

    /// Whether userinfo honours an access token.
    pub(crate) async fn honours(&self, access_token: &str) -> bool {
        let realm = self.app.snapshots.by_id(self.realm).await.unwrap().unwrap();
        oauth::userinfo(&self.app, &self.cx(), &realm, access_token).await.is_ok()
    }

    /// What introspection tells `client` about a token.
    pub(crate) async fn introspect(&self, client: &str, token: &str, hint: Option<&str>) -> Value {
        let realm = self.app.snapshots.by_id(self.realm).await.unwrap().unwrap();
        oauth::introspect(&self.app, &self.cx(), &realm, post(client), Some(token), hint).await.unwrap()
    }

    /// The kinds of the latest events, newest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let mut tx = self.app.store.read(&self.cx()).await.unwrap();
        let page = vestibule_kernel::PageRequest::new(50, None);
        let events = tx.events().list_events(&vestibule_events::EventFilter::default(), &page).await.unwrap();
        tx.commit().await.unwrap();
        events.items.into_iter().map(|event| event.kind).collect()
    }
}

/// The master key and the first realm's keys are made once for all tests: making RSA keys takes its time.
static MASTER: LazyLock<MasterKey> = LazyLock::new(MasterKey::generate);
static KEYS: tokio::sync::OnceCell<Vec<GeneratedKey>> = tokio::sync::OnceCell::const_new();

async fn keys_of(app: &App, realm: RealmId) -> Vec<GeneratedKey> {
    let make = || async { keys::generate_missing(app, realm, &RealmSettings::default(), &[]).await.unwrap() };
    if realm.as_uuid().as_u128() == 1 { KEYS.get_or_init(make).await.clone() } else { make().await }
}

fn app(store: Arc<dyn Store>, clock: Arc<FakeClock>, published: Arc<Published>) -> App {
    let public_url = Url::parse("https://id.test").unwrap();
    let clock: Arc<dyn Clock> = clock;
    let sealer = Arc::new(Sealer::new(&MASTER, None));
    let pool = PoolConfig { threads: NonZeroUsize::MIN, queue: 64 };
    let (journal, _) = Journal::new(Arc::clone(&store), Arc::clone(&clock));
    App {
        entropy: Arc::new(OsEntropy) as Arc<dyn Entropy>,
        hasher: Arc::new(Argon2Pool::start(pool).unwrap()),
        signer: Arc::new(JoseSigner::new(sealer)),
        limiter: Arc::new(ProcessLimiter::new()),
        jwks: published,
        look_rules: Arc::new(NoLook),
        pictures: Arc::new(NoPictures),
        logout: Arc::new(Nobody),
        vault: Arc::new(Sealer::new(&MasterKey::generate(), None)),
        methods: Methods::default(),
        connectors: Arc::new(vestibule_federation::NoConnectors),
        sms: Arc::new(Nobody),
        numbers: Arc::new(vestibule_sms::Plans),
        mailer: Arc::new(Nobody),
        renderer: Arc::new(Nobody),
        snapshots: Arc::new(Snapshots::new(Arc::clone(&store), Arc::clone(&clock), public_url.clone())),
        journal,
        installation: Installation { public_url, dev: false },
        jobs_wake: Arc::new(tokio::sync::Notify::new()),
        store,
        clock,
    }
}

/// A person's browser in the realm.
pub(crate) struct Visitor<'a> {
    world: &'a World,
    pub(crate) cookies: Browser,
}

impl Visitor<'_> {
    /// Opens the authorization endpoint.
    pub(crate) async fn open(&mut self, parameters: &[(&str, &str)]) -> AuthorizeOutcome {
        let realm = self.world.app.snapshots.by_id(self.world.realm).await.unwrap().unwrap();
        let command = AuthorizeCommand {
            parameters: parameters_of(parameters),
            session: self.cookies.session.clone(),
            flow: self.cookies.flow.clone(),
            by_form: false,
        };
        let outcome = oauth::authorize(&self.world.app, &self.world.cx(), &realm, command).await.unwrap();
        if let AuthorizeOutcome::Flow(started) = &outcome {
            self.cookies.flow = Some(started.cookie.clone());
        }
        outcome
    }

    /// Takes one action on a flow and keeps the cookies it sets.
    pub(crate) async fn act(&mut self, id: vestibule_kernel::FlowId, command: Command) -> flow::Acted {
        let realm = self.world.app.snapshots.by_id(self.world.realm).await.unwrap().unwrap();
        let request = ActRequest {
            flow: id,
            browser: self.cookies.clone(),
            step: None,
            command,
            beside: false,
            passkeys: false,
            remember_device: false,
        };
        let acted = flow::act(&self.world.app, &self.world.cx(), &realm, request).await.unwrap();
        if let Some(session) = &acted.session {
            self.cookies.session = Some(session.clone());
        }
        acted
    }

    /// Goes back to the parked request.
    pub(crate) async fn resume(&mut self, flow: &vestibule_authn::Flow) -> AuthorizeOutcome {
        let realm = self.world.app.snapshots.by_id(self.world.realm).await.unwrap().unwrap();
        let command = ResumeCommand {
            request: flow.request.unwrap(),
            flow: Some(flow.id),
            session: self.cookies.session.clone(),
            flow_cookie: self.cookies.flow.clone(),
        };
        oauth::resume(&self.world.app, &self.world.cx(), &realm, command).await.unwrap()
    }

    /// Signs in on the flow that the outcome started, and goes back.
    pub(crate) async fn sign_in(&mut self, name: &str, outcome: AuthorizeOutcome) -> AuthorizeOutcome {
        let AuthorizeOutcome::Flow(started) = outcome else { panic!("a flow starts") };
        self.world.advance(1);
        let command = Command::Identify {
            username: format!("{name}@acme.test"),
            password: Some(Secret::new(PASSWORD.to_owned())),
        };
        let acted = self.act(started.flow, command).await;
        self.resume(&acted.flow).await
    }

    /// Signs in for a request and gives the code.
    pub(crate) async fn code(&mut self, name: &str, parameters: &[(&str, &str)]) -> String {
        let outcome = self.open(parameters).await;
        let outcome = match outcome {
            AuthorizeOutcome::Flow(_) => self.sign_in(name, outcome).await,
            other => other,
        };
        code_of(&outcome)
    }
}

/// The parameters of a request of `shop` with some replaced (`""` removes one).
pub(crate) fn asking<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("client_id", "shop"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email offline_access"),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    pairs
}

pub(crate) fn parameters_of(pairs: &[(&str, &str)]) -> Parameters {
    Parameters::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// A parameter of the answer to the client.
pub(crate) fn answered(outcome: &AuthorizeOutcome, name: &str) -> Option<String> {
    match outcome {
        AuthorizeOutcome::Respond(response) => {
            response.parameters().iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        }
        AuthorizeOutcome::Flow(_) | AuthorizeOutcome::Page(_) | AuthorizeOutcome::ByGet => None,
    }
}

pub(crate) fn code_of(outcome: &AuthorizeOutcome) -> String {
    if let AuthorizeOutcome::Page(error) = outcome {
        panic!("a page: {error}");
    }
    answered(outcome, "code").unwrap_or_else(|| panic!("no code, error {:?}", answered(outcome, "error")))
}

pub(crate) fn post(client: &str) -> PresentedCredentials {
    PresentedCredentials {
        client_id: Some(client.to_owned()),
        client_secret: Some(Secret::new(SECRET.to_owned())),
        ..PresentedCredentials::default()
    }
}

pub(crate) fn code_request(code: &str) -> TokenRequest {
    TokenRequest {
        grant_type: Some("authorization_code".to_owned()),
        code: Some(code.to_owned()),
        redirect_uri: Some(CALLBACK.to_owned()),
        code_verifier: Some(VERIFIER.to_owned()),
        ..TokenRequest::default()
    }
}

pub(crate) fn refresh_request(token: &str) -> TokenRequest {
    TokenRequest {
        grant_type: Some("refresh_token".to_owned()),
        refresh_token: Some(token.to_owned()),
        ..TokenRequest::default()
    }
}

/// The cause of a refusal.
pub(crate) fn cause<T>(result: Result<T, ProtocolFailure>) -> &'static str {
    match result {
        Ok(_) => "none",
        Err(ProtocolFailure::Refused(error) | ProtocolFailure::Metadata { error, .. }) => error.cause(),
        Err(ProtocolFailure::RateLimited { .. }) => "rate_limited",
        Err(ProtocolFailure::Signing(error)) => panic!("{error}"),
        Err(ProtocolFailure::Store(error)) => panic!("{error}"),
    }
}

/// The claims of a JWT, unverified.
pub(crate) fn claims(token: &str) -> Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

pub(crate) fn refresh_of(response: &TokenResponse) -> String {
    response.refresh_token.as_ref().map(OpaqueToken::expose).unwrap().to_owned()
}
