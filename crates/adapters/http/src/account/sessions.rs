//! Where the person is signed in.

use actix_web::{HttpRequest, HttpResponse, web};
use vestibule_kernel::{DeviceId, SessionId};
use vestibule_templates::{
    message::device_name,
    views::{AppView, SessionItem, SessionsPage, TrustedDeviceItem, When},
};
use vestibule_usecases::account::{self, AccountError, OwnSession, OwnTrustedDevice};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    cx::RealmRequest,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/sessions";

/// `GET {issuer}/account/sessions`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Entered { request, me, .. } = &entered;
    let sessions = match account::list_sessions(request.app(), me).await {
        Ok(sessions) => sessions,
        Err(error) => return guard::failure(request, &error),
    };
    let trusted = match account::list_trusted_devices(request.app(), me).await {
        Ok(trusted) => trusted.iter().map(trusted_item).collect(),
        Err(error) => return guard::failure(request, &error),
    };
    let sessions = sessions.iter().map(|session| item(request, session)).collect();
    let view = SessionsPage { frame: frame(&http, &entered, PAGE), sessions, trusted };
    page(&request.state, &guard::spec(request), &view)
}

fn item(request: &RealmRequest, own: &OwnSession) -> SessionItem {
    let clients = own.clients.iter().filter_map(|id| request.realm.client(id));
    SessionItem {
        id: own.session.id.to_string(),
        name: device_name(own.device),
        icon: if own.device.mobile { "phone" } else { "devices" },
        current: own.current,
        ip: own.session.ip.clone(),
        since: own.session.created_at.into(),
        last_seen: When::from(own.session.last_seen_at),
        apps: clients.map(|client| AppView::of(client).name).collect(),
    }
}

fn trusted_item(own: &OwnTrustedDevice) -> TrustedDeviceItem {
    TrustedDeviceItem {
        id: own.trusted.id.to_string(),
        name: device_name(own.device),
        icon: if own.device.mobile { "phone" } else { "devices" },
        last_used: own.trusted.last_used_at.into(),
        until: own.trusted.expires_at.into(),
    }
}

/// `POST {issuer}/account/sessions`: `action=end` with `session`, `action=end_others`, `action=forget` with `device`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Session)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let session = form.get("session").and_then(|text| text.parse::<SessionId>().ok());
    let device = form.get("device").and_then(|text| text.parse::<DeviceId>().ok());
    let inner = entered.clone();
    let (done, ended) = match (form.get("action"), session) {
        (Some("forget"), _) => {
            let Some(id) = device else {
                return guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM));
            };
            let task =
                async move { account::forget_trusted_device(inner.request.app(), &inner.me, id).await };
            ("forgotten", guard::run(&entered.request, task).await)
        }
        (Some("end"), Some(id)) => {
            let task = async move { account::end_session(inner.request.app(), &inner.me, id).await };
            ("session", guard::run(&entered.request, task).await)
        }
        (Some("end_others"), _) => {
            let task = async move {
                account::end_other_sessions(inner.request.app(), &inner.me).await.map(|_ended| ())
            };
            ("sessions", guard::run(&entered.request, task).await)
        }
        _ => return guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM)),
    };
    match ended {
        Ok(()) => guard::see_done(&entered, PAGE, done),
        // Another page ended it meanwhile: what was wanted is so.
        Err(AccountError::NotFound(_)) if done == "forgotten" => {
            guard::see_done(&entered, PAGE, "device-gone")
        }
        Err(AccountError::NotFound(_)) => guard::see_done(&entered, PAGE, "session-gone"),
        Err(error) => guard::failure(&entered.request, &error),
    }
}
