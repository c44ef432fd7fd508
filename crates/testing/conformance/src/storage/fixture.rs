//! Realms, users and everything in them, ready to be stored.

use std::{
    collections::BTreeSet,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use uuid::Uuid;
use vestibule_authn::{
    Authenticated, Credential, Flow, FlowState, Intent, PasswordHash,
    flow::{NewFlow, Proof},
};
use vestibule_kernel::{
    Actor, Changed, ClientId, CredentialId, Cx, Digest, EventRecord, FamilyId, FlowId, Origin, RealmId,
    RequestId, SessionId, StoreError, SystemCx, Timestamp, UserId,
    assurance::{Amr, Factor},
    contact::Email,
};
use vestibule_oauth::{
    AuthorizationCode, AuthorizationRequest, Client, ClientMetadata, RefreshToken, ResponseMode,
    StoredRequest, TokenFamily, Verification, code::CodeDetails, family::FamilyDetails,
};
use vestibule_realms::{Realm, RealmSettings, Slug};
use vestibule_sessions::{ActiveSession, Session, session::Lifetimes};
use vestibule_storage::{RealmTx, Store, SystemTx};
use vestibule_users::{EmailAddress, NewUser, User};

/// A store under test.
pub type TestStore = Arc<dyn Store>;

static COUNTER: AtomicU64 = AtomicU64::new(1);
static TICK: AtomicU64 = AtomicU64::new(1);

/// An id later than all before.
pub fn id() -> Uuid {
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000_0000_0000_0000 | count)
}

/// A digest no one else has.
pub fn digest() -> Digest {
    Digest::of(id().as_bytes())
}

/// A point in time, in seconds after the beginning of the test.
pub fn at(seconds: i64) -> Timestamp {
    DateTime::<Utc>::UNIX_EPOCH + Duration::seconds(1_800_000_000 + seconds)
}

/// An event that changes nothing.
pub fn event(kind: &'static str) -> EventRecord {
    EventRecord::plain(kind, json!({}))
}

/// The context above realms.
pub fn system_cx() -> SystemCx {
    SystemCx::internal(at(0))
}

/// One realm of a store, with short ways to do things in it.
#[derive(Clone)]
pub struct Fixture {
    /// The store.
    pub store: TestStore,
    /// The context of every transaction.
    pub cx: Cx,
}

impl Fixture {
    /// A store with a new realm.
    pub async fn new(store: TestStore, slug: &str) -> Self {
        let id = RealmId::from_uuid(id());
        let realm = realm(id, slug, &[]);
        let mut tx = store.system(&system_cx()).await.unwrap();
        tx.directory().create_realm(realm).await.unwrap();
        tx.commit().await.unwrap();
        let origin = Origin {
            ip: Some([192, 0, 2, 7].into()),
            user_agent: Some("test agent".to_owned()),
            request_id: "r-1".to_owned(),
            language: None,
        };
        Self { store, cx: Cx { realm: id, actor: Actor::Anonymous, now: at(0), origin } }
    }

    /// The same realm at another time.
    #[must_use]
    pub fn later(&self, seconds: i64) -> Self {
        let mut other = self.clone();
        other.cx.now = at(seconds);
        other
    }

    /// The context of one transaction, a microsecond later than the one before.
    fn next_cx(&self) -> Cx {
        let tick = i64::try_from(TICK.fetch_add(1, Ordering::Relaxed)).unwrap();
        Cx { now: self.cx.now + Duration::microseconds(tick), ..self.cx.clone() }
    }

    /// A write transaction.
    pub async fn write(&self) -> Box<dyn RealmTx> {
        self.store.write(&self.next_cx()).await.unwrap()
    }

    /// A read transaction.
    pub async fn read(&self) -> Box<dyn RealmTx> {
        self.store.read(&self.next_cx()).await.unwrap()
    }

    /// A transaction above realms.
    pub async fn system(&self) -> Box<dyn SystemTx> {
        self.store.system(&system_cx()).await.unwrap()
    }

    /// Stores a client.
    pub async fn client(&self, name: &str) -> ClientId {
        let client = client(name);
        let id = client.value.id.clone();
        let mut tx = self.write().await;
        tx.clients().save_client(client).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Stores a user with an address.
    pub async fn user(&self, email: &str) -> User {
        let user = user(email);
        let stored = user.value.clone();
        let mut tx = self.write().await;
        tx.users().save_user(user).await.unwrap();
        tx.commit().await.unwrap();
        stored
    }

    /// Stores a session.
    pub async fn session(&self, user: UserId) -> Session {
        let session = session(user, at(0));
        let stored = session.value.get().clone();
        let mut tx = self.write().await;
        tx.sessions().save_session(session).await.unwrap();
        tx.commit().await.unwrap();
        stored
    }

    /// Stores a code.
    pub async fn code(&self, client: &ClientId, user: UserId, session: SessionId) -> AuthorizationCode {
        let code = code(client, user, session);
        let mut tx = self.write().await;
        tx.tokens().insert_code(&code).await.unwrap();
        tx.commit().await.unwrap();
        code
    }

    /// Stores a family with a refresh token.
    pub async fn family(
        &self,
        client: &ClientId,
        user: UserId,
        session: Option<SessionId>,
    ) -> (TokenFamily, RefreshToken) {
        let family = family(client, user, session);
        let token = refresh_token(family.id);
        let mut tx = self.write().await;
        tx.tokens().insert_family(&family, Some(&token)).await.unwrap();
        tx.commit().await.unwrap();
        (family, token)
    }

    /// A client, a user, a session and a family of theirs.
    pub async fn signed_in(&self) -> (ClientId, User, Session, TokenFamily, RefreshToken) {
        let client = self.client(&format!("client-{}", id().simple())).await;
        let user = self.user(&format!("u{}@acme.test", id().simple())).await;
        let session = self.session(user.id).await;
        let (family, token) = self.family(&client, user.id, Some(session.id)).await;
        (client, user, session, family, token)
    }

    /// The kinds of all events, oldest first.
    pub async fn event_kinds(&self) -> Vec<String> {
        let mut tx = self.read().await;
        let page = vestibule_kernel::PageRequest::new(200, None);
        let events = tx.events().list_events(&vestibule_events::EventFilter::default(), &page).await.unwrap();
        tx.commit().await.unwrap();
        let mut kinds: Vec<_> = events.items.into_iter().map(|event| event.kind).collect();
        kinds.reverse();
        kinds
    }
}

/// Ends a transaction by what its last guarded write said; that write may be judged as late as the commit.
pub async fn ended(tx: Box<dyn RealmTx>, written: Result<(), StoreError>) -> Result<(), StoreError> {
    match written {
        Ok(()) => tx.commit().await,
        Err(error) => tx.rollback().await.and(Err(error)),
    }
}

/// Runs the same work many times at once and gathers the answers.
pub async fn all_at_once<T, F>(times: usize, work: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..times).map(|index| tokio::spawn(work(index))).collect();
    futures::future::join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// A new realm.
pub fn realm(id: RealmId, slug: &str, hosts: &[&str]) -> Changed<Realm> {
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    Realm::create(id, Slug::parse(slug).unwrap(), hosts, RealmSettings::default(), at(0)).unwrap()
}

/// A new client.
pub fn client(name: &str) -> Changed<Client> {
    let metadata = ClientMetadata {
        client_name: name.to_owned(),
        redirect_uris: vec!["https://app.test/cb".to_owned()],
        ..ClientMetadata::default()
    };
    Client::create(ClientId::parse(name).unwrap(), metadata, Verification::Verified, vec![], None, at(0))
}

/// An address.
pub fn address(email: &str) -> EmailAddress {
    EmailAddress { email: Email::parse(email).unwrap(), verified_at: Some(at(0)), primary: true }
}

/// A new user.
pub fn user(email: &str) -> Changed<User> {
    let new = NewUser { emails: vec![address(email)], ..NewUser::default() };
    User::create(UserId::from_uuid(id()), new, at(0)).unwrap()
}

/// A new password.
pub fn password(user: UserId, hash: &str) -> Changed<Credential> {
    let id = CredentialId::from_uuid(id());
    Credential::password(id, user, PasswordHash::from_stored(hash.to_owned()), at(0))
}

/// A new flow.
pub fn flow(user: Option<UserId>) -> Changed<Flow> {
    let new = NewFlow {
        id: FlowId::from_uuid(id()),
        binding: digest(),
        intent: Intent::SignIn,
        state: FlowState::Identify,
        request: Some(RequestId::from_uuid(id())),
        client: Some(ClientId::parse("shop").unwrap()),
        session: None,
        user,
        identifier: Some("ada@acme.test".to_owned()),
        fresh: true,
        logout: None,
        account: None,
        locale: None,
        expires_at: at(1_800),
    };
    Flow::start(new, at(0))
}

/// The proof of a finished flow.
pub fn proof(user: UserId) -> Authenticated {
    let mut flow = flow(Some(user)).value;
    flow.state = FlowState::Satisfied;
    flow.proofs = vec![Proof { factor: Factor::Knowledge, amr: Amr::Pwd, at: at(0) }];
    flow.finish().unwrap_or_else(|_| panic!("nothing is owed")).1.unwrap()
}

/// How long the sessions of the tests last: an hour idle, a day in all.
pub fn lifetimes() -> Lifetimes {
    Lifetimes { idle: Duration::hours(1), absolute: Duration::days(1) }
}

/// A new session.
pub fn session(user: UserId, now: Timestamp) -> Changed<ActiveSession> {
    let device = (Some("192.0.2.7".to_owned()), Some("test agent".to_owned()));
    ActiveSession::open(SessionId::from_uuid(id()), digest(), &proof(user), lifetimes(), device, now)
}

fn words(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A valid request.
pub fn authorization_request(client: &ClientId) -> AuthorizationRequest {
    AuthorizationRequest {
        client: client.clone(),
        redirect_uri: "https://app.test/cb".to_owned(),
        redirect_uri_given: true,
        response_mode: ResponseMode::Query,
        scopes: words(&["openid", "email"]),
        state: Some("a state with \u{fc}nicode and 'quotes'".to_owned()),
        nonce: Some("n".to_owned()),
        code_challenge: Some("c".to_owned()),
        prompt: BTreeSet::new(),
        max_age: Some(60),
        login_hint: None,
        expected_subject: None,
        ui_locales: vec!["de".to_owned()],
        acr_values: vec![],
        acr_essential: false,
        id_token_claims: vec![],
        userinfo_claims: vec!["email".to_owned()],
        resources: vec![],
        claims: Some(json!({"userinfo": {"email": null}})),
    }
}

/// A request, pushed if it has a reference.
pub fn stored_request(client: &ClientId, reference: Option<Digest>) -> StoredRequest {
    StoredRequest {
        id: RequestId::from_uuid(id()),
        reference,
        request: authorization_request(client),
        created_at: at(0),
        expires_at: at(600),
        used_at: None,
    }
}

/// A fresh code.
pub fn code(client: &ClientId, user: UserId, session: SessionId) -> AuthorizationCode {
    AuthorizationCode {
        digest: digest(),
        family: FamilyId::from_uuid(id()),
        client: client.clone(),
        user,
        session,
        details: CodeDetails {
            request: authorization_request(client),
            granted: words(&["openid"]),
            auth_time: 1,
            acr: "a".to_owned(),
            amr: vec!["pwd".to_owned()],
        },
        issued_at: at(0),
        expires_at: at(60),
        consumed_at: None,
    }
}

/// A new family.
pub fn family(client: &ClientId, user: UserId, session: Option<SessionId>) -> TokenFamily {
    TokenFamily {
        id: FamilyId::from_uuid(id()),
        client: client.clone(),
        user,
        session,
        details: FamilyDetails {
            scopes: words(&["openid", "offline_access"]),
            resources: vec![],
            id_token_claims: vec![],
            userinfo_claims: vec![],
            auth_time: 1,
            acr: "a".to_owned(),
            amr: vec!["pwd".to_owned()],
            nonce: Some("n".to_owned()),
        },
        created_at: at(0),
        expires_at: at(86_400),
        revoked_at: None,
    }
}

/// A fresh refresh token.
pub fn refresh_token(family: FamilyId) -> RefreshToken {
    RefreshToken { digest: digest(), family, issued_at: at(0), expires_at: at(3_600), consumed_at: None }
}
