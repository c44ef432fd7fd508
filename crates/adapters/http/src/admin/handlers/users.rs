//! Users, their credentials and their sessions.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_kernel::{Page, Secret, UserId};
use vestibule_usecases::admin::{sessions, users};
use vestibule_users::{User, UserFilter, UserStatus};

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::users as operations,
        views::{
            lists::RevokedView,
            users::{CredentialView, PasswordBody, SessionView, SuspendBody, UserView},
        },
    },
    cx::RealmRequest,
    problem::{Problem, code},
};

/// Most characters of a search text.
const MAX_SEARCH: usize = 254;

fn answer(user: User) -> Result<Answer, Problem> {
    let version = user.version;
    Ok(Answer::ok(&UserView::from(user))?.version(version))
}

pub(in crate::admin) async fn list(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::LIST_USERS, http, request, body, |call: RealmCall| async move {
        let bad = |name: &str| Problem::new(&code::INVALID_QUERY).detail(format!("{name} is not acceptable"));
        let status = match call.input.query("status") {
            None => None,
            Some(text) => Some(UserStatus::parse(text).ok_or_else(|| bad("status"))?),
        };
        let search = call.input.query("q").map(|text| text.trim().to_lowercase());
        if search.as_ref().is_some_and(|text| text.chars().count() > MAX_SEARCH) {
            return Err(bad("q"));
        }
        let filter = UserFilter { identifier_prefix: search, status };
        let page = users::list(&call.app, &call.admin, &filter, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(UserView::from))
    })
    .await
}

pub(in crate::admin) async fn create(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::CREATE_USER, http, request, body, |call: RealmCall| async move {
        let user = users::create(&call.app, &call.admin, call.input.object()?).await?;
        let (version, location) = (user.version, format!("/admin/v1/users/{}", user.id));
        let location = call.realm.issuer.url(&location);
        Ok(Answer::created(&UserView::from(user), location)?.version(version))
    })
    .await
}

pub(in crate::admin) async fn get(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::GET_USER, http, request, body, |call: RealmCall| async move {
        let id: UserId = call.input.id("user_id")?;
        answer(users::get(&call.app, &call.admin, id).await?)
    })
    .await
}

pub(in crate::admin) async fn update(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::UPDATE_USER, http, request, body, |call: RealmCall| async move {
        let (id, patch): (UserId, _) = (call.input.id("user_id")?, call.input.object()?);
        answer(users::update(&call.app, &call.admin, id, patch, &call.input.if_match).await?)
    })
    .await
}

pub(in crate::admin) async fn delete(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::DELETE_USER, http, request, body, |call: RealmCall| async move {
        let id: UserId = call.input.id("user_id")?;
        users::delete(&call.app, &call.admin, id, &call.input.if_match).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn suspend(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::SUSPEND_USER, http, request, body, |call: RealmCall| async move {
        let (id, body): (UserId, SuspendBody) = (call.input.id("user_id")?, call.input.json()?);
        let reason = body.reason.as_deref();
        if reason.is_some_and(|text| text.chars().count() > 200 || text.chars().any(char::is_control)) {
            return Err(Problem::new(&code::INVALID)
                .field("/reason", "at most 200 characters without control characters"));
        }
        answer(users::suspend(&call.app, &call.admin, id, reason, &call.input.if_match).await?)
    })
    .await
}

pub(in crate::admin) async fn resume(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::RESUME_USER, http, request, body, |call: RealmCall| async move {
        let id: UserId = call.input.id("user_id")?;
        answer(users::resume(&call.app, &call.admin, id, &call.input.if_match).await?)
    })
    .await
}

pub(in crate::admin) async fn set_password(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::SET_PASSWORD, http, request, body, |call: RealmCall| async move {
        let (id, body): (UserId, PasswordBody) = (call.input.id("user_id")?, call.input.json()?);
        users::set_password(&call.app, &call.admin, id, Secret::new(body.password)).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn list_credentials(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_CREDENTIALS, http, request, body, |call: RealmCall| async move {
        let id: UserId = call.input.id("user_id")?;
        let items = users::list_credentials(&call.app, &call.admin, id).await?;
        let items = items.into_iter().map(CredentialView::from).collect();
        Answer::page(&call.input, Page { items, next: None })
    })
    .await
}

pub(in crate::admin) async fn delete_credential(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::DELETE_CREDENTIAL, http, request, body, |call: RealmCall| async move {
        let (user, credential) = (call.input.id("user_id")?, call.input.id("credential_id")?);
        users::delete_credential(&call.app, &call.admin, user, credential).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn list_sessions(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_USER_SESSIONS, http, request, body, |call: RealmCall| async move {
        let user: UserId = call.input.id("user_id")?;
        let page = sessions::list(&call.app, &call.admin, Some(user), &call.input.page()?).await?;
        Answer::page(&call.input, page.map(SessionView::from))
    })
    .await
}

pub(in crate::admin) async fn revoke_sessions(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::REVOKE_USER_SESSIONS, http, request, body, |call: RealmCall| async move {
        let user: UserId = call.input.id("user_id")?;
        let revoked = sessions::revoke_user(&call.app, &call.admin, user).await?;
        Answer::ok(&RevokedView { revoked })
    })
    .await
}
