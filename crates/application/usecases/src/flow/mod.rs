//! Sign-in flows: started, shown, acted on and finished here, over the pure machine of the domain. Pages and JSON use
//! the same functions.

pub mod policy;
pub mod start;

pub use policy::{Owed, Progress, asks_consent, is_expected, opening, owed};
pub use start::{NewFlowRequest, StartedFlow, prepare_flow, start_flow};
