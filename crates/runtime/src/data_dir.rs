//! The data directory of the embedded default: private to its owner, used by one server at a time.

use std::{
    fs::{DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

use crate::report::{ALREADY_RUNNING, DATA_DIR, OperatorError};

/// Holds the directory until dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct DataDirLock(#[expect(dead_code, reason = "the open file holds the lock")] File);

fn unusable(path: &Path, why: impl std::fmt::Display) -> OperatorError {
    OperatorError::new(DATA_DIR)
        .tried(path.display().to_string())
        .because(why.to_string())
        .fix("name a directory this process may write:  server.data_dir or --data DIR")
}

/// Makes the directory (0700) if it is missing.
///
/// # Errors
/// It cannot be made.
pub fn create(path: &Path) -> Result<(), OperatorError> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| unusable(path, e))
}

/// Takes the directory for one server. Command-line tools need no lock: they only use the database.
///
/// # Errors
/// Another process holds it, or it cannot be written.
pub fn lock(path: &Path) -> Result<DataDirLock, OperatorError> {
    let file = path.join("server.lock");
    let handle = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&file)
        .map_err(|e| unusable(&file, e))?;
    match handle.try_lock() {
        Ok(()) => Ok(DataDirLock(handle)),
        Err(TryLockError::WouldBlock) => Err(OperatorError::new(ALREADY_RUNNING)
            .tried(path.display().to_string())
            .because("a running server holds its lock")
            .fix("stop that server, or give this one another directory:  --data DIR")),
        Err(TryLockError::Error(error)) => Err(unusable(&file, error)),
    }
}
