//! The server from outside, as one test program: real processes over both databases, a real relying party, a real
//! browser. Knows addresses and wire formats, nothing of the code behind them.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails panics"
)]

mod accessibility;
mod account;
mod account_details;
mod bad_input;
mod bearer;
mod browser;
mod browsers_and_protocol;
mod budget;
mod complete_profile;
mod crash;
mod denied_access;
mod federation;
mod federation_faults;
mod independent_provider;
mod json_skin;
mod languages;
mod logs;
mod mail;
mod not_found;
mod oidc_rp;
mod passkeys;
mod phone_codes;
mod protocol;
mod races;
mod reference;
mod routes;
mod scene;
mod second_realm;
mod security_keys;
mod sms;
mod timing;
mod trusted_browsers;
