//! The installation under load: a release build of the server over its own Postgres database, realms with clients and
//! as many users as asked for, and the addresses of everything.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use vestibule_testkit::{
    RealmDoc, Settings, SmtpServer, SmtpTls, TestServer,
    realm::{APP, CLIENT_SECRET, PASSWORD},
};

use crate::{Options, machine};

/// The realm everything is measured in.
pub(crate) const REALM: &str = "bench";
/// The realm with many users.
pub(crate) const LARGE: &str = "large";
/// The realm without passwords: people make accounts and sign in by mail.
pub(crate) const MAIL: &str = "mail";
/// The realm with passkeys.
pub(crate) const KEYS: &str = "keys";

/// Passkeys of each connection, of one user each.
pub(crate) const KEYS_EACH: usize = 2;
/// Mails that a person can be sent in an hour, codes and links together.
const MAILS_PER_HOUR: u32 = 10;
/// More sign-ins by mail than a machine does in a second.
const MAILS_PER_SECOND: u32 = 1_000;

/// A running installation.
pub(crate) struct Scene {
    pub(crate) server: TestServer,
    /// Where mails arrive, in this process: their reading is no work of the server.
    pub(crate) smtp: Arc<SmtpServer>,
    /// Users of the realm without passwords.
    pub(crate) readers: u32,
    postgres: u32,
    /// From the start of the process until it said ready.
    pub(crate) start_time: Duration,
}

/// How the server's threads that hash passwords are called.
const HASHING_THREADS: &str = "hash-";

/// CPU time of server and database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpu {
    server: Duration,
    /// The part of the server's that went into hashing passwords.
    hashing: Duration,
    postgres: Duration,
}

impl Cpu {
    /// Of both.
    pub(crate) fn total(self) -> Duration {
        self.server + self.postgres
    }

    /// Of both, without the hashing of passwords.
    pub(crate) fn beyond_hashing(self) -> Duration {
        self.total().saturating_sub(self.hashing)
    }

    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            hashing: self.hashing.saturating_sub(before.hashing),
            server: self.server.saturating_sub(before.server),
            postgres: self.postgres.saturating_sub(before.postgres),
        }
    }

    /// Both shares of one operation, in words.
    pub(crate) fn words(self, operations: u32) -> String {
        let each = |cpu: Duration| crate::report::short(millis(cpu) / f64::from(operations.max(1)));
        format!("server {} ms + database {} ms", each(self.server), each(self.postgres))
    }
}

/// Milliseconds of a duration.
pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

impl Scene {
    /// Prepares database and realms and starts the server.
    pub(crate) async fn open(options: &Options) -> Result<Self> {
        let smtp = Arc::new(SmtpServer::start(SmtpTls::None).await);
        let settings = Settings::postgres()
            .await
            .with("MAIL__SERVER", "127.0.0.1")
            .with("MAIL__PORT", &smtp.port().to_string())
            .with("MAIL__TLS", "none")
            .with("MAIL__SENDER", "id@vestibule.test");
        // So many that nobody's budget of mails is used up.
        let seconds = u32::try_from(options.time.as_secs())?;
        let readers = options.users.max(seconds.saturating_mul(MAILS_PER_SECOND) / MAILS_PER_HOUR);
        let realms = [
            (document(REALM), REALM, options.users),
            (without_passwords(), MAIL, readers),
            (with_passkeys(), KEYS, options.users.max(u32::try_from(options.connections * KEYS_EACH)?)),
            (document(LARGE), LARGE, options.many),
        ];
        for (document, slug, users) in realms.iter().filter(|(_, _, users)| *users > 0) {
            settings.import(document);
            seed(&settings, slug, *users).await?;
        }
        let started = Instant::now();
        let server = settings.start().await;
        let start_time = started.elapsed();
        Ok(Self { server, smtp, readers, postgres: options.postgres, start_time })
    }

    /// How many users a realm has.
    pub(crate) async fn count_users(&self, slug: &str) -> Result<u32> {
        let client = self.server.settings().database().context("a Postgres database")?.connect().await;
        let counted = "SELECT count(*) FROM users u JOIN realms r ON r.id = u.realm_id WHERE r.slug = $1";
        Ok(u32::try_from(client.query_one(counted, &[&slug]).await?.get::<_, i64>(0))?)
    }

    pub(crate) fn cpu(&self) -> Result<Cpu> {
        Ok(Cpu {
            server: machine::cpu_time(self.server.pid())?,
            hashing: machine::cpu_time_of_threads(self.server.pid(), HASHING_THREADS)?,
            postgres: machine::cpu_time_of_family(self.postgres)?,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.server.port()))
    }

    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.server.port())
    }

    pub(crate) fn resident_bytes(&self) -> Result<u64> {
        machine::resident_bytes(self.server.pid())
    }
}

/// `Authorization` of a confidential client.
pub(crate) fn basic(client: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{client}:{CLIENT_SECRET}")))
}

fn document(slug: &str) -> RealmDoc {
    let usual = json!({"memory_kib": 19_456, "passes": 2, "lanes": 1});
    quiet(slug)
        .settings(json!({"hashing": usual}))
        .client("service", json!({"require_consent": false, "redirect_uris": [APP]}))
}

/// A realm with `user0`, who is told of nothing.
fn quiet(slug: &str) -> RealmDoc {
    let public =
        json!({"token_endpoint_auth_method": "none", "require_consent": false, "redirect_uris": [APP]});
    RealmDoc::standard(slug)
        .settings(json!({"login": {"new_device_notice": false}}))
        .client("app", public)
        .user("user0")
}

fn without_passwords() -> RealmDoc {
    quiet(MAIL).settings(json!({
        "login": {"password": false, "email_code": true, "magic_link": true},
        "sign_up": {"mode": "open", "password": "none", "fields": [], "per_address_hour": 1_000_000},
    }))
}

fn with_passkeys() -> RealmDoc {
    quiet(KEYS).settings(json!({"login": {"passkey": true}}))
}

/// Copies `user0`, password hash included, until the realm has so many users: hashing a million passwords would take
/// hours and show nothing.
async fn seed(settings: &Settings, slug: &str, users: u32) -> Result<()> {
    let client = settings.database().context("a Postgres database")?.connect().await;
    let last = i32::try_from(users)?.saturating_sub(1);
    let statements = [
        "CREATE TEMP TABLE copies AS
           SELECT u.realm_id, u.id AS model, gen_random_uuid() AS id, g.n
           FROM users u JOIN realms r ON r.id = u.realm_id CROSS JOIN generate_series(1, $2::int) g(n)
           WHERE r.slug = $1 AND u.username = 'user0'",
        "INSERT INTO users SELECT c.realm_id, c.id, u.status, 'user' || c.n,
             jsonb_build_array(u.emails->0 || jsonb_build_object('email', 'user' || c.n || '@example.test')), u.phones,
             u.profile, u.public_metadata, u.private_metadata, u.locale, u.admin_scopes, u.created_at, u.updated_at,
             u.version
           FROM copies c JOIN users u ON u.realm_id = c.realm_id AND u.id = c.model",
        "INSERT INTO user_identifiers (realm_id, value, user_id, kind)
           SELECT realm_id, 'user' || n, id, 'username' FROM copies
           UNION ALL SELECT realm_id, 'user' || n || '@example.test', id, 'email' FROM copies",
        "INSERT INTO credentials
           SELECT c.realm_id, gen_random_uuid(), c.id, d.kind, d.hash, d.sealed, d.label, d.created_at, d.updated_at,
             d.last_used_at, d.version
           FROM copies c JOIN credentials d ON d.realm_id = c.realm_id AND d.user_id = c.model",
        "DROP TABLE copies",
    ];
    for (index, statement) in statements.iter().enumerate() {
        if index == 0 {
            // `CREATE TABLE AS` takes no parameters; both values are ours.
            let text = statement.replace("$1", &format!("'{slug}'")).replace("$2", &last.to_string());
            client.batch_execute(&text).await?;
        } else {
            client.batch_execute(statement).await?;
        }
    }
    // Otherwise the database does it during the measurements.
    client.batch_execute("VACUUM (ANALYZE)").await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}

/// The password of every seeded user.
pub(crate) const fn password() -> &'static str {
    PASSWORD
}
