//! Everything a use case reaches: one plain struct of ports, built once in a composition root.

use std::sync::Arc;

use url::Url;
use vestibule_authn::{Methods, PasswordHasher};
use vestibule_federation::Connectors;
use vestibule_kernel::{
    Actor, Cx, NumberPlans, Origin, RealmId, SystemCx,
    ports::{Clock, Entropy, Mailer, RateLimiter, SmsSender, Vault},
};
use vestibule_oauth::{JwksSource, LogoutSender, TokenSigner};
use vestibule_realms::{LookRules, PictureCleaner};
use vestibule_storage::Store;

use crate::{journal::Journal, ports::MessageRenderer, snapshot::Snapshots};

/// Facts about the installation that are no realm's business.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Where the shared host is reached from outside; no trailing slash in its text form.
    pub public_url: Url,
    /// Whether the developer inbox and developer details on error pages are on.
    pub dev: bool,
}

/// The application.
pub struct App {
    /// Transactions.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Tokens.
    pub signer: Arc<dyn TokenSigner>,
    /// Request limits.
    pub limiter: Arc<dyn RateLimiter>,
    /// Keys of clients.
    pub jwks: Arc<dyn JwksSource>,
    /// Back-channel logout.
    pub logout: Arc<dyn LogoutSender>,
    /// Secrets that are needed again.
    pub vault: Arc<dyn Vault>,
    /// Ways to prove a factor, beside the password.
    pub methods: Methods,
    /// Upstream providers.
    pub connectors: Arc<dyn Connectors>,
    /// Uploaded pictures.
    pub pictures: Arc<dyn PictureCleaner>,
    /// Which looks a realm may have.
    pub look_rules: Arc<dyn LookRules>,
    /// Text messages.
    pub sms: Arc<dyn SmsSender>,
    /// Which telephone numbers there are.
    pub numbers: Arc<dyn NumberPlans>,
    /// Mail.
    pub mailer: Arc<dyn Mailer>,
    /// Texts of mail.
    pub renderer: Arc<dyn MessageRenderer>,
    /// Realms as configured.
    pub snapshots: Arc<Snapshots>,
    /// Events recorded without a synchronous write.
    pub journal: Journal,
    /// The installation.
    pub installation: Installation,
    /// Wakes the job loop of this process.
    pub jobs_wake: Arc<tokio::sync::Notify>,
}

impl App {
    /// The context of work that the server does by itself in a realm.
    pub fn system_cx(&self, realm: RealmId) -> Cx {
        Cx { realm, actor: Actor::System, now: self.clock.now(), origin: Origin::default() }
    }

    /// The context of work that the server does by itself above realms.
    pub fn above_realms(&self) -> SystemCx {
        SystemCx::internal(self.clock.now())
    }
}
