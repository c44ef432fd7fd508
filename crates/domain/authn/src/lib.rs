//! Proving who you are: the flow machine, its methods, and the only way to [`Authenticated`]. Decides what is still
//! owed; does not know clients, tokens or storage.
#![warn(missing_docs)]

pub mod challenge;
pub mod credential;
pub mod events;
pub mod flow;
pub mod lockout;
pub mod method;
pub mod methods;
pub mod password;
pub mod ports;
pub mod proof;
pub mod requirement;
pub mod trusted_device;

pub use challenge::{AttemptReserved, ChallengePurpose, Contact, StoredChallenge};
pub use credential::{Credential, CredentialKind, PasswordHash};
pub use events::AuthnEvent;
pub use flow::{
    Flow, Intent,
    state::{Action, ActionKind, FailureReason, FlowState, StateName, Task},
    step::{Decision, Input, StepContext, StepError, Transition, step},
};
pub use lockout::{Lockout, Reservation};
pub use method::{LoginMethod, MethodId, Methods};
pub use ports::*;
pub use proof::Authenticated;
pub use requirement::{Requirement, Requirements};
pub use trusted_device::TrustedDevice;
