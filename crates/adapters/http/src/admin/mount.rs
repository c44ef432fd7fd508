//! Mounts handlers at the paths of their operations: paths with an action before the ids they would be taken for, and
//! 405 with `Allow` for every other method.

use actix_web::{HttpResponse, Resource, ResponseError, Route, guard, http::header, web};

use crate::{
    openapi::{Operation, Verb},
    problem::{Problem, code},
};

/// An operation and its handler.
pub(super) type Served = (&'static Operation, Route);

/// The prefix of a realm's operations in the table; the route table adds it.
const REALM_PREFIX: &str = "/realms/{realm}";

fn guarded(verb: Verb, route: Route) -> Route {
    match verb {
        Verb::Get => route.guard(guard::Any(guard::Get()).or(guard::Head())),
        Verb::Post => route.guard(guard::Post()),
        Verb::Put => route.guard(guard::Put()),
        Verb::Patch => route.guard(guard::Patch()),
        Verb::Delete => route.guard(guard::Delete()),
    }
}

/// Mounts operations, one resource per path.
pub(super) fn mount(config: &mut web::ServiceConfig, served: Vec<Served>) {
    let mut paths: Vec<(&'static str, Vec<Served>)> = Vec::new();
    for (operation, route) in served {
        let path = operation.path.strip_prefix(REALM_PREFIX).unwrap_or(operation.path);
        match paths.iter_mut().find(|(known, _)| *known == path) {
            Some((_, routes)) => routes.push((operation, route)),
            None => paths.push((path, vec![(operation, route)])),
        }
    }
    // `{id}:suspend` is also an `{id}`: the longer reading comes first.
    paths.sort_by_key(|(path, _)| !path.contains(':'));
    for (path, routes) in paths {
        config.service(resource(path, routes));
    }
}

fn resource(path: &str, routes: Vec<Served>) -> Resource {
    let mut allowed: Vec<&str> = Vec::new();
    let mut resource = web::resource(path);
    for (operation, route) in routes {
        allowed.push(operation.verb.as_str());
        if operation.verb == Verb::Get {
            allowed.push("HEAD");
        }
        resource = resource.route(guarded(operation.verb, route));
    }
    let allow = allowed.join(", ");
    resource.default_service(web::to(move || {
        let allow = allow.clone();
        async move { not_allowed(&allow) }
    }))
}

fn not_allowed(allow: &str) -> HttpResponse {
    let mut response = Problem::new(&code::METHOD_NOT_ALLOWED).error_response();
    if let Ok(value) = header::HeaderValue::from_str(allow) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}
