//! OAuth 2 and OpenID Connect.

use super::{
    bodies::{
        Introspection, Jwks, Pushed, PushedForm, ServerMetadata, TokenForm, TokenToCheck, Tokens, UserInfo,
    },
    examples, query,
};
use crate::openapi::{Access, Body, IfMatch, Operation, Shape, Success, Verb};

const TAG: &str = "OAuth 2 and OpenID Connect";

const fn good(status: u16, description: &'static str, body: Option<Shape>) -> Success {
    Success { status, description, body }
}

const DISCOVERY: Operation = Operation {
    id: "discovery",
    verb: Verb::Get,
    path: "/realms/{realm}/.well-known/openid-configuration",
    tag: TAG,
    summary: "What this server can do (OpenID Connect Discovery §4)",
    access: Access::Public,
    query: &[],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "Metadata", Some(Shape::of::<ServerMetadata>("ServerMetadata", examples::metadata))),
    problems: &[],
};

const OAUTH_DISCOVERY: Operation = Operation {
    id: "oauthDiscovery",
    path: "/.well-known/oauth-authorization-server/realms/{realm}",
    summary: "The same metadata where RFC 8414 §3 puts it",
    ..DISCOVERY
};

const JWKS: Operation = Operation {
    id: "jwks",
    path: "/realms/{realm}/oauth/jwks",
    summary: "Public keys, old and new (RFC 7517)",
    success: good(200, "Keys", Some(Shape::of::<Jwks>("Jwks", examples::jwks))),
    ..DISCOVERY
};

const AUTHORIZE: Operation = Operation {
    id: "authorize",
    path: "/realms/{realm}/oauth/authorize",
    summary: "Begin a sign-in; for browsers (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1)",
    query: &[
        query("client_id", true, "The client."),
        query("response_type", false, "`code`; unless the request was pushed."),
        query("redirect_uri", false, "A registered address."),
        query("scope", false, "Scopes, separated by spaces; `openid` for an ID token."),
        query("state", false, "Given back unchanged."),
        query("nonce", false, "Copied to the ID token."),
        query("code_challenge", false, "The PKCE challenge; demanded by default."),
        query("code_challenge_method", false, "`S256`."),
        query("response_mode", false, "`query`, `fragment` or `form_post`."),
        query("prompt", false, "`none`, `login`, `consent`, `select_account`."),
        query("max_age", false, "Most seconds since the last sign-in."),
        query("login_hint", false, "Who is expected."),
        query("ui_locales", false, "Languages wanted."),
        query("acr_values", false, "Authentication contexts wanted."),
        query("claims", false, "Claims asked for by name."),
        query("resource", false, "Resources the tokens are for (RFC 8707); may be repeated."),
        query("request_uri", false, "A pushed request."),
    ],
    success: good(303, "On to a page, or back to the client", None),
    ..DISCOVERY
};

const PAR: Operation = Operation {
    id: "pushAuthorizationRequest",
    verb: Verb::Post,
    path: "/realms/{realm}/oauth/par",
    summary: "Push an authorization request (RFC 9126)",
    access: Access::Client,
    body: Body::Form(Shape::of::<PushedForm>("PushedForm", examples::pushed_form)),
    success: good(201, "Its reference", Some(Shape::of::<Pushed>("Pushed", examples::pushed))),
    ..DISCOVERY
};

const TOKEN: Operation = Operation {
    id: "token",
    path: "/realms/{realm}/oauth/token",
    summary: "Trade a code, a refresh token or the client's own credentials for tokens (RFC 6749)",
    body: Body::Form(Shape::of::<TokenForm>("TokenForm", examples::token_form)),
    success: good(200, "Tokens", Some(Shape::of::<Tokens>("Tokens", examples::tokens))),
    ..PAR
};

const INTROSPECT: Operation = Operation {
    id: "introspect",
    path: "/realms/{realm}/oauth/introspect",
    summary: "Whether a token works now (RFC 7662)",
    body: Body::Form(Shape::of::<TokenToCheck>("TokenToCheck", examples::token_to_check)),
    success: good(
        200,
        "What is known",
        Some(Shape::of::<Introspection>("Introspection", examples::introspection)),
    ),
    ..PAR
};

const REVOKE: Operation = Operation {
    id: "revoke",
    path: "/realms/{realm}/oauth/revoke",
    summary: "Revoke a token and its family (RFC 7009)",
    success: good(200, "It does not work any more", None),
    ..INTROSPECT
};

const USERINFO: Operation = Operation {
    id: "userinfo",
    path: "/realms/{realm}/oauth/userinfo",
    summary: "Claims about the user (OpenID Connect Core §5.3)",
    access: Access::Token("openid"),
    success: good(200, "Claims", Some(Shape::of::<UserInfo>("UserInfo", examples::user_info))),
    ..DISCOVERY
};

const LOGOUT: Operation = Operation {
    id: "logout",
    path: "/realms/{realm}/oauth/logout",
    summary: "Sign out; for browsers (OpenID Connect RP-Initiated Logout)",
    access: Access::Public,
    query: &[
        query("id_token_hint", false, "An ID token of the session."),
        query("client_id", false, "The client."),
        query("post_logout_redirect_uri", false, "A registered address to return to."),
        query("state", false, "Given back unchanged."),
        query("logout_hint", false, "Who signs out."),
        query("ui_locales", false, "Languages wanted."),
    ],
    success: good(303, "On to a page, or back to the client", None),
    ..DISCOVERY
};

/// The operations of this file.
pub(super) const ALL: &[&Operation] = &[
    &DISCOVERY,
    &OAUTH_DISCOVERY,
    &JWKS,
    &AUTHORIZE,
    &PAR,
    &TOKEN,
    &INTROSPECT,
    &REVOKE,
    &USERINFO,
    &LOGOUT,
];
