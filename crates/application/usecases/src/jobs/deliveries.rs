//! Keeps what became of a message, for administrators: after each attempt, never with the address or the content.

use serde_json::json;
use vestibule_kernel::{Cx, EventRecord, StoreError, UserId, ports::MailOutcome};
use vestibule_storage::{Channel, ClaimedJob, Delivery, DeliveryState, JobOutcome};

use super::Attempt;
use crate::App;

/// An attempt to send a message, as far as administrators may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) user: Option<UserId>,
    pub(super) channel: Channel,
    pub(super) message: &'static str,
    /// Masked.
    pub(super) recipient: String,
    pub(super) outcome: MailOutcome,
}

/// How an attempt ended, and what is noted of it.
pub(super) type Ended = (Attempt, Option<Note>);

impl Note {
    /// The attempt this is about.
    pub(super) fn ended(self) -> Ended {
        (self.outcome.clone().into(), Some(self))
    }
}

/// Keeps it. `outcome` is what became of the job.
pub(super) async fn keep(
    app: &App,
    claimed: &ClaimedJob,
    note: Note,
    outcome: &JobOutcome,
) -> Result<(), StoreError> {
    let cx = app.system_cx(claimed.realm);
    let (state, answer) = match (note.outcome, outcome) {
        (MailOutcome::Sent(answer), _) => (DeliveryState::Sent, answer),
        (MailOutcome::Rejected(answer), _) => (DeliveryState::Rejected, answer),
        (MailOutcome::TryLater(answer), JobOutcome::Retry { .. }) => (DeliveryState::Deferred, answer),
        (MailOutcome::TryLater(answer) | MailOutcome::Never(answer), _) => (DeliveryState::Failed, answer),
    };
    let mut delivery = Delivery {
        id: claimed.id,
        user: note.user,
        channel: note.channel,
        message: note.message.to_owned(),
        recipient: note.recipient,
        state,
        attempts: claimed.attempts.saturating_add(1),
        answer: Some(answer).filter(|answer| !answer.is_empty()),
        created_at: cx.now,
        updated_at: cx.now,
    };
    save(app, &cx, &mut delivery).await
}

async fn save(app: &App, cx: &Cx, delivery: &mut Delivery) -> Result<(), StoreError> {
    let mut tx = app.store.write(cx).await?;
    // They may have gone while the message was under way.
    if let Some(user) = delivery.user
        && tx.users().find_user(user).await?.is_none()
    {
        delivery.user = None;
    }
    let event = (delivery.state == DeliveryState::Rejected).then(|| {
        let data = json!({
            "channel": delivery.channel.name(), "message": delivery.message,
            "recipient": delivery.recipient, "answer": delivery.answer,
        });
        match delivery.user {
            Some(user) => EventRecord::about("message.rejected", "user", user, data),
            None => EventRecord::about("message.rejected", "job", delivery.id, data),
        }
    });
    tx.deliveries().save_delivery(delivery, event).await?;
    tx.commit().await
}
