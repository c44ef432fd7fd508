//! What goes on in a realm: sessions, grants, keys, events, jobs.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_events::EventFilter;
use vestibule_kernel::{ClientId, JobId, Page, SessionId, UserId};
use vestibule_storage::JobState;
use vestibule_usecases::admin::{events, grants, jobs, keys, sessions};

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::activity as operations,
        views::{
            lists::{EventTypeView, EventView, JobRow, RevokedView},
            realms::{KeyView, RotateKeysBody},
            users::{GrantView, SessionView},
        },
    },
    cx::RealmRequest,
    problem::{Problem, code},
};

pub(in crate::admin) async fn list_sessions(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_SESSIONS, http, request, body, |call: RealmCall| async move {
        let page = sessions::list(&call.app, &call.admin, None, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(SessionView::from))
    })
    .await
}

pub(in crate::admin) async fn revoke_session(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::REVOKE_SESSION, http, request, body, |call: RealmCall| async move {
        let id: SessionId = call.input.id("session_id")?;
        sessions::revoke(&call.app, &call.admin, id).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn revoke_all_sessions(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::REVOKE_ALL_SESSIONS, http, request, body, |call: RealmCall| async move {
        let revoked = sessions::revoke_all(&call.app, &call.admin).await?;
        Answer::ok(&RevokedView { revoked })
    })
    .await
}

pub(in crate::admin) async fn list_grants(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_GRANTS, http, request, body, |call: RealmCall| async move {
        let user: Option<UserId> = call.input.parsed("user_id")?;
        let page = grants::list(&call.app, &call.admin, user, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(GrantView::from))
    })
    .await
}

pub(in crate::admin) async fn withdraw_grant(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::WITHDRAW_GRANT, http, request, body, |call: RealmCall| async move {
        let user: UserId = call.input.id("user_id")?;
        let missing = |_: vestibule_kernel::ids::IdError| Problem::new(&code::NOT_FOUND);
        let client = ClientId::parse(call.input.segment("client_id")).map_err(missing)?;
        grants::withdraw(&call.app, &call.admin, user, &client).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn list_keys(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_KEYS, http, request, body, |call: RealmCall| async move {
        let items = keys::list(&call.app, &call.admin).await?.into_iter().map(KeyView::from).collect();
        Answer::page(&call.input, Page { items, next: None })
    })
    .await
}

pub(in crate::admin) async fn rotate_keys(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::ROTATE_KEYS, http, request, body, |call: RealmCall| async move {
        let body: RotateKeysBody = call.input.json()?;
        keys::rotate(&call.app, &call.admin, body.algorithm).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn list_events(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_EVENTS, http, request, body, |call: RealmCall| async move {
        let text = |name: &str| call.input.query(name).map(str::to_owned);
        let filter = EventFilter { kind: text("type"), subject_id: text("subject_id") };
        let page = events::list(&call.app, &call.admin, &filter, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(EventView::from))
    })
    .await
}

pub(in crate::admin) async fn list_event_types(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_EVENT_TYPES, http, request, body, |call: RealmCall| async move {
        let types = events::types(&call.admin)?;
        let items = types.iter().map(|(kind, meaning)| EventTypeView { kind, meaning }).collect();
        Answer::page(&call.input, Page { items, next: None })
    })
    .await
}

pub(in crate::admin) async fn list_jobs(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_JOBS, http, request, body, |call: RealmCall| async move {
        let state = match call.input.query("state") {
            None => None,
            Some("queued") => Some(JobState::Queued),
            Some("parked") => Some(JobState::Parked),
            Some(_) => return Err(Problem::new(&code::INVALID_QUERY).detail("state is not acceptable")),
        };
        let page = jobs::list(&call.app, &call.admin, state, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(JobRow::from))
    })
    .await
}

pub(in crate::admin) async fn retry_job(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::RETRY_JOB, http, request, body, |call: RealmCall| async move {
        let id: JobId = call.input.id("job_id")?;
        jobs::retry(&call.app, &call.admin, id).await?;
        Ok(Answer::no_content())
    })
    .await
}
