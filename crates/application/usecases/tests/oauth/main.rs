//! The protocol's use cases on SQLite with real cryptography.

mod authorize;
mod client_assertion;
mod exchange_token;
mod families;
mod logout;
mod push_request;
mod registration;
mod support;
mod tokens_told;
