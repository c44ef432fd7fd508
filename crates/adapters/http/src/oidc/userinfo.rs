//! Userinfo (OpenID Connect Core §5.3): the token comes in the header, or in a form body, never in the query.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use vestibule_oauth::OAuthError;
use vestibule_usecases::oauth::{UserinfoError, userinfo};

use super::{answer, client, cors};
use crate::{cx::RealmRequest, extract::bearer::bearer_token};

/// `GET {issuer}/oauth/userinfo`.
pub(super) async fn get(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    respond(&http, &request, bearer_token(&http)).await
}

/// `POST {issuer}/oauth/userinfo`, the token in the header or as `access_token` in the form
/// ([RFC 6750 §2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2)).
pub(super) async fn post(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    let in_form = match client::form(&http, payload).await {
        Ok(form) => form.get("access_token").map(str::to_owned),
        // A body of another kind carries no token.
        Err(OAuthError::MediaType) => None,
        Err(error) => return with_cors(answer::refused(error, error.description())),
    };
    if in_form.is_some() && http.headers().contains_key(header::AUTHORIZATION) {
        let error = OAuthError::TokenRepeated;
        return with_cors(answer::refused(error, error.description()));
    }
    respond(&http, &request, in_form.or_else(|| bearer_token(&http))).await
}

async fn respond(http: &HttpRequest, request: &RealmRequest, token: Option<String>) -> HttpResponse {
    let Some(token) = token else { return with_cors(challenge(http)) };
    let answered = match userinfo(request.app(), &request.cx, &request.realm, &token).await {
        Ok(claims) => answer::json(StatusCode::OK, &claims),
        Err(UserinfoError::Refused(error)) => answer::refused(error, error.description()),
        Err(UserinfoError::Store(error)) => answer::store(&error),
    };
    with_cors(answered)
}

/// Without credentials the challenge names no error (RFC 6750 §3.1).
fn challenge(http: &HttpRequest) -> HttpResponse {
    if http.headers().contains_key(header::AUTHORIZATION) {
        let error = OAuthError::TokenInvalid;
        return answer::refused(error, error.description());
    }
    HttpResponse::Unauthorized()
        .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

fn with_cors(mut answer: HttpResponse) -> HttpResponse {
    cors::allow(answer.headers_mut());
    answer
}
