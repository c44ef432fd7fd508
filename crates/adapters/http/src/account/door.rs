//! Ways into the account from elsewhere: a proof for whoever needs a fresh one, and the address where password
//! managers look for the page that changes a password.

use actix_web::{HttpRequest, HttpResponse, http::header};
use vestibule_usecases::account::{AccountCx, AccountError};

use super::guard;
use crate::{cx::RealmRequest, extract::params::Params, flow, problem::Problem};

/// `GET {issuer}/.well-known/change-password`
/// ([W3C](https://www.w3.org/TR/change-password-url/)): a temporary redirect.
pub(super) async fn change_password(request: RealmRequest) -> HttpResponse {
    let to = request.realm.issuer.url("/account/password");
    HttpResponse::Found()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
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
