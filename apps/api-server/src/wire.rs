//! The composition root: which adapter fills which port. The `App` literal is the whole dependency injection; a part
//! that is missing does not compile.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use vestibule_authn::{
    Methods,
    methods::{EmailCode, PhoneCode, RecoveryCodes, Totp},
};
use vestibule_crypto::{Argon2Pool, JoseSigner, MasterKey, OsEntropy, PoolConfig, Sealer, SystemClock};
use vestibule_egress::{AllowedTarget, Egress, EgressConfig, JwksCache};
use vestibule_idp::{Catalogue, Upstream};
use vestibule_kernel::{
    Secret,
    ports::{Clock, Entropy},
};
use vestibule_limits::ProcessLimiter;
use vestibule_pictures::Pictures;
use vestibule_realms::Theme;
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
use vestibule_webauthn::{Passkeys, SecurityKeys};

/// The application with the parts that only the process itself looks after.
pub(crate) struct Parts {
    pub(crate) app: Arc<App>,
    pub(crate) journal: JournalWriter,
    pub(crate) store: OpenStore,
    pub(crate) hashing: Arc<Argon2Pool>,
    pub(crate) egress: Arc<Egress>,
    pub(crate) limiter: Arc<ProcessLimiter>,
    pub(crate) pages: Arc<Pages>,
    pub(crate) keys: MasterKeys,
}

/// Builds everything. Connects to nothing but the database.
///
/// # Errors
/// A part that cannot be built, as a report for the operator.
pub(crate) async fn build(config: &Config) -> Result<Parts, OperatorError> {
    let store = stores::open_store(config).await?;
    let keys = MasterKeys::open(config, store.data(config).await?)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let sealer = Arc::new(sealer(&keys)?);
    let hashing = Arc::new(hashing(config)?);
    let egress = egress(config)?;
    let limiter = Arc::new(ProcessLimiter::new());
    let pages = Arc::new(Pages::new(&config.public_url()));
    let look_rules = Arc::new(LookBook::new(Arc::clone(&pages)));
    let theme = theme(config, &look_rules)?;
    let (journal, writer) = Journal::new(store.store(), Arc::clone(&clock));
    let signer = Arc::new(JoseSigner::new(Arc::clone(&sealer)));
    let jwks = Arc::new(JwksCache::new(Arc::clone(&egress), Arc::clone(&clock)));
    let upstream = Upstream::new(
        Arc::clone(&egress),
        Arc::<JwksCache>::clone(&jwks),
        Arc::<JoseSigner>::clone(&signer),
        Arc::<JoseSigner>::clone(&signer),
    );
    let app = Arc::new(App {
        connectors: Arc::new(Catalogue::new(&upstream)),
        store: store.store(),
        entropy: Arc::clone(&entropy),
        hasher: Arc::<Argon2Pool>::clone(&hashing),
        signer,
        vault: sealer,
        numbers: Arc::new(vestibule_sms::Plans),
        methods: methods(),
        sms: sms::sender(
            config,
            Arc::clone(&egress),
            store.store(),
            Arc::clone(&clock),
            Arc::clone(&entropy),
        ),
        limiter: Arc::<ProcessLimiter>::clone(&limiter),
        jwks,
        look_rules,
        pictures: Arc::new(Pictures::new()),
        logout: Arc::<Egress>::clone(&egress),
        mailer: mail::mailer(config, Arc::clone(&egress), store.store(), Arc::clone(&clock), entropy)?,
        renderer: Arc::new(Mails::new(&pages)),
        snapshots: Arc::new(
            Snapshots::new(store.store(), Arc::clone(&clock), config.public_url()).with_theme(theme),
        ),
        journal,
        installation: Installation { public_url: config.public_url(), dev: config.dev.enabled },
        jobs_wake: Arc::new(tokio::sync::Notify::new()),
        clock,
    });
    Ok(Parts { app, journal: writer, store, hashing, egress, limiter, pages, keys })
}

/// The ways to prove a factor, in the order in which they are offered: one line each.
fn methods() -> Methods {
    Methods::new(vec![
        Arc::new(Passkeys),
        Arc::new(SecurityKeys),
        Arc::new(EmailCode),
        Arc::new(Totp),
        Arc::new(PhoneCode),
        Arc::new(RecoveryCodes),
    ])
}

fn sealer(keys: &MasterKeys) -> Result<Sealer, OperatorError> {
    let parse = |key: &Secret| {
        MasterKey::parse(key.expose()).map_err(|e| OperatorError::new(MASTER_KEY).because(e.to_string()))
    };
    let previous = keys.previous.as_ref().map(parse).transpose()?;
    Ok(Sealer::new(&parse(&keys.current)?, previous.as_ref()))
}

fn hashing(config: &Config) -> Result<Argon2Pool, OperatorError> {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let threads = NonZeroUsize::new(config.hashing.threads).unwrap_or(cores);
    Argon2Pool::start(PoolConfig { threads, queue: config.hashing.queue }).map_err(|e| {
        OperatorError::new(START_FAILED).because(format!("no threads for password hashing: {e}"))
    })
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

/// Outgoing HTTP, as configured.
pub(crate) fn egress(config: &Config) -> Result<Arc<Egress>, OperatorError> {
    let mut extra_root_certificates = Vec::new();
    for file in &config.egress.extra_roots {
        let pem = std::fs::read(file).map_err(|e| {
            OperatorError::new(UNREADABLE_FILE)
                .key("egress.extra_roots", &config.source_of("egress.extra_roots").unwrap_or_default())
                .tried(file.display().to_string())
                .because(e.to_string())
        })?;
        extra_root_certificates.push(pem);
    }
    let allow = config.egress.allow.iter().cloned();
    let allow = allow.map(|HostPort { host, port }| AllowedTarget { host, port }).collect();
    let deadline = Duration::from_secs(5);
    Egress::new(&EgressConfig { allow, extra_root_certificates, deadline, ..EgressConfig::default() })
        .map_err(|e| {
            OperatorError::new(INVALID_SETTING)
                .key("egress.extra_roots", &config.source_of("egress.extra_roots").unwrap_or_default())
                .because(e.to_string())
        })
}
