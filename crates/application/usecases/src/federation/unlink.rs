//! Taking an identity off an account, unless it is the last way in.

use vestibule_federation::FederationEvent;
use vestibule_kernel::{Cx, IdentityId, PageRequest, UserId};

use super::FederationError;
use crate::App;

/// Removes a user's identity. The caller has asked for a fresh proof.
///
/// # Errors
/// There is none with this id, or nothing else opens the account.
pub async fn unlink(app: &App, cx: &Cx, user: UserId, id: IdentityId) -> Result<(), FederationError> {
    let mut tx = app.store.write(cx).await?;
    let identities = tx.federation().list_identities(user, &PageRequest::new(PageRequest::MAX, None)).await?;
    let credentials = tx.credentials().list_credentials(user).await?;
    let owner = tx.users().find_user(user).await?;
    let connection = identities.items.iter().find(|identity| identity.id == id).map(|found| found.connection);
    let proven = owner.is_some_and(|owner| owner.emails.iter().any(|address| address.verified_at.is_some()));
    let other = identities.items.len() > 1 || !credentials.is_empty() || proven;
    let outcome = match connection {
        None => Err(FederationError::NoIdentity),
        Some(_) if !other => Err(FederationError::LastWayIn),
        Some(connection) => Ok(FederationEvent::IdentityUnlinked { id, user, connection }),
    };
    match outcome {
        Ok(event) => {
            tx.federation().delete_identity(user, id, event.into()).await?;
            Ok(tx.commit().await?)
        }
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}
