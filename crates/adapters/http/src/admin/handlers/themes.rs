//! The look of a realm.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_kernel::Page;
use vestibule_realms::theme::ThemeRevision;
use vestibule_usecases::admin::{
    theme_preview::{self, Previewed},
    themes,
};

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::themes as operations,
        views::themes::{DraftView, PreviewView, PublishBody, RevisionInfoView, RevisionView},
    },
    cx::RealmRequest,
    problem::Problem,
};

pub(in crate::admin) async fn get_draft(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::GET_DRAFT, http, request, body, |call: RealmCall| async move {
        let draft = themes::get_draft(&call.app, &call.admin).await?;
        let version = draft.version;
        Ok(Answer::ok(&DraftView::from(draft))?.version(version))
    })
    .await
}

pub(in crate::admin) async fn update_draft(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::UPDATE_DRAFT, http, request, body, |call: RealmCall| async move {
        let patch = call.input.object()?;
        let draft = themes::update_draft(&call.app, &call.admin, patch, &call.input.if_match).await?;
        let version = draft.version;
        Ok(Answer::ok(&DraftView::from(draft))?.version(version))
    })
    .await
}

pub(in crate::admin) async fn discard_draft(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::DISCARD_DRAFT, http, request, body, |call: RealmCall| async move {
        themes::discard_draft(&call.app, &call.admin, &call.input.if_match).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn publish(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::PUBLISH_DRAFT, http, request, body, |call: RealmCall| async move {
        let body: PublishBody = call.input.json()?;
        let note = body.note.unwrap_or_default();
        created(&call, themes::publish(&call.app, &call.admin, &note, &call.input.if_match).await?)
    })
    .await
}

fn created(call: &RealmCall, revision: ThemeRevision) -> Result<Answer, Problem> {
    let location = call.realm.issuer.url(&format!("/admin/v1/theme/revisions/{}", revision.number));
    Answer::created(&RevisionView::from(revision), location)
}

pub(in crate::admin) async fn list_revisions(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::LIST_REVISIONS, http, request, body, |call: RealmCall| async move {
        let revisions = themes::list_revisions(&call.app, &call.admin).await?;
        let items = revisions.into_iter().map(RevisionInfoView::from).collect();
        Answer::page(&call.input, Page { items, next: None })
    })
    .await
}

pub(in crate::admin) async fn get_revision(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::GET_REVISION, http, request, body, |call: RealmCall| async move {
        let number: i64 = call.input.id("revision")?;
        Answer::ok(&RevisionView::from(themes::get_revision(&call.app, &call.admin, number).await?))
    })
    .await
}

pub(in crate::admin) async fn restore_revision(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::RESTORE_REVISION, http, request, body, |call: RealmCall| async move {
        let number: i64 = call.input.id("revision")?;
        created(&call, themes::restore_revision(&call.app, &call.admin, number).await?)
    })
    .await
}

pub(in crate::admin) async fn preview_draft(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::PREVIEW_DRAFT, http, request, body, |call: RealmCall| async move {
        preview(&call, Previewed::Draft).await
    })
    .await
}

pub(in crate::admin) async fn preview_revision(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::PREVIEW_REVISION, http, request, body, |call: RealmCall| async move {
        let number: i64 = call.input.id("revision")?;
        preview(&call, Previewed::Revision(number)).await
    })
    .await
}

async fn preview(call: &RealmCall, look: Previewed) -> Result<Answer, Problem> {
    let link = theme_preview::link(&call.app, &call.admin, look).await?;
    let url = call.realm.issuer.url(&format!("/preview/{}", link.token));
    Answer::created(&PreviewView { url: url.clone(), expires_at: link.expires_at }, url)
}
