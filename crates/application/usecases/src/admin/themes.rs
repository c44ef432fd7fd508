//! The look of a realm, for its administrators: a draft that only they see, published as revisions that never change.

use std::sync::Arc;

use serde_json::{Map, Value};
use vestibule_kernel::{Cx, StoreError, Timestamp};
use vestibule_realms::{
    RealmEvent,
    theme::{MAX_NOTE_CHARS, NO_DRAFT, RevisionInfo, Theme, ThemeDraft, ThemeFault, ThemeRevision},
};
use vestibule_storage::RealmTx;

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{AdminFailure, Precondition, failure::Fault, merge_patch},
};

impl From<Vec<ThemeFault>> for AdminFailure {
    fn from(faults: Vec<ThemeFault>) -> Self {
        let fault = |fault: ThemeFault| Fault { pointer: fault.pointer, detail: fault.detail };
        Self::Invalid(faults.into_iter().map(fault).collect())
    }
}

/// Everything that is wrong with a theme as it would be shown: bounds, contrast, texts, slots, templates. Renders pages, so
/// no transaction may be open.
///
/// # Errors
/// Each fault with its place.
pub async fn check(app: &App, theme: &Theme) -> Result<(), AdminFailure> {
    let (shown, rules) = (app.snapshots.layered(theme.clone()), Arc::clone(&app.look_rules));
    let mut faults = shown.faults();
    let tried = tokio::task::spawn_blocking(move || rules.faults(&shown)).await;
    faults
        .extend(tried.map_err(|died| StoreError::Unavailable(format!("a look could not be tried: {died}")))?);
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// The draft; one that nobody began is the published look.
///
/// # Errors
/// Needs `realm:read`.
pub async fn get_draft(app: &App, admin: &AdminCx) -> Result<ThemeDraft, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    load_draft(app, admin.cx()).await
}

async fn load_draft(app: &App, cx: &Cx) -> Result<ThemeDraft, AdminFailure> {
    let mut tx = app.store.read(cx).await?;
    let draft = draft(tx.as_mut(), cx.now).await?;
    tx.commit().await?;
    Ok(draft)
}

async fn draft(tx: &mut dyn RealmTx, now: Timestamp) -> Result<ThemeDraft, AdminFailure> {
    if let Some(draft) = tx.themes().find_draft().await? {
        return Ok(draft);
    }
    let current = tx.themes().current_revision().await?;
    Ok(ThemeDraft::begin(current.as_ref(), now))
}

/// Merges a patch into the draft. A theme that cannot be read by people is not kept, not even as a draft.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::Invalid`] with every fault.
pub async fn update_draft(
    app: &App,
    admin: &AdminCx,
    patch: Map<String, Value>,
    precondition: &Precondition,
) -> Result<ThemeDraft, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let cx = admin.cx();
    let draft = load_draft(app, cx).await?;
    precondition.check(draft.version)?;
    let stored = serde_json::to_value(&draft.theme).unwrap_or_default();
    let merged = merge_patch::merge(stored.as_object().cloned().unwrap_or_default(), patch);
    let theme: Theme =
        serde_json::from_value(Value::Object(merged)).map_err(|error| AdminFailure::invalid("", error))?;
    if theme == draft.theme {
        return Ok(draft);
    }
    check(app, &theme).await?;
    let change = draft.change(theme, cx.now);
    let changed = change.value.clone();
    let mut tx = app.store.write(cx).await?;
    match tx.themes().save_draft(change).await {
        // Somebody else began one meanwhile.
        Err(StoreError::Conflict(rule)) if rule == "theme_drafts_pkey" => return Err(AdminFailure::Stale),
        saved => saved?,
    }
    tx.commit().await?;
    Ok(changed)
}

/// Gives the draft up.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::NotFound`] if nobody began one.
pub async fn discard_draft(
    app: &App,
    admin: &AdminCx,
    precondition: &Precondition,
) -> Result<(), AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let mut tx = app.store.write(admin.cx()).await?;
    let draft = tx.themes().find_draft().await?.ok_or(AdminFailure::NotFound("draft"))?;
    precondition.check(draft.version)?;
    let event = RealmEvent::ThemeDraftDiscarded.into();
    if !tx.themes().delete_draft(draft.version, Some(event)).await? {
        return Err(AdminFailure::Stale);
    }
    tx.commit().await?;
    Ok(())
}

/// Publishes the draft as the next revision, for everybody from their next request on. The draft is over.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::Conflict`] if nobody began a draft, or if another revision was published since.
pub async fn publish(
    app: &App,
    admin: &AdminCx,
    note: &str,
    precondition: &Precondition,
) -> Result<ThemeRevision, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let (cx, note) = (admin.cx(), checked_note(note)?);
    let mut tx = app.store.read(cx).await?;
    let draft = tx.themes().find_draft().await?;
    tx.commit().await?;
    precondition.check(draft.as_ref().map_or(NO_DRAFT, |draft| draft.version))?;
    let Some(draft) = draft else {
        return Err(AdminFailure::Conflict("there is no draft to publish"));
    };
    // Texts and templates may have changed with the server since the draft was saved.
    check(app, &draft.theme).await?;
    let mut tx = app.store.write(cx).await?;
    let current = tx.themes().current_revision().await?;
    if current.as_ref().map_or(0, |revision| revision.number) != draft.based_on {
        return Err(AdminFailure::Conflict(
            "another revision was published since this draft was begun; discard it and begin anew",
        ));
    }
    // Just the one that was checked.
    if !tx.themes().delete_draft(draft.version, None).await? {
        return Err(AdminFailure::Stale);
    }
    store(app, cx, tx, current.as_ref(), draft.theme, note).await
}

fn checked_note(note: &str) -> Result<String, AdminFailure> {
    let fine = note.chars().count() <= MAX_NOTE_CHARS && !note.chars().any(char::is_control);
    if fine {
        return Ok(note.to_owned());
    }
    Err(AdminFailure::invalid("/note", format!("at most {MAX_NOTE_CHARS} characters on one line")))
}

async fn store(
    app: &App,
    cx: &Cx,
    mut tx: Box<dyn RealmTx>,
    current: Option<&ThemeRevision>,
    theme: Theme,
    note: String,
) -> Result<ThemeRevision, AdminFailure> {
    let change = ThemeRevision::publish(current, theme, note, cx.now);
    let revision = change.value.clone();
    tx.themes().publish_revision(change).await?;
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(revision)
}

/// Every revision that is kept, the newest first.
///
/// # Errors
/// Needs `realm:read`.
pub async fn list_revisions(app: &App, admin: &AdminCx) -> Result<Vec<RevisionInfo>, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    let mut tx = app.store.read(admin.cx()).await?;
    let revisions = tx.themes().list_revisions().await?;
    tx.commit().await?;
    Ok(revisions)
}

/// A revision.
///
/// # Errors
/// Needs `realm:read`; [`AdminFailure::NotFound`].
pub async fn get_revision(app: &App, admin: &AdminCx, number: i64) -> Result<ThemeRevision, AdminFailure> {
    admin.require(AdminScope::REALM_READ)?;
    load_revision(app, admin.cx(), number).await
}

pub(super) async fn load_revision(app: &App, cx: &Cx, number: i64) -> Result<ThemeRevision, AdminFailure> {
    let mut tx = app.store.read(cx).await?;
    let revision = tx.themes().find_revision(number).await?;
    tx.commit().await?;
    revision.ok_or(AdminFailure::NotFound("revision"))
}

/// Goes back to a revision: its look is published again, as the next one. Drafts stay.
///
/// # Errors
/// Needs `realm:write`; [`AdminFailure::NotFound`], or [`AdminFailure::Invalid`] for a look that this version of the
/// server refuses.
pub async fn restore_revision(
    app: &App,
    admin: &AdminCx,
    number: i64,
) -> Result<ThemeRevision, AdminFailure> {
    admin.require(AdminScope::REALM_WRITE)?;
    let wanted = load_revision(app, admin.cx(), number).await?;
    check(app, &wanted.theme).await?;
    let mut tx = app.store.write(admin.cx()).await?;
    let current = tx.themes().current_revision().await?;
    let note = format!("back to revision {number}");
    store(app, admin.cx(), tx, current.as_ref(), wanted.theme, note).await
}

/// Publishes a theme unless the realm shows just this one; for documents, inside the transaction of an import.
pub(crate) async fn apply(tx: &mut dyn RealmTx, theme: &Theme, now: Timestamp) -> Result<bool, AdminFailure> {
    let current = tx.themes().current_revision().await?;
    let shown = current.as_ref().map_or_else(Theme::default, |revision| revision.theme.clone());
    if shown == *theme {
        return Ok(false);
    }
    let note = "from the realm document".to_owned();
    tx.themes().publish_revision(ThemeRevision::publish(current.as_ref(), theme.clone(), note, now)).await?;
    Ok(true)
}
