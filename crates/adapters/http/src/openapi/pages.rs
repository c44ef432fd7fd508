//! Serves the document, the reference page and the pages of problems.

use std::sync::OnceLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web::{self, Bytes},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use vestibule_templates::views::{ProblemListPage, ProblemPage};

use super::{document, faults::FAULTS, operations, problems, reference};
use crate::{
    address::Address,
    cx::SystemRequest,
    page::{PageClass, PageSpec, page, problem_page},
    problem::{Problem, code},
};

/// The pages of the installation.
pub(crate) fn addresses() -> Vec<Address> {
    vec![
        Address::new("/admin/v1/openapi.json").on(Method::GET, web::to(openapi)),
        Address::new("/docs/api").on(Method::GET, web::to(api)),
        Address::new("/docs/errors").on(Method::GET, web::to(list)),
        Address::new("/docs/errors/{code}").on(Method::GET, web::to(one)),
    ]
}

/// The OpenAPI document, the same for everybody until the next release.
async fn openapi(http: HttpRequest) -> HttpResponse {
    // Made once: anybody may ask, as often as they like.
    static DOCUMENT: OnceLock<Option<(Bytes, String)>> = OnceLock::new();
    let made = DOCUMENT.get_or_init(|| {
        let text = document().to_json().ok()?;
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())));
        Some((Bytes::from(text), tag))
    });
    let Some((text, tag)) = made else {
        return HttpResponse::InternalServerError().finish();
    };
    let seen = http.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut answer = match seen {
        Some(seen) if seen == tag.as_str() => HttpResponse::NotModified(),
        _ => HttpResponse::Ok(),
    };
    answer
        .insert_header((header::ETAG, tag.as_str()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .content_type("application/json")
        .body(text.clone())
}

fn spec(request: &SystemRequest) -> PageSpec<'_> {
    PageSpec::new(None, &request.cx.origin.request_id).class(PageClass::Document)
}

async fn api(request: SystemRequest) -> HttpResponse {
    let public_url = request.state.app.installation.public_url.as_str().trim_end_matches('/').to_owned();
    page(&request.state, &spec(&request), &reference::page(&public_url))
}

async fn list(request: SystemRequest) -> HttpResponse {
    let answers = code::ALL.iter().map(|problem| reference::problem_item(problem));
    let problems = answers.chain(FAULTS.iter().map(reference::fault_item)).collect();
    page(&request.state, &spec(&request), &ProblemListPage { problems })
}

async fn one(http: HttpRequest, request: SystemRequest) -> HttpResponse {
    let wanted = http.match_info().get("code").unwrap_or_default();
    if let Some(fault) = FAULTS.iter().find(|fault| fault.code == wanted) {
        let problem = reference::fault_item(fault);
        let view = ProblemPage { problem, hint: fault.hint.to_owned(), operations: Vec::new() };
        return page(&request.state, &spec(&request), &view);
    }
    let Some(problem) = code::ALL.iter().find(|problem| problem.code == wanted) else {
        let missing = Problem::new(&code::NOT_FOUND);
        return problem_page(&request.state, spec(&request), &missing, request.cx.now, None);
    };
    let answering = operations()
        .into_iter()
        .filter(|operation| problems(operation).iter().any(|known| known.code == problem.code));
    let view = ProblemPage {
        problem: reference::problem_item(problem),
        hint: problem.hint.to_owned(),
        operations: answering
            .map(|operation| (operation.id.to_owned(), operation.summary.to_owned()))
            .collect(),
    };
    page(&request.state, &spec(&request), &view)
}
