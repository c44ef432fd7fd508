//! Their passkeys, as a page and as JSON.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use utoipa::ToSchema;
use vestibule_authn::{Credential, credential::USER_HANDLE};
use vestibule_kernel::CredentialId;
use vestibule_templates::{
    FieldError, Message,
    views::{PasskeyItem, PasskeysPage, When},
};
use vestibule_usecases::account::{self, AccountError, passkeys::ADDED};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
    json::{answered, id, no_content, ok},
    views::AccountPasskey,
};
use crate::{
    cx::RealmRequest,
    extract::body,
    flow,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/passkeys";
/// Most bytes of a body.
const MAX_BYTES: usize = 4_096;

/// `GET {issuer}/account/passkeys`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => render(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

/// `GET {issuer}/account/passkeys/added`: where a flow that adds one leads.
pub(super) async fn added(request: RealmRequest) -> HttpResponse {
    guard::see(&request, "/account/passkeys")
}

async fn render(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let passkeys = match account::list_passkeys(request.app(), &request.realm, me).await {
        Ok(passkeys) => passkeys,
        Err(error) => return guard::failure(request, &error),
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = PasskeysPage {
        frame: frame(http, entered, "/security"),
        known: known(request, &passkeys),
        passkeys: passkeys.iter().map(item).collect(),
        errors: error.map(|message| FieldError::new("passkeys", message)).into_iter().collect(),
    };
    page(&request.state, &guard::spec(request).status(status), &view)
}

/// What the page's script tells the password manager: the passkeys there are, so that it hides the ones that were removed.
/// Names only those of this person in this realm; another realm on the same host has other handles.
fn known(request: &RealmRequest, passkeys: &[Credential]) -> Option<Value> {
    let handle = passkeys.iter().find_map(|passkey| passkey.facts.get(USER_HANDLE)?.as_str())?;
    let origin = Url::parse(&request.realm.issuer.origin()).ok()?;
    let ids: Vec<String> = passkeys
        .iter()
        .filter_map(|passkey| passkey.external_id.as_ref())
        .map(|id| URL_SAFE_NO_PAD.encode(id))
        .collect();
    Some(json!({"rpId": origin.host_str()?, "userId": handle, "allAcceptedCredentialIds": ids}))
}

fn item(credential: &Credential) -> PasskeyItem {
    PasskeyItem {
        id: credential.id.to_string(),
        label: credential.label.clone(),
        synced: credential.facts.get("synced") == Some(&json!(true)),
        since: When::from(credential.created_at),
        last_used: credential.last_used_at.map(When::from),
    }
}

/// `POST {issuer}/account/passkeys`: `action=add`, `action=rename` with `passkey` and `label`, `action=remove` with
/// `passkey`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Session)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let browser = flow::browser(&http, &entered.request.realm);
    let passkey = form.get("passkey").and_then(|text| text.parse::<CredentialId>().ok());
    let label = form.get("label").unwrap_or_default().to_owned();
    let inner = entered.clone();
    let (done, outcome) = match (form.get("action"), passkey) {
        (Some("add"), _) => return guard::prove(&entered.request, &browser, Some(&entered.me), ADDED).await,
        (Some("rename"), Some(id)) => {
            let task =
                async move { account::rename_passkey(inner.request.app(), &inner.me, id, &label).await };
            ("passkey-renamed", guard::run(&entered.request, task).await)
        }
        (Some("remove"), Some(_)) if !entered.me.is_fresh() => {
            return guard::prove(&entered.request, &browser, Some(&entered.me), PAGE).await;
        }
        (Some("remove"), Some(id)) => {
            let task = async move {
                let Entered { request, me, .. } = &inner;
                account::remove_passkey(request.app(), &request.realm, &me.fresh()?, id).await
            };
            ("passkey-removed", guard::run(&entered.request, task).await)
        }
        _ => return guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM)),
    };
    match outcome {
        Ok(()) => guard::see_done(&entered, PAGE, done),
        // Another page removed it meanwhile: what was wanted is so.
        Err(AccountError::NotFound(_)) => guard::see_done(&entered, PAGE, "passkey-gone"),
        Err(AccountError::LastWayIn) => {
            render(&http, &entered, Some(Message::new("account-passkey-last"))).await
        }
        Err(AccountError::Label) => {
            render(&http, &entered, Some(Message::new("account-passkey-label-invalid"))).await
        }
        Err(error) => guard::failure(&entered.request, &error),
    }
}

/// `GET account/v1/passkeys`.
pub(super) async fn list(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |_, call| {
        let passkeys = account::list_passkeys(call.request.app(), &call.request.realm, &call.me).await;
        let passkeys = passkeys.map_err(|error| guard::problem_of(&error))?;
        let items: Vec<AccountPasskey> = passkeys.iter().map(AccountPasskey::of).collect();
        Ok(ok(&json!({"items": items, "next": null})))
    })
    .await
}

/// Another name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasskeyName {
    /// At most 60 characters; empty for none.
    label: String,
}

/// `PUT account/v1/passkeys/{passkey}`.
pub(super) async fn rename(http: HttpRequest, request: RealmRequest, payload: web::Payload) -> HttpResponse {
    answered(http, request, async |http, call| {
        let passkey = id::<CredentialId>(http, "passkey")?;
        let bytes = body::read(http, payload, MAX_BYTES).await?;
        let PasskeyName { label } = body::parse_json(http, &bytes, &["application/json"])?;
        let inner = call.clone();
        call.run(
            async move { account::rename_passkey(inner.request.app(), &inner.me, passkey, &label).await },
        )
        .await?;
        Ok(no_content())
    })
    .await
}

/// `DELETE account/v1/passkeys/{passkey}`.
pub(super) async fn remove(http: HttpRequest, request: RealmRequest) -> HttpResponse {
    answered(http, request, async |http, call| {
        let (inner, passkey) = (call.clone(), id::<CredentialId>(http, "passkey")?);
        call.run(async move {
            let request = &inner.request;
            account::remove_passkey(request.app(), &request.realm, &inner.me.fresh()?, passkey).await
        })
        .await?;
        Ok(no_content())
    })
    .await
}
