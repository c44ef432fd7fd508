//! Static files under names that carry their content's hash: immutable, compressed once at start.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::header, web};
use vestibule_templates::{assets::gzip, pages::realm_stylesheet};
use vestibule_usecases::pictures;

use crate::{
    cx::RealmRequest,
    problem::{Problem, code},
    state::HttpState,
};

const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// A file is data, whatever it holds: an SVG opened by itself runs nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'none'";

/// Nothing at all, also for who opens a picture by itself.
const PICTURE_POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// `GET /assets/{file}`.
pub(super) async fn file(http: HttpRequest, state: web::Data<HttpState>) -> HttpResponse {
    let name = http.match_info().get("file").unwrap_or_default();
    match state.pages.assets().get(name) {
        Some(asset) => answer(&http, asset.content_type, &asset.body, asset.gzip.as_deref()),
        None => Problem::new(&code::NOT_FOUND).error_response(),
    }
}

/// `GET {issuer}/flow/theme-{hash}.css`: the realm's colours. An older hash gets the colours of today, uncached.
pub(super) async fn theme(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    let (file, css) = realm_stylesheet(&request.realm);
    let wanted = format!("theme-{}.css", http.match_info().get("hash").unwrap_or_default());
    let mut sent = answer(&http, "text/css; charset=utf-8", css.as_bytes(), gzip(css.as_bytes()).as_deref());
    if wanted != file {
        sent.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"));
    }
    sent
}

/// `GET {issuer}/flow/picture-{hash}.{kind}`: a picture of the realm's brand. There is no other way to one than the hash
/// of its content, so a browser that has it never asks again.
pub(super) async fn picture(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    let missing = || Problem::new(&code::NOT_FOUND).error_response();
    let name = http.match_info().get("file").unwrap_or_default();
    // Names that no picture has are answered without a query.
    let Some(info) =
        request.realm.pictures.iter().find(|info| info.path().ends_with(&format!("picture-{name}")))
    else {
        return missing();
    };
    let found = pictures::load(request.app(), &request.cx, &info.hash).await;
    match found {
        Ok(Some(picture)) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, info.kind.media_type()))
            .insert_header((header::CACHE_CONTROL, IMMUTABLE))
            .insert_header((header::CONTENT_SECURITY_POLICY, PICTURE_POLICY))
            // Mails show it too, on the origins of whoever reads them.
            .insert_header(("cross-origin-resource-policy", "cross-origin"))
            .body(picture.content),
        Ok(None) => missing(),
        Err(error) => Problem::from(error).error_response(),
    }
}

fn answer(http: &HttpRequest, content_type: &str, body: &[u8], packed: Option<&[u8]>) -> HttpResponse {
    let accepts = http
        .headers()
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','))
        .any(|part| part.trim().split(';').next() == Some("gzip") && !part.contains("q=0"));
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, IMMUTABLE))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    match packed.filter(|_| accepts) {
        Some(packed) => answer.insert_header((header::CONTENT_ENCODING, "gzip")).body(packed.to_vec()),
        None => answer.body(body.to_vec()),
    }
}
