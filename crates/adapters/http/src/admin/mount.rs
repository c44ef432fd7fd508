//! The addresses of operations: paths with an action before the ids they would be taken for.

use actix_web::{Route, http::Method};

use crate::{
    address::Address,
    openapi::{Operation, Verb},
};

/// An operation and its handler.
pub(super) type Served = (&'static Operation, Route);

/// The prefix of a realm's operations in the table; the route table adds it.
const REALM_PREFIX: &str = "/realms/{realm}";

/// One address per path.
pub(super) fn addresses(served: Vec<Served>) -> Vec<Address> {
    let mut addresses: Vec<Address> = Vec::new();
    for (operation, route) in served {
        let path = operation.path.strip_prefix(REALM_PREFIX).unwrap_or(operation.path);
        let known = addresses.iter().position(|address| address.path() == path);
        let address = known.map_or_else(|| Address::new(path), |at| addresses.swap_remove(at));
        addresses.push(match operation.verb {
            Verb::Get => address.on_get_and_head(route),
            Verb::Post => address.on(Method::POST, route),
            Verb::Put => address.on(Method::PUT, route),
            Verb::Patch => address.on(Method::PATCH, route),
            Verb::Delete => address.on(Method::DELETE, route),
        });
    }
    // `{id}:suspend` is also an `{id}`: the longer reading comes first.
    addresses.sort_by_key(|address| !address.path().contains(':'));
    addresses
}
