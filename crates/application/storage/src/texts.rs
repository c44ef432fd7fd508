//! Codes by text message, counted: by block of numbers, because whoever makes us send for money sends to numbers of one
//! block and answers none, and for the budget of the realm.

use async_trait::async_trait;
use chrono::{DateTime, Duration};
use vestibule_kernel::{EventRecord, StoreError, Timestamp};

/// Seconds of a slot in which messages are counted together: as long as a code works.
const SLOT_SECONDS: i64 = 600;

/// The beginning of the slot that a moment is in.
pub fn slot_of(at: Timestamp) -> Timestamp {
    let seconds = at.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(SLOT_SECONDS), 0).unwrap_or(at)
}

/// Until which slot every code that was sent is over at this time: answered by then, or never.
pub fn judged_until(now: Timestamp) -> Timestamp {
    slot_of(now) - Duration::seconds(2 * SLOT_SECONDS)
}

/// What was sent in a realm lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextFigures {
    /// Messages of the last hour.
    pub last_hour: u64,
    /// Messages of the last day.
    pub last_day: u64,
    /// Messages of the last day to the block of numbers, as far as their codes are over.
    pub judged: u64,
    /// How many of those were answered rightly.
    pub answered: u64,
    /// When it was last noted that the block gets no more, if that was in the last day.
    pub stopped_at: Option<Timestamp>,
}

/// Counters of the transaction's realm. A block is called by its prefix, a message by the slot of its challenge.
#[async_trait]
pub trait TextCountRepo: Send {
    /// What was sent in the last day.
    async fn text_figures(&mut self, prefix: &str, now: Timestamp) -> Result<TextFigures, StoreError>;

    /// Counts a message that was handed over.
    async fn count_text_sent(&mut self, prefix: &str, slot: Timestamp) -> Result<(), StoreError>;

    /// Counts a right answer.
    async fn count_text_answered(&mut self, prefix: &str, slot: Timestamp) -> Result<(), StoreError>;

    /// Notes that a block gets no more messages, with its event; false if that was noted in this slot before.
    async fn note_texts_stopped(
        &mut self,
        prefix: &str,
        now: Timestamp,
        event: EventRecord,
    ) -> Result<bool, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_as_long_as_a_code_works() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        assert_eq!(slot_of(at("2026-12-01T10:19:59.9Z")), at("2026-12-01T10:10:00Z"));
        assert_eq!(slot_of(at("2026-12-01T10:20:00Z")), at("2026-12-01T10:20:00Z"));
        // The last code of that slot was sent before 10:10 and works until 10:20 at most.
        assert_eq!(judged_until(at("2026-12-01T10:20:00Z")), at("2026-12-01T10:00:00Z"));
    }
}
