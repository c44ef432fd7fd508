//! The person's own log in sentences they can read, and the way out when something in it was not them.

use actix_web::{HttpRequest, HttpResponse, web};
use vestibule_events::AuditEvent;
use vestibule_kernel::PageRequest;
use vestibule_templates::{
    activity,
    message::device_name,
    views::{ActivityItem, ActivityPage},
};
use vestibule_usecases::account::{self, AccountCx, Device};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    cx::RealmRequest,
    extract::params::Params,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/activity";
const ENTRIES: u16 = 50;

/// `GET {issuer}/account/activity`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Entered { request, me, .. } = &entered;
    let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
    let wanted = PageRequest::new(ENTRIES, query.get("after").map(str::to_owned));
    let events = match account::list_activity(request.app(), me, &wanted).await {
        Ok(events) => events,
        Err(error) => return guard::failure(request, &error),
    };
    let older = events.next.map(|key| {
        let key: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
        request.realm.issuer.path(&format!("/account/activity?after={key}"))
    });
    let items = events.items.iter().filter_map(|event| item(request, me, event)).collect();
    let view = ActivityPage { frame: frame(&http, &entered, PAGE), items, older };
    page(&request.state, &guard::spec(request), &view)
}

fn item(request: &RealmRequest, me: &AccountCx, event: &AuditEvent) -> Option<ActivityItem> {
    let own = activity::is_own(me.id(), &event.actor);
    Some(ActivityItem {
        text: activity::sentence(&request.realm, &event.kind, &event.data)?,
        at: event.occurred_at.into(),
        device: event.user_agent.as_deref().filter(|_| own).map(|agent| device_name(Device::of(Some(agent)))),
        ip: event.ip.clone().filter(|_| own),
        by: activity::author(&request.realm, me.id(), &event.actor),
    })
}

/// `POST {issuer}/account/activity`: `action=not_me`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Session)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    if form.get("action") != Some("not_me") {
        return guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM));
    }
    let inner = entered.clone();
    let task = async move { account::secure_account(inner.request.app(), &inner.me).await };
    match guard::run(&entered.request, task).await {
        Ok(()) if entered.request.realm.realm.settings.login.password => {
            guard::see_done(&entered, "/password", "secured")
        }
        Ok(()) => guard::see_done(&entered, "/security", "secured"),
        Err(error) => guard::failure(&entered.request, &error),
    }
}
