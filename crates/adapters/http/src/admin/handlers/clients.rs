//! Clients and dynamic registration.

use actix_web::{HttpRequest, HttpResponse, web::Payload};
use vestibule_kernel::ClientId;
use vestibule_oauth::{Client, ClientStatus};
use vestibule_usecases::admin::{clients, initial_access_tokens};

use crate::{
    admin::{
        answer::Answer,
        call::{RealmCall, in_realm},
        input::Input,
        operations::clients as operations,
        views::clients::{ClientView, InitialAccessBody, InitialAccessView, RotateBody},
    },
    cx::RealmRequest,
    problem::{Problem, code},
};

/// The member that is never remembered for a replay.
const SECRET: &[&str] = &["client_secret"];

fn answer(client: Client) -> Result<Answer, Problem> {
    let version = client.version;
    Ok(Answer::ok(&ClientView::from(client))?.version(version))
}

fn client_id(input: &Input) -> Result<ClientId, Problem> {
    let missing =
        |_: vestibule_kernel::ids::IdError| Problem::new(&code::NOT_FOUND).detail("there is no such client");
    ClientId::parse(input.segment("client_id")).map_err(missing)
}

pub(in crate::admin) async fn list(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::LIST_CLIENTS, http, request, body, |call: RealmCall| async move {
        let page = clients::list(&call.app, &call.admin, &call.input.page()?).await?;
        Answer::page(&call.input, page.map(ClientView::from))
    })
    .await
}

pub(in crate::admin) async fn create(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::CREATE_CLIENT, http, request, body, |call: RealmCall| async move {
        let made = clients::create(&call.app, &call.admin, call.input.object()?).await?;
        let version = made.client.version;
        let location = call.realm.issuer.url(&format!("/admin/v1/clients/{}", made.client.id));
        let secret = made.secret.map(|secret| secret.expose().to_owned());
        let hidden = if secret.is_some() { SECRET } else { &[] };
        let view = ClientView::with_secret(made.client, secret);
        Ok(Answer::created(&view, location)?.version(version).hides(hidden))
    })
    .await
}

pub(in crate::admin) async fn get(http: HttpRequest, request: RealmRequest, body: Payload) -> HttpResponse {
    in_realm(&operations::GET_CLIENT, http, request, body, |call: RealmCall| async move {
        answer(clients::get(&call.app, &call.admin, &client_id(&call.input)?).await?)
    })
    .await
}

pub(in crate::admin) async fn update(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::UPDATE_CLIENT, http, request, body, |call: RealmCall| async move {
        let (id, patch) = (client_id(&call.input)?, call.input.object()?);
        answer(clients::update(&call.app, &call.admin, &id, patch, &call.input.if_match).await?)
    })
    .await
}

pub(in crate::admin) async fn delete(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::DELETE_CLIENT, http, request, body, |call: RealmCall| async move {
        let id = client_id(&call.input)?;
        clients::delete(&call.app, &call.admin, &id, &call.input.if_match).await?;
        Ok(Answer::no_content())
    })
    .await
}

pub(in crate::admin) async fn rotate_secret(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::ROTATE_SECRET, http, request, body, |call: RealmCall| async move {
        let (id, body): (_, RotateBody) = (client_id(&call.input)?, call.input.json()?);
        let (client, secret) =
            clients::rotate_secret(&call.app, &call.admin, &id, body.overlap_seconds, &call.input.if_match)
                .await?;
        let version = client.version;
        let view = ClientView::with_secret(client, Some(secret.expose().to_owned()));
        Ok(Answer::ok(&view)?.version(version).hides(SECRET))
    })
    .await
}

async fn set_status(call: RealmCall, status: ClientStatus) -> Result<Answer, Problem> {
    let id = client_id(&call.input)?;
    answer(clients::set_status(&call.app, &call.admin, &id, status, &call.input.if_match).await?)
}

pub(in crate::admin) async fn enable(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    let run = |call: RealmCall| set_status(call, ClientStatus::Enabled);
    in_realm(&operations::ENABLE_CLIENT, http, request, body, run).await
}

pub(in crate::admin) async fn disable(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    let run = |call: RealmCall| set_status(call, ClientStatus::Disabled);
    in_realm(&operations::DISABLE_CLIENT, http, request, body, run).await
}

pub(in crate::admin) async fn verify(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::VERIFY_CLIENT, http, request, body, |call: RealmCall| async move {
        let id = client_id(&call.input)?;
        answer(clients::verify(&call.app, &call.admin, &id, &call.input.if_match).await?)
    })
    .await
}

pub(in crate::admin) async fn create_initial_access_token(
    http: HttpRequest,
    request: RealmRequest,
    body: Payload,
) -> HttpResponse {
    in_realm(&operations::CREATE_INITIAL_ACCESS_TOKEN, http, request, body, |call: RealmCall| async move {
        let body: InitialAccessBody = call.input.json()?;
        let (uses, lifetime) = (body.uses, body.lifetime_seconds);
        let (token, expires_at) =
            initial_access_tokens::create(&call.app, &call.admin, uses, lifetime).await?;
        let view = InitialAccessView { token: token.expose().to_owned(), uses, expires_at };
        Ok(Answer { status: 201, ..Answer::ok(&view)? }.hides(&["token"]))
    })
    .await
}
