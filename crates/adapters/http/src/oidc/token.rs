//! Token, pushed request, introspection and revocation endpoints: clients talk to us here, in forms and JSON.

use std::future::Future;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Serialize;
use serde_json::json;
use vestibule_oauth::{OAuthError, authorize::Parameters, client::authentication::PresentedCredentials};
use vestibule_usecases::oauth::{
    self, ProtocolFailure, PushedRequest, TokenRequest, TokenResponse, exchange_token, introspect,
    push_request,
};

use super::{answer, client, cors};
use crate::{
    command,
    cx::RealmRequest,
    extract::params::{Params, pairs},
};

#[derive(Serialize)]
struct TokenBody<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    scope: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
}

fn token_body(response: &TokenResponse) -> TokenBody<'_> {
    TokenBody {
        access_token: &response.access_token,
        token_type: "Bearer",
        expires_in: response.expires_in,
        scope: &response.scope,
        refresh_token: response.refresh_token.as_ref().map(vestibule_kernel::OpaqueToken::expose),
        id_token: response.id_token.as_deref(),
    }
}

/// Runs a command to its end and answers with what it gave.
async fn answered<T: Send + 'static>(
    request: &RealmRequest,
    command: impl Future<Output = Result<T, ProtocolFailure>> + Send + 'static,
    body: impl FnOnce(&T) -> HttpResponse,
) -> HttpResponse {
    match command::run(&request.state, command).await {
        Ok(Ok(value)) => body(&value),
        Ok(Err(failure)) => answer::failure(&failure),
        Err(lost) => answer::lost(lost),
    }
}

fn refused(error: OAuthError) -> HttpResponse {
    answer::refused(error, error.description())
}

/// `POST {issuer}/oauth/token`.
pub(super) async fn exchange(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    let mut response = match client::form(&http, payload).await {
        Err(error) => refused(error),
        Ok(form) => {
            let (presented, asked) = (client::credentials(&http, &form), token_request(&form));
            let inner = request.clone();
            let command =
                async move { exchange_token(inner.app(), &inner.cx, &inner.realm, presented, &asked).await };
            answered(&request, command, |tokens| answer::json(StatusCode::OK, &token_body(tokens))).await
        }
    };
    cors::allow(response.headers_mut());
    response
}

fn token_request(form: &Params) -> TokenRequest {
    let text = |name: &str| form.get(name).map(str::to_owned);
    TokenRequest {
        grant_type: text("grant_type"),
        code: text("code"),
        redirect_uri: text("redirect_uri"),
        code_verifier: text("code_verifier"),
        refresh_token: text("refresh_token"),
        scope: text("scope"),
        resources: form.all("resource").into_iter().map(str::to_owned).collect(),
    }
}

/// `POST {issuer}/oauth/par`.
pub(super) async fn push(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    let read = match client::form_bytes(&http, payload).await {
        Ok(bytes) => pushed(&http, &bytes),
        Err(error) => Err(error),
    };
    let (presented, parameters) = match read {
        Ok(read) => read,
        Err(error) => return refused(error),
    };
    let inner = request.clone();
    let command =
        async move { push_request(inner.app(), &inner.cx, &inner.realm, presented, &parameters).await };
    answered(&request, command, |pushed: &PushedRequest| {
        let body = json!({"request_uri": pushed.request_uri, "expires_in": pushed.expires_in});
        answer::json(StatusCode::CREATED, &body)
    })
    .await
}

/// Credentials and the request's own parameters, which the table of checks reads.
fn pushed(http: &HttpRequest, bytes: &[u8]) -> Result<(PresentedCredentials, Parameters), OAuthError> {
    let malformed = |_ignored: crate::extract::params::ParamsError| OAuthError::ParametersMalformed;
    let pairs = pairs(bytes).map_err(malformed)?;
    let form = Params::parse(bytes, &["resource"])
        .map_err(|_ignored: crate::extract::params::ParamsError| OAuthError::ParameterRepeated)?;
    let credential = ["client_secret", "client_assertion", "client_assertion_type"];
    let own = pairs.into_iter().filter(|(name, _)| !credential.contains(&name.as_str()));
    Ok((client::credentials(http, &form), Parameters::from_pairs(own)))
}

/// `POST {issuer}/oauth/introspect`.
pub(super) async fn introspection(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    let form = match client::form(&http, payload).await {
        Ok(form) => form,
        Err(error) => return refused(error),
    };
    let presented = client::credentials(&http, &form);
    let (token, hint) = (form.get("token"), form.get("token_type_hint"));
    let told = introspect(request.app(), &request.cx, &request.realm, presented, token, hint).await;
    match told {
        Ok(told) => answer::json(StatusCode::OK, &told),
        Err(failure) => answer::failure(&failure),
    }
}

/// `POST {issuer}/oauth/revoke`.
pub(super) async fn revocation(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    let mut response = match client::form(&http, payload).await {
        Err(error) => refused(error),
        Ok(form) => {
            let (presented, token) =
                (client::credentials(&http, &form), form.get("token").map(str::to_owned));
            let inner = request.clone();
            let command = async move {
                oauth::revoke(inner.app(), &inner.cx, &inner.realm, presented, token.as_deref()).await
            };
            answered(&request, command, |()| {
                HttpResponse::Ok().insert_header(("cache-control", "no-store")).finish()
            })
            .await
        }
    };
    cors::allow(response.headers_mut());
    response
}
