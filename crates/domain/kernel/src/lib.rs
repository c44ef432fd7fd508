//! Words shared by three or more domain crates: ids, the request context, changes with their events,
//! secrets, contacts, assurance, pages, faults, and the few ports that every use case needs.
//! Knows no tenant setting, no protocol and no storage.
#![warn(missing_docs)]

pub mod assurance;
pub mod changed;
pub mod contact;
pub mod cx;
pub mod fault;
pub mod ids;
pub mod page;
pub mod ports;
pub mod region;
pub mod secret;

pub use changed::{Changed, EventRecord, Subject, Version};
pub use cx::{Actor, Cx, Origin, SystemCx, Timestamp};
pub use fault::StoreError;
pub use ids::{
    AttemptId, ChallengeId, ClientId, ConnectionId, CredentialId, DeviceId, EventId, ExportId, FamilyId,
    FlowId, IdentityId, JobId, MailId, RealmId, RequestId, SessionId, UserId,
};
pub use page::{Page, PageRequest};
pub use region::{NumberPlans, PlannedPhone, Region};
pub use secret::{Digest, OpaqueToken, Sealed, Secret, TokenKind};
