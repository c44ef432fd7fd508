//! An application on a temporary SQLite file, with real hashing: one realm, two clients, one person.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use serde_json::{Map, Value};
use url::Url;
use vestibule_authn::{
    Credential, Flow, FlowState, Intent, Methods, PasswordHash, StateName, ports::HashCost,
};
use vestibule_crypto::{Argon2Pool, JoseSigner, MasterKey, OsEntropy, PoolConfig, Sealer};
use vestibule_database::{DatabaseConfig, DbStore};
use vestibule_kernel::{
    Actor, ClientId, CredentialId, Cx, FlowId, OpaqueToken, Origin, RealmId, RequestId, Secret, Timestamp,
    UserId,
    contact::{Email, Identifier, Locale},
    ports::{Clock, Mail, MailOutcome, MailServer, Mailer, Sms, SmsProvider, SmsSender},
};
use vestibule_limits::ProcessLimiter;
use vestibule_oauth::{
    AuthorizationRequest, Client, ClientMetadata, FetchError, JwksSource, LogoutSender, StoredRequest,
    Verification,
};
use vestibule_realms::{NoLook, NoPictures, Realm, RealmSettings, Slug};
use vestibule_storage::{
    Job, JobView, Store,
    jobs::{MessageKind, SmsKind},
};
use vestibule_usecases::{
    App, Installation, Journal, RealmSnapshot, Snapshots,
    account::archive::data::PersonalData,
    flow::{self, ActRequest, Acted, Browser, Command, FlowError, NewFlowRequest},
    ports::{MessageRenderer, Recipient, RenderError},
};
use vestibule_users::{
    User,
    user::{EmailAddress, NewUser, UserStatus},
};

pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const ADA: &str = "ada@acme.test";

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Ports no flow uses: any call is a failure of the test.
struct Unused;

#[async_trait]
impl JwksSource for Unused {
    async fn jwks(&self, _: &str, _: bool) -> Result<Value, FetchError> {
        Err(FetchError::Refused("no flow fetches keys"))
    }
}

#[async_trait]
impl LogoutSender for Unused {
    async fn send_logout(&self, _: &str, _: &str) -> Result<(), FetchError> {
        Err(FetchError::Refused("no flow calls out"))
    }
}

#[async_trait]
impl SmsSender for Unused {
    async fn send_sms(&self, _: RealmId, _: Option<&SmsProvider>, _: &Sms) -> MailOutcome {
        MailOutcome::Sent(String::new())
    }
}

#[async_trait]
impl Mailer for Unused {
    async fn send(&self, _: RealmId, _: Option<&MailServer>, _: &Mail) -> MailOutcome {
        MailOutcome::Never("no flow sends mail itself".to_owned())
    }
}

impl MessageRenderer for Unused {
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

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) realm: Arc<RealmSnapshot>,
    pub(crate) user: UserId,
    pub(crate) store: Arc<DbStore>,
    clock: Arc<TestClock>,
    _database: Box<dyn std::any::Any>,
}

/// A flow in a browser.
#[derive(Clone)]
pub(crate) struct Visit {
    pub(crate) flow: FlowId,
    pub(crate) browser: Browser,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut RealmSettings)) -> Self {
        let (config, guard) = vestibule_database::testing::temp_sqlite();
        Self::on(config, Box::new(guard), change).await
    }

    pub(crate) async fn on_postgres() -> Self {
        let (config, guard) = vestibule_database::testing::temp_postgres().await;
        Self::on(config, Box::new(guard), |_| {}).await
    }

    async fn on(
        config: DatabaseConfig,
        database: Box<dyn std::any::Any>,
        change: impl FnOnce(&mut RealmSettings),
    ) -> Self {
        let store = Arc::new(DbStore::open(config).await.unwrap());
        let port: Arc<dyn Store> = store.clone();
        let clock = Arc::new(TestClock(AtomicI64::new(1_800_000_000_000_000)));
        let public_url = Url::parse("http://localhost:8080").unwrap();
        let snapshots = Arc::new(Snapshots::new(port.clone(), clock.clone(), public_url.clone()));
        let (journal, _writer) = Journal::new(port.clone(), clock.clone());
        let threads = NonZeroUsize::new(2).unwrap();
        let app = App {
            store: port,
            clock: clock.clone(),
            entropy: Arc::new(OsEntropy),
            hasher: Arc::new(Argon2Pool::start(PoolConfig { threads, queue: 64 }).unwrap()),
            signer: Arc::new(JoseSigner::new(Arc::new(Sealer::new(&MasterKey::generate(), None)))),
            limiter: Arc::new(ProcessLimiter::new()),
            jwks: Arc::new(Unused),
            look_rules: Arc::new(NoLook),
            pictures: Arc::new(NoPictures),
            logout: Arc::new(Unused),
            vault: Arc::new(Sealer::new(&MasterKey::generate(), None)),
            methods: Methods::default(),
            connectors: Arc::new(vestibule_federation::NoConnectors),
            sms: Arc::new(Unused),
            numbers: Arc::new(vestibule_sms::Plans),
            mailer: Arc::new(Unused),
            renderer: Arc::new(Unused),
            snapshots,
            journal,
            installation: Installation { public_url, dev: false },
            jobs_wake: Arc::new(tokio::sync::Notify::new()),
        };
        let mut settings = RealmSettings::default();
        settings.hashing.memory_kib = 8_192;
        settings.hashing.passes = 1;
        settings.limits.sign_in_per_minute = 10_000;
        settings.limits.identifier_per_minute = 10_000;
        change(&mut settings);
        let (realm, user) = seed(&app, settings).await;
        Self { app, realm, user, store, clock, _database: database }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.0.fetch_add(by.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn cx(&self) -> Cx {
        let origin = Origin {
            ip: Some("192.0.2.7".parse().unwrap()),
            user_agent: Some("Test/1.0".to_owned()),
            request_id: "req".to_owned(),
            language: Some(Locale::parse("de").unwrap()),
        };
        Cx { realm: self.realm.realm.id, actor: Actor::Anonymous, now: self.now(), origin }
    }

    /// Starts a flow in a browser of its own.
    pub(crate) async fn visit(&self) -> Visit {
        self.visit_with(NewFlowRequest::new(Intent::SignIn)).await
    }

    pub(crate) async fn visit_with(&self, new: NewFlowRequest) -> Visit {
        let started = flow::start_flow(&self.app, &self.cx(), &self.realm, new).await.unwrap();
        Visit { flow: started.flow, browser: Browser { flow: Some(started.cookie), ..Browser::default() } }
    }

    /// Starts a flow for a parked request of a client.
    pub(crate) async fn visit_client(
        &self,
        client: &str,
        change: impl FnOnce(&mut AuthorizationRequest),
    ) -> Visit {
        let client = ClientId::parse(client).unwrap();
        let request = self.park(&client, change).await;
        let new = NewFlowRequest {
            request: Some(request),
            client: Some(client),
            ..NewFlowRequest::new(Intent::SignIn)
        };
        self.visit_with(new).await
    }

    pub(crate) async fn park(
        &self,
        client: &ClientId,
        change: impl FnOnce(&mut AuthorizationRequest),
    ) -> RequestId {
        let mut request: AuthorizationRequest = serde_json::from_value(serde_json::json!({
            "client": client, "redirect_uri": "https://shop.test/cb", "redirect_uri_given": true,
            "response_mode": "query", "scopes": ["openid", "email"], "state": null, "nonce": null,
            "code_challenge": null, "prompt": [], "max_age": null, "login_hint": null,
            "expected_subject": null, "ui_locales": [], "acr_values": [], "acr_essential": false,
            "id_token_claims": [], "userinfo_claims": [], "resources": [], "claims": null,
        }))
        .unwrap();
        change(&mut request);
        let stored = StoredRequest {
            id: RequestId::from_uuid(self.app.entropy.uuid(self.now())),
            reference: None,
            request,
            created_at: self.now(),
            expires_at: self.now() + Duration::minutes(30),
            used_at: None,
        };
        let mut tx = self.app.store.write(&self.cx()).await.unwrap();
        tx.requests().insert_request(&stored).await.unwrap();
        tx.commit().await.unwrap();
        stored.id
    }

    pub(crate) async fn act(&self, visit: &Visit, command: Command) -> Result<Acted, FlowError> {
        self.act_on(visit, command, false).await
    }

    /// An action on a device that can keep passkeys, or not.
    pub(crate) async fn act_on(
        &self,
        visit: &Visit,
        command: Command,
        passkeys: bool,
    ) -> Result<Acted, FlowError> {
        self.request(visit, command, (passkeys, false)).await
    }

    /// An action of somebody who asks that the browser be trusted.
    pub(crate) async fn act_remembering(&self, visit: &Visit, command: Command) -> Acted {
        self.request(visit, command, (false, true)).await.unwrap()
    }

    async fn request(
        &self,
        visit: &Visit,
        command: Command,
        (passkeys, remember_device): (bool, bool),
    ) -> Result<Acted, FlowError> {
        let request = ActRequest {
            flow: visit.flow,
            browser: visit.browser.clone(),
            step: None,
            command,
            beside: false,
            passkeys,
            remember_device,
        };
        flow::act(&self.app, &self.cx(), &self.realm, request).await
    }

    pub(crate) async fn sign_in(&self, visit: &Visit) -> Acted {
        self.act(visit, identify(ADA, Some(PASSWORD))).await.unwrap()
    }

    pub(crate) async fn stored(&self, id: FlowId) -> Flow {
        let mut tx = self.app.store.read(&self.cx()).await.unwrap();
        let flow = tx.flows().find_flow(id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        flow
    }

    pub(crate) async fn state(&self, visit: &Visit) -> StateName {
        self.stored(visit.flow).await.state.name()
    }

    /// The user who has an identifier.
    pub(crate) async fn holder(&self, identifier: &str) -> Option<User> {
        let mut tx = self.app.store.read(&self.cx()).await.unwrap();
        let identifier = Identifier::parse(identifier).unwrap();
        let found = tx.users().find_user_by_identifier(&identifier).await.unwrap();
        tx.commit().await.unwrap();
        found
    }

    /// Whether a session cookie works.
    pub(crate) async fn is_live(&self, cookie: &OpaqueToken) -> bool {
        let browser = Browser { session: Some(cookie.clone()), ..Browser::default() };
        flow::home(&self.app, &self.cx(), &browser).await.unwrap().is_some()
    }

    pub(crate) async fn set_status(&self, status: UserStatus) {
        let mut tx = self.app.store.write(&self.cx()).await.unwrap();
        let user = tx.users().find_user(self.user).await.unwrap().unwrap();
        tx.users().save_user(user.set_status(status, None, self.now())).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn jobs(&self) -> Vec<JobView> {
        let mut tx = self.app.store.read(&self.cx()).await.unwrap();
        let jobs = tx.jobs().list_jobs(None, &vestibule_kernel::PageRequest::default()).await.unwrap();
        tx.commit().await.unwrap();
        jobs.items
    }

    /// The addresses to which the user is told this, in order; the messages stay in the queue.
    pub(crate) async fn told(&self, wanted: MessageKind) -> Vec<String> {
        let mut tx = self.app.store.system(&self.app.above_realms()).await.unwrap();
        let claimed = tx.claim_jobs(1_000, 60, self.now()).await.unwrap();
        tx.rollback().await.unwrap();
        let mut told: Vec<String> = claimed
            .into_iter()
            .filter_map(|claimed| match claimed.job {
                Job::SendMessage { user, to, message, .. } if user == self.user && message == wanted => {
                    Some(to.map_or_else(|| "the main address".to_owned(), |to| to.normal().to_owned()))
                }
                _ => None,
            })
            .collect();
        told.sort();
        told
    }

    /// The kinds of events, oldest first.
    pub(crate) async fn events(&self) -> Vec<String> {
        let mut tx = self.app.store.read(&self.cx()).await.unwrap();
        let filter = vestibule_events::EventFilter::default();
        let page = vestibule_kernel::PageRequest::new(200, None);
        let events = tx.events().list_events(&filter, &page).await.unwrap();
        tx.commit().await.unwrap();
        events.items.into_iter().rev().map(|event| event.kind).collect()
    }

    pub(crate) async fn hash(&self) -> PasswordHash {
        let mut tx = self.app.store.read(&self.cx()).await.unwrap();
        let kind = vestibule_authn::CredentialKind::Password;
        let credential = tx.credentials().find_credential(self.user, kind).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        credential.hash().unwrap().clone()
    }
}

pub(crate) fn identify(username: &str, password: Option<&str>) -> Command {
    let password = password.map(|text| Secret::new(text.to_owned()));
    Command::Identify { username: username.to_owned(), password }
}

pub(crate) fn password(text: &str) -> Command {
    Command::Password { password: Secret::new(text.to_owned()) }
}

/// The scopes a consent page asks for.
pub(crate) fn asked(flow: &Flow) -> Vec<String> {
    match &flow.state {
        FlowState::Consent { scopes } => scopes.clone(),
        other => panic!("the flow asks for no consent but is in {other:?}"),
    }
}

async fn seed(app: &App, settings: RealmSettings) -> (Arc<RealmSnapshot>, UserId) {
    let now = app.clock.now();
    let id = RealmId::from_uuid(app.entropy.uuid(now));
    let hashing = settings.hashing;
    let realm = Realm::create(id, Slug::parse("acme").unwrap(), vec![], settings, now).unwrap();
    let mut tx = app.store.system(&app.above_realms()).await.unwrap();
    tx.directory().create_realm(realm).await.unwrap();
    tx.commit().await.unwrap();
    let cost = HashCost { memory_kib: hashing.memory_kib, passes: hashing.passes, lanes: hashing.lanes };
    let hash = app.hasher.hash(&Secret::new(PASSWORD.to_owned()), cost).await.unwrap();
    let address = EmailAddress { email: Email::parse(ADA).unwrap(), verified_at: Some(now), primary: true };
    let new = NewUser { emails: vec![address], ..NewUser::default() };
    let user = UserId::from_uuid(app.entropy.uuid(now));
    let credential = CredentialId::from_uuid(app.entropy.uuid(now));
    let mut tx = app.store.write(&app.system_cx(id)).await.unwrap();
    tx.users().save_user(User::create(user, new, now).unwrap()).await.unwrap();
    tx.credentials().save_credential(Credential::password(credential, user, hash, now)).await.unwrap();
    for (name, require_consent) in [("shop", false), ("partner", true)] {
        let metadata = ClientMetadata {
            client_name: name.to_owned(),
            redirect_uris: vec!["https://shop.test/cb".to_owned()],
            require_consent,
            ..ClientMetadata::default()
        };
        let client = ClientId::parse(name).unwrap();
        let client = Client::create(client, metadata, Verification::Verified, vec![], None, now);
        tx.clients().save_client(client).await.unwrap();
    }
    tx.commit().await.unwrap();
    (app.snapshots.by_id(id).await.unwrap().unwrap(), user)
}
