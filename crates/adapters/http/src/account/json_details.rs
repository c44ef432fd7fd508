//! Profile, addresses, authenticators, accounts elsewhere and the log over JSON.

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde::de::DeserializeOwned;
use serde_json::json;
use vestibule_authn::{MethodId, method::Answer};
use vestibule_federation::ConnectionKey;
use vestibule_kernel::{
    ChallengeId, CredentialId, IdentityId, PageRequest, Secret,
    contact::{Email, Locale},
};
use vestibule_usecases::{
    account::{self, AccountError, LeavingCx},
    federation,
};

use super::{
    details::{
        AccountProfile, ActivityEntry, Authenticator, ConfirmFactor, ContactCode, Due, FactorLabel,
        LinkedAccount, NamedEmail, NewFactor, NewLink, Onward, ProfilePatch, WaitingChallenge, WaitingFactor,
    },
    guard,
    json::{Call, answered, id, no_content, ok},
    linked,
};
use crate::{
    cx::RealmRequest,
    extract::{body, params::Params},
    federation as trip,
    flow::{self, csrf},
    problem::{Problem, code},
};

const MAX_BYTES: usize = 64 * 1_024;
const ENTRIES: u16 = 50;

pub(super) async fn parsed<T: DeserializeOwned>(
    http: &HttpRequest,
    payload: web::Payload,
) -> Result<T, Problem> {
    let bytes = body::read(http, payload, MAX_BYTES).await?;
    body::parse_json(http, &bytes, &["application/json"])
}

pub(super) fn invalid(pointer: &str, detail: &str) -> Problem {
    Problem::new(&code::INVALID).field(pointer, detail)
}

/// `GET account/v1/profile`.
pub(super) async fn profile(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| Ok(ok(&AccountProfile::of(&call.request.realm, &call.me)))).await
}

/// `PATCH account/v1/profile`.
pub(super) async fn patch_profile(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let patch: ProfilePatch = parsed(http, payload).await?;
        let locale = match patch.locale {
            None => None,
            Some(None) => Some(None),
            Some(Some(tag)) => {
                Some(Some(Locale::parse(&tag).map_err(|error| invalid("/locale", &error.to_string()))?))
            }
        };
        let inner = call.clone();
        call.run(async move {
            let Call { request, me } = &inner;
            account::update_profile(request.app(), &request.realm, me, patch.own, locale).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}

/// `POST account/v1/emails`.
pub(super) async fn add_email(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let NamedEmail { email } = parsed(http, payload).await?;
        let inner = call.clone();
        let challenge = call
            .run(async move {
                let Call { request, me } = &inner;
                account::add_email(request.app(), &request.realm, &me.fresh()?, &email).await
            })
            .await?;
        Ok(ok(&WaitingChallenge { challenge: challenge.to_string() }))
    })
    .await
}

/// `POST account/v1/emails:confirm`.
pub(super) async fn confirm_email(
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
            account::confirm_email(request.app(), &request.realm, me, challenge, Secret::new(code)).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}

pub(super) fn challenge_of(text: &str) -> Result<ChallengeId, Problem> {
    text.parse().ok().ok_or_else(|| invalid("/challenge", "this is no challenge"))
}

/// `POST account/v1/emails:make-primary`.
pub(super) async fn make_primary(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let email = named(parsed(http, payload).await?)?;
        let inner = call.clone();
        call.run(async move { account::make_primary(inner.request.app(), &inner.me.fresh()?, &email).await })
            .await?;
        Ok(no_content())
    })
    .await
}

/// `POST account/v1/emails:remove`.
pub(super) async fn remove_email(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let email = named(parsed(http, payload).await?)?;
        let inner = call.clone();
        call.run(async move { account::remove_email(inner.request.app(), &inner.me.fresh()?, &email).await })
            .await?;
        Ok(no_content())
    })
    .await
}

fn named(body: NamedEmail) -> Result<Email, Problem> {
    Email::parse(&body.email).map_err(|error| invalid("/email", &error.to_string()))
}

/// `GET account/v1/authenticators`.
pub(super) async fn list_factors(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let overview = account::overview(call.request.app(), &call.request.realm, &call.me).await;
        let overview = overview.map_err(|error| guard::problem_of(&error))?;
        let items: Vec<Authenticator> = overview.credentials.iter().map(Authenticator::from).collect();
        Ok(ok(&json!({"items": items, "next": null})))
    })
    .await
}

/// The methods that are managed here.
fn method_of(text: &str) -> Result<MethodId, Problem> {
    match text {
        "totp" => Ok(MethodId::TOTP),
        "security_key" => Ok(MethodId::SECURITY_KEY),
        "recovery_code" => Ok(MethodId::RECOVERY_CODE),
        _ => Err(invalid("/method", "totp, security_key or recovery_code")),
    }
}

/// `POST account/v1/authenticators`.
pub(super) async fn add_factor(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let NewFactor { method } = parsed(http, payload).await?;
        let method = method_of(&method)?;
        let inner = call.clone();
        let task = async move {
            let Call { request, me } = &inner;
            let id = account::begin_factor(request.app(), &request.realm, &me.fresh()?, &method).await?;
            let shown = account::show_factor(request.app(), me, id, &method).await?;
            Ok::<_, AccountError>((id, shown.unwrap_or_default()))
        };
        let (challenge, shown) = call.run(task).await?;
        Ok(ok(&WaitingFactor {
            challenge: challenge.to_string(),
            otpauth: shown.otpauth,
            manual_key: shown.manual_key,
            webauthn: shown.webauthn,
            recovery_codes: shown.recovery_codes,
        }))
    })
    .await
}

/// `POST account/v1/authenticators:confirm`.
pub(super) async fn confirm_factor(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let body: ConfirmFactor = parsed(http, payload).await?;
        let (method, challenge) = (method_of(&body.method)?, challenge_of(&body.challenge)?);
        let (answer, at) = match (body.code, body.credential, body.saved) {
            (Some(code), _, _) => (Answer::Code(Secret::new(code)), "/code"),
            (None, Some(credential), _) => (Answer::Document(credential), "/credential"),
            (None, None, Some(true)) => (Answer::Document(json!({"saved": true})), "/saved"),
            (None, None, _) => {
                return Err(invalid("/code", "a code, a credential, or that the codes are saved"));
            }
        };
        let inner = call.clone();
        let task = async move {
            let Call { request, me } = &inner;
            let given = (answer, body.label);
            account::confirm_factor(request.app(), &request.realm, &me.fresh()?, (challenge, &method), given)
                .await
        };
        guard::run(&call.request, task).await.map_err(|error| match error {
            // Said of the field that was sent.
            AccountError::Code(error) => invalid(at, &error.to_string()),
            error => guard::problem_of(&error),
        })?;
        Ok(no_content())
    })
    .await
}

/// `PATCH account/v1/authenticators/{credential}`.
pub(super) async fn rename_factor(
    http: HttpRequest,
    request: RealmRequest,
    payload: web::Payload,
) -> HttpResponse {
    answered(http, request, async |http, call| {
        let FactorLabel { label } = parsed(http, payload).await?;
        let (inner, id) = (call.clone(), id::<CredentialId>(http, "credential")?);
        call.run(async move { account::rename_factor(inner.request.app(), &inner.me, id, &label).await })
            .await?;
        Ok(no_content())
    })
    .await
}

/// `DELETE account/v1/authenticators/{credential}`.
pub(super) async fn remove_factor(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |http, call| {
        let (inner, id) = (call.clone(), id::<CredentialId>(http, "credential")?);
        call.run(async move {
            let Call { request, me } = &inner;
            account::remove_factor(request.app(), &request.realm, &me.fresh()?, id).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}

/// `GET account/v1/linked`.
pub(super) async fn list_linked(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let Call { request, me } = &call;
        let linked = federation::list_linked(request.app(), me.cx(), &request.realm, me.id()).await?;
        let items: Vec<LinkedAccount> = linked.into_iter().map(LinkedAccount::from).collect();
        Ok(ok(&json!({"items": items, "next": null})))
    })
    .await
}

/// `POST account/v1/linked`.
pub(super) async fn link(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    answered(http, request, async |http, call| {
        let NewLink { connection } = parsed(http, payload).await?;
        let key = ConnectionKey::parse(&connection).ok();
        let key = key.ok_or_else(|| Problem::new(&code::NO_CONNECTION))?;
        call.me.fresh().map_err(|error| guard::problem_of(&error))?;
        let location = linked::depart(&call.request, &call.me, key).await?;
        Ok(ok(&Onward { location }))
    })
    .await
}

/// `DELETE account/v1/linked/{identity}`.
pub(super) async fn unlink(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |http, call| {
        let id = id::<IdentityId>(http, "identity")?;
        call.me.fresh().map_err(|error| guard::problem_of(&error))?;
        let gone = linked::take_off(&call.request, &call.me, id).await?;
        gone.map_err(|error| trip::problem_of(&error))?;
        Ok(no_content())
    })
    .await
}

/// `GET account/v1/activity`.
pub(super) async fn activity(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |http, call| {
        let query = Params::parse(http.query_string().as_bytes(), &[]).unwrap_or_default();
        let page = PageRequest::new(ENTRIES, query.get("after").map(str::to_owned));
        let events = account::list_activity(call.request.app(), &call.me, &page).await;
        let events = events.map_err(|error| guard::problem_of(&error))?;
        let entry = |event| ActivityEntry::of(&call.me, event);
        let items: Vec<ActivityEntry> = events.items.into_iter().map(entry).collect();
        Ok(ok(&json!({"items": items, "next": events.next})))
    })
    .await
}

/// `POST account/v1/activity:not-me`.
pub(super) async fn not_me(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let inner = call.clone();
        call.run(async move { account::secure_account(inner.request.app(), &inner.me).await }).await?;
        Ok(no_content())
    })
    .await
}

/// `POST account/v1/deletion`.
pub(super) async fn schedule_deletion(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let inner = call.clone();
        let task = async move {
            let Call { request, me } = &inner;
            account::schedule_deletion(request.app(), &request.realm, &me.fresh()?).await
        };
        let due_at = call.run(task).await?;
        Ok(ok(&Due { due_at }))
    })
    .await
}

/// `DELETE account/v1/deletion`.
pub(super) async fn keep_account(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    let id = request.cx.origin.request_id.clone();
    let kept = async {
        csrf::check_origin(&http, &request.realm.issuer.origin())?;
        let cookie = flow::browser(&http, &request.realm).session;
        let app = request.app().clone();
        let me = LeavingCx::enter(&app, &request.cx, &request.realm, cookie.as_ref()).await;
        let me = me.map_err(|error| guard::problem_of(&error))?;
        let task = async move { account::keep_account(&app, &me).await };
        guard::run(&request, task).await.map_err(|error| guard::problem_of(&error))
    };
    match kept.await {
        Ok(()) => no_content(),
        Err(problem) => problem.request_id(&id).error_response(),
    }
}
