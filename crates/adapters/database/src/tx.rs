//! A transaction in one realm. Implements every repository port; the files of `repositories` hold one each.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use vestibule_authn::{ChallengeRepo, CredentialRepo, FlowRepo, LockoutRepo, TrustedDeviceRepo};
use vestibule_consent::GrantRepo;
use vestibule_events::EventRepo;
use vestibule_federation::FederationRepo;
use vestibule_kernel::{Cx, EventRecord, Page, PageRequest, StoreError, Version};
use vestibule_oauth::{ClientRepo, KeyRepo, RequestRepo, TokenRepo};
use vestibule_realms::{PictureRepo, RealmRepo, SecretRepo, ThemeRepo};
use vestibule_sessions::SessionRepo;
use vestibule_storage::{
    DeliveryRepo, IdempotencyRepo, JobQueue, MailboxRepo, RealmTx, SignInRepo, TextCountRepo,
};
use vestibule_users::{ExportRepo, UserRepo};

use crate::{
    types::{PTime, PUuid},
    wire::Wire,
};

/// A transaction in one realm.
pub(crate) struct DbTx {
    pub(crate) wire: Wire,
    pub(crate) cx: Cx,
    /// The realm as it is compared in every query.
    pub(crate) realm: PUuid,
}

impl DbTx {
    pub(crate) fn new(wire: Wire, cx: Cx) -> Self {
        Self { wire, realm: PUuid(cx.realm.as_uuid()), cx }
    }

    pub(crate) fn record(&mut self, event: EventRecord) {
        self.wire.record(&self.cx, event);
    }

    pub(crate) fn record_all(&mut self, events: Vec<EventRecord>) {
        self.wire.record_all(&self.cx, events);
    }
}

#[async_trait]
impl RealmTx for DbTx {
    fn realm(&mut self) -> &mut dyn RealmRepo {
        self
    }
    fn secrets(&mut self) -> &mut dyn SecretRepo {
        self
    }
    fn pictures(&mut self) -> &mut dyn PictureRepo {
        self
    }
    fn themes(&mut self) -> &mut dyn ThemeRepo {
        self
    }
    fn keys(&mut self) -> &mut dyn KeyRepo {
        self
    }
    fn clients(&mut self) -> &mut dyn ClientRepo {
        self
    }
    fn users(&mut self) -> &mut dyn UserRepo {
        self
    }
    fn exports(&mut self) -> &mut dyn ExportRepo {
        self
    }
    fn credentials(&mut self) -> &mut dyn CredentialRepo {
        self
    }
    fn challenges(&mut self) -> &mut dyn ChallengeRepo {
        self
    }
    fn lockouts(&mut self) -> &mut dyn LockoutRepo {
        self
    }
    fn trusted_devices(&mut self) -> &mut dyn TrustedDeviceRepo {
        self
    }
    fn sign_in(&mut self) -> &mut dyn SignInRepo {
        self
    }
    fn flows(&mut self) -> &mut dyn FlowRepo {
        self
    }
    fn federation(&mut self) -> &mut dyn FederationRepo {
        self
    }
    fn sessions(&mut self) -> &mut dyn SessionRepo {
        self
    }
    fn grants(&mut self) -> &mut dyn GrantRepo {
        self
    }
    fn requests(&mut self) -> &mut dyn RequestRepo {
        self
    }
    fn tokens(&mut self) -> &mut dyn TokenRepo {
        self
    }
    fn events(&mut self) -> &mut dyn EventRepo {
        self
    }
    fn jobs(&mut self) -> &mut dyn JobQueue {
        self
    }
    fn idempotency(&mut self) -> &mut dyn IdempotencyRepo {
        self
    }
    fn deliveries(&mut self) -> &mut dyn DeliveryRepo {
        self
    }
    fn text_counts(&mut self) -> &mut dyn TextCountRepo {
        self
    }
    fn mailbox(&mut self) -> &mut dyn MailboxRepo {
        self
    }

    fn ends_with_next(&mut self) {
        self.wire.close_with_next();
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        self.wire.commit().await
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), StoreError> {
        self.wire.rollback().await
    }
}

/// A guarded write that changed no row met another version.
pub(crate) fn guarded(changed: usize) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Stale) }
}

/// The version a guarded write expects; rows begin at one, so zero expects none.
pub(crate) fn expected(version: Option<Version>) -> Option<i64> {
    version.map(Version::get)
}

/// A stored digest.
pub(crate) fn digest(bytes: &[u8]) -> Result<vestibule_kernel::Digest, StoreError> {
    vestibule_kernel::Digest::from_stored(bytes).ok_or_else(|| corrupt("a digest"))
}

/// Something stored that cannot be read back.
pub(crate) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

/// An optional time as stored.
pub(crate) fn time(at: Option<DateTime<Utc>>) -> Option<PTime> {
    at.map(PTime)
}

/// The row to go on after, when pages are ordered by id.
pub(crate) fn after_id(page: &PageRequest) -> Result<Option<PUuid>, StoreError> {
    page.after
        .as_deref()
        .map(|key| key.parse().map(PUuid).map_err(|_error: uuid::Error| StoreError::NotFound("page")))
        .transpose()
}

/// One row more than the page holds tells whether there is a next one.
pub(crate) fn page_limit(page: &PageRequest) -> i64 {
    i64::from(page.limit()) + 1
}

/// Makes a page of rows read with [`page_limit`]. `key` names a row, `read` rehydrates it.
pub(crate) fn page_of<R, T>(
    mut rows: Vec<R>,
    page: &PageRequest,
    key: impl Fn(&R) -> String,
    read: impl Fn(R) -> Result<T, StoreError>,
) -> Result<Page<T>, StoreError> {
    let limit = usize::from(page.limit());
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(key) } else { None };
    let items = rows.into_iter().map(read).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}
