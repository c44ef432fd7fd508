//! Flows over JSON: the same states as the pages.

use super::{
    bodies::{FlowAction, FlowState, StartFlow},
    examples,
};
use crate::{
    openapi::{Access, Body, IfMatch, Operation, Shape, Success, Verb},
    problem::code,
};

const STATE: Shape = Shape::of::<FlowState>("FlowState", examples::flow_state);

const START: Operation = Operation {
    id: "startFlow",
    verb: Verb::Post,
    path: "/realms/{realm}/flow/v1",
    tag: "Flows",
    summary: "Start a sign-in over JSON",
    access: Access::Public,
    query: &[],
    body: Body::Json(Shape::of::<StartFlow>("StartFlow", examples::start_flow)),
    if_match: IfMatch::Unused,
    success: Success { status: 201, description: "The flow", body: Some(STATE) },
    problems: &[
        &code::CSRF,
        &code::INVALID,
        &code::MALFORMED_BODY,
        &code::UNSUPPORTED_MEDIA_TYPE,
        &code::NO_SUCH_REALM,
    ],
};

const SHOW: Operation = Operation {
    id: "showFlow",
    verb: Verb::Get,
    path: "/realms/{realm}/flow/v1/{flow}",
    summary: "Where a flow stands and what may be done",
    access: Access::FlowCookie,
    body: Body::None,
    success: Success { status: 200, description: "The flow", body: Some(STATE) },
    problems: &[&code::FLOW_UNKNOWN, &code::FLOW_FOREIGN, &code::FLOW_GONE],
    ..START
};

const ACT: Operation = Operation {
    id: "actOnFlow",
    verb: Verb::Post,
    path: "/realms/{realm}/flow/v1/{flow}/{action}",
    summary: "Take one of the actions of a flow's state",
    body: Body::Json(Shape::of::<FlowAction>("FlowAction", examples::flow_action)),
    problems: &[
        &code::FLOW_UNKNOWN,
        &code::FLOW_FOREIGN,
        &code::FLOW_GONE,
        &code::FLOW_ACTION,
        &code::CSRF,
        &code::INVALID,
        &code::MALFORMED_BODY,
        &code::RATE_LIMITED,
        &code::BUSY,
    ],
    ..SHOW
};

/// The operations of this file.
pub(super) const ALL: &[&Operation] = &[&START, &SHOW, &ACT];
