//! The installation under load: a release build of the server over its own Postgres database, realms with clients and
//! as many users as asked for, and the addresses of everything.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use vestibule_testkit::{
    RealmDoc, Settings, TestServer,
    realm::{APP, CLIENT_SECRET, PASSWORD},
};

use crate::machine;

/// The realm everything is measured in.
pub(crate) const REALM: &str = "bench";
/// The realm with many users.
pub(crate) const LARGE: &str = "large";

/// A running installation.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) server: TestServer,
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
    pub(crate) async fn open(users: u32, many: u32, postgres: u32) -> Result<Self> {
        let settings = Settings::postgres().await;
        let realm = document(REALM);
        settings.import(&realm);
        seed(&settings, REALM, users).await?;
        if many > 0 {
            settings.import(&document(LARGE));
            seed(&settings, LARGE, many).await?;
        }
        let started = Instant::now();
        let server = settings.start().await;
        Ok(Self { server, postgres, start_time: started.elapsed() })
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
    RealmDoc::standard(slug)
        .settings(json!({"hashing": usual, "login": {"new_device_notice": false}}))
        .client(
            "app",
            json!({"token_endpoint_auth_method": "none", "require_consent": false, "redirect_uris": [APP]}),
        )
        .client("service", json!({"require_consent": false, "redirect_uris": [APP]}))
        .user("user0")
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
