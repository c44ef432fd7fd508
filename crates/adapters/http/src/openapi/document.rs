//! The OpenAPI 3.1 document, made of the tables of operations.

use std::ops::Not;

use serde_json::{Value, json};
use utoipa::openapi::{
    Components, ContentBuilder, HttpMethod, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi,
    OpenApiBuilder, PathsBuilder, Ref, RefOr, Required, ResponseBuilder, ResponsesBuilder, Schema,
    extensions::ExtensionsBuilder,
    path::{Operation as Described, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::{RequestBody, RequestBodyBuilder},
    schema::{ArrayBuilder, Type},
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};

use super::{
    Access, Body, IfMatch, Operation, Shape, Verb,
    infer::{MetadataSchema, SettingsSchema},
    operations, protocol,
};
use crate::problem::{ProblemCode, code};

const ADMIN_TOKEN: &str = "admin_token";
const USER_TOKEN: &str = "access_token";
const CLIENT_BASIC: &str = "client_secret_basic";
const FLOW_COOKIE: &str = "flow_cookie";
const SESSION_COOKIE: &str = "session_cookie";

/// The whole document.
pub fn document() -> OpenApi {
    let operations = operations();
    let paths = operations.iter().fold(PathsBuilder::new(), |paths, operation| {
        let item = utoipa::openapi::PathItem::new(method(operation.verb), describe(operation));
        paths.path(operation.path, item)
    });
    let mut tags: Vec<&str> = Vec::new();
    for operation in &operations {
        if !tags.contains(&operation.tag) {
            tags.push(operation.tag);
        }
    }
    let info = InfoBuilder::new()
        .title("Vestibule")
        .version("1")
        .description(Some(
            "Admin API, flow API and protocol endpoints of an identity server. Paths below `/realms/{realm}` are at \
             the root for a realm with its own host. Additive changes only within a version.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0 OR MIT").build()));
    OpenApiBuilder::new()
        .info(info.build())
        .paths(paths)
        .components(Some(components(&operations)))
        .tags(Some(tags.into_iter().map(|tag| TagBuilder::new().name(tag).build())))
        .build()
}

fn method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Post => HttpMethod::Post,
        Verb::Put => HttpMethod::Put,
        Verb::Patch => HttpMethod::Patch,
        Verb::Delete => HttpMethod::Delete,
    }
}

fn describe(operation: &Operation) -> Described {
    let mut described = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .tag(operation.tag)
        .summary(Some(operation.summary))
        .parameters(Some(parameters(operation)))
        .request_body(request_body(operation.body))
        .responses(responses(operation));
    if let Some(requirement) = security(operation.access) {
        described = described.security(requirement);
    }
    if let Some(scope) = operation.access.admin_scope() {
        let extensions = ExtensionsBuilder::new().add("x-required-scope", json!(scope)).build();
        described = described.extensions(Some(extensions));
    }
    described.build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn parameters(operation: &Operation) -> Vec<Parameter> {
    let path = operation.path_parameters().map(|name| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(text()))
    });
    let query = operation.query.iter().map(|parameter| {
        let required = if parameter.required { Required::True } else { Required::False };
        ParameterBuilder::new()
            .name(parameter.name)
            .parameter_in(ParameterIn::Query)
            .required(required)
            .description(Some(parameter.description))
            .schema(Some(text()))
    });
    let header = |name: &str, required, description: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(required)
            .description(Some(description))
            .schema(Some(text()))
    };
    let if_match = match operation.if_match {
        IfMatch::Unused => None,
        IfMatch::Optional => {
            Some(header("If-Match", Required::False, "The `ETag` seen; 412 if it changed since."))
        }
        IfMatch::Required => Some(header(
            "If-Match",
            Required::True,
            "The `ETag` seen; 428 without it, 412 if it changed since.",
        )),
    };
    let retry = (operation.verb == Verb::Post && operation.access.admin_scope().is_some()).then(|| {
        header(
            "Idempotency-Key",
            Required::False,
            "Makes a repeated request answer what the first one answered, for a day. Secrets are null in a repetition.",
        )
    });
    path.chain(query).chain(if_match).chain(retry).map(ParameterBuilder::build).collect()
}

fn reference(shape: &Shape) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(shape.name))
}

fn request_body(body: Body) -> Option<RequestBody> {
    let shape = body.shape()?;
    let required = if matches!(body, Body::OptionalJson(_)) { Required::False } else { Required::True };
    let content =
        || ContentBuilder::new().schema(Some(reference(shape))).example(Some((shape.example)())).build();
    let described = body
        .media_types()
        .iter()
        .fold(RequestBodyBuilder::new().required(Some(required)), |described, media_type| {
            described.content(*media_type, content())
        });
    Some(described.build())
}

fn responses(operation: &Operation) -> utoipa::openapi::Responses {
    let success = operation.success;
    let mut good = ResponseBuilder::new().description(success.description);
    if let Some(shape) = &success.body {
        let content =
            ContentBuilder::new().schema(Some(reference(shape))).example(Some((shape.example)())).build();
        good = good.content("application/json", content);
    }
    let all = ResponsesBuilder::new().response(success.status.to_string(), good.build());
    let mut by_status: Vec<(u16, Vec<&'static ProblemCode>)> = Vec::new();
    for problem in problems(operation) {
        match by_status.iter_mut().find(|(status, _)| *status == problem.status) {
            Some((_, codes)) => codes.push(problem),
            None => by_status.push((problem.status, vec![problem])),
        }
    }
    by_status.sort_by_key(|(status, _)| *status);
    let all = if speaks_oauth(operation) {
        all.response("400", protocol_error("The request is refused"))
            .response("401", protocol_error("The client or the token is not accepted"))
    } else {
        all
    };
    by_status
        .into_iter()
        .fold(all, |all, (status, codes)| all.response(status.to_string(), refusal(&codes)))
        .build()
}

/// Whether errors have the shape of RFC 6749 §5.2 instead of problem details.
fn speaks_oauth(operation: &Operation) -> bool {
    operation.path.contains("/oauth/")
        && operation.success.status != 303
        && operation.path.ends_with("/jwks").not()
}

fn protocol_error(description: &str) -> utoipa::openapi::Response {
    let content = ContentBuilder::new()
        .schema(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("OAuthError"))))
        .example(Some(json!({"error": "invalid_request", "error_description": "What is wrong"})));
    ResponseBuilder::new().description(description).content("application/json", content.build()).build()
}

/// Every problem that an operation can answer with.
pub fn problems(operation: &Operation) -> Vec<&'static ProblemCode> {
    let mut found: Vec<&'static ProblemCode> = operation.problems.to_vec();
    if operation.access.admin_scope().is_some() {
        found.extend([&code::UNAUTHENTICATED, &code::FORBIDDEN, &code::RATE_LIMITED, &code::UNAVAILABLE]);
        found.push(&code::INVALID_QUERY);
        if operation.body.shape().is_some() {
            found.extend([&code::MALFORMED_BODY, &code::BODY_TOO_LARGE, &code::UNSUPPORTED_MEDIA_TYPE]);
            found.push(&code::INVALID);
        }
        if operation.verb == Verb::Post {
            found.extend([&code::IDEMPOTENCY_MISMATCH, &code::IDEMPOTENCY_RUNNING, &code::INVALID_HEADER]);
        }
        if operation.path.starts_with("/realms/") {
            found.push(&code::NO_SUCH_REALM);
        }
    }
    match operation.if_match {
        IfMatch::Unused => {}
        IfMatch::Optional => found.push(&code::STALE),
        IfMatch::Required => found.extend([&code::STALE, &code::PRECONDITION_REQUIRED]),
    }
    found.sort_by_key(|problem| (problem.status, problem.code));
    found.dedup_by_key(|problem| problem.code);
    found
}

fn refusal(codes: &[&'static ProblemCode]) -> utoipa::openapi::Response {
    let description: Vec<String> =
        codes.iter().map(|problem| format!("{}: {}", problem.code, problem.title)).collect();
    let example = codes.first().map(|problem| problem_example(problem));
    let content = ContentBuilder::new()
        .schema(Some(RefOr::<Schema>::Ref(Ref::from_schema_name("Problem"))))
        .example(example)
        .build();
    ResponseBuilder::new()
        .description(description.join("; "))
        .content("application/problem+json", content)
        .build()
}

fn problem_example(problem: &ProblemCode) -> Value {
    json!({
        "type": format!("/docs/errors/{}", problem.code), "title": problem.title, "status": problem.status,
        "code": problem.code, "hint": problem.hint, "request_id": "5f0c9d1e2a3b4c5d6e7f8091",
    })
}

fn security(access: Access) -> Option<SecurityRequirement> {
    let scopes = |scope: &str| vec![scope.to_owned()];
    match access {
        Access::Realm(scope) | Access::Installation(scope) => {
            Some(SecurityRequirement::new(ADMIN_TOKEN, scopes(scope)))
        }
        Access::Token(scope) => Some(SecurityRequirement::new(USER_TOKEN, scopes(scope))),
        Access::Client => Some(SecurityRequirement::new(CLIENT_BASIC, Vec::<String>::new())),
        Access::FlowCookie => Some(SecurityRequirement::new(FLOW_COOKIE, Vec::<String>::new())),
        Access::SessionCookie => Some(SecurityRequirement::new(SESSION_COOKIE, Vec::<String>::new())),
        Access::Public => None,
    }
}

fn problem_schema() -> Schema {
    let described = |description: &'static str| text().description(Some(description));
    let field = ObjectBuilder::new()
        .property("pointer", described("JSON pointer of the value."))
        .property("detail", described("What is wrong."));
    ObjectBuilder::new()
        .description(Some("RFC 9457 problem details."))
        .property("type", described("The page that explains it."))
        .property("title", described("One sentence, the same for each occurrence."))
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("detail", described("What is wrong this time."))
        .property("instance", described("The address that was asked, without its query."))
        .property("code", described("`VST-nnn`, stable."))
        .property("hint", described("What to do."))
        .property("request_id", described("The request, to find it in the log."))
        .property("errors", ArrayBuilder::new().items(field))
        .required("type")
        .required("title")
        .required("status")
        .required("code")
        .into()
}

fn components(operations: &[&'static Operation]) -> Components {
    let mut schemas: Vec<(String, RefOr<Schema>)> = vec![
        ("Problem".to_owned(), RefOr::T(problem_schema())),
        ("OAuthError".to_owned(), <protocol::OAuthError as utoipa::PartialSchema>::schema()),
        ("RealmSettings".to_owned(), <SettingsSchema as utoipa::PartialSchema>::schema()),
        ("ClientMetadata".to_owned(), <MetadataSchema as utoipa::PartialSchema>::schema()),
    ];
    for operation in operations {
        let shapes = operation.body.shape().copied().into_iter().chain(operation.success.body);
        for shape in shapes {
            schemas.push((shape.name.to_owned(), (shape.schema)()));
            (shape.nested)(&mut schemas);
        }
    }
    let mut components = Components::new();
    components.schemas = schemas.into_iter().collect();
    let bearer = |description: &str| {
        let http = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(description));
        SecurityScheme::Http(http.build())
    };
    components.add_security_scheme(
        ADMIN_TOKEN,
        bearer("An access token whose audience is the admin API it is used at, issued by the realm itself or by the operators' realm."),
    );
    components.add_security_scheme(USER_TOKEN, bearer("A user's access token."));
    let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic).description(Some(
        "`client_id` and `client_secret`; the other methods that discovery announces work as well.",
    ));
    components.add_security_scheme(CLIENT_BASIC, SecurityScheme::Http(basic.build()));
    let cookie = ApiKeyValue::with_description("__Host-vst_flow_{realm}", "Binds a flow to its browser.");
    components.add_security_scheme(FLOW_COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    let cookie = ApiKeyValue::with_description(
        "__Host-vst_session_{realm}",
        "Who is signed in in this browser; a change must also come from the realm's own origin.",
    );
    components.add_security_scheme(SESSION_COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn refs(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(target)) = object.get("$ref") {
                    found.insert(target.trim_start_matches("#/components/schemas/").to_owned());
                }
                object.values().for_each(|inner| refs(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| refs(inner, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_has_its_schema_and_every_operation_its_own_id() {
        let document = serde_json::to_value(document()).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        let mut wanted = BTreeSet::new();
        refs(&document, &mut wanted);
        let known: BTreeSet<String> =
            document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(wanted.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new());
        let ids: Vec<&str> = operations().iter().map(|operation| operation.id).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn the_document_has_every_operation_of_the_tables_and_no_other() {
        let document = serde_json::to_value(document()).unwrap();
        let mut described = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for verb in item.as_object().unwrap().keys() {
                described.insert((verb.to_uppercase(), path.clone()));
            }
        }
        let table: BTreeSet<_> = operations()
            .iter()
            .map(|operation| (operation.verb.as_str().to_owned(), operation.path.to_owned()))
            .collect();
        assert_eq!(described, table);
    }

    #[test]
    fn the_checked_in_document_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/reference/openapi.json");
        let stored = std::fs::read_to_string(path).unwrap_or_default();
        let made = document().to_pretty_json().unwrap();
        assert!(
            stored.trim_end() == made,
            "run: cargo run -p vestibule-http --example openapi > docs/reference/openapi.json"
        );
    }

    /// An example may leave members out but may not have one that its schema lacks.
    #[test]
    fn examples_fit_their_schemas() {
        let document = serde_json::to_value(document()).unwrap();
        let schemas = &document["components"]["schemas"];
        for operation in operations() {
            let shapes = operation.body.shape().copied().into_iter().chain(operation.success.body);
            for shape in shapes {
                fits(&(shape.example)(), &schemas[shape.name], schemas, shape.name);
            }
        }
    }

    /// The schemas that together describe an object.
    fn parts<'a>(schema: &'a Value, schemas: &'a Value) -> Vec<&'a Value> {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            return parts(&schemas[target.trim_start_matches("#/components/schemas/")], schemas);
        }
        match schema.get("allOf").and_then(Value::as_array) {
            Some(all) => all.iter().flat_map(|part| parts(part, schemas)).collect(),
            None => vec![schema],
        }
    }

    fn fits(example: &Value, schema: &Value, schemas: &Value, at: &str) {
        let schema = match schema.get("$ref").and_then(Value::as_str) {
            Some(target) => &schemas[target.trim_start_matches("#/components/schemas/")],
            None => schema,
        };
        match example {
            Value::Object(members) => {
                let parts = parts(schema, schemas);
                if parts.iter().all(|part| part.get("properties").is_none()) {
                    return;
                }
                for (name, value) in members {
                    let property = parts.iter().find_map(|part| part["properties"].get(name));
                    let property = property.unwrap_or_else(|| panic!("{at}: {name} is not in the schema"));
                    fits(value, property, schemas, &format!("{at}/{name}"));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| fits(item, &schema["items"], schemas, at)),
            _ => {}
        }
    }
}
