//! One operation of an API as data. Routes, scope checks, the OpenAPI document, the reference page and the
//! denied-access tests are all made of the same table.

use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

use crate::problem::ProblemCode;

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// GET; HEAD is answered too.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl Verb {
    /// The method's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// An administrator of the realm in the path with this scope.
    Realm(&'static str),
    /// An operator above realms with this scope.
    Installation(&'static str),
    /// An OAuth client that authenticates.
    Client,
    /// The holder of a user's access token with this scope.
    Token(&'static str),
    /// The browser a flow is bound to.
    FlowCookie,
    /// Whoever is signed in, by the session cookie of their browser.
    SessionCookie,
    /// Anybody.
    Public,
}

impl Access {
    /// The scope of the admin API that is needed.
    pub const fn admin_scope(self) -> Option<&'static str> {
        match self {
            Self::Realm(scope) | Self::Installation(scope) => Some(scope),
            Self::Client | Self::Token(_) | Self::FlowCookie | Self::SessionCookie | Self::Public => None,
        }
    }
}

/// The shape of a body: its name in the document, its schema, an example.
#[derive(Clone, Copy)]
pub struct Shape {
    /// The name of the schema.
    pub name: &'static str,
    /// The schema.
    pub schema: fn() -> RefOr<Schema>,
    /// Schemas it refers to.
    pub nested: fn(&mut Vec<(String, RefOr<Schema>)>),
    /// An example.
    pub example: fn() -> Value,
}

impl Shape {
    /// The shape of a type.
    pub const fn of<T: ToSchema>(name: &'static str, example: fn() -> Value) -> Self {
        Self { name, schema: T::schema, nested: T::schemas, example }
    }

    /// The shape of a page of a type.
    pub const fn page_of<T: ToSchema>(name: &'static str, example: fn() -> Value) -> Self {
        Self { name, schema: page_schema::<T>, nested: page_nested::<T>, example }
    }
}

fn page_schema<T: ToSchema>() -> RefOr<Schema> {
    let items = ArrayBuilder::new().items(Ref::from_schema_name(T::name()));
    let next = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The cursor of the next page, for `after`; null at the end."));
    ObjectBuilder::new()
        .property("items", items)
        .property("next", next)
        .required("items")
        .required("next")
        .into()
}

fn page_nested<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// What a request carries.
#[derive(Clone, Copy)]
pub enum Body {
    /// Nothing.
    None,
    /// A JSON object, or nothing at all.
    OptionalJson(Shape),
    /// A JSON object.
    Json(Shape),
    /// A JSON merge patch (RFC 7396).
    MergePatch(Shape),
    /// A realm document in JSON or TOML.
    Document(Shape),
    /// A picture, as a file.
    Picture(Shape),
    /// Form fields.
    Form(Shape),
}

impl Body {
    /// The shape, if there is a body.
    pub const fn shape(&self) -> Option<&Shape> {
        match self {
            Self::None => None,
            Self::OptionalJson(shape)
            | Self::Json(shape)
            | Self::MergePatch(shape)
            | Self::Document(shape)
            | Self::Picture(shape)
            | Self::Form(shape) => Some(shape),
        }
    }

    /// The media types it may have.
    pub const fn media_types(&self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::OptionalJson(_) | Self::Json(_) => &["application/json"],
            Self::MergePatch(_) => &["application/merge-patch+json", "application/json"],
            Self::Document(_) => &["application/json", "application/toml"],
            Self::Picture(_) => &["image/png", "image/jpeg", "image/webp", "image/svg+xml"],
            Self::Form(_) => &["application/x-www-form-urlencoded"],
        }
    }
}

/// Whether the caller must say which version they have seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// It is not read.
    Unused,
    /// It is honoured.
    Optional,
    /// Without it: 428.
    Required,
}

/// A query parameter.
#[derive(Debug, Clone, Copy)]
pub struct QueryParameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Whether it must be there.
    pub required: bool,
}

/// What a good answer is.
#[derive(Clone, Copy)]
pub struct Success {
    /// Status.
    pub status: u16,
    /// What it says.
    pub description: &'static str,
    /// Its body.
    pub body: Option<Shape>,
}

/// One operation.
#[derive(Clone, Copy)]
pub struct Operation {
    /// `operationId`; stable.
    pub id: &'static str,
    /// The method.
    pub verb: Verb,
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// The group it is shown in.
    pub tag: &'static str,
    /// One line.
    pub summary: &'static str,
    /// Who may call.
    pub access: Access,
    /// Query parameters; others are refused.
    pub query: &'static [QueryParameter],
    /// What the request carries.
    pub body: Body,
    /// Whether `If-Match` counts.
    pub if_match: IfMatch,
    /// The good answer.
    pub success: Success,
    /// Problems beyond those that every operation of its kind can have.
    pub problems: &'static [&'static ProblemCode],
}

impl Operation {
    /// The names in braces of the path.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('{').skip(1).filter_map(|part| part.split('}').next())
    }
}
