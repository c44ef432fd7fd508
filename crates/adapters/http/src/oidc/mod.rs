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

use actix_web::{http::Method, web};
use vestibule_oauth::metadata::endpoint;

use crate::address::Address;

/// Addresses outside realms that a specification prescribes: the issuer's path moves behind the well-known name
/// ([RFC 8414 §3](https://www.rfc-editor.org/rfc/rfc8414#section-3)).
pub(crate) fn well_known_addresses() -> Vec<Address> {
    [endpoint::OAUTH_DISCOVERY, endpoint::DISCOVERY]
        .into_iter()
        .map(|name| discovery(&format!("{name}/realms/{{realm}}")))
        .collect()
}

/// The endpoints of one realm.
pub(crate) fn addresses() -> Vec<Address> {
    vec![
        Address::new(endpoint::RESUME).on(Method::GET, web::to(authorize::resume_request)),
        Address::new(endpoint::AUTHORIZE)
            .on(Method::GET, web::to(authorize::get))
            .on(Method::POST, web::to(authorize::post)),
        Address::new(endpoint::PAR).on(Method::POST, web::to(token::push)),
        Address::new(endpoint::TOKEN)
            .on(Method::POST, web::to(token::exchange))
            .on(Method::OPTIONS, cors::preflight("POST")),
        Address::new(endpoint::INTROSPECT).on(Method::POST, web::to(token::introspection)),
        Address::new(endpoint::REVOKE)
            .on(Method::POST, web::to(token::revocation))
            .on(Method::OPTIONS, cors::preflight("POST")),
        Address::new(endpoint::USERINFO)
            .on(Method::GET, web::to(userinfo::get))
            .on(Method::POST, web::to(userinfo::post))
            .on(Method::OPTIONS, cors::preflight("GET, POST")),
        Address::new(endpoint::REGISTER).on(Method::POST, web::to(register::create)),
        Address::new(&format!("{}/{{client}}", endpoint::REGISTER))
            .on(Method::GET, web::to(register::read))
            .on(Method::PUT, web::to(register::update))
            .on(Method::DELETE, web::to(register::delete)),
        Address::new(endpoint::LOGOUT)
            .on(Method::GET, web::to(logout::get))
            .on(Method::POST, web::to(logout::post)),
        Address::new(endpoint::JWKS)
            .on_get_and_head(documents::jwks_route())
            .on(Method::OPTIONS, cors::preflight("GET")),
        discovery(endpoint::DISCOVERY),
        discovery(endpoint::OAUTH_DISCOVERY),
    ]
}

fn discovery(path: &str) -> Address {
    Address::new(path)
        .on_get_and_head(documents::discovery_route())
        .on(Method::OPTIONS, cors::preflight("GET"))
}
