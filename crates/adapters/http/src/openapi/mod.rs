//! The description of our APIs: tables of operations, and the OpenAPI 3.1 document made of them.

pub mod infer;
pub mod operation;

pub use operation::{Access, Body, IfMatch, Operation, QueryParameter, Shape, Success, Verb};
