//! A copy of one's data, leaving, and changing one's mind.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use vestibule_templates::views::{LeavingPage, PrivacyPage, When};
use vestibule_usecases::account::{self, AccountError, Archive, LeavingCx};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    cx::RealmRequest,
    extract::cookies,
    flow::{self, csrf, state_page},
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/privacy";
/// Where somebody is led whose account is closed.
pub(super) const LEAVING: &str = "/leaving";

/// `GET {issuer}/account/privacy`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Entered { request, me, .. } = &entered;
    let rules = &request.realm.realm.settings.account;
    let view = PrivacyPage {
        frame: frame(&http, &entered, PAGE),
        grace_days: rules.deletion.then_some(rules.deletion_grace_days),
        fresh: me.is_fresh(),
        prove: request.realm.issuer.path("/account/prove?to=/privacy"),
    };
    page(&request.state, &guard::spec(request), &view)
}

/// `POST {issuer}/account/privacy`: `action=export`, `action=delete`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Fresh)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    match form.get("action") {
        Some("export") => copy(&entered).await,
        Some("delete") => leave(&entered).await,
        _ => guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM)),
    }
}

/// Hands over the copy.
async fn copy(entered: &Entered) -> HttpResponse {
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::export_data(request.app(), &request.realm, &me.fresh()?).await
    };
    match guard::run(&entered.request, task).await {
        Ok(archive) => handed_over(archive),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// A file to keep, never one to show.
pub(super) fn handed_over(archive: Archive) -> HttpResponse {
    // The name is made of a slug and a date: nothing in it needs quoting.
    let disposition = format!("attachment; filename=\"{}\"", archive.name);
    HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(archive.bytes)
}

/// Closes the account, and says until when it can be kept.
async fn leave(entered: &Entered) -> HttpResponse {
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::schedule_deletion(request.app(), &request.realm, &me.fresh()?).await
    };
    let due = match guard::run(&entered.request, task).await {
        Ok(due) => due,
        Err(error) => return guard::failure(&entered.request, &error),
    };
    let request = &entered.request;
    let view = LeavingPage {
        account: state_page::account(entered.me.user()),
        due: Some(When::from(due)),
        keep: None,
        sign_in: request.realm.issuer.path("/account"),
        sign_out: None,
    };
    let mut answer = page(&request.state, &guard::spec(request), &view);
    let gone = cookies::removal(cookies::session_cookie(&request.realm.realm.slug));
    if let Err(error) = answer.add_cookie(&gone) {
        tracing::error!(%error, "a cookie could not be removed");
    }
    answer
}

/// Somebody who is leaving, by their session.
async fn leaving(http: &HttpRequest, request: &RealmRequest) -> Result<(LeavingCx, String), HttpResponse> {
    let browser = flow::browser(http, &request.realm);
    let entered =
        LeavingCx::enter(request.app(), &request.cx, &request.realm, browser.session.as_ref()).await;
    match (entered, &browser.session) {
        (Ok(me), Some(cookie)) => Ok((me, csrf::session_token(cookie).expose().to_owned())),
        // Nobody, or somebody who stays: the account's own pages know what to do.
        (Ok(_) | Err(AccountError::SignedOut), _) => Err(guard::see(request, "/account")),
        (Err(error), _) => Err(guard::failure(request, &error)),
    }
}

/// `GET {issuer}/account/leaving`.
pub(super) async fn show_leaving(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return flow::without_realm(&http, &problem),
    };
    let (me, token) = match leaving(&http, &request).await {
        Ok(leaving) => leaving,
        Err(answer) => return answer,
    };
    let issuer = &request.realm.issuer;
    let view = LeavingPage {
        account: state_page::account(me.user()),
        due: me.user().deletion_due.map(When::from),
        keep: Some((issuer.path("/account/leaving"), token)),
        sign_in: issuer.path("/account"),
        sign_out: Some(issuer.path("/oauth/logout")),
    };
    page(&request.state, &guard::spec(&request), &view)
}

/// `POST {issuer}/account/leaving`: `action=keep`.
pub(super) async fn keep(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return flow::without_realm(&http, &problem),
    };
    let form = match guard::form(&http, &request, payload).await {
        Ok(form) => form,
        Err(problem) => return guard::problem_answer(&request, &problem),
    };
    let (me, _token) = match leaving(&http, &request).await {
        Ok(leaving) => leaving,
        Err(answer) => return answer,
    };
    let session = flow::browser(&http, &request.realm).session;
    let checked = session.map(|session| csrf::check_session_token(form.get("csrf"), &session));
    if !matches!(checked, Some(Ok(()))) {
        return guard::problem_answer(&request, &Problem::new(&code::CSRF));
    }
    let app = request.app().clone();
    match guard::run(&request, async move { account::keep_account(&app, &me).await }).await {
        Ok(()) => guard::see(&request, "/account?done=kept"),
        Err(error) => guard::failure(&request, &error),
    }
}
