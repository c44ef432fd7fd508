//! Clients and dynamic registration.

use super::{PAGE, examples, good, shape};
use crate::{
    admin::{
        schemas::{ClientSchema, NewClientSchema},
        views::clients::{InitialAccessBody, InitialAccessView, RotateBody},
    },
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb, infer::MetadataSchema},
    problem::code,
};

const CLIENT: Shape = shape::<ClientSchema>("Client", examples::client);
const WRITE: Access = Access::Realm("clients:write");

/// GET `clients`.
pub const LIST_CLIENTS: Operation = Operation {
    id: "listClients",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/clients",
    tag: "Clients",
    summary: "List clients by client_id",
    access: Access::Realm("clients:read"),
    query: PAGE,
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(
        200,
        "A page of clients",
        Some(Shape::page_of::<ClientSchema>("ClientPage", examples::clients)),
    ),
    problems: &[],
};

/// POST `clients`.
pub const CREATE_CLIENT: Operation = Operation {
    id: "createClient",
    verb: Verb::Post,
    summary: "Create a client; its secret is in this answer and nowhere else",
    access: WRITE,
    query: &[],
    body: Body::Json(shape::<NewClientSchema>("NewClient", examples::new_client)),
    success: good(
        201,
        "The client with its secret",
        Some(shape::<ClientSchema>("Client", examples::client_with_secret)),
    ),
    problems: &[&code::CONFLICT, &code::CEILING],
    ..LIST_CLIENTS
};

/// GET `clients/{client_id}`.
pub const GET_CLIENT: Operation = Operation {
    id: "getClient",
    path: "/realms/{realm}/admin/v1/clients/{client_id}",
    summary: "Read a client",
    query: &[],
    success: good(200, "The client", Some(CLIENT)),
    problems: &[&code::NOT_FOUND],
    ..LIST_CLIENTS
};

/// PATCH `clients/{client_id}`.
pub const UPDATE_CLIENT: Operation = Operation {
    id: "updateClient",
    verb: Verb::Patch,
    summary: "Change a client's metadata; the whole result is checked as at creation",
    access: WRITE,
    body: Body::MergePatch(shape::<MetadataSchema>("ClientMetadata", examples::client_patch)),
    if_match: IfMatch::Required,
    problems: &[&code::NOT_FOUND, &code::CEILING],
    ..GET_CLIENT
};

/// DELETE `clients/{client_id}`.
pub const DELETE_CLIENT: Operation = Operation {
    id: "deleteClient",
    verb: Verb::Delete,
    summary: "Delete a client with its grants and tokens",
    body: Body::None,
    success: good(204, "It is gone", None),
    ..UPDATE_CLIENT
};

/// POST `clients/{client_id}:rotate-secret`.
pub const ROTATE_SECRET: Operation = Operation {
    id: "rotateClientSecret",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/clients/{client_id}:rotate-secret",
    summary: "Give a client a new secret; the old one works a while longer",
    body: Body::OptionalJson(shape::<RotateBody>("RotateSecret", examples::rotate)),
    if_match: IfMatch::Optional,
    success: good(
        200,
        "The client with its new secret",
        Some(shape::<ClientSchema>("Client", examples::client_with_secret)),
    ),
    problems: &[&code::NOT_FOUND, &code::CONFLICT, &code::CEILING],
    ..UPDATE_CLIENT
};

/// POST `clients/{client_id}:enable`.
pub const ENABLE_CLIENT: Operation = Operation {
    id: "enableClient",
    path: "/realms/{realm}/admin/v1/clients/{client_id}:enable",
    summary: "Serve a client",
    body: Body::None,
    success: good(200, "The client", Some(CLIENT)),
    problems: &[&code::NOT_FOUND, &code::CEILING],
    ..ROTATE_SECRET
};

/// POST `clients/{client_id}:disable`.
pub const DISABLE_CLIENT: Operation = Operation {
    id: "disableClient",
    path: "/realms/{realm}/admin/v1/clients/{client_id}:disable",
    summary: "Stop serving a client; its tokens do not work meanwhile",
    ..ENABLE_CLIENT
};

/// POST `clients/{client_id}:verify`.
pub const VERIFY_CLIENT: Operation = Operation {
    id: "verifyClient",
    path: "/realms/{realm}/admin/v1/clients/{client_id}:verify",
    summary: "Vouch for a client that registered itself",
    ..ENABLE_CLIENT
};

/// POST `initial-access-tokens`.
pub const CREATE_INITIAL_ACCESS_TOKEN: Operation = Operation {
    id: "createInitialAccessToken",
    path: "/realms/{realm}/admin/v1/initial-access-tokens",
    summary: "Make a token for dynamic client registration, shown once",
    body: Body::OptionalJson(shape::<InitialAccessBody>("NewInitialAccessToken", examples::initial_access)),
    if_match: IfMatch::Unused,
    success: good(
        201,
        "The token",
        Some(shape::<InitialAccessView>("InitialAccessToken", examples::initial_access_token)),
    ),
    problems: &[],
    ..CREATE_CLIENT
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[
    &LIST_CLIENTS,
    &CREATE_CLIENT,
    &GET_CLIENT,
    &UPDATE_CLIENT,
    &DELETE_CLIENT,
    &ROTATE_SECRET,
    &ENABLE_CLIENT,
    &DISABLE_CLIENT,
    &VERIFY_CLIENT,
    &CREATE_INITIAL_ACCESS_TOKEN,
];
