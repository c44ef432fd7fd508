//! Reading a whole body within a bound.

use actix_web::{HttpRequest, http::header, web};
use futures::StreamExt;
use serde::de::DeserializeOwned;

use crate::problem::{Problem, code};

/// Most bytes of a JSON body.
pub const MAX_JSON_BYTES: usize = 256 * 1_024;
/// Most bytes of a form body.
pub const MAX_FORM_BYTES: usize = 64 * 1_024;
/// Most bytes of a realm document.
pub const MAX_DOCUMENT_BYTES: usize = 16 * 1_024 * 1_024;

/// Reads at most `limit` bytes.
///
/// # Errors
/// 413 beyond the limit, 400 when the body breaks off.
pub async fn read(
    request: &HttpRequest,
    mut payload: web::Payload,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|text| text.parse::<usize>().ok()).is_some_and(|length| length > limit) {
        return Err(Problem::new(&code::BODY_TOO_LARGE).detail(format!("at most {limit} bytes")));
    }
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|_ignored: actix_web::error::PayloadError| Problem::new(&code::MALFORMED_BODY))?;
        if body.len() + chunk.len() > limit {
            return Err(Problem::new(&code::BODY_TOO_LARGE).detail(format!("at most {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The media type of a request, without parameters, lower case.
pub fn media_type(request: &HttpRequest) -> String {
    let value =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Parses a JSON body that was read. An empty object where fields are missing is the caller's concern.
///
/// # Errors
/// 415 for another media type, 400 for bad JSON, 422 for JSON of another shape; the detail names the place.
pub fn parse_json<T: DeserializeOwned>(
    request: &HttpRequest,
    body: &[u8],
    media_types: &[&str],
) -> Result<T, Problem> {
    if !media_types.contains(&media_type(request).as_str()) {
        return Err(Problem::new(&code::UNSUPPORTED_MEDIA_TYPE)
            .detail(format!("expected {}", media_types.join(" or "))));
    }
    serde_json::from_slice(body).map_err(|error| {
        let detail = error.to_string();
        if error.is_data() {
            Problem::new(&code::INVALID).detail(detail)
        } else {
            Problem::new(&code::MALFORMED_BODY).detail(detail)
        }
    })
}
