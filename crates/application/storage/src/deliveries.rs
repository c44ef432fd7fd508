//! What became of messages: for administrators who are asked why nothing arrived. Holds no address and no content.

use std::str::FromStr;

use async_trait::async_trait;
use vestibule_kernel::{EventRecord, JobId, Page, PageRequest, StoreError, Timestamp, UserId};

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Mail.
    Email,
    /// A text message.
    Sms,
}

impl Channel {
    /// The stored word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    /// The channel of a stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Email, Self::Sms].into_iter().find(|channel| channel.name() == text)
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Handed over.
    Sent,
    /// Tried, and tried again later.
    Deferred,
    /// The receiving side refuses it for good.
    Rejected,
    /// Given up; its job is parked until somebody looks at it.
    Failed,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Deferred, Self::Rejected, Self::Failed];

    /// The stored word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
        }
    }
}

/// No state has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownState;

impl FromStr for DeliveryState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or(UnknownState)
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The job that sends it.
    pub id: JobId,
    /// Whom it is for, if they have an account.
    pub user: Option<UserId>,
    /// How it travels.
    pub channel: Channel,
    /// Which message.
    pub message: String,
    /// The recipient, masked.
    pub recipient: String,
    /// What became of it.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// What the other side said last, bounded and without the recipient.
    pub answer: Option<String>,
    /// When it was tried first.
    pub created_at: Timestamp,
    /// When it was tried last.
    pub updated_at: Timestamp,
}

/// Which deliveries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryFilter {
    /// Only to this user.
    pub user: Option<UserId>,
    /// Only in this state.
    pub state: Option<DeliveryState>,
}

/// Deliveries of the transaction's realm.
#[async_trait]
pub trait DeliveryRepo: Send {
    /// Keeps what became of a message; a later attempt at the same one replaces all but when it was tried first.
    async fn save_delivery(
        &mut self,
        delivery: &Delivery,
        event: Option<EventRecord>,
    ) -> Result<(), StoreError>;

    /// Deliveries, newest first.
    async fn list_deliveries(
        &mut self,
        filter: DeliveryFilter,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StoreError>;
}
