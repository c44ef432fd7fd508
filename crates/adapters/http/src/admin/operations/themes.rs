//! The look of a realm: a draft, published as revisions.

use super::{examples, good, shape};
use crate::{
    admin::views::themes::{DraftView, PreviewView, PublishBody, RevisionInfoView, RevisionView, ThemeBody},
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb},
    problem::code,
};

const DRAFT: Shape = shape::<DraftView>("ThemeDraft", examples::theme_draft);
const REVISION: Shape = shape::<RevisionView>("ThemeRevision", examples::theme_revision);

/// GET `theme/draft`.
pub const GET_DRAFT: Operation = Operation {
    id: "getThemeDraft",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/theme/draft",
    tag: "Branding",
    summary: "Read the draft of the look; without one, what a new one begins with",
    access: Access::Realm("realm:read"),
    query: &[],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "The draft", Some(DRAFT)),
    problems: &[],
};

/// PATCH `theme/draft`.
pub const UPDATE_DRAFT: Operation = Operation {
    id: "updateThemeDraft",
    verb: Verb::Patch,
    summary: "Change tokens and texts of the draft; unreadable colours are refused with the nearest that pass",
    access: Access::Realm("realm:write"),
    body: Body::MergePatch(shape::<ThemeBody>("ThemePatch", examples::theme_patch)),
    if_match: IfMatch::Required,
    ..GET_DRAFT
};

/// DELETE `theme/draft`.
pub const DISCARD_DRAFT: Operation = Operation {
    id: "discardThemeDraft",
    verb: Verb::Delete,
    summary: "Give the draft up",
    access: Access::Realm("realm:write"),
    if_match: IfMatch::Required,
    success: good(204, "It is gone", None),
    problems: &[&code::NOT_FOUND],
    ..GET_DRAFT
};

/// POST `theme/draft:publish`.
pub const PUBLISH_DRAFT: Operation = Operation {
    id: "publishThemeDraft",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/theme/draft:publish",
    summary: "Publish the draft as the next revision; every server shows it from its next request on",
    access: Access::Realm("realm:write"),
    body: Body::OptionalJson(shape::<PublishBody>("ThemePublication", examples::theme_publication)),
    if_match: IfMatch::Required,
    success: good(201, "The revision", Some(REVISION)),
    problems: &[&code::CONFLICT],
    ..GET_DRAFT
};

/// GET `theme/revisions`.
pub const LIST_REVISIONS: Operation = Operation {
    id: "listThemeRevisions",
    path: "/realms/{realm}/admin/v1/theme/revisions",
    summary: "List the last 50 revisions, the newest first",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<RevisionInfoView>("ThemeRevisionPage", examples::theme_revisions)),
    ),
    ..GET_DRAFT
};

/// GET `theme/revisions/{revision}`.
pub const GET_REVISION: Operation = Operation {
    id: "getThemeRevision",
    path: "/realms/{realm}/admin/v1/theme/revisions/{revision}",
    summary: "Read a revision",
    success: good(200, "The revision", Some(REVISION)),
    problems: &[&code::NOT_FOUND],
    ..GET_DRAFT
};

/// POST `theme/revisions/{revision}:restore`.
pub const RESTORE_REVISION: Operation = Operation {
    id: "restoreThemeRevision",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/theme/revisions/{revision}:restore",
    summary: "Go back to a revision: its look is published again as the next one",
    access: Access::Realm("realm:write"),
    success: good(201, "The new revision", Some(REVISION)),
    problems: &[&code::NOT_FOUND, &code::INVALID, &code::CONFLICT],
    ..GET_REVISION
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[
    &GET_DRAFT,
    &UPDATE_DRAFT,
    &DISCARD_DRAFT,
    &PUBLISH_DRAFT,
    &LIST_REVISIONS,
    &GET_REVISION,
    &RESTORE_REVISION,
    &PREVIEW_DRAFT,
    &PREVIEW_REVISION,
];

/// POST `theme/draft:preview`.
pub const PREVIEW_DRAFT: Operation = Operation {
    id: "previewThemeDraft",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/theme/draft:preview",
    summary: "Make a link to every page and mail in the look of the draft; it works for an hour, without signing in",
    access: Access::Realm("realm:write"),
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(201, "The link", Some(shape::<PreviewView>("ThemePreview", examples::theme_preview))),
    problems: &[],
    ..GET_DRAFT
};

/// POST `theme/revisions/{revision}:preview`.
pub const PREVIEW_REVISION: Operation = Operation {
    id: "previewThemeRevision",
    path: "/realms/{realm}/admin/v1/theme/revisions/{revision}:preview",
    summary: "Make a link to every page and mail in the look of a revision; it works for an hour, without signing in",
    problems: &[&code::NOT_FOUND],
    ..PREVIEW_DRAFT
};
