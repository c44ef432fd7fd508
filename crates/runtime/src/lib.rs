//! What the apps share: configuration, the master key, telemetry, stopping, opening the store. The only crate that reads
//! the environment; knows no use case.
#![warn(missing_docs)]

pub mod config;
pub mod data_dir;
pub mod mail;
pub mod master_key;
pub mod report;
pub mod shutdown;
pub mod sms;
pub mod stores;
pub mod telemetry;

pub use config::Config;
pub use master_key::MasterKeys;
pub use report::{Exit, OperatorError};
pub use shutdown::Shutdown;
