//! Headers every answer has unless the handler set them itself: nothing sniffs, frames or caches by default.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web::Data,
};

use crate::state::HttpState;

/// Name and value; each is left alone where a handler set its own.
pub const DEFAULTS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    ("cache-control", "no-store"),
];

/// A year, as browsers ask for.
pub(crate) const STRICT_TRANSPORT: (&str, &str) = ("strict-transport-security", "max-age=31536000");

/// To be used with `actix_web::middleware::from_fn`.
pub async fn security_headers<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let https = request
        .app_data::<Data<HttpState>>()
        .is_some_and(|state| state.app.installation.public_url.scheme() == "https");
    let mut response = next.call(request).await?;
    fill(response.headers_mut(), https);
    Ok(response)
}

/// Adds what is missing; `https`: the whole installation is reached by https (RFC 6797 §7.2: never sent otherwise).
pub fn fill(headers: &mut HeaderMap, https: bool) {
    let transport = https.then_some(STRICT_TRANSPORT);
    for (name, value) in DEFAULTS.into_iter().chain(transport) {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
