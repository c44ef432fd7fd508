//! Secrets of a realm: write-only.

use super::{examples, good, shape};
use crate::{
    admin::views::secrets::{SecretBody, SecretInfoView},
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb},
    problem::code,
};

/// GET `secrets`.
pub const LIST_SECRETS: Operation = Operation {
    id: "listSecrets",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/secrets",
    tag: "Realm",
    summary: "List the names of the realm's secrets; values never leave",
    access: Access::Realm("realm:read"),
    query: &[],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<SecretInfoView>("SecretPage", examples::secrets)),
    ),
    problems: &[],
};

/// PUT `secrets/{secret_name}`.
pub const PUT_SECRET: Operation = Operation {
    id: "putSecret",
    verb: Verb::Put,
    path: "/realms/{realm}/admin/v1/secrets/{secret_name}",
    summary: "Set or replace a secret that settings name, such as the password of the mail server",
    access: Access::Realm("realm:write"),
    body: Body::Json(shape::<SecretBody>("Secret", examples::secret)),
    success: good(204, "It is set", None),
    problems: &[&code::NOT_FOUND],
    ..LIST_SECRETS
};

/// DELETE `secrets/{secret_name}`.
pub const DELETE_SECRET: Operation = Operation {
    id: "deleteSecret",
    verb: Verb::Delete,
    summary: "Remove a secret; what names it does not work until it is set again",
    body: Body::None,
    success: good(204, "It is gone", None),
    ..PUT_SECRET
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[&LIST_SECRETS, &PUT_SECRET, &DELETE_SECRET];
