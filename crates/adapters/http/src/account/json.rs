//! The account over JSON: the same person, known by the same cookie. A change must come from our own origin, as the
//! browser says; nothing else may send it, so no token is needed beside the cookie.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::Method, web};
use serde::Serialize;
use serde_json::json;
use vestibule_kernel::{ClientId, DeviceId, Secret, SessionId};
use vestibule_usecases::account::{self, AccountCx, AccountError};

use super::{
    guard,
    views::{Account, AccountSession, AccountTrustedDevice, ConnectedAppView, Ended, NewPassword},
};
use crate::{
    cx::RealmRequest,
    extract::body,
    flow::{self, csrf},
    problem::{Problem, code},
};

/// Most bytes of a body.
const MAX_BYTES: usize = 64 * 1_024;

/// Somebody signed in.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) request: RealmRequest,
    pub(crate) me: AccountCx,
}

impl Call {
    /// Recognises the person; a change must come from our own origin.
    pub(crate) async fn of(http: &HttpRequest, request: RealmRequest) -> Result<Self, Problem> {
        if http.method() != Method::GET && http.method() != Method::HEAD {
            csrf::check_origin(http, &request.realm.issuer.origin())?;
        }
        let cookie = flow::browser(http, &request.realm).session;
        let me = AccountCx::enter(request.app(), &request.cx, &request.realm, cookie.as_ref()).await;
        me.map(|me| Self { request, me }).map_err(|error| guard::problem_of(&error))
    }

    /// Runs a command to its end.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        task: impl Future<Output = Result<T, AccountError>> + Send + 'static,
    ) -> Result<T, Problem> {
        guard::run(&self.request, task).await.map_err(|error| guard::problem_of(&error))
    }
}

/// The answer, or the problem with the request's id.
pub(crate) async fn answered(
    http: HttpRequest,
    request: RealmRequest,
    work: impl AsyncFnOnce(&HttpRequest, Call) -> Result<HttpResponse, Problem>,
) -> HttpResponse {
    let id = request.cx.origin.request_id.clone();
    let outcome = match Call::of(&http, request).await {
        Ok(call) => work(&http, call).await,
        Err(problem) => Err(problem),
    };
    outcome.unwrap_or_else(|problem| problem.request_id(&id).error_response())
}

pub(crate) fn ok(value: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header(("cache-control", "no-store")).json(value)
}

pub(crate) fn no_content() -> HttpResponse {
    HttpResponse::NoContent().insert_header(("cache-control", "no-store")).finish()
}

/// An id in the path; anything else is an address with nothing there.
pub(crate) fn id<T: std::str::FromStr>(http: &HttpRequest, name: &str) -> Result<T, Problem> {
    let found = http.match_info().get(name).and_then(|text| text.parse().ok());
    found.ok_or_else(|| Problem::new(&code::NOT_FOUND))
}

/// `GET account/v1`.
pub(super) async fn account(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| Ok(ok(&Account::of(&call.request.realm, &call.me)))).await
}

/// `PUT account/v1/password`.
pub(super) async fn put_password(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let bytes = body::read(http, payload, MAX_BYTES).await?;
        let NewPassword { password } = body::parse_json(http, &bytes, &["application/json"])?;
        let (inner, password) = (call.clone(), Secret::new(password));
        call.run(async move {
            let realm = &inner.request.realm;
            account::change_password(inner.request.app(), realm, &inner.me.fresh()?, &password).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}

/// `GET account/v1/sessions`.
pub(super) async fn list_sessions(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let sessions = account::list_sessions(call.request.app(), &call.me).await;
        let sessions = sessions.map_err(|error| guard::problem_of(&error))?;
        let items: Vec<AccountSession> = sessions.into_iter().map(AccountSession::from).collect();
        Ok(ok(&json!({"items": items, "next": null})))
    })
    .await
}

/// `DELETE account/v1/sessions/{session}`.
pub(super) async fn end_session(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |http, call| {
        let (inner, id) = (call.clone(), id::<SessionId>(http, "session")?);
        call.run(async move { account::end_session(inner.request.app(), &inner.me, id).await }).await?;
        Ok(no_content())
    })
    .await
}

/// `POST account/v1/sessions:end-others`.
pub(super) async fn end_other_sessions(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let inner = call.clone();
        let task = async move { account::end_other_sessions(inner.request.app(), &inner.me).await };
        let ended = call.run(task).await?;
        Ok(ok(&Ended { ended }))
    })
    .await
}

/// `GET account/v1/trusted-devices`.
pub(super) async fn list_trusted_devices(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let trusted = account::list_trusted_devices(call.request.app(), &call.me).await;
        let trusted = trusted.map_err(|error| guard::problem_of(&error))?;
        let items: Vec<AccountTrustedDevice> = trusted.into_iter().map(AccountTrustedDevice::from).collect();
        Ok(ok(&json!({"items": items, "next": null})))
    })
    .await
}

/// `DELETE account/v1/trusted-devices/{device}`.
pub(super) async fn forget_trusted_device(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |http, call| {
        let (inner, id) = (call.clone(), id::<DeviceId>(http, "device")?);
        let task = async move { account::forget_trusted_device(inner.request.app(), &inner.me, id).await };
        call.run(task).await?;
        Ok(no_content())
    })
    .await
}

/// `GET account/v1/apps`.
pub(super) async fn list_apps(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let apps = account::list_apps(call.request.app(), &call.me).await;
        let apps = apps.map_err(|error| guard::problem_of(&error))?;
        let view = |app| ConnectedAppView::of(&call.request.realm, app);
        let items: Vec<ConnectedAppView> = apps.into_iter().map(view).collect();
        Ok(ok(&json!({"items": items, "next": null})))
    })
    .await
}

/// `DELETE account/v1/apps/{client}`.
pub(super) async fn withdraw_app(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |http, call| {
        let client = http.match_info().get("client").and_then(|text| ClientId::parse(text).ok());
        let client = client.ok_or_else(|| Problem::new(&code::NOT_FOUND))?;
        let inner = call.clone();
        call.run(async move { account::withdraw_app(inner.request.app(), &inner.me, &client).await }).await?;
        Ok(no_content())
    })
    .await
}
