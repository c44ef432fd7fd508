//! Accounts at providers: connected by a trip there, taken off unless it is the last way in.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use vestibule_federation::ConnectionKey;
use vestibule_kernel::IdentityId;
use vestibule_templates::{
    FieldError, Message,
    views::{ContinuePage, LinkedItem, LinkedPage, Provider},
};
use vestibule_usecases::{
    account::AccountCx,
    federation::{self, FederationError, LinkedIdentity},
};

use super::{
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{
    command,
    cx::RealmRequest,
    federation as trip,
    page::page,
    problem::{Problem, code},
};

const PAGE: &str = "/linked";

/// `GET {issuer}/account/linked`.
pub(super) async fn show(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    match guard::enter(&http, request, PAGE, Proof::Session).await {
        Ok(entered) => list(&http, &entered, None).await,
        Err(answer) => answer,
    }
}

async fn list(http: &HttpRequest, entered: &Entered, error: Option<Message>) -> HttpResponse {
    let Entered { request, me, .. } = entered;
    let linked = match federation::list_linked(request.app(), me.cx(), &request.realm, me.id()).await {
        Ok(linked) => linked,
        Err(error) => return guard::failure(request, &error.into()),
    };
    let known = |key: &ConnectionKey| {
        let connection = request.realm.connection(key).map(|connection| connection.id);
        linked.iter().any(|one| Some(one.identity.connection) == connection)
    };
    let others = trip::offered(request).into_iter().filter(|(key, _)| !known(key));
    let view = LinkedPage {
        frame: frame(http, entered, "/security"),
        others: others.map(|(key, name)| Provider { key: key.to_string(), name, last_used: false }).collect(),
        linked: linked.iter().map(item).collect(),
        errors: error.iter().cloned().map(|message| FieldError::new("linked", message)).collect(),
    };
    let status = if error.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    page(&request.state, &guard::spec(request).status(status), &view)
}

fn item(linked: &LinkedIdentity) -> LinkedItem {
    let claim = |name: &str| linked.identity.claims.get(name).and_then(|value| value.as_str());
    LinkedItem {
        id: linked.identity.id.to_string(),
        provider: linked.provider.clone(),
        label: claim("email").or(claim("preferred_username")).or(claim("name")).map(str::to_owned),
        since: linked.identity.created_at.into(),
        removable: linked.removable,
    }
}

/// `POST {issuer}/account/linked`: `action=link` with `connection`, `action=unlink` with `identity`.
pub(super) async fn act(
    http: HttpRequest,
    request: Result<RealmRequest, Problem>,
    payload: web::Payload,
) -> HttpResponse {
    let (entered, form) = match guard::posted(&http, request, payload, (PAGE, Proof::Fresh)).await {
        Ok(posted) => posted,
        Err(answer) => return answer,
    };
    let connection = form.get("connection").and_then(|key| ConnectionKey::parse(key).ok());
    let identity = form.get("identity").and_then(|text| text.parse::<IdentityId>().ok());
    match (form.get("action"), connection, identity) {
        (Some("link"), Some(key), _) => link(&entered, key).await,
        (Some("unlink"), _, Some(id)) => unlink(&http, &entered, id).await,
        _ => guard::problem_answer(&entered.request, &Problem::new(&code::INVALID_FORM)),
    }
}

/// On to the provider, by a page of our own: the answer to a form redirects to no other origin.
async fn link(entered: &Entered, key: ConnectionKey) -> HttpResponse {
    let request = &entered.request;
    match depart(request, &entered.me, key.clone()).await {
        Ok(to) => {
            let found = request.realm.connection(&key);
            let app = found.map(|connection| federation::provider_name(request.app(), connection));
            page(&request.state, &guard::spec(request), &ContinuePage { app, to })
        }
        Err(problem) => guard::problem_answer(request, &problem),
    }
}

/// The address to send the browser to; the session's cookie binds the trip.
pub(super) async fn depart(
    request: &RealmRequest,
    me: &AccountCx,
    key: ConnectionKey,
) -> Result<String, Problem> {
    let (inner, me) = (request.clone(), me.clone());
    let task = async move {
        federation::start_linking(inner.app(), me.cx(), &inner.realm, me.active_session(), &key).await
    };
    let departed = command::run(&request.state, task).await?;
    departed.map_err(|error| trip::problem_of(&error))
}

async fn unlink(http: &HttpRequest, entered: &Entered, id: IdentityId) -> HttpResponse {
    match take_off(&entered.request, &entered.me, id).await {
        Ok(Ok(())) => guard::see_done(entered, PAGE, "unlinked"),
        Ok(Err(FederationError::LastWayIn)) => {
            list(http, entered, Some(Message::new("account-linked-last"))).await
        }
        // Another page took it off meanwhile.
        Ok(Err(FederationError::NoIdentity)) => guard::see(&entered.request, "/account/linked"),
        Ok(Err(error)) => guard::problem_answer(&entered.request, &trip::problem_of(&error)),
        Err(problem) => guard::problem_answer(&entered.request, &problem),
    }
}

/// Takes it off in a task of its own.
pub(super) async fn take_off(
    request: &RealmRequest,
    me: &AccountCx,
    id: IdentityId,
) -> Result<Result<(), FederationError>, Problem> {
    let (inner, me) = (request.clone(), me.clone());
    let task = async move { federation::unlink(inner.app(), me.cx(), &inner.realm, me.id(), id).await };
    Ok(command::run(&request.state, task).await?)
}
