//! The way to a provider: the action `federate` of a flow's page is answered with a same-origin page that forwards. A
//! redirect would be stopped by the page's own `form-action 'self'`. Over JSON the address is the answer.

use actix_web::HttpResponse;
use vestibule_federation::ConnectionKey;
use vestibule_kernel::FlowId;
use vestibule_templates::views::{ContinuePage, Provider};
use vestibule_usecases::{
    federation::{self, FederationError},
    flow::{self, Browser, Detail},
};

use super::failure;
use crate::{
    command,
    cx::RealmRequest,
    page::{PageSpec, page},
    problem::Problem,
};

/// The providers a sign-in page offers, in the order of their keys.
pub(crate) fn providers(request: &RealmRequest) -> Vec<Provider> {
    let shown = request
        .realm
        .connections
        .iter()
        .filter(|connection| connection.active().is_some() && !connection.settings.hidden);
    shown
        .map(|connection| {
            let name = failure::provider(request, &connection.key);
            Provider::new(connection.key.as_str(), name, connection.settings.provider.as_str())
        })
        .collect()
}

/// Sends the browser of a flow to a provider. The caller has checked that the request comes from the flow's page.
pub(crate) async fn forward(
    request: &RealmRequest,
    browser: &Browser,
    id: FlowId,
    connection: Option<&str>,
) -> HttpResponse {
    match leave(request, browser, id, connection).await {
        Ok((name, to)) => {
            let spec = PageSpec::new(Some(&request.realm), &request.cx.origin.request_id);
            page(&request.state, &spec, &ContinuePage { app: Some(name), to })
        }
        Err(problem) => failure::problem(request, &problem, Some(id)),
    }
}

/// The provider's name, and the address to send the browser to.
pub(crate) async fn leave(
    request: &RealmRequest,
    browser: &Browser,
    id: FlowId,
    connection: Option<&str>,
) -> Result<(String, String), Problem> {
    let connection = connection.and_then(|key| ConnectionKey::parse(key).ok());
    let connection = connection.ok_or_else(|| failure::problem_of(&FederationError::NoConnection))?;
    let shown = flow::show(request.app(), &request.cx, &request.realm, browser, id, Detail::Owed)
        .await
        .map_err(|error| crate::flow::problem_of(&error))?;
    let name = failure::provider(request, &connection);
    let task = {
        let request = request.clone();
        async move {
            federation::start(request.app(), &request.cx, &request.realm, &shown.flow, &connection).await
        }
    };
    let to = command::run(&request.state, task).await?.map_err(|error| failure::problem_of(&error))?;
    Ok((name, to))
}
