//! The endpoints of OAuth 2 and OpenID Connect. Each translates a request into one use case and its outcome into the
//! answer its specification prescribes.

mod answer;
mod authorize;
mod client;
mod cors;
mod documents;
mod logout;
mod pages;
mod register;
mod token;
mod userinfo;

use actix_web::{Resource, ResponseError, Route, guard, http::header, web};
use vestibule_oauth::metadata::endpoint;

use crate::problem::{Problem, code};

/// Addresses outside realms that a specification prescribes: the issuer's path moves behind the well-known name
/// ([RFC 8414 §3](https://www.rfc-editor.org/rfc/rfc8414#section-3)).
pub fn well_known_routes(config: &mut web::ServiceConfig) {
    for name in [endpoint::OAUTH_DISCOVERY, endpoint::DISCOVERY] {
        let path = format!("{name}/realms/{{realm}}");
        config.service(resource(&path, "GET, HEAD, OPTIONS", document_routes(documents::discovery_route)));
    }
}

/// The endpoints of one realm.
pub fn routes(config: &mut web::ServiceConfig) {
    let get = || web::route().guard(guard::Get());
    let post = || web::route().guard(guard::Post());
    config
        .service(resource(endpoint::RESUME, "GET", vec![get().to(authorize::resume_request)]))
        .service(resource(
            endpoint::AUTHORIZE,
            "GET, POST",
            vec![get().to(authorize::get), post().to(authorize::post)],
        ))
        .service(resource(endpoint::PAR, "POST", vec![post().to(token::push)]))
        .service(resource(
            endpoint::TOKEN,
            "POST, OPTIONS",
            vec![post().to(token::exchange), cors::preflight("POST")],
        ))
        .service(resource(endpoint::INTROSPECT, "POST", vec![post().to(token::introspection)]))
        .service(resource(
            endpoint::REVOKE,
            "POST, OPTIONS",
            vec![post().to(token::revocation), cors::preflight("POST")],
        ))
        .service(resource(
            endpoint::USERINFO,
            "GET, POST, OPTIONS",
            vec![get().to(userinfo::get), post().to(userinfo::post), cors::preflight("GET, POST")],
        ))
        .service(resource(endpoint::REGISTER, "POST", vec![post().to(register::create)]))
        .service(resource(
            &format!("{}/{{client}}", endpoint::REGISTER),
            "GET, PUT, DELETE",
            vec![
                get().to(register::read),
                web::route().guard(guard::Put()).to(register::update),
                web::route().guard(guard::Delete()).to(register::delete),
            ],
        ))
        .service(resource(
            endpoint::LOGOUT,
            "GET, POST",
            vec![get().to(logout::get), post().to(logout::post)],
        ))
        .service(resource(endpoint::JWKS, "GET, HEAD, OPTIONS", document_routes(documents::jwks_route)));
    for path in [endpoint::DISCOVERY, endpoint::OAUTH_DISCOVERY] {
        config.service(resource(path, "GET, HEAD, OPTIONS", document_routes(documents::discovery_route)));
    }
}

fn document_routes(route: fn(Route) -> Route) -> Vec<Route> {
    let guarded = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    vec![route(guarded), cors::preflight("GET")]
}

/// A resource with its routes; 405 with `Allow` for every other method.
fn resource(path: &str, allow: &'static str, routes: Vec<Route>) -> Resource {
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    resource.default_service(web::to(move || async move {
        let mut answer = Problem::new(&code::METHOD_NOT_ALLOWED).error_response();
        answer.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allow));
        answer
    }))
}
