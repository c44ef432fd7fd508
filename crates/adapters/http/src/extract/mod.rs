//! Bounded, strict readers of what a request carries.

pub(crate) mod accept;
pub mod bearer;
pub mod body;
pub mod cookies;
pub mod params;
