//! What the admin API shows. Views hold nothing that must not be shown: no hash, no digest, no cookie.

pub(super) mod clients;
pub(super) mod connections;
pub(super) mod invitations;
pub(super) mod lists;
pub(super) mod messages;
pub(super) mod pictures;
pub(super) mod realms;
pub(super) mod secrets;
pub(super) mod themes;
pub(super) mod users;
