//! The protocol's use cases on SQLite with real cryptography.
#![expect(
    clippy::unwrap_used,
    clippy::items_after_statements,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::panic,
    reason = "helpers of tests fail loudly"
)]

mod authorize;
mod client_assertion;
mod exchange_token;
mod families;
mod logout;
mod push_request;
mod registration;
mod support;
mod tokens_told;
