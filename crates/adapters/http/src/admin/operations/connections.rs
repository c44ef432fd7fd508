//! Connections to upstream providers, and identities of users there.

use super::{PAGE, examples, good, shape};
use crate::{
    admin::views::connections::{ConnectionBody, ConnectionSchema, IdentityView, NewConnectionBody},
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb},
    problem::code,
};

const CONNECTION: Shape = shape::<ConnectionSchema>("Connection", examples::connection);

/// GET `connections`.
pub const LIST_CONNECTIONS: Operation = Operation {
    id: "listConnections",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/connections",
    tag: "Connections",
    summary: "List connections to upstream providers by key",
    access: Access::Realm("realm:read"),
    query: &[],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(
        200,
        "Every connection",
        Some(Shape::page_of::<ConnectionSchema>("ConnectionPage", examples::connections)),
    ),
    problems: &[],
};

/// POST `connections`.
pub const CREATE_CONNECTION: Operation = Operation {
    id: "createConnection",
    verb: Verb::Post,
    summary: "Connect an upstream provider; the secret is never shown again",
    access: Access::Realm("realm:write"),
    body: Body::Json(shape::<NewConnectionBody>("NewConnection", examples::new_connection)),
    success: good(201, "The connection", Some(CONNECTION)),
    problems: &[&code::CONFLICT],
    ..LIST_CONNECTIONS
};

/// GET `connections/{connection_id}`.
pub const GET_CONNECTION: Operation = Operation {
    id: "getConnection",
    path: "/realms/{realm}/admin/v1/connections/{connection_id}",
    summary: "Read a connection",
    success: good(200, "The connection", Some(CONNECTION)),
    problems: &[&code::NOT_FOUND],
    ..LIST_CONNECTIONS
};

/// PATCH `connections/{connection_id}`.
pub const UPDATE_CONNECTION: Operation = Operation {
    id: "updateConnection",
    verb: Verb::Patch,
    summary: "Change a connection; other addresses ask for the secret again",
    access: Access::Realm("realm:write"),
    body: Body::MergePatch(shape::<ConnectionBody>("ConnectionPatch", examples::connection_patch)),
    if_match: IfMatch::Required,
    problems: &[&code::NOT_FOUND],
    ..GET_CONNECTION
};

/// DELETE `connections/{connection_id}`.
pub const DELETE_CONNECTION: Operation = Operation {
    id: "deleteConnection",
    verb: Verb::Delete,
    summary: "Delete a connection with the identities linked through it",
    body: Body::None,
    success: good(204, "It is gone", None),
    ..UPDATE_CONNECTION
};

/// GET `users/{user_id}/identities`.
pub const LIST_IDENTITIES: Operation = Operation {
    id: "listUserIdentities",
    path: "/realms/{realm}/admin/v1/users/{user_id}/identities",
    summary: "List a user's identities at upstream providers",
    access: Access::Realm("users:read"),
    query: PAGE,
    success: good(
        200,
        "A page of identities",
        Some(Shape::page_of::<IdentityView>("IdentityPage", examples::identities)),
    ),
    problems: &[&code::NOT_FOUND],
    ..LIST_CONNECTIONS
};

/// DELETE `users/{user_id}/identities/{identity_id}`.
pub const UNLINK_IDENTITY: Operation = Operation {
    id: "unlinkUserIdentity",
    verb: Verb::Delete,
    path: "/realms/{realm}/admin/v1/users/{user_id}/identities/{identity_id}",
    summary: "Take an identity off a user",
    access: Access::Realm("credentials:write"),
    query: &[],
    success: good(204, "It is unlinked", None),
    problems: &[&code::NOT_FOUND, &code::CEILING],
    ..LIST_IDENTITIES
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[
    &LIST_CONNECTIONS,
    &CREATE_CONNECTION,
    &GET_CONNECTION,
    &UPDATE_CONNECTION,
    &DELETE_CONNECTION,
    &LIST_IDENTITIES,
    &UNLINK_IDENTITY,
];
