//! Security keys: the pages on which somebody adds, names and removes theirs. As JSON they are authenticators like others.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::Value;
use vestibule_authn::{CredentialKind, MethodId, method::Answer};
use vestibule_kernel::ChallengeId;
use vestibule_templates::{
    FieldError, Message,
    views::{AddSecurityKeyPage, SecurityKeysPage},
};
use vestibule_usecases::account::{self, AccountError, CodeError};

use super::{
    factors::{FactorList, begin, bind, challenge, change, first_codes, here, item},
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    cx::RealmRequest,
    extract::params::Params,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/security-keys";
/// The section these pages belong to.
const SECTION: &str = "/security";
static LIST: FactorList = FactorList {
    page: PAGE,
    method: MethodId::SECURITY_KEY,
    removed: "security-key-removed",
    too_many: "account-security-key-too-many",
};
/// Most bytes of what a browser says of a new key.
const MAX_CREDENTIAL_BYTES: usize = 16_384;

/// `GET {issuer}/account/security-keys`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => list(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

async fn list(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let overview = match account::overview(request.app(), &request.realm, me).await {
        Ok(overview) => overview,
        Err(error) => return guard::failure(request, &error),
    };
    let status = if error.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let view = SecurityKeysPage {
        frame: frame(http, entered, SECTION),
        items: overview.of_kind(CredentialKind::SecurityKey).map(item).collect(),
        can_add: account::can_add(request.app(), &request.realm, &MethodId::SECURITY_KEY),
        errors: error.map(|message| FieldError::new("factor", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// `POST {issuer}/account/security-keys`: `action=add`, `rename` with `credential` and `label`, `remove` with
/// `credential`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    match change(&http, request, payload, &LIST).await {
        Ok(answer) => answer,
        Err((entered, why)) => list(&http, &entered, Some(why)).await,
    }
}

/// `GET {issuer}/account/security-keys/new/{challenge}`.
pub(super) async fn show_new(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, &here(&http, PAGE), Proof::Fresh).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    match challenge(&http) {
        Some(id) => ask(&http, &entered, id, None).await,
        None => guard::problem_answer(&entered.request, &Problem::new(&code::NOT_FOUND)),
    }
}

async fn ask(
    http: &HttpRequest,
    entered: &Entered,
    id: ChallengeId,
    refused: Option<(Message, &Params)>,
) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let shown = match account::show_factor(request.app(), me, id, &MethodId::SECURITY_KEY).await {
        Ok(Some(shown)) => shown,
        Ok(None) => return list(http, entered, Some(Message::new("account-security-key-over"))).await,
        Err(error) => return guard::failure(request, &error),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let label = refused.as_ref().and_then(|(_, form)| form.get("label")).unwrap_or_default().to_owned();
    let errors = refused.map(|(message, _)| FieldError::new("passkey-submit", message));
    let view = AddSecurityKeyPage {
        frame: frame(http, entered, SECTION),
        action: request.realm.issuer.path(&format!("/account{PAGE}/new/{id}")),
        options: shown.webauthn.unwrap_or_default(),
        label,
        errors: errors.into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// `POST {issuer}/account/security-keys/new/{challenge}`: `credential`, `label`.
pub(super) async fn confirm(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let here = here(&http, PAGE);
    let (entered, form) = match guard::posted(&http, request, payload, (&here, Proof::Fresh)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let Some(id) = challenge(&http) else {
        return guard::problem_answer(&entered.request, &Problem::new(&code::NOT_FOUND));
    };
    let sent = form.get("credential").filter(|text| text.len() <= MAX_CREDENTIAL_BYTES);
    let Some(credential) = sent.and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return ask(&http, &entered, id, Some((said(CodeError::Malformed), &form))).await;
    };
    let given = (Answer::Document(credential), form.get("label").map(str::to_owned));
    match bind(&entered, (id, MethodId::SECURITY_KEY), given).await {
        Ok(true) => first_codes(&entered).await,
        Ok(false) => guard::see_done(&entered, PAGE, "security-key-added"),
        Err(AccountError::Code(CodeError::Malformed)) => {
            ask(&http, &entered, id, Some((said(CodeError::Malformed), &form))).await
        }
        // A question serves one answer: the page comes again with another one.
        Err(AccountError::Code(error)) => match begin(&entered, &MethodId::SECURITY_KEY).await {
            Ok(anew) => ask(&http, &entered, anew, Some((said(error), &form))).await,
            Err(error) => guard::failure(&entered.request, &error),
        },
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// Why a key was not added.
fn said(error: CodeError) -> Message {
    Message::new(match error {
        CodeError::Wrong | CodeError::Malformed => "security-key-failed",
        CodeError::Spent => "passkey-expired",
        CodeError::Exists => "security-key-exists",
    })
}
