//! What end-to-end tests are written with: the real programs as processes, temporary databases, a visitor with a
//! cookie jar, a browser, and fakes of time and randomness. Knows the product only from outside.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a helper that fails is a test that fails"
)]

pub mod browser;
pub mod database;
pub mod fake;
pub mod oidc;
pub mod page;
pub mod programs;
pub mod realm;
pub mod server;
pub mod sms;
pub mod smtp;
pub mod sql_proxy;
pub mod totp;
pub mod upstream;
pub mod visitor;
pub mod wait;

pub use browser::Browser;
pub use database::TempDatabase;
pub use oidc::{AuthorizeRequest, Callback, Pkce};
pub use page::{Form, Page};
pub use realm::RealmDoc;
pub use server::{Settings, TestServer};
pub use sms::{Gateway, SmsGateway, SmsRequest};
pub use smtp::{Conduct, SmtpServer, SmtpTls};
pub use sql_proxy::SqlProxy;
pub use totp::AuthenticatorApp;
pub use visitor::{Answer, Visitor};
