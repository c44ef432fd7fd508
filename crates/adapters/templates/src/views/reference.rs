//! The API reference and the pages of problems, for people who build against the server.

use serde::Serialize;

use crate::pages::View;

/// The whole API reference: groups of operations, then schemas.
#[derive(Debug, Clone, Serialize)]
pub struct ReferencePage {
    /// Groups in order.
    pub groups: Vec<ReferenceGroup>,
    /// Schemas by name.
    pub schemas: Vec<ReferenceSchema>,
    /// Where the OpenAPI document is.
    pub document: String,
}

/// Operations about one kind of thing.
#[derive(Debug, Clone, Serialize)]
pub struct ReferenceGroup {
    /// Its name.
    pub name: String,
    /// Its anchor.
    pub anchor: String,
    /// Its operations.
    pub operations: Vec<ReferenceOperation>,
}

/// One operation.
#[derive(Debug, Clone, Serialize)]
pub struct ReferenceOperation {
    /// `operationId`, also the anchor.
    pub id: String,
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// One line.
    pub summary: String,
    /// The scope needed, or what else proves the caller.
    pub access: String,
    /// Parameters in path, query and headers.
    pub parameters: Vec<ReferenceParameter>,
    /// What the request carries.
    pub body: Option<ReferenceBody>,
    /// The status of the good answer.
    pub status: u16,
    /// What the good answer is.
    pub answer: String,
    /// The body of the good answer.
    pub result: Option<ReferenceBody>,
    /// Problems it can answer with.
    pub problems: Vec<ProblemItem>,
    /// A call from a terminal.
    pub curl: String,
}

/// A parameter.
#[derive(Debug, Clone, Serialize)]
pub struct ReferenceParameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it does.
    pub description: String,
}

/// A body with an example.
#[derive(Debug, Clone, Serialize)]
pub struct ReferenceBody {
    /// Its media types.
    pub media_types: String,
    /// The name of its schema.
    pub schema: String,
    /// An example.
    pub example: String,
}

/// A schema and its members.
#[derive(Debug, Clone, Serialize)]
pub struct ReferenceSchema {
    /// Its name.
    pub name: String,
    /// Its members.
    pub members: Vec<ReferenceMember>,
}

/// A member of a schema.
#[derive(Debug, Clone, Serialize)]
pub struct ReferenceMember {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// The schema the type names, if it names one.
    pub schema: Option<String>,
    /// Whether it is always there.
    pub required: bool,
    /// What it means.
    pub description: String,
}

impl View for ReferencePage {
    const TEMPLATE: &'static str = "reference.html";
}

/// A problem in a list.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemItem {
    /// `VST-nnn`.
    pub code: String,
    /// Its status; 0: a server that cannot start says so.
    pub status: u16,
    /// One sentence.
    pub title: String,
}

/// Every problem there is.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemListPage {
    /// The registry.
    pub problems: Vec<ProblemItem>,
}

impl View for ProblemListPage {
    const TEMPLATE: &'static str = "problems.html";
}

/// One problem: what it means and what to do.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemPage {
    /// The problem.
    pub problem: ProblemItem,
    /// What to do.
    pub hint: String,
    /// Operations that can answer with it: anchor and name.
    pub operations: Vec<(String, String)>,
}

impl View for ProblemPage {
    const TEMPLATE: &'static str = "problem.html";
}
