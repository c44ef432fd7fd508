//! Authenticator apps and recovery codes.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::{Value, json};
use vestibule_authn::{Credential, CredentialKind, MethodId, method::Answer, methods::recovery_code::LEFT};
use vestibule_kernel::{ChallengeId, CredentialId, Secret};
use vestibule_templates::{
    FieldError, Message,
    views::{
        AddAuthenticatorPage, AuthenticatorsPage, FactorItem, NewRecoveryCodesPage, OwnRecoveryCodesPage,
        RecoveryCodes, When,
    },
};
use vestibule_usecases::account::{self, AccountError};

use super::{
    emails::code_said,
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    cx::RealmRequest,
    extract::params::Params,
    page::page,
    problem::{Problem, code},
};

const APPS: &str = "/authenticators";
const CODES: &str = "/recovery-codes";
/// The section these pages belong to.
const SECTION: &str = "/security";

/// A page that lists the second factors of one kind, and its words.
pub(super) struct FactorList {
    /// The page below `/account`.
    pub(super) page: &'static str,
    /// What adds one.
    pub(super) method: MethodId,
    /// What [`guard::see_done`] says of a removed one.
    pub(super) removed: &'static str,
    /// Said where there are too many already.
    pub(super) too_many: &'static str,
}

static LIST: FactorList = FactorList {
    page: APPS,
    method: MethodId::TOTP,
    removed: "factor-removed",
    too_many: "account-factor-too-many",
};

/// What a form of such a page asks for.
enum Change {
    Rename(CredentialId, String),
    Remove(CredentialId),
}

/// `GET {issuer}/account/authenticators`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, APPS, Proof::Session).await {
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
    let view = AuthenticatorsPage {
        frame: frame(http, entered, SECTION),
        items: overview.of_kind(CredentialKind::Totp).map(item).collect(),
        can_add: account::can_add(request.app(), &request.realm, &MethodId::TOTP),
        errors: error.map(|message| FieldError::new("factor", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}

pub(super) fn item(credential: &Credential) -> FactorItem {
    FactorItem {
        id: credential.id.to_string(),
        label: credential.label.clone(),
        since: credential.created_at.into(),
        last_used: credential.last_used_at.map(When::from),
    }
}

/// `POST {issuer}/account/authenticators`: `action=add`, `rename` with `credential` and `label`, `remove` with
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

/// Does what a form of a list of second factors asks for.
///
/// # Errors
/// Why it was refused, for the list to say.
pub(super) async fn change(
    http: &HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
    of: &FactorList,
) -> Result<HttpResponse, (Box<Entered>, Message)> {
    let (entered, form) = match guard::posted(http, request, payload, (of.page, Proof::Session)).await {
        Ok(posted) => posted,
        Err(answer) => return Ok(answer),
    };
    let sensitive = matches!(form.get("action"), Some("add" | "remove"));
    if sensitive && !entered.me.is_fresh() {
        return Ok(guard::prove_again(http, &entered, of.page).await);
    }
    let credential = form.get("credential").and_then(|text| text.parse::<CredentialId>().ok());
    let (action, done) = match (form.get("action"), credential) {
        (Some("add"), _) => return add(entered, of).await,
        (Some("rename"), Some(id)) => {
            (Change::Rename(id, form.get("label").unwrap_or_default().to_owned()), "factor-renamed")
        }
        (Some("remove"), Some(id)) => (Change::Remove(id), of.removed),
        _ => return Ok(guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM))),
    };
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        match action {
            Change::Rename(id, label) => account::rename_factor(request.app(), me, id, &label).await,
            Change::Remove(id) => {
                account::remove_factor(request.app(), &request.realm, &me.fresh()?, id).await
            }
        }
    };
    match guard::run(&entered.request, task).await {
        Ok(()) => Ok(guard::see_done(&entered, of.page, done)),
        // Another page removed it meanwhile.
        Err(AccountError::NotFound(_)) => Ok(guard::see(&entered.request, &format!("/account{}", of.page))),
        Err(AccountError::LastFactor) => Err((Box::new(entered), Message::new("account-factor-last"))),
        Err(AccountError::Label) => Err((Box::new(entered), Message::new("account-passkey-label-invalid"))),
        Err(error) => Ok(guard::failure(&entered.request, &error)),
    }
}

/// Begins to add one to a list.
async fn add(entered: Entered, of: &FactorList) -> Result<HttpResponse, (Box<Entered>, Message)> {
    match begin(&entered, &of.method).await {
        Ok(challenge) => Ok(see_new(&entered, of.page, challenge)),
        Err(AccountError::TooMany) => Err((Box::new(entered), Message::new(of.too_many))),
        Err(error) => Ok(guard::failure(&entered.request, &error)),
    }
}

/// Recovery codes for who just got a second factor: without them a lost one is a lost account.
pub(super) async fn first_codes(entered: &Entered) -> HttpResponse {
    match begin(entered, &MethodId::RECOVERY_CODE).await {
        Ok(challenge) => see_new(entered, CODES, challenge),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// Asks for a new one.
pub(super) async fn begin(entered: &Entered, method: &MethodId) -> Result<ChallengeId, AccountError> {
    let (inner, method) = (entered.clone(), method.clone());
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::begin_factor(request.app(), &request.realm, &me.fresh()?, &method).await
    };
    guard::run(&entered.request, task).await
}

/// To the page that a new one is added on.
fn see_new(entered: &Entered, page: &str, challenge: ChallengeId) -> HttpResponse {
    guard::see(&entered.request, &format!("/account{page}/new/{challenge}"))
}

pub(super) fn challenge(http: &HttpRequest) -> Option<ChallengeId> {
    http.match_info().get("challenge").and_then(|text| text.parse().ok())
}

pub(super) fn here(http: &HttpRequest, at: &str) -> String {
    challenge(http).map_or_else(|| at.to_owned(), |id| format!("{at}/new/{id}"))
}

/// `GET {issuer}/account/authenticators/new/{challenge}`.
pub(super) async fn show_new(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, &here(&http, APPS), Proof::Fresh).await {
        Ok(entered) => ask(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

async fn ask(http: &HttpRequest, entered: &Entered, refused: Option<(Message, &Params)>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let Some(id) = challenge(http) else {
        return guard::problem_answer(request, &Problem::new(&code::NOT_FOUND));
    };
    let shown = match account::show_factor(request.app(), me, id, &MethodId::TOTP).await {
        Ok(Some(shown)) => shown,
        Ok(None) => return list(http, entered, Some(Message::new("account-factor-over"))).await,
        Err(error) => return guard::failure(request, &error),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let label = refused.as_ref().and_then(|(_, form)| form.get("label")).unwrap_or_default().to_owned();
    let view = AddAuthenticatorPage {
        frame: frame(http, entered, SECTION),
        action: request.realm.issuer.path(&format!("/account{APPS}/new/{id}")),
        otpauth: shown.otpauth.unwrap_or_default(),
        manual_key: shown.manual_key.unwrap_or_default(),
        label,
        errors: refused.map(|(message, _)| FieldError::new("code", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// `POST {issuer}/account/authenticators/new/{challenge}`: `code`, `label`.
pub(super) async fn confirm(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let here = here(&http, APPS);
    let (entered, form) = match guard::posted(&http, request, payload, (&here, Proof::Fresh)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let Some(id) = challenge(&http) else {
        return guard::problem_answer(&entered.request, &Problem::new(&code::NOT_FOUND));
    };
    let Some(typed) = form.get("code").map(|text| Secret::new(text.to_owned())) else {
        return ask(&http, &entered, Some((Message::new("code-required"), &form))).await;
    };
    let label = form.get("label").map(str::to_owned);
    match bind(&entered, (id, MethodId::TOTP), (Answer::Code(typed), label)).await {
        Ok(true) => first_codes(&entered).await,
        Ok(false) => guard::see_done(&entered, APPS, "factor-added"),
        Err(AccountError::Code(error)) => ask(&http, &entered, Some((code_said(error), &form))).await,
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// Binds what answers. Says whether recovery codes are still missing.
pub(super) async fn bind(
    entered: &Entered,
    (id, method): (ChallengeId, MethodId),
    given: (Answer, Option<String>),
) -> Result<bool, AccountError> {
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::confirm_factor(request.app(), &request.realm, &me.fresh()?, (id, &method), given).await
    };
    guard::run(&entered.request, task).await
}

/// How many codes of a set are left.
pub(super) fn left(credential: &Credential) -> u64 {
    credential.facts.get(LEFT).and_then(Value::as_u64).unwrap_or(0)
}

/// `GET {issuer}/account/recovery-codes`.
pub(super) async fn show_codes(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, CODES, Proof::Session).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Entered { request, me, .. } = &entered;
    let overview = match account::overview(request.app(), &request.realm, me).await {
        Ok(overview) => overview,
        Err(error) => return guard::failure(request, &error),
    };
    let set = overview.of_kind(CredentialKind::RecoveryCode).next();
    let view = OwnRecoveryCodesPage {
        frame: frame(&http, &entered, SECTION),
        left: set.map(left),
        since: set.map(|set| When::from(set.created_at)),
    };
    page(&request.state, &guard::spec(request), &view)
}

/// `POST {issuer}/account/recovery-codes`: `action=new`.
pub(super) async fn new_codes(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    match guard::posted(&http, request, payload, (CODES, Proof::Fresh)).await {
        Ok((entered, _form)) => first_codes(&entered).await,
        Err(answer) => answer,
    }
}

/// `GET {issuer}/account/recovery-codes/new/{challenge}`.
pub(super) async fn show_new_codes(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
) -> HttpResponse {
    match guard::enter(&http, request, &here(&http, CODES), Proof::Fresh).await {
        Ok(entered) => codes(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

async fn codes(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let Some(id) = challenge(http) else {
        return guard::problem_answer(request, &Problem::new(&code::NOT_FOUND));
    };
    let shown = match account::show_factor(request.app(), me, id, &MethodId::RECOVERY_CODE).await {
        Ok(Some(shown)) => shown,
        // They are saved, or their time is over: they are not shown again.
        Ok(None) => return guard::see(request, "/account/recovery-codes"),
        Err(error) => return guard::failure(request, &error),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let account = account::login_name(me.user());
    let view = NewRecoveryCodesPage {
        frame: frame(http, entered, SECTION),
        action: request.realm.issuer.path(&format!("/account{CODES}/new/{id}")),
        codes: RecoveryCodes::new(shown.recovery_codes, request.realm.display_name(), &account),
        errors: error.map(|message| FieldError::new("saved", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// `POST {issuer}/account/recovery-codes/new/{challenge}`: `saved`.
pub(super) async fn save_codes(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let here = here(&http, CODES);
    let (entered, form) = match guard::posted(&http, request, payload, (&here, Proof::Fresh)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let Some(id) = challenge(&http) else {
        return guard::problem_answer(&entered.request, &Problem::new(&code::NOT_FOUND));
    };
    if form.get("saved").is_none() {
        return codes(&http, &entered, Some(Message::new("recovery-codes-saved-required"))).await;
    }
    let saved = Answer::Document(json!({"saved": true}));
    match bind(&entered, (id, MethodId::RECOVERY_CODE), (saved, None)).await {
        Ok(_) => guard::see_done(&entered, CODES, "codes"),
        Err(AccountError::Code(_)) => guard::see(&entered.request, "/account/recovery-codes"),
        Err(error) => guard::failure(&entered.request, &error),
    }
}
