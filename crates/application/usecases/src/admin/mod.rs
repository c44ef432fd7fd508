//! Use cases of administrators and of the installation itself: bootstrap, set-up, the realm document, and the admin
//! API. Each takes the actor context it needs and demands its scope by itself.

pub(crate) mod access_end;
pub mod bootstrap;
pub mod ceiling;
pub mod client_rules;
pub mod failure;
pub mod initial_keys;
pub mod passwords;
pub mod profile_rules;
pub mod realm_document;
pub mod setup;

pub use ceiling::Ceiling;
pub use failure::AdminFailure;
