//! The way back from a provider. A form comes cross-site and brings no `SameSite=Lax` cookie, so its answer is kept
//! sealed and the browser is sent on by a GET with a one-time reference, which does bring it.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use vestibule_federation::Answer;
use vestibule_kernel::{OpaqueToken, TokenKind};
use vestibule_usecases::{
    federation::{self, Brought, CallbackRequest, FederationError},
    flow::{self, Acted, FederatedError, NotTakenBack, Outcome, TakenBack},
};

use super::{failure, key};
use crate::{
    command,
    cx::RealmRequest,
    extract::{body, params::Params},
    problem::{Problem, code},
};

/// Most bytes of a posted answer: a code, a state, and what Apple tells of a person.
const MAX_ANSWER_BYTES: usize = 16 * 1_024;

/// `GET {issuer}/federation/{connection}/callback`.
pub(super) async fn get(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return crate::flow::without_realm(&http, &problem),
    };
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    let reference =
        query.get("reference").and_then(|text| OpaqueToken::parse(TokenKind::FederationAnswer, text));
    let brought = match (reference, state(&query)) {
        (Some(reference), _) => Brought::Reference(reference),
        (None, Some(state)) => Brought::Answer { state, answer: answer(&query) },
        (None, None) => return failure::page(&request, &FederationError::Expired, None),
    };
    let Some(connection) = key(&http) else {
        return failure::page(&request, &FederationError::NoConnection, None);
    };
    let browser = crate::flow::browser(&http, &request.realm);
    let way = crate::flow::way_cookie(&request, format!("provider:{connection}"));
    let callback = CallbackRequest { connection, brought, browser };
    let task = {
        let request = request.clone();
        async move { Box::pin(flow::take_back(request.app(), &request.cx, &request.realm, callback)).await }
    };
    match command::run(&request.state, task).await {
        Ok(Ok(TakenBack::Flow(acted))) => {
            let mut answer = onward(&request, &acted);
            if let Err(error) = answer.add_cookie(&way) {
                tracing::error!(%error, "a cookie could not be set");
            }
            answer
        }
        Ok(Ok(TakenBack::Linked { .. })) => see(&request.realm.issuer.url("/account/linked?done=linked")),
        Ok(Err(NotTakenBack { flow, error: FederatedError::Federation(error) })) => {
            failure::page(&request, &error, flow)
        }
        Ok(Err(NotTakenBack { flow, error: FederatedError::Flow(error) })) => {
            crate::flow::failure(&request, flow, &error)
        }
        Err(lost) => failure::problem(&request, &lost.into(), None),
    }
}

/// `POST {issuer}/federation/{connection}/callback` (`response_mode=form_post`).
pub(super) async fn post(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return crate::flow::without_realm(&http, &problem),
    };
    let bytes = match body::read(&http, payload, MAX_ANSWER_BYTES).await {
        Ok(bytes) => bytes,
        Err(problem) => return failure::problem(&request, &problem, None),
    };
    let Ok(form) = Params::parse(&bytes, &[]) else {
        return failure::problem(&request, &Problem::new(&code::INVALID_FORM), None);
    };
    let (Some(state), Some(connection)) = (state(&form), key(&http)) else {
        return failure::page(&request, &FederationError::Expired, None);
    };
    let answer = answer(&form);
    let kept = federation::receive_form(request.app(), &request.cx, &connection, &state, &answer).await;
    match kept {
        Ok(reference) => {
            let path = format!("/federation/{connection}/callback?reference={}", reference.expose());
            see(&request.realm.issuer.url(&path))
        }
        Err(error) => failure::page(&request, &error, None),
    }
}

fn state(params: &Params) -> Option<OpaqueToken> {
    params.get("state").and_then(|text| OpaqueToken::parse(TokenKind::FederationState, text))
}

fn answer(params: &Params) -> Answer {
    let text = |name: &str| params.get(name).map(str::to_owned);
    Answer { code: text("code"), iss: text("iss"), error: text("error"), user: text("user") }
}

fn see(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// On with the flow; an account that the application did not ask for is told so.
fn onward(request: &RealmRequest, acted: &Acted) -> HttpResponse {
    let id = acted.flow.id;
    if matches!(acted.outcome, Outcome::Refused(_)) {
        return failure::problem(request, &Problem::new(&code::PROVIDER_UNEXPECTED_ACCOUNT), Some(id));
    }
    let at = acted.flow.state.name().as_str();
    let mut answer = see(&request.realm.issuer.url(&format!("/flow/{id}?at={at}")));
    crate::flow::set_cookies(&mut answer, request, acted);
    answer
}
