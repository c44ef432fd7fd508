//! The endpoints of OAuth 2 and OpenID Connect.

use actix_web::web;

/// Addresses outside realms that a specification prescribes.
pub fn well_known_routes(_config: &mut web::ServiceConfig) {}

/// The endpoints of one realm.
pub fn routes(_config: &mut web::ServiceConfig) {}
