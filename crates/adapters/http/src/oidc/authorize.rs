//! The authorization endpoint by GET and POST, and the way back from a finished flow. Never answers with CORS headers.

use actix_web::{HttpRequest, HttpResponse, web};
use vestibule_oauth::{OAuthError, authorize::Parameters, metadata::endpoint};
use vestibule_usecases::oauth::{AuthorizeCommand, AuthorizeOutcome, ResumeCommand, authorize, resume};

use super::pages::{self, Received};
use crate::{
    command,
    cx::RealmRequest,
    extract::params::{Params, pairs},
    problem::Problem,
};

/// `GET {issuer}/oauth/authorize`.
pub(super) async fn get(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match request {
        Ok(request) => {
            let encoded = http.query_string().as_bytes();
            let received = Received { path: endpoint::AUTHORIZE, encoded, by_form: false };
            answered(&http, &request, received).await
        }
        Err(problem) => pages::without_realm(&http, &problem),
    }
}

/// `POST {issuer}/oauth/authorize`.
pub(super) async fn post(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (request, form) = match pages::posted(&http, request, payload).await {
        Ok(posted) => posted,
        Err(refused) => return refused,
    };
    let received = Received { path: endpoint::AUTHORIZE, encoded: &form, by_form: true };
    answered(&http, &request, received).await
}

async fn answered(http: &HttpRequest, request: &RealmRequest, received: Received<'_>) -> HttpResponse {
    let Ok(pairs) = pairs(received.encoded) else {
        return pages::error_page(request, OAuthError::ParametersMalformed, None);
    };
    let parameters = Parameters::from_pairs(pairs);
    let developer = developer_detail(request, &parameters);
    let command = AuthorizeCommand {
        parameters,
        session: pages::session(http, request),
        flow: pages::flow(http, request),
        by_form: received.may_become_get(),
    };
    let inner = request.clone();
    let task = async move { authorize(inner.app(), &inner.cx, &inner.realm, command).await };
    match command::run(&request.state, task).await {
        Ok(Ok(AuthorizeOutcome::Page(error))) => pages::error_page(request, error, developer),
        Ok(Ok(outcome)) => pages::outcome(request, Some(received), &outcome),
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
        Ok(Ok(outcome)) => pages::outcome(&request, None, &outcome),
        Ok(Err(error)) => pages::store_page(&request, error),
        Err(lost) => pages::problem(&request, &lost.into()),
    }
}
