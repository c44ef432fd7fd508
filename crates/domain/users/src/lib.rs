//! A person in a realm: status, identifiers, profile. Decides what a user may be; does not know how they sign in.
#![warn(missing_docs)]

pub mod events;
pub mod export;
pub mod ports;
pub mod profile;
pub mod user;

pub use events::UserEvent;
pub use export::{DataExport, ExportContent};
pub use ports::{ExportRepo, UserFilter, UserRepo};
pub use profile::{Profile, ProfileError, STANDARD_CLAIMS};
pub use user::{EmailAddress, NewUser, PhoneNumber, User, UserError, UserPatch, UserStatus};
