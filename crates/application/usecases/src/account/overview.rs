//! How an account stands: what protects it, where it is signed in.

use vestibule_authn::{Credential, CredentialKind};
use vestibule_kernel::PageRequest;

use super::{AccountCx, AccountError};
use crate::{App, RealmSnapshot, flow};

/// What the first page of an account shows.
#[derive(Clone)]
pub struct Overview {
    /// Everything the person can prove themselves by.
    pub credentials: Vec<Credential>,
    /// Live sessions.
    pub sessions: usize,
    /// Whether the realm has methods that could be a second factor.
    pub second_factor_possible: bool,
    /// Whether one is asked for when the person signs in.
    pub second_factor: bool,
}

impl Overview {
    /// The authenticators of a kind.
    pub fn of_kind(&self, kind: CredentialKind) -> impl Iterator<Item = &Credential> {
        self.credentials.iter().filter(move |credential| credential.kind == kind)
    }
}

/// Reads it.
///
/// # Errors
/// The store failed.
pub async fn overview(app: &App, realm: &RealmSnapshot, me: &AccountCx) -> Result<Overview, AccountError> {
    let mut tx = app.store.read(me.cx()).await?;
    let credentials = tx.credentials().list_credentials(me.id()).await?;
    let page = PageRequest::new(PageRequest::MAX, None);
    let sessions = tx.sessions().list_sessions(Some(me.id()), me.cx().now, &page).await?.items.len();
    tx.commit().await?;
    let second = flow::second_factor_of(app, realm, flow::Has::of(app, realm, me.user(), &credentials));
    let second_factor = flow::policy::asks_for_second_factor(realm.realm.settings.mfa.policy, second);
    let second_factor_possible = flow::can_have_second_factor(app, realm);
    Ok(Overview { credentials, sessions, second_factor_possible, second_factor })
}
