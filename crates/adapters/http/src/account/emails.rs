//! Addresses of the account.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use vestibule_kernel::{ChallengeId, Secret, contact::Email};
use vestibule_templates::{
    FieldError, Message,
    views::{ConfirmEmailPage, EmailItem, EmailsPage},
};
use vestibule_usecases::account::{self, AccountError, CodeError, EmailRefusal};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    cx::RealmRequest,
    extract::params::Params,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/emails";

/// `GET {issuer}/account/emails`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => render(&http, &entered, None),
        Err(answer) => answer,
    }
}

/// `POST {issuer}/account/emails`: `action=add`, `primary`, `remove`, each with `email`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Fresh)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    match form.get("action") {
        Some("add") => add(&http, &entered, &form).await,
        Some("primary") => change(&http, &entered, &form, "email-primary").await,
        Some("remove") => change(&http, &entered, &form, "email-removed").await,
        _ => guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM)),
    }
}

async fn add(http: &HttpRequest, entered: &Entered, form: &Params) -> HttpResponse {
    let typed = form.get("email").unwrap_or_default().to_owned();
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::add_email(request.app(), &request.realm, &me.fresh()?, &typed).await
    };
    match guard::run(&entered.request, task).await {
        Ok(challenge) => guard::see(&entered.request, &format!("/account/emails/confirm/{challenge}")),
        Err(AccountError::Email(refusal)) => render(http, entered, Some((refusal, form))),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

async fn change(http: &HttpRequest, entered: &Entered, form: &Params, done: &'static str) -> HttpResponse {
    let Some(email) = form.get("email").and_then(|text| Email::parse(text).ok()) else {
        return render(http, entered, Some((EmailRefusal::Malformed, form)));
    };
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        match done {
            "email-primary" => account::make_primary(request.app(), &me.fresh()?, &email).await,
            _ => account::remove_email(request.app(), &me.fresh()?, &email).await,
        }
    };
    match guard::run(&entered.request, task).await {
        Ok(()) => guard::see_done(entered, PAGE, done),
        Err(AccountError::Email(refusal)) => render(http, entered, Some((refusal, form))),
        // Another page removed it meanwhile.
        Err(AccountError::NotFound(_)) => guard::see(&entered.request, "/account/emails"),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

fn render(http: &HttpRequest, entered: &Entered, refused: Option<(EmailRefusal, &Params)>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let emails = me.user().emails.iter().map(|address| EmailItem {
        email: address.email.to_string(),
        verified: address.verified_at.is_some(),
        primary: address.primary,
    });
    let view = EmailsPage {
        frame: frame(http, entered, PAGE),
        emails: emails.collect(),
        fresh: me.is_fresh(),
        prove: request.realm.issuer.path("/account/prove?to=/emails"),
        typed: refused.and_then(|(_, form)| form.get("email")).unwrap_or_default().to_owned(),
        errors: refused.map(|(refusal, _)| FieldError::new("email", said(refusal))).into_iter().collect(),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&request.state, &guard::spec(request).status(status), &view)
}

fn said(refusal: EmailRefusal) -> Message {
    Message::new(match refusal {
        EmailRefusal::Missing => "field-required",
        EmailRefusal::Malformed => "field-invalid",
        EmailRefusal::Disposable => "sign-up-domain",
        EmailRefusal::Yours => "account-email-yours",
        EmailRefusal::TooMany => "account-email-too-many",
        EmailRefusal::Unproven => "account-email-unproven",
        EmailRefusal::Main => "account-email-main",
        EmailRefusal::Taken => "account-email-taken",
    })
}

/// The challenge in the address.
pub(super) fn challenge(http: &HttpRequest) -> Option<ChallengeId> {
    http.match_info().get("challenge").and_then(|text| text.parse().ok())
}

/// The page to come back to: of the code that is waited for, else the one that lists.
pub(super) fn here(http: &HttpRequest, page: &str) -> String {
    challenge(http).map_or_else(|| page.to_owned(), |id| format!("{page}/confirm/{id}"))
}

/// `GET {issuer}/account/emails/confirm/{challenge}`.
pub(super) async fn show_code(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, &here(&http, PAGE), Proof::Session).await {
        Ok(entered) => ask_code(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

/// `POST {issuer}/account/emails/confirm/{challenge}`: `code`.
pub(super) async fn take_code(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let here = here(&http, PAGE);
    let (entered, form) = match guard::posted(&http, request, payload, (&here, Proof::Session)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let Some(id) = challenge(&http) else {
        return guard::problem_answer(&entered.request, &Problem::new(&code::NOT_FOUND));
    };
    let Some(typed) = form.get("code").map(|text| Secret::new(text.to_owned())) else {
        return ask_code(&http, &entered, Some(Message::new("code-required"))).await;
    };
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::confirm_email(request.app(), &request.realm, me, id, typed).await
    };
    match guard::run(&entered.request, task).await {
        Ok(_email) => guard::see_done(&entered, PAGE, "email-added"),
        Err(AccountError::Code(error)) => ask_code(&http, &entered, Some(code_said(error))).await,
        Err(AccountError::Email(refusal)) => ask_code(&http, &entered, Some(said(refusal))).await,
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// Why a code is not accepted.
pub(super) fn code_said(error: CodeError) -> Message {
    Message::new(match error {
        CodeError::Wrong => "code-wrong",
        CodeError::Malformed => "code-required",
        // Nothing that answers by a code is there twice.
        CodeError::Spent | CodeError::Exists => "code-expired",
    })
}

async fn ask_code(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let Some(id) = challenge(http) else {
        return guard::problem_answer(request, &Problem::new(&code::NOT_FOUND));
    };
    let waiting = match account::waiting_email(request.app(), me, id).await {
        Ok(waiting) => waiting,
        Err(error) => return guard::failure(request, &error),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = ConfirmEmailPage {
        frame: frame(http, entered, PAGE),
        email: waiting.contact.to_string(),
        action: request.realm.issuer.path(&format!("/account/emails/confirm/{id}")),
        back: request.realm.issuer.path("/account/emails"),
        open: waiting.open,
        errors: error.map(|message| FieldError::new("code", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}
