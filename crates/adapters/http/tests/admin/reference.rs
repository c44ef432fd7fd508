//! The served description: the document, the reference, the problems; and everything described is really there.

use serde_json::Value;
use vestibule_http::{
    openapi::{self, Access},
    problem::code,
};

use crate::harness::{Call, Harness};

#[actix_web::test]
async fn everything_described_is_served() {
    let harness = Harness::start().await;
    harness.realm("acme", &["users:read"]).await;
    for operation in openapi::operations() {
        let path = operation.path.replace("{realm}", "acme").replace(['{', '}'], "");
        let reply = Call::new(operation.verb.as_str(), path).send(&harness).await;
        let nothing = reply.status == 404 && reply.text.contains("VST-003");
        assert!(!nothing && reply.status != 405, "{}: {} {}", operation.id, reply.status, reply.text);
        assert!(reply.status < 500, "{}: {} {}", operation.id, reply.status, reply.text);
        let protected = !matches!(operation.access, Access::Public | Access::FlowCookie);
        assert!(!protected || (400..500).contains(&reply.status), "{}: {}", operation.id, reply.status);
    }
}

#[actix_web::test]
async fn the_document_is_served_with_a_tag() {
    let harness = Harness::start().await;
    let reply = Call::new("GET", "/admin/v1/openapi.json").send(&harness).await.expect(200);
    let served: Value = reply.json();
    assert_eq!(served, serde_json::to_value(openapi::document()).unwrap());
    let again =
        Call::new("GET", "/admin/v1/openapi.json").header("If-None-Match", reply.header("etag").unwrap());
    again.send(&harness).await.expect(304);
}

#[actix_web::test]
async fn the_reference_shows_every_operation_and_every_problem_without_scripts() {
    let harness = Harness::start().await;
    let page = Call::new("GET", "/docs/api").send(&harness).await.expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(!page.text.contains("<script"));
    for operation in openapi::operations() {
        assert!(page.text.contains(&format!("id=\"{}\"", operation.id)), "{}", operation.id);
    }
    let list = Call::new("GET", "/docs/errors").send(&harness).await.expect(200);
    for problem in code::ALL {
        assert!(list.text.contains(problem.code));
        let one = Call::new("GET", format!("/docs/errors/{}", problem.code)).send(&harness).await.expect(200);
        assert!(one.text.contains(problem.code));
    }
    Call::new("GET", "/docs/errors/VST-999").send(&harness).await.expect(404);
}
