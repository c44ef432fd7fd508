//! Text messages through providers that speak HTTP: the only crate that knows how one is asked. Goes out through the
//! guarded client, turns one [`Sms`](vestibule_kernel::ports::Sms) into one request under one deadline, and judges the
//! answer. Knows the numbering plans of the world, and no realm, no queue and no text.

mod plans;
mod providers;
mod twilio;
mod verdict;
mod webhook;

pub use plans::Plans;
pub use providers::Providers;
