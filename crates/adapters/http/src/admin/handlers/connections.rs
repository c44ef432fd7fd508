//! Connections to upstream providers, and identities of users there.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_federation::Connection;
use vestibule_kernel::{ConnectionId, IdentityId, Page, UserId};
use vestibule_usecases::{
    RealmSnapshot,
    admin::{connections, users},
    federation::redirect_uri,
};

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::connections as operations,
        views::connections::{ConnectionView, IdentityView},
    },
    cx::RealmRequest,
    problem::Problem,
};

fn view(realm: &RealmSnapshot, connection: Connection) -> ConnectionView {
    let redirect_uri = redirect_uri(realm, &connection.key);
    ConnectionView::of(connection, redirect_uri)
}

fn answer(realm: &RealmSnapshot, connection: Connection) -> Result<Answer, Problem> {
    let version = connection.version;
    Ok(Answer::ok(&view(realm, connection))?.version(version))
}

pub(in crate::admin) async fn list(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::LIST_CONNECTIONS, http, request, body, |call: RealmCall| async move {
        let all = connections::list(&call.app, &call.admin).await?;
        let items = all.into_iter().map(|connection| view(&call.realm, connection)).collect();
        Answer::page(&call.input, Page { items, next: None })
    })
    .await
}

pub(in crate::admin) async fn create(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::CREATE_CONNECTION, http, request, body, |call: RealmCall| async move {
        let made = connections::create(&call.app, &call.admin, call.input.object()?).await?;
        let (version, path) = (made.version, format!("/admin/v1/connections/{}", made.id));
        let location = call.realm.issuer.url(&path);
        Ok(Answer::created(&view(&call.realm, made), location)?.version(version))
    })
    .await
}

pub(in crate::admin) async fn get(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::GET_CONNECTION, http, request, body, |call: RealmCall| async move {
        let id: ConnectionId = call.input.id("connection_id")?;
        answer(&call.realm, connections::get(&call.app, &call.admin, id).await?)
    })
    .await
}

pub(in crate::admin) async fn update(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::UPDATE_CONNECTION, http, request, body, |call: RealmCall| async move {
        let (id, patch): (ConnectionId, _) = (call.input.id("connection_id")?, call.input.object()?);
        let changed = connections::update(&call.app, &call.admin, id, patch, &call.input.if_match).await?;
        answer(&call.realm, changed)
    })
    .await
}

pub(in crate::admin) async fn delete(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::DELETE_CONNECTION, http, request, body, |call: RealmCall| async move {
        let id: ConnectionId = call.input.id("connection_id")?;
        connections::delete(&call.app, &call.admin, id, &call.input.if_match).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn list_identities(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_IDENTITIES, http, request, body, |call: RealmCall| async move {
        let user: UserId = call.input.id("user_id")?;
        let page = users::list_identities(&call.app, &call.admin, user, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(IdentityView::from))
    })
    .await
}

pub(in crate::admin) async fn unlink_identity(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::UNLINK_IDENTITY, http, request, body, |call: RealmCall| async move {
        let (user, id): (UserId, IdentityId) = (call.input.id("user_id")?, call.input.id("identity_id")?);
        users::unlink_identity(&call.app, &call.admin, user, id).await?;
        Ok(Answer::no_content())
    })
    .await
}
