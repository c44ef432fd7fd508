//! The protocol's use cases: authorization requests and their answers, tokens, what is said about them, logout,
//! registration. One path issues tokens, one function makes an authenticated client, one decides who may enter.

pub mod authorize;
pub mod client_assertion;
pub mod client_authentication;
pub mod documents;
mod entry;
pub mod exchange_token;
pub mod failure;
mod hint;
pub mod introspect;
mod issue;
mod limit;
pub mod logout;
mod person;
pub mod push_request;
pub mod registration;
mod resources;
pub mod resume;
pub mod revoke;
pub mod userinfo;

pub use authorize::{AuthorizeCommand, AuthorizeOutcome, authorize};
pub use client_authentication::authenticate_client;
pub use documents::{Document, Documents};
pub use exchange_token::{TokenRequest, TokenResponse, exchange_token};
pub use failure::ProtocolFailure;
pub use introspect::introspect;
pub use logout::{LogoutCommand, LogoutOutcome, logout};
pub use push_request::{PushedRequest, push_request};
pub use resume::{ResumeCommand, resume, resume_path};
pub use revoke::revoke;
pub use userinfo::{UserinfoError, userinfo};
