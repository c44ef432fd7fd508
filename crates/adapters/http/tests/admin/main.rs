//! The admin API over HTTP on a temporary SQLite file, with real hashing and signing: rights, isolation, conventions.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of tests fail like the tests themselves"
)]

mod conventions;
mod document;
mod fresh_proof;
mod harness;
mod pictures;
mod reference;
mod rights;
mod secrets;
mod sessions;
mod setup;
mod themes;
mod things;
