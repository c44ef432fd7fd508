//! What tokens say: claims of access and ID tokens, of userinfo, introspection and logout tokens. Signing is a port's.

pub mod access;
pub mod claims;
pub mod id;
pub mod introspection;
pub mod logout;

use serde::{Serialize, Serializer};

/// An `aud` value: one text, or a list where there are several (RFC 7519 §4.1.3).
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a>(pub &'a [String]);

impl Serialize for Audience<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [only] => serializer.serialize_str(only),
            several => several.serialize(serializer),
        }
    }
}
