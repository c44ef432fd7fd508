//! The authorization endpoint by GET and POST, and the way back from a finished flow. Never answers with CORS headers.

use actix_web::{HttpRequest, HttpResponse, web};
use vestibule_oauth::{OAuthError, authorize::Parameters, metadata::endpoint};
use vestibule_usecases::oauth::{AuthorizeCommand, AuthorizeOutcome, ResumeCommand, authorize, resume};

use super::{client, pages};
use crate::{
    command,
    cx::RealmRequest,
    extract::params::{Params, pairs},
    problem::Problem,
};

/// Longest query that a POST is turned into.
const MAX_QUERY_BYTES: usize = 6_000;

/// `GET {issuer}/oauth/authorize`.
pub(super) async fn get(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match request {
        Ok(request) => answered(&http, &request, http.query_string().as_bytes()).await,
        Err(problem) => pages::without_realm(&http, &problem),
    }
}

/// `POST {issuer}/oauth/authorize`.
pub(super) async fn post(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return pages::without_realm(&http, &problem),
    };
    let form = match client::form_bytes(&http, payload).await {
        Ok(form) => form,
        Err(error) => return pages::error_page(&request, error, None),
    };
    match as_get(&http, &request, endpoint::AUTHORIZE, &form) {
        Some(redirect) => redirect,
        None => answered(&http, &request, &form).await,
    }
}

/// A form sent by another site brings no `SameSite=Lax` cookie; the same request by GET does. So a POST without the
/// session cookie goes on as a GET of ours, and both have the same result (OpenID Connect Core §3.1.2.1).
pub(super) fn as_get(
    http: &HttpRequest,
    request: &RealmRequest,
    path: &str,
    form: &[u8],
) -> Option<HttpResponse> {
    let decoded = pairs(form).ok()?;
    if pages::session(http, request).is_some() || form.len() > MAX_QUERY_BYTES {
        return None;
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(decoded).finish();
    (query.len() <= MAX_QUERY_BYTES)
        .then(|| pages::see_other(&request.realm.issuer.url(&format!("{path}?{query}"))))
}

async fn answered(http: &HttpRequest, request: &RealmRequest, encoded: &[u8]) -> HttpResponse {
    let Ok(pairs) = pairs(encoded) else {
        return pages::error_page(request, OAuthError::ParametersMalformed, None);
    };
    let parameters = Parameters::from_pairs(pairs);
    let developer = developer_detail(request, &parameters);
    let command = AuthorizeCommand {
        parameters,
        session: pages::session(http, request),
        flow: pages::flow(http, request),
    };
    let inner = request.clone();
    let task = async move { authorize(inner.app(), &inner.cx, &inner.realm, command).await };
    match command::run(&request.state, task).await {
        Ok(Ok(AuthorizeOutcome::Page(error))) => pages::error_page(request, error, developer),
        Ok(Ok(outcome)) => pages::outcome(request, &outcome),
        Ok(Err(error)) => pages::store_page(request, error),
        Err(lost) => pages::problem(request, &lost.into()),
    }
}

/// What helps a developer: the address received beside those registered. Shown in developer mode only.
fn developer_detail(request: &RealmRequest, parameters: &Parameters) -> Option<String> {
    if !request.app().installation.dev {
        return None;
    }
    let client = vestibule_oauth::authorize::client_id(parameters).ok();
    let registered = client
        .and_then(|id| request.realm.client(&id))
        .map(|client| client.metadata.redirect_uris.join(", "))
        .unwrap_or_default();
    let received = parameters.get("redirect_uri").unwrap_or("none");
    Some(format!("redirect_uri received: {received}; registered: {registered}"))
}

/// `GET {issuer}/oauth/authorize/resume?request={request}&flow={flow}`.
pub(super) async fn resume_request(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return pages::without_realm(&http, &problem),
    };
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    let Some(id) = query.get("request").and_then(|text| text.parse().ok()) else {
        return pages::error_page(&request, OAuthError::RequestExpired, None);
    };
    let command = ResumeCommand {
        request: id,
        flow: query.get("flow").and_then(|text| text.parse().ok()),
        session: pages::session(&http, &request),
        flow_cookie: pages::flow(&http, &request),
    };
    let inner = request.clone();
    let task = async move { resume(inner.app(), &inner.cx, &inner.realm, command).await };
    match command::run(&request.state, task).await {
        Ok(Ok(outcome)) => pages::outcome(&request, &outcome),
        Ok(Err(error)) => pages::store_page(&request, error),
        Err(lost) => pages::problem(&request, &lost.into()),
    }
}
