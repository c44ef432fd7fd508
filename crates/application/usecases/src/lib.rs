//! The verbs: one use case, one file, one async function over `(&App, &Cx, command)`. Orders the steps and the
//! transactions; decides nothing a domain crate can decide, and knows neither SQL nor HTTP.

pub mod access;
pub mod account;
pub mod admin;
pub mod app;
pub mod challenge;
pub mod federation;
pub mod flow;
pub mod jobs;
pub mod journal;
pub mod keys;
pub mod language;
pub mod look;
mod mail;
mod notice;
pub mod oauth;
pub mod pictures;
pub mod ports;
pub mod secrets;
mod sms;
pub mod snapshot;
pub mod texting;

pub use app::{App, Installation};
pub use journal::Journal;
pub use look::Look;
pub use snapshot::{RealmSnapshot, Snapshots};
