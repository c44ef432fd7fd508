//! A copy of one's data, leaving, and changing one's mind.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde_json::json;
use vestibule_kernel::ExportId;
use vestibule_templates::{
    FieldError, Message,
    views::{ExportItem, LeavingPage, PrivacyPage, When},
};
use vestibule_usecases::account::{self, AccountError, Archive, LeavingCx};
use vestibule_users::DataExport;

use super::{
    details::AccountExport,
    frame::frame,
    guard::{self, Entered, Proof},
    json::{self, Call},
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
    match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => render(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

async fn render(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let rules = &request.realm.realm.settings.account;
    let exports = match account::list_exports(request.app(), me).await {
        Ok(exports) => exports,
        Err(error) => return guard::failure(request, &error.into()),
    };
    let item = |export: DataExport| ExportItem {
        percent: export.percent(),
        kilobytes: export.size.div_ceil(1_000),
        ready: export.ready_at.map(|_| When::from(export.expires_at)),
        href: request.realm.issuer.path(&format!("/account/exports/{}", export.id)),
    };
    let view = PrivacyPage {
        frame: frame(http, entered, PAGE),
        grace_days: rules.deletion.then_some(rules.deletion_grace_days),
        exports: exports.into_iter().map(item).collect(),
        fresh: me.is_fresh(),
        prove: request.realm.issuer.path("/account/prove?to=/privacy"),
        errors: error.into_iter().map(|message| FieldError::new("confirm", message)).collect(),
    };
    let status = if view.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// `POST {issuer}/account/privacy`: `action=export`, `action=delete` with `confirm`.
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
        Some("delete") if form.get("confirm").is_none() => {
            render(&http, &entered, Some(Message::new("account-delete-unconfirmed"))).await
        }
        Some("delete") => leave(&entered).await,
        _ => guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM)),
    }
}

/// Asks for a copy, and shows the page on which it becomes ready.
async fn copy(entered: &Entered) -> HttpResponse {
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::request_export(request.app(), &me.fresh()?).await
    };
    match guard::run(&entered.request, task).await {
        Ok(_asked) => guard::see_done(entered, PAGE, "export"),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// `GET {issuer}/account/exports/{export}`: the archive. Without a fresh proof, the way to one, and back to the page
/// with the link.
pub(super) async fn download(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, PAGE, Proof::Fresh).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Ok(id) = json::id::<ExportId>(&http, "export") else {
        return guard::problem_answer(&entered.request, &Problem::new(&code::NOT_FOUND));
    };
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::take_export(request.app(), &request.realm, &me.fresh()?, id).await
    };
    match guard::run(&entered.request, task).await {
        Ok(archive) => handed_over(archive),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// A file to keep, never one to show.
fn handed_over(archive: Archive) -> HttpResponse {
    // The name is made of a slug and a date: nothing in it needs quoting.
    let disposition = format!("attachment; filename=\"{}\"", archive.name);
    HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(archive.bytes)
}

/// `GET account/v1/exports`.
pub(super) async fn list(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    json::answered(http, request, async |_, call| {
        let exports = account::list_exports(call.request.app(), &call.me).await;
        let exports = exports.map_err(Problem::from)?;
        let items: Vec<AccountExport> = exports.into_iter().map(AccountExport::from).collect();
        Ok(json::ok(&json!({"items": items, "next": null})))
    })
    .await
}

/// `POST account/v1/exports`.
pub(super) async fn ask(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    json::answered(http, request, async |_, call| {
        let inner = call.clone();
        let task = async move { account::request_export(inner.request.app(), &inner.me.fresh()?).await };
        let asked = call.run(task).await?;
        let location = call.request.realm.issuer.url(&format!("/account/v1/exports/{}", asked.id));
        Ok(HttpResponse::Accepted()
            .insert_header((header::LOCATION, location))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(AccountExport::from(asked)))
    })
    .await
}

/// `GET account/v1/exports/{export}`.
pub(super) async fn get(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    json::answered(http, request, async |http, call| {
        let id: ExportId = json::id(http, "export")?;
        let found = account::get_export(call.request.app(), &call.me, id).await;
        Ok(json::ok(&AccountExport::from(found.map_err(|error| guard::problem_of(&error))?)))
    })
    .await
}

/// `GET account/v1/exports/{export}/archive`.
pub(super) async fn take(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    json::answered(http, request, async |http, call| {
        let id: ExportId = json::id(http, "export")?;
        let inner = call.clone();
        let task = async move {
            let Call { request, me } = &inner;
            account::take_export(request.app(), &request.realm, &me.fresh()?, id).await
        };
        Ok(handed_over(call.run(task).await?))
    })
    .await
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
