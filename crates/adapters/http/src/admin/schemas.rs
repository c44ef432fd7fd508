//! Schemas of bodies that are read as plain JSON objects because the use case merges or checks them as a whole.

use std::borrow::Cow;

use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ArrayBuilder, ObjectBuilder, Ref, RefOr, Schema, schema::SchemaType, schema::Type},
};

use super::views::{
    clients::SecretView,
    users::{EmailView, PhoneView},
};
use crate::openapi::infer::{MetadataSchema, SettingsSchema};

/// A change of a realm.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct RealmPatch {
    /// Own hosts; above realms only.
    hosts: Option<Vec<String>>,
    /// Settings to merge.
    #[schema(value_type = Option<SettingsSchema>)]
    settings: Option<()>,
}

/// The members of a user that can be set.
#[derive(ToSchema)]
#[schema(as = UserPatch)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct UserBody {
    /// A name to sign in with.
    username: Option<String>,
    /// Their addresses; exactly one is primary.
    emails: Option<Vec<EmailView>>,
    /// Their numbers; exactly one is primary.
    phones: Option<Vec<PhoneView>>,
    /// Their language.
    locale: Option<String>,
    /// Scopes of the admin API; no more than the caller's own.
    admin_scopes: Option<Vec<String>>,
    /// Standard claims and the realm's own attributes.
    #[schema(value_type = Option<Object>)]
    profile: Option<Map<String, Value>>,
    /// Shown to the user and their applications.
    #[schema(value_type = Option<Object>)]
    public_metadata: Option<Map<String, Value>>,
    /// For administrators only.
    #[schema(value_type = Option<Object>)]
    private_metadata: Option<Map<String, Value>>,
}

/// A new user.
#[derive(ToSchema)]
#[schema(as = NewUser)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) struct NewUserBody {
    /// The user.
    #[serde(flatten)]
    user: UserBody,
    /// A password, by the policy of the realm.
    password: Option<String>,
}

fn text(description: &'static str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description))
}

fn time() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
}

/// The members of client metadata, added to an object.
fn with_metadata(object: ObjectBuilder) -> RefOr<Schema> {
    let mut object = object.build();
    if let RefOr::T(Schema::Object(metadata)) = MetadataSchema::schema() {
        object.properties.extend(metadata.properties);
    }
    RefOr::T(Schema::Object(object))
}

/// A client as it is answered.
pub(super) struct ClientSchema;

impl PartialSchema for ClientSchema {
    fn schema() -> RefOr<Schema> {
        let secrets = ArrayBuilder::new().items(Ref::from_schema_name(SecretView::name()));
        with_metadata(
            ObjectBuilder::new()
                .property("client_id", text("Its id."))
                .property("client_secret", text("The secret; only in the answer that makes it."))
                .property("status", text("`enabled` or `disabled`."))
                .property("verification", text("`verified` or `unverified`."))
                .property("secrets", secrets)
                .property("created_at", time())
                .property("updated_at", time())
                .required("client_id"),
        )
    }
}

impl ToSchema for ClientSchema {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Client")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((SecretView::name().into_owned(), SecretView::schema()));
    }
}

/// A client to be made.
pub(super) struct NewClientSchema;

impl PartialSchema for NewClientSchema {
    fn schema() -> RefOr<Schema> {
        with_metadata(ObjectBuilder::new().property("client_id", text("Chosen, or made if left out.")))
    }
}

impl ToSchema for NewClientSchema {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("NewClient")
    }
}

/// A realm document; its reference page is `docs/reference/realm-document.md`.
pub(super) struct DocumentSchema;

impl PartialSchema for DocumentSchema {
    fn schema() -> RefOr<Schema> {
        let hosts = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
        let realm = ObjectBuilder::new()
            .property("slug", text("Its slug."))
            .property("hosts", hosts)
            .required("slug");
        let secret = || {
            ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(
            "A text, or an object with one of `value` and `digest` (`sha256:` and 64 hexadecimal digits).",
        ))
        };
        let client = with_metadata(
            ObjectBuilder::new()
                .property("client_id", text("Its id."))
                .property("status", text("`enabled` or `disabled`."))
                .property("verification", text("`verified` or `unverified`."))
                .property("secret", secret())
                .property("secrets", ArrayBuilder::new().items(secret()))
                .required("client_id"),
        );
        let password = ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(
            "A text, or an object with `hash` (argon2 or bcrypt). Set for users who have none.",
        ));
        let mut user = ObjectBuilder::new()
            .property("id", text("To keep `sub` when a realm moves."))
            .property("status", text("`active`, `suspended` or `pending_deletion`."))
            .property("password", password)
            .build();
        if let RefOr::T(Schema::Object(body)) = UserBody::schema() {
            user.properties.extend(body.properties);
        }
        ObjectBuilder::new()
            .property("realm", realm)
            .property("settings", Ref::from_schema_name(SettingsSchema::name()))
            .property("clients", ArrayBuilder::new().items(client))
            .property("users", ArrayBuilder::new().items(RefOr::T(Schema::Object(user))))
            .required("realm")
            .into()
    }
}

impl ToSchema for DocumentSchema {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("RealmDocument")
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((SettingsSchema::name().into_owned(), SettingsSchema::schema()));
        UserBody::schemas(schemas);
    }
}
