//! One function per operation: parse, call one use case, answer.

pub(super) mod activity;
pub(super) mod clients;
pub(super) mod connections;
pub(super) mod invitations;
pub(super) mod messages;
pub(super) mod pictures;
pub(super) mod realms;
pub(super) mod secrets;
pub(super) mod themes;
pub(super) mod users;
