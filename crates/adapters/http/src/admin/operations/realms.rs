//! Realms above realms, and the realm itself.

use super::{PAGE, examples, good, optional, shape};
use crate::{
    admin::{
        schemas::{DocumentSchema, RealmPatch},
        views::realms::{ImportView, NewRealmBody, RealmView},
    },
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb},
    problem::code,
};

const REALM: Shape = shape::<RealmView>("Realm", examples::realm);
const DOCUMENT: Shape = shape::<DocumentSchema>("RealmDocument", examples::document);
const MANAGE: Access = Access::Installation("realms:manage");
const TAG: &str = "Realms";

/// GET `/admin/v1/realms`.
pub const LIST_REALMS: Operation = Operation {
    id: "listRealms",
    verb: Verb::Get,
    path: "/admin/v1/realms",
    tag: TAG,
    summary: "List realms by slug",
    access: MANAGE,
    query: PAGE,
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "A page of realms", Some(Shape::page_of::<RealmView>("RealmPage", examples::realms))),
    problems: &[],
};

/// POST `/admin/v1/realms`.
pub const CREATE_REALM: Operation = Operation {
    id: "createRealm",
    verb: Verb::Post,
    summary: "Create a realm with its signing keys",
    query: &[],
    body: Body::Json(shape::<NewRealmBody>("NewRealm", examples::new_realm)),
    success: good(201, "The realm", Some(REALM)),
    problems: &[&code::CONFLICT],
    ..LIST_REALMS
};

/// GET `/admin/v1/realms/{realm_id}`.
pub const GET_REALM: Operation = Operation {
    id: "getRealm",
    path: "/admin/v1/realms/{realm_id}",
    summary: "Read a realm by id or slug",
    query: &[],
    success: good(200, "The realm", Some(REALM)),
    problems: &[&code::NOT_FOUND],
    ..LIST_REALMS
};

/// PATCH `/admin/v1/realms/{realm_id}`.
pub const UPDATE_REALM: Operation = Operation {
    id: "updateRealm",
    verb: Verb::Patch,
    summary: "Change hosts and settings of a realm",
    body: Body::MergePatch(shape::<RealmPatch>("RealmPatch", examples::realm_patch)),
    if_match: IfMatch::Required,
    problems: &[&code::NOT_FOUND, &code::CONFLICT],
    ..GET_REALM
};

/// DELETE `/admin/v1/realms/{realm_id}`.
pub const DELETE_REALM: Operation = Operation {
    id: "deleteRealm",
    verb: Verb::Delete,
    summary: "Delete a realm and everything in it",
    body: Body::None,
    success: good(204, "It is gone", None),
    ..UPDATE_REALM
};

/// POST `/admin/v1/realms/{realm_id}:suspend`.
pub const SUSPEND_REALM: Operation = Operation {
    id: "suspendRealm",
    verb: Verb::Post,
    path: "/admin/v1/realms/{realm_id}:suspend",
    summary: "Stop serving a realm",
    problems: &[&code::NOT_FOUND, &code::CONFLICT],
    ..GET_REALM
};

/// POST `/admin/v1/realms/{realm_id}:resume`.
pub const RESUME_REALM: Operation = Operation {
    id: "resumeRealm",
    path: "/admin/v1/realms/{realm_id}:resume",
    summary: "Serve a realm again",
    ..SUSPEND_REALM
};

/// POST `/admin/v1/realms:import`.
pub const IMPORT_REALM: Operation = Operation {
    id: "importRealm",
    verb: Verb::Post,
    path: "/admin/v1/realms:import",
    summary: "Create a realm from a document, or bring it in line",
    body: Body::Document(DOCUMENT),
    success: good(200, "What changed", Some(shape::<ImportView>("ImportReport", examples::import_report))),
    problems: &[&code::CONFLICT, &code::CEILING, &code::BUSY],
    ..GET_REALM
};

/// GET `realm`.
pub const GET_OWN_REALM: Operation = Operation {
    id: "getOwnRealm",
    path: "/realms/{realm}/admin/v1/realm",
    tag: "Realm",
    summary: "Read the realm's settings",
    access: Access::Realm("realm:read"),
    problems: &[],
    ..GET_REALM
};

/// PATCH `realm`.
pub const UPDATE_OWN_REALM: Operation = Operation {
    id: "updateOwnRealm",
    path: "/realms/{realm}/admin/v1/realm",
    tag: "Realm",
    summary: "Change the realm's settings",
    access: Access::Realm("realm:write"),
    problems: &[],
    ..UPDATE_REALM
};

/// GET `document`.
pub const EXPORT_DOCUMENT: Operation = Operation {
    id: "exportDocument",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/document",
    tag: "Realm",
    summary: "Export the realm as a document; secrets leave as digests only",
    access: Access::Realm("realm:apply"),
    query: &[
        optional("format", "`json` or `toml`; `json` if left out."),
        optional(
            "users",
            "`none`, `without_passwords` (needs `users:read`) or `with_passwords` (needs `credentials:write` too).",
        ),
    ],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "The document", Some(DOCUMENT)),
    problems: &[&code::CONFLICT],
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[
    &LIST_REALMS,
    &CREATE_REALM,
    &GET_REALM,
    &UPDATE_REALM,
    &DELETE_REALM,
    &SUSPEND_REALM,
    &RESUME_REALM,
    &IMPORT_REALM,
    &GET_OWN_REALM,
    &UPDATE_OWN_REALM,
    &EXPORT_DOCUMENT,
];
