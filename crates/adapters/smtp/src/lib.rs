//! Mail over SMTP (RFC 5321): the only crate that speaks to a mail server. Knows no realm, no queue and no template; it
//! turns one [`Mail`](vestibule_kernel::ports::Mail) into one conversation and judges what the server says.

mod connection;
mod letter;
mod server;
mod smtp;
mod verdict;

pub use server::{Server, ServerError, TlsMode};
pub use smtp::{Senders, Smtp};
