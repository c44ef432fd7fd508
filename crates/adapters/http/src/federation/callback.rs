//! The way back from a provider. A form comes cross-site and brings no `SameSite=Lax` cookie, so its answer is kept
//! sealed and the browser is sent on by a GET with a one-time reference, which does bring it.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use vestibule_federation::Answer;
use vestibule_kernel::{FlowId, OpaqueToken, TokenKind};
use vestibule_usecases::{
    federation::{self, Brought, CallbackRequest, FederatedOutcome, FederationError, Returned},
    flow,
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
    let callback = CallbackRequest { connection, brought, browser };
    let task = {
        let request = request.clone();
        async move { Box::pin(federation::callback(request.app(), &request.cx, &request.realm, callback)).await }
    };
    match command::run(&request.state, task).await {
        Ok(Ok(returned)) => onward(&http, &request, returned).await,
        Ok(Err(error)) => failure::page(&request, &error, None),
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

async fn onward(http: &HttpRequest, request: &RealmRequest, returned: Returned) -> HttpResponse {
    match returned {
        Returned::Linked { .. } => see(&request.realm.issuer.url("/account/identities?linked=1")),
        Returned::SignIn { flow, outcome: FederatedOutcome::User { user, .. }, .. } => {
            prove(http, request, flow, user).await
        }
        Returned::SignIn { flow, outcome: FederatedOutcome::AskProof { .. }, .. } => {
            failure::problem(request, &Problem::new(&code::PROVIDER_ACCOUNT_EXISTS), Some(flow))
        }
        Returned::SignIn { flow, outcome: FederatedOutcome::New { .. }, .. } => {
            failure::problem(request, &Problem::new(&code::PROVIDER_ADDRESS_UNPROVEN), Some(flow))
        }
    }
}

/// The flow goes on with the provider's word as its proof.
async fn prove(
    http: &HttpRequest,
    request: &RealmRequest,
    id: FlowId,
    user: vestibule_kernel::UserId,
) -> HttpResponse {
    let browser = crate::flow::browser(http, &request.realm);
    let task = {
        let request = request.clone();
        async move {
            let place = (&browser, id);
            flow::prove_federated(request.app(), &request.cx, &request.realm, place, user).await
        }
    };
    match command::run(&request.state, task).await {
        Ok(Ok(acted)) => {
            let at = acted.flow.state.name().as_str();
            let mut answer = see(&request.realm.issuer.url(&format!("/flow/{id}?at={at}")));
            crate::flow::set_cookies(&mut answer, request, &acted);
            answer
        }
        Ok(Err(error)) => crate::flow::failure(request, Some(id), &error),
        Err(lost) => failure::problem(request, &lost.into(), Some(id)),
    }
}
