//! Copies of what is kept about users.

use chrono::Duration;
use vestibule_kernel::{Changed, ExportId, StoreError, UserId};
use vestibule_users::{DataExport, ExportContent};

use super::fixture::{Fixture, TestStore, at, ended, event, id};

/// A copy that this user asked for at the beginning.
pub(super) fn asked(user: UserId, id: ExportId) -> Changed<DataExport> {
    DataExport::request(id, user, 8, at(0))
}

pub async fn a_copy_becomes_ready_and_is_taken_by_its_owner(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let (ada, bob) = (fixture.user("ada@acme.test").await.id, fixture.user("bob@acme.test").await.id);
    let copy = ExportId::from_uuid(id());
    let mut tx = fixture.write().await;
    tx.exports().insert_export(asked(ada, copy)).await.unwrap();
    tx.exports().insert_export(asked(bob, ExportId::from_uuid(id()))).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let taken = tx.exports().take_export(ada, copy, at(1), event("user.exported")).await;
    assert_eq!(taken.unwrap(), None, "it is not ready");
    assert!(tx.exports().note_export_progress(copy, 3).await.unwrap());
    let half = DataExport { done: 3, ..asked(ada, copy).value };
    assert_eq!(tx.exports().find_export(copy).await.unwrap().as_ref(), Some(&half));
    assert_eq!(tx.exports().list_exports(ada, at(1)).await.unwrap(), std::slice::from_ref(&half));
    let ready = half.finish(3, at(2));
    tx.exports().finish_export(ready.clone(), vec![1, 2, 3]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    assert_eq!(tx.exports().list_exports(ada, at(3)).await.unwrap(), std::slice::from_ref(&ready.value));
    assert!(!tx.exports().note_export_progress(copy, 4).await.unwrap(), "it is ready");
    let taken = tx.exports().take_export(bob, copy, at(3), event("user.exported")).await;
    assert_eq!(taken.unwrap(), None, "it is Ada's");
    let content = ExportContent { ready_at: at(2), bytes: vec![1, 2, 3] };
    let taken = tx.exports().take_export(ada, copy, at(3), event("user.exported")).await;
    assert_eq!(taken.unwrap(), Some(content));
    let over = at(2) + Duration::days(7);
    let taken = tx.exports().take_export(ada, copy, over, event("user.exported")).await;
    assert_eq!(taken.unwrap(), None, "its time is over");
    assert_eq!(tx.exports().list_exports(ada, over).await.unwrap(), []);
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let again = tx.exports().finish_export(ready, vec![9]).await;
    assert_eq!(ended(tx, again).await, Err(StoreError::Stale), "another worker was first");
    let kinds = fixture.event_kinds().await;
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    let counts = (count("user.export_requested"), count("user.export_ready"), count("user.exported"));
    assert_eq!(counts, (2, 1, 1));
}

pub async fn one_copy_at_a_time_is_made(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let ada = fixture.user("ada@acme.test").await.id;
    let first = ExportId::from_uuid(id());
    let mut tx = fixture.write().await;
    tx.exports().insert_export(asked(ada, first)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = fixture.write().await;
    let second = tx.exports().insert_export(asked(ada, ExportId::from_uuid(id()))).await;
    assert_eq!(ended(tx, second).await, Err(StoreError::Conflict("data_exports_making".to_owned())));
    let mut tx = fixture.write().await;
    let ready = asked(ada, first).value.finish(1, at(1));
    tx.exports().finish_export(ready, vec![1]).await.unwrap();
    let later = ExportId::from_uuid(id());
    tx.exports().insert_export(DataExport::request(later, ada, 8, at(2))).await.unwrap();
    let listed: Vec<ExportId> =
        tx.exports().list_exports(ada, at(3)).await.unwrap().iter().map(|export| export.id).collect();
    assert_eq!(listed, [later, first], "the newest first");
    tx.commit().await.unwrap();
}
