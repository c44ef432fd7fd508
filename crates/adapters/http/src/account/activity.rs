//! The person's own log in sentences they can read, and the way out when something in it was not them.

use actix_web::{HttpRequest, HttpResponse, web};
use vestibule_events::AuditEvent;
use vestibule_kernel::{Actor, ClientId, PageRequest};
use vestibule_templates::{
    Message,
    views::{ActivityItem, ActivityPage, AppView},
};
use vestibule_usecases::account::{self, AccountCx, Device};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
    sessions::device_name,
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

/// Whether the person did it, or somebody who was not recognised yet, such as at a wrong password.
pub(super) fn is_own(me: &AccountCx, event: &AuditEvent) -> bool {
    event.actor == Actor::User(me.id()) || event.actor == Actor::Anonymous
}

fn item(request: &RealmRequest, me: &AccountCx, event: &AuditEvent) -> Option<ActivityItem> {
    let own = is_own(me, event);
    let by = match &event.actor {
        _ if own => None,
        Actor::Admin(_) => Some(Message::new("activity-by-admin")),
        Actor::Client(id) => Some(Message::new("activity-by-app").with("app", app_name(request, id))),
        Actor::User(_) | Actor::System | Actor::Anonymous => Some(Message::new("activity-by-system")),
    };
    Some(ActivityItem {
        text: sentence(request, event)?,
        at: event.occurred_at.into(),
        device: event.user_agent.as_deref().filter(|_| own).map(|agent| device_name(Device::of(Some(agent)))),
        ip: event.ip.clone().filter(|_| own),
        by,
    })
}

fn app_name(request: &RealmRequest, id: &ClientId) -> String {
    request.realm.client(id).map_or_else(|| id.to_string(), |client| AppView::of(client).name)
}

/// What happened, in words; `None` for what says nothing to people (a session beside its sign-in, tokens).
fn sentence(request: &RealmRequest, event: &AuditEvent) -> Option<Message> {
    let data = |name: &str| event.data.get(name).and_then(serde_json::Value::as_str);
    let app = || data("client").and_then(|text| ClientId::parse(text).ok()).map(|id| app_name(request, &id));
    let with_app = |key: Message| key.with("app", app().unwrap_or_default());
    Some(match event.kind.as_str() {
        "user.signed_in" => match app() {
            Some(app) => Message::new("activity-signed-in-to").with("app", app),
            None => Message::new("activity-signed-in"),
        },
        "user.sign_in_failed" => Message::new("activity-sign-in-failed"),
        "user.export_requested" => Message::new("activity-export-requested"),
        "user.export_ready" => Message::new("activity-export-ready"),
        "user.exported" => Message::new("activity-exported"),
        "user.created" => Message::new("activity-created"),
        "user.updated" => updated(event),
        "user.status_changed" => match data("to") {
            Some("suspended") => Message::new("activity-suspended"),
            Some("pending_deletion") => Message::new("activity-deletion-scheduled"),
            _ => Message::new("activity-active"),
        },
        "session.revoked" => match data("cause") {
            Some("replaced") => return None,
            _ => Message::new("activity-signed-out"),
        },
        "consent.given" => with_app(Message::new("activity-consent-given")),
        "consent.denied" => with_app(Message::new("activity-consent-denied")),
        "consent.withdrawn" => with_app(Message::new("activity-consent-withdrawn")),
        "credential.bound" => credential(data("kind"), "activity-added"),
        "credential.replaced" => credential(data("kind"), "activity-replaced"),
        "credential.removed" => credential(data("kind"), "activity-removed"),
        "credential.renamed" => credential(data("kind"), "activity-renamed"),
        "credential.clone_suspected" => match data("kind") {
            Some("security_key") => Message::new("activity-security-key-clone"),
            _ => Message::new("activity-clone"),
        },
        "device.trusted" => Message::new("activity-trusted"),
        "device.forgotten" => Message::new("activity-forgotten"),
        "identity.linked" => Message::new("activity-linked"),
        "identity.unlinked" => Message::new("activity-unlinked"),
        _ => return None,
    })
}

fn updated(event: &AuditEvent) -> Message {
    let fields = event.data.get("fields").and_then(serde_json::Value::as_array);
    let has = |name: &str| fields.is_some_and(|fields| fields.iter().any(|field| field == name));
    Message::new(match (has("emails"), has("phones")) {
        (true, _) => "activity-emails",
        (false, true) => "activity-phones",
        (false, false) => "activity-profile",
    })
}

/// What became of an authenticator.
fn credential(kind: Option<&str>, what: &str) -> Message {
    match (kind, what) {
        (Some("password"), "activity-added") => Message::new("activity-password-set"),
        (Some("password"), "activity-replaced") => Message::new("activity-password-changed"),
        (Some("password"), _) => Message::new("activity-password-removed"),
        (Some("totp"), "activity-removed") => Message::new("activity-totp-removed"),
        (Some("totp"), "activity-renamed") => Message::new("activity-totp-renamed"),
        (Some("totp"), _) => Message::new("activity-totp-added"),
        (Some("recovery_code"), "activity-removed") => Message::new("activity-codes-removed"),
        (Some("recovery_code"), _) => Message::new("activity-codes-made"),
        (Some("security_key"), "activity-removed") => Message::new("activity-security-key-removed"),
        (Some("security_key"), "activity-renamed") => Message::new("activity-security-key-renamed"),
        (Some("security_key"), _) => Message::new("activity-security-key-added"),
        (_, "activity-removed") => Message::new("activity-passkey-removed"),
        (_, "activity-renamed") => Message::new("activity-passkey-renamed"),
        _ => Message::new("activity-passkey-added"),
    }
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
