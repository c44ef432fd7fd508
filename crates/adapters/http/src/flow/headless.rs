//! Starting a flow over JSON: by a page of our own origin, or by a native client of the realm that an administrator
//! trusts with people's passwords (`headless`). The client's request is pushed first (RFC 9126) and named here.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::header, web};
use serde::Deserialize;
use vestibule_kernel::{ClientId, OpaqueToken, TokenKind, contact::Locale};
use vestibule_usecases::flow::{self, Browser, HeadlessError, HeadlessStart};

use super::{csrf, json, page::problem_of};
use crate::{
    cx::RealmRequest,
    extract::{body, cookies},
    problem::{Problem, code},
};

/// The prefix of a pushed request's `request_uri`.
const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct StartBody {
    client_id: Option<String>,
    request_uri: Option<String>,
    login_hint: Option<String>,
    ui_locale: Option<Locale>,
}

/// `POST {issuer}/flow/v1`.
pub(super) async fn start(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    match started(&http, &request, payload).await {
        Ok(answer) => answer,
        Err(problem) => problem.error_response(),
    }
}

async fn started(
    http: &HttpRequest,
    request: &RealmRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let bytes = body::read(http, payload, body::MAX_JSON_BYTES).await?;
    let body: StartBody = body::parse_json(http, &bytes, &["application/json"])?;
    let native = body.client_id.is_some();
    let browser = super::browser(http, &request.realm);
    if !native {
        csrf::check_origin(http, &request.realm.issuer.origin())?;
    }
    let reference = body.request_uri.as_deref().map(reference).transpose()?;
    let client =
        body.client_id.as_deref().map(ClientId::parse).transpose().map_err(|_ignored| unknown_client())?;
    let start = HeadlessStart {
        client,
        reference,
        login_hint: body.login_hint,
        locale: body.ui_locale,
        cookie: browser.flow.clone().filter(|_| !native),
    };
    let started = flow::start_headless(request.app(), &request.cx, &request.realm, start)
        .await
        .map_err(|error| problem(&error))?;
    let bound = Browser { flow: Some(started.cookie.clone()), ..browser };
    let shown =
        flow::show(request.app(), &request.cx, &request.realm, &bound, started.flow, flow::Detail::Owed)
            .await
            .map_err(|error| problem_of(&error))?;
    let mut document = json::document(request, &json::starter(bound, native), &shown, None);
    let mut answer = HttpResponse::Created();
    let place = request.realm.issuer.url(&format!("/flow/v1/{}", started.flow));
    answer.insert_header((header::LOCATION, place)).insert_header((header::CACHE_CONTROL, "no-store"));
    if native {
        document.flow_secret = Some(started.cookie.expose().to_owned());
    } else {
        let name = cookies::flow_cookie(&request.realm.realm.slug);
        answer.cookie(cookies::secret_cookie(name, started.cookie.expose().to_owned(), None));
    }
    Ok(answer.json(document))
}

/// The random part of a pushed request's `request_uri`.
fn reference(request_uri: &str) -> Result<OpaqueToken, Problem> {
    request_uri
        .strip_prefix(REQUEST_URI_PREFIX)
        .and_then(|text| OpaqueToken::parse(TokenKind::PushedRequest, text))
        .ok_or_else(|| Problem::new(&code::INVALID).field("/request_uri", "not a pushed request"))
}

fn unknown_client() -> Problem {
    Problem::new(&code::INVALID).field("/client_id", "not a client that may sign people in without our pages")
}

fn problem(error: &HeadlessError) -> Problem {
    match error {
        HeadlessError::Client => unknown_client(),
        HeadlessError::Request => {
            Problem::new(&code::INVALID).field("/request_uri", "unknown, over, or of another client")
        }
        HeadlessError::Flow(error) => problem_of(error),
    }
}
