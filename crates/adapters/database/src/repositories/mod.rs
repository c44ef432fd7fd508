//! One file per repository port. Every query starts from the rows of the transaction's realm.

mod challenges;
mod clients;
mod codes;
mod connections;
mod credentials;
mod directory;
pub(crate) mod events;
mod families;
mod federation;
mod flows;
mod grants;
mod idempotency;
pub(crate) mod jobs;
mod keys;
mod lockouts;
mod mailbox;
mod one_time_values;
pub(crate) mod purge;
mod realms;
mod refresh_tokens;
mod requests;
mod secrets;
mod sessions;
pub(crate) mod setup_codes;
mod sign_in;
mod tokens;
mod users;
