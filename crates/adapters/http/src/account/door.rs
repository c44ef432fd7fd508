//! Ways into the account from elsewhere: a proof for whoever needs a fresh one, and the address where password
//! managers look for the page that changes a password.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::header};
use serde_json::json;
use vestibule_usecases::account::{AccountCx, AccountError};

use super::guard;
use crate::{
    cx::RealmRequest,
    extract::params::Params,
    flow,
    problem::{Problem, code},
};

/// `GET {issuer}/.well-known/change-password`
/// ([W3C](https://www.w3.org/TR/change-password-url/)): a temporary redirect.
pub(super) async fn change_password(request: RealmRequest) -> HttpResponse {
    let to = request.realm.issuer.url("/account/password");
    HttpResponse::Found()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// `GET {issuer}/.well-known/passkey-endpoints`
/// ([W3C](https://www.w3.org/TR/passkey-endpoints/)): where password managers send people to add a passkey, and to look
/// after them. 404 where the realm has none.
pub(super) async fn passkey_endpoints(request: RealmRequest) -> HttpResponse {
    if !request.realm.realm.settings.login.passkey {
        return Problem::new(&code::NOT_FOUND).error_response();
    }
    let page = request.realm.issuer.url("/account/passkeys");
    HttpResponse::Ok().json(json!({"enroll": page, "manage": page}))
}

/// `GET {issuer}/.well-known/webauthn`
/// ([WebAuthn §5.11](https://www.w3.org/TR/webauthn-3/#sctn-related-origins)): the pages of other origins that may use
/// the passkeys of this one. Browsers ask at the root of the host, so it helps realms with a host of their own. 404 where
/// there are none.
pub(super) async fn related_origins(request: RealmRequest) -> HttpResponse {
    let login = &request.realm.realm.settings.login;
    let pages = login.passkey_origins.iter().filter(|origin| origin.starts_with("https://"));
    let pages: Vec<&String> = pages.filter(|_| login.passkey).collect();
    if pages.is_empty() {
        return Problem::new(&code::NOT_FOUND).error_response();
    }
    HttpResponse::Ok().json(json!({"origins": pages}))
}

/// `GET {issuer}/account/prove?to=/password`: a sign-in or a step-up that leads to that page of the account.
pub(super) async fn prove(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return flow::without_realm(&http, &problem),
    };
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    let page = query.get("to").unwrap_or_default();
    let browser = flow::browser(&http, &request.realm);
    match AccountCx::enter(request.app(), &request.cx, &request.realm, browser.session.as_ref()).await {
        Ok(me) => guard::prove(&request, &browser, Some(&me), page).await,
        Err(AccountError::SignedOut) => guard::prove(&request, &browser, None, page).await,
        Err(AccountError::Leaving) => guard::see(&request, "/account/leaving"),
        Err(error) => guard::failure(&request, &error),
    }
}
