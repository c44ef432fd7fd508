//! The look of a realm: its draft and its revisions.

use vestibule_kernel::{Changed, StoreError, Version};
use vestibule_realms::{
    RealmEvent,
    theme::{KEPT_REVISIONS, Theme, ThemeDraft, ThemeRevision},
};

use super::fixture::{Fixture, TestStore, at};

/// A look that can be told from others.
pub(super) fn look(size: u16) -> Theme {
    let mut theme = Theme::default();
    theme.tokens.size_base = size;
    theme.copy.entry("de".to_owned()).or_default().insert("identify-title".to_owned(), "Hallo".to_owned());
    theme
}

/// A draft that nobody began before.
pub(super) fn draft(size: u16) -> Changed<ThemeDraft> {
    ThemeDraft::begin(None, at(0)).change(look(size), at(1))
}

/// The first revision.
pub(super) fn revision(size: u16) -> Changed<ThemeRevision> {
    ThemeRevision::publish(None, look(size), "why".to_owned(), at(2))
}

pub async fn a_draft_is_changed_by_whoever_saw_it_last(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    assert_eq!(tx.themes().find_draft().await.unwrap(), None);
    tx.themes().save_draft(draft(15)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let again = tx.themes().save_draft(draft(16)).await;
    assert_eq!(again, Err(StoreError::Conflict("theme_drafts_pkey".to_owned())));
    tx.rollback().await.unwrap();

    let mut tx = fixture.write().await;
    let stored = tx.themes().find_draft().await.unwrap().unwrap();
    assert_eq!((&stored.theme, stored.version), (&look(15), Version::FIRST));
    tx.themes().save_draft(stored.clone().change(look(17), at(3))).await.unwrap();
    let stale = tx.themes().save_draft(stored.change(look(18), at(4))).await;
    assert_eq!(stale, Err(StoreError::Stale));
    let discarded = || RealmEvent::ThemeDraftDiscarded.into();
    assert!(!tx.themes().delete_draft(Version::FIRST, Some(discarded())).await.unwrap());
    assert!(tx.themes().delete_draft(Version::FIRST.next(), Some(discarded())).await.unwrap());
    assert_eq!(tx.themes().find_draft().await.unwrap(), None);
    assert_eq!(tx.realm().get_realm().await.unwrap().config_version, 1, "a draft is nobody's business");
    tx.commit().await.unwrap();
}

pub async fn the_highest_revision_is_the_current_one_and_old_ones_go(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let mut tx = fixture.write().await;
    assert_eq!(tx.themes().current_revision().await.unwrap(), None);
    let mut current: Option<ThemeRevision> = None;
    for count in 0..KEPT_REVISIONS + 2 {
        let size = u16::try_from(count % 5).unwrap() + 14;
        let next = ThemeRevision::publish(current.as_ref(), look(size), count.to_string(), at(count));
        current = Some(next.value.clone());
        tx.themes().publish_revision(next).await.unwrap();
    }
    assert_eq!(tx.themes().current_revision().await.unwrap(), current);
    let numbers: Vec<_> =
        tx.themes().list_revisions().await.unwrap().iter().map(|info| info.number).collect();
    assert_eq!(numbers, (3..=KEPT_REVISIONS + 2).rev().collect::<Vec<_>>());
    assert_eq!(tx.themes().find_revision(2).await.unwrap(), None);
    assert_eq!(tx.themes().find_revision(3).await.unwrap().unwrap().note, "2");
    assert_eq!(tx.realm().get_realm().await.unwrap().config_version, 1 + KEPT_REVISIONS + 2);
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let taken = tx
        .themes()
        .publish_revision(Changed { value: current.unwrap(), expected: None, events: vec![] })
        .await;
    assert_eq!(taken, Err(StoreError::Conflict("theme_revisions_pkey".to_owned())));
    tx.rollback().await.unwrap();
}
