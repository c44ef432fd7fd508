//! Messages: what became of them, and a test.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_kernel::contact::{Email, Phone};
use vestibule_storage::DeliveryFilter;
use vestibule_usecases::admin::deliveries;

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        operations::messages as operations,
        views::messages::{DeliveryView, MailTestBody, MailTestView, SmsTestBody},
    },
    cx::RealmRequest,
    problem::{Problem, code},
};

pub(in crate::admin) async fn list(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::LIST_DELIVERIES, http, request, body, |call: RealmCall| async move {
        let filter =
            DeliveryFilter { user: call.input.parsed("user_id")?, state: call.input.parsed("state")? };
        let page = deliveries::list(&call.app, &call.admin, filter, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(DeliveryView::from))
    })
    .await
}

pub(in crate::admin) async fn test_mail(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::TEST_MAIL, http, request, body, |call: RealmCall| async move {
        let body: MailTestBody = call.input.json()?;
        let to = Email::parse(&body.to).map_err(|error| Problem::new(&code::INVALID).field("/to", error))?;
        let outcome = deliveries::test_mail(&call.app, &call.admin, to).await?;
        Answer::ok(&MailTestView::from(outcome))
    })
    .await
}

pub(in crate::admin) async fn test_sms(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::TEST_SMS, http, request, body, |call: RealmCall| async move {
        let body: SmsTestBody = call.input.json()?;
        let to = Phone::parse(&body.to).map_err(|error| Problem::new(&code::INVALID).field("/to", error))?;
        let outcome = deliveries::test_sms(&call.app, &call.admin, to).await?;
        Answer::ok(&MailTestView::from(outcome))
    })
    .await
}
