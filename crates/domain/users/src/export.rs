//! A copy of everything that is kept about a user, made in the background and kept for some days.

use chrono::Duration;
use vestibule_kernel::{Changed, ExportId, Timestamp, UserId};

use crate::events::UserEvent;

/// How long a copy may take to be made: after that it can be asked for again.
const MAKING_HOURS: i64 = 24;
/// How long a copy can be downloaded.
pub const KEPT_DAYS: i64 = 7;

/// A copy that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataExport {
    /// Its id.
    pub id: ExportId,
    /// Whose data.
    pub user: UserId,
    /// Steps that are done.
    pub done: u16,
    /// Steps in all.
    pub total: u16,
    /// Size of the archive in bytes; 0 until it is ready.
    pub size: u64,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it was ready.
    pub ready_at: Option<Timestamp>,
    /// When it is removed.
    pub expires_at: Timestamp,
}

/// The archive of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportContent {
    /// When it was ready.
    pub ready_at: Timestamp,
    /// A ZIP archive.
    pub bytes: Vec<u8>,
}

impl DataExport {
    /// A copy that is to be made in `total` steps.
    pub fn request(id: ExportId, user: UserId, total: u16, now: Timestamp) -> Changed<Self> {
        let export = Self {
            id,
            user,
            done: 0,
            total,
            size: 0,
            requested_at: now,
            ready_at: None,
            expires_at: now + Duration::hours(MAKING_HOURS),
        };
        Changed::created(export, UserEvent::ExportRequested { id: user, export: id })
    }

    /// The copy with its archive, from now on for [`KEPT_DAYS`].
    pub fn finish(mut self, size: u64, now: Timestamp) -> Changed<Self> {
        let event = UserEvent::ExportReady { id: self.user, export: self.id };
        self.done = self.total;
        self.size = size;
        self.ready_at = Some(now);
        self.expires_at = now + Duration::days(KEPT_DAYS);
        Changed { value: self, expected: None, events: vec![event.into()] }
    }

    /// How much of it is made.
    pub fn percent(&self) -> u16 {
        self.done.saturating_mul(100).checked_div(self.total).unwrap_or(0).min(100)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_copy_is_kept_for_days_once_it_is_ready() {
        let now = DateTime::UNIX_EPOCH;
        let (id, user) = (ExportId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
        let asked = DataExport::request(id, user, 8, now).value;
        assert_eq!((asked.percent(), asked.expires_at), (0, now + Duration::days(1)));
        let half = DataExport { done: 4, ..asked };
        assert_eq!(half.percent(), 50);
        let later = now + Duration::hours(2);
        let ready = half.finish(1_000, later).value;
        assert_eq!((ready.percent(), ready.size, ready.ready_at), (100, 1_000, Some(later)));
        assert_eq!(ready.expires_at, later + Duration::days(7));
    }
}
