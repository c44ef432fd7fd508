//! Counters of codes by text message.

use vestibule_kernel::Timestamp;
use vestibule_storage::{TextFigures, texts::slot_of};

use super::fixture::{Fixture, TestStore, at, event};

const BLOCK: &str = "+49171";
const HOUR: i64 = 3_600;

async fn figures(fixture: &Fixture, prefix: &str, now: Timestamp) -> TextFigures {
    let mut tx = fixture.read().await;
    let figures = tx.text_counts().text_figures(prefix, now).await.unwrap();
    tx.commit().await.unwrap();
    figures
}

pub async fn messages_are_counted_by_hour_by_day_and_by_block(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let now = slot_of(at(0));
    let ago = |seconds: i64| now - chrono::Duration::seconds(seconds);
    let mut tx = fixture.write().await;
    // Of the day before: no longer counted.
    tx.text_counts().count_text_sent(BLOCK, ago(25 * HOUR)).await.unwrap();
    for (seconds, sent) in [(2 * HOUR, 3), (1_200, 2), (60, 4)] {
        for _ in 0..sent {
            tx.text_counts().count_text_sent(BLOCK, ago(seconds)).await.unwrap();
        }
    }
    tx.text_counts().count_text_answered(BLOCK, ago(2 * HOUR)).await.unwrap();
    tx.text_counts().count_text_answered(BLOCK, ago(60)).await.unwrap();
    tx.text_counts().count_text_sent("+33612", ago(2 * HOUR)).await.unwrap();
    tx.commit().await.unwrap();
    let counted = figures(&fixture, BLOCK, now).await;
    // Codes of the last twenty minutes may still be answered.
    let expected = TextFigures { last_hour: 6, last_day: 10, judged: 5, answered: 1, stopped_at: None };
    assert_eq!(counted, expected);
    let other = figures(&fixture, "+33612", now).await;
    assert_eq!(other, TextFigures { judged: 1, answered: 0, ..expected });
    assert_eq!(figures(&fixture, "+1201", now).await, TextFigures { judged: 0, answered: 0, ..expected });
}

pub async fn that_a_block_is_stopped_is_noted_once(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let now = at(0);
    for first in [true, false] {
        let mut tx = fixture.write().await;
        let noted = tx.text_counts().note_texts_stopped(BLOCK, now, event("sms.stopped")).await.unwrap();
        assert_eq!(noted, first);
        tx.commit().await.unwrap();
    }
    assert_eq!(figures(&fixture, BLOCK, now).await.stopped_at, Some(now));
    assert_eq!(figures(&fixture, "+33612", now).await.stopped_at, None);
    let mut tx = fixture.read().await;
    let events = tx
        .events()
        .list_events(&vestibule_events::EventFilter::default(), &vestibule_kernel::PageRequest::default())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(events.items.iter().filter(|event| event.kind == "sms.stopped").count(), 1);
}

pub async fn parallel_messages_are_all_counted(store: TestStore) {
    let fixture = Fixture::new(store, "acme").await;
    let now = at(0);
    let counting = (0..20).map(|_| async {
        let mut tx = fixture.write().await;
        tx.text_counts().count_text_sent(BLOCK, now).await.unwrap();
        tx.commit().await.unwrap();
    });
    futures::future::join_all(counting).await;
    assert_eq!(figures(&fixture, BLOCK, now).await.last_hour, 20);
}
