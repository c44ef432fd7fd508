//! What a browser sees when a provider does not let it in: what happened, and a way to begin again.

use actix_web::HttpResponse;
use vestibule_federation::{ConnectorError, LinkRefusal};
use vestibule_kernel::FlowId;
use vestibule_templates::Message;
use vestibule_usecases::federation::FederationError;

use crate::{
    cx::RealmRequest,
    page::{PageSpec, problem_page},
    problem::{Problem, code},
};

/// The page of a problem, with a link back to the flow if there is one.
pub(super) fn problem(request: &RealmRequest, problem: &Problem, flow: Option<FlowId>) -> HttpResponse {
    let spec = PageSpec::of(request);
    let back = flow.map_or_else(|| "/login".to_owned(), |flow| format!("/flow/{flow}"));
    let again = (request.realm.issuer.url(&back), Message::new("error-back-to-sign-in"));
    problem_page(&request.state, spec, problem, request.cx.now, Some(again))
}

/// The page of a failure.
pub(super) fn page(request: &RealmRequest, error: &FederationError, flow: Option<FlowId>) -> HttpResponse {
    problem(request, &problem_of(error), flow)
}

/// The problem that a failure is.
pub(crate) fn problem_of(error: &FederationError) -> Problem {
    let of = |code| Problem::new(code).detail(error);
    match error {
        FederationError::NoConnection | FederationError::NoIdentity => of(&code::NO_CONNECTION),
        FederationError::Expired => of(&code::PROVIDER_EXPIRED),
        FederationError::Foreign => of(&code::PROVIDER_FOREIGN),
        FederationError::Connector(ConnectorError::Denied) => of(&code::PROVIDER_DENIED),
        FederationError::Connector(ConnectorError::Unavailable(_) | ConnectorError::Refused(_)) => {
            of(&code::PROVIDER_UNAVAILABLE)
        }
        FederationError::Connector(ConnectorError::Invalid(_) | ConnectorError::Mismatch(_)) => {
            of(&code::PROVIDER_INVALID)
        }
        FederationError::Connector(ConnectorError::Incomplete(_)) | FederationError::Seal(_) => {
            tracing::error!(%error, "a connection is not complete");
            of(&code::PROVIDER_MISCONFIGURED)
        }
        FederationError::Refused(LinkRefusal::SignUpClosed) => of(&code::PROVIDER_NO_ACCOUNT),
        FederationError::Refused(LinkRefusal::AddressTaken) => of(&code::PROVIDER_ACCOUNT_EXISTS),
        FederationError::Refused(LinkRefusal::LinkedElsewhere | LinkRefusal::AnotherLinked) => {
            of(&code::PROVIDER_LINKED_ELSEWHERE)
        }
        FederationError::Unproven => of(&code::PROVIDER_ADDRESS_UNPROVEN),
        FederationError::LastWayIn => of(&code::LAST_WAY_IN),
        FederationError::RealmSuspended => Problem::new(&code::REALM_SUSPENDED),
        FederationError::Store(error) => error.clone().into(),
    }
}
