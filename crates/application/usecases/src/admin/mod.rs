//! Use cases of administrators and of the installation itself: bootstrap, set-up, the realm document, and the admin
//! API. Each takes the actor context it needs and demands its scope by itself.

pub mod bootstrap;
pub mod ceiling;
pub mod client_rules;
pub mod clients;
pub mod connections;
pub mod deliveries;
pub mod document;
pub mod events;
pub mod failure;
pub mod grants;
pub mod idempotency;
pub mod initial_access_tokens;
pub mod invitations;
pub mod jobs;
pub mod keys;
pub mod merge_patch;
pub mod passwords;
pub mod pictures;
pub mod precondition;
pub mod profile_rules;
pub mod realm_document;
pub mod realms;
pub(crate) mod reconfigure;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod theme_preview;
pub mod themes;
pub mod users;

pub(crate) use crate::access::end as access_end;
pub use ceiling::Ceiling;
pub use failure::AdminFailure;
pub use precondition::Precondition;
