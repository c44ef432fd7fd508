//! The unit of work: how use cases reach storage. A transaction belongs to one realm; repositories exist only behind
//! it. Knows every repository port, no database.
#![warn(missing_docs)]

pub mod deliveries;
pub mod feed;
pub mod idempotency;
pub mod jobs;
pub mod mailbox;
pub mod sign_in;
pub mod system;
pub mod texts;

use async_trait::async_trait;
use vestibule_authn::{ChallengeRepo, CredentialRepo, FlowRepo, LockoutRepo, TrustedDeviceRepo};
use vestibule_consent::GrantRepo;
use vestibule_events::EventRepo;
use vestibule_federation::FederationRepo;
use vestibule_kernel::{Cx, StoreError, SystemCx};
use vestibule_oauth::{ClientRepo, KeyRepo, RequestRepo, TokenRepo};
use vestibule_realms::{PictureRepo, RealmRepo, SecretRepo, ThemeRepo};
use vestibule_sessions::SessionRepo;
use vestibule_users::{ExportRepo, UserRepo};

pub use deliveries::{Channel, Delivery, DeliveryFilter, DeliveryRepo, DeliveryState};
pub use feed::ConfigFeed;
pub use idempotency::{IdempotencyRepo, IdempotencySlot, IdempotentResponse};
pub use jobs::{ClaimedJob, Job, JobOutcome, JobQueue, JobState, JobView};
pub use mailbox::{MailboxRepo, StoredMail};
pub use sign_in::{SignInFile, SignInRepo};
pub use system::{PurgeCounts, SystemTx};
pub use texts::{TextCountRepo, TextFigures};

/// Opens transactions.
#[async_trait]
pub trait Store: Send + Sync {
    /// A read-only transaction in the context's realm. Writing through it fails.
    async fn read(&self, cx: &Cx) -> Result<Box<dyn RealmTx>, StoreError>;

    /// A read-write transaction in the context's realm (`BEGIN IMMEDIATE` on SQLite).
    async fn write(&self, cx: &Cx) -> Result<Box<dyn RealmTx>, StoreError>;

    /// A read-write transaction above realms: the realm directory, jobs, sweeps.
    async fn system(&self, cx: &SystemCx) -> Result<Box<dyn SystemTx>, StoreError>;

    /// A read-only transaction above realms, which waits for no writer. Writing through it fails.
    async fn system_read(&self, cx: &SystemCx) -> Result<Box<dyn SystemTx>, StoreError>;

    /// Whether the store answers and its schema is the one this build needs.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Learns of configuration changes made by other servers.
    fn feed(&self) -> &dyn ConfigFeed;
}

/// A transaction in one realm. Dropping it rolls back; end it with [`RealmTx::commit`] or [`RealmTx::rollback`].
#[async_trait]
#[must_use = "an uncommitted transaction changes nothing"]
pub trait RealmTx: Send {
    /// The realm itself.
    fn realm(&mut self) -> &mut dyn RealmRepo;
    /// Secrets that are needed again in clear.
    fn secrets(&mut self) -> &mut dyn SecretRepo;
    /// Pictures of the brand.
    fn pictures(&mut self) -> &mut dyn PictureRepo;
    /// The look.
    fn themes(&mut self) -> &mut dyn ThemeRepo;
    /// Signing keys.
    fn keys(&mut self) -> &mut dyn KeyRepo;
    /// Clients.
    fn clients(&mut self) -> &mut dyn ClientRepo;
    /// Users.
    fn users(&mut self) -> &mut dyn UserRepo;
    /// Copies of what is kept about users.
    fn exports(&mut self) -> &mut dyn ExportRepo;
    /// Credentials.
    fn credentials(&mut self) -> &mut dyn CredentialRepo;
    /// Challenges that wait for their answer.
    fn challenges(&mut self) -> &mut dyn ChallengeRepo;
    /// Counters of failed attempts.
    fn lockouts(&mut self) -> &mut dyn LockoutRepo;
    /// Browsers in which a second factor is waived.
    fn trusted_devices(&mut self) -> &mut dyn TrustedDeviceRepo;
    /// What a person's way through the server looks at.
    fn sign_in(&mut self) -> &mut dyn SignInRepo;
    /// Flows.
    fn flows(&mut self) -> &mut dyn FlowRepo;
    /// Connections to upstream providers, identities there, trips.
    fn federation(&mut self) -> &mut dyn FederationRepo;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionRepo;
    /// Grants.
    fn grants(&mut self) -> &mut dyn GrantRepo;
    /// Stored authorization requests.
    fn requests(&mut self) -> &mut dyn RequestRepo;
    /// Codes, families, refresh tokens, one-time values.
    fn tokens(&mut self) -> &mut dyn TokenRepo;
    /// The audit log.
    fn events(&mut self) -> &mut dyn EventRepo;
    /// The job queue.
    fn jobs(&mut self) -> &mut dyn JobQueue;
    /// Remembered answers of idempotent requests.
    fn idempotency(&mut self) -> &mut dyn IdempotencyRepo;
    /// What became of messages.
    fn deliveries(&mut self) -> &mut dyn DeliveryRepo;
    /// Counters of codes by text message.
    fn text_counts(&mut self) -> &mut dyn TextCountRepo;
    /// The developer inbox.
    fn mailbox(&mut self) -> &mut dyn MailboxRepo;

    /// Says that the next call of a repository is the last of this transaction, and that what it writes is kept whatever
    /// it answers. So a database may commit along with it. End with [`RealmTx::commit`] all the same.
    fn ends_with_next(&mut self);

    /// Makes everything durable: rows, audit entries and jobs together.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Gives everything up and the connection back to the pool.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}
