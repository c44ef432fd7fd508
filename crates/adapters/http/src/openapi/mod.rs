//! The description of our APIs: tables of operations, and the OpenAPI 3.1 document made of them.

mod document;
pub mod faults;
pub mod infer;
pub mod operation;
pub(crate) mod pages;
mod protocol;
mod reference;

pub use document::{document, problems};
pub use operation::{Access, Body, IfMatch, Operation, QueryParameter, Shape, Success, Verb};

/// Every operation there is, in the order of the reference.
pub fn operations() -> Vec<&'static Operation> {
    let mut operations = protocol::all();
    operations.extend(crate::admin::operations::all());
    operations
}
