//! Invitations to make an account.

use super::{examples, good, shape};
use crate::{
    admin::views::invitations::{InvitationView, NewInvitationBody},
    openapi::{Access, Body, IfMatch, Operation, Verb},
    problem::code,
};

/// POST `invitations`.
pub const INVITE: Operation = Operation {
    id: "inviteUser",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/invitations",
    tag: "Users",
    summary: "Invite somebody to make an account with an address; in a realm of invited people, nobody else can",
    access: Access::Realm("users:write"),
    query: &[],
    body: Body::Json(shape::<NewInvitationBody>("NewInvitation", examples::new_invitation)),
    if_match: IfMatch::Unused,
    success: good(
        201,
        "The invitation; its link is shown here only",
        Some(shape::<InvitationView>("Invitation", examples::invitation)),
    ),
    problems: &[&code::CONFLICT],
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[&INVITE];
