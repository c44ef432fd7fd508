//! Inbound HTTP: translates requests into use cases and their outcomes into answers. Decides nothing: a handler
//! extracts, parses, calls one use case, and answers.

mod account;
mod address;
pub mod admin;
pub mod command;
pub mod cx;
pub mod extract;
pub mod federation;
pub mod flow;
mod language;
pub mod middleware;
pub mod oidc;
pub mod openapi;
pub mod ops;
pub mod page;
mod preview;
pub mod problem;
pub mod routes;
pub mod state;

pub use routes::configure;
pub use state::HttpState;

/// The answer to a request that was given up because its time was over; `https` as for
/// [`middleware::security_headers::fill`].
pub fn too_slow(https: bool) -> actix_web::HttpResponse {
    use actix_web::ResponseError as _;
    let mut answer = problem::Problem::new(&problem::code::TOO_SLOW).error_response();
    middleware::security_headers::fill(answer.headers_mut(), https);
    answer.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
    answer
}
