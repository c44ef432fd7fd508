//! Inbound HTTP: translates requests into use cases and their outcomes into answers. Decides nothing: a handler
//! extracts, parses, calls one use case, and answers.

mod address;
pub mod admin;
pub mod command;
pub mod cx;
pub mod extract;
pub mod federation;
pub mod flow;
pub mod middleware;
pub mod oidc;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod routes;
pub mod state;

pub use routes::configure;
pub use state::HttpState;
