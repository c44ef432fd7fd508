//! The look of a realm.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};
use vestibule_realms::theme::{Palette, RevisionInfo, Slot, ThemeDraft, ThemeRevision, Tokens};

use crate::openapi::infer::infer;

/// The tokens: read off their defaults, with the colours that a palette may have.
#[derive(Serialize)]
#[serde(transparent)]
pub(in crate::admin) struct TokensView(Tokens);

impl ToSchema for TokensView {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ThemeTokens")
    }
}

impl PartialSchema for TokensView {
    fn schema() -> RefOr<Schema> {
        let palette = Palette::default().list().into_iter().fold(
            ObjectBuilder::new()
                .schema_type(Type::Object)
                .description(Some("Chosen colours; others follow.")),
            |palette, (name, ..)| {
                let color = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^#[0-9a-fA-F]{6}$"));
                palette.property(name, color)
            },
        );
        let palette: RefOr<Schema> = palette.into();
        let mut object = ObjectBuilder::new().schema_type(Type::Object);
        let tokens = serde_json::to_value(Tokens::default()).unwrap_or_default();
        for (name, value) in tokens.as_object().into_iter().flatten() {
            let schema = if value.is_object() { palette.clone() } else { infer(name, value) };
            object = object.property(name, schema);
        }
        object.into()
    }
}

/// Changes of the draft.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(in crate::admin) struct ThemeBody {
    /// Tokens; null takes a choice back.
    #[schema(value_type = Option<TokensView>)]
    tokens: Option<()>,
    /// Texts by language and key, in place of the built-in ones, in Fluent's syntax; null takes one back.
    copy: Option<BTreeMap<String, BTreeMap<String, Option<String>>>>,
    /// Markdown by slot (`head_note`, `above_form`, `below_form`, `side_panel`, `consent_note`, `footer`, `mail_header`,
    /// `mail_footer`) and language; null takes one back. `{realm}` and `{app}` stand for names.
    slots: Option<BTreeMap<String, BTreeMap<String, Option<String>>>>,
    /// Templates by name, in place of the built-in ones; null takes one back. `api-server theme templates` lists the names.
    templates: Option<BTreeMap<String, Option<String>>>,
}

/// The draft.
#[derive(Serialize, ToSchema)]
#[schema(as = ThemeDraft)]
pub(in crate::admin) struct DraftView {
    tokens: TokensView,
    copy: BTreeMap<String, BTreeMap<String, String>>,
    /// Markdown by slot and language.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
    slots: BTreeMap<Slot, BTreeMap<String, String>>,
    /// Templates by name.
    templates: BTreeMap<String, String>,
    /// The revision it was begun from; 0: the built-in look.
    based_on: i64,
    updated_at: DateTime<Utc>,
}

impl From<ThemeDraft> for DraftView {
    fn from(draft: ThemeDraft) -> Self {
        Self {
            tokens: TokensView(draft.theme.tokens),
            copy: draft.theme.copy,
            slots: draft.theme.slots,
            templates: draft.theme.templates,
            based_on: draft.based_on,
            updated_at: draft.updated_at,
        }
    }
}

/// What is said about a revision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::admin) struct PublishBody {
    /// Why it was made: at most 200 characters.
    pub(in crate::admin) note: Option<String>,
}

/// A revision without its content.
#[derive(Serialize, ToSchema)]
#[schema(as = ThemeRevisionInfo)]
pub(in crate::admin) struct RevisionInfoView {
    number: i64,
    note: String,
    published_at: DateTime<Utc>,
}

impl From<RevisionInfo> for RevisionInfoView {
    fn from(info: RevisionInfo) -> Self {
        Self { number: info.number, note: info.note, published_at: info.published_at }
    }
}

/// A revision.
#[derive(Serialize, ToSchema)]
#[schema(as = ThemeRevision)]
pub(in crate::admin) struct RevisionView {
    number: i64,
    tokens: TokensView,
    copy: BTreeMap<String, BTreeMap<String, String>>,
    /// Markdown by slot and language.
    #[schema(value_type = BTreeMap<String, BTreeMap<String, String>>)]
    slots: BTreeMap<Slot, BTreeMap<String, String>>,
    /// Templates by name.
    templates: BTreeMap<String, String>,
    note: String,
    published_at: DateTime<Utc>,
}

impl From<ThemeRevision> for RevisionView {
    fn from(revision: ThemeRevision) -> Self {
        Self {
            number: revision.number,
            tokens: TokensView(revision.theme.tokens),
            copy: revision.theme.copy,
            slots: revision.theme.slots,
            templates: revision.theme.templates,
            note: revision.note,
            published_at: revision.published_at,
        }
    }
}

/// A link to a preview.
#[derive(Serialize, ToSchema)]
#[schema(as = ThemePreview)]
pub(in crate::admin) struct PreviewView {
    /// Where to look; for whoever has the link.
    pub(in crate::admin) url: String,
    /// When it stops working.
    pub(in crate::admin) expires_at: DateTime<Utc>,
}
