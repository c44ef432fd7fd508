//! Ports that every area needs: time, randomness, limits, sealing, mail, text messages.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use zeroize::Zeroizing;

use crate::{
    contact::{Email, Locale, Phone},
    cx::Timestamp,
    ids::RealmId,
    secret::{OpaqueToken, Sealed, Secret, TokenKind},
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

    /// How long a key that was refused stays refused; none if it may go on. Counts nothing: for what is counted only
    /// when it fails.
    async fn refused_for(&self, key: &str) -> Option<Duration>;
}

/// Which row a sealed value belongs to. The same bytes in another row, table or realm do not open.
#[derive(Debug, Clone, Copy)]
pub struct SealedPlace<'a> {
    /// The realm.
    pub realm: RealmId,
    /// What the value is, a fixed word.
    pub purpose: &'static str,
    /// The row's id.
    pub row: &'a str,
}

/// Why a value was not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// No master key at hand made this value.
    #[error("the value was sealed under a master key that is not configured")]
    UnknownKey,
    /// The value is damaged or belongs to another row.
    #[error("the sealed value is damaged or was moved")]
    Damaged,
}

/// Seals secrets that are needed again in clear, under a key of the realm and bound to their row.
pub trait Vault: Send + Sync {
    /// Seals a value for its place.
    ///
    /// # Errors
    /// [`SealError::Damaged`] if the cipher fails.
    fn seal(&self, place: SealedPlace<'_>, secret: &[u8]) -> Result<Sealed, SealError>;

    /// Opens a value sealed for the same place.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] when no configured master key made it, [`SealError::Damaged`] otherwise.
    fn open(&self, place: SealedPlace<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError>;

    /// Whether a value should be sealed anew, because the master key was changed since.
    fn is_outdated(&self, sealed: &Sealed) -> bool;

    /// Seals anew what another master key sealed; none if the current one did.
    ///
    /// # Errors
    /// As [`Vault::open`] and [`Vault::seal`].
    fn reseal(&self, place: SealedPlace<'_>, sealed: &Sealed) -> Result<Option<Sealed>, SealError> {
        if !self.is_outdated(sealed) {
            return Ok(None);
        }
        let clear = self.open(place, sealed)?;
        self.seal(place, &clear).map(Some)
    }
}

/// A text message ready to be sent.
#[derive(Debug, Clone)]
pub struct Sms {
    /// Stable over retries, so that a provider can drop duplicates.
    pub message_id: String,
    /// The recipient: a stored number, or one a person just typed and must prove.
    pub to: Phone,
    /// The text, at most 480 characters.
    pub text: String,
}

/// How a provider of text messages is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmsProtocol {
    /// A signed JSON document, posted to an address.
    Webhook,
    /// A form with a name and a password, as Twilio takes it.
    Twilio,
}

/// A provider of text messages, with its secret in clear.
#[derive(Clone)]
pub struct SmsProvider {
    /// How it is spoken to.
    pub protocol: SmsProtocol,
    /// Its address; none: the protocol's own.
    pub url: Option<String>,
    /// The name of the account with it, where there is one.
    pub account: String,
    /// The number or name messages come from, where the provider wants to be told.
    pub sender: String,
    /// The key of the signature, or the password.
    pub secret: Secret,
}

/// Sends text messages.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// Hands one message to the realm's own provider; to that of the installation where it has none.
    async fn send_sms(&self, realm: RealmId, own: Option<&SmsProvider>, sms: &Sms) -> MailOutcome;
}

/// A message ready to be sent.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Stable over retries, so that a receiver can drop duplicates.
    pub message_id: String,
    /// The name of the sender.
    pub from_name: String,
    /// The address the realm wants to write from; none: the transport's own.
    pub from: Option<Email>,
    /// Where answers go, if the realm says so.
    pub reply_to: Option<Email>,
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
    /// Handed over; with what the transport said to it.
    Sent(String),
    /// The transport works, and refuses this message or its recipient for good.
    Rejected(String),
    /// Not now; try again.
    TryLater(String),
    /// Not before somebody changes something; do not try again.
    Never(String),
}

/// How the connection to a realm's own mail server is protected; there is no way without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailProtection {
    /// STARTTLS is demanded before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Implicit,
}

/// A mail server of a realm's own, with its password in clear.
#[derive(Clone)]
pub struct MailServer {
    /// Its name, for which its certificate must be good.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: MailProtection,
    /// The name it is signed in with, and the password; none: it lets this installation send as it is.
    pub login: Option<(String, Secret)>,
    /// The address mail comes from.
    pub sender: Email,
}

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one message to the realm's own server; to the transport of the installation where it has none.
    async fn send(&self, realm: RealmId, own: Option<&MailServer>, mail: &Mail) -> MailOutcome;
}
