//! A realm's document, for its own administrators.

use crate::{
    App,
    access::{AdminCx, AdminScope},
    admin::{
        AdminFailure, Ceiling,
        realm_document::{self, ExportScope, RealmDocument},
    },
};

/// Exports the realm.
///
/// # Errors
/// Needs `realm:apply`; with users also `users:read`; with password hashes also `credentials:write`. Hashes of users
/// who hold more than the caller are left out.
pub async fn export(app: &App, admin: &AdminCx, scope: ExportScope) -> Result<RealmDocument, AdminFailure> {
    admin.require(AdminScope::REALM_APPLY)?;
    match scope {
        ExportScope::Configuration => {}
        ExportScope::Users => admin.require(AdminScope::USERS_READ)?,
        ExportScope::UsersWithPasswords => {
            admin.require(AdminScope::USERS_READ)?;
            admin.require(AdminScope::CREDENTIALS_WRITE)?;
        }
    }
    realm_document::export(app, admin.cx(), scope, Ceiling::from(admin)).await
}
