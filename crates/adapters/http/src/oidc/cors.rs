//! Cross-origin use of the endpoints that browser applications call: any origin, never with credentials. The
//! authorization endpoint has none (RFC 9700 §2.6).

use actix_web::{
    HttpResponse, Route,
    http::header::{self, HeaderMap, HeaderValue},
    web,
};

/// Lets any origin read the answer.
pub(super) fn allow(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("WWW-Authenticate, Retry-After, X-Request-Id"),
    );
}

/// Answers a preflight request.
pub(super) fn preflight(methods: &'static str) -> Route {
    web::to(move || async move {
        let mut answer = HttpResponse::NoContent();
        answer
            .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
            .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"));
        let mut answer = answer.finish();
        allow(answer.headers_mut());
        answer
    })
}
