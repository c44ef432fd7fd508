//! `admin create-link`: a fresh set-up link for the first operator, or for the next one who lost access.

use std::io::Write;

use anyhow::Result;
use vestibule_runtime::config::Sources;
use vestibule_usecases::{App, admin::setup};

pub(crate) async fn create_link(sources: Sources) -> Result<()> {
    let (parts, telemetry) = super::open(sources).await?;
    let link = link(&parts.app).await?;
    writeln!(std::io::stdout(), "{link}")?;
    eprintln!("good once and for 30 minutes; links made before no longer work");
    telemetry.flush().await;
    Ok(())
}

/// A fresh link. Unused ones stop working.
pub(crate) async fn link(app: &App) -> Result<String> {
    let code = setup::create_code(app).await?;
    let origin = app.installation.public_url.as_str().trim_end_matches('/');
    Ok(format!("{origin}/setup/{}", code.code.expose()))
}
