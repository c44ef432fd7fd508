//! A person's own account over JSON.

use crate::{
    account::{Account, AccountSession, ConnectedAppView, Ended, NewPassword, examples},
    openapi::{Access, Body, IfMatch, Operation, Shape, Success, Verb},
    problem::code,
};

const fn good(status: u16, description: &'static str, body: Option<Shape>) -> Success {
    Success { status, description, body }
}

const GET_ACCOUNT: Operation = Operation {
    id: "getAccount",
    verb: Verb::Get,
    path: "/realms/{realm}/account/v1",
    tag: "Account",
    summary: "Who is signed in, and whether their sign-in is fresh",
    access: Access::SessionCookie,
    query: &[],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "The account", Some(Shape::of::<Account>("Account", examples::account))),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::REALM_SUSPENDED, &code::NO_SUCH_REALM],
};

const PUT_PASSWORD: Operation = Operation {
    id: "putAccountPassword",
    verb: Verb::Put,
    path: "/realms/{realm}/account/v1/password",
    summary: "Set or replace the password; all other sessions and every refresh token end",
    body: Body::Json(Shape::of::<NewPassword>("NewPassword", examples::password)),
    success: good(204, "It is changed", None),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::ACCOUNT_PROOF,
        &code::ACCOUNT_SWITCHED_OFF,
        &code::CSRF,
        &code::INVALID,
        &code::MALFORMED_BODY,
        &code::UNSUPPORTED_MEDIA_TYPE,
        &code::BUSY,
    ],
    ..GET_ACCOUNT
};

const LIST_SESSIONS: Operation = Operation {
    id: "listOwnSessions",
    path: "/realms/{realm}/account/v1/sessions",
    summary: "Where the person is signed in",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<AccountSession>("AccountSessionPage", examples::sessions)),
    ),
    ..GET_ACCOUNT
};

const END_SESSION: Operation = Operation {
    id: "endOwnSession",
    verb: Verb::Delete,
    path: "/realms/{realm}/account/v1/sessions/{session}",
    summary: "End a session with the tokens that came of it",
    success: good(204, "It ended", None),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::CSRF, &code::NOT_FOUND],
    ..GET_ACCOUNT
};

const END_OTHER_SESSIONS: Operation = Operation {
    id: "endOtherSessions",
    verb: Verb::Post,
    path: "/realms/{realm}/account/v1/sessions:end-others",
    summary: "End every session but the one of this request",
    success: good(200, "How many ended", Some(Shape::of::<Ended>("Ended", examples::ended))),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::CSRF],
    ..GET_ACCOUNT
};

const LIST_APPS: Operation = Operation {
    id: "listConnectedApps",
    path: "/realms/{realm}/account/v1/apps",
    summary: "Applications with access to the account",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<ConnectedAppView>("ConnectedAppPage", examples::apps)),
    ),
    ..GET_ACCOUNT
};

const WITHDRAW_APP: Operation = Operation {
    id: "withdrawConnectedApp",
    path: "/realms/{realm}/account/v1/apps/{client}",
    summary: "Take away what an application was allowed, and every token it holds",
    success: good(204, "It has no access any more", None),
    ..END_SESSION
};

/// The operations of this file.
pub(super) const ALL: &[&Operation] = &[
    &GET_ACCOUNT,
    &PUT_PASSWORD,
    &LIST_SESSIONS,
    &END_SESSION,
    &END_OTHER_SESSIONS,
    &LIST_APPS,
    &WITHDRAW_APP,
];
