//! The API reference as page content, made of the same tables and the same document.

use serde_json::Value;
use vestibule_templates::views::{
    ProblemItem, ReferenceBody, ReferenceGroup, ReferenceMember, ReferenceOperation, ReferencePage,
    ReferenceParameter, ReferenceSchema,
};

use super::{Access, Body, IfMatch, Operation, Shape, Verb, document, faults::Fault, operations, problems};
use crate::problem::ProblemCode;

/// The whole reference for an installation at this address (without trailing slash).
pub(super) fn page(public_url: &str) -> ReferencePage {
    let mut groups: Vec<ReferenceGroup> = Vec::new();
    for operation in operations() {
        let described = describe(operation, public_url);
        match groups.iter_mut().find(|group| group.name == operation.tag) {
            Some(group) => group.operations.push(described),
            None => groups.push(ReferenceGroup {
                name: operation.tag.to_owned(),
                anchor: operation.tag.to_lowercase().replace(' ', "-"),
                operations: vec![described],
            }),
        }
    }
    ReferencePage { groups, schemas: schemas(), document: "/admin/v1/openapi.json".to_owned() }
}

/// A problem as a list shows it.
pub(super) fn problem_item(problem: &ProblemCode) -> ProblemItem {
    ProblemItem { code: problem.code.to_owned(), status: problem.status, title: problem.title.to_owned() }
}

/// A fault at start as a list shows it: it has no status.
pub(super) fn fault_item(fault: &Fault) -> ProblemItem {
    ProblemItem { code: fault.code.to_owned(), status: 0, title: fault.title.to_owned() }
}

fn describe(operation: &Operation, public_url: &str) -> ReferenceOperation {
    let media_types = operation.body.media_types().join(", ");
    let body = operation.body.shape().map(|shape| shown(shape, media_types));
    let result = operation.success.body.map(|shape| shown(&shape, "application/json".to_owned()));
    ReferenceOperation {
        id: operation.id.to_owned(),
        method: operation.verb.as_str().to_owned(),
        path: operation.path.to_owned(),
        summary: operation.summary.to_owned(),
        access: access(operation.access),
        parameters: parameters(operation),
        curl: curl(operation, public_url),
        body,
        status: operation.success.status,
        answer: operation.success.description.to_owned(),
        result,
        problems: problems(operation).into_iter().map(problem_item).collect(),
    }
}

fn access(access: Access) -> String {
    match access {
        Access::Realm(scope) | Access::Installation(scope) => scope.to_owned(),
        Access::Client => "client authentication".to_owned(),
        Access::Token(scope) => format!("access token with {scope}"),
        Access::FlowCookie => "the browser of the flow".to_owned(),
        Access::SessionCookie => "whoever is signed in".to_owned(),
        Access::Public => "anybody".to_owned(),
    }
}

fn parameters(operation: &Operation) -> Vec<ReferenceParameter> {
    let parameter = |name: &str, place: &str, required, description: &str| ReferenceParameter {
        name: name.to_owned(),
        place: place.to_owned(),
        required,
        description: description.to_owned(),
    };
    let path = operation.path_parameters().map(|name| parameter(name, "path", true, path_meaning(name)));
    let query =
        operation.query.iter().map(|query| parameter(query.name, "query", query.required, query.description));
    let if_match = match operation.if_match {
        IfMatch::Unused => None,
        IfMatch::Optional => Some(false),
        IfMatch::Required => Some(true),
    };
    let if_match = if_match.map(|required| {
        parameter("If-Match", "header", required, "The ETag seen: the change is made to that version only.")
    });
    path.chain(query).chain(if_match).collect()
}

/// What a path parameter names.
pub(super) fn path_meaning(name: &str) -> &'static str {
    match name {
        "realm" => "The realm's slug. A realm with its own host has no such prefix.",
        "realm_id" => "The realm's id or slug.",
        "user_id" => "The user's id, usr_….",
        "client_id" | "client" => "The client_id.",
        "session_id" => "The session's id, ses_….",
        "credential_id" => "The authenticator's id, crd_….",
        "job_id" => "The job's id, job_….",
        "flow" => "The flow's id, flw_….",
        "action" => "One of the actions that the flow's state allows.",
        _ => "",
    }
}

fn shown(shape: &Shape, media_types: String) -> ReferenceBody {
    let example = serde_json::to_string_pretty(&(shape.example)()).unwrap_or_default();
    ReferenceBody { media_types, schema: shape.name.to_owned(), example }
}

/// A call from a terminal, safe to paste: everything is in single quotes.
fn curl(operation: &Operation, public_url: &str) -> String {
    let mut lines = vec![format!("curl -X {} '{public_url}{}'", operation.verb.as_str(), operation.path)];
    match operation.access {
        Access::Realm(_) | Access::Installation(_) | Access::Token(_) => {
            lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
        }
        Access::Client => lines.push("-u \"$CLIENT_ID:$CLIENT_SECRET\"".to_owned()),
        Access::FlowCookie | Access::SessionCookie => lines.push("-b cookies.txt".to_owned()),
        Access::Public => {}
    }
    if operation.if_match == IfMatch::Required {
        lines.push("-H 'If-Match: \"1\"'".to_owned());
    }
    if let Some(shape) = operation.body.shape() {
        let example = (shape.example)();
        if let Body::Form(_) = operation.body {
            let members = example.as_object().cloned().unwrap_or_default();
            for (name, value) in members {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                lines.push(format!("--data-urlencode '{name}={text}'"));
            }
        } else {
            let media_type = operation.body.media_types().first().copied().unwrap_or_default();
            lines.push(format!("-H 'Content-Type: {media_type}'"));
            lines.push(format!("-d '{}'", example.to_string().replace('\'', "'\\''")));
        }
    } else if operation.verb == Verb::Post {
        lines.push("-H 'Content-Length: 0'".to_owned());
    }
    lines.join(" \\\n  ")
}

fn schemas() -> Vec<ReferenceSchema> {
    let document = serde_json::to_value(document()).unwrap_or_default();
    let all = document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
    all.into_iter().map(|(name, schema)| ReferenceSchema { name, members: members(&schema) }).collect()
}

fn members(schema: &Value) -> Vec<ReferenceMember> {
    let parts: Vec<&Value> = match schema.get("allOf").and_then(Value::as_array) {
        Some(all) => all.iter().collect(),
        None => vec![schema],
    };
    let mut members = Vec::new();
    for part in parts {
        if let Some(target) = target(part) {
            members.push(member(&format!("… {target}"), part, true));
        }
        let required = part.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let properties = part.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, property) in properties {
            let needed = required.iter().any(|known| known == &Value::String(name.clone()));
            members.push(member(&name, &property, needed));
        }
    }
    members
}

fn member(name: &str, property: &Value, required: bool) -> ReferenceMember {
    let description = property.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (kind, schema) = kind(property);
    ReferenceMember { name: name.to_owned(), kind, schema, required, description }
}

fn target(schema: &Value) -> Option<String> {
    let reference = schema.get("$ref").and_then(Value::as_str)?;
    reference.strip_prefix("#/components/schemas/").map(str::to_owned)
}

/// The type in words, and the schema it names.
fn kind(property: &Value) -> (String, Option<String>) {
    if let Some(name) = target(property) {
        return (name.clone(), Some(name));
    }
    let choices = property.get("oneOf").or_else(|| property.get("allOf")).and_then(Value::as_array);
    if let Some(name) = choices.and_then(|choices| choices.iter().find_map(target)) {
        return (name.clone(), Some(name));
    }
    let names = match property.get("type") {
        Some(Value::String(one)) => one.clone(),
        Some(Value::Array(several)) => {
            several.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    };
    match property.get("items") {
        Some(items) => {
            let (of, schema) = kind(items);
            (format!("array of {of}"), schema)
        }
        None => (names, None),
    }
}
