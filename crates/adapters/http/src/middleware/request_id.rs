//! Gives each request an id that appears in its span, its events, its error pages and `X-Request-Id`. An id sent from
//! outside is not taken over: it could forge or flood the log.

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use data_id::encode;
use opentelemetry::propagation::Extractor;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{cx::RequestId, state::HttpState};

/// To be used with `actix_web::middleware::from_fn`.
pub async fn request_id<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id = request
        .app_data::<web::Data<HttpState>>()
        .map(|state| encode(&state.app.entropy.bytes()))
        .unwrap_or_default();
    let route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let span = tracing::info_span!("http.request", request.id = %id, http.method = %request.method(), http.route = %route, http.status = tracing::field::Empty);
    if from_trusted_proxy(&request) {
        let carried = Carried(request.headers());
        let parent =
            opentelemetry::global::get_text_map_propagator(|propagator| propagator.extract(&carried));
        if let Err(error) = span.set_parent(parent) {
            tracing::debug!(%error, "the trace of the caller is not continued");
        }
    }
    request.extensions_mut().insert(RequestId(id.clone()));
    let started = std::time::Instant::now();
    let result = next.call(request).instrument(span.clone()).await;
    let mut response = result?;
    let status = response.status().as_u16();
    span.record("http.status", status);
    let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(http.status = status, elapsed_us, "request"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}

/// A trace is continued only for our own proxies: strangers could fill the traces of others.
fn from_trusted_proxy(request: &ServiceRequest) -> bool {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let state = request.app_data::<web::Data<HttpState>>();
    let (Some(peer), Some(state)) = (peer, state) else { return false };
    state.trusted_proxies.iter().any(|network| network.contains(&peer))
}

/// The headers of a request as a carrier of a trace (`traceparent`, W3C Trace Context).
struct Carried<'a>(&'a HeaderMap);

impl Extractor for Carried<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

mod data_id {
    //! 16 random bytes in hexadecimal.
    use std::fmt::Write;

    pub(super) fn encode(bytes: &[u8; 32]) -> String {
        bytes.iter().take(12).fold(String::with_capacity(24), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
