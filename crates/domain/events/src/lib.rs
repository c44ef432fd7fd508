//! What happened: the append-only log that is audit trail and outbox at once. Knows the catalogue of kinds; does not
//! know who listens.
#![warn(missing_docs)]

pub mod audit;
pub mod catalogue;
pub mod ports;

pub use audit::{AuditEvent, EventFilter};
pub use catalogue::CATALOGUE;
pub use ports::EventRepo;
