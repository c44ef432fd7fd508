//! The page where the password is changed.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use vestibule_authn::password::PasswordError;
use vestibule_kernel::Secret;
use vestibule_templates::{
    FieldError, Message,
    views::{ChangePasswordPage, PasswordHints},
};
use vestibule_usecases::account::{self, AccountError};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{cx::RealmRequest, page::page, problem::Problem};

const PAGE: &str = "/password";

/// `GET {issuer}/account/password`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, PAGE, Proof::Fresh).await {
        Ok(entered) => render(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

/// `POST {issuer}/account/password`.
pub(super) async fn change(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Fresh)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let Some(password) = form.get("password").map(|text| Secret::new(text.to_owned())) else {
        return render(&http, &entered, Some(Message::new("password-required"))).await;
    };
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::change_password(request.app(), &request.realm, &me.fresh()?, &password).await
    };
    match guard::run(&entered.request, task).await {
        Ok(()) => guard::see_done(&entered, "/security", "password"),
        Err(AccountError::Password(error)) => render(&http, &entered, Some(refusal(&error))).await,
        Err(error) => guard::failure(&entered.request, &error),
    }
}

fn refusal(error: &PasswordError) -> Message {
    Message::new(match error {
        PasswordError::TooShort(_) => "password-too-short",
        PasswordError::TooLong(_) => "password-too-long",
        PasswordError::Common => "password-common",
        PasswordError::Context => "password-context",
    })
}

async fn render(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let replaces = match account::password::has_password(request.app(), &request.realm, me).await {
        Ok(has) => Some(has),
        Err(AccountError::SwitchedOff) => None,
        Err(error) => return guard::failure(request, &error),
    };
    let policy = &request.realm.realm.settings.password;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = ChangePasswordPage {
        frame: frame(http, entered, "/security"),
        username: account::login_name(me.user()),
        rules: replaces
            .map(|_| PasswordHints { min_length: policy.min_length, leaks_refused: policy.refuse_common }),
        replaces: replaces == Some(true),
        errors: error.map(|message| FieldError::new("password", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}
