//! `key rotate`: new signing keys for a realm, the old ones published until what they signed has expired. `key reseal`:
//! nothing needs the previous master key any more.

use std::io::Write;

use anyhow::{Context, Result};
use vestibule_kernel::PageRequest;
use vestibule_runtime::config::Sources;
use vestibule_usecases::{App, keys};

use crate::cli::KeyCommand;

pub(crate) async fn run(command: &KeyCommand, sources: Sources) -> Result<()> {
    let (parts, telemetry) = super::open(sources).await?;
    match command {
        KeyCommand::Rotate { slug } => rotate(&parts.app, slug).await?,
        KeyCommand::Reseal => reseal(&parts.app).await?,
    }
    telemetry.flush().await;
    Ok(())
}

async fn rotate(app: &App, slug: &str) -> Result<()> {
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
    Ok(())
}

async fn reseal(app: &App) -> Result<()> {
    let mut page = PageRequest::default();
    loop {
        let mut tx = app.store.system_read(&app.above_realms()).await?;
        let listed = tx.directory().list_realms(&page).await?;
        tx.rollback().await?;
        for realm in listed.items {
            let done = keys::reseal(app, &app.system_cx(realm.id))
                .await
                .with_context(|| format!("realm {}", realm.slug))?;
            writeln!(
                std::io::stdout(),
                "{}: {} signing keys, {} secrets, {} authenticators",
                realm.slug,
                done.signing_keys,
                done.secrets,
                done.authenticators
            )?;
        }
        let Some(next) = listed.next else { break };
        page.after = Some(next);
    }
    writeln!(std::io::stdout(), "secrets.previous_master_key is not needed any more.")?;
    Ok(())
}
