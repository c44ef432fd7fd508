//! The operations of OAuth 2, OpenID Connect, the flow API and the account API, for the document and the reference. The
//! handlers keep the letter of the specifications; these tables say what may be sent.

mod account;
mod bodies;
mod examples;
mod flow;
mod oauth;
mod registration;

pub(super) use bodies::OAuthError;

use super::{Operation, QueryParameter};

/// Every operation of the protocol and of flows.
pub(super) fn all() -> Vec<&'static Operation> {
    [oauth::ALL, registration::ALL, flow::ALL, account::ALL].into_iter().flatten().copied().collect()
}

const fn query(name: &'static str, required: bool, description: &'static str) -> QueryParameter {
    QueryParameter { name, description, required }
}
