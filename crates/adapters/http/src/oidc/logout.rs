//! RP-initiated logout by GET and POST.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use vestibule_kernel::ClientId;
use vestibule_oauth::{OAuthError, authorize::Parameters, metadata::endpoint};
use vestibule_templates::views::{ContinuePage, SignedOutPage};
use vestibule_usecases::oauth::{LogoutCommand, LogoutOutcome, logout};

use super::pages::{self, Received};
use crate::{
    command,
    cx::RealmRequest,
    extract::{cookies, params::pairs},
    page::page,
    problem::Problem,
};

/// `GET {issuer}/oauth/logout`.
pub(super) async fn get(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match request {
        Ok(request) => {
            let encoded = http.query_string().as_bytes();
            let received = Received { path: endpoint::LOGOUT, encoded, by_form: false };
            answered(&http, &request, received).await
        }
        Err(problem) => pages::without_realm(&http, &problem),
    }
}

/// `POST {issuer}/oauth/logout`.
pub(super) async fn post(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (request, form) = match pages::posted(&http, request, payload).await {
        Ok(posted) => posted,
        Err(refused) => return refused,
    };
    let received = Received { path: endpoint::LOGOUT, encoded: &form, by_form: true };
    answered(&http, &request, received).await
}

async fn answered(http: &HttpRequest, request: &RealmRequest, received: Received<'_>) -> HttpResponse {
    let Ok(pairs) = pairs(received.encoded) else {
        return pages::error_page(request, OAuthError::ParametersMalformed, None);
    };
    let command = LogoutCommand {
        parameters: Parameters::from_pairs(pairs),
        session: pages::session(http, request),
        flow: pages::flow(http, request),
        by_form: received.may_become_get(),
    };
    let inner = request.clone();
    let task = async move { logout(inner.app(), &inner.cx, &inner.realm, command).await };
    match command::run(&request.state, task).await {
        Ok(Ok(LogoutOutcome::SignedOut { return_to, client })) => {
            signed_out(request, return_to, client.as_ref(), received.by_form)
        }
        Ok(Ok(LogoutOutcome::Ask(started))) => pages::to_flow(request, &started),
        Ok(Ok(LogoutOutcome::ByGet)) => received.by_get(request),
        Ok(Ok(LogoutOutcome::Page(error))) => pages::error_page(request, error, None),
        Ok(Err(error)) => pages::store_page(request, error),
        Err(lost) => pages::problem(request, &lost.into()),
    }
}

/// A GET may redirect to another origin; a form may not, since the page it is on can forbid that.
fn signed_out(
    request: &RealmRequest,
    return_to: Option<String>,
    client: Option<&ClientId>,
    by_form: bool,
) -> HttpResponse {
    let app = pages::app_view(request, client);
    let mut answer = match (return_to, by_form) {
        (Some(to), false) => pages::see_other(&to),
        (Some(to), true) => {
            let view = ContinuePage { app: app.map(|app| app.name), to };
            page(&request.state, &pages::spec(request), &view)
        }
        (None, _) => {
            let sign_in = request.realm.issuer.path("/login");
            page(&request.state, &pages::spec(request), &SignedOutPage { sign_in, app, back: None })
        }
    };
    answer.headers_mut().insert(
        header::HeaderName::from_static("clear-site-data"),
        header::HeaderValue::from_static("\"cache\", \"storage\""),
    );
    let removal = cookies::removal(cookies::session_cookie(&request.realm.realm.slug));
    if let Err(error) = answer.add_cookie(&removal) {
        tracing::error!(%error, "a cookie could not be removed");
    }
    answer
}
