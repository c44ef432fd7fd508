//! The way to a provider: the action `federate` of a flow's page is answered with a same-origin page that forwards. A
//! redirect would be stopped by the page's own `form-action 'self'`. Over JSON the address is the answer.

use actix_web::HttpResponse;
use vestibule_federation::ConnectionKey;
use vestibule_kernel::{ConnectionId, FlowId};
use vestibule_templates::views::ContinuePage;
use vestibule_usecases::{
    federation::{self, FederationError},
    flow::{self, Browser, FederatedError},
};

use super::failure;
use crate::{
    command,
    cx::RealmRequest,
    page::{PageSpec, page},
    problem::Problem,
};

/// The connections a sign-in page offers, in the order of their keys, with the providers' names.
pub(crate) fn offered(request: &RealmRequest) -> Vec<(ConnectionKey, String)> {
    let shown = request
        .realm
        .connections
        .iter()
        .filter(|connection| connection.active().is_some() && !connection.settings.hidden);
    shown
        .map(|connection| (connection.key.clone(), federation::provider_name(request.app(), connection)))
        .collect()
}

/// The provider's name of a connection; empty where it was deleted meanwhile.
pub(crate) fn name_of(request: &RealmRequest, id: ConnectionId) -> String {
    let connection = request.realm.connections.iter().find(|connection| connection.id == id);
    connection.map(|connection| federation::provider_name(request.app(), connection)).unwrap_or_default()
}

/// Sends the browser of a flow to a provider. The caller has checked that the request comes from the flow's page.
pub(crate) async fn forward(
    request: &RealmRequest,
    browser: &Browser,
    id: FlowId,
    connection: Option<&str>,
) -> HttpResponse {
    match depart(request, browser, id, connection).await {
        Ok((name, to)) => {
            let spec = PageSpec::of(request);
            page(&request.state, &spec, &ContinuePage { app: Some(name), to })
        }
        Err(Failure::Flow(error)) => crate::flow::act_failure(request, id, &error),
        Err(Failure::Problem(problem)) => failure::problem(request, &problem, Some(id)),
    }
}

/// The address to send the browser to.
pub(crate) async fn leave(
    request: &RealmRequest,
    browser: &Browser,
    id: FlowId,
    connection: Option<&str>,
) -> Result<String, Problem> {
    match depart(request, browser, id, connection).await {
        Ok((_, to)) => Ok(to),
        Err(Failure::Flow(error)) => Err(crate::flow::problem_of(&error)),
        Err(Failure::Problem(problem)) => Err(problem),
    }
}

enum Failure {
    Flow(flow::FlowError),
    Problem(Problem),
}

/// The provider's name, and the address to send the browser to.
async fn depart(
    request: &RealmRequest,
    browser: &Browser,
    id: FlowId,
    connection: Option<&str>,
) -> Result<(String, String), Failure> {
    let unknown = || Failure::Problem(failure::problem_of(&FederationError::NoConnection));
    let key = connection.and_then(|key| ConnectionKey::parse(key).ok()).ok_or_else(unknown)?;
    let found = request.realm.connection(&key).ok_or_else(unknown)?;
    let name = federation::provider_name(request.app(), found);
    let task = {
        let (request, browser) = (request.clone(), browser.clone());
        async move { flow::leave(request.app(), &request.cx, &request.realm, (&browser, id), &key).await }
    };
    let left = command::run(&request.state, task).await.map_err(|lost| Failure::Problem(lost.into()))?;
    left.map(|to| (name, to)).map_err(|error| match error {
        FederatedError::Flow(error) => Failure::Flow(error),
        FederatedError::Federation(error) => Failure::Problem(failure::problem_of(&error)),
    })
}
