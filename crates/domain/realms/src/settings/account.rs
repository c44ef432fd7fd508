//! What people do with their own account.

use serde::{Deserialize, Serialize};

/// Rules of people's own accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// Whether people delete their account themselves.
    pub deletion: bool,
    /// Days between asking for it and the erasure, in which signing in can undo it: 1 to 90.
    pub deletion_grace_days: u64,
}

impl Default for Account {
    fn default() -> Self {
        Self { deletion: true, deletion_grace_days: 14 }
    }
}
