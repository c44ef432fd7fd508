//! Cursors of lists: opaque to callers, and bound to the list they came from, so that one of another list or realm is
//! an error and not a wrong page. They grant nothing: what a page shows is decided by the token alone.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Bytes of the check value.
const CHECK_BYTES: usize = 8;
/// Most characters of a cursor.
const MAX_CHARS: usize = 1_024;

fn check_value(list: &str, key: &[u8]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(list.len().to_be_bytes());
    hash.update(list.as_bytes());
    hash.update(key);
    hash.finalize().iter().copied().take(CHECK_BYTES).collect()
}

/// The cursor for a repository's key; `list` names realm, operation and filter.
pub(super) fn encode(list: &str, key: &str) -> String {
    let mut bytes = check_value(list, key.as_bytes());
    bytes.extend_from_slice(key.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The repository's key in a cursor of this very list.
pub(super) fn decode(list: &str, cursor: &str) -> Option<String> {
    if cursor.len() > MAX_CHARS {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (check, key) = bytes.split_at_checked(CHECK_BYTES)?;
    if check != check_value(list, key).as_slice() {
        return None;
    }
    String::from_utf8(key.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_one_list() {
        let cursor = encode("rlm_a/listUsers", "usr_1");
        assert_eq!(decode("rlm_a/listUsers", &cursor).as_deref(), Some("usr_1"));
        assert_eq!(decode("rlm_b/listUsers", &cursor), None);
        assert_eq!(decode("rlm_a/listClients", &cursor), None);
        for bad in ["", "x", "!!!", &"A".repeat(5_000), &format!("{cursor}A")] {
            assert_eq!(decode("rlm_a/listUsers", bad), None, "{bad}");
        }
    }
}
