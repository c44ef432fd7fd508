//! Pictures of a realm's brand.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};
use vestibule_realms::{Issuer, PictureInfo};

/// A picture as it is served.
#[derive(Serialize, ToSchema)]
#[schema(as = Picture)]
pub(in crate::admin) struct PictureView {
    /// Where it is: the address changes with the content.
    url: String,
    /// `image/png` or `image/svg+xml`, whatever was uploaded.
    media_type: String,
    width: u32,
    height: u32,
    updated_at: DateTime<Utc>,
}

impl PictureView {
    /// With its address at the realm.
    pub(in crate::admin) fn of(info: PictureInfo, issuer: &Issuer) -> Self {
        Self {
            url: issuer.url(&info.path()),
            media_type: info.kind.media_type().to_owned(),
            width: info.width,
            height: info.height,
            updated_at: info.updated_at,
        }
    }
}

/// A file as it is.
pub(in crate::admin) struct PictureFile;

impl ToSchema for PictureFile {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("PictureFile")
    }
}

impl PartialSchema for PictureFile {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).description(Some("The file, unencoded.")).into()
    }
}
