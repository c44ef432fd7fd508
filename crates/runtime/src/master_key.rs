//! The key that seals all other keys: given by configuration, or for the embedded default generated once into a file
//! that only its owner can read. Never shown.

use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose};
use vestibule_kernel::Secret;
use zeroize::Zeroizing;

use crate::{
    config::Config,
    report::{MASTER_KEY, OperatorError},
};

/// 32 bytes, wiped when dropped.
type KeyBytes = Zeroizing<[u8; 32]>;

/// The master keys of a process, each as 64 hex digits.
pub struct MasterKeys {
    /// Seals and opens.
    pub current: Secret,
    /// Opens what was sealed before a change of keys.
    pub previous: Option<Secret>,
    /// Where the current key lies if this installation generated it.
    pub generated: Option<Generated>,
}

/// What the database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    /// Nothing yet: a key may be made.
    None,
    /// Realms, with secrets sealed under a key.
    Kept,
}

/// A generated key.
#[derive(Debug, Clone)]
pub struct Generated {
    /// Its file.
    pub file: PathBuf,
    /// Whether it was made just now.
    pub fresh: bool,
}

/// 32 bytes from 64 hex digits or base64 of either alphabet, padded or not.
pub(crate) fn decode(text: &Secret) -> Option<KeyBytes> {
    let text = text.expose().trim();
    let bytes = Zeroizing::new(if text.len() == 64 {
        hex::decode(text).ok()?
    } else {
        let text = text.trim_end_matches('=');
        general_purpose::URL_SAFE_NO_PAD
            .decode(text)
            .or_else(|_| general_purpose::STANDARD_NO_PAD.decode(text))
            .ok()?
    });
    let key = <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Zeroizing::new)?;
    // One byte repeated is a placeholder, never a random key.
    let repeated = key.iter().all(|byte| Some(byte) == key.first());
    (!repeated).then_some(key)
}

fn in_hex(key: &KeyBytes) -> Secret {
    Secret::new(hex::encode(key.as_slice()))
}

impl MasterKeys {
    /// The configured keys; without one, the key file in the data directory, made if there is none.
    ///
    /// # Errors
    /// The file cannot be read or written, holds no key, or is gone while the database holds data.
    pub fn open(config: &Config, data: Data) -> Result<Self, OperatorError> {
        let given = |key: &Option<Secret>| key.as_ref().and_then(decode).map(|key| in_hex(&key));
        let previous = given(&config.secrets.previous_master_key);
        if let Some(current) = given(&config.secrets.master_key) {
            return Ok(Self { current, previous, generated: None });
        }
        let file = config.master_key_path();
        let (current, fresh) = match read(&file)? {
            Some(key) => (key, false),
            // A fresh key beside data that another one sealed would only hide that the key is lost.
            None if data == Data::Kept => {
                return Err(unusable(&file, "the database holds realms, and the file of their key is gone"));
            }
            None => {
                crate::data_dir::create(&config.server.data_dir)?;
                (create(&file)?, true)
            }
        };
        Ok(Self { current: in_hex(&current), previous, generated: Some(Generated { file, fresh }) })
    }
}

fn unusable(file: &Path, why: impl std::fmt::Display) -> OperatorError {
    OperatorError::new(MASTER_KEY)
        .tried(file.display().to_string())
        .because(why.to_string())
        .fix("restore the key file: without it the signing keys in the database cannot be opened")
}

fn read(file: &Path) -> Result<Option<KeyBytes>, OperatorError> {
    match std::fs::read_to_string(file) {
        Ok(text) => decode(&Secret::new(text))
            .map(Some)
            .ok_or_else(|| unusable(file, "the file does not hold 32 bytes in hex")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(file, error)),
    }
}

fn create(file: &Path) -> Result<KeyBytes, OperatorError> {
    let mut key = KeyBytes::default();
    getrandom::fill(key.as_mut_slice()).map_err(|e| unusable(file, e))?;
    let text = Zeroizing::new(format!("{}\n", hex::encode(key.as_slice())));
    // Written beside and then linked: there is never half a key, and of two processes that start together one makes
    // the key, the other fails and starts again.
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .and_then(|mut handle| handle.write_all(text.as_bytes()).and_then(|()| handle.sync_all()))
        .and_then(|()| std::fs::hard_link(&beside, file));
    drop(std::fs::remove_file(&beside));
    written.map_err(|e| unusable(file, e))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_32_bytes_in_hex_or_base64() {
        let secret = |text: &str| Secret::new(text.to_owned());
        let mut key = [255u8; 32];
        key[0] = 1;
        assert!(decode(&secret(&hex::encode(key))).is_some());
        assert!(decode(&secret(&general_purpose::STANDARD.encode(key))).is_some());
        assert!(decode(&secret(&general_purpose::URL_SAFE_NO_PAD.encode(key))).is_some());
        assert!(decode(&secret(&"ab".repeat(32))).is_none(), "one byte repeated");
        assert!(decode(&secret("hunter2")).is_none());
        assert!(decode(&secret(&"ab".repeat(31))).is_none());
    }
}
