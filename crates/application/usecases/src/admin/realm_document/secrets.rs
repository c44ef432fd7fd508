//! Secrets of a document: references are resolved by the caller, values are reduced to digests, weak ones refused.

use std::{collections::BTreeMap, fmt::Write};

use vestibule_kernel::{Digest, Secret, Timestamp};
use vestibule_oauth::ClientSecret;
use vestibule_realms::SecretName;

use super::{ClientEntry, DocumentError, RealmDocument, SecretEntry, SecretSource};
use crate::admin::AdminFailure;

/// Least characters of a chosen client secret. Stored secrets are plain SHA-256 digests, which only a secret that
/// nobody can guess may be reduced to.
const MIN_SECRET_CHARS: usize = 24;
/// Most characters.
const MAX_SECRET_CHARS: usize = 512;
/// Least number of different characters.
const MIN_DIFFERENT: usize = 10;

/// A secret that the document names instead of holding it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretReference<'a> {
    /// An environment variable.
    Env(&'a str),
    /// A file.
    File(&'a str),
}

impl RealmDocument {
    /// Replaces references by what `read` finds. For callers on the machine itself only: over HTTP a reference would
    /// let an administrator read the server's environment.
    ///
    /// # Errors
    /// [`DocumentError::Secret`] when `read` refuses; `read` must not put the value into its reason.
    pub fn resolve_secrets(
        &mut self,
        read: impl Fn(SecretReference<'_>) -> Result<Secret, String>,
    ) -> Result<(), DocumentError> {
        for (name, secret) in &mut self.secrets {
            resolve(secret, &read)
                .map_err(|reason| DocumentError::Secret { of: name.to_string(), reason })?;
        }
        for connection in &mut self.connections {
            if let Some(secret) = &mut connection.client_secret {
                resolve(secret, &read).map_err(|reason| DocumentError::Secret {
                    of: format!("of connection {}", connection.key),
                    reason,
                })?;
            }
        }
        for client in &mut self.clients {
            for secret in &mut client.secrets {
                resolve(secret, &read).map_err(|reason| DocumentError::Secret {
                    of: format!("of client {}", client.client_id),
                    reason,
                })?;
            }
        }
        Ok(())
    }
}

fn resolve(
    secret: &mut SecretEntry,
    read: impl Fn(SecretReference<'_>) -> Result<Secret, String>,
) -> Result<(), String> {
    let reference = match &secret.source {
        SecretSource::Env(name) => SecretReference::Env(name),
        SecretSource::File(path) => SecretReference::File(path),
        SecretSource::Value(_) | SecretSource::Digest(_) => return Ok(()),
    };
    secret.source = SecretSource::Value(read(reference)?);
    Ok(())
}

/// The values of the realm's own secrets.
///
/// # Errors
/// A reference that was not resolved, or an entry that is no value.
pub(super) fn values(
    entries: BTreeMap<SecretName, SecretEntry>,
) -> Result<Vec<(SecretName, Secret)>, AdminFailure> {
    let named = |(name, entry): (SecretName, SecretEntry)| {
        let value = value(entry, &format!("/secrets/{name}"))?;
        Ok((name, value))
    };
    entries.into_iter().map(named).collect()
}

/// The value of a secret that is needed again.
///
/// # Errors
/// As [`values`].
pub(super) fn value(entry: SecretEntry, pointer: &str) -> Result<Secret, AdminFailure> {
    match entry {
        SecretEntry { source: SecretSource::Value(value), expires_at: None } => Ok(value),
        SecretEntry { source: SecretSource::Env(_) | SecretSource::File(_), .. } => {
            Err(AdminFailure::invalid(pointer, UNRESOLVED))
        }
        _ => Err(AdminFailure::invalid(pointer, "a value without an end is expected")),
    }
}

const UNRESOLVED: &str = "references to the environment or to files work with the command line only";

/// Why a chosen client secret is too weak, if it is.
pub fn weak_secret(secret: &Secret) -> Option<&'static str> {
    let text = secret.expose();
    let different: std::collections::BTreeSet<char> = text.chars().collect();
    let shaped = (MIN_SECRET_CHARS..=MAX_SECRET_CHARS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    (!shaped || different.len() < MIN_DIFFERENT).then_some(
        "a client secret has 24 to 512 visible ASCII characters, at least 10 of them different; random ones",
    )
}

/// A digest as documents spell it.
pub(super) fn digest_text(digest: &Digest) -> String {
    digest.as_bytes().iter().fold("sha256:".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn parse_digest(text: &str) -> Option<Digest> {
    let hex = text.strip_prefix("sha256:")?;
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..32)
        .map(|at| hex.get(at * 2..at * 2 + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    Digest::from_stored(&bytes?)
}

/// A stored secret as a document entry.
pub(super) fn exported(secret: &ClientSecret) -> SecretEntry {
    SecretEntry { source: SecretSource::Digest(digest_text(&secret.digest)), expires_at: secret.expires_at }
}

/// The secrets of a client as they are stored.
///
/// # Errors
/// A weak or damaged one, or a reference that nobody resolved.
pub(super) fn stored(
    client: &ClientEntry,
    pointer: &str,
    now: Timestamp,
) -> Result<Vec<ClientSecret>, AdminFailure> {
    let stored = client.secrets.iter().enumerate().map(|(index, entry)| {
        let pointer = format!("{pointer}/secrets/{index}");
        let digest = match &entry.source {
            SecretSource::Value(secret) => match weak_secret(secret) {
                Some(reason) => return Err(AdminFailure::invalid(pointer, reason)),
                None => secret.digest(),
            },
            SecretSource::Digest(text) => parse_digest(text).ok_or_else(|| {
                AdminFailure::invalid(pointer, "a digest is sha256: and 64 hexadecimal digits")
            })?,
            SecretSource::Env(_) | SecretSource::File(_) => {
                return Err(AdminFailure::invalid(pointer, UNRESOLVED));
            }
        };
        Ok(ClientSecret { digest, created_at: now, expires_at: entry.expires_at })
    });
    stored.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_survives_the_document() {
        let digest = Digest::of(b"x");
        let read = parse_digest(&digest_text(&digest)).unwrap();
        assert!(read.matches(&digest));
        assert!(parse_digest("sha256:00").is_none());
        assert!(parse_digest(&format!("sha256:{}", "é".repeat(32))).is_none());
    }

    #[test]
    fn weak_secrets_are_refused() {
        for weak in
            ["", "secret", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "with a space in it and long enough ok"]
        {
            assert!(weak_secret(&Secret::new(weak.to_owned())).is_some(), "{weak}");
        }
        assert!(weak_secret(&Secret::new("vcs_8sBn2kQ0xYz7LmT4pRwE".to_owned())).is_none());
    }
}
