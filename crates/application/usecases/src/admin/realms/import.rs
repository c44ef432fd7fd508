//! Imports a realm document on behalf of an operator: the same import as the command line's, under their ceiling.

use crate::{
    App,
    access::InstallationCx,
    admin::{
        AdminFailure, Ceiling,
        realm_document::{self, ImportReport, RealmDocument},
    },
};

/// Creates the realm of a document or brings it in line.
///
/// # Errors
/// See [`realm_document::import`].
pub async fn import(
    app: &App,
    operator: &InstallationCx,
    document: RealmDocument,
) -> Result<ImportReport, AdminFailure> {
    realm_document::import(app, operator.system(), document, Ceiling::from(operator)).await
}
