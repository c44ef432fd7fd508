//! Applications with access to the account: what they were allowed, when they used it last, and taking it away.

use std::collections::BTreeSet;

use vestibule_consent::ConsentEvent;
use vestibule_kernel::{ClientId, PageRequest, StoreError, Timestamp, UserId};
use vestibule_storage::RealmTx;

use super::{AccountCx, AccountError};
use crate::App;

/// One application with access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedApp {
    /// The client.
    pub client: ClientId,
    /// What the person agreed to; empty for applications of the realm itself, which ask nobody.
    pub scopes: BTreeSet<String>,
    /// Since when.
    pub since: Timestamp,
    /// When it last got a token that it can still renew.
    pub last_used_at: Option<Timestamp>,
}

/// Everything with a grant or with tokens that can still be renewed, by client.
///
/// # Errors
/// The store failed.
pub async fn list_apps(app: &App, me: &AccountCx) -> Result<Vec<ConnectedApp>, AccountError> {
    let mut tx = app.store.read(me.cx()).await?;
    let apps = connected_apps(tx.as_mut(), me.id(), me.cx().now).await?;
    tx.commit().await?;
    Ok(apps)
}

/// The same within a transaction, for anybody.
pub(super) async fn connected_apps(
    tx: &mut dyn RealmTx,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<ConnectedApp>, StoreError> {
    let page = PageRequest::new(PageRequest::MAX, None);
    let grants = tx.grants().list_grants(Some(user), &page).await?.items;
    let access = tx.tokens().list_client_access(user, now).await?;
    let mut apps: Vec<ConnectedApp> = grants
        .into_iter()
        .map(|grant| ConnectedApp {
            last_used_at: access.iter().find(|of| of.client == grant.client).map(|of| of.last_used_at),
            client: grant.client,
            scopes: grant.scopes,
            since: grant.created_at,
        })
        .collect();
    for of in access {
        if !apps.iter().any(|known| known.client == of.client) {
            apps.push(ConnectedApp {
                client: of.client,
                scopes: BTreeSet::new(),
                since: of.since,
                last_used_at: Some(of.last_used_at),
            });
        }
    }
    apps.sort_by(|one, other| one.client.cmp(&other.client));
    Ok(apps)
}

/// Takes the access of one application away: its grant and every token family.
///
/// # Errors
/// It has none.
pub async fn withdraw_app(app: &App, me: &AccountCx, client: &ClientId) -> Result<(), AccountError> {
    let (user, now) = (me.id(), me.cx().now);
    let event = || ConsentEvent::Withdrawn { user, client: client.clone() }.into();
    let mut tx = app.store.write(me.cx()).await?;
    if !tx.grants().withdraw_grant(user, client, event(), now).await? {
        if tx.tokens().revoke_client_families(user, client, now).await? == 0 {
            tx.rollback().await?;
            return Err(AccountError::NotFound("application"));
        }
        tx.events().append_event(event()).await?;
    }
    tx.commit().await?;
    Ok(())
}
