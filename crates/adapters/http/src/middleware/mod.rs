//! What surrounds every handler: the request id, its log line, the security headers.

pub mod request_id;
pub mod security_headers;
