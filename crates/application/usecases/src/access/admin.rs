//! Administrators: who may change a realm, with which scopes. The token is bound to one realm's admin resource; what
//! its subject holds is read anew at each call.

use std::collections::BTreeSet;

use vestibule_kernel::{Actor, Cx, StoreError};
use vestibule_oauth::scope::ADMIN_SCOPES;
use vestibule_realms::realm::OPERATORS_SLUG;

use crate::{
    App, RealmSnapshot,
    access::bearer::{self, AccessToken, BearerError},
};

/// A scope of the admin API: one of [`ADMIN_SCOPES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminScope(&'static str);

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)*) => {
        impl AdminScope {
            $($(#[$doc])* pub const $name: Self = Self($word);)*
            /// Every scope.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

scopes! {
    /// Read users.
    USERS_READ = "users:read";
    /// Create, change, suspend and delete users.
    USERS_WRITE = "users:write";
    /// Set and remove credentials.
    CREDENTIALS_WRITE = "credentials:write";
    /// Read sessions.
    SESSIONS_READ = "sessions:read";
    /// End sessions.
    SESSIONS_REVOKE = "sessions:revoke";
    /// Read clients.
    CLIENTS_READ = "clients:read";
    /// Create, change and delete clients.
    CLIENTS_WRITE = "clients:write";
    /// Read grants.
    CONSENTS_READ = "consents:read";
    /// Withdraw grants.
    CONSENTS_WRITE = "consents:write";
    /// Read keys.
    KEYS_READ = "keys:read";
    /// Rotate keys.
    KEYS_ROTATE = "keys:rotate";
    /// Read the audit log.
    EVENTS_READ = "events:read";
    /// Read the job queue.
    JOBS_READ = "jobs:read";
    /// Put parked jobs back into the queue.
    JOBS_WRITE = "jobs:write";
    /// Read settings.
    REALM_READ = "realm:read";
    /// Change settings.
    REALM_WRITE = "realm:write";
    /// Import and export the realm document.
    REALM_APPLY = "realm:apply";
    /// Create, list, suspend and delete realms.
    REALMS_MANAGE = "realms:manage";
}

impl AdminScope {
    /// The word in tokens.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Why an administrator was turned away.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// No token, or one that is not valid here: 401.
    #[error("a valid access token for this admin API is required")]
    Unauthenticated,
    /// The token or its owner lacks the scope: 403.
    #[error("the scope {0} is required")]
    MissingScope(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An administrator of one realm.
#[derive(Debug, Clone)]
pub struct AdminCx {
    cx: Cx,
    scopes: BTreeSet<String>,
}

/// An operator above realms.
#[derive(Debug, Clone)]
pub struct InstallationCx {
    system: vestibule_kernel::SystemCx,
    scopes: BTreeSet<String>,
}

impl AdminCx {
    /// The context, with the administrator as actor.
    pub fn cx(&self) -> &Cx {
        &self.cx
    }

    /// The scopes held.
    pub fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }

    /// Goes on only with the scope.
    ///
    /// # Errors
    /// [`AdminError::MissingScope`].
    pub fn require(&self, scope: AdminScope) -> Result<(), AdminError> {
        if self.scopes.contains(scope.as_str()) {
            Ok(())
        } else {
            Err(AdminError::MissingScope(scope.as_str()))
        }
    }
}

impl InstallationCx {
    /// The context, with the operator as actor.
    pub fn system(&self) -> &vestibule_kernel::SystemCx {
        &self.system
    }

    /// The scopes held.
    pub fn scopes(&self) -> &BTreeSet<String> {
        &self.scopes
    }
}

/// Recognises an administrator of `realm` from a bearer token issued by the realm itself or by the operators' realm.
/// `cx` is the request in `realm`.
///
/// # Errors
/// [`AdminError::Unauthenticated`] for anything but a live token whose audience is this realm's admin API.
pub async fn authenticate(
    app: &App,
    realm: &RealmSnapshot,
    cx: &Cx,
    token: Option<&str>,
) -> Result<AdminCx, AdminError> {
    let token = token.ok_or(AdminError::Unauthenticated)?;
    let (issued, scopes) = match verified(app, realm, cx, token).await? {
        Some(own) => own,
        None => {
            let operators =
                app.snapshots.by_slug(OPERATORS_SLUG).await?.ok_or(AdminError::Unauthenticated)?;
            let there = Cx { realm: operators.realm.id, ..cx.clone() };
            verified(app, &operators, &there, token).await?.ok_or(AdminError::Unauthenticated)?
        }
    };
    if !issued.has_audience(&realm.issuer.admin_resource()) {
        return Err(AdminError::Unauthenticated);
    }
    let subject = issued.text("sub").unwrap_or_default().to_owned();
    Ok(AdminCx { cx: cx.acting_as(Actor::Admin(subject)), scopes })
}

/// Recognises an operator above realms: a token of the operators' realm whose audience is the installation's admin
/// API, with `realms:manage`.
///
/// # Errors
/// [`AdminError::Unauthenticated`] or [`AdminError::MissingScope`].
pub async fn authenticate_installation(
    app: &App,
    system: &vestibule_kernel::SystemCx,
    token: Option<&str>,
) -> Result<InstallationCx, AdminError> {
    let token = token.ok_or(AdminError::Unauthenticated)?;
    let operators = app.snapshots.by_slug(OPERATORS_SLUG).await?.ok_or(AdminError::Unauthenticated)?;
    let cx = system.in_realm(operators.realm.id);
    let (issued, scopes) = verified(app, &operators, &cx, token).await?.ok_or(AdminError::Unauthenticated)?;
    if !issued.has_audience(&installation_resource(app)) {
        return Err(AdminError::Unauthenticated);
    }
    if !scopes.contains(AdminScope::REALMS_MANAGE.as_str()) {
        return Err(AdminError::MissingScope(AdminScope::REALMS_MANAGE.as_str()));
    }
    let subject = issued.text("sub").unwrap_or_default().to_owned();
    let system = vestibule_kernel::SystemCx { actor: Actor::Admin(subject), ..system.clone() };
    Ok(InstallationCx { system, scopes })
}

/// The audience of the admin API above realms.
pub fn installation_resource(app: &App) -> String {
    format!("{}/admin/v1", app.installation.public_url.as_str().trim_end_matches('/'))
}

/// A live token of the realm with the scopes that it carries **and** its owner holds now.
async fn verified(
    app: &App,
    realm: &RealmSnapshot,
    cx: &Cx,
    token: &str,
) -> Result<Option<(AccessToken, BTreeSet<String>)>, AdminError> {
    let issued = match bearer::verify(app, realm, cx, token).await {
        Ok(issued) => issued,
        Err(BearerError::Invalid) => return Ok(None),
        Err(BearerError::Store(error)) => return Err(error.into()),
    };
    let held: Vec<String> = match &issued.user {
        Some(user) => user.admin_scopes.clone(),
        None => realm
            .client(&issued.client)
            .map(|client| client.metadata.admin_scopes.clone())
            .unwrap_or_default(),
    };
    let scopes = issued
        .scopes()
        .filter(|scope| ADMIN_SCOPES.contains(scope) && held.iter().any(|held| held == scope))
        .map(str::to_owned)
        .collect();
    Ok(Some((issued, scopes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scope_constants_are_the_published_scopes() {
        let here: Vec<_> = AdminScope::ALL.iter().map(|scope| scope.as_str()).collect();
        assert_eq!(here, ADMIN_SCOPES);
    }
}
