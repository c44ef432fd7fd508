//! The admin API over HTTP on a temporary SQLite file, with real hashing and signing: rights, isolation, conventions.

mod conventions;
mod document;
mod harness;
mod reference;
mod rights;
mod setup;
mod things;
