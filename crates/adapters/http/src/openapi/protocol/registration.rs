//! Dynamic client registration.

use super::{
    bodies::{Registration, RegistrationBody},
    examples,
};
use crate::openapi::{Access, Body, IfMatch, Operation, Shape, Success, Verb};

const BODY: Body = Body::Json(Shape::of::<RegistrationBody>("RegistrationBody", examples::registration_body));
const CLIENT: Shape = Shape::of::<Registration>("Registration", examples::registration);

const REGISTER: Operation = Operation {
    id: "registerClient",
    verb: Verb::Post,
    path: "/realms/{realm}/oauth/register",
    tag: "Dynamic registration",
    summary: "Register a client (RFC 7591); closed, open or by initial access token as the realm is set",
    access: Access::Public,
    query: &[],
    body: BODY,
    if_match: IfMatch::Unused,
    success: Success { status: 201, description: "The client", body: Some(CLIENT) },
    problems: &[],
};

const READ: Operation = Operation {
    id: "readRegistration",
    verb: Verb::Get,
    path: "/realms/{realm}/oauth/register/{client}",
    summary: "Read one's own registration (RFC 7592 §2.1)",
    access: Access::Token("registration"),
    body: Body::None,
    success: Success { status: 200, description: "The client", body: Some(CLIENT) },
    ..REGISTER
};

const UPDATE: Operation = Operation {
    id: "updateRegistration",
    verb: Verb::Put,
    summary: "Replace one's own registration (RFC 7592 §2.2)",
    body: BODY,
    ..READ
};

const DELETE: Operation = Operation {
    id: "deleteRegistration",
    verb: Verb::Delete,
    summary: "Delete one's own registration (RFC 7592 §2.3)",
    success: Success { status: 204, description: "It is gone", body: None },
    ..READ
};

/// The operations of this file.
pub(super) const ALL: &[&Operation] = &[&REGISTER, &READ, &UPDATE, &DELETE];
