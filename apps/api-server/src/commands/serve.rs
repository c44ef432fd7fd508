//! `serve`: from the configuration, or the embedded default when there is none; says what to do next.

use std::io::Write;

use anyhow::Result;
use vestibule_kernel::PageRequest;
use vestibule_runtime::{
    Config, Shutdown,
    config::{Sources, mask_url},
    data_dir, telemetry,
};
use vestibule_usecases::App;
use vestibule_users::UserFilter;

use super::{admin, given};
use crate::{cli::Serve, demo::DevPages, server, wire};

pub(crate) async fn run(serve: &Serve, mut sources: Sources) -> Result<()> {
    if let Some(data) = &serve.data {
        sources.flags.push(given("server.data_dir", data.display().to_string(), "flag --data"));
    }
    if let Some(listen) = &serve.listen {
        sources.flags.push(given("server.listen", listen.clone(), "flag --listen"));
    }
    let config = Config::load(&sources)?;
    let telemetry = telemetry::start(&config.telemetry)?;
    // One embedded database, one server; the lock ends with the process, however it ends.
    let _lock = if config.is_embedded() {
        data_dir::create(&config.server.data_dir)?;
        Some(data_dir::lock(&config.server.data_dir)?)
    } else {
        None
    };
    let parts = wire::build(&config).await?;
    let app = std::sync::Arc::clone(&parts.app);
    vestibule_usecases::admin::bootstrap::bootstrap(&app).await?;
    let generated = parts.keys.generated.clone();
    let shutdown = Shutdown::new();
    shutdown.on_signals()?;
    let dev = config.dev.enabled.then(|| DevPages::new(&parts, None)).transpose()?;
    let running = server::start(&config, parts, dev, shutdown)?;

    let mut out = std::io::stdout().lock();
    writeln!(out, "Vestibule {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  serving    {}   (from {})", config.public_url(), url_source(&config))?;
    if let Some(address) = running.ops_address {
        writeln!(out, "  health     http://{address}/readyz")?;
    }
    match &config.database.url {
        Some(url) => writeln!(out, "  database   {}", mask_url(url.expose()))?,
        None => writeln!(out, "  database   SQLite in {}", config.database_path().display())?,
    }
    if let Some(key) = generated {
        let made = if key.fresh { "made just now" } else { "made by an earlier start" };
        let path = key.file.display();
        writeln!(
            out,
            "  warning    the master key lies in {path} ({made}): keep a copy elsewhere, without it the"
        )?;
        writeln!(out, "             signing keys in the database cannot be opened")?;
    }
    next_steps(&mut out, &config, &app).await?;
    drop(out);
    running.serve().await?;
    telemetry.flush().await;
    Ok(())
}

fn url_source(config: &Config) -> String {
    config.source_of("server.public_url").unwrap_or_else(|| "server.listen".to_owned())
}

async fn next_steps(out: &mut impl Write, config: &Config, app: &App) -> Result<()> {
    writeln!(out, "\nNext")?;
    if config.is_embedded() && !config.server.production && !has_operator(app).await? {
        writeln!(out, "  make the first operator   {}   one use, 30 minutes", admin::link(app).await?)?;
    } else {
        writeln!(out, "  make an operator          api-server admin create-link")?;
    }
    writeln!(out, "  make a realm              api-server realm import FILE")?;
    writeln!(out, "  look around first         api-server demo")?;
    writeln!(out, "  all settings              api-server config show")?;
    Ok(())
}

async fn has_operator(app: &App) -> Result<bool> {
    let Some(realm) = app.snapshots.by_slug(vestibule_realms::realm::OPERATORS_SLUG).await? else {
        return Ok(false);
    };
    let mut tx = app.store.read(&app.system_cx(realm.realm.id)).await?;
    let users = tx.users().list_users(&UserFilter::default(), &PageRequest::new(1, None)).await?;
    tx.commit().await?;
    Ok(!users.items.is_empty())
}
