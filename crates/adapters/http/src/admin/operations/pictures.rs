//! Pictures of a realm's brand.

use super::{examples, good, shape};
use crate::{
    admin::views::pictures::{PictureFile, PictureView},
    openapi::{Access, Body, IfMatch, Operation, Verb},
    problem::code,
};

/// GET `branding/{picture}`.
pub const GET_PICTURE: Operation = Operation {
    id: "getPicture",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/branding/{picture}",
    tag: "Branding",
    summary: "Read where a picture is served: `logo`, `logo-dark` or `favicon`",
    access: Access::Realm("realm:read"),
    query: &[],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "The picture", Some(shape::<PictureView>("Picture", examples::picture))),
    problems: &[&code::NOT_FOUND],
};

/// PUT `branding/{picture}`.
pub const PUT_PICTURE: Operation = Operation {
    id: "putPicture",
    verb: Verb::Put,
    summary: "Set a picture from a file of at most 512 KiB: pixels are encoded anew as PNG, SVG is reduced to what draws",
    access: Access::Realm("realm:write"),
    body: Body::Picture(shape::<PictureFile>("PictureFile", examples::picture_file)),
    ..GET_PICTURE
};

/// DELETE `branding/{picture}`.
pub const DELETE_PICTURE: Operation = Operation {
    id: "deletePicture",
    verb: Verb::Delete,
    summary: "Remove a picture",
    access: Access::Realm("realm:write"),
    success: good(204, "It is gone", None),
    ..GET_PICTURE
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[&GET_PICTURE, &PUT_PICTURE, &DELETE_PICTURE];
