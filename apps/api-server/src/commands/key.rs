//! `key rotate`: new signing keys for a realm, the old ones published until what they signed has expired.

use std::io::Write;

use anyhow::{Context, Result};
use vestibule_runtime::config::Sources;
use vestibule_usecases::keys;

use crate::cli::KeyCommand;

pub(crate) async fn run(command: &KeyCommand, sources: Sources) -> Result<()> {
    let KeyCommand::Rotate { slug } = command;
    let (parts, telemetry) = super::open(sources).await?;
    let app = &parts.app;
    let realm = app.snapshots.by_slug(slug).await?.context("there is no such realm")?;
    let cx = app.system_cx(realm.realm.id);
    for algorithm in &realm.realm.settings.keys.algorithms {
        keys::rotate_now(app, &cx, *algorithm).await?;
    }
    let mut tx = app.store.read(&cx).await?;
    let published = tx.keys().list_keys().await?;
    tx.commit().await?;
    for key in published {
        writeln!(std::io::stdout(), "{:<8} {:<6} {}", key.status.as_str(), key.public.alg, key.public.kid)?;
    }
    telemetry.flush().await;
    Ok(())
}
