//! Messages and what became of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_kernel::ports::MailOutcome;
use vestibule_storage::{Delivery, DeliveryState};

/// What became of a message.
#[derive(Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(in crate::admin) struct DeliveryView {
    /// The job that sends it, `job_…`; also the first part of its `Message-ID`.
    id: String,
    /// Whom it is for, if they have an account.
    user_id: Option<String>,
    /// `email` or `sms`.
    channel: &'static str,
    /// Which message.
    message: String,
    /// The recipient, masked.
    recipient: String,
    /// `sent`, `deferred` (it is tried again), `rejected` (refused for good) or `failed` (its job is parked).
    state: &'static str,
    /// Attempts so far.
    attempts: u32,
    /// What the other side said last.
    answer: Option<String>,
    /// When it was tried first.
    created_at: DateTime<Utc>,
    /// When it was tried last.
    updated_at: DateTime<Utc>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id.to_string(),
            user_id: delivery.user.map(|id| id.to_string()),
            channel: delivery.channel.name(),
            message: delivery.message,
            recipient: delivery.recipient,
            state: delivery.state.name(),
            attempts: delivery.attempts,
            answer: delivery.answer,
            created_at: delivery.created_at,
            updated_at: delivery.updated_at,
        }
    }
}

/// A test of mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailTest)]
pub(in crate::admin) struct MailTestBody {
    /// The address the test message goes to.
    pub(in crate::admin) to: String,
}

/// A test of text messages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SmsTest)]
pub(in crate::admin) struct SmsTestBody {
    /// The number the test message goes to, in international form.
    pub(in crate::admin) to: String,
}

/// What became of a test message.
#[derive(Serialize, ToSchema)]
#[schema(as = MailTestResult)]
pub(in crate::admin) struct MailTestView {
    /// `sent`, `deferred` (it might work later), `rejected` (refused for good) or `failed` (something has to be
    /// configured). It is not tried again in any case.
    state: &'static str,
    /// What the mail server or the provider said, or where it ended.
    answer: String,
}

impl From<MailOutcome> for MailTestView {
    fn from(outcome: MailOutcome) -> Self {
        let (state, answer) = match outcome {
            MailOutcome::Sent(answer) => (DeliveryState::Sent, answer),
            MailOutcome::TryLater(answer) => (DeliveryState::Deferred, answer),
            MailOutcome::Rejected(answer) => (DeliveryState::Rejected, answer),
            MailOutcome::Never(answer) => (DeliveryState::Failed, answer),
        };
        Self { state: state.name(), answer }
    }
}
