//! A mailed link, opened: `GET {issuer}/flow/link/{token}` shows and changes nothing, so that a mail scanner signs
//! nobody in. The browser that asked confirms by a form; another one shows the code to type there.

use actix_web::{HttpRequest, HttpResponse};
use vestibule_authn::ChallengePurpose;
use vestibule_kernel::{OpaqueToken, TokenKind};
use vestibule_templates::{
    Message,
    views::{AppView, ConfirmLinkPage, Form, ShowCodePage},
};
use vestibule_usecases::flow::{self, FlowError, LinkPage};

use super::{csrf, page::failure, page::without_realm};
use crate::{
    cx::RealmRequest,
    page::{PageSpec, page},
    problem::Problem,
};

/// `GET {issuer}/flow/link/{token}`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let request = match request {
        Ok(request) => request,
        Err(problem) => return without_realm(&http, &problem),
    };
    let token = http.match_info().get("token").and_then(|text| OpaqueToken::parse(TokenKind::Link, text));
    let Some(token) = token else { return failure(&request, None, &FlowError::LinkGone) };
    let browser = super::browser(&http, &request.realm);
    let looked = flow::look_at_link(request.app(), &request.cx, &request.realm, &browser, &token).await;
    let spec = PageSpec::of(&request);
    match looked {
        Ok(LinkPage::Confirm { flow, purpose }) => {
            let csrf = browser.flow.as_ref().map(|cookie| csrf::token(cookie, flow.id).expose().to_owned());
            let (title, submit) = match purpose {
                ChallengePurpose::Prove => ("confirm-link-title", "confirm-link-submit"),
                ChallengePurpose::Recover => ("confirm-link-recover-title", "confirm-link-recover-submit"),
                ChallengePurpose::VerifyContact | ChallengePurpose::Enrol | ChallengePurpose::Undo => {
                    ("confirm-link-verify-title", "confirm-link-verify-submit")
                }
            };
            let view = ConfirmLinkPage {
                form: Form {
                    action: request.realm.issuer.path(&format!("/flow/{}", flow.id)),
                    csrf: csrf.unwrap_or_default(),
                    step: flow.version.get(),
                },
                app: flow.client.as_ref().and_then(|id| request.realm.client(id)).map(AppView::of),
                token: token.expose().to_owned(),
                account: flow.identifier.clone().unwrap_or_default(),
                title: Message::new(title),
                submit: Message::new(submit),
            };
            page(&request.state, &spec.speaking(&flow.locale), &view)
        }
        Ok(LinkPage::Code { code, minutes, client }) => {
            let app = client.as_ref().and_then(|id| request.realm.client(id)).map(AppView::of);
            page(&request.state, &spec, &ShowCodePage { app, code: code.expose().to_owned(), minutes })
        }
        Err(error) => failure(&request, None, &error),
    }
}
