//! Actor contexts: proofs that somebody may call a use case. Made only here; use-case signatures demand them, so a
//! forgotten check does not compile.

pub mod account;
pub mod admin;
pub mod bearer;
pub(crate) mod end;

pub use admin::{AdminCx, AdminScope, InstallationCx};
