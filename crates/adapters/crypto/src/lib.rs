//! Cryptography and what else touches the machine: password hashing on a bounded pool, JOSE keys, sealing of stored
//! secrets, the clock and the random source. Knows no storage and no HTTP.
#![warn(missing_docs)]

pub mod clock;
pub mod entropy;
mod jwk;
pub mod password;
pub mod seal;
mod signer;
mod verifier;

pub use clock::SystemClock;
pub use entropy::OsEntropy;
pub use password::{Argon2Pool, PoolConfig, PoolStats};
pub use seal::{MasterKey, MasterKeyError, Sealer};
pub use signer::JoseSigner;
