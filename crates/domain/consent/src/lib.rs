//! What was agreed between a user and a client: OAuth grants. Decides whether a request is covered; does not know
//! tokens or pages.
#![warn(missing_docs)]

pub mod events;
pub mod grant;
pub mod ports;

pub use events::ConsentEvent;
pub use grant::{ConsentDecision, ConsentRules, Grant, Granted};
pub use ports::GrantRepo;
