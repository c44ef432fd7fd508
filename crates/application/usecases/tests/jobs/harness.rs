//! An application on a temporary SQLite file, with the outside world replaced by recorders that answer as told.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::DateTime;
use serde_json::{Map, Value};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use url::Url;
use vestibule_authn::Methods;
use vestibule_crypto::{Argon2Pool, JoseSigner, MasterKey, OsEntropy, PoolConfig, Sealer};
use vestibule_database::{DatabaseConfig, DbStore, testing::TempSqlite, testing::temp_sqlite};
use vestibule_kernel::{
    ClientId, JobId, PageRequest, RealmId, SessionId, Timestamp, UserId,
    contact::{Email, Locale, Username},
    ports::{
        Clock, Entropy, Mail, MailOutcome, MailServer, Mailer, Quota, RateLimiter, Sms, SmsProvider,
        SmsSender,
    },
};
use vestibule_oauth::{
    Client, ClientMetadata, FetchError, JwksSource, LogoutSender, TokenSigner, Verification,
};
use vestibule_realms::{NoLook, NoPictures, Realm, RealmSettings, Slug};
use vestibule_storage::{
    Delivery, DeliveryFilter, Job, Store,
    jobs::{JobView, MessageKind, SmsKind},
};
use vestibule_usecases::{
    App, Installation, Journal, RealmSnapshot, Snapshots,
    account::archive::data::PersonalData,
    jobs::{self, WorkerSettings},
    ports::{MessageRenderer, Recipient, RenderError},
};
use vestibule_users::{
    Profile, User,
    user::{EmailAddress, NewUser},
};

/// Stands still until moved.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Receives logout tokens; answers with the next of the script, then with success.
pub(crate) struct Receiver {
    pub(crate) got: Mutex<Vec<(String, String)>>,
    pub(crate) answers: Mutex<VecDeque<FetchError>>,
    /// A call takes one permit before it answers.
    pub(crate) may_answer: Semaphore,
    /// Told of each call before it answers.
    pub(crate) called: Notify,
}

#[async_trait]
impl LogoutSender for Receiver {
    async fn send_logout(&self, uri: &str, logout_token: &str) -> Result<(), FetchError> {
        self.called.notify_one();
        self.may_answer.acquire().await.unwrap().forget();
        self.got.lock().unwrap().push((uri.to_owned(), logout_token.to_owned()));
        self.answers.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }
}

/// Receives mail; answers like [`Receiver`].
#[derive(Default)]
pub(crate) struct Postbox {
    pub(crate) got: Mutex<Vec<(RealmId, Mail)>>,
    pub(crate) answers: Mutex<VecDeque<MailOutcome>>,
}

struct NoSms;

#[async_trait]
impl SmsSender for NoSms {
    async fn send_sms(&self, _: RealmId, _: Option<&SmsProvider>, _: &Sms) -> MailOutcome {
        MailOutcome::Sent(String::new())
    }
}

#[async_trait]
impl Mailer for Postbox {
    async fn send(&self, realm: RealmId, _: Option<&MailServer>, mail: &Mail) -> MailOutcome {
        self.got.lock().unwrap().push((realm, mail.clone()));
        self.answers.lock().unwrap().pop_front().unwrap_or(MailOutcome::Sent(String::new()))
    }
}

/// The name of somebody whose page cannot be made.
pub(crate) const UNSHOWABLE: &str = "ada";

struct Plain;

impl MessageRenderer for Plain {
    fn render(
        &self,
        realm: &RealmSnapshot,
        recipient: &Recipient,
        kind: MessageKind,
        data: &Map<String, Value>,
        message_id: String,
    ) -> Result<Mail, RenderError> {
        Ok(Mail {
            message_id,
            from_name: realm.display_name().to_owned(),
            from: None,
            reply_to: None,
            to: recipient.to.clone(),
            subject: format!("{kind:?}"),
            text: Value::from(data.clone()).to_string(),
            html: String::new(),
            locale: recipient.locale.clone().unwrap_or_else(|| realm.realm.settings.locales.default.clone()),
        })
    }

    fn render_sms(
        &self,
        _: &RealmSnapshot,
        _: Option<&Locale>,
        kind: SmsKind,
        data: &Map<String, Value>,
    ) -> Result<String, RenderError> {
        Ok(format!("{kind:?} {}", Value::from(data.clone())))
    }

    fn render_personal_data(
        &self,
        _: &RealmSnapshot,
        locale: Option<&Locale>,
        data: &PersonalData,
    ) -> Result<String, RenderError> {
        if data.account.name == UNSHOWABLE {
            return Err(RenderError::Template("export.html".to_owned()));
        }
        Ok(format!("{} in {:?}", data.account.name, locale.map(Locale::as_str)))
    }
}

/// Nothing here asks them.
struct Unused;

#[async_trait]
impl RateLimiter for Unused {
    async fn check(&self, _key: &str, _limit: u32, _window: Duration) -> Quota {
        unreachable!("jobs are not limited")
    }
    async fn refused_for(&self, _key: &str) -> Option<Duration> {
        unreachable!("jobs are not limited")
    }
}

#[async_trait]
impl JwksSource for Unused {
    async fn jwks(&self, _uri: &str, _refresh: bool) -> Result<Value, FetchError> {
        unreachable!("jobs verify nobody's tokens")
    }
}

pub(crate) struct World {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) receiver: Arc<Receiver>,
    pub(crate) postbox: Arc<Postbox>,
    pub(crate) realm: RealmId,
    pub(crate) user: UserId,
    _database: TempSqlite,
}

pub(crate) const SETTINGS: WorkerSettings =
    WorkerSettings { concurrency: 4, lease_seconds: 30, poll: Duration::from_secs(3_600) };

pub(crate) fn client_id() -> ClientId {
    ClientId::parse("shop").unwrap()
}

impl World {
    /// A realm `acme` with keys, a user with an address, and a client `shop` that wants to hear of logouts.
    pub(crate) async fn new() -> Self {
        let (config, database) = temp_sqlite();
        let DatabaseConfig::Sqlite(mut sqlite) = config else { unreachable!("temp_sqlite makes SQLite") };
        // What is tested here does not depend on the disk.
        sqlite.durability = vestibule_database::Durability::Normal;
        let store: Arc<dyn Store> = Arc::new(DbStore::open(DatabaseConfig::Sqlite(sqlite)).await.unwrap());
        let clock = Arc::new(HandClock(AtomicI64::new(1_800_000_000_000_000)));
        let receiver = Arc::new(Receiver {
            got: Mutex::default(),
            answers: Mutex::default(),
            may_answer: Semaphore::new(1_000),
            called: Notify::new(),
        });
        let postbox = Arc::new(Postbox::default());
        let app = app(store, Arc::clone(&clock), Arc::clone(&receiver), Arc::clone(&postbox));
        let now = clock.now();
        let realm = RealmId::from_uuid(OsEntropy.uuid(now));
        let user = UserId::from_uuid(OsEntropy.uuid(now));
        let world = Self { app, clock, receiver, postbox, realm, user, _database: database };
        world.seed(now).await;
        world
    }

    async fn seed(&self, now: Timestamp) {
        let slug = Slug::parse("acme").unwrap();
        let realm = Realm::create(self.realm, slug, vec![], RealmSettings::default(), now).unwrap();
        let mut tx = self.app.store.system(&self.app.above_realms()).await.unwrap();
        tx.directory().create_realm(realm).await.unwrap();
        tx.commit().await.unwrap();
        let address = Email::parse("ada@acme.test").unwrap();
        self.save_user(
            self.user,
            vec![EmailAddress { email: address, verified_at: Some(now), primary: true }],
        )
        .await;
        let metadata = ClientMetadata {
            backchannel_logout_uri: Some("https://shop.test/bye".to_owned()),
            id_token_signed_response_alg: Some("RS256".to_owned()),
            ..ClientMetadata::default()
        };
        let mut tx = self.app.store.write(&self.app.system_cx(self.realm)).await.unwrap();
        let client = Client::create(client_id(), metadata, Verification::Verified, vec![], None, now);
        tx.clients().save_client(client).await.unwrap();
        tx.commit().await.unwrap();
        vestibule_usecases::keys::rotate_due(&self.app, &self.app.system_cx(self.realm)).await.unwrap();
    }

    pub(crate) async fn save_user(&self, id: UserId, emails: Vec<EmailAddress>) {
        let new = NewUser {
            username: emails.is_empty().then(|| Username::parse("ada").unwrap()),
            emails,
            phones: vec![],
            profile: Profile::default(),
            public_metadata: Map::new(),
            private_metadata: Map::new(),
            admin_scopes: vec![],
            locale: None,
        };
        let mut tx = self.app.store.write(&self.app.system_cx(self.realm)).await.unwrap();
        tx.users().save_user(User::create(id, new, self.clock.now()).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn enqueue(&self, job: Job) -> JobId {
        let now = self.clock.now();
        let id = JobId::from_uuid(OsEntropy.uuid(now));
        let mut tx = self.app.store.write(&self.app.system_cx(self.realm)).await.unwrap();
        tx.jobs().enqueue(id, &job, now).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub(crate) fn logout(&self) -> Job {
        let session = SessionId::from_uuid(OsEntropy.uuid(self.clock.now()));
        Job::BackchannelLogout { client: client_id(), session, user: self.user }
    }

    /// Carries out what is due and returns how many jobs that were.
    pub(crate) async fn work(&self) -> usize {
        jobs::run_due(&self.app, SETTINGS).await.unwrap()
    }

    pub(crate) async fn queue(&self) -> Vec<JobView> {
        let found = jobs::list(self.app.store.as_ref(), &self.app.above_realms(), None, None, 100).await;
        found.unwrap().into_iter().map(|found| found.job).collect()
    }

    pub(crate) async fn deliveries(&self) -> Vec<Delivery> {
        let mut tx = self.app.store.read(&self.app.system_cx(self.realm)).await.unwrap();
        let listed =
            tx.deliveries().list_deliveries(DeliveryFilter::default(), &PageRequest::default()).await;
        tx.commit().await.unwrap();
        listed.unwrap().items
    }
}

fn app(
    store: Arc<dyn Store>,
    clock: Arc<HandClock>,
    receiver: Arc<Receiver>,
    postbox: Arc<Postbox>,
) -> Arc<App> {
    let clock: Arc<dyn Clock> = clock;
    let public_url = Url::parse("https://id.test").unwrap();
    let (journal, writer) = Journal::new(Arc::clone(&store), Arc::clone(&clock));
    tokio::spawn(writer.run(CancellationToken::new()));
    let snapshots = Snapshots::new(Arc::clone(&store), Arc::clone(&clock), public_url.clone());
    let signer: Arc<dyn TokenSigner> =
        Arc::new(JoseSigner::new(Arc::new(Sealer::new(&MasterKey::generate(), None))));
    Arc::new(App {
        store,
        clock,
        entropy: Arc::new(OsEntropy),
        hasher: Arc::new(Argon2Pool::start(PoolConfig::default()).unwrap()),
        signer,
        limiter: Arc::new(Unused),
        jwks: Arc::new(Unused),
        look_rules: Arc::new(NoLook),
        pictures: Arc::new(NoPictures),
        logout: receiver,
        vault: Arc::new(Sealer::new(&MasterKey::generate(), None)),
        methods: Methods::default(),
        connectors: Arc::new(vestibule_federation::NoConnectors),
        sms: Arc::new(NoSms),
        numbers: Arc::new(vestibule_sms::Plans),
        mailer: postbox,
        renderer: Arc::new(Plain),
        snapshots: Arc::new(snapshots),
        journal,
        installation: Installation { public_url, dev: false },
        jobs_wake: Arc::new(Notify::new()),
    })
}
