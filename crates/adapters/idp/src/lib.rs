//! Upstream providers: OpenID Connect and OAuth 2 as a client, and what each provider does its own way. Everything
//! goes out through the one guarded client. Checks what a specification says; decides nothing about accounts.
#![warn(missing_docs)]

mod catalogue;
mod discovery;
mod oauth2;
mod oidc;
mod providers;
mod token;
mod upstream;
mod url;

pub use catalogue::Catalogue;
pub use upstream::Upstream;
