//! `export verify`: whether an archive of somebody's data is what its issuer handed out. Needs no database and no secret:
//! whoever holds an archive can run it.

use std::{fs, io::Write, path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use vestibule_crypto::{JoseSigner, MasterKey, Sealer};
use vestibule_runtime::{Config, config::Sources};
use vestibule_usecases::account::verify_archive;

use crate::{cli::ExportCommand, wire};

/// Larger than any archive that a server makes.
const MAX_BYTES: u64 = 256 * 1_024 * 1_024;

pub(crate) async fn run(command: &ExportCommand, sources: Sources) -> Result<()> {
    let ExportCommand::Verify { file, issuer, jwks } = command;
    let issuer = issuer.trim_end_matches('/');
    let archive = read(file)?;
    let keys = match jwks {
        Some(file) => read(file)?,
        None => fetch(issuer, &sources).await?,
    };
    let keys: Value = serde_json::from_slice(&keys).context("the keys are no JSON document")?;
    // Verifying needs no key of its own.
    let signer = JoseSigner::new(Arc::new(Sealer::new(&MasterKey::generate(), None)));
    let verified = verify_archive(&signer, &archive, (issuer, &keys))
        .with_context(|| format!("{} was not verified", file.display()))?;
    writeln!(
        std::io::stdout(),
        "{}: genuine. {} files, made by {} at {} about {}.",
        file.display(),
        verified.len(),
        verified.issuer,
        verified.made_at,
        verified.account
    )?;
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    let told = || format!("reading {}", file.display());
    let size = fs::metadata(file).with_context(told)?.len();
    ensure!(size <= MAX_BYTES, "{} is larger than any archive", file.display());
    fs::read(file).with_context(told)
}

async fn fetch(issuer: &str, sources: &Sources) -> Result<Vec<u8>> {
    let egress = wire::egress(&Config::load(sources)?)?;
    let address = format!("{issuer}/oauth/jwks");
    egress.get(&address, "application/json").await.with_context(|| {
        format!("{address} was not reached; fetch it in another way and give the file with --jwks")
    })
}
