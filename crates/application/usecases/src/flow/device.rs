//! Known devices: whoever signed in before in a browser is not held up there by the guesses that others make elsewhere.
//!
//! The browser keeps one sealed entry per person. It proves nothing about who sits there and replaces no factor: guesses
//! made with it are counted apart from all others, under the same rule and the same limits. What it names may be a
//! browser that its owner trusts (ADR 20); whether it is, is stored, and looked up each time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration};
use uuid::{Builder, Uuid};
use vestibule_kernel::{Cx, DeviceId, Digest, Sealed, Timestamp, UserId, ports::SealedPlace};

use crate::App;

/// How long a browser stays known after a sign-in.
pub const DEVICE_LIFETIME: Duration = Duration::days(180);
/// How many people of a realm are known in one browser; the one who came longest ago is forgotten first.
const MAX_PEOPLE: usize = 3;
/// Most characters of the cookie; ours have fewer than 400.
const MAX_CHARS: usize = 1_024;
/// User, device, end in seconds since 1970.
const ENTRY_BYTES: usize = 16 + 16 + 8;

/// One person who signed in before in this browser.
struct Entry {
    user: UserId,
    device: Uuid,
    until: Timestamp,
    /// As the browser keeps it.
    text: String,
}

/// Who is known in a browser. Nobody, where the cookie is missing, over, of another realm or not ours.
pub(super) struct KnownDevices(Vec<Entry>);

const fn place(cx: &Cx) -> SealedPlace<'static> {
    SealedPlace { realm: cx.realm, purpose: "known_device", row: "" }
}

impl KnownDevices {
    /// Opens the cookie.
    pub(super) fn open(app: &App, cx: &Cx, cookie: Option<&str>) -> Self {
        let cookie = cookie.filter(|text| text.len() <= MAX_CHARS).unwrap_or_default();
        let entries = cookie.split('.').take(MAX_PEOPLE).filter_map(|text| entry(app, cx, text));
        Self(entries.filter(|entry| entry.until > cx.now).collect())
    }

    /// Whose counter a guess at this account raises: that of the person here, or that of the account for everybody else.
    pub(super) fn counted(&self, user: UserId) -> UserId {
        let known = self.0.iter().find(|entry| entry.user == user);
        known.map_or(user, |entry| {
            let mut named = b"known device".to_vec();
            named.extend_from_slice(user.as_uuid().as_bytes());
            named.extend_from_slice(entry.device.as_bytes());
            made_up(&Digest::of(&named))
        })
    }

    /// What an identifier is counted by: with the browser, where somebody is known in it.
    pub(super) fn counted_name(&self, identifier: &str) -> String {
        match self.0.first() {
            Some(entry) => format!("{identifier}\0{}", entry.device),
            None => identifier.to_owned(),
        }
    }

    /// This browser, if the person is known in it.
    pub(super) fn of(&self, user: UserId) -> Option<DeviceId> {
        let known = self.0.iter().find(|entry| entry.user == user);
        known.map(|entry| DeviceId::from_uuid(entry.device))
    }

    /// This browser under the name it has for the person, or a new one.
    pub(super) fn of_or_new(&self, app: &App, cx: &Cx, user: UserId) -> DeviceId {
        self.of(user).unwrap_or_else(|| DeviceId::from_uuid(app.entropy.uuid(cx.now)))
    }

    /// The cookie after a person signed in; none where it cannot be sealed, which costs a convenience.
    pub(super) fn remember(&self, app: &App, cx: &Cx, user: UserId, device: DeviceId) -> Option<String> {
        let mut bytes = user.as_uuid().as_bytes().to_vec();
        bytes.extend_from_slice(device.as_uuid().as_bytes());
        bytes.extend_from_slice(&(cx.now + DEVICE_LIFETIME).timestamp().to_be_bytes());
        let sealed = app.vault.seal(place(cx), &bytes).ok()?;
        let others = self.0.iter().filter(|entry| entry.user != user).map(|entry| entry.text.clone());
        let all: Vec<String> = std::iter::once(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
            .chain(others)
            .take(MAX_PEOPLE)
            .collect();
        Some(all.join("."))
    }
}

fn entry(app: &App, cx: &Cx, text: &str) -> Option<Entry> {
    let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?);
    let bytes = app.vault.open(place(cx), &sealed).ok()?;
    let bytes: &[u8; ENTRY_BYTES] = bytes.as_slice().try_into().ok()?;
    let (user, rest) = bytes.split_first_chunk::<16>()?;
    let (device, rest) = rest.split_first_chunk::<16>()?;
    let (until, _) = rest.split_first_chunk::<8>()?;
    Some(Entry {
        user: UserId::from_uuid(Uuid::from_bytes(*user)),
        device: Uuid::from_bytes(*device),
        until: DateTime::from_timestamp(i64::from_be_bytes(*until), 0)?,
        text: text.to_owned(),
    })
}

/// An id for a counter that is not an account's: a version 8 UUID, which no user can have.
pub(super) fn made_up(digest: &Digest) -> UserId {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest.as_bytes()) {
        *to = *from;
    }
    UserId::from_uuid(Builder::from_custom_bytes(bytes).into_uuid())
}
