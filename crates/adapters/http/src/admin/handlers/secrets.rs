//! Secrets of a realm: write-only.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_kernel::{Page, Secret};
use vestibule_realms::SecretName;
use vestibule_usecases::admin::secrets;

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::secrets as operations,
        views::secrets::{SecretBody, SecretInfoView},
    },
    cx::RealmRequest,
};

pub(in crate::admin) async fn list(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::LIST_SECRETS, http, request, body, |call: RealmCall| async move {
        let secrets = secrets::list(&call.app, &call.admin).await?;
        let items = secrets.into_iter().map(SecretInfoView::from).collect();
        Answer::page(&call.input, Page { items, next: None })
    })
    .await
}

pub(in crate::admin) async fn put(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::PUT_SECRET, http, request, body, |call: RealmCall| async move {
        let name: SecretName = call.input.id("secret_name")?;
        let body: SecretBody = call.input.json()?;
        secrets::put(&call.app, &call.admin, name, &Secret::new(body.value)).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn delete(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::DELETE_SECRET, http, request, body, |call: RealmCall| async move {
        let name: SecretName = call.input.id("secret_name")?;
        secrets::delete(&call.app, &call.admin, &name).await?;
        Ok(Answer::no_content())
    })
    .await
}
