//! Server metadata and JWKS: made once per snapshot, cacheable, with an entity tag.

use actix_web::{
    HttpRequest, HttpResponse, Route,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web,
};
use vestibule_usecases::oauth::Document;

use super::cors;
use crate::cx::RealmRequest;

/// A rotated key is published long before it signs, and stays until what it signed has expired.
const CACHE: &str = "public, max-age=300";

/// Server metadata (OpenID Connect Discovery §4, RFC 8414 §3).
pub(super) fn discovery_route() -> Route {
    web::to(async |http: HttpRequest, request: RealmRequest| send(&http, &request.realm.documents.discovery))
}

/// The realm's public keys (RFC 7517 §5).
pub(super) fn jwks_route() -> Route {
    web::to(async |http: HttpRequest, request: RealmRequest| send(&http, &request.realm.documents.jwks))
}

fn send(http: &HttpRequest, document: &Document) -> HttpResponse {
    let fresh = is_known(http.headers(), &document.etag);
    let mut answer = HttpResponse::build(if fresh { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    answer
        .insert_header((header::CACHE_CONTROL, CACHE))
        .insert_header((header::ETAG, document.etag.as_str()));
    let mut answer = if fresh {
        answer.finish()
    } else {
        answer.content_type("application/json").body(document.body.clone())
    };
    cors::allow(answer.headers_mut());
    answer
}

/// Whether the client has this version (RFC 9110 §13.1.2).
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
