//! Every operation of the admin API with the scope it needs: the one table that routes, the OpenAPI document, the
//! reference page and the denied-access test are made of.

pub mod activity;
pub mod clients;
pub mod connections;
pub mod examples;
pub mod invitations;
pub mod messages;
pub mod pictures;
pub mod realms;
pub mod secrets;
pub mod themes;
pub mod users;

use utoipa::ToSchema;

use crate::openapi::{Operation, QueryParameter, Shape, Success};

pub(super) const LIMIT: QueryParameter = QueryParameter {
    name: "limit",
    description: "Most items of the page: 1 to 200; 50 if left out.",
    required: false,
};
pub(super) const AFTER: QueryParameter =
    QueryParameter { name: "after", description: "The cursor `next` of the page before.", required: false };
pub(super) const PAGE: &[QueryParameter] = &[LIMIT, AFTER];

const fn good(status: u16, description: &'static str, body: Option<Shape>) -> Success {
    Success { status, description, body }
}

const fn optional(name: &'static str, description: &'static str) -> QueryParameter {
    QueryParameter { name, description, required: false }
}

const fn shape<T: ToSchema>(name: &'static str, example: fn() -> serde_json::Value) -> Shape {
    Shape::of::<T>(name, example)
}

/// The whole table.
pub fn all() -> Vec<&'static Operation> {
    [
        realms::ALL,
        pictures::ALL,
        themes::ALL,
        users::ALL,
        clients::ALL,
        connections::ALL,
        invitations::ALL,
        activity::ALL,
        messages::ALL,
        secrets::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect()
}
