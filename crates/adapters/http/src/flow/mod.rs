//! The pages and the JSON of flows.

use actix_web::web;

/// Addresses of the host: assets and the like.
pub fn host_routes(_config: &mut web::ServiceConfig) {}

/// The flow area of one realm.
pub fn routes(_config: &mut web::ServiceConfig) {}
