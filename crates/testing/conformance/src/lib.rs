//! Contract suites: what every adapter of a port must do. An adapter's own test crate runs them in a few lines, and the
//! suite is the specification.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a suite fails by panicking"
)]

pub mod authenticator;
pub mod method;
pub mod storage;
