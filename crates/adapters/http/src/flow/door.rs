//! Short doors of a realm: its home page, and signing in for no application.

use actix_web::{HttpRequest, HttpResponse, http::header};
use vestibule_authn::Intent;
use vestibule_realms::settings::SignUpMode;
use vestibule_templates::views::{AppView, RealmHomePage};
use vestibule_usecases::flow::{self, FlowError, NewFlowRequest};

use super::{page::failure, page::without_realm, state_page::account};
use crate::{
    cx::RealmRequest,
    extract::{cookies, params::Params},
    page::{PageSpec, page},
    problem::Problem,
};

/// `GET {issuer}/`: who is signed in here.
pub(super) async fn home(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return without_realm(&http, &problem),
    };
    if !request.realm.is_active() {
        return failure(&request, None, &FlowError::RealmSuspended);
    }
    let browser = super::browser(&http, &request.realm);
    let signed_in = match flow::home(request.app(), &request.cx, &browser).await {
        Ok(signed_in) => signed_in,
        Err(error) => return failure(&request, None, &error.into()),
    };
    let issuer = &request.realm.issuer;
    let mut apps: Vec<AppView> = Vec::new();
    if signed_in.is_some() {
        let launchable = request.realm.clients.values().filter(|client| client.is_enabled());
        apps.extend(launchable.map(AppView::of).filter(|app| app.verified && app.home.is_some()));
        apps.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let own = signed_in.as_ref().and_then(|(_, user)| user.locale.clone());
    let view = RealmHomePage {
        account: signed_in.map(|(_, user)| account(&user)),
        sign_in: issuer.path("/login"),
        sign_out: issuer.path("/oauth/logout"),
        apps,
    };
    page(&request.state, &PageSpec::of(&request).speaking(&own), &view)
}

/// `GET {issuer}/login`: starts a flow for no application, unless somebody is signed in.
pub(super) async fn login(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    open(http, request, Intent::SignIn).await
}

/// `GET {issuer}/sign-up`: starts a flow that makes an account, unless somebody is signed in.
pub(super) async fn sign_up(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    match (request, query.get("invitation").map(str::to_owned)) {
        (Ok(request), Some(token)) => come_in(http, request, &token).await,
        (request, _) => open(http, request, Intent::SignUp).await,
    }
}

/// The form of somebody who was invited. The link signs nobody in and uses nothing up: programs that look at mail may
/// open it.
async fn come_in(http: HttpRequest, request: RealmRequest, token: &str) -> HttpResponse {
    let invited = match flow::open_invitation(request.app(), &request.cx, token) {
        Ok(invited) => invited,
        Err(error) => return failure(&request, None, &error),
    };
    let mode = request.realm.realm.settings.sign_up.mode;
    if mode == SignUpMode::Closed || !request.realm.is_active() {
        return open(http, Ok(request), Intent::SignUp).await;
    }
    begin(&http, &request, Intent::SignUp, Some(invited.to_string())).await
}

/// `GET {issuer}/recover`: starts a flow for a forgotten password.
pub(super) async fn recover(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    open(http, request, Intent::Recover).await
}

async fn open(http: HttpRequest, request: Result<RealmRequest, Problem>, intent: Intent) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return without_realm(&http, &problem),
    };
    if !request.realm.is_active() {
        return failure(&request, None, &FlowError::RealmSuspended);
    }
    if let Err(error) = flow::is_open(request.app(), &request.realm, intent) {
        return failure(&request, None, &error);
    }
    begin(&http, &request, intent, None).await
}

/// Starts the flow, unless somebody is signed in already.
async fn begin(
    http: &HttpRequest,
    request: &RealmRequest,
    intent: Intent,
    identifier: Option<String>,
) -> HttpResponse {
    let browser = super::browser(http, &request.realm);
    match flow::home(request.app(), &request.cx, &browser).await {
        Ok(Some(_)) if intent != Intent::Recover => return see(request, "/"),
        Ok(_) => {}
        Err(error) => return failure(request, None, &error.into()),
    }
    let new = NewFlowRequest { cookie: browser.flow, identifier, ..NewFlowRequest::new(intent) };
    let started = match flow::start_flow(request.app(), &request.cx, &request.realm, new).await {
        Ok(started) => started,
        Err(error) => return failure(request, None, &error.into()),
    };
    let mut answer = see(request, &format!("/flow/{}", started.flow));
    let name = cookies::flow_cookie(&request.realm.realm.slug);
    let cookie = cookies::secret_cookie(name, started.cookie.expose().to_owned(), None);
    if let Err(error) = answer.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
    answer
}

fn see(request: &RealmRequest, path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, request.realm.issuer.url(path))).finish()
}
