//! Answers of the admin API: JSON with a strong `ETag`, `Location`, `Link` and the caller's quota.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use serde_json::{Value, json};
use vestibule_kernel::{Page, Version, ports::Quota};

use super::input::Input;
use crate::problem::{Problem, code};

/// A good answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Option<Value>,
    /// A body that is no JSON: media type and text.
    pub(super) text: Option<(&'static str, String)>,
    pub(super) etag: Option<String>,
    pub(super) location: Option<String>,
    pub(super) link: Option<String>,
    /// Members of the body that are never remembered for a replay.
    pub(super) secrets: &'static [&'static str],
    pub(super) replayed: bool,
}

fn to_value(body: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(body).map_err(|error| {
        tracing::error!(%error, "an answer could not be serialised");
        Problem::new(&code::INTERNAL)
    })
}

impl Answer {
    const fn empty(status: u16) -> Self {
        Self {
            status,
            body: None,
            text: None,
            etag: None,
            location: None,
            link: None,
            secrets: &[],
            replayed: false,
        }
    }

    /// 200 with a body.
    pub(super) fn ok(body: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self { body: Some(to_value(body)?), ..Self::empty(200) })
    }

    /// 201 with a body and its address.
    pub(super) fn created(body: &impl Serialize, location: String) -> Result<Self, Problem> {
        Ok(Self { body: Some(to_value(body)?), location: Some(location), ..Self::empty(201) })
    }

    /// 204.
    pub(super) const fn no_content() -> Self {
        Self::empty(204)
    }

    /// 200 with a text.
    pub(super) fn text(media_type: &'static str, text: String) -> Self {
        Self { text: Some((media_type, text)), ..Self::empty(200) }
    }

    /// A page of a list, with the cursor and the address of the next one.
    pub(super) fn page<T: Serialize>(input: &Input, page: Page<T>) -> Result<Self, Problem> {
        let next = page.next.map(|key| input.cursor(&key));
        let link = next.as_ref().map(|next| {
            let kept = input
                .raw_query
                .split('&')
                .filter(|pair| !pair.is_empty() && *pair != "after" && !pair.starts_with("after="));
            let query: Vec<String> =
                kept.map(str::to_owned).chain(std::iter::once(format!("after={next}"))).collect();
            format!("<{}?{}>; rel=\"next\"", input.request_path, query.join("&"))
        });
        let body = json!({"items": to_value(&page.items)?, "next": next});
        Ok(Self { body: Some(body), link, ..Self::empty(200) })
    }

    /// Adds the version as a strong entity tag.
    pub(super) fn version(mut self, version: Version) -> Self {
        self.etag = Some(format!("\"{}\"", version.get()));
        self
    }

    /// Names members that hold a secret.
    pub(super) const fn hides(mut self, secrets: &'static [&'static str]) -> Self {
        self.secrets = secrets;
        self
    }
}

/// What every answer of a call carries.
pub(super) struct Envelope {
    pub(super) quota: Option<Quota>,
    pub(super) request_id: String,
}

impl Envelope {
    /// `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    fn add_quota(&self, response: &mut HttpResponseBuilder) {
        if let Some(quota) = self.quota {
            response.insert_header(("RateLimit-Policy", format!("\"admin\";q={};w=60", quota.limit)));
            let (left, reset) = (quota.remaining, quota.reset.as_secs());
            response.insert_header(("RateLimit", format!("\"admin\";r={left};t={reset}")));
        }
    }

    /// The answer on the wire.
    pub(super) fn respond(&self, http: &HttpRequest, outcome: Result<Answer, Problem>) -> HttpResponse {
        match outcome {
            Ok(answer) => self.good(http, answer),
            Err(problem) => self.bad(http, problem),
        }
    }

    fn good(&self, http: &HttpRequest, answer: Answer) -> HttpResponse {
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let unchanged = answer.etag.as_deref().is_some_and(|etag| none_match(http, etag));
        let status = if unchanged { StatusCode::NOT_MODIFIED } else { status };
        let mut response = HttpResponse::build(status);
        self.add_quota(&mut response);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(etag) = answer.etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = answer.location {
            response.insert_header((header::LOCATION, location));
        }
        if let Some(link) = answer.link {
            response.insert_header((header::LINK, link));
        }
        if answer.replayed {
            response.insert_header(("Idempotent-Replayed", "true"));
        }
        match (answer.body, answer.text) {
            _ if unchanged => response.finish(),
            (Some(body), _) => response.json(body),
            (None, Some((media_type, text))) => response.content_type(media_type).body(text),
            (None, None) => response.finish(),
        }
    }

    fn bad(&self, http: &HttpRequest, problem: Problem) -> HttpResponse {
        let problem = problem.request_id(&self.request_id).instance(http.path());
        let mut response = problem.error_response();
        let mut quota = HttpResponse::Ok();
        self.add_quota(&mut quota);
        for (name, value) in quota.finish().headers() {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response
    }
}

/// Whether a GET's `If-None-Match` names this tag.
fn none_match(http: &HttpRequest, etag: &str) -> bool {
    let safe = http.method().is_safe();
    let mut values = http.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    safe && values.any(|value| value.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag))
}
