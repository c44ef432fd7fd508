//! Pictures of a realm's brand.

use vestibule_events::EventFilter;
use vestibule_kernel::{Changed, PageRequest};
use vestibule_realms::{CleanPicture, Picture, PictureKind, PictureSlot, RealmEvent};

use super::fixture::{Fixture, TestStore, at};

/// A picture to be stored.
pub(super) fn picture(slot: PictureSlot, content: &[u8]) -> Changed<Picture> {
    let clean = CleanPicture { kind: PictureKind::Png, content: content.to_vec(), width: 40, height: 20 };
    Picture::set(slot, clean, at(1))
}

pub async fn a_picture_comes_back_and_is_replaced(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (first, second) = (picture(PictureSlot::Logo, &[1]), picture(PictureSlot::Logo, &[0, 255]));
    let (old, new) = (first.value.info.hash.clone(), second.value.clone());
    let mut tx = fixture.write().await;
    tx.pictures().save_picture(first).await.unwrap();
    tx.pictures().save_picture(picture(PictureSlot::Favicon, &[7])).await.unwrap();
    tx.pictures().save_picture(second).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let found = tx.pictures().find_picture_by_hash(&new.info.hash).await.unwrap();
    assert_eq!(found, Some(new));
    assert_eq!(tx.pictures().find_picture_by_hash(&old).await.unwrap(), None);
    let slots: Vec<_> =
        tx.pictures().list_pictures().await.unwrap().into_iter().map(|info| info.slot).collect();
    assert_eq!(slots, [PictureSlot::Favicon, PictureSlot::Logo]);
    assert_eq!(tx.realm().get_realm().await.unwrap().config_version, 4, "three changes");
    tx.commit().await.unwrap();
}

pub async fn a_removed_picture_is_gone(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let removed = || RealmEvent::PictureRemoved { slot: PictureSlot::Logo }.into();
    let mut tx = fixture.write().await;
    tx.pictures().save_picture(picture(PictureSlot::Logo, &[1])).await.unwrap();
    assert!(tx.pictures().delete_picture(PictureSlot::Logo, removed()).await.unwrap());
    assert!(!tx.pictures().delete_picture(PictureSlot::Logo, removed()).await.unwrap());
    assert!(tx.pictures().list_pictures().await.unwrap().is_empty());
    tx.commit().await.unwrap();
    let mut tx = fixture.read().await;
    let events =
        tx.events().list_events(&EventFilter::default(), &PageRequest::default()).await.unwrap().items;
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["realm.picture_removed", "realm.picture_set", "realm.created"]);
    tx.commit().await.unwrap();
}
