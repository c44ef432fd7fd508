//! What the machine can do at best, measured in the same run as everything else: password hashes, signatures, a plain
//! query. Uses the product's own crates, so that a ratio speaks of what stands around them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use vestibule_authn::{HashCost, PasswordHasher as _};
use vestibule_crypto::{Argon2Pool, JoseSigner, MasterKey, PoolConfig, Sealer};
use vestibule_kernel::{RealmId, Secret};
use vestibule_oauth::{SigningKey, TokenSigner as _};
use vestibule_testkit::TempDatabase;

use crate::machine;

/// The machine's limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Floors {
    /// Argon2id hashes in a second, all processors together.
    pub(crate) hashes_per_second: f64,
    /// CPU time of one of them.
    pub(crate) hash_cpu: Duration,
    /// CPU time of one ES256 signature over a usual token.
    pub(crate) sign_cpu: Duration,
    /// CPU time of the first look at one: later ones are remembered.
    pub(crate) verify_cpu: Duration,
    /// CPU time of one query by primary key, both sides.
    pub(crate) query_cpu: Duration,
}

/// The default of a realm.
const USUAL: HashCost = HashCost { memory_kib: 19_456, passes: 2, lanes: 1 };

/// Measures them.
pub(crate) async fn measure(time: Duration, postgres: u32) -> Result<Floors> {
    let (hashes_per_second, hash_cpu) = hashing(time).await?;
    let (sign_cpu, verify_cpu) = signatures(time)?;
    Ok(Floors { hashes_per_second, hash_cpu, sign_cpu, verify_cpu, query_cpu: query(time, postgres).await? })
}

async fn hashing(time: Duration) -> Result<(f64, Duration)> {
    let pool = Arc::new(Argon2Pool::start(PoolConfig::default())?);
    let password = Secret::new("correct horse battery staple".to_owned());
    let before = machine::cpu_time(std::process::id())?;
    let started = Instant::now();
    let tasks: Vec<_> = (0..machine::cores() * 2)
        .map(|_| {
            let (pool, password) = (Arc::clone(&pool), password.clone());
            tokio::spawn(async move {
                let mut done = 0_u32;
                while started.elapsed() < time {
                    if pool.hash(&password, USUAL).await.is_ok() {
                        done += 1;
                    }
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await?;
    }
    let rate = f64::from(done) / started.elapsed().as_secs_f64();
    let cpu = machine::cpu_time(std::process::id())?.saturating_sub(before);
    Ok((rate, cpu / done.max(1)))
}

/// Tokens that are verified.
const TOKENS: u32 = 10_000;

fn signatures(time: Duration) -> Result<(Duration, Duration)> {
    let signer = JoseSigner::new(Arc::new(Sealer::new(&MasterKey::generate(), None)));
    let realm = RealmId::from_uuid(uuid::Uuid::nil());
    let now = chrono::DateTime::UNIX_EPOCH;
    let key = SigningKey::create(signer.generate(realm, "ES256")?, now, now).value;
    let claims = vec![b' '; 300];
    let before = machine::cpu_time(std::process::id())?;
    let (started, mut done) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        signer.sign(realm, &key, "at+jwt", &claims)?;
        done += 1;
    }
    let sign_cpu = machine::cpu_time(std::process::id())?.saturating_sub(before) / done.max(1);

    // Each token is another one, so that each signature is checked.
    let tokens = (0..TOKENS)
        .map(|number| signer.sign(realm, &key, "at+jwt", format!("{{\"n\":{number}}}").as_bytes()))
        .collect::<Result<Vec<_>, _>>()?;
    let keys = [key];
    let before = machine::cpu_time(std::process::id())?;
    for token in &tokens {
        signer.verify(&keys, "at+jwt", token)?;
    }
    let verify_cpu = machine::cpu_time(std::process::id())?.saturating_sub(before) / TOKENS;
    Ok((sign_cpu, verify_cpu))
}

async fn query(time: Duration, postgres: u32) -> Result<Duration> {
    let database = TempDatabase::create().await;
    let client = database.connect().await;
    client
        .batch_execute(
            "CREATE TABLE t (id int PRIMARY KEY, text text); \
             INSERT INTO t SELECT g, 'x' FROM generate_series(1, 1000) g",
        )
        .await?;
    let statement = client.prepare("SELECT text FROM t WHERE id = $1").await?;
    let cpu = || -> Result<Duration> {
        Ok(machine::cpu_time(std::process::id())? + machine::cpu_time_of_family(postgres)?)
    };
    let before = cpu()?;
    let (started, mut done) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        client.query(&statement, &[&500]).await?;
        done += 1;
    }
    Ok(cpu()?.saturating_sub(before) / done.max(1))
}
