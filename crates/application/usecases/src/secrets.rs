//! Secrets of a realm: sealed when they are set, opened where one is used. Decides their size; who may set them is
//! decided by the callers.

use vestibule_kernel::{
    Cx, Sealed, Secret, StoreError,
    ports::{SealError, SealedPlace},
};
use vestibule_realms::{RealmSecret, SecretName};
use zeroize::Zeroizing;

use crate::App;

/// Most bytes of a secret: room for a private key in PEM.
pub const MAX_BYTES: usize = 16 * 1_024;

const PURPOSE: &str = "realm_secret";

/// Why a secret was not kept or opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// It is empty or too long.
    #[error("a secret has 1 to {MAX_BYTES} bytes")]
    Size,
    /// It was sealed under another master key, or damaged.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn place<'a>(cx: &Cx, name: &'a SecretName) -> SealedPlace<'a> {
    SealedPlace { realm: cx.realm, purpose: PURPOSE, row: name.as_str() }
}

/// Seals a secret for its name in the context's realm.
///
/// # Errors
/// [`SecretError::Size`], or a cipher that fails.
pub fn seal(
    app: &App,
    cx: &Cx,
    name: SecretName,
    value: &Secret,
) -> Result<vestibule_kernel::Changed<RealmSecret>, SecretError> {
    let bytes = value.expose().as_bytes();
    if bytes.is_empty() || bytes.len() > MAX_BYTES {
        return Err(SecretError::Size);
    }
    let sealed = app.vault.seal(place(cx, &name), bytes)?;
    Ok(RealmSecret::set(name, sealed, cx.now))
}

/// Opens a stored secret.
///
/// # Errors
/// It was sealed under a master key that is gone, or moved.
pub fn open(app: &App, cx: &Cx, secret: &RealmSecret) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    Ok(app.vault.open(place(cx, &secret.name), &secret.sealed)?)
}

/// The same value sealed anew, if another master key than the current one sealed it.
///
/// # Errors
/// It was sealed under a master key that is gone, or moved.
pub(crate) fn reseal(app: &App, cx: &Cx, secret: &RealmSecret) -> Result<Option<Sealed>, SealError> {
    app.vault.reseal(place(cx, &secret.name), &secret.sealed)
}

/// Sets a secret, or replaces the one of this name.
///
/// # Errors
/// See [`SecretError`].
pub async fn put_secret(app: &App, cx: &Cx, name: SecretName, value: &Secret) -> Result<(), SecretError> {
    let change = seal(app, cx, name, value)?;
    let mut tx = app.store.write(cx).await?;
    tx.secrets().save_secret(change).await?;
    tx.commit().await?;
    app.snapshots.refresh(cx.realm).await?;
    Ok(())
}

/// A secret that is text, such as a password; or why it cannot be used, in words for an operator.
///
/// # Errors
/// The store failed.
pub(crate) async fn open_text(
    app: &App,
    cx: &Cx,
    name: &SecretName,
) -> Result<Result<Secret, String>, StoreError> {
    let opened = match open_secret(app, cx, name).await {
        Ok(opened) => opened,
        Err(SecretError::Store(error)) => return Err(error),
        Err(error @ (SecretError::Size | SecretError::Seal(_))) => {
            return Ok(Err(format!("the secret {name} cannot be opened: {error}")));
        }
    };
    let text = opened.and_then(|bytes| std::str::from_utf8(&bytes).ok().map(str::to_owned));
    Ok(text.map(Secret::new).ok_or_else(|| format!("the realm has no secret {name} that is text")))
}

/// The value of a secret; none if the realm has none of this name.
///
/// # Errors
/// See [`SecretError`].
pub async fn open_secret(
    app: &App,
    cx: &Cx,
    name: &SecretName,
) -> Result<Option<Zeroizing<Vec<u8>>>, SecretError> {
    let mut tx = app.store.read(cx).await?;
    let found = tx.secrets().find_secret(name).await?;
    tx.commit().await?;
    found.map(|secret| open(app, cx, &secret)).transpose()
}
