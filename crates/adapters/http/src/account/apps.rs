//! Applications with access to the account.

use actix_web::{HttpRequest, HttpResponse, web};
use vestibule_kernel::ClientId;
use vestibule_templates::{
    message::scope_sentence,
    views::{AppView, ConnectedAppsPage, ConnectedItem, When},
};
use vestibule_usecases::account::{self, AccountError, ConnectedApp};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    cx::RealmRequest,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/apps";

/// `GET {issuer}/account/apps`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Entered { request, me, .. } = &entered;
    let apps = match account::list_apps(request.app(), me).await {
        Ok(apps) => apps,
        Err(error) => return guard::failure(request, &error),
    };
    let (others, own): (Vec<_>, Vec<_>) = apps.iter().partition(|app| !app.scopes.is_empty());
    let items = |apps: Vec<&ConnectedApp>| apps.into_iter().map(|app| item(request, app)).collect();
    let view =
        ConnectedAppsPage { frame: frame(&http, &entered, PAGE), others: items(others), own: items(own) };
    page(&request.state, &guard::spec(request), &view)
}

fn item(request: &RealmRequest, app: &ConnectedApp) -> ConnectedItem {
    ConnectedItem {
        client: app.client.to_string(),
        app: request.realm.client(&app.client).map_or_else(AppView::unnamed, AppView::of),
        scopes: app.scopes.iter().map(|scope| scope_sentence(scope)).collect(),
        since: app.since.into(),
        last_used: app.last_used_at.map(When::from),
    }
}

/// `POST {issuer}/account/apps`: `action=withdraw` with `client`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Session)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let client = form.get("client").and_then(|text| ClientId::parse(text).ok());
    let (Some("withdraw"), Some(client)) = (form.get("action"), client) else {
        return guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM));
    };
    let inner = entered.clone();
    let task = async move { account::withdraw_app(inner.request.app(), &inner.me, &client).await };
    match guard::run(&entered.request, task).await {
        Ok(()) => guard::see_done(&entered, PAGE, "app"),
        Err(AccountError::NotFound(_)) => guard::see_done(&entered, PAGE, "app-gone"),
        Err(error) => guard::failure(&entered.request, &error),
    }
}
