//! `realm import | export`: whole realms as documents.

use std::{
    io::{Read, Write},
    path::Path,
};

use anyhow::{Context, Result};
use vestibule_kernel::Secret;
use vestibule_realms::picture::MAX_UPLOAD_BYTES;
use vestibule_runtime::{
    OperatorError,
    config::{Sources, environment},
    report::REALM_DOCUMENT,
};
use vestibule_usecases::{
    App,
    admin::{
        AdminFailure, Ceiling,
        realm_document::{self, DocumentFormat, ExportScope, ImportReport, RealmDocument, SecretReference},
    },
};

use crate::cli::RealmCommand;

pub(crate) async fn run(command: &RealmCommand, sources: Sources) -> Result<()> {
    let (parts, telemetry) = super::open(sources).await?;
    match command {
        RealmCommand::Import { file } => {
            let text = std::fs::read_to_string(file).map_err(|error| {
                refused(file).because(error.to_string()).fix("name a file that can be read")
            })?;
            let json = file.extension().is_some_and(|extension| extension == "json");
            let format = if json { DocumentFormat::Json } else { DocumentFormat::Toml };
            let report = import(&parts.app, &text, format).await.map_err(|why| refused(file).because(why))?;
            writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
        }
        RealmCommand::Export { slug } => {
            let realm = parts.app.snapshots.by_slug(slug).await?.context("there is no such realm")?;
            let cx = parts.app.system_cx(realm.realm.id);
            let document = realm_document::export(&parts.app, &cx, ExportScope::Users, Ceiling::Host).await?;
            write!(std::io::stdout(), "{}", document.to_text(DocumentFormat::Toml)?)?;
        }
    }
    telemetry.flush().await;
    Ok(())
}

fn refused(file: &Path) -> OperatorError {
    OperatorError::new(REALM_DOCUMENT).tried(file.display().to_string())
}

/// Imports a document with the rights of whoever holds the machine.
pub(crate) async fn import(app: &App, text: &str, format: DocumentFormat) -> Result<ImportReport, String> {
    let mut document = RealmDocument::parse(text, format).map_err(|error| error.to_string())?;
    document.resolve_secrets(read_reference).map_err(|error| error.to_string())?;
    document.resolve_pictures(read_picture).map_err(|error| error.to_string())?;
    realm_document::import(app, &app.above_realms(), document, Ceiling::Host)
        .await
        .map_err(|error: AdminFailure| error.to_string())
}

/// A file of at most what a picture may have, so that a wrong name does not fill the memory.
fn read_picture(path: &str) -> Result<Vec<u8>, String> {
    let mut file = Vec::new();
    let most = u64::try_from(MAX_UPLOAD_BYTES).unwrap_or(u64::MAX);
    std::fs::File::open(path)
        .and_then(|open| open.take(most + 1).read_to_end(&mut file))
        .map_err(|error| format!("{path}: {error}"))?;
    Ok(file)
}

fn read_reference(reference: SecretReference<'_>) -> Result<Secret, String> {
    match reference {
        SecretReference::Env(name) => {
            environment(name).ok_or_else(|| format!("the environment variable {name} is not set"))
        }
        SecretReference::File(path) => std::fs::read_to_string(path)
            .map(|text| Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
            .map_err(|error| format!("{path}: {error}")),
    }
}
