//! Users, their credentials and their sessions.

use super::{AFTER, LIMIT, PAGE, examples, good, optional, shape};
use crate::{
    admin::{
        schemas::{NewUserBody, UserBody},
        views::{
            lists::RevokedView,
            users::{CredentialView, PasswordBody, SessionView, SuspendBody, UserView},
        },
    },
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb},
    problem::code,
};

const USER: Shape = shape::<UserView>("User", examples::user);
const READ: Access = Access::Realm("users:read");
const WRITE: Access = Access::Realm("users:write");

/// GET `users`.
pub const LIST_USERS: Operation = Operation {
    id: "listUsers",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/users",
    tag: "Users",
    summary: "List users, oldest first",
    access: READ,
    query: &[
        LIMIT,
        AFTER,
        optional("q", "Users one of whose identifiers (user name, address, number) starts with this."),
        optional("status", "`active`, `suspended` or `pending_deletion`."),
    ],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "A page of users", Some(Shape::page_of::<UserView>("UserPage", examples::users))),
    problems: &[],
};

/// POST `users`.
pub const CREATE_USER: Operation = Operation {
    id: "createUser",
    verb: Verb::Post,
    summary: "Create a user; a password needs `credentials:write` too",
    access: WRITE,
    query: &[],
    body: Body::Json(shape::<NewUserBody>("NewUser", examples::new_user)),
    success: good(201, "The user", Some(USER)),
    problems: &[&code::CONFLICT, &code::CEILING, &code::BUSY],
    ..LIST_USERS
};

/// GET `users/{user_id}`.
pub const GET_USER: Operation = Operation {
    id: "getUser",
    path: "/realms/{realm}/admin/v1/users/{user_id}",
    summary: "Read a user",
    query: &[],
    success: good(200, "The user", Some(USER)),
    problems: &[&code::NOT_FOUND],
    ..LIST_USERS
};

/// PATCH `users/{user_id}`.
pub const UPDATE_USER: Operation = Operation {
    id: "updateUser",
    verb: Verb::Patch,
    summary: "Change a user",
    access: WRITE,
    body: Body::MergePatch(shape::<UserBody>("UserPatch", examples::user_patch)),
    if_match: IfMatch::Optional,
    problems: &[&code::NOT_FOUND, &code::CONFLICT, &code::CEILING],
    ..GET_USER
};

/// DELETE `users/{user_id}`.
pub const DELETE_USER: Operation = Operation {
    id: "deleteUser",
    verb: Verb::Delete,
    summary: "Delete a user with everything they have",
    body: Body::None,
    success: good(204, "They are gone", None),
    ..UPDATE_USER
};

/// POST `users/{user_id}:suspend`.
pub const SUSPEND_USER: Operation = Operation {
    id: "suspendUser",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/users/{user_id}:suspend",
    summary: "Suspend a user and end their sessions and tokens",
    body: Body::OptionalJson(shape::<SuspendBody>("SuspendUser", examples::suspend)),
    ..UPDATE_USER
};

/// POST `users/{user_id}:resume`.
pub const RESUME_USER: Operation = Operation {
    id: "resumeUser",
    path: "/realms/{realm}/admin/v1/users/{user_id}:resume",
    summary: "Let a user sign in again",
    body: Body::None,
    ..SUSPEND_USER
};

/// PUT `users/{user_id}/password`.
pub const SET_PASSWORD: Operation = Operation {
    id: "setUserPassword",
    verb: Verb::Put,
    path: "/realms/{realm}/admin/v1/users/{user_id}/password",
    summary: "Set a user's password and end their sessions and tokens",
    access: Access::Realm("credentials:write"),
    body: Body::Json(shape::<PasswordBody>("SetPassword", examples::password)),
    if_match: IfMatch::Unused,
    success: good(204, "It is set", None),
    problems: &[&code::NOT_FOUND, &code::CEILING, &code::BUSY],
    ..GET_USER
};

/// GET `users/{user_id}/credentials`.
pub const LIST_CREDENTIALS: Operation = Operation {
    id: "listUserCredentials",
    path: "/realms/{realm}/admin/v1/users/{user_id}/credentials",
    summary: "List a user's authenticators, without their secrets",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<CredentialView>("CredentialPage", examples::credential)),
    ),
    ..GET_USER
};

/// DELETE `users/{user_id}/credentials/{credential_id}`.
pub const DELETE_CREDENTIAL: Operation = Operation {
    id: "deleteUserCredential",
    verb: Verb::Delete,
    path: "/realms/{realm}/admin/v1/users/{user_id}/credentials/{credential_id}",
    summary: "Remove an authenticator of a user",
    access: Access::Realm("credentials:write"),
    success: good(204, "It is gone", None),
    problems: &[&code::NOT_FOUND, &code::CEILING],
    ..GET_USER
};

/// GET `users/{user_id}/sessions`.
pub const LIST_USER_SESSIONS: Operation = Operation {
    id: "listUserSessions",
    path: "/realms/{realm}/admin/v1/users/{user_id}/sessions",
    summary: "List a user's live sessions",
    access: Access::Realm("sessions:read"),
    query: PAGE,
    success: good(
        200,
        "A page of sessions",
        Some(Shape::page_of::<SessionView>("SessionPage", examples::sessions)),
    ),
    ..GET_USER
};

/// POST `users/{user_id}/sessions:revoke-all`.
pub const REVOKE_USER_SESSIONS: Operation = Operation {
    id: "revokeUserSessions",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/users/{user_id}/sessions:revoke-all",
    summary: "End every session and token of a user",
    access: Access::Realm("sessions:revoke"),
    success: good(200, "How many ended", Some(shape::<RevokedView>("RevokedSessions", examples::revoked))),
    ..GET_USER
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[
    &LIST_USERS,
    &CREATE_USER,
    &GET_USER,
    &UPDATE_USER,
    &DELETE_USER,
    &SUSPEND_USER,
    &RESUME_USER,
    &SET_PASSWORD,
    &LIST_CREDENTIALS,
    &DELETE_CREDENTIAL,
    &LIST_USER_SESSIONS,
    &REVOKE_USER_SESSIONS,
];
