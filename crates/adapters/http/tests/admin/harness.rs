//! A server in this process, and administrators with tokens of their own.

use std::{num::NonZeroUsize, sync::Arc};

use actix_web::{
    App as WebApp,
    http::{Method, header::HeaderMap},
    test,
};
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;
use url::Url;
use vestibule_authn::Methods;
use vestibule_crypto::{Argon2Pool, JoseSigner, MasterKey, OsEntropy, PoolConfig, Sealer, SystemClock};
use vestibule_database::{DbStore, testing::TempSqlite};
use vestibule_egress::{Egress, EgressConfig, JwksCache};
use vestibule_http::HttpState;
use vestibule_idp::{Catalogue, Upstream};
use vestibule_kernel::{
    RealmId,
    ports::{Clock, Mail, MailOutcome, MailServer, Mailer, Sms, SmsProvider, SmsSender},
};
use vestibule_limits::ProcessLimiter;
use vestibule_pictures::Pictures;
use vestibule_realms::settings::Algorithm;
use vestibule_storage::Store;
use vestibule_templates::{LookBook, Mails, Pages};
use vestibule_usecases::{
    App, Installation, Journal, Snapshots,
    access::bearer::ACCESS_TOKEN_TYP,
    admin::{
        AdminFailure, Ceiling, bootstrap,
        realm_document::{self, ImportReport, RealmDocument},
    },
};

/// Where the installation says it is.
pub(crate) const PUBLIC: &str = "http://localhost:8080";

/// Nobody sends mail in these tests; jobs that would are looked at in the queue.
struct NoMail;

#[async_trait::async_trait]
impl Mailer for NoMail {
    async fn send(&self, _: RealmId, _: Option<&MailServer>, _: &Mail) -> MailOutcome {
        MailOutcome::Never("tests send no mail".to_owned())
    }
}

/// An installation with the operators' realm.
pub(crate) struct Harness {
    pub(crate) state: HttpState,
    _database: TempSqlite,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        let (config, database) = vestibule_database::testing::temp_sqlite();
        let store: Arc<dyn Store> = Arc::new(DbStore::open(config).await.unwrap());
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let public_url = Url::parse(PUBLIC).unwrap();
        let sealer = Arc::new(Sealer::new(&MasterKey::generate(), None));
        let pool = PoolConfig { threads: NonZeroUsize::MIN, queue: 64 };
        let egress = Arc::new(Egress::new(&EgressConfig::default()).unwrap());
        let (journal, _writer) = Journal::new(Arc::clone(&store), Arc::clone(&clock));
        let pages = Arc::new(Pages::new(&public_url));
        let signer = Arc::new(JoseSigner::new(sealer));
        let jwks = Arc::new(JwksCache::new(Arc::clone(&egress), Arc::clone(&clock)));
        let upstream = Upstream::new(
            Arc::clone(&egress),
            jwks,
            Arc::<JoseSigner>::clone(&signer),
            Arc::<JoseSigner>::clone(&signer),
        );
        let app = Arc::new(App {
            connectors: Arc::new(Catalogue::new(&upstream)),
            store: Arc::clone(&store),
            entropy: Arc::new(OsEntropy),
            hasher: Arc::new(Argon2Pool::start(pool).unwrap()),
            signer: Arc::<JoseSigner>::clone(&signer),
            limiter: Arc::new(ProcessLimiter::new()),
            jwks: Arc::new(JwksCache::new(Arc::clone(&egress), Arc::clone(&clock))),
            look_rules: Arc::new(LookBook::new(Arc::clone(&pages))),
            pictures: Arc::new(Pictures::new()),
            logout: Arc::<Egress>::clone(&egress),
            vault: Arc::new(Sealer::new(&MasterKey::generate(), None)),
            methods: Methods::default(),
            sms: Arc::new(NoMail),
            numbers: Arc::new(vestibule_sms::Plans),
            mailer: Arc::new(NoMail),
            renderer: Arc::new(Mails::new(&pages)),
            snapshots: Arc::new(Snapshots::new(store, Arc::clone(&clock), public_url.clone())),
            journal,
            installation: Installation { public_url: public_url.clone(), dev: false },
            jobs_wake: Arc::new(tokio::sync::Notify::new()),
            clock,
        });
        bootstrap::bootstrap(&app).await.unwrap();
        let state =
            HttpState { app, pages, trusted_proxies: Arc::new(Vec::new()), tracker: TaskTracker::new() };
        Self { state, _database: database }
    }

    pub(crate) fn app(&self) -> &App {
        &self.state.app
    }

    /// Imports a document as the host's owner would.
    pub(crate) async fn import(&self, document: Value) -> Result<ImportReport, AdminFailure> {
        let document = RealmDocument::from_value(document).unwrap();
        realm_document::import(self.app(), &self.app().above_realms(), document, Ceiling::Host).await
    }

    /// A realm with cheap hashing and a service client `robot` that holds these admin scopes.
    pub(crate) async fn realm(&self, slug: &str, scopes: &[&str]) {
        self.import(json!({
            "realm": {"slug": slug},
            "settings": {"hashing": {"memory_kib": 8192, "passes": 1, "lanes": 1}},
            "clients": [robot("robot", scopes)],
        }))
        .await
        .unwrap();
    }

    /// Adds a service client to the operators' realm.
    pub(crate) async fn operator(&self, client: &str, scopes: &[&str]) {
        self.import(json!({"realm": {"slug": "operators"}, "clients": [robot(client, scopes)]}))
            .await
            .unwrap();
    }

    /// A token that the realm `issuer` gave to its client, for `audience`, carrying what is asked.
    pub(crate) async fn token(&self, issuer: &str, client: &str, audience: &str, scopes: &[&str]) -> String {
        let realm = self.app().snapshots.by_slug(issuer).await.unwrap().unwrap();
        let now = self.app().clock.now().timestamp();
        let jti = self.app().entropy.uuid(self.app().clock.now());
        let claims = json!({
            "iss": realm.issuer.as_str(), "aud": audience, "sub": client, "client_id": client,
            "scope": scopes.join(" "), "jti": jti, "iat": now, "exp": now + 300,
        });
        let key = realm.signing_key(Algorithm::ES256.as_str()).unwrap();
        self.app().signer.sign(realm.realm.id, key, ACCESS_TOKEN_TYP, claims.to_string().as_bytes()).unwrap()
    }

    /// The token of the realm's own `robot` for its own admin API.
    pub(crate) async fn robot(&self, realm: &str, scopes: &[&str]) -> String {
        self.token(realm, "robot", &format!("{PUBLIC}/realms/{realm}/admin/v1"), scopes).await
    }
}

/// A service client as a document entry.
pub(crate) fn robot(client: &str, scopes: &[&str]) -> Value {
    json!({
        "client_id": client, "client_name": "Robot", "grant_types": ["client_credentials"],
        "secret": "vcs_8sBn2kQ0xYz7LmT4pRwE6uVf", "admin_scopes": scopes, "require_consent": false,
    })
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The code of a problem; checks the format on the way.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        problem["code"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

/// A request to be sent.
pub(crate) struct Call {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.parse().unwrap(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    pub(crate) fn raw(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("Content-Type", media_type)
    }

    /// Sends it to a server made for this one request.
    pub(crate) async fn send(self, harness: &Harness) -> Reply {
        let state = harness.state.clone();
        let service =
            test::init_service(WebApp::new().configure(|config| vestibule_http::configure(config, state)))
                .await;
        let mut request = test::TestRequest::with_uri(&self.path).method(self.method);
        for (name, value) in self.headers {
            request = request.append_header((name, value));
        }
        let response = test::call_service(&service, request.set_payload(self.body).to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = test::read_body(response).await;
        Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

#[async_trait::async_trait]
impl SmsSender for NoMail {
    async fn send_sms(&self, _: RealmId, _: Option<&SmsProvider>, _: &Sms) -> MailOutcome {
        MailOutcome::Sent(String::new())
    }
}
