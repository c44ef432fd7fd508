//! Pictures of a realm's brand.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_realms::PictureSlot;
use vestibule_usecases::admin::pictures;

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::pictures as operations,
        views::pictures::PictureView,
    },
    cx::RealmRequest,
};

pub(in crate::admin) async fn get(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::GET_PICTURE, http, request, body, |call: RealmCall| async move {
        let slot: PictureSlot = call.input.id("picture")?;
        let info = pictures::get(&call.app, &call.admin, slot).await?;
        Answer::ok(&PictureView::of(info, &call.realm.issuer))
    })
    .await
}

pub(in crate::admin) async fn put(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::PUT_PICTURE, http, request, body, |mut call: RealmCall| async move {
        let slot: PictureSlot = call.input.id("picture")?;
        let file = std::mem::take(&mut call.input.body);
        let info = pictures::put(&call.app, &call.admin, slot, call.input.media_type(), file).await?;
        Answer::ok(&PictureView::of(info, &call.realm.issuer))
    })
    .await
}

pub(in crate::admin) async fn delete(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::DELETE_PICTURE, http, request, body, |call: RealmCall| async move {
        let slot: PictureSlot = call.input.id("picture")?;
        pictures::delete(&call.app, &call.admin, slot).await?;
        Ok(Answer::no_content())
    })
    .await
}
