//! Invitations to make an account.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_kernel::contact::{Email, Locale};
use vestibule_usecases::admin::{
    AdminFailure,
    invitations::{self, NewInvitation},
};

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::invitations as operations,
        views::invitations::{InvitationView, NewInvitationBody},
    },
    cx::RealmRequest,
};

/// Days for which an invitation holds unless somebody says otherwise.
const DAYS: u16 = 7;

pub(in crate::admin) async fn invite(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::INVITE, http, request, body, |call: RealmCall| async move {
        let body: NewInvitationBody = call.input.json()?;
        let email = Email::parse(&body.email).map_err(|error| AdminFailure::invalid("/email", error))?;
        let locale = body.locale.as_deref().map(Locale::parse).transpose();
        let locale = locale.map_err(|error| AdminFailure::invalid("/locale", error))?;
        let new =
            NewInvitation { email, days: body.days.unwrap_or(DAYS), locale, send: body.send.unwrap_or(true) };
        let made = invitations::invite(&call.app, &call.admin, &call.realm, new).await?;
        let url = made.url.clone();
        Answer::created(&InvitationView::from(made), url)
    })
    .await
}
