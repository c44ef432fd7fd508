//! Text messages through providers that speak HTTP: the only crate that knows how one is asked. Goes out through the
//! guarded client, turns one [`Sms`](vestibule_kernel::ports::Sms) into one request under one deadline, and judges the
//! answer. Knows no realm, no queue and no text.

mod providers;
mod twilio;
mod verdict;
mod webhook;

pub use providers::Providers;
