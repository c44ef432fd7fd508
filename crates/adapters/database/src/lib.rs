//! The store on Postgres and on embedded SQLite, from one code base: portable SQL types, one query text for both, a
//! file per repository port, embedded migrations. Knows nothing of what the rows mean beyond rehydrating them.
#![warn(missing_docs)]

mod catalogue;
pub mod config;
mod errors;
mod feed;
pub mod migrate;
mod pipeline;
mod postgres;
mod prepared;
mod repositories;
mod rules;
mod schema;
mod sqlite;
mod store;
mod system;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod types;
mod wire;

pub use catalogue::{Catalogue, Column, Kind};
pub use config::{DatabaseConfig, Durability, PostgresConfig, SqliteConfig};
pub use store::{DbStore, PoolStats};
