//! The developer inbox: messages kept instead of sent, in the demo only.

use async_trait::async_trait;
use serde::Serialize;
use vestibule_kernel::{
    MailId, Page, PageRequest, StoreError, Timestamp,
    ports::{Mail, Sms},
};

use crate::Channel;

/// A kept message.
#[derive(Debug, Clone, Serialize)]
pub struct StoredMail {
    /// Its id.
    pub id: MailId,
    /// How it would have travelled.
    #[serde(skip)]
    pub channel: Channel,
    /// Stable over retries.
    pub message_id: String,
    /// The sender's name.
    pub from_name: String,
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// When it was kept.
    pub received_at: Timestamp,
}

/// The inbox of the transaction's realm.
#[async_trait]
pub trait MailboxRepo: Send {
    /// Keeps a message; one with the same message id is kept once.
    async fn keep_mail(&mut self, id: MailId, mail: &Mail, now: Timestamp) -> Result<(), StoreError>;

    /// Keeps a text message, as a message without subject and HTML.
    async fn keep_sms(&mut self, id: MailId, sms: &Sms, now: Timestamp) -> Result<(), StoreError>;

    /// Messages of a channel, newest first.
    async fn list_mails(
        &mut self,
        channel: Channel,
        page: &PageRequest,
    ) -> Result<Page<StoredMail>, StoreError>;

    /// One message.
    async fn find_mail(&mut self, id: MailId) -> Result<Option<StoredMail>, StoreError>;
}
