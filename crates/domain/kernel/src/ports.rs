//! Ports that every area needs: time, randomness, limits, mail.

use std::time::Duration;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{
    contact::{Email, Locale},
    cx::Timestamp,
    secret::{OpaqueToken, TokenKind},
};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds.
    fn now(&self) -> Timestamp;
}

/// Makes randomness from a cryptographic source.
pub trait Entropy: Send + Sync {
    /// 32 random bytes.
    fn bytes(&self) -> [u8; 32];

    /// A fresh UUIDv7 for the given time.
    fn uuid(&self, now: Timestamp) -> Uuid;

    /// A fresh token of the kind.
    fn token(&self, kind: TokenKind) -> OpaqueToken {
        OpaqueToken::new(kind, self.bytes())
    }
}

/// The answer of a rate limiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The most requests in one window.
    pub limit: u32,
    /// Requests left now.
    pub remaining: u32,
    /// Until the quota is whole again, or until the next request may come when refused.
    pub reset: Duration,
    /// Whether this request may go on.
    pub allowed: bool,
}

/// Counts requests by key. Keys are made of closed words and digests, never of raw input.
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts one request under `key`, at most `limit` in `window`.
    async fn check(&self, key: &str, limit: u32, window: Duration) -> Quota;
}

/// A message ready to be sent.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Stable over retries, so that a receiver can drop duplicates.
    pub message_id: String,
    /// The realm's display name as sender.
    pub from_name: String,
    /// The recipient: a stored address, never one from the request.
    pub to: Email,
    /// One line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The language of the message.
    pub locale: Locale,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailOutcome {
    /// Handed over.
    Sent,
    /// Not now; try again.
    TryLater(String),
    /// Never; do not try again.
    Never(String),
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one message to the transport.
    async fn send(&self, realm: crate::ids::RealmId, mail: &Mail) -> MailOutcome;
}
