//! Sign-in flows end to end, over a real database and real hashing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail loudly")]

mod account;
mod account_details;
mod account_phones;
mod binding;
mod budget;
mod complete_profile;
mod consent;
mod devices;
mod federated;
mod lockout;
mod matrix;
mod other_ways;
mod passkeys;
mod password;
mod security_keys;
mod sessions;
mod texts;
mod trusted_devices;
mod ways;
mod world;
