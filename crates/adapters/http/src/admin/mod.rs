//! The admin API.

use actix_web::web;

/// The admin API above realms, the set-up pages and the API reference.
pub fn installation_routes(_config: &mut web::ServiceConfig) {}

/// The admin area of one realm.
pub fn routes(_config: &mut web::ServiceConfig) {}
