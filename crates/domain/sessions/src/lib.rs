//! Being signed in: the SSO session, opened only from a finished flow. Decides how long it lasts; does not know
//! clients or tokens.
#![warn(missing_docs)]

pub mod events;
pub mod ports;
pub mod session;

pub use events::SessionEvent;
pub use ports::{SessionRepo, SessionScope};
pub use session::{ActiveSession, Lifetimes, RevocationCause, Session};
