//! The whole route table. Everything of a realm is mounted twice: under `/realms/{realm}` and, for realms with an own
//! host, at the root.

use actix_web::{HttpResponse, ResponseError, middleware::from_fn, web};

use crate::{
    admin, flow, middleware, oidc,
    problem::{Problem, code},
    state::HttpState,
};

/// Mounts everything of the main listener.
pub fn configure(config: &mut web::ServiceConfig, state: HttpState) {
    config.app_data(web::Data::new(state)).service(
        web::scope("")
            .wrap(from_fn(middleware::security_headers::security_headers))
            .wrap(from_fn(middleware::request_id::request_id))
            .configure(oidc::well_known_routes)
            .configure(flow::host_routes)
            .configure(admin::installation_routes)
            .service(
                web::scope("/realms/{realm}").configure(realm_routes).default_service(web::to(not_found)),
            )
            .configure(realm_routes)
            .default_service(web::to(not_found)),
    );
}

/// The areas of one realm.
fn realm_routes(config: &mut web::ServiceConfig) {
    config.configure(oidc::routes).configure(flow::routes).configure(admin::routes);
}

/// There is no catch-all page: an unknown address is a plain 404.
async fn not_found() -> HttpResponse {
    Problem::new(&code::NOT_FOUND).error_response()
}
