//! Signing in elsewhere, as browsers see it: the way to a provider and the one address it sends them back to.

mod callback;
mod failure;
mod start;

use actix_web::{HttpRequest, http::Method, web};
use vestibule_federation::ConnectionKey;

use crate::address::Address;
pub(crate) use failure::problem_of;
pub(crate) use start::{forward, leave, name_of, offered};

/// The federation area of one realm.
pub(crate) fn addresses() -> Vec<Address> {
    vec![
        Address::new("/federation/{connection}/callback")
            .on(Method::GET, web::to(callback::get))
            .on(Method::POST, web::to(callback::post)),
    ]
}

/// The connection in the address.
fn key(http: &HttpRequest) -> Option<ConnectionKey> {
    http.match_info().get("connection").and_then(|text| ConnectionKey::parse(text).ok())
}
