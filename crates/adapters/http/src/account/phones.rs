//! Phone numbers of the account, as pages and as JSON.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_kernel::{Secret, contact::Phone};
use vestibule_templates::{
    FieldError, Message,
    views::{ConfirmPhonePage, PhoneItem, PhonesPage},
};
use vestibule_usecases::{
    account::{self, AccountError, PhoneRefusal},
    texting::NoText,
};
use vestibule_users::{User, user::PhoneNumber};

use super::{
    details::{ContactCode, WaitingChallenge},
    emails::{challenge, code_said, here},
    frame::frame,
    guard::{self, Entered, Proof},
    json::{Call, answered, no_content, ok},
    json_details::{challenge_of, invalid, parsed},
};
use crate::{
    cx::RealmRequest,
    extract::params::Params,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/phones";

/// `GET {issuer}/account/phones`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => render(&http, &entered, None),
        Err(answer) => answer,
    }
}

/// `POST {issuer}/account/phones`: `action=add`, `primary`, `remove`, each with `phone`.
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
        Some("primary") => change(&http, &entered, &form, "phone-primary").await,
        Some("remove") => change(&http, &entered, &form, "phone-removed").await,
        _ => guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM)),
    }
}

async fn add(http: &HttpRequest, entered: &Entered, form: &Params) -> HttpResponse {
    let typed = form.get("phone").unwrap_or_default().to_owned();
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        account::add_phone(request.app(), &request.realm, &me.fresh()?, &typed).await
    };
    match guard::run(&entered.request, task).await {
        Ok(challenge) => guard::see(&entered.request, &format!("/account/phones/confirm/{challenge}")),
        Err(AccountError::Phone(refusal)) => render(http, entered, Some((refusal, form))),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

async fn change(http: &HttpRequest, entered: &Entered, form: &Params, done: &'static str) -> HttpResponse {
    let Some(phone) = form.get("phone").and_then(|text| Phone::parse(text).ok()) else {
        return render(http, entered, Some((NoText::Malformed.into(), form)));
    };
    let inner = entered.clone();
    let task = async move {
        let Entered { request, me, .. } = &inner;
        match done {
            "phone-primary" => account::make_primary_phone(request.app(), &me.fresh()?, &phone).await,
            _ => account::remove_phone(request.app(), &request.realm, &me.fresh()?, &phone).await,
        }
    };
    match guard::run(&entered.request, task).await {
        Ok(()) => guard::see_done(entered, PAGE, done),
        Err(AccountError::Phone(refusal)) => render(http, entered, Some((refusal, form))),
        // Another page removed it meanwhile.
        Err(AccountError::NotFound(_)) => guard::see(&entered.request, "/account/phones"),
        Err(error) => guard::failure(&entered.request, &error),
    }
}

fn render(http: &HttpRequest, entered: &Entered, refused: Option<(PhoneRefusal, &Params)>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let phones = me.user().phones.iter().map(|number| PhoneItem {
        phone: number.phone.to_string(),
        verified: number.verified_at.is_some(),
        primary: number.primary,
    });
    let settings = &request.realm.realm.settings;
    let view = PhonesPage {
        frame: frame(http, entered, PAGE),
        phones: phones.collect(),
        can_add: account::can_add_phone(request.app(), &request.realm),
        signs_in: settings.login.phone_code,
        second: settings.mfa.phone_code,
        fresh: me.is_fresh(),
        prove: request.realm.issuer.path("/account/prove?to=/phones"),
        typed: refused.and_then(|(_, form)| form.get("phone")).unwrap_or_default().to_owned(),
        errors: refused.map(|(refusal, _)| FieldError::new("phone", said(refusal))).into_iter().collect(),
    };
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(&request.state, &guard::spec(request).status(status), &view)
}

fn said(refusal: PhoneRefusal) -> Message {
    Message::new(match refusal {
        PhoneRefusal::NoText(NoText::Missing) => "phone-required",
        PhoneRefusal::NoText(NoText::Malformed) => "phone-malformed",
        PhoneRefusal::NoText(NoText::Country) => "phone-country",
        PhoneRefusal::NoText(NoText::Unavailable) => "phone-unavailable",
        PhoneRefusal::Yours => "account-phone-yours",
        PhoneRefusal::TooMany => "account-phone-too-many",
        PhoneRefusal::Unproven => "account-phone-unproven",
        PhoneRefusal::Main => "account-phone-main",
        PhoneRefusal::LastFactor => "account-phone-last-factor",
        PhoneRefusal::LastWayIn => "account-phone-last-way-in",
        PhoneRefusal::Taken => "phone-taken",
    })
}

/// `GET {issuer}/account/phones/confirm/{challenge}`.
pub(super) async fn show_code(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, &here(&http, PAGE), Proof::Session).await {
        Ok(entered) => ask_code(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

/// `POST {issuer}/account/phones/confirm/{challenge}`: `code`.
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
        account::confirm_phone(request.app(), &request.realm, me, id, typed).await
    };
    match guard::run(&entered.request, task).await {
        Ok(_phone) => guard::see_done(&entered, PAGE, "phone-added"),
        Err(AccountError::Code(error)) => ask_code(&http, &entered, Some(code_said(error))).await,
        Err(AccountError::Phone(refusal)) => ask_code(&http, &entered, Some(said(refusal))).await,
        Err(error) => guard::failure(&entered.request, &error),
    }
}

async fn ask_code(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let Some(id) = challenge(http) else {
        return guard::problem_answer(request, &Problem::new(&code::NOT_FOUND));
    };
    let waiting = match account::waiting_phone(request.app(), me, id).await {
        Ok(waiting) => waiting,
        Err(error) => return guard::failure(request, &error),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = ConfirmPhonePage {
        frame: frame(http, entered, PAGE),
        phone: waiting.contact.to_string(),
        action: request.realm.issuer.path(&format!("/account/phones/confirm/{id}")),
        back: request.realm.issuer.path("/account/phones"),
        open: waiting.open,
        errors: error.map(|message| FieldError::new("code", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// A number of the account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountPhone {
    /// In international form.
    phone: String,
    /// Whether it is proven.
    verified: bool,
    /// Whether it is the main one, which codes go to.
    primary: bool,
}

impl From<&PhoneNumber> for AccountPhone {
    fn from(number: &PhoneNumber) -> Self {
        Self {
            phone: number.phone.to_string(),
            verified: number.verified_at.is_some(),
            primary: number.primary,
        }
    }
}

impl AccountPhone {
    fn all_of(user: &User) -> Vec<Self> {
        user.phones.iter().map(Self::from).collect()
    }
}

/// A number.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedPhone {
    /// The number; where one is added, as people of the realm's region write it.
    phone: String,
}

/// `GET account/v1/phones`.
pub(super) async fn list(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        Ok(ok(&json!({"items": AccountPhone::all_of(call.me.user()), "next": null})))
    })
    .await
}

/// `POST account/v1/phones`.
pub(super) async fn add_json(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let NamedPhone { phone } = parsed(http, payload).await?;
        let inner = call.clone();
        let challenge = call
            .run(async move {
                let Call { request, me } = &inner;
                account::add_phone(request.app(), &request.realm, &me.fresh()?, &phone).await
            })
            .await?;
        Ok(ok(&WaitingChallenge { challenge: challenge.to_string() }))
    })
    .await
}

/// `POST account/v1/phones:confirm`.
pub(super) async fn confirm_json(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let ContactCode { challenge, code } = parsed(http, payload).await?;
        let challenge = challenge_of(&challenge)?;
        let inner = call.clone();
        call.run(async move {
            let Call { request, me } = &inner;
            account::confirm_phone(request.app(), &request.realm, me, challenge, Secret::new(code)).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}

/// `POST account/v1/phones:make-primary`.
pub(super) async fn make_primary_json(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let phone = named(parsed(http, payload).await?)?;
        let inner = call.clone();
        call.run(async move {
            account::make_primary_phone(inner.request.app(), &inner.me.fresh()?, &phone).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}

/// `POST account/v1/phones:remove`.
pub(super) async fn remove_json(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let phone = named(parsed(http, payload).await?)?;
        let inner = call.clone();
        call.run(async move {
            let Call { request, me } = &inner;
            account::remove_phone(request.app(), &request.realm, &me.fresh()?, &phone).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}

fn named(body: NamedPhone) -> Result<Phone, Problem> {
    Phone::parse(&body.phone).map_err(|error| invalid("/phone", &error.to_string()))
}
