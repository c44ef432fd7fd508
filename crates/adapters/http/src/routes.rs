//! The whole route table. Everything of a realm is mounted twice: under `/realms/{realm}` and, for realms with an own
//! host, at the root.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError,
    http::{Method, header},
    middleware::from_fn,
    web,
};

use crate::{
    account,
    address::{self, Address},
    admin,
    cx::{RealmRequest, RequestId},
    extract::accept,
    federation, flow, language, middleware, oidc,
    openapi::pages,
    page::{PageSpec, problem_page},
    preview,
    problem::{Problem, code},
    state::HttpState,
};

/// The prefix of a realm's addresses.
const REALM: &str = "/realms/{realm}";

/// Mounts everything of the main listener.
pub fn configure(config: &mut web::ServiceConfig, state: HttpState) {
    config.app_data(web::Data::new(state)).service(
        web::scope("")
            .wrap(from_fn(middleware::security_headers::security_headers))
            .wrap(from_fn(middleware::request_id::request_id))
            .configure(|config| address::mount(config, of_host()))
            .service(
                web::scope(REALM)
                    .configure(|config| address::mount(config, of_realm()))
                    .default_service(web::to(not_found)),
            )
            .configure(|config| address::mount(config, of_realm()))
            .default_service(web::to(not_found)),
    );
}

/// Every method and path there is, for tests that must miss none. A realm's are listed once, under `/realms/{realm}`.
pub fn table() -> Vec<(Method, String)> {
    let lines = |prefix: &'static str, addresses: Vec<Address>| {
        addresses.into_iter().flat_map(move |address| {
            let path = format!("{prefix}{}", address.path());
            address.methods().iter().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>()
        })
    };
    lines("", of_host()).chain(lines(REALM, of_realm())).collect()
}

/// What belongs to no realm.
fn of_host() -> Vec<Address> {
    [
        oidc::well_known_addresses(),
        flow::host_addresses(),
        admin::installation_addresses(),
        pages::addresses(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The areas of one realm.
fn of_realm() -> Vec<Address> {
    [
        oidc::addresses(),
        flow::addresses(),
        account::addresses(),
        federation::addresses(),
        language::addresses(),
        preview::addresses(),
        admin::addresses(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An unknown address: for people a page, in the look of the realm it would be in; for programs a problem.
async fn not_found(http: HttpRequest) -> HttpResponse {
    let problem = Problem::new(&code::NOT_FOUND);
    let mut answer = if accept::prefers_page(&http) {
        // A realm that is not there, or cannot be read now, has no look: the page is the same as outside realms.
        match RealmRequest::extract(&http).await {
            Ok(request) => {
                problem_page(&request.state, PageSpec::of(&request), &problem, request.cx.now, None)
            }
            Err(_no_realm) => flow::without_realm(&http, &problem),
        }
    } else {
        let id = http.extensions().get::<RequestId>().map(|id| id.0.clone());
        id.into_iter().fold(problem, |problem, id| problem.request_id(&id)).error_response()
    };
    answer.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept"));
    answer
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_has_every_described_operation() {
        let table: BTreeSet<(String, String)> =
            table().into_iter().map(|(method, path)| (method.to_string(), path)).collect();
        for operation in crate::openapi::operations() {
            let line = (operation.verb.as_str().to_owned(), operation.path.to_owned());
            assert!(table.contains(&line), "{line:?} is described and not served");
        }
    }
}
