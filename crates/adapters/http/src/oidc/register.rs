//! Dynamic client registration (RFC 7591) and its management (RFC 7592).

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use vestibule_oauth::OAuthError;
use vestibule_usecases::oauth::{
    ProtocolFailure,
    registration::{self, Registered, RegistrationRequest},
};

use super::answer;
use crate::{
    command,
    cx::RealmRequest,
    extract::{bearer::bearer_token, body},
};

/// Most bytes of client metadata.
const MAX_BYTES: usize = 64 * 1_024;

async fn read_body(
    http: &HttpRequest,
    payload: web::Payload,
) -> Result<RegistrationRequest, ProtocolFailure> {
    if body::media_type(http) != "application/json" {
        return Err(OAuthError::MetadataMalformed.into());
    }
    let bytes = body::read(http, payload, MAX_BYTES)
        .await
        .map_err(|_ignored: crate::problem::Problem| OAuthError::MetadataMalformed)?;
    RegistrationRequest::parse(&bytes)
}

fn named(http: &HttpRequest) -> String {
    http.match_info().get("client").unwrap_or_default().to_owned()
}

fn registered(request: &RealmRequest, status: StatusCode, registered: &Registered) -> HttpResponse {
    answer::json(status, &registered.to_json(&request.realm))
}

/// `POST {issuer}/oauth/register`.
pub(super) async fn create(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    let metadata = match read_body(&http, payload).await {
        Ok(metadata) => metadata,
        Err(failure) => return answer::failure(&failure),
    };
    let (token, inner) = (bearer_token(&http), request.clone());
    let command = async move {
        registration::register(inner.app(), &inner.cx, &inner.realm, token.as_deref(), metadata).await
    };
    match command::run(&request.state, command).await {
        Ok(Ok(client)) => registered(&request, StatusCode::CREATED, &client),
        Ok(Err(failure)) => answer::failure(&failure),
        Err(lost) => answer::lost(lost),
    }
}

/// `GET {issuer}/oauth/register/{client}`.
pub(super) async fn read(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    let (id, token) = (named(&http), bearer_token(&http));
    let found = registration::read(request.app(), &request.cx, &request.realm, &id, token.as_deref()).await;
    match found {
        Ok(client) => registered(&request, StatusCode::OK, &client),
        Err(failure) => answer::failure(&failure),
    }
}

/// `PUT {issuer}/oauth/register/{client}`.
pub(super) async fn update(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    let metadata = match read_body(&http, payload).await {
        Ok(metadata) => metadata,
        Err(failure) => return answer::failure(&failure),
    };
    let (id, token, inner) = (named(&http), bearer_token(&http), request.clone());
    let command = async move {
        let owner = (id.as_str(), token.as_deref());
        registration::update(inner.app(), &inner.cx, &inner.realm, owner, metadata).await
    };
    match command::run(&request.state, command).await {
        Ok(Ok(client)) => registered(&request, StatusCode::OK, &client),
        Ok(Err(failure)) => answer::failure(&failure),
        Err(lost) => answer::lost(lost),
    }
}

/// `DELETE {issuer}/oauth/register/{client}`.
pub(super) async fn delete(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    let (id, token, inner) = (named(&http), bearer_token(&http), request.clone());
    let command = async move {
        registration::delete(inner.app(), &inner.cx, &inner.realm, &id, token.as_deref()).await
    };
    match command::run(&request.state, command).await {
        Ok(Ok(())) => HttpResponse::NoContent().insert_header(("cache-control", "no-store")).finish(),
        Ok(Err(failure)) => answer::failure(&failure),
        Err(lost) => answer::lost(lost),
    }
}
