//! Linking what came back to an account that proved itself in the same flow: the proof is for exactly this upstream
//! subject, and is used once.

use vestibule_federation::{AttemptClaim, Purpose};
use vestibule_kernel::{AttemptId, Cx, FlowId, UserId};
use vestibule_storage::RealmTx;

use super::{FederationError, account};
use crate::App;

/// Links what waits under an attempt to a user, inside the transaction in which the flow finishes for them. Call it only
/// for the user whom *this* flow has proven.
///
/// # Errors
/// It is over, belongs to another flow, was taken before, or the rules refuse.
pub async fn adopt(
    app: &App,
    cx: &Cx,
    tx: &mut dyn RealmTx,
    (attempt, flow): (AttemptId, FlowId),
    user: UserId,
) -> Result<(), FederationError> {
    let AttemptClaim::Claimed(attempt) = tx.federation().take_upstream(attempt, cx.now).await? else {
        return Err(FederationError::Expired);
    };
    if attempt.purpose != (Purpose::SignIn { flow }) {
        return Err(FederationError::Foreign);
    }
    let upstream = attempt.upstream.ok_or(FederationError::Expired)?;
    // Switched off meanwhile: nothing is linked through it.
    let connection = tx.federation().find_connection(attempt.connection).await?;
    let connection =
        connection.filter(|connection| connection.active().is_some()).ok_or(FederationError::NoConnection)?;
    account::attach(app, cx, tx, &connection, &upstream, user).await
}
