//! The only outgoing HTTP. Resolves once, refuses addresses that are not public, connects to what it checked, follows
//! no redirect, waits for nobody long and reads from nobody much. Does not know what the answers mean.
#![warn(missing_docs)]

mod address;
mod client;
mod exchange;
mod guard;
mod jwks;
mod resolver;

pub use client::{AllowedTarget, Egress, EgressConfig, EgressConfigError};
pub use exchange::{Authorization, Exchange, Post};
pub use jwks::JwksCache;
pub use vestibule_oauth::FetchError;
