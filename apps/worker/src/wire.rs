//! The composition root of the worker: the same application as the server's, without listeners.

use std::{num::NonZeroUsize, sync::Arc};

use vestibule_authn::Methods;
use vestibule_crypto::{Argon2Pool, JoseSigner, MasterKey, OsEntropy, PoolConfig, Sealer, SystemClock};
use vestibule_egress::{AllowedTarget, Egress, EgressConfig, JwksCache};
use vestibule_federation::NoConnectors;
use vestibule_kernel::{
    Secret,
    ports::{Clock, Entropy},
};
use vestibule_limits::ProcessLimiter;
use vestibule_realms::{NoPictures, Theme};
use vestibule_runtime::{
    Config, MasterKeys, OperatorError,
    config::HostPort,
    mail,
    report::{INVALID_SETTING, MASTER_KEY, START_FAILED, UNREADABLE_FILE},
    sms,
    stores::{self, OpenStore},
};
use vestibule_templates::{LookBook, Mails, Pages};
use vestibule_usecases::{App, Installation, Journal, Snapshots, journal::JournalWriter};

/// The application and what must run beside it.
pub(crate) struct Parts {
    pub(crate) app: Arc<App>,
    pub(crate) journal: JournalWriter,
    pub(crate) store: OpenStore,
}

/// Builds everything. Connects to nothing but the database.
///
/// # Errors
/// A part that cannot be built, as a report for the operator.
pub(crate) async fn build(config: &Config) -> Result<Parts, OperatorError> {
    // First the store: for the embedded database it makes the folder in which the key file lies.
    let open = stores::open_store(config).await?;
    let store = open.store();
    let sealer = Arc::new(sealer(&MasterKeys::open(config, open.data(config).await?)?)?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let egress = egress(config)?;
    let pages = Arc::new(Pages::new(&config.public_url()));
    let look_rules = Arc::new(LookBook::new(Arc::clone(&pages)));
    let theme = theme(config, &look_rules)?;
    let (journal, writer) = Journal::new(Arc::clone(&store), Arc::clone(&clock));
    let signer = Arc::new(JoseSigner::new(Arc::clone(&sealer)));
    let jwks = Arc::new(JwksCache::new(Arc::clone(&egress), Arc::clone(&clock)));
    let app = Arc::new(App {
        connectors: Arc::new(NoConnectors),
        hasher: Arc::new(no_hashing()?),
        signer,
        vault: sealer,
        numbers: Arc::new(vestibule_sms::Plans),
        methods: Methods::default(),
        sms: sms::sender(
            config,
            Arc::clone(&egress),
            Arc::clone(&store),
            Arc::clone(&clock),
            Arc::clone(&entropy),
        ),
        limiter: Arc::new(ProcessLimiter::new()),
        jwks,
        look_rules,
        pictures: Arc::new(NoPictures),
        logout: Arc::<Egress>::clone(&egress),
        mailer: mail::mailer(config, egress, Arc::clone(&store), Arc::clone(&clock), Arc::clone(&entropy))?,
        renderer: Arc::new(Mails::new(&pages)),
        snapshots: Arc::new(
            Snapshots::new(Arc::clone(&store), Arc::clone(&clock), config.public_url()).with_theme(theme),
        ),
        journal,
        installation: Installation { public_url: config.public_url(), dev: config.dev.enabled },
        jobs_wake: Arc::new(tokio::sync::Notify::new()),
        store,
        entropy,
        clock,
    });
    Ok(Parts { app, journal: writer, store: open })
}

fn sealer(keys: &MasterKeys) -> Result<Sealer, OperatorError> {
    let parse = |key: &Secret| {
        MasterKey::parse(key.expose()).map_err(|e| OperatorError::new(MASTER_KEY).because(e.to_string()))
    };
    let previous = keys.previous.as_ref().map(parse).transpose()?;
    Ok(Sealer::new(&parse(&keys.current)?, previous.as_ref()))
}

/// No job hashes a password: one idle thread, which holds no memory.
fn no_hashing() -> Result<Argon2Pool, OperatorError> {
    Argon2Pool::start(PoolConfig { threads: NonZeroUsize::MIN, queue: 0 })
        .map_err(|e| OperatorError::new(START_FAILED).because(format!("no thread could be started: {e}")))
}

/// The look of the installation; the built-in one, if none is configured.
fn theme(config: &Config, rules: &LookBook) -> Result<Theme, OperatorError> {
    let Some(path) = &config.server.theme else { return Ok(Theme::default()) };
    rules.load(path).map_err(|why| {
        OperatorError::new(INVALID_SETTING)
            .key("server.theme", &config.source_of("server.theme").unwrap_or_default())
            .tried(path.display().to_string())
            .because(why)
    })
}

fn egress(config: &Config) -> Result<Arc<Egress>, OperatorError> {
    let report = |fault| {
        OperatorError::new(fault)
            .key("egress.extra_roots", &config.source_of("egress.extra_roots").unwrap_or_default())
    };
    let mut extra_root_certificates = Vec::new();
    for file in &config.egress.extra_roots {
        let pem = std::fs::read(file)
            .map_err(|e| report(UNREADABLE_FILE).tried(file.display().to_string()).because(e.to_string()))?;
        extra_root_certificates.push(pem);
    }
    let allow = config.egress.allow.iter().cloned();
    let allow = allow.map(|HostPort { host, port }| AllowedTarget { host, port }).collect();
    Egress::new(&EgressConfig { allow, extra_root_certificates, ..EgressConfig::default() })
        .map_err(|e| report(INVALID_SETTING).because(e.to_string()))
}
